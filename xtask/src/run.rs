//! `cargo xtask run`: build SafeTalk and open its window.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};

use crate::{packages, screens, shell};

/// Builds what is needed and runs the window until the person closes it.
pub fn run() -> Result<ExitCode> {
    ensure!(
        !cfg!(target_os = "linux") || has("DISPLAY") || has("WAYLAND_DISPLAY"),
        "SafeTalk opens a window, and this terminal has no display (neither DISPLAY nor WAYLAND_DISPLAY is set).\n\
         Run this on a desktop. `cargo xtask test` needs no display: it brings its own."
    );
    packages::ensure_installed(&[packages::BUILD, packages::RUN])?;
    screens::ensure_fetched()?;
    println!("Building the screens …");
    shell::must(&mut screens::script("build"))?;
    println!("Building SafeTalk … (the first time takes several minutes)");
    shell::must(shell::cargo().args(["build", "--package", "safetalk-desktop"]))?;
    let mut window = start(&built_program());
    let status = window
        .status()
        .with_context(|| format!("`{}` could not be started", shell::shown(&window)))?;
    ensure!(status.success(), "SafeTalk ended with {status}");
    Ok(ExitCode::SUCCESS)
}

fn has(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn built_program() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| shell::root().join("target"), PathBuf::from);
    target
        .join("debug")
        .join(format!("safetalk-desktop{}", std::env::consts::EXE_SUFFIX))
}

/// The window, within a D-Bus session: without one no keychain can be asked.
fn start(program: &std::path::Path) -> Command {
    let bus_of_login = || {
        std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|run| PathBuf::from(run).join("bus").exists())
    };
    if !cfg!(target_os = "linux") || has("DBUS_SESSION_BUS_ADDRESS") || bus_of_login() {
        return Command::new(program);
    }
    println!(
        "This terminal has no D-Bus session, over which the keychain is asked: one is started for SafeTalk alone\n\
         (dbus-run-session). SafeTalk will ask you to open or make a keychain in it."
    );
    let mut command = Command::new("dbus-run-session");
    command.arg("--").arg(program);
    command
}
