//! Where the ledgers of these servers are: each server has a database of its own in one PostgreSQL.

use safetalk_tests::postgres::Server;
use safetalk_tests::server::Databases;
use uuid::Uuid;

/// The databases of one server.
pub async fn database() -> Option<Databases> {
    let server = Server::shared().await.expect("PostgreSQL starts");
    let name = format!("server_{}", Uuid::new_v4().simple());
    Some(server.databases(&name).await.expect("new databases"))
}
