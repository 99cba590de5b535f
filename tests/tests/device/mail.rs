//! Messages to clients, by the server that keeps the clinic.

use crate::desk::{Computer, Town};
use safetalk_tests::server::Setup;
use safetalk_tests::smtp::{Sink, SinkOptions};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(40);

/// What Settings, Mail sends.
fn account(sink: &Sink, password: Option<&str>) -> Value {
    json!({
        "host": "localhost", "port": sink.port(), "security": "implicit_tls", "user": "clinic@example.org",
        "from_name": "Harbour Clinic", "from_address": "clinic@example.org", "password": password, "test_to": "ann@example.org",
    })
}

async fn town(sink: &Sink) -> Town {
    Town::found_like(Setup {
        mail_root: Some(sink.root_der()),
        ..Setup::default()
    })
    .await
}

/// A client who may be mailed, and a session with them three days from now, of which they are told.
async fn books_and_tells(computer: &Computer, minute: u16) -> Value {
    let list = computer
        .ok(
            "client.list",
            json!({ "query": "Jon", "archived": false, "most": 50 }),
        )
        .await;
    let client = match list[0]["client"]["id"].clone() {
        Value::Null => new_client(computer).await,
        known => known,
    };
    let mut booking = computer.booking(3, minute).await;
    booking["client"] = client;
    booking["notify"] = json!(true);
    computer.ok("session.book", booking).await["sessions"][0].take()
}

async fn new_client(computer: &Computer) -> Value {
    let record = json!({
        "full_name": "Jon Mercer", "called": "Jon", "email": "jon@example.org", "phones": ["+60123456700"], "guardian": null,
        "guardian_receives": false, "may_email": true, "may_whatsapp": false, "do_not_contact": false,
        "language": "en", "usual_therapist": null, "usual_service": null, "usual_room": null, "archived": false,
    });
    let facts = json!({ "guardian_receives": 0, "may_email": 0, "may_whatsapp": 0, "do_not_contact": 0, "language": 0, "usual_therapist": 0, "usual_service": 0, "usual_room": 0 });
    let revisions = json!({ "full_name": 0, "called": 0, "email": 0, "phones": 0, "guardian": 0, "facts": facts });
    let saved = json!({ "client": null, "record": record, "before": null, "revisions": revisions, "duplicates_seen": true });
    computer.ok("client.save", saved).await["client"].take()
}

/// Waits until every message about a session stands like this.
async fn told(computer: &Computer, session: &Value, state: &str) {
    let asked = json!({ "session": session });
    computer
        .until("the message", "session.get", asked, |detail| {
            let notices = detail["notices"].as_array().expect("a list");
            !notices.is_empty() && notices.iter().all(|one| one["state"] == state)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_is_set_up_on_one_computer_for_all_and_the_server_tells_the_clients() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let town = town(&sink).await;
    let (first, second) = (town.first().await, town.second().await);
    assert_eq!(first.ok("mail.get", json!({})).await, Value::Null);
    let tried = first.ok("mail.test", account(&sink, Some("open sesame")));
    assert_eq!(tried.await["cause"], Value::Null);
    first
        .ok("mail.save", account(&sink, Some("open sesame")))
        .await;
    let ready = |view: &Value| view["clinic"]["facts"]["mail_ready"] == true;
    for computer in [&first, &second] {
        computer
            .until("mail to be ready", "clinic.get", json!({}), ready)
            .await;
        let kept = computer.ok("mail.get", json!({})).await;
        assert_eq!(kept["host"], "localhost");
        assert_eq!(kept["has_password"], true);
        assert!(!kept.to_string().contains("sesame"), "{kept}");
    }
    let session = books_and_tells(&first, 600).await;
    told(&first, &session, "sent").await;
    second.shows(&session).await;
    let cancel = json!({
        "session": session, "remark": null, "remark_to_client": false, "by": "clinic", "invoice": { "kind": "keep" }, "notify": true,
    });
    second.ok("session.cancel", cancel).await;
    told(&second, &session, "sent").await;
    let received = sink.wait_for(3, PATIENCE).await.expect("three mails");
    let to: Vec<_> = received.iter().flat_map(|one| one.to.clone()).collect();
    assert_eq!(
        to,
        ["ann@example.org", "jon@example.org", "jon@example.org"]
    );
    for computer in [&first, &second] {
        assert!(computer.attention("mail_not_set_up").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_has_not_reached_the_server_says_so_asks_at_quit_and_goes_when_the_server_has_it()
 {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let town = town(&sink).await;
    let first = town.first().await;
    first
        .ok("mail.save", account(&sink, Some("open sesame")))
        .await;
    let ready = |view: &Value| view["clinic"]["facts"]["mail_ready"] == true;
    first
        .until("mail to be ready", "clinic.get", json!({}), ready)
        .await;
    new_client(&first).await;
    first.in_step().await;
    town.cable.cut(true);
    let session = books_and_tells(&first, 660).await;
    first.offline().await;
    let detail = first.ok("session.get", json!({ "session": session })).await;
    assert_eq!(detail["contact"]["mail_held"], "server_away", "{detail}");
    assert_eq!(detail["told"]["kind"], "outdated", "Jon has not been told");
    let problem = first.ask("mail.get", json!({})).await;
    assert_eq!(problem.expect_err("it is away")["code"], "server_away");
    let quit = json!({ "how": "send_and_quit", "tray": null });
    let answer = first.ok("app.quit", quit).await;
    assert_eq!(answer["unsent"], 1, "only what is still here asks");
    assert!(sink.received().is_empty());

    town.cable.cut(false);
    told(&first, &session, "sent").await;
    sink.wait_for(1, PATIENCE).await.expect("the mail");
    let view = first.ok("clinic.get", json!({})).await;
    assert_eq!(view["mail_held"], Value::Null);
    assert!(first.app.close_requested().await, "nothing is asked");
}
