//! The map of the house, held: who may know whom, and which library lives in which room.
//!
//! `docs/ARCHITECTURE.md` draws the same table. A new crate or a new arrow is entered here first, with a reason.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

struct Room {
    name: &'static str,
    /// As the map draws it, one higher where a room knows another of its own floor.
    floor: u8,
    /// Rooms of ours that it may know, by name.
    knows: &'static [&'static str],
}

const fn room(name: &'static str, floor: u8, knows: &'static [&'static str]) -> Room {
    Room { name, floor, knows }
}

/// Arrows only go down. `ledger` and `replica` never meet: they speak through `wire`.
const HOUSE: &[Room] = &[
    room("safetalk-domain", 1, &[]),
    // An encrypted file: opened, explained, backed up. It knows nothing of ours, so that both stores can use it.
    room("safetalk-vault", 1, &[]),
    room("safetalk-wire", 2, &["safetalk-domain"]),
    room(
        "safetalk-ledger",
        3,
        &["safetalk-domain", "safetalk-vault", "safetalk-wire"],
    ),
    // A keeper behind the ledger's border. The desktop does not know it.
    room(
        "safetalk-ledger-postgres",
        4,
        // And of the courier's sent record.
        &[
            "safetalk-courier",
            "safetalk-domain",
            "safetalk-ledger",
            "safetalk-wire",
        ],
    ),
    room("safetalk-courier", 2, &["safetalk-domain"]),
    room("safetalk-documents", 2, &["safetalk-domain"]),
    // The courier's counter over a ledger, for whoever keeps one: the app and the server.
    room(
        "safetalk-desk",
        4,
        &[
            "safetalk-courier",
            "safetalk-documents",
            "safetalk-domain",
            "safetalk-ledger",
            "safetalk-wire",
        ],
    ),
    room(
        "safetalk-replica",
        3,
        &["safetalk-domain", "safetalk-vault", "safetalk-wire"],
    ),
    // The accounts of a server: a store of its own, beside the ledgers.
    room(
        "safetalk-accounts",
        3,
        &["safetalk-domain", "safetalk-vault", "safetalk-wire"],
    ),
    room("safetalk-remote", 3, &["safetalk-domain", "safetalk-wire"]),
    room(
        "safetalk-server",
        5,
        &[
            "safetalk-accounts",
            "safetalk-cluster",
            "safetalk-courier",
            "safetalk-desk",
            "safetalk-documents",
            "safetalk-domain",
            "safetalk-ledger",
            "safetalk-ledger-postgres",
            "safetalk-wire",
        ],
    ),
    room(
        "safetalk-app",
        5,
        &[
            "safetalk-courier",
            "safetalk-desk",
            "safetalk-documents",
            "safetalk-domain",
            "safetalk-ledger",
            "safetalk-remote",
            "safetalk-replica",
            "safetalk-vault",
            "safetalk-wire",
        ],
    ),
    room("safetalk-desktop", 7, &["safetalk-app", "safetalk-tests"]),
    room(
        "safetalk-tests",
        6,
        &[
            "safetalk-accounts",
            "safetalk-app",
            "safetalk-cluster",
            "safetalk-courier",
            "safetalk-documents",
            "safetalk-domain",
            "safetalk-ledger",
            "safetalk-ledger-postgres",
            "safetalk-remote",
            "safetalk-replica",
            "safetalk-server",
            "safetalk-vault",
            "safetalk-wire",
        ],
    ),
    // Measures the stores themselves and the screens' calls above them.
    room(
        "safetalk-benches",
        6,
        &[
            "safetalk-app",
            "safetalk-domain",
            "safetalk-ledger",
            "safetalk-replica",
            "safetalk-vault",
        ],
    ),
    // Starts and stops PostgreSQL's own programs. It knows nothing of ours, so that xtask can use it before anything of
    // ours compiles.
    room("safetalk-cluster", 0, &[]),
    room("xtask", 1, &["safetalk-cluster"]),
];

/// Libraries that only some rooms may ask for, in any kind of dependency. `tests` may ask for any.
const KEPT: &[(&str, &[&str])] = &[
    (
        // The benches fill a million rows by SQL; nothing they link is shipped.
        "sqlx",
        &[
            "safetalk-accounts",
            "safetalk-vault",
            "safetalk-ledger",
            "safetalk-ledger-postgres",
            "safetalk-replica",
            "safetalk-benches",
        ],
    ),
    (
        "libsqlite3-sys",
        &["safetalk-vault", "safetalk-ledger", "safetalk-replica"],
    ),
    ("tauri", &["safetalk-desktop"]),
    ("tauri-build", &["safetalk-desktop"]),
    ("keyring-core", &["safetalk-desktop"]),
    // `documents` builds the bytes of a mail with lettre's builder; a test of its own holds that it takes nothing more of it.
    ("lettre", &["safetalk-courier", "safetalk-documents"]),
    ("reqwest", &["safetalk-remote"]),
    // HTTP is answered by the server alone.
    ("axum", &["safetalk-server"]),
];

/// What does IO or takes its own time or chance: nowhere in the tree below a pure room.
const IMPURE: &[&str] = &[
    "sqlx",
    "sqlx-core",
    "libsqlite3-sys",
    "tokio",
    "mio",
    "async-std",
    "socket2",
    "reqwest",
    "hyper",
    "rustls",
    "tauri",
];

/// Rooms whose whole tree is pure.
const PURE: &[&str] = &["safetalk-domain", "safetalk-documents"];

/// Neither clock nor source of chance: nowhere in the domain's tree, not even where a library of its own would bring it along.
const NO_CHANCE: &[&str] = &[
    "rand",
    "getrandom",
    "fastrand",
    "time",
    "web-time",
    "instant",
    "quanta",
    "iana-time-zone",
];

/// What a library that the pure rooms do need would tell the time or draw lots with.
const NO_FEATURE: &[(&str, &[&str])] = &[
    ("chrono", &["clock", "now"]),
    ("uuid", &["rng", "v1", "v4", "v6", "v7", "fast-rng"]),
];

/// What asks this computer for the time, or for an order that is another each time.
const ASKS_THE_CLOCK: &str = "
pub fn moment() -> std::time::SystemTime { std::time::SystemTime::now() }
pub fn measured() -> std::time::Instant { std::time::Instant::now() }
pub fn in_any_order() -> std::collections::HashMap<u8, u8> { std::collections::HashMap::new() }
";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` is an ordinary one.
    kind: Option<String>,
    features: Vec<String>,
    uses_default_features: bool,
}

