//! The folder of the screens: its packages and its build.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail, ensure};

use crate::shell;

/// The oldest Node.js that the tools of `ui/` run on.
const NODE: (u32, u32) = (20, 19);

/// Fetches the screens' packages if there are none yet or the lock file is newer than they are.
pub fn ensure_fetched() -> Result<()> {
    check_node()?;
    let ui = shell::root().join("ui");
    // npm writes this file last, so it is as old as the last complete installation.
    let fetched = modified(&ui.join("node_modules/.package-lock.json"));
    let wanted =
        modified(&ui.join("package-lock.json")).context("ui/package-lock.json is missing")?;
    if fetched.is_some_and(|fetched| fetched >= wanted) {
        return Ok(());
    }
    println!("Fetching the packages of the screens (npm ci) …");
    shell::must(shell::npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// `npm run <script>` in the folder of the screens.
pub fn script(name: &str) -> Command {
    let mut command = shell::npm();
    command.args(["run", "--silent", name]);
    command
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

fn check_node() -> Result<()> {
    let (major, minor) = NODE;
    let Some(version) = shell::answer(Command::new("node").arg("--version")) else {
        bail!("Node.js is missing: install version {major}.{minor} or newer, with npm.");
    };
    ensure!(
        shell::answer(shell::npm().arg("--version")).is_some(),
        "npm is missing: it comes with Node.js."
    );
    let found =
        parse_version(&version).with_context(|| format!("`node --version` says {version:?}"))?;
    ensure!(
        found >= NODE,
        "Node.js {} is too old: install version {major}.{minor} or newer.",
        version.trim()
    );
    Ok(())
}

/// Major and minor number of `v20.19.5`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(
            parse_version("v20.19.5\n"),
            Some((20, 19)),
            "node prints a v and a newline"
        );
        assert!(parse_version("v20.9.0") < Some(NODE), "9 comes before 19");
        assert!(
            parse_version("v22.1.0") > Some(NODE),
            "the major number speaks first"
        );
        assert_eq!(
            parse_version("nonsense"),
            None,
            "and nonsense is no version"
        );
    }
}
