//! A couple's session as the screens book it: real mail to each, and nothing in one's mail of the other.

use safetalk_tests::smtp::{Sink, SinkOptions};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::clinic::{CLIENT, Clinic, at, cancellation, said, text};
use crate::computer::PATIENCE;

const JON: &str = "Jonathan Lim";
const JONS: &str = "jon@example.net";

async fn table() -> (Sink, Clinic) {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let clinic = Clinic::with_mail(&sink);
    (sink, clinic)
}

fn jon() -> Value {
    json!({ "full_name": JON, "called": "Jon", "email": JONS, "phones": ["012-987 6543"] })
}

/// Books `clients` together and answers the session.
fn book(clinic: &mut Clinic, clients: &[String]) -> String {
    let mut request = clinic.booking(&clients[0], 0, &at(3, 10, 0), true);
    request["more_clients"] = json!(clients[1..]);
    text(&clinic.app.ok("session.book", request)["sessions"][0])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_a_couple_gets_a_mail_of_their_own_that_says_nothing_of_the_other() {
    let (sink, mut clinic) = table().await;
    let clients = [clinic.client(), clinic.client_with(jon())];
    let session = book(&mut clinic, &clients);
    sink.wait_for(2, PATIENCE).await.expect("both are told");
    clinic
        .app
        .ok("session.cancel", cancellation(&session, None));
    let mails = sink.wait_for(4, PATIENCE).await.expect("and again");
    let mut to: Vec<&str> = Vec::new();
    for mail in &mails {
        assert_eq!(mail.to.len(), 1, "nobody sees another's address");
        to.push(&mail.to[0]);
        let of_jon = mail.to[0] == JONS;
        let (other, others) = if of_jon {
            ("Maya", crate::clinic::EMAIL)
        } else {
            ("Jon", JONS)
        };
        let (body, raw) = (said(mail), String::from_utf8_lossy(&mail.raw).into_owned());
        assert!(!body.contains(other), "no name of the other: {body}");
        for word in [CLIENT, JON, others] {
            assert!(!raw.contains(word), "nothing of {word} in a mail to {to:?}");
        }
    }
    assert_eq!(to.iter().filter(|to| **to == JONS).count(), 2);
    clinic.settle();
    let detail = clinic.session(&session);
    assert_eq!(detail["told"]["kind"], "up_to_date");
    assert_eq!(detail["others"][0]["told"]["kind"], "up_to_date");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_be_reached_is_named_and_keeps_nothing_from_the_others() {
    let (sink, mut clinic) = table().await;
    let mut unreachable = jon();
    unreachable["may_email"] = json!(false);
    let clients = [clinic.client(), clinic.client_with(unreachable)];
    let session = book(&mut clinic, &clients);
    sink.wait_for(1, PATIENCE).await.expect("Maya is told");
    let mut request = clinic.move_to(&session, &at(1, 15, 0), 0);
    request["notify"] = json!(true);
    let acted = clinic.app.ok("session.reschedule", request);
    assert_eq!(
        acted["flags"],
        json!([{ "kind": "not_told", "why": { "kind": "reach", "why": "no_consent" }, "client": clients[1] }])
    );
    sink.wait_for(2, PATIENCE).await.expect("Maya hears of it");
    clinic.settle();
    let untold = clinic.attention("untold");
    let named: BTreeSet<String> = untold.iter().map(|one| text(&one["client"])).collect();
    assert_eq!(named, BTreeSet::from([JON.to_owned()]), "{untold:?}");
    clinic.app.ok(
        "told.personally",
        json!({ "session": session, "client": untold[0]["client_id"] }),
    );
    assert!(clinic.attention("untold").is_empty(), "he knows now");
    assert_eq!(sink.received().len(), 2, "and nothing more was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_each_client_lists_the_session_and_the_other() {
    let (_sink, mut clinic) = table().await;
    let clients = [clinic.client(), clinic.client_with(jon())];
    let session = book(&mut clinic, &clients);
    for (one, beside) in [(0, JON), (1, CLIENT)] {
        let page = clinic
            .app
            .ok("client.get", json!({ "client": clients[one] }));
        let listed = &page["sessions"][0];
        assert_eq!(listed["session"], session.as_str());
        assert_eq!(listed["with"][0]["name"], beside);
    }
}
