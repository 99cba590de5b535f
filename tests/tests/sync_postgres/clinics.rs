//! Clinics of one database never meet: not by the ledger, not by SQL under the server's own role.

use crate::keeper::Keeper;
use crate::table::*;
use safetalk_cluster::SUPERUSER;
use safetalk_domain::*;
use safetalk_ledger_postgres::{Database, Error};
use safetalk_tests::postgres::{DATABASE, OWNER, SERVER, Server};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::sync::Arc;
use uuid::Uuid;

async fn tables(keeper: &Keeper) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
         and relname <> '_sqlx_migrations' order by 1",
    )
    .fetch_all(keeper.raw())
    .await
    .unwrap();
    assert_eq!(tables.len(), Kind::ALL.len() + 8, "{tables:?}");
    tables
}

async fn count(connection: &mut PgConnection, table: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn as_role(role: &str) -> PgConnection {
    let server = Server::shared().await.unwrap();
    PgConnection::connect(&server.cluster.url(role, DATABASE))
        .await
        .unwrap()
}

/// A table with a session that was told of, and rows of most kinds.
async fn a_life() -> Table {
    let (table, first) = Table::with_clinic().await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.act(&first, remark(session(1), "kept")).await;
    table.sync(&first).await;
    table
}

#[tokio::test]
async fn two_clinics_with_the_same_ids_never_see_each_others_rows() {
    let (one, other) = (a_life().await, a_life().await);
    let ours = one.keeper.clinic("ledger");
    for role in [SERVER, OWNER] {
        let mut connection = as_role(role).await;
        let mut seen = 0;
        for table in tables(&one.keeper).await {
            assert_eq!(
                count(&mut connection, &table).await,
                0,
                "{role} sees no row of {table} before it says whose"
            );
            let mut transaction = connection.begin().await.unwrap();
            sqlx::query("select set_config('safetalk.clinic', $1, true)")
                .bind(ours.to_string())
                .execute(&mut *transaction)
                .await
                .unwrap();
            let all = count(&mut transaction, &table).await;
            let sql = format!("select count(*) from {table} where clinic_id = $1");
            let own: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(ours.uuid())
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
            assert_eq!(all, own, "{role} sees rows of one clinic in {table}");
            seen += all;
            transaction.rollback().await.unwrap();
        }
        assert!(seen > 20, "{role} sees the clinic's own rows: {seen}");
    }
    assert_eq!(
        one.ledger.all::<Session>().await.unwrap(),
        other.ledger.all::<Session>().await.unwrap(),
        "both have their own row under the same id"
    );
}

#[tokio::test]
async fn the_servers_role_can_neither_write_into_another_clinic_nor_take_rows_away() {
    let (one, other) = (a_life().await, a_life().await);
    let (ours, theirs) = (one.keeper.clinic("ledger"), other.keeper.clinic("ledger"));
    let mut connection = as_role(SERVER).await;
    let theirs = theirs.to_string();
    for (what, sql) in [
        (
            "a row of another clinic",
            format!("insert into client values ('{theirs}', gen_random_uuid(), 1, '{{}}')"),
        ),
        (
            "its own row given to another clinic",
            format!("update client set clinic_id = '{theirs}'"),
        ),
        ("a session taken away", "delete from session".to_owned()),
        ("an answer taken away", "delete from intent".to_owned()),
        ("a table emptied", "truncate occupancy".to_owned()),
        (
            "row security switched off",
            "alter table client disable row level security".to_owned(),
        ),
        ("another role", "set role safetalk_owner".to_owned()),
        (
            "a policy of its own",
            "create policy mine on client using (true)".to_owned(),
        ),
    ] {
        let mut transaction = connection.begin().await.unwrap();
        sqlx::query("select set_config('safetalk.clinic', $1, true)")
            .bind(ours.to_string())
            .execute(&mut *transaction)
            .await
            .unwrap();
        let done = sqlx::query(AssertSqlSafe(sql))
            .execute(&mut *transaction)
            .await;
        assert!(done.is_err(), "{what} is forbidden");
    }
    let mut transaction = connection.begin().await.unwrap();
    sqlx::query("select set_config('safetalk.clinic', $1, true)")
        .bind(ours.to_string())
        .execute(&mut *transaction)
        .await
        .unwrap();
    for sql in [
        format!("update session set body = '' where clinic_id = '{theirs}'"),
        format!("delete from occupancy where clinic_id = '{theirs}'"),
    ] {
        let done = sqlx::query(AssertSqlSafe(sql))
            .execute(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(
            done.rows_affected(),
            0,
            "another clinic's rows are not there"
        );
    }
}

#[tokio::test]
async fn every_table_forces_row_security_and_every_key_begins_with_the_clinic() {
    let table = Table::bare().await;
    let open: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
         and relname <> '_sqlx_migrations' and not (relrowsecurity and relforcerowsecurity)",
    )
    .fetch_all(table.keeper.raw())
    .await
    .unwrap();
    assert!(open.is_empty(), "without row security: {open:?}");
    let keys: Vec<(String, String)> = sqlx::query_as(
        "select index.indexrelid::regclass::text,
                (select attname::text from pg_attribute
                 where attrelid = index.indrelid and attnum = index.indkey[0])
         from pg_index as index
         join pg_class on pg_class.oid = index.indrelid
         where relnamespace = 'public'::regnamespace and relname <> '_sqlx_migrations'",
    )
    .fetch_all(table.keeper.raw())
    .await
    .unwrap();
    assert!(
        keys.len() > 2 * Kind::ALL.len(),
        "keys were found: {keys:?}"
    );
    for (key, first) in keys {
        assert_eq!(first, "clinic_id", "{key} begins with the clinic");
    }
}

#[tokio::test]
async fn a_role_that_bypasses_row_security_may_not_serve() {
    let server = Server::shared().await.unwrap();
    let refused = Database::connect(&server.cluster.url(SUPERUSER, DATABASE), 1).await;
    assert!(matches!(refused, Err(Error::Bypasses)), "{refused:?}");
}

#[tokio::test]
async fn a_database_that_was_never_migrated_is_not_served() {
    let server = Server::shared().await.unwrap();
    server
        .cluster
        .run(SUPERUSER, "create database nothing_in_it;")
        .unwrap();
    let url = server.cluster.url(SERVER, "nothing_in_it");
    let refused = Database::connect(&url, 1).await;
    assert!(
        matches!(refused, Err(Error::Schema { found: 0, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let server = Server::shared().await.unwrap();
    safetalk_ledger_postgres::migrate(&server.cluster.url(OWNER, DATABASE))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_clinic_that_was_never_made_has_no_ledger_and_one_that_was_is_not_made_again() {
    let table = Table::bare().await;
    let server = Server::shared().await.unwrap();
    let database = server.connect(DATABASE, 2).await.unwrap();
    let nobody = ClinicId(Uuid::new_v4());
    let refused = database
        .ledger(nobody, &key(), Arc::new(table.clock.clone()))
        .await;
    assert!(matches!(refused, Err(Error::NoClinic)), "{refused:?}");
    let before = table.ledger.head().await.unwrap();
    let again = database
        .create(table.keeper.clinic("ledger"), &key())
        .await
        .unwrap();
    assert!(!again, "it is there already");
    assert_eq!(table.ledger.head().await.unwrap(), before, "and untouched");
}

#[tokio::test]
async fn another_key_opens_no_ledger() {
    let table = Table::bare().await;
    let server = Server::shared().await.unwrap();
    let database = server.connect(DATABASE, 2).await.unwrap();
    let another = safetalk_ledger::Key::from_bytes([9; 32]);
    let ours = table.keeper.clinic("ledger");
    let refused = database
        .ledger(ours, &another, Arc::new(table.clock.clone()))
        .await;
    assert!(matches!(refused, Err(Error::Key)), "{refused:?}");
}

#[tokio::test]
async fn the_list_of_clinics_names_those_that_have_begun_and_shows_nothing_else() {
    let (one, bare) = (a_life().await, Table::bare().await);
    let server = Server::shared().await.unwrap();
    let database = server.connect(DATABASE, 2).await.unwrap();
    let listed = database.clinics().await.unwrap();
    assert!(listed.contains(&one.keeper.clinic("ledger")), "{listed:?}");
    assert!(
        !listed.contains(&bare.keeper.clinic("ledger")),
        "nothing was ever accepted there"
    );
    let mut connection = as_role(SERVER).await;
    for table in tables(&one.keeper).await {
        let mut transaction = connection.begin().await.unwrap();
        sqlx::query("select set_config('safetalk.clinic', $1, true)")
            .bind(Uuid::nil().to_string())
            .execute(&mut *transaction)
            .await
            .unwrap();
        let seen = count(&mut transaction, &table).await;
        assert_eq!(seen > 0, table == "clinic_head", "{table}: {seen}");
        let sql = format!("update {table} set clinic_id = clinic_id");
        let written = sqlx::query(AssertSqlSafe(sql))
            .execute(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(written.rows_affected(), 0, "no row of {table} is written");
        transaction.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn whoever_reads_the_whole_database_learns_no_name_and_no_remark() {
    let table = a_life().await;
    let ours = table.keeper.clinic("ledger").uuid();
    let mut bytes = 0;
    for name in tables(&table.keeper).await {
        let sql = format!("select row_to_json(one)::text from {name} as one where clinic_id = $1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(ours)
            .fetch_all(table.keeper.raw())
            .await
            .unwrap();
        for row in rows {
            bytes += row.len();
            // PostgreSQL shows bytes as hexadecimal digits.
            for word in [MAYAS_NAME, "kept", "Harbour"] {
                let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
                assert!(
                    !row.contains(word) && !row.contains(&hex),
                    "{name} tells {word}: {row}"
                );
            }
        }
    }
    assert!(bytes > 5_000, "there was something to read: {bytes}");
}

#[tokio::test]
async fn a_row_that_was_put_in_anothers_place_is_refused_and_not_believed() {
    let table = a_life().await;
    let ours = table.keeper.clinic("ledger").uuid();
    sqlx::query(
        "update session set body = (select body from client where clinic_id = $1 limit 1)
         where clinic_id = $1",
    )
    .bind(ours)
    .execute(table.keeper.raw())
    .await
    .unwrap();
    let read = table.ledger.all::<Session>().await;
    assert!(
        matches!(read, Err(safetalk_ledger::Error::Body { what: "session" })),
        "{read:?}"
    );
}

#[tokio::test]
async fn an_address_is_never_repeated() {
    let secret = "postgres://safetalk:s3cret@localhost:notaport/x";
    let error = Database::connect(secret, 1).await.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(!said.contains("s3cret"), "{said}");
}
