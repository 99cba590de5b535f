//! Where this table's ledgers lie: clinics of one PostgreSQL. Answers the same calls as the module of this name in `sync`.

use crate::table::{Hand, key};
use safetalk_cluster::SUPERUSER;
use safetalk_domain::{ClinicId, Kind, Occupancy, Row, SessionId};
use safetalk_ledger::Ledger;
use safetalk_ledger_postgres::{Database, Seal};
use safetalk_tests::postgres::{DATABASE, SERVER, Server};
use sqlx::{AssertSqlSafe, PgPool};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Connections of one table's server process.
const CONNECTIONS: u32 = 5;

/// A database, and the names under which this table's clinics are found in it.
pub struct Keeper {
    /// Where it is for the server's role, and for the superuser, whom row security does not hold.
    urls: [String; 2],
    names: Uuid,
    clock: Hand,
    database: Database,
    raw: PgPool,
}

impl Keeper {
    pub async fn new(_folder: &Path, clock: &Hand) -> Self {
        let server = Server::shared().await.expect("PostgreSQL starts");
        Self::on(server, DATABASE, clock).await
    }

    /// New clinics in a database of a server.
    pub async fn on(server: &Server, database: &str, clock: &Hand) -> Self {
        let urls = [SERVER, SUPERUSER].map(|role| server.cluster.url(role, database));
        Self::with(urls, Uuid::new_v4(), clock).await
    }

    async fn with(urls: [String; 2], names: Uuid, clock: &Hand) -> Self {
        let database = Database::connect(&urls[0], CONNECTIONS).await.unwrap();
        let raw = PgPool::connect_lazy(&urls[1]).unwrap();
        Self {
            urls,
            names,
            clock: clock.clone(),
            database,
            raw,
        }
    }

    /// Enough for another process to come to the same ledgers; see [`at`](Self::at).
    pub fn address(&self) -> String {
        format!("{} {} {}", self.names, self.urls[0], self.urls[1])
    }

    /// The keeper of another process.
    pub async fn at(address: &str, clock: &Hand) -> Self {
        let mut parts = address.split(' ');
        let mut next = || parts.next().unwrap().to_owned();
        let names = Uuid::parse_str(&next()).unwrap();
        Self::with([next(), next()], names, clock).await
    }

    pub async fn create(&self, name: &str) -> Ledger {
        let made = self
            .database
            .create(self.clinic(name), &key())
            .await
            .unwrap();
        assert!(made, "a new name takes a ledger");
        self.open(name).await
    }

    pub async fn open(&self, name: &str) -> Ledger {
        self.database
            .ledger(self.clinic(name), &key(), Arc::new(self.clock.clone()))
            .await
            .expect("a ledger that is there opens")
    }

    /// The clinic under this name, in this table's corner of the database.
    pub fn clinic(&self, name: &str) -> ClinicId {
        ClinicId(Uuid::new_v5(&self.names, name.as_bytes()))
    }

    /// Looks at every clinic's rows.
    pub fn raw(&self) -> &PgPool {
        &self.raw
    }

    /// The tests' ledger.
    fn here(&self) -> Uuid {
        self.clinic("ledger").uuid()
    }

