//! Every way a database does not open is an error of its own, and none of them harms the file.

mod support;

use safetalk_vault::{Ailment, Depth, OpenError, RecoveryFile, RecoveryKey, Role, Vault, diagnose};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::path::{Path, PathBuf};
use support::{CLINIC, MARKER, NOW, act, actions, another_key, create, key, migrator, open};
use tempfile::tempdir;

/// A closed ledger with enough rows for several hundred pages.
async fn closed_ledger(folder: &Path) -> PathBuf {
    let vault = create(folder, "ledger.db", Role::Ledger).await;
    for n in 0..40 {
        act(&vault, n, &MARKER.as_bytes().repeat(200))
            .await
            .expect("a commit");
    }
    vault.close().await;
    folder.join("ledger.db")
}

fn with_recovery_file(folder: &Path) {
    let recovery = RecoveryKey::generate().expect("random numbers");
    RecoveryFile::wrap(&key(), &recovery, CLINIC, NOW)
        .and_then(|file| file.write(folder))
        .expect("a recovery file");
}

async fn why(path: &Path) -> OpenError {
    Vault::open(path, &key(), &migrator(1), Role::Ledger)
        .await
        .expect_err("this must not open")
}

#[tokio::test]
async fn what_was_committed_is_there_after_closing_and_opening_again() {
    let folder = tempdir().unwrap();
    let path = closed_ledger(folder.path()).await;
    assert!(
        !path.with_extension("db-wal").exists(),
        "a clean end leaves one file"
    );
    let vault = open(folder.path(), "ledger.db", Role::Ledger).await;
    assert_eq!(actions(&vault).await, (0..40).collect::<Vec<_>>());
    assert!(!vault.recovered(), "it was closed cleanly");
    assert_eq!(
        vault.check(Depth::Full).await.unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn every_connection_is_set_up_for_not_losing_anything() {
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "replica.db", Role::Replica).await;
    let mut transaction = vault.begin().await.unwrap();
    for (pragma, expected, why) in [
        (
            "pragma journal_mode",
            "wal",
            "readers and the writer do not block each other",
        ),
        (
            "pragma synchronous",
            "2",
            "FULL: a commit survives a power cut",
        ),
        ("pragma foreign_keys", "1", "references hold"),
        (
            "pragma temp_store",
            "2",
            "in memory: no plain text in temporary files",
        ),
    ] {
        let row = sqlx::query(pragma)
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        let value = sqlx::Row::try_get::<String, _>(&row, 0)
            .or_else(|_| sqlx::Row::try_get::<i64, _>(&row, 0).map(|n| n.to_string()))
            .unwrap();
        assert_eq!(value, expected, "{why}");
    }
    drop(transaction);
    let refused = sqlx::query("insert into note values (1, 1, x'00')")
        .execute(vault.readers())
        .await;
    assert!(refused.is_err(), "a reader cannot write");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    assert!(matches!(why(&path).await, OpenError::NotThere));
    assert!(!path.exists(), "opening never makes a file");
    assert!(matches!(
        why(&folder.path().join("no folder").join("ledger.db")).await,
        OpenError::NotThere
    ));
}

#[tokio::test]
async fn a_new_database_is_never_made_over_anything() {
    for remainder in ["ledger.db", "ledger.db-wal", "ledger.db-journal"] {
        let folder = tempdir().unwrap();
        let there = folder.path().join(remainder);
        fs::write(&there, b"something a person did").unwrap();
        let refused = Vault::create(
            &folder.path().join("ledger.db"),
            &key(),
            &migrator(1),
            Role::Ledger,
        )
        .await;
        assert!(
            matches!(refused, Err(OpenError::AlreadyThere)),
            "{remainder} is there"
        );
        assert_eq!(
            fs::read(&there).unwrap(),
            b"something a person did",
            "untouched"
        );
    }
}

#[tokio::test]
async fn a_plain_sqlite_file_is_not_opened_and_not_changed() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut plain = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    sqlx::query("create table note (body text)")
        .execute(&mut plain)
        .await
        .unwrap();
    plain.close().await.unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(why(&path).await, OpenError::NotEncrypted));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_replica_is_not_opened_as_a_ledger() {
    let folder = tempdir().unwrap();
    create(folder.path(), "replica.db", Role::Replica)
        .await
        .close()
        .await;
    assert!(matches!(
        why(&folder.path().join("replica.db")).await,
        OpenError::Foreign
    ));
}

#[tokio::test]
async fn a_truncated_file_is_called_truncated_wherever_it_was_cut() {
    let folder = tempdir().unwrap();
    let whole = fs::read(closed_ledger(folder.path()).await).unwrap();
    for (length, place) in [
        (0, "to nothing"),
        (100, "inside the first page"),
        (4096, "after the first page"),
        (whole.len() / 2 / 4096 * 4096, "between two pages"),
        (whole.len() / 2 / 4096 * 4096 + 1000, "inside a page"),
        (whole.len() - 4096, "before the last page"),
    ] {
        let folder = tempdir().unwrap();
        with_recovery_file(folder.path());
        let path = folder.path().join("ledger.db");
        fs::write(&path, &whole[..length]).unwrap();
        let error = why(&path).await;
        assert!(
            matches!(error, OpenError::Truncated),
            "cut {place}: {error:?}"
        );
        assert_eq!(
            fs::read(&path).unwrap(),
            &whole[..length],
            "cut {place}: what is left stays as it is"
        );
    }
}

