//! A process killed at any moment: every answered action is there, any other is whole or absent, and files made
//! outside SQLite are there whole or not at all.

mod support;

use rand::Rng;
use safetalk_vault::{Depth, OpenError, RecoveryFile, Role, Vault, backup, last_good, restore};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{CLINIC, NOW, act, actions, clinic, key, migrator, open};
use tempfile::tempdir;

const JOB: &str = "SAFETALK_VAULT_TEST_JOB";
const FOLDER: &str = "SAFETALK_VAULT_TEST_FOLDER";

/// What the child processes of the other tests do until they are killed.
#[tokio::test]
#[ignore = "the child process of the other tests here; alone it has nothing to do"]
async fn child() {
    let Ok(job) = std::env::var(JOB) else {
        return;
    };
    let folder = std::path::PathBuf::from(std::env::var_os(FOLDER).expect("given with the job"));
    match job.as_str() {
        "write" => {
            let ledger = open(&folder, "ledger.db", Role::Ledger).await;
            let next = actions(&ledger).await.last().map_or(0, |n| n + 1);
            say("ready");
            // Large enough that the log is moved into the database several times a second.
            for n in next.. {
                act(&ledger, n, &[n as u8; 20_000]).await.expect("a commit");
                say(&format!("answered {n}"));
            }
        }
        "create" => {
            say("ready");
            let path = folder.join("ledger.db");
            Vault::create(&path, &key(), &migrator(12), Role::Ledger)
                .await
                .expect("made");
        }
        "back up" => {
            let replica = open(&folder, "replica.db", Role::Replica).await;
            let ledger = open(&folder, "ledger.db", Role::Ledger).await;
            let from = last_good(&folder.join("backups"), CLINIC)
                .await
                .expect("a folder");
            say("ready");
            for day in 1.. {
                let now = from.unwrap_or(NOW) + day * support::DAY;
                let vaults = [&replica, &ledger];
                backup(&vaults, &folder.join("backups"), now)
                    .await
                    .expect("a backup");
                say(&format!("answered {now}"));
            }
        }
        "restore" => {
            let file = fs::read_dir(folder.join("backups"))
                .expect("a folder")
                .next();
            let file = file.expect("a backup").expect("an entry").path();
            let groups = fs::read_to_string(folder.join("sheet")).expect("the sheet of paper");
            let recovery = safetalk_vault::RecoveryKey::parse(&groups).expect("well typed");
            say("ready");
            restore(&file, &recovery, &folder.join("new"))
                .await
                .expect("restored");
            say("answered 1");
        }
        other => panic!("no job {other}"),
    }
}

/// Past the test harness, which would keep it back until the end.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{line}")
        .and_then(|()| out.flush())
        .expect("the parent listens");
}

