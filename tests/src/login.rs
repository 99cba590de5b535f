//! A person's login on a computer: a home of its own, a session bus, and a real keychain.
//!
//! Tests that need the operating system's keychain run inside one, apart from each other and from whoever runs them.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::process::{Process, until};

/// What the login's keychain is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keychain {
    /// Opened with the login's password, as on a usual desktop.
    Open,
    /// The service is there, but no keyring was ever made and nobody is there to make one.
    Empty,
    /// No session bus, so no service at all.
    None,
}

/// A login. Dropping it ends its programs and removes its home.
#[derive(Debug)]
pub struct Login {
    // In the order in which they must end.
    keychain: Option<Process>,
    bus: Option<(Process, String)>,
    home: TempDir,
}

impl Login {
    /// Logs in.
    ///
    /// # Errors
    /// When dbus-daemon or gnome-keyring-daemon cannot be started.
    pub fn start(keychain: Keychain) -> Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("safetalk-login-")
            .tempdir()?;
        for folder in ["run", "data", "config", "cache"] {
            // XDG_RUNTIME_DIR must be the person's alone, or programs refuse it.
            std::fs::DirBuilder::new()
                .mode(0o700)
                .create(home.path().join(folder))?;
        }
        let mut login = Self {
            keychain: None,
            bus: None,
            home,
        };
        if keychain != Keychain::None {
            login.start_bus()?;
        }
        if keychain == Keychain::Open {
            login.open_keychain()?;
        }
        Ok(login)
    }

    /// The person's home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where its session bus listens, if it has one.
    pub fn bus_address(&self) -> Option<&str> {
        self.bus.as_ref().map(|(_, address)| address.as_str())
    }

    /// A command that will run inside the login.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
            command.env_remove(name);
        }
        command.env("HOME", self.home());
        for (name, folder) in [
            ("RUNTIME_DIR", "run"),
            ("DATA_HOME", "data"),
            ("CONFIG_HOME", "config"),
            ("CACHE_HOME", "cache"),
        ] {
            command.env(format!("XDG_{name}"), self.home().join(folder));
        }
        if let Some((_, address)) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
        command
    }

    fn start_bus(&mut self) -> Result<()> {
        let mut daemon = self.command("dbus-daemon");
        daemon.args([
            "--session",
            "--nofork",
            "--nopidfile",
            "--nosyslog",
            "--print-address=1",
        ]);
        self.bus = Some(Process::start_and_hear(daemon.stderr(Stdio::null()))?);
        Ok(())
    }

    /// Takes the keychain's service away, with the bus on which it answered; what it kept stays on the disk.
    pub fn lose_keychain(&mut self) {
        self.keychain = None;
        self.bus = None;
    }

    /// Brings back what [`lose_keychain`](Self::lose_keychain) took away.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn find_keychain(&mut self) -> Result<()> {
        self.start_bus()?;
        self.open_keychain()
    }

    /// Starts the keychain, or starts it again with what it kept, and opens it.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn open_keychain(&mut self) -> Result<()> {
        self.keychain = None;
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]);
        let mut keychain = Process::start(
            daemon
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let mut input = keychain
            .child()
            .stdin
            .take()
            .context("its input was asked for and is not there")?;
        input.write_all(b"the password of the login")?;
        drop(input);
        until("the keychain", Duration::from_secs(10), || {
            self.has_owner("org.freedesktop.secrets")
        })?;
        self.keychain = Some(keychain);
        Ok(())
    }

    /// Locks the keychain, as a desktop does when the person says so; nobody is there to unlock it.
    ///
    /// # Errors
    /// When the keychain does not take the request.
    pub fn lock_keychain(&self) -> Result<()> {
        let status = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets",
            ])
            .arg("org.freedesktop.Secret.Service.Lock")
            .arg("array:objpath:/org/freedesktop/secrets/collection/login")
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "the keychain did not lock ({status})");
        Ok(())
    }

    /// Loses everything the keychain kept, as a reset of it does, and opens it empty.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn forget_keychain(&mut self) -> Result<()> {
        self.keychain = None;
        std::fs::remove_dir_all(self.home().join("data/keyrings"))?;
        self.open_keychain()
    }

    fn has_owner(&self, name: &str) -> bool {
        let output = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
            ])
            .args([
                "org.freedesktop.DBus.NameHasOwner",
                &format!("string:{name}"),
            ])
            .output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("boolean true"))
    }
}
