//! A PostgreSQL for tests, with the roles a clinic's operator makes: one that owns the schema, one that serves.

use crate::server::Databases;
use anyhow::Result;
use safetalk_cluster::{Cluster, SUPERUSER};
use safetalk_ledger_postgres::{Database, migrate, migrate_sent};
use tokio::sync::OnceCell;

/// Owns the schema. Not a superuser: migrations need none.
pub const OWNER: &str = "safetalk_owner";
/// Serves clinics, as a member of the schema's own role for that.
pub const SERVER: &str = "safetalk_server";
/// The database that [`Server::shared`] and [`Server::start`] make.
pub const DATABASE: &str = "ledgers";

static SHARED: OnceCell<Server> = OnceCell::const_new();

/// A running server with a database whose schema is up to date.
#[derive(Debug)]
pub struct Server {
    /// PostgreSQL itself.
    pub cluster: Cluster,
}

impl Server {
    /// The one of this process: made by the first test that asks, gone with the process.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn shared() -> Result<&'static Self> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// One of the caller's own.
    ///
    /// # Errors
    /// Says which package is missing, or what PostgreSQL said.
    pub async fn start() -> Result<Self> {
        let server = Self {
            cluster: Cluster::start()?,
        };
        server.cluster.run(
            SUPERUSER,
            &format!("create role {OWNER} login createrole; create role {SERVER} login;"),
        )?;
        server.database(DATABASE).await?;
        Ok(server)
    }

    /// Makes another database, its schema up to date.
    ///
    /// # Errors
    /// If there is one of that name.
    pub async fn database(&self, name: &str) -> Result<()> {
        self.cluster
            .run(SUPERUSER, &format!("create database {name} owner {OWNER};"))?;
        migrate(&self.cluster.url(OWNER, name)).await?;
        self.cluster
            .run(SUPERUSER, &format!("grant safetalk_app to {SERVER};"))
    }

    /// Makes a database for ledgers and one for the sent record beside it.
    ///
    /// # Errors
    /// If there is one of that name.
    pub async fn databases(&self, name: &str) -> Result<Databases> {
        self.database(name).await?;
        let sent = format!("{name}_sent");
        self.cluster
            .run(SUPERUSER, &format!("create database {sent} owner {OWNER};"))?;
        migrate_sent(&self.cluster.url(OWNER, &sent)).await?;
        Ok(Databases {
            ledgers: self.cluster.url(SERVER, name),
            sent: Some(self.cluster.url(SERVER, &sent)),
        })
    }

    /// Opens a database for serving.
    ///
    /// # Errors
    /// What the database says.
    pub async fn connect(&self, name: &str, connections: u32) -> Result<Database> {
        Ok(Database::connect(&self.cluster.url(SERVER, name), connections).await?)
    }
}
