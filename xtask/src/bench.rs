//! `cargo xtask bench`: the tables of `docs/PERFORMANCE.md`, measured here and now.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{packages, screens, shell};

/// Measures what is named: `screens`, or the core at so many sessions.
pub fn run(words: &[&str]) -> Result<ExitCode> {
    match words {
        ["screens"] => measure_screens()?,
        sizes => measure_core(sizes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The core, built with optimisation.
fn measure_core(sizes: &[&str]) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "safetalk-benches",
        "--",
    ]);
    shell::must(cargo.args(sizes))
}

/// The week on screen beside other calendars, in Chromium and WebKitGTK.
fn measure_screens() -> Result<()> {
    packages::ensure_installed(&[packages::BUILD, packages::RUN, packages::TEST])?;
    screens::ensure_fetched()?;
    let folder = folder();
    if !folder.join("node_modules").exists() {
        println!("Fetching the other calendars (npm ci) …");
        shell::must(shell::npm().current_dir(&folder).arg("ci"))?;
    }
    shell::must(
        Command::new("xvfb-run")
            .args(["-a", "-s", "-screen 0 1280x800x24", "node"])
            .arg(folder.join("run.mjs")),
    )
}

fn folder() -> PathBuf {
    shell::root().join("benches/screens")
}
