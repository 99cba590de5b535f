//! The program itself, as an operator runs it.
#![forbid(unsafe_code)]
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

use rustix::process::{Pid, Signal, kill_process};
use safetalk_cluster::{Cluster, SUPERUSER};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_safetalk-server");

fn program(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(words)
        .env("SAFETALK_SERVER_DATA", folder)
        .env("SAFETALK_LOG", "debug")
        .env_remove("SAFETALK_SERVER_LISTEN")
        .env_remove("SAFETALK_SERVER_DATABASE_URL");
    command
}

fn said(folder: &Path, words: &[&str]) -> Output {
    program(folder, words).output().unwrap()
}

struct Running {
    child: Child,
    /// Host and port.
    address: String,
}

impl Running {
    fn start(folder: &Path) -> Self {
        Self::of(program(folder, &["serve", "--listen", "127.0.0.1:0"]))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { child, address }
    }

    fn ask(&self, path: &str) -> String {
        let until = Instant::now() + Duration::from_secs(20);
        let mut stream = loop {
            match TcpStream::connect(&self.address) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < until, "{}: {error}", self.address),
            }
        };
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// What it wrote to its log until it ended.
    fn stop(mut self) -> String {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).unwrap();
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        assert!(
            self.child.wait().unwrap().success(),
            "an orderly end: {log}"
        );
        log
    }
}

#[test]
fn a_fresh_folder_becomes_a_server_with_a_clinic_that_outlives_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let running = Running::start(&data);
    let answer = running.ask("/readyz");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let speaks = format!("safetalk-protocol: {}", safetalk_wire::PROTOCOL);
    assert!(answer.contains(&speaks), "{answer}");
    let mode = |name: &str| {
        let found = std::fs::metadata(data.join(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode("server.key"), 0o600);
    assert_eq!(mode("."), 0o700);
    let made = said(
        &data,
        &[
            "admin",
            "create-clinic",
            "--name",
            "Harbour Clinic",
            "--owner",
            "Ann Rosenbaum",
            "--email",
            "ann@example.org",
        ],
    );
    let text = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && text.contains("/invite#"), "{text}");
    let log = running.stop();
    assert!(log.contains("request answered"), "it logs: {log}");
    assert!(log.contains("the server has stopped"), "{log}");
    for line in log.lines() {
        assert!(line.starts_with('{'), "every line is JSON: {line}");
    }
    let invite = text.split('#').nth(1).unwrap().lines().next().unwrap();
    for person in ["Harbour", "Rosenbaum", "ann@example.org", invite] {
        assert!(!log.contains(person), "{person} stands in the log");
    }
    // Without a server the same commands open the files themselves.
    let listed = said(&data, &["admin", "clinics"]);
    let text = String::from_utf8(listed.stdout).unwrap();
    assert!(
        text.contains("Harbour Clinic") && text.contains("no login yet"),
        "{text}"
    );
    let migrated = said(&data, &["migrate"]);
    let text = String::from_utf8(migrated.stdout).unwrap();
    assert!(text.contains("1 ledgers are up to date"), "{text}");
}

/// A PostgreSQL with the roles that OPERATING.md has an operator make.
fn cluster() -> Cluster {
    let cluster = Cluster::start().unwrap();
    let roles = "create role safetalk_owner login createrole; create role safetalk_server login;
                 create database ledgers owner safetalk_owner;";
    cluster.run(SUPERUSER, roles).unwrap();
    cluster
}

#[test]
fn with_a_database_url_the_ledgers_lie_in_postgresql_and_tell_nothing_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let cluster = cluster();
    let owner = cluster.url("safetalk_owner", "ledgers");
    let server = cluster.url("safetalk_server", "ledgers");
    let on = |url: &str, words: &[&str]| {
        let mut command = program(&data, words);
        command.env("SAFETALK_SERVER_DATABASE_URL", url);
        command
    };
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let early = on(&server, &serve).output().unwrap();
    let text = String::from_utf8(early.stderr).unwrap();
    assert!(
        !early.status.success() && text.contains("migrate first"),
        "{text}"
    );
    let migrated = on(&owner, &["migrate"]).output().unwrap();
    assert!(
        migrated.status.success(),
        "{}",
        String::from_utf8_lossy(&migrated.stderr)
    );
    cluster
        .run(SUPERUSER, "grant safetalk_app to safetalk_server;")
        .unwrap();
    let running = Running::of(on(&server, &serve));
    let answer = running.ask("/readyz");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let words = [
        "admin",
        "create-clinic",
        "--name",
        "Harbour Clinic",
        "--owner",
        "Ann Rosenbaum",
        "--email",
        "ann@example.org",
    ];
    let made = on(&server, &words).output().unwrap();
    let text = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && text.contains("/invite#"), "{text}");
    running.stop();
    let listed = on(&server, &["admin", "clinics"]).output().unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    assert!(
        text.contains("Harbour Clinic") && text.contains("Ann Rosenbaum"),
        "it is found again: {text}"
    );
    assert!(
        std::fs::read_dir(data.join("clinics"))
            .unwrap()
            .next()
            .is_none(),
        "no ledger lies in a file"
    );
    let seen = "do $$ begin
        assert (select count(*) from member) = 1, 'one member';
        assert not exists (select from member where position('Rosenbaum'::bytea in body) > 0), 'a name is readable';
    end $$;";
    cluster.run("ledgers", seen).unwrap();
}

#[test]
fn a_folder_with_clinics_in_files_is_not_served_from_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = [
        "admin",
        "create-clinic",
        "--name",
        "A",
        "--owner",
        "B",
        "--email",
        "c@example.org",
    ];
    assert!(said(&data, &words).status.success());
    let mut command = program(&data, &["serve", "--listen", "127.0.0.1:0"]);
    command.env("SAFETALK_SERVER_DATABASE_URL", "postgres://u@127.0.0.1:1/d");
    let hidden = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(hidden.contains("would hide them"), "{hidden}");
}

#[test]
fn what_is_wrong_with_the_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let wrong = |words: &[&str]| {
        let output = said(&data, words);
        assert!(!output.status.success(), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let open = wrong(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(open.contains("--tls-cert"), "{open}");
    assert!(!data.exists(), "nothing was begun");
    let half = wrong(&["serve", "--tls-cert", "cert.pem"]);
    assert!(half.contains("--tls-key"), "{half}");
    let postgres = wrong(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        "postgres://u:secret@h:notaport/d",
    ]);
    assert!(
        postgres.contains("the database was not opened"),
        "{postgres}"
    );
    assert!(!postgres.contains("secret"), "{postgres}");
    let zone = wrong(&[
        "admin",
        "create-clinic",
        "--name",
        "A",
        "--owner",
        "B",
        "--email",
        "c@d",
        "--zone",
        "Mars",
    ]);
    assert!(zone.contains("time zone"), "{zone}");
    std::fs::remove_file(data.join("server.key")).unwrap();
    let keyless = wrong(&["migrate"]);
    assert!(keyless.contains("key file"), "{keyless}");
    assert!(
        !data.join("server.key").exists(),
        "no new key over old data"
    );
}
