//! Where the ledgers of these servers are: each server has a database of its own in one PostgreSQL.

use safetalk_tests::postgres::{SERVER, Server};
use uuid::Uuid;

/// The address of a database for one server.
pub async fn database() -> Option<String> {
    let server = Server::shared().await.expect("PostgreSQL starts");
    let name = format!("server_{}", Uuid::new_v4().simple());
    server.database(&name).await.expect("a new database");
    Some(server.cluster.url(SERVER, &name))
}
