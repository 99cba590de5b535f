//! `cargo xtask bundle`: the packages that people install, for Debian and Fedora and their children.

use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};

use crate::{packages, screens, shell};

const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// Builds the packages and says where they lie. What needs the network (AppImage) or another system belongs to the release.
pub fn run(arguments: &[&str]) -> Result<ExitCode> {
    ensure!(
        cfg!(target_os = "linux"),
        "The packages of this system are made by the release, not here."
    );
    packages::ensure_installed(&[packages::BUILD, packages::RUN])?;
    screens::ensure_fetched()?;
    println!("Building the screens …");
    shell::must(&mut screens::script("build"))?;
    println!("Building the packages … (a release build takes ten minutes and more)");
    shell::must(
        tauri()
            .args(["build", "--bundles", "deb,rpm"])
            .args(arguments),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The bundler of Tauri, of one version. It is fetched when it is needed and not with the screens' packages: its lock file would
/// name a binary for every system, and not every registry has them all.
fn tauri() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npx.cmd" } else { "npx" });
    command
        .current_dir(shell::root())
        .args(["--yes", "--package", BUNDLER, "tauri"]);
    command
}
