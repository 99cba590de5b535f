//! Where the ledgers of these servers are: in files.

use safetalk_tests::server::Databases;

/// The databases of one server.
pub async fn database() -> Option<Databases> {
    None
}
