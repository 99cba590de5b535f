//! `cargo xtask run`: build SafeTalk and open its window.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

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
    let status = open(&built_program())?;
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

/// Opens the window and waits until it is closed, within a D-Bus session: without one no keychain can be asked.
fn open(program: &Path) -> Result<ExitStatus> {
    let bus_of_login = || {
        std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|run| PathBuf::from(run).join("bus").exists())
    };
    if !cfg!(target_os = "linux") || has("DBUS_SESSION_BUS_ADDRESS") || bus_of_login() {
        let mut window = Command::new(program);
        return window
            .status()
            .with_context(|| format!("`{}` could not be started", shell::shown(&window)));
    }
    println!(
        "This terminal has no D-Bus session, over which the keychain is asked: one is started for SafeTalk alone\n\
         (dbus-run-session), with a keychain in it."
    );
    let keychain = keychain()?;
    let mut session = Command::new("dbus-run-session");
    session
        .args(["--", "bash", "-c", OPEN_KEYCHAIN])
        .arg(program)
        .stdin(Stdio::piped());
    if let Some(folder) = &keychain.folder {
        session.env("KEYCHAIN_FOLDER", folder);
    }
    let mut child = session
        .spawn()
        .with_context(|| format!("`{}` could not be started", shell::shown(&session)))?;
    // Closing its input ends the password.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(keychain.password.as_bytes())?;
    }
    Ok(child.wait()?)
}

/// Opens the login's keychain with the password on the input, or makes it with that; then the program ($0) follows.
const OPEN_KEYCHAIN: &str = r#"eval "$(XDG_DATA_HOME="${KEYCHAIN_FOLDER:-$XDG_DATA_HOME}" gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; exec "$0" </dev/null"#;

/// What opens the keychain of a session of our own.
struct Keychain {
    password: String,
    /// Where it lies, if it is not the login's.
    folder: Option<PathBuf>,
}

/// Asks the person for the password of their keychain. Where nobody is at the terminal, a keychain of its own is made, whose
/// password lies beside it for the person alone: it keeps a secret no better than a file, and says so.
fn keychain() -> Result<Keychain> {
    if std::io::stdin().is_terminal() {
        print!("Password of your keychain (where there is none yet, one is made with it): ");
        std::io::stdout().flush()?;
        let quiet = |how| Command::new("stty").arg(how).status();
        quiet("-echo")?;
        let mut password = String::new();
        let read = std::io::stdin().read_line(&mut password);
        quiet("echo")?;
        read?;
        println!();
        let password = password.trim_end_matches('\n').to_owned();
        return Ok(Keychain {
            password,
            folder: None,
        });
    }
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let folder = PathBuf::from(home).join(".local/share/safetalk-keychain");
    println!(
        "Nobody is at this terminal to type its password: a keychain of its own is used, in {}.\n\
         Its password lies beside it. That is good for a look; for real clients start SafeTalk from a desktop.",
        folder.display()
    );
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("password");
    only_mine(&folder, 0o700)?;
    if !file.exists() {
        // Whole or not at all: with an empty password the keychain would lie there open.
        let making = folder.join("password.making");
        let random = std::fs::read_to_string("/proc/sys/kernel/random/uuid")?;
        std::fs::write(&making, random.trim())?;
        only_mine(&making, 0o600)?;
        std::fs::rename(&making, &file)?;
    }
    Ok(Keychain {
        password: std::fs::read_to_string(&file)?,
        folder: Some(folder),
    })
}

#[cfg(unix)]
fn only_mine(path: &Path, mode: u32) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn only_mine(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}
