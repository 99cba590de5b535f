//! `ui/src/generated`: the TypeScript of what crosses between the screens and the core, written by ts-rs from the Rust types.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::shell;

/// Writes `ui/src/generated` again.
pub fn write() -> Result<ExitCode> {
    let folder = committed();
    empty(&folder)?;
    let mut cargo = shell::cargo();
    // ts-rs writes its files from tests that it makes beside each exported type.
    cargo.env("TS_RS_EXPORT_DIR", &folder);
    cargo.args([
        "test",
        "--quiet",
        "--package",
        "safetalk-domain",
        "--package",
        "safetalk-app",
    ]);
    shell::must(cargo.args(["--lib", "export_bindings"]))?;
    println!("ui/src/generated holds {} files.", files(&folder)?.len());
    Ok(ExitCode::SUCCESS)
}

/// Forgets what an earlier run of the tests wrote, so that [`check`] sees what the next one writes.
pub fn before_tests() -> Result<()> {
    empty(&written_by_tests())
}

/// Fails if the committed files are not what the tests, which must have run, have just written.
pub fn check() -> Result<()> {
    let stale = differences(&files(&committed())?, &files(&written_by_tests())?);
    ensure!(
        stale.is_empty(),
        "ui/src/generated is stale (run `cargo xtask types`): {}",
        stale.join(", ")
    );
    Ok(())
}

fn committed() -> PathBuf {
    shell::root().join("ui/src/generated")
}

/// Where `.cargo/config.toml` sends them.
fn written_by_tests() -> PathBuf {
    shell::root().join("target/generated-types")
}

/// A type that is gone in Rust must go in TypeScript too.
fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in
            fs::read_dir(&next).with_context(|| format!("{} cannot be read", next.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_path_buf();
                found.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

/// The names of files that only one side has, or that differ.
fn differences(old: &BTreeMap<PathBuf, Vec<u8>>, new: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let mut names: Vec<&PathBuf> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| name.display().to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> BTreeMap<PathBuf, Vec<u8>> {
        files
            .iter()
            .map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn changed_new_and_vanished_types_are_all_stale() {
        let old = folder(&[("Kept.ts", "a"), ("Changed.ts", "a"), ("Gone.ts", "a")]);
        let new = folder(&[("Kept.ts", "a"), ("Changed.ts", "b"), ("New.ts", "a")]);
        assert_eq!(
            differences(&old, &new),
            ["Changed.ts", "Gone.ts", "New.ts"],
            "each would mislead the screens"
        );
    }
}
