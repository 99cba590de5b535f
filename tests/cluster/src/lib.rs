//! A PostgreSQL of its own for whoever needs one for a while: tests, and `cargo xtask prepare`.
//!
//! It lies in a temporary folder that only its own user may enter, listens on a socket in that folder and, unless it is
//! asked to, on no port, and is gone when its owner is, however that one ends: a small watcher waits for the end of a
//! pipe that the owner holds, and a killed process holds no pipe. Nothing is written through to the disk (`fsync=off`).
//!
//! Deliberately absent: passwords. Whoever can enter the folder may do everything.
#![forbid(unsafe_code)]

use anyhow::{Context as _, Result, ensure};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The cluster's superuser.
pub const SUPERUSER: &str = "postgres";

const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_connections = 200
autovacuum_naptime = 5s
";

/// What it does when the pipe ends: stops the server and takes the folder away. Keys that end its owner do not end it.
const WATCH: &str = r#"trap '' INT TERM HUP; read -r _; "$1/pg_ctl" stop -D "$2/data" -m immediate -w; rm -rf "$2""#;

/// A running cluster. It is stopped and removed when this is dropped, or when the process ends.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    watcher: Child,
}

impl Cluster {
    /// Makes and starts one. Takes about two seconds.
    ///
    /// # Errors
    /// Says which package is missing, or what PostgreSQL said.
    pub fn start() -> Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new()
            .prefix("safetalk-pg-")
            .tempdir()
            .context("a temporary folder")?
            .keep();
        hand_over(&folder)?;
        let watcher = as_its_user("sh")
            .args(["-c", WATCH, "watch"])
            .args([&programs, &folder])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the watcher")?;
        // From here on it is cleared away whatever happens.
        let cluster = Self {
            programs,
            folder,
            watcher,
        };
        cluster.make()?;
        cluster.up()?;
        Ok(cluster)
    }

    fn make(&self) -> Result<()> {
        let made = as_its_user(self.programs.join("initdb"))
            .args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .args(["--username", SUPERUSER, "--pgdata"])
            .arg(self.data())
            .current_dir("/")
            .output()
            .context("initdb")?;
        ensure!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let socket = format!("unix_socket_directories = '{}'\n", self.folder.display());
        OpenOptions::new()
            .append(true)
            .open(self.data().join("postgresql.conf"))?
            .write_all(format!("{SETTINGS}{socket}").as_bytes())?;
        Ok(())
    }

    /// Starts it again after [`down`](Self::down).
    ///
    /// # Errors
    /// What the server wrote into its log.
    pub fn up(&self) -> Result<()> {
        let log = self.folder.join("log");
        let started = self
            .control("start")
            .arg("-l")
            .arg(&log)
            .status()
            .context("pg_ctl start")?;
        ensure!(
            started.success(),
            "PostgreSQL did not start: {}",
            std::fs::read_to_string(&log).unwrap_or_default()
        );
        Ok(())
    }

    /// Stops it, and starts it again with TLS on a free port of this computer; answers with the port. Its socket has the
    /// port in its name too, so [`url`](Self::url) and [`run`](Self::run) do not reach it any more.
    ///
    /// # Errors
    /// What the server wrote into its log.
    pub fn listen(&self, certificate: &str, key: &str) -> Result<u16> {
        self.down()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        // Its own user must own the key, and nobody else may read it: written by the shell as that user.
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let mut file = as_its_user("sh")
                .args(["-c", "umask 077; cat > \"$1\"", "write"])
                .arg(self.data().join(name))
                .current_dir("/")
                .stdin(Stdio::piped())
                .spawn()?;
            if let Some(mut input) = file.stdin.take() {
                input.write_all(text.as_bytes())?;
            }
            ensure!(file.wait()?.success(), "{name} was not written");
        }
        let settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\nssl = on\n");
        OpenOptions::new()
            .append(true)
            .open(self.data().join("postgresql.conf"))?
            .write_all(settings.as_bytes())?;
        self.up()?;
        Ok(port)
    }

    /// Stops it as a crash does: nobody is asked, nothing is finished.
    ///
    /// # Errors
    /// If it does not stop.
    pub fn down(&self) -> Result<()> {
        let stopped = self
            .control("stop")
            .args(["-m", "immediate"])
            .status()
            .context("pg_ctl stop")?;
        ensure!(stopped.success(), "PostgreSQL did not stop");
        Ok(())
    }

    fn control(&self, what: &str) -> Command {
        let mut control = as_its_user(self.programs.join("pg_ctl"));
        control
            .args([what, "-w", "-D"])
            .arg(self.data())
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        control
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The address of a database in it, for a role.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        // A path of ours has nothing in it but letters, digits, `-`, `_`, `.` and `/`; the last must be escaped.
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{role}@localhost/{database}?host={socket}")
    }

    /// Runs statements in a database as the superuser, one after another, up to the first that fails.
    ///
    /// # Errors
    /// What PostgreSQL said to that one.
    pub fn run(&self, database: &str, statements: &str) -> Result<()> {
        let mut psql = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet"])
            .args(["--set", "ON_ERROR_STOP=1"])
            .args(["--username", SUPERUSER, "--dbname", database, "--host"])
            .arg(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("psql")?;
        if let Some(mut input) = psql.stdin.take() {
            input.write_all(statements.as_bytes())?;
        }
        let said = psql.wait_with_output()?;
        ensure!(
            said.status.success(),
            "psql: {}",
            String::from_utf8_lossy(&said.stderr)
        );
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // If it cannot be waited for, it still does its work.
        let _ = self.watcher.wait();
    }
}

/// Where the server's programs are: Debian keeps them out of `PATH`, one folder for each version.
fn programs() -> Result<PathBuf> {
    ensure!(cfg!(unix), "PostgreSQL is tested on Unix only");
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists())
        .collect();
    versions.sort();
    if let Some((_, newest)) = versions.pop() {
        return Ok(newest);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").exists())
        .context("PostgreSQL's server programs are not here; Debian's package is postgresql")
}

/// A command as the user the server runs as: it refuses to be root, and root may become `postgres`.
fn as_its_user(program: impl AsRef<Path>) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
            .arg(program.as_ref());
        command
    } else {
        Command::new(program.as_ref())
    }
}

fn is_root() -> bool {
    id(&["-u"]) == Some(0)
}

fn id(arguments: &[&str]) -> Option<u32> {
    let said = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8_lossy(&said.stdout).trim().parse().ok()
}

/// Gives the folder to the user the server runs as.
fn hand_over(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    if is_root() {
        let user = id(&["-u", "postgres"]).context("there is no user postgres")?;
        let group = id(&["-g", "postgres"]);
        std::os::unix::fs::chown(folder, Some(user), group)?;
    }
    Ok(())
}
