//! Where this table's ledgers lie: encrypted files. The same tests run over PostgreSQL in `sync_postgres`, where a module
//! of this name answers the same calls.

use crate::table::{Hand, copy_files, key};
use safetalk_domain::{Occupancy, Row, SessionId};
use safetalk_ledger::Ledger;
use sqlx::{AssertSqlSafe, SqlitePool};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// The folder, and the clock that the ledgers in it are given.
pub struct Keeper {
    folder: PathBuf,
    clock: Hand,
}

impl Keeper {
    pub async fn new(folder: &Path, clock: &Hand) -> Self {
        Self {
            folder: folder.to_owned(),
            clock: clock.clone(),
        }
    }

    /// Enough for another process to come to the same ledgers; see [`at`](Self::at).
    pub fn address(&self) -> String {
        self.folder.display().to_string()
    }

    /// The keeper of another process.
    pub async fn at(address: &str, clock: &Hand) -> Self {
        Self::new(Path::new(address), clock).await
    }

    pub async fn create(&self, name: &str) -> Ledger {
        Ledger::create(&self.path(name), &key(), Arc::new(self.clock.clone()))
            .await
            .expect("an empty folder takes a ledger")
    }

    pub async fn open(&self, name: &str) -> Ledger {
        Ledger::open(&self.path(name), &key(), Arc::new(self.clock.clone()))
            .await
            .expect("a ledger that is there opens")
    }

    /// Copies a ledger that nobody has open, as a backup does.
    pub async fn copy(&self, from: &str, to: &str) {
        copy_files(&self.path(from), &self.path(to));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.db"))
    }

    /// Puts a row behind everybody's back; the name of what forbids it, if something does.
    pub async fn put(&self, ledger: &Ledger, row: &Row) -> Option<String> {
        let vault = ledger.vault().expect("it is a file");
        let mut transaction = vault.begin().await.unwrap();
        let sql = format!(
            "insert into {} (id, position, body) values (?1, 0, ?2)",
            row.kind().table()
        );
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(row.id().to_string())
            .bind(row.body().unwrap())
            .execute(&mut *transaction)
            .await;
        match done {
            Ok(_) => {
                transaction.commit().await.unwrap();
                None
            }
            Err(sqlx::Error::Database(error)) => Some(error.message().to_owned()),
            Err(other) => panic!("{other}"),
        }
    }

    /// Puts a row behind everybody's back, at the next position, as a decision would.
    pub async fn decide(&self, ledger: &Ledger, row: &Row) {
        let vault = ledger.vault().expect("it is a file");
        let mut transaction = vault.begin().await.unwrap();
        let [mark, intent] = [Uuid::new_v4(), Uuid::new_v4()].map(|id| id.to_string());
        let steps = [
            "update clinic_head set position = position + 1, mark = ?1".to_owned(),
            "insert into position (position, mark, intent, at) select position, ?1, ?2, 0 from clinic_head".to_owned(),
            format!(
                "insert into {} (id, position, body) select ?3, position, ?4 from clinic_head where true
                 on conflict (id) do update set position = excluded.position, body = excluded.body",
                row.kind().table()
            ),
        ];
        for sql in steps {
            sqlx::query(AssertSqlSafe(sql))
                .bind(&mark)
                .bind(&intent)
                .bind(row.id().to_string())
                .bind(row.body().unwrap())
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
    }

    /// Makes the ledger one that an older build wrote, before whom a row concerns was kept.
    pub async fn forget_links(&self, ledger: &Ledger) {
        let vault = ledger.vault().expect("it is a file");
        let mut transaction = vault.begin().await.unwrap();
        for sql in [
            "delete from share",
            "delete from setting where name = 'links'",
        ] {
            let done = sqlx::query(sql).execute(&mut *transaction).await.unwrap();
            assert!(done.rows_affected() > 0, "there were some");
        }
        transaction.commit().await.unwrap();
    }

    /// Changes what a session holds in place, behind everybody's back; whether something forbids it.
    pub async fn change_is_forbidden(&self, ledger: &Ledger, row: &Occupancy) -> bool {
        let vault = ledger.vault().expect("it is a file");
        sqlx::query("update occupancy set body = ?2 where id = ?1")
            .bind(row.id.to_string())
            .bind(Row::from(row.clone()).body().unwrap())
            .execute(&mut *vault.begin().await.unwrap())
            .await
            .is_err()
    }

    /// How many positions were given, and the last of them.
    pub async fn positions(&self, ledger: &Ledger) -> (i64, i64) {
        sqlx::query_as("select count(*), max(position) from position")
            .fetch_one(readers(ledger))
            .await
            .unwrap()
    }

    /// How many intents were accepted, and how many answered.
    pub async fn answered(&self, ledger: &Ledger) -> (i64, i64) {
        sqlx::query_as("select sum(accepted), count(*) from intent")
            .fetch_one(readers(ledger))
            .await
            .unwrap()
    }

    /// The position that last wrote a session.
    pub async fn position_of(&self, ledger: &Ledger, session: SessionId) -> i64 {
        sqlx::query_scalar("select position from session where id = ?1")
            .bind(session.to_string())
            .fetch_one(readers(ledger))
            .await
            .unwrap()
    }
}

fn readers(ledger: &Ledger) -> &SqlitePool {
    ledger.vault().expect("it is a file").readers()
}
