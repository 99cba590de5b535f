//! Has sqlx check every statement of the stores against their schemas, and keeps what it learnt in `.sqlx`, so that
//! a build needs no database. To be run after a statement or a migration changed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use safetalk_cluster::{Cluster, SUPERUSER};

use crate::shell::{cargo, must, root};

/// Stores in files: the crate and its migrations.
const FILES: &[(&str, &str)] = &[
    ("ledger", "ledger-sqlite"),
    ("replica", "replica"),
    ("accounts", "accounts-sqlite"),
];

pub fn run() -> Result<ExitCode> {
    for (store, migrations) in FILES {
        let prepared = in_file(store, migrations).and_then(|url| learn(store, &url));
        prepared.with_context(|| format!("preparing the {store}"))?;
    }
    postgres().context("preparing the ledger in PostgreSQL")?;
    Ok(ExitCode::SUCCESS)
}

/// Makes an empty file with a store's schema.
fn in_file(store: &str, migrations: &str) -> Result<String> {
    let root = root();
    let work = root.join("target/prepare");
    fs::create_dir_all(&work)?;
    let database = work.join(format!("{store}.db"));
    must(
        cargo()
            .args([
                "run",
                "--quiet",
                "-p",
                "safetalk-vault",
                "--example",
                "schema",
                "--",
            ])
            .arg(root.join("migrations").join(migrations))
            .arg(&database),
    )?;
    Ok(format!("sqlite://{}", database.display()))
}

/// Makes a PostgreSQL for the moment.
fn postgres() -> Result<()> {
    let cluster = Cluster::start()?;
    let mut migrations: Vec<PathBuf> = fs::read_dir(root().join("migrations/ledger-postgres"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    migrations.sort();
    for migration in migrations {
        cluster.run(SUPERUSER, &fs::read_to_string(migration)?)?;
    }
    learn("ledger-postgres", &cluster.url(SUPERUSER, SUPERUSER))
}

/// Compiles a store with its database in reach, and keeps what sqlx learnt.
fn learn(store: &str, url: &str) -> Result<()> {
    let root = root();
    let learnt = root.join("target/prepare").join(store);
    if learnt.exists() {
        fs::remove_dir_all(&learnt)?;
    }
    fs::create_dir_all(&learnt)?;
    let home = root.join("crates").join(store);
    // The macros do their work only when the crate is compiled, and only with a database in reach.
    File::options()
        .append(true)
        .open(home.join("src/lib.rs"))?
        .set_modified(SystemTime::now())?;
    let _reach = Reach::give(&home, url, &learnt)?;
    must(
        cargo()
            .args(["check", "-p", &format!("safetalk-{store}")])
            .env_remove("DATABASE_URL")
            .env_remove("SQLX_OFFLINE")
            .env_remove("SQLX_OFFLINE_DIR"),
    )?;
    replace(&home.join(".sqlx"), &learnt)
}

/// Gives the macros of one crate a database, by the file in which they look for it. A variable would reach the stores that
/// this one is built upon too, and their statements are another database's.
struct Reach(PathBuf);

impl Reach {
    fn give(home: &Path, url: &str, learnt: &Path) -> Result<Self> {
        let reach = Self(home.join(".env"));
        let text = format!(
            "DATABASE_URL={url}\nSQLX_OFFLINE_DIR={}\n",
            learnt.display()
        );
        fs::write(&reach.0, text)?;
        Ok(reach)
    }
}

impl Drop for Reach {
    fn drop(&mut self) {
        // If it stays, the next build says which file it is.
        let _ = fs::remove_file(&self.0);
    }
}

/// Exchanges the kept folder for the new one only now that everything has been checked.
fn replace(kept: &Path, learnt: &Path) -> Result<()> {
    if kept.exists() {
        fs::remove_dir_all(kept)?;
    }
    fs::create_dir(kept)?;
    for file in fs::read_dir(learnt)? {
        let file = file?;
        fs::copy(file.path(), kept.join(file.file_name()))?;
    }
    Ok(())
}
