//! A device of a server, and what its log tells of it.

use safetalk_domain::Moment;
use safetalk_server::NewClinic;
use safetalk_tests::server::TestServer;
use serde_json::json;
use std::sync::Arc;

use crate::clinic::{CLIENT, EMAIL, new_client, now, record};
use crate::computer::Computer;

const OWNERS: &str = "ann.berry@example.org";
const CHOSEN: &str = "correct horse battery staple";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_even_the_finest_log_of_a_device_holds_what_signs_it_in() {
    let server = TestServer::start(Arc::new(|| Moment(now()))).await;
    let server = server.expect("a server");
    let new = NewClinic {
        name: "Harbour Clinic".to_owned(),
        owner: "Ann Berry".to_owned(),
        country: "MY".to_owned(),
        zone: "Asia/Kuala_Lumpur".to_owned(),
        currency: "MYR".to_owned(),
        email: OWNERS.to_owned(),
    };
    let (_, _, invite) = server.house.create_clinic(&new).await.expect("a clinic");
    let address = format!("http://{}", server.address);
    let link = format!("{address}/invite#{}", invite.text.as_str());

    let computer = Computer::new().listening();
    let mut app = computer.start();
    let invited = json!({ "link": link, "email": OWNERS, "password": CHOSEN });
    assert_eq!(app.ok("setup.accept_invite", invited)["kind"], "done");
    app.until("the clinic", "app.state", json!({}), |state| {
        state["phase"]["kind"] == "open"
    });
    app.ok("client.save", new_client(&record()));
    app.until("it to be sent", "sidebar.get", json!({}), |view| {
        view["line"]["waiting"] == 0
    });
    let wrong = json!({ "email": OWNERS, "password": "another secret", "code": "246810" });
    assert_eq!(
        app.ok("account.sign_in_again", wrong)["kind"],
        "trouble",
        "the password is not right"
    );
    let secrets: Vec<String> = std::fs::read_dir(computer.outside().join("keychain"))
        .expect("the keychain")
        .map(|entry| std::fs::read(entry.expect("an entry").path()).expect("a secret"))
        .map(|bytes| String::from_utf8(bytes.clone()).unwrap_or_else(|_| hex(&bytes)))
        .collect();
    assert_eq!(
        secrets.len(),
        3,
        "the file's key, the token, the computer's key"
    );
    app.ok("account.sign_out", json!({ "anyway": false }));
    app.kill();

    let log = computer.log();
    assert!(
        log.contains("TRACE") && log.contains("hyper"),
        "the log is as fine as it gets, and was there on the line"
    );
    let low = log.to_lowercase();
    let told = [
        invite.text.as_str(),
        OWNERS,
        CHOSEN,
        "another secret",
        "246810",
        "Ann Berry",
        "Harbour Clinic",
        CLIENT,
        EMAIL,
        "bearer",
    ];
    for secret in told.into_iter().chain(secrets.iter().map(String::as_str)) {
        if let Some(found) = low.find(&secret.to_lowercase()) {
            let line = log[..found].rfind('\n').map_or(0, |end| end + 1);
            let line: String = log[line..].chars().take(400).collect();
            panic!("the log holds what it must not: {line}");
        }
    }
    server.stop().await.expect("it ends");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
