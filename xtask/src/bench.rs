//! `cargo xtask bench all`: the tables of `docs/PERFORMANCE.md`, measured here and now.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{packages, screens, shell};

/// Measures what is named: `screens`, `start`, `all`, or the core at so many sessions.
pub fn run(words: &[&str]) -> Result<ExitCode> {
    match words {
        ["screens"] => measure_screens()?,
        ["start"] => measure_start()?,
        ["all"] => {
            measure_core(&[])?;
            measure_screens()?;
            measure_start()?;
        }
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

/// Start to painted, and memory, beside an empty window. A released window cannot be driven, so that an ordinary build makes
/// the demo clinic it then opens.
fn measure_start() -> Result<()> {
    packages::ensure_installed(&[packages::BUILD, packages::RUN, packages::TEST])?;
    screens::ensure_fetched()?;
    shell::must(&mut screens::script("build"))?;
    shell::must(shell::cargo().args(["build", "--package", "safetalk-desktop"]))?;
    shell::must(shell::cargo().args(["build", "--release", "--package", "safetalk-desktop"]))?;
    let root = shell::root();
    let empty = root.join("benches/empty-window");
    std::fs::copy(root.join("Cargo.lock"), empty.join("Cargo.lock"))?;
    // In the same target folder the libraries are those that were just built for SafeTalk.
    shell::must(
        shell::cargo()
            .current_dir(&empty)
            .env("CARGO_TARGET_DIR", target())
            .args(["build", "--release"]),
    )?;
    let home = own_home()?;
    let done = shell::must(
        Command::new("dbus-run-session")
            .args(["--", "bash", "-c", OPEN_KEYCHAIN, "measured", "node"])
            .arg(folder().join("start.mjs"))
            .arg(target().join("release/safetalk-desktop"))
            .arg(target().join("debug/safetalk-desktop"))
            .arg(target().join("release/empty-window"))
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("XDG_DATA_HOME", home.join("data")),
    );
    std::fs::remove_dir_all(&home)?;
    done
}

/// A login's keychain, opened with its password, around a command.
const OPEN_KEYCHAIN: &str = r#"eval "$(printf %s measured | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; "$@""#;

/// A home of its own, so that nobody's keychain is asked.
fn own_home() -> Result<PathBuf> {
    let home = std::env::temp_dir().join(format!("safetalk-bench-{}", std::process::id()));
    for part in ["run", "data"] {
        let folder = home.join(part);
        std::fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .context("the folder is ours")?;
    }
    Ok(home)
}

fn folder() -> PathBuf {
    shell::root().join("benches/screens")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| shell::root().join("target"), PathBuf::from)
}
