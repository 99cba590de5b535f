//! The description of the server is checked in, and true.

use safetalk_tests::server::TestServer;
use serde_json::Value;
use std::sync::Arc;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

/// `SAFETALK_WRITE_OPENAPI=1 cargo test -p safetalk-tests --test server described` writes it anew.
#[test]
fn the_description_in_docs_is_the_one_of_the_handlers() {
    let now = serde_json::to_string_pretty(&safetalk_server::openapi()).unwrap() + "\n";
    if std::env::var_os("SAFETALK_WRITE_OPENAPI").is_some() {
        std::fs::write(KEPT, &now).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    assert!(
        kept == now,
        "docs/openapi.json is not what the handlers say; write it anew as told above"
    );
}

#[tokio::test]
async fn the_server_serves_its_description() {
    let time = || safetalk_domain::Moment(1_774_000_800);
    let server = TestServer::start(Arc::new(time)).await.unwrap();
    let client = crate::door::client();
    let text = client
        .get(format!("http://{}/openapi.json", server.address))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let served: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(
        served,
        serde_json::to_value(safetalk_server::openapi()).unwrap()
    );
}