fn cargo() -> Result<Command> {
    let mut cargo = Command::new(
        std::env::var_os("CARGO").context("cargo runs its tests with its own name in CARGO")?,
    );
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    Ok(cargo)
}

fn answer(cargo: &mut Command) -> Result<Vec<u8>> {
    let output = cargo.output()?;
    ensure!(
        output.status.success(),
        "cargo: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

fn metadata() -> Result<Metadata> {
    let answer =
        answer(cargo()?.args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    Ok(serde_json::from_slice(&answer)?)
}

fn members(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata
        .packages
        .iter()
        .filter(|package| metadata.workspace_members.contains(&package.id))
}

/// Every direct arrow of our crates: from, to, kind.
fn arrows(metadata: &Metadata) -> Vec<(&str, &str, Option<&str>)> {
    members(metadata)
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .map(|to| (package.name.as_str(), to.name.as_str(), to.kind.as_deref()))
        })
        .collect()
}

/// The arrows between our rooms that the table does not draw.
fn undrawn<'a>(arrows: &[(&'a str, &'a str, Option<&'a str>)]) -> Vec<String> {
    let ours: BTreeMap<&str, &Room> = HOUSE.iter().map(|room| (room.name, room)).collect();
    arrows
        .iter()
        .filter(|(from, to, _)| {
            ours.contains_key(to) && !ours.get(from).is_some_and(|room| room.knows.contains(to))
        })
        .map(|(from, to, _)| format!("{from} -> {to}"))
        .collect()
}

/// The arrows to libraries that are kept to other rooms.
fn misplaced<'a>(arrows: &[(&'a str, &'a str, Option<&'a str>)]) -> Vec<String> {
    arrows
        .iter()
        .filter(|(from, to, _)| {
            *from != "safetalk-tests"
                && KEPT
                    .iter()
                    .any(|(library, rooms)| library == to && !rooms.contains(from))
        })
        .map(|(from, to, _)| format!("{from} -> {to}"))
        .collect()
}

