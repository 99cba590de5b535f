//! What the tests over real files share.
#![expect(
    dead_code,
    reason = "every test binary uses its own part of these helpers"
)]

use safetalk_vault::{Key, RecoveryFile, RecoveryKey, Role, Transaction, Vault};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::path::Path;
use uuid::Uuid;

pub const CLINIC: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_cafe_0123);
/// 2026-03-20 17:00 UTC.
pub const NOW: i64 = 1_774_026_000;
pub const DAY: i64 = 86_400;
/// Stands for a client's name.
pub const MARKER: &str = "Maya Rosenbaum-Okonkwo, 14 Jalan Ampang";

/// A key with bytes that are easy to find again.
pub fn key() -> Key {
    Key::from_bytes(std::array::from_fn(|i| 0xa5 ^ (i as u8 * 7)))
}

pub fn another_key() -> Key {
    Key::from_bytes([9; 32])
}

/// A schema of `versions` migrations.
pub fn migrator(versions: i64) -> Migrator {
    let first = "create table note (n integer not null, half integer not null, body blob not null, \
                 primary key (n, half)) strict";
    let later = "create table later_{} (id integer primary key) strict";
    Migrator::with_migrations(
        (1..=versions)
            .map(|version| {
                let sql = match version {
                    1 => first.to_owned(),
                    _ => later.replace("{}", &version.to_string()),
                };
                let sql = sqlx::AssertSqlSafe(sql).into_sql_str();
                Migration::new(version, "step".into(), MigrationType::Simple, sql, false)
            })
            .collect(),
    )
}

pub async fn create(folder: &Path, name: &str, role: Role) -> Vault {
    Vault::create(&folder.join(name), &key(), &migrator(1), role)
        .await
        .expect("an empty folder takes a new database")
}

pub async fn open(folder: &Path, name: &str, role: Role) -> Vault {
    Vault::open(&folder.join(name), &key(), &migrator(1), role)
        .await
        .expect("the database opens")
}

/// A clinic as the application makes it: recovery file first, then both databases.
pub async fn clinic(folder: &Path) -> (RecoveryKey, Vault, Vault) {
    let recovery = RecoveryKey::generate().expect("random numbers");
    RecoveryFile::wrap(&key(), &recovery, CLINIC, NOW)
        .and_then(|file| file.write(folder))
        .expect("the folder takes a recovery file");
    let replica = create(folder, "replica.db", Role::Replica).await;
    let ledger = create(folder, "ledger.db", Role::Ledger).await;
    (recovery, replica, ledger)
}

/// One action of two rows, so that half an action can be told from a whole one.
pub async fn act(vault: &Vault, n: i64, body: &[u8]) -> Result<(), sqlx::Error> {
    let mut transaction = vault.begin().await?;
    put(&mut transaction, n, 1, body).await?;
    put(&mut transaction, n, 2, body).await?;
    transaction.commit().await
}

pub async fn put(
    transaction: &mut Transaction,
    n: i64,
    half: i64,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query("insert into note (n, half, body) values (?1, ?2, ?3)")
        .bind(n)
        .bind(half)
        .bind(body)
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Every row, in order.
pub async fn rows(vault: &Vault) -> Vec<(i64, i64, Vec<u8>)> {
    sqlx::query_as("select n, half, body from note order by n, half")
        .fetch_all(vault.readers())
        .await
        .expect("the rows can be read")
}

/// The actions that are there; fails if one is there by half.
pub async fn actions(vault: &Vault) -> Vec<i64> {
    let halves: Vec<(i64, i64)> =
        sqlx::query_as("select n, count(*) from note group by n order by n")
            .fetch_all(vault.readers())
            .await
            .expect("the rows can be read");
    for (n, count) in &halves {
        assert_eq!(*count, 2, "action {n} is there by half");
    }
    halves.into_iter().map(|(n, _)| n).collect()
}

/// Whether the bytes occur in any file below the folder.
pub fn occurs_below(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry").path())
        .any(|path| {
            if path.is_dir() {
                occurs_below(&path, needle)
            } else {
                let bytes = std::fs::read(&path).expect("the file can be read");
                bytes.windows(needle.len()).any(|window| window == needle)
            }
        })
}

/// A small file system of its own, for being full or read-only. `None` where this user may not mount.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    pub fn mount(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={mebibytes}m");
        let mounted = run(
            "mount",
            &["-t", "tmpfs", "-o", &size, "tmpfs"],
            folder.path(),
        );
        if !mounted {
            println!("no right to mount: the part of this test on a real full disk is left out");
        }
        mounted.then_some(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn make_read_only(&self) {
        assert!(
            run("mount", &["-o", "remount,ro"], self.path()),
            "the disk can be made read-only"
        );
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.path());
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    std::process::Command::new(program)
        .args(arguments)
        .arg(path)
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
