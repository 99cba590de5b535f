//! A database on another computer: the line to it is encrypted, and goes to nobody else.

use safetalk_ledger_postgres::Database;
use safetalk_tests::postgres::{DATABASE, SERVER, Server};

#[tokio::test]
async fn a_database_that_proves_its_name_is_served_over_tls_and_another_is_not_spoken_to() {
    let server = Server::start().await.unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let port = server
        .cluster
        .listen(&made.cert.pem(), &made.signing_key.serialize_pem())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, made.cert.pem()).unwrap();
    let root = root.display().to_string().replace('/', "%2F");
    let to = |host: &str, more: &str| {
        format!("postgres://{SERVER}@{host}:{port}/{DATABASE}?sslmode=verify-full{more}")
    };
    let trusted = format!("&sslrootcert={root}");
    let database = Database::connect(&to("localhost", &trusted), 1)
        .await
        .unwrap();
    database.look().await.unwrap();
    database.close().await;
    for (url, why) in [
        (to("localhost", ""), "nobody vouches for it"),
        (
            to("127.0.0.1", &trusted),
            "it is not the one it was asked for",
        ),
    ] {
        assert!(Database::connect(&url, 1).await.is_err(), "{why}");
    }
}