/// Everything that is compiled into a room when it is built alone, its own tests left out: the names, each with its
/// features.
fn tree_with_features(room: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let asked = [
        "tree",
        "--locked",
        "--package",
        room,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}|{f}",
    ];
    let answer = String::from_utf8(answer(cargo()?.args(asked))?)?;
    let mut tree: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in answer.lines().filter(|line| !line.starts_with('[')) {
        let (package, features) = line.split_once('|').context("a package and its features")?;
        let name = package.split(' ').next().context("a package has a name")?;
        let features = features.trim_end_matches("(*)").trim().split(',');
        tree.entry(name.to_owned())
            .or_default()
            .extend(features.map(ToOwned::to_owned));
    }
    Ok(tree)
}

/// The names of everything that is compiled into a room.
fn tree(room: &str) -> Result<BTreeSet<String>> {
    Ok(tree_with_features(room)?.into_keys().collect())
}

#[test]
fn every_crate_of_the_workspace_has_its_room_in_the_table() -> Result<()> {
    let metadata = metadata()?;
    let built: BTreeSet<&str> = members(&metadata)
        .map(|package| package.name.as_str())
        .collect();
    let drawn: BTreeSet<&str> = HOUSE.iter().map(|room| room.name).collect();
    assert_eq!(
        built, drawn,
        "a crate without a room is held by nothing, a room without a crate is a lie"
    );
    Ok(())
}

#[test]
fn the_table_draws_arrows_downwards_only() {
    let floor_of = |name: &str| {
        HOUSE
            .iter()
            .find(|room| room.name == name)
            .map(|room| room.floor)
    };
    for room in HOUSE {
        for known in room.knows {
            assert!(
                floor_of(known) < Some(room.floor),
                "{} -> {known} does not go down",
                room.name
            );
        }
    }
}

#[test]
fn no_crate_knows_another_that_the_table_does_not_let_it_know() -> Result<()> {
    let metadata = metadata()?;
    assert_eq!(
        undrawn(&arrows(&metadata)),
        Vec::<String>::new(),
        "arrows that are not in the table"
    );
    Ok(())
}

#[test]
fn a_library_is_asked_for_only_in_its_own_rooms() -> Result<()> {
    let metadata = metadata()?;
    assert_eq!(
        misplaced(&arrows(&metadata)),
        Vec::<String>::new(),
        "libraries outside their rooms"
    );
    Ok(())
}

#[test]
fn nothing_that_does_io_is_compiled_into_a_pure_room() -> Result<()> {
    for room in PURE {
        let tree = tree(room)?;
        assert!(
            tree.contains(*room),
            "{room} itself is missing from its tree, so the tree was not read"
        );
        let impure: Vec<_> = IMPURE
            .iter()
            .filter(|library| tree.contains(**library))
            .collect();
        assert!(
            impure.is_empty(),
            "{room} must be data in, data out; its tree holds {impure:?}"
        );
    }
    assert!(
        tree("safetalk-courier")?.contains("tokio"),
        "IO is seen where it is allowed"
    );
    Ok(())
}

#[test]
fn the_desktop_links_no_other_database_than_its_own() -> Result<()> {
    assert!(
        !tree("safetalk-desktop")?.contains("sqlx-postgres"),
        "a clinic on this computer needs no server's driver"
    );
    assert!(
        tree("safetalk-ledger-postgres")?.contains("sqlx-postgres"),
        "the driver is seen where it is"
    );
    Ok(())
}

#[test]
fn documents_takes_only_the_builder_of_lettre() -> Result<()> {
    let metadata = metadata()?;
    let lettre = members(&metadata)
        .filter(|package| package.name == "safetalk-documents")
        .flat_map(|package| &package.dependencies)
        .filter(|dependency| dependency.name == "lettre");
    for lettre in lettre {
        assert!(
            !lettre.uses_default_features,
            "lettre's default features bring a transport"
        );
        assert_eq!(lettre.features, ["builder"], "anything more of it sends");
    }
    Ok(())
}

#[test]
fn no_clock_and_no_chance_is_compiled_into_the_domain() -> Result<()> {
    let tree = tree("safetalk-domain")?;
    let found: Vec<_> = NO_CHANCE
        .iter()
        .filter(|library| tree.contains(**library))
        .collect();
    assert!(
        found.is_empty(),
        "the same intent decided anywhere must end the same: {found:?}"
    );
    assert!(
        self::tree("safetalk-ledger")?.contains("getrandom"),
        "chance is seen where it is allowed"
    );
    Ok(())
}

