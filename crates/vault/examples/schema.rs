//! Makes an empty, unencrypted database of a folder of migrations, for sqlx to check statements against while it
//! compiles: `schema <migrations> <database>`. It never holds a row; `cargo xtask prepare` calls it.
#![forbid(unsafe_code)]

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::error::Error;
use std::path::PathBuf;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [migrations, database] = arguments.as_slice() else {
        return Err("schema <migrations> <database>".into());
    };
    if database.exists() {
        std::fs::remove_file(database)?;
    }
    let mut connection = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .connect()
        .await?;
    Migrator::new(migrations.as_path())
        .await?
        .run(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}