/// Starts a child, waits until it is ready, kills it that much later; gives back what it had answered.
fn run_and_kill(job: &str, folder: &Path, after: Duration) -> Vec<i64> {
    let mut child: Child = Command::new(std::env::current_exe().expect("this test binary"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(JOB, job)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child process");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let ready = lines.by_ref().any(|line| line.expect("text") == "ready");
    assert!(ready, "the child came to its work");
    std::thread::sleep(after);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    lines
        .filter_map(|line| line.ok()?.strip_prefix("answered ")?.parse().ok())
        .collect()
}

fn up_to(milliseconds: u64) -> Duration {
    rand::rng().random_range(Duration::ZERO..Duration::from_millis(milliseconds))
}

/// At least `least` rounds, and more while a busy machine has kept the children from their work.
fn go_on(round: usize, least: usize, worked: bool) -> bool {
    assert!(round < least * 10, "the children never come to their work");
    round < least || !worked
}

/// Later and later moments, sweeping over the whole of a job that takes `once`, until it was finished a few times.
#[derive(Debug)]
struct Sweep {
    step: Duration,
    absent: u32,
    whole: u32,
}

impl Sweep {
    fn over(once: Duration) -> Self {
        Self {
            step: once / 12,
            absent: 0,
            whole: 0,
        }
    }

    fn next(&self) -> Option<Duration> {
        let rounds = self.absent + self.whole;
        assert!(rounds < 300, "the job is never finished");
        (self.whole < 5).then(|| self.step * rounds)
    }
}

#[tokio::test]
async fn a_killed_writer_loses_no_answered_action_and_leaves_no_half() {
    let folder = tempdir().unwrap();
    let (_, replica, ledger) = clinic(folder.path()).await;
    drop((replica, ledger));
    let (mut answered, mut recovered, mut round) = (Vec::new(), 0, 0);
    while go_on(round, 20, answered.len() > 100 && recovered > 10) {
        round += 1;
        answered.extend(run_and_kill("write", folder.path(), up_to(250)));
        let ledger = open(folder.path(), "ledger.db", Role::Ledger).await;
        recovered += i32::from(ledger.recovered());
        let there = actions(&ledger).await;
        assert!(
            there.starts_with(&answered),
            "round {round}: an answered action is missing"
        );
        assert!(
            there.len() <= answered.len() + 1,
            "round {round}: at most the one that was not answered yet is there besides"
        );
        let problems = ledger.check(Depth::Full).await.unwrap();
        assert!(problems.is_empty(), "round {round}: {problems:?}");
        answered = there;
        // Not closed: the next child finds it as another crash would leave it.
        drop(ledger);
    }
}

#[tokio::test]
async fn a_killed_first_run_leaves_no_database_or_a_whole_one() {
    let start = Instant::now();
    let spare = tempdir().unwrap();
    Vault::create(
        &spare.path().join("ledger.db"),
        &key(),
        &migrator(12),
        Role::Ledger,
    )
    .await
    .unwrap();
    let mut sweep = Sweep::over(start.elapsed());
    while let Some(moment) = sweep.next() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        run_and_kill("create", folder.path(), moment);
        match Vault::open(&path, &key(), &migrator(12), Role::Ledger).await {
            Ok(ledger) => {
                assert_eq!(ledger.schema_version(), 12);
                sweep.whole += 1;
            }
            Err(OpenError::NotThere) => {
                Vault::create(&path, &key(), &migrator(12), Role::Ledger)
                    .await
                    .expect("the remains of the first attempt do not stand in the way");
                sweep.absent += 1;
            }
            Err(other) => panic!("a half-made database: {other:?}"),
        }
    }
    assert!(sweep.absent > 5, "some were killed on the way: {sweep:?}");
}

#[tokio::test]
async fn a_killed_backup_leaves_only_whole_ones_under_their_name() {
    let folder = tempdir().unwrap();
    let (recovery, replica, ledger) = clinic(folder.path()).await;
    for n in 0..100 {
        act(&ledger, n, &[1; 4000]).await.unwrap();
    }
    drop((replica, ledger));
    fs::create_dir(folder.path().join("backups")).unwrap();
    let (mut made, mut round) = (0, 0);
    while go_on(round, 12, made > 5) {
        round += 1;
        let answered = run_and_kill("back up", folder.path(), up_to(300));
        made += answered.len();
        let last = last_good(&folder.path().join("backups"), CLINIC)
            .await
            .unwrap();
        assert!(
            last >= answered.last().copied(),
            "round {round}: an answered backup is missing"
        );
        for entry in fs::read_dir(folder.path().join("backups")).unwrap() {
            let file = entry.unwrap().path();
            if file
                .extension()
                .is_some_and(|extension| extension == "stbackup")
            {
                let home = folder.path().join("new");
                restore(&file, &recovery, &home)
                    .await
                    .expect("what has its name is whole");
                fs::remove_dir_all(&home).unwrap();
            }
        }
    }
    let replica = open(folder.path(), "replica.db", Role::Replica).await;
    let ledger = open(folder.path(), "ledger.db", Role::Ledger).await;
    let last = NOW + 5_000 * support::DAY;
    backup(&[&replica, &ledger], &folder.path().join("backups"), last)
        .await
        .unwrap();
    let parts = fs::read_dir(folder.path().join("backups"))
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            name.to_string_lossy().ends_with(".part")
        })
        .count();
    assert_eq!(parts, 0, "what killed backups left is tidied by the next");
}

#[tokio::test]
async fn a_killed_restore_leaves_nothing_or_the_whole_clinic() {
    let folder = tempdir().unwrap();
    let (recovery, replica, ledger) = clinic(folder.path()).await;
    for n in 0..300 {
        act(&ledger, n, &[1; 4000]).await.unwrap();
    }
    fs::create_dir(folder.path().join("backups")).unwrap();
    backup(&[&replica, &ledger], &folder.path().join("backups"), NOW)
        .await
        .unwrap();
    fs::write(folder.path().join("sheet"), recovery.groups().join(" ")).unwrap();
    let home = folder.path().join("new");
    let file = fs::read_dir(folder.path().join("backups"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let start = Instant::now();
    restore(&file, &recovery, &home).await.unwrap();
    let mut sweep = Sweep::over(start.elapsed());
    fs::remove_dir_all(&home).unwrap();
    while let Some(moment) = sweep.next() {
        let answered = run_and_kill("restore", folder.path(), moment);
        if home.exists() {
            let restored = RecoveryFile::read(&home)
                .unwrap()
                .unwrap_key(&recovery)
                .unwrap();
            let path = home.join("ledger.db");
            let ledger = Vault::open(&path, &restored, &migrator(1), Role::Ledger)
                .await
                .unwrap();
            assert_eq!(actions(&ledger).await.len(), 300);
            drop(ledger);
            fs::remove_dir_all(&home).unwrap();
            sweep.whole += 1;
        } else {
            assert!(answered.is_empty(), "an answered restore is there");
            sweep.absent += 1;
        }
    }
    assert!(sweep.absent > 5, "some were killed on the way: {sweep:?}");
}
