//! Backup, loss of everything, restore: row by row equal; and every way in which that can fail.

mod support;

use safetalk_vault::{
    BackupError, Depth, RECOVERY_FILE, RecoveryKey, RestoreError, Role, Vault, backup, last_good,
    manifest_of, restore,
};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::path::{Path, PathBuf};
use support::{
    CLINIC, DAY, MARKER, NOW, SmallDisk, act, actions, clinic, key, migrator, occurs_below, rows,
};
use tempfile::{TempDir, tempdir};

/// A clinic with rows in both databases, and one backup of it.
struct Backed {
    folder: TempDir,
    target: TempDir,
    recovery: RecoveryKey,
    replica: Vault,
    ledger: Vault,
    file: PathBuf,
}

async fn backed_up() -> Backed {
    let (folder, target) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let (recovery, replica, ledger) = clinic(folder.path()).await;
    for n in 0..60 {
        act(&replica, n, &MARKER.as_bytes().repeat(30))
            .await
            .expect("a commit");
        act(&ledger, n * 2, &MARKER.as_bytes().repeat(50))
            .await
            .expect("a commit");
    }
    let made = backup(&[&replica, &ledger], target.path(), NOW)
        .await
        .expect("a backup");
    Backed {
        folder,
        target,
        recovery,
        replica,
        ledger,
        file: made.path,
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn after_losing_everything_the_recovery_key_brings_every_row_back() {
    let Backed {
        folder,
        target,
        recovery,
        replica,
        ledger,
        file,
    } = backed_up().await;
    let before = (rows(&replica).await, rows(&ledger).await);
    assert_eq!(before.0.len(), 120, "there is something to lose");
    replica.close().await;
    ledger.close().await;
    drop((replica, ledger));
    // Computer and keychain are gone; the stick with the backup and the sheet of paper are left.
    drop(folder);
    let typed = RecoveryKey::parse(&recovery.groups().join(" ").to_lowercase()).unwrap();
    let home = target.path().join("clinics").join("restored");

    let restored = restore(&file, &typed, &home).await.unwrap();

    assert_eq!(
        restored.key.expose(),
        key().expose(),
        "for the new computer's keychain"
    );
    assert_eq!((restored.clinic, restored.made_at), (CLINIC, NOW));
    assert_eq!(
        restored.databases,
        [home.join("replica.db"), home.join("ledger.db")]
    );
    assert_eq!(names(&home), [RECOVERY_FILE, "ledger.db", "replica.db"]);
    let open = async |name: &str, role| {
        Vault::open(&home.join(name), &restored.key, &migrator(1), role)
            .await
            .unwrap()
    };
    let (replica, ledger) = (
        open("replica.db", Role::Replica).await,
        open("ledger.db", Role::Ledger).await,
    );
    assert_eq!(
        (rows(&replica).await, rows(&ledger).await),
        before,
        "row by row"
    );
    act(&ledger, 999, b"life goes on").await.unwrap();
    backup(&[&replica, &ledger], target.path(), NOW + DAY)
        .await
        .expect("a restored clinic can be backed up again");
}

#[tokio::test]
async fn the_copy_in_a_backup_opens_with_the_key_only() {
    let backed = backed_up().await;
    let unpacked = tempdir().unwrap();
    tar::Archive::new(fs::File::open(&backed.file).unwrap())
        .unpack(unpacked.path())
        .unwrap();
    assert_eq!(
        names(unpacked.path()),
        [RECOVERY_FILE, "ledger.db", "manifest.json", "replica.db"]
    );
    for needle in [
        MARKER.as_bytes(),
        b"create table note",
        b"SQLite format 3",
        key().expose(),
    ] {
        for folder in [unpacked.path(), backed.target.path(), backed.folder.path()] {
            assert!(!occurs_below(folder, needle), "nothing in plain text");
        }
    }
    let count = async |pragma: Option<String>| {
        let mut options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(unpacked.path().join("ledger.db"));
        if let Some(key) = pragma {
            options = options.pragma("key", key);
        }
        let mut connection = options.connect().await?;
        let count = sqlx::query_scalar::<_, i64>("select count(*) from note")
            .fetch_one(&mut connection)
            .await;
        connection.close().await?;
        count
    };
    let hex: String = key()
        .expose()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(count(None).await.is_err(), "without a key");
    assert!(
        count(Some(format!("\"x'{}'\"", "00".repeat(32))))
            .await
            .is_err(),
        "with another"
    );
    assert_eq!(
        count(Some(format!("\"x'{hex}'\""))).await.unwrap(),
        120,
        "with its own"
    );
}

#[tokio::test]
async fn the_clinic_is_as_it_was_and_nothing_is_left_lying_about() {
    let backed = backed_up().await;
    assert_eq!(
        names(backed.target.path()),
        ["safetalk-cafe0123-2026-03-20-1700.stbackup"],
        "one file in the chosen folder"
    );
    assert!(
        !backed.folder.path().join(".backup").exists(),
        "no copies beside the database"
    );
    assert_eq!(actions(&backed.ledger).await.len(), 60);
    act(&backed.ledger, 1_001, b"after")
        .await
        .expect("people go on working");
    let manifest = manifest_of(&backed.file).await.unwrap();
    assert_eq!((manifest.clinic, manifest.made_at), (CLINIC, NOW));
    let versions: Vec<_> = manifest
        .parts
        .iter()
        .map(|part| part.schema_version)
        .collect();
    assert_eq!(versions, [None, Some(1), Some(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_people_work_holds_whole_actions_and_all_answered_before_it() {
    let backed = backed_up().await;
    let writer = tokio::spawn({
        let ledger = backed.ledger.clone();
        async move {
            for n in 10_000..10_400 {
                act(&ledger, n, &[1; 3000])
                    .await
                    .expect("writing goes on during a backup");
            }
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let answered = actions(&backed.ledger).await;
    let made = backup(
        &[&backed.replica, &backed.ledger],
        backed.target.path(),
        NOW + DAY,
    )
    .await
    .unwrap();
    writer.await.unwrap();

    let home = backed.target.path().join("new");
    let restored = restore(&made.path, &backed.recovery, &home).await.unwrap();
    let ledger = Vault::open(
        &home.join("ledger.db"),
        &restored.key,
        &migrator(1),
        Role::Ledger,
    )
    .await
    .unwrap();
    let there = actions(&ledger).await;
    assert!(
        there.starts_with(&answered),
        "all that was answered before the backup began"
    );
    assert!(ledger.check(Depth::Full).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_backups_at_once_take_turns() {
    let backed = backed_up().await;
    let vaults = [&backed.replica, &backed.ledger];
    let (daily, quitting) = tokio::join!(
        backup(&vaults, backed.target.path(), NOW + 60),
        backup(&vaults, backed.target.path(), NOW + 120),
    );
    for made in [daily.unwrap(), quitting.unwrap()] {
        // The later one's rotation may already have given up the earlier one of the same day.
        if made.path.exists() {
            manifest_of(&made.path).await.unwrap();
        }
    }
    assert_eq!(
        last_good(backed.target.path(), CLINIC).await.unwrap(),
        Some(NOW + 120)
    );
}

#[tokio::test]
async fn daily_backups_are_rotated_and_other_files_stay() {
    let backed = backed_up().await;
    fs::write(backed.target.path().join("letter.pdf"), b"mine").unwrap();
    let mut removed = 0;
    for day in 1..=20 {
        removed += backup(
            &[&backed.replica, &backed.ledger],
            backed.target.path(),
            NOW + day * DAY,
        )
        .await
        .unwrap()
        .removed;
    }
    // From 20 March to 9 April: 14 days, and the last day of March, which is among them.
    assert_eq!(names(backed.target.path()).len(), 14 + 1);
    assert_eq!(removed, 7);
    assert!(backed.target.path().join("letter.pdf").exists());
}

#[tokio::test]
async fn last_good_passes_over_a_backup_that_was_cut_short() {
    let backed = backed_up().await;
    assert_eq!(
        last_good(backed.target.path(), CLINIC).await.unwrap(),
        Some(NOW)
    );
    assert_eq!(
        last_good(backed.target.path(), uuid::Uuid::from_u128(1))
            .await
            .unwrap(),
        None,
        "another clinic has none here"
    );
    let newer = backup(
        &[&backed.replica, &backed.ledger],
        backed.target.path(),
        NOW + DAY,
    )
    .await
    .unwrap();
    assert_eq!(
        last_good(backed.target.path(), CLINIC).await.unwrap(),
        Some(NOW + DAY)
    );
    let bytes = fs::read(&newer.path).unwrap();
    fs::write(&newer.path, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(
        last_good(backed.target.path(), CLINIC).await.unwrap(),
        Some(NOW),
        "half a backup is none"
    );
    let gone = backed.target.path().join("unplugged");
    assert!(matches!(
        last_good(&gone, CLINIC).await,
        Err(BackupError::FolderMissing)
    ));
}

#[tokio::test]
async fn a_missing_folder_and_a_missing_recovery_file_are_said_plainly() {
    let backed = backed_up().await;
    let vaults = [&backed.replica, &backed.ledger];
    let gone = backed.target.path().join("unplugged");
    assert!(matches!(
        backup(&vaults, &gone, NOW).await,
        Err(BackupError::FolderMissing)
    ));
    let file = backed.target.path().join("a file");
    fs::write(&file, b"").unwrap();
    assert!(matches!(
        backup(&vaults, &file, NOW).await,
        Err(BackupError::FolderMissing)
    ));
    assert!(matches!(
        backup(&[], backed.target.path(), NOW).await,
        Err(BackupError::NotOneClinic)
    ));
    fs::remove_file(backed.folder.path().join(RECOVERY_FILE)).unwrap();
    assert!(
        matches!(
            backup(&vaults, backed.target.path(), NOW).await,
            Err(BackupError::Recovery(_))
        ),
        "such a backup could be opened nowhere else"
    );
}

#[tokio::test]
async fn a_full_or_read_only_folder_is_said_plainly_and_earlier_backups_stay() {
    let Some(disk) = SmallDisk::mount(3) else {
        return;
    };
    let backed = backed_up().await;
    let vaults = [&backed.replica, &backed.ledger];
    let first = backup(&vaults, disk.path(), NOW).await.unwrap();
    fs::write(
        disk.path().join("ballast"),
        vec![0; (3 << 20) - first.bytes as usize - (64 << 10)],
    )
    .unwrap();
    let before = names(disk.path());
    let error = backup(&vaults, disk.path(), NOW + DAY).await;
    assert!(matches!(error, Err(BackupError::DiskFull)), "{error:?}");
    assert_eq!(names(disk.path()), before, "nothing half-made stays");
    disk.make_read_only();
    let error = backup(&vaults, disk.path(), NOW + DAY).await;
    assert!(matches!(error, Err(BackupError::ReadOnly)), "{error:?}");
    let home = backed.target.path().join("new");
    restore(&first.path, &backed.recovery, &home)
        .await
        .expect("the earlier one is whole");
}

#[tokio::test]
async fn a_damaged_database_is_not_backed_up_over_good_backups() {
    let backed = backed_up().await;
    backed.ledger.close().await;
    let Backed {
        folder,
        target,
        replica,
        ledger,
        ..
    } = backed;
    drop(ledger);
    let path = folder.path().join("ledger.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let ledger = Vault::open(&path, &key(), &migrator(1), Role::Ledger)
        .await
        .unwrap();
    let error = backup(&[&replica, &ledger], target.path(), NOW + DAY).await;
    assert!(
        matches!(&error, Err(BackupError::Unsound { part }) if part == "ledger.db"),
        "{error:?}"
    );
    assert_eq!(last_good(target.path(), CLINIC).await.unwrap(), Some(NOW));
}

#[tokio::test]
async fn restoring_refuses_what_it_must_and_leaves_the_destination_alone() {
    let backed = backed_up().await;
    let home = backed.target.path().join("new");
    let bytes = fs::read(&backed.file).unwrap();
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    let manifest = String::from_utf8_lossy(&bytes[512..4096]).into_owned();
    let manifest_with = |from: &str, to: &str| {
        assert!(manifest.contains(from), "the manifest says {from}");
        let mut bytes = bytes.clone();
        let at = 512 + manifest.find(from).expect("just seen");
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    type Expected = fn(&RestoreError) -> bool;
    let cases: Vec<(&str, Vec<u8>, Expected)> = vec![
        ("a letter", b"Dear Maya".repeat(300), |e| {
            matches!(e, RestoreError::NotABackup)
        }),
        ("nothing", vec![], |e| {
            matches!(e, RestoreError::NotABackup | RestoreError::Truncated)
        }),
        ("half", bytes[..bytes.len() / 2].to_vec(), |e| {
            matches!(e, RestoreError::Truncated)
        }),
        ("cut in the manifest", bytes[..700].to_vec(), |e| {
            matches!(e, RestoreError::Truncated)
        }),
        (
            "one bit of the ledger",
            changed(bytes.len() - 20_000),
            |e| matches!(e, RestoreError::Damaged { part } if part == "ledger.db"),
        ),
        (
            "newer",
            manifest_with("\"version\": 1", "\"version\": 7"),
            |e| matches!(e, RestoreError::Newer(7)),
        ),
        (
            "a way out",
            manifest_with("\"ledger.db\"", "\"../dger.d\""),
            |e| matches!(e, RestoreError::NotABackup),
        ),
        (
            "another clinic",
            manifest_with("cafe0123", "cafe0124"),
            |e| matches!(e, RestoreError::Damaged { part } if part == RECOVERY_FILE),
        ),
    ];
    let file = backed.target.path().join("case");
    for (what, bytes, expected) in cases {
        fs::write(&file, bytes).unwrap();
        let error = restore(&file, &backed.recovery, &home)
            .await
            .expect_err(what);
        assert!(expected(&error), "{what}: {error:?}");
        assert!(!home.exists(), "{what}: nothing appeared");
    }
    let wrong = RecoveryKey::generate().unwrap();
    let error = restore(&backed.file, &wrong, &home).await;
    assert!(
        matches!(error, Err(RestoreError::WrongRecoveryKey)),
        "{error:?}"
    );
    let error = restore(&backed.target.path().join("none"), &wrong, &home).await;
    assert!(matches!(error, Err(RestoreError::NotThere)), "{error:?}");
    assert_eq!(
        names(backed.target.path()),
        ["case", "safetalk-cafe0123-2026-03-20-1700.stbackup"],
        "no remains of the attempts"
    );
}

#[tokio::test]
async fn restoring_never_overwrites() {
    let backed = backed_up().await;
    let home = backed.target.path().join("home");
    fs::create_dir(&home).unwrap();
    restore(&backed.file, &backed.recovery, &home)
        .await
        .expect("an empty folder is free");
    let before = fs::read(home.join("ledger.db")).unwrap();
    for destination in [&home, &backed.folder.path().to_owned(), &backed.file] {
        let error = restore(&backed.file, &backed.recovery, destination).await;
        assert!(matches!(error, Err(RestoreError::InUse)), "{error:?}");
    }
    assert_eq!(fs::read(home.join("ledger.db")).unwrap(), before);
    assert_eq!(
        actions(&backed.ledger).await.len(),
        60,
        "the running clinic too"
    );
}

#[tokio::test]
async fn a_disk_too_small_for_the_clinic_is_said_plainly() {
    let Some(disk) = SmallDisk::mount(1) else {
        return;
    };
    let backed = backed_up().await;
    fs::write(disk.path().join("ballast"), vec![0; 900 << 10]).unwrap();
    let home = disk.path().join("home");
    let error = restore(&backed.file, &backed.recovery, &home).await;
    assert!(matches!(error, Err(RestoreError::DiskFull)), "{error:?}");
    assert_eq!(names(disk.path()), ["ballast"]);
}
