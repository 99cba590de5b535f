//! Every change of a kept row is an intent: nothing else in the sources writes to the tables that are synced.

use safetalk_domain::Kind;
use std::path::{Path, PathBuf};

/// The only files that may: a decision's rows at the ledger, base and overlay at the replica.
const MAY_WRITE: &[&str] = &[
    "crates/ledger/src/sqlite/write.rs",
    "crates/ledger-postgres/src/write.rs",
    "crates/replica/src/rows.rs",
    "crates/replica/src/pull.rs",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Statements in `text` that write to the table of a kind, its base or its overlay.
fn writes(text: &str) -> Vec<String> {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || "_{}".contains(c)))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let synced = |word: &str| {
        let bare = word.trim_end_matches("_base").trim_end_matches("_overlay");
        matches!(bare, "{kind}" | "{table}") || Kind::ALL.iter().any(|kind| kind.table() == bare)
    };
    words
        .windows(3)
        .filter_map(|w| {
            let table = match (w[0].as_str(), w[1].as_str()) {
                ("insert" | "replace", "into") | ("delete", "from") => &w[2],
                ("update", table) if w[2] == "set" => {
                    return synced(table).then(|| w.join(" "));
                }
                _ => return None,
            };
            synced(table).then(|| w.join(" "))
        })
        .collect()
}

#[test]
fn only_the_ledger_and_the_replica_write_to_synced_tables() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in std::fs::read_dir(root.join("crates")).unwrap() {
        sources(&folder.unwrap().path().join("src"), &mut files);
    }
    sources(&root.join("src-tauri/src"), &mut files);
    assert!(files.len() > 60, "the sources are where this test looks");
    let mut allowed_and_seen = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let writes = writes(&text);
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        if MAY_WRITE.contains(&name.as_str()) {
            allowed_and_seen += usize::from(!writes.is_empty());
        } else {
            assert!(
                writes.is_empty(),
                "{name} writes to a synced table: {writes:?}"
            );
        }
    }
    assert_eq!(
        allowed_and_seen,
        MAY_WRITE.len(),
        "the list above names no file that does not write"
    );
}

#[test]
fn the_search_finds_what_it_looks_for() {
    assert_eq!(writes("\"INSERT into session (id)\"").len(), 1);
    assert_eq!(writes("update client_base set body = ?1").len(), 1);
    assert_eq!(writes("delete from {kind}_overlay").len(), 1);
    assert!(
        writes("insert into outbox (seq); update meta set n = 1; select * from session").is_empty()
    );
}
