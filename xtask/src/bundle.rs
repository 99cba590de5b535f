//! `cargo xtask bundle`: the packages that people install, for Debian and Fedora and their children.

use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};

use crate::{packages, screens, shell};

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

/// The bundler of Tauri, which came with the packages of the screens.
fn tauri() -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(shell::root())
        .arg("ui/node_modules/@tauri-apps/cli/tauri.js");
    command
}