#[test]
fn calendars_and_ids_come_without_clock_and_chance_into_a_pure_room() -> Result<()> {
    for room in PURE {
        let tree = tree_with_features(room)?;
        for (library, kept_out) in NO_FEATURE {
            let Some(built) = tree.get(*library) else {
                continue;
            };
            let found: Vec<_> = kept_out
                .iter()
                .filter(|feature| built.contains(**feature))
                .collect();
            assert!(found.is_empty(), "{room}: {library} with {found:?}");
        }
    }
    let of_the_domain = tree_with_features("safetalk-domain")?;
    assert!(
        of_the_domain["chrono"].contains("serde") && of_the_domain["uuid"].contains("v5"),
        "features are seen where they are"
    );
    Ok(())
}

/// Features are one for the whole workspace: what the pure rooms are built without alone, they are built with beside the
/// others. So their lints look for the calls themselves.
#[test]
fn a_call_to_the_clock_in_a_pure_room_is_a_lint() -> Result<()> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let whole_house = std::fs::read_to_string(house.join("clippy.toml"))?;
    let out = tempfile::tempdir()?;
    let asks = out.path().join("asks.rs");
    std::fs::write(&asks, ASKS_THE_CLOCK)?;
    for room in PURE {
        let room = house
            .join("crates")
            .join(room.trim_start_matches("safetalk-"));
        let own = std::fs::read_to_string(room.join("clippy.toml"))?;
        for setting in whole_house.lines().filter(|line| line.contains('=')) {
            assert!(
                own.contains(setting),
                "a room keeps what the house says: {setting}"
            );
        }
        let linted = Command::new("clippy-driver")
            .args([
                "rustc",
                "--edition=2024",
                "--crate-type=lib",
                "--emit=metadata",
                "-Dwarnings",
            ])
            .arg("--out-dir")
            .arg(out.path())
            .arg(&asks)
            .env("CLIPPY_CONF_DIR", &room)
            .current_dir(&house)
            .output()?;
        let said = String::from_utf8(linted.stderr)?;
        assert!(
            !linted.status.success(),
            "nothing stands against the clock: {said}"
        );
        for found in [
            "std::time::SystemTime::now",
            "std::time::Instant::now",
            "std::collections::HashMap",
        ] {
            assert!(
                said.contains(&format!("`{found}`")),
                "{found} went unseen: {said}"
            );
        }
    }
    Ok(())
}

#[test]
fn the_window_reaches_the_core_through_app_alone() -> Result<()> {
    let metadata = metadata()?;
    let known: Vec<_> = arrows(&metadata)
        .into_iter()
        .filter(|(from, to, kind)| {
            *from == "safetalk-desktop" && kind.is_none() && to.starts_with("safetalk-")
        })
        .map(|(_, to, _)| to)
        .collect();
    assert!(
        known.iter().all(|to| *to == "safetalk-app"),
        "if Tauri had to go, only the shell would go: {known:?}"
    );
    Ok(())
}

#[test]
fn what_can_go_wrong_in_a_room_is_said_without_the_rest_of_it() -> Result<()> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut looked_at = 0;
    for room in std::fs::read_dir(crates)? {
        let file = room?.path().join("src/error.rs");
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        looked_at += 1;
        assert!(
            !text.contains("crate::") && !text.contains("super::"),
            "{} imports something of its own crate",
            file.display()
        );
    }
    assert!(looked_at > 5, "only {looked_at} of them were found");
    Ok(())
}

#[test]
fn arrows_that_must_never_be_are_found() {
    let never = [
        ("safetalk-ledger", "safetalk-replica", None),
        ("safetalk-replica", "safetalk-ledger", Some("dev")),
        ("safetalk-courier", "safetalk-ledger", None),
        ("safetalk-domain", "safetalk-wire", None),
        ("safetalk-desktop", "safetalk-domain", None),
        ("safetalk-server", "safetalk-replica", None),
        ("safetalk-server", "safetalk-app", None),
        ("safetalk-remote", "safetalk-replica", None),
    ];
    for arrow in never {
        assert_eq!(undrawn(&[arrow]).len(), 1, "{arrow:?} went unseen");
    }
    let kept = [
        ("safetalk-app", "sqlx", None),
        ("safetalk-app", "tauri", None),
        ("safetalk-desktop", "reqwest", None),
        ("safetalk-server", "sqlx", None),
        ("safetalk-app", "axum", None),
    ];
    for arrow in kept {
        assert_eq!(misplaced(&[arrow]).len(), 1, "{arrow:?} went unseen");
    }
}