#[tokio::test]
async fn a_wrong_key_and_damage_are_told_apart_by_the_recovery_file() {
    let folder = tempdir().unwrap();
    let path = closed_ledger(folder.path()).await;
    let with = async |key| {
        Vault::open(&path, &key, &migrator(1), Role::Ledger)
            .await
            .map(drop)
    };
    assert!(
        matches!(with(another_key()).await, Err(OpenError::WrongKeyOrDamaged)),
        "without a recovery file nobody can tell"
    );
    with_recovery_file(folder.path());
    assert!(matches!(
        with(another_key()).await,
        Err(OpenError::WrongKey)
    ));
    assert!(with(key()).await.is_ok(), "the attempts harmed nothing");

    let mut bytes = fs::read(&path).unwrap();
    bytes[2000] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(with(key()).await, Err(OpenError::Damaged)));
}

#[tokio::test]
async fn damage_in_the_middle_of_the_file_is_found_by_the_check() {
    let folder = tempdir().unwrap();
    let path = closed_ledger(folder.path()).await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let vault = open(folder.path(), "ledger.db", Role::Ledger).await;
    for depth in [Depth::Quick, Depth::Full] {
        let problems = vault.check(depth).await.unwrap();
        assert!(!problems.is_empty(), "{depth:?} finds one flipped bit");
        assert!(
            problems.len() <= 10,
            "{depth:?} does not flood: {problems:?}"
        );
    }
    let all = "select sum(length(body)) from note";
    let error = sqlx::query_scalar::<_, i64>(all)
        .fetch_one(vault.readers())
        .await
        .expect_err("a page with a broken seal is never read as if it were whole");
    assert_eq!(diagnose(&error), Ailment::Damaged, "{error:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_says_which_and_is_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let newer = Vault::create(&path, &key(), &migrator(3), Role::Ledger)
        .await
        .unwrap();
    newer.close().await;
    drop(newer);
    let before = fs::read(&path).unwrap();
    let error = why(&path).await;
    assert!(
        matches!(error, OpenError::Newer { found: 3, known: 1 }),
        "{error:?}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn an_older_database_is_brought_up_to_date_with_its_rows() {
    let folder = tempdir().unwrap();
    let path = closed_ledger(folder.path()).await;
    let vault = Vault::open(&path, &key(), &migrator(3), Role::Ledger)
        .await
        .unwrap();
    assert_eq!(vault.schema_version(), 3);
    assert_eq!(actions(&vault).await.len(), 40, "migrating loses no row");
}

#[tokio::test]
async fn a_second_opening_is_locked_out_until_the_first_ends() {
    let folder = tempdir().unwrap();
    let first = create(folder.path(), "ledger.db", Role::Ledger).await;
    let path = folder.path().join("ledger.db");
    assert!(matches!(why(&path).await, OpenError::Locked));
    let clone = first.clone();
    drop(first);
    assert!(
        matches!(why(&path).await, OpenError::Locked),
        "a clone keeps it"
    );
    drop(clone);
    open(folder.path(), "ledger.db", Role::Ledger).await;
}

#[tokio::test]
async fn a_failed_opening_gives_the_lock_back() {
    let folder = tempdir().unwrap();
    let path = closed_ledger(folder.path()).await;
    let wrong = Vault::open(&path, &another_key(), &migrator(1), Role::Ledger).await;
    assert!(wrong.is_err());
    open(folder.path(), "ledger.db", Role::Ledger).await;
}

#[tokio::test]
async fn nothing_is_written_in_plain_text() {
    let folder = tempdir().unwrap();
    let plain = tempdir().unwrap();
    fs::write(plain.path().join("control"), format!("…{MARKER}…")).unwrap();
    assert!(
        support::occurs_below(plain.path(), MARKER.as_bytes()),
        "the search finds plain text"
    );
    let vault = create(folder.path(), "ledger.db", Role::Ledger).await;
    for n in 0..50 {
        act(&vault, n, MARKER.as_bytes()).await.unwrap();
    }
    assert!(
        fs::metadata(folder.path().join("ledger.db-wal"))
            .unwrap()
            .len()
            > 0,
        "the rows are in the log"
    );
    for needle in [MARKER.as_bytes(), b"create table note", key().expose()] {
        assert!(
            !support::occurs_below(folder.path(), needle),
            "open, with its log"
        );
    }
    vault.close().await;
    for needle in [MARKER.as_bytes(), b"create table note", key().expose()] {
        assert!(!support::occurs_below(folder.path(), needle), "closed");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let vault = create(folder.path(), "ledger.db", Role::Ledger).await;
    act(&vault, 1, b"x").await.unwrap();
    for name in ["ledger.db", "ledger.db-wal"] {
        let mode = fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_read_only_disk_is_called_read_only() {
    let Some(disk) = support::SmallDisk::mount(8) else {
        return;
    };
    let path = closed_ledger(disk.path()).await;
    disk.make_read_only();
    let error = why(&path).await;
    assert!(matches!(error, OpenError::ReadOnly), "{error:?}");
    let new = disk.path().join("replica.db");
    let error = Vault::create(&new, &key(), &migrator(1), Role::Replica).await;
    assert!(matches!(error, Err(OpenError::ReadOnly)), "{error:?}");
}
