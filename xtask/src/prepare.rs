//! Has sqlx check every statement of the stores against their schemas, and keeps what it learnt in `.sqlx`, so that
//! a build needs no database. To be run after a statement or a migration changed.

use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::shell::{cargo, must, root};

/// Each store and its migrations.
const STORES: &[(&str, &str)] = &[("ledger", "ledger-sqlite"), ("replica", "replica")];

pub fn run() -> Result<ExitCode> {
    for (store, migrations) in STORES {
        prepare(store, migrations).with_context(|| format!("preparing the {store}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn prepare(store: &str, migrations: &str) -> Result<()> {
    let root = root();
    let work = root.join("target/prepare");
    let (database, learnt) = (work.join(format!("{store}.db")), work.join(store));
    if learnt.exists() {
        fs::remove_dir_all(&learnt)?;
    }
    fs::create_dir_all(&learnt)?;
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
    let home = root.join("crates").join(store);
    // The macros do their work only when the crate is compiled, and only with a database in reach.
    File::options()
        .append(true)
        .open(home.join("src/lib.rs"))?
        .set_modified(SystemTime::now())?;
    must(
        cargo()
            .args(["check", "-p", &format!("safetalk-{store}")])
            .env("DATABASE_URL", format!("sqlite://{}", database.display()))
            .env("SQLX_OFFLINE_DIR", &learnt),
    )?;
    replace(&home.join(".sqlx"), &learnt)
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