    /// Copies a ledger, every table of it, as a backup of one clinic does.
    pub async fn copy(&self, from: &str, to: &str) {
        let tables: Vec<(String, String)> = sqlx::query_as(
            "select table_name, string_agg(quote_ident(column_name), ', ')
             from information_schema.columns
             where table_schema = 'public' and column_name <> 'clinic_id' and table_name <> '_sqlx_migrations'
             group by table_name",
        )
        .fetch_all(&self.raw)
        .await
        .unwrap();
        assert!(tables.len() > Kind::ALL.len(), "every kind has a table");
        let mut transaction = self.raw.begin().await.unwrap();
        for (table, columns) in tables {
            let sql = format!(
                "insert into {table} (clinic_id, {columns}) select $1, {columns} from {table} where clinic_id = $2"
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(self.clinic(to).uuid())
                .bind(self.clinic(from).uuid())
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
    }

    /// Puts a row behind everybody's back; the name of what forbids it, if something does.
    pub async fn put(&self, _ledger: &Ledger, row: &Row) -> Option<String> {
        let body = row.body().unwrap();
        let body = Seal::under(&key()).close(row.kind().table(), row.id(), body.as_bytes());
        let insert = match row {
            Row::Occupancy(row) => sqlx::query(
                "insert into occupancy (clinic_id, id, position, body, session, resource, starts, ends)
                 values ($1, $2, 0, $3, $4, $5, $6, $7)",
            )
            .bind(self.here())
            .bind(row.id.uuid())
            .bind(body)
            .bind(row.session.uuid())
            .bind(row.resource.map(|resource| resource.0))
            .bind(row.at.start.0)
            .bind(row.at.end.0),
            Row::Invoice(row) => sqlx::query(
                "insert into invoice (clinic_id, id, position, body, session, number)
                 values ($1, $2, 0, $3, $4, $5)",
            )
            .bind(self.here())
            .bind(row.id.uuid())
            .bind(body)
            .bind(row.facts.session.map(SessionId::uuid))
            .bind(row.facts.number.clone()),
            other => panic!("no test puts such a row: {:?}", other.kind()),
        };
        match insert.execute(&self.raw).await {
            Ok(_) => None,
            Err(sqlx::Error::Database(error)) => error.constraint().map(str::to_owned),
            Err(other) => panic!("{other}"),
        }
    }

    /// Puts a row behind everybody's back, at the next position, as a decision would.
    pub async fn decide(&self, _ledger: &Ledger, row: &Row) {
        let body = row.body().unwrap();
        let body = Seal::under(&key()).close(row.kind().table(), row.id(), body.as_bytes());
        let mut transaction = self.raw.begin().await.unwrap();
        let position: i64 = sqlx::query_scalar(
            "update clinic_head set position = position + 1, mark = $2 where clinic_id = $1 returning position",
        )
        .bind(self.here())
        .bind(Uuid::new_v4())
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
        sqlx::query(
            "insert into position (clinic_id, position, mark, intent, at)
             select clinic_id, position, mark, $2, 0 from clinic_head where clinic_id = $1",
        )
        .bind(self.here())
        .bind(Uuid::new_v4())
        .execute(&mut *transaction)
        .await
        .unwrap();
        let sql = format!(
            "insert into {} (clinic_id, id, position, body) values ($1, $2, $3, $4)
             on conflict (clinic_id, id) do update set position = excluded.position, body = excluded.body",
            row.kind().table()
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(self.here())
            .bind(row.id())
            .bind(position)
            .bind(body)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    /// Makes the ledger one that an older build wrote, before whom a row concerns was kept.
    pub async fn forget_links(&self, _ledger: &Ledger) {
        for sql in [
            "delete from share where clinic_id = $1",
            "delete from setting where clinic_id = $1 and name = 'links'",
            "update invoice set about = null where clinic_id = $1",
            "update notice set about = null where clinic_id = $1",
            "update told set about = null where clinic_id = $1",
            "update activity set about = null where clinic_id = $1",
        ] {
            sqlx::query(sql)
                .bind(self.here())
                .execute(&self.raw)
                .await
                .unwrap();
        }
    }

    /// Changes what a session holds in place, behind everybody's back; whether something forbids it.
    pub async fn change_is_forbidden(&self, _ledger: &Ledger, row: &Occupancy) -> bool {
        sqlx::query("update occupancy set starts = $3, ends = $4 where clinic_id = $1 and id = $2")
            .bind(self.here())
            .bind(row.id.uuid())
            .bind(row.at.start.0)
            .bind(row.at.end.0)
            .execute(&self.raw)
            .await
            .is_err()
    }

    /// How many positions were given, and the last of them.
    pub async fn positions(&self, _ledger: &Ledger) -> (i64, i64) {
        sqlx::query_as("select count(*), max(position) from position where clinic_id = $1")
            .bind(self.here())
            .fetch_one(&self.raw)
            .await
            .unwrap()
    }

    /// How many intents were accepted, and how many answered.
    pub async fn answered(&self, _ledger: &Ledger) -> (i64, i64) {
        sqlx::query_as(
            "select count(*) filter (where accepted), count(*) from intent where clinic_id = $1",
        )
        .bind(self.here())
        .fetch_one(&self.raw)
        .await
        .unwrap()
    }

    /// The position that last wrote a session.
    pub async fn position_of(&self, _ledger: &Ledger, session: SessionId) -> i64 {
        sqlx::query_scalar("select position from session where clinic_id = $1 and id = $2")
            .bind(self.here())
            .bind(session.uuid())
            .fetch_one(&self.raw)
            .await
            .unwrap()
    }

    /// Every body of a kind as it was before it was sealed, in the order of ids.
    pub async fn bodies(&self, kind: Kind) -> Vec<String> {
        let sql = format!(
            "select id, body from {} where clinic_id = $1 order by id",
            kind.table()
        );
        let kept: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(self.here())
            .fetch_all(&self.raw)
            .await
            .unwrap();
        let seal = Seal::under(&key());
        let opened = kept
            .iter()
            .map(|(id, body)| seal.text(kind.table(), *id, body).unwrap());
        opened.collect()
    }
}
