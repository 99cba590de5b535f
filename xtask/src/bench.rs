//! `cargo xtask bench`: the tables of `docs/PERFORMANCE.md`, measured here and now.

use std::process::ExitCode;

use anyhow::Result;

use crate::shell;

/// Builds the benches with optimisation and runs them.
pub fn run(sizes: &[&str]) -> Result<ExitCode> {
    let mut cargo = shell::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "safetalk-benches",
        "--",
    ]);
    shell::must(cargo.args(sizes))?;
    Ok(ExitCode::SUCCESS)
}
