//! A member who may not see everything, on a computer of their own.

use crate::desk::{CLIENT, Computer, Town, wall_clock};
use safetalk_domain::intent::{Actor, SaveMember, VERSION};
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_wire::{Known, Numbered, PROTOCOL, PushAnswer, PushRequest, Upstream as _};
use serde_json::{Value, json};
use uuid::Uuid;

const EMAIL: &str = "ben.tan@example.org";
const BEN: MemberId = MemberId(Uuid::from_u128(0xbe));

/// The owner lets Ben be what he is to be: the n-th thing they do on a computer that is not in this test.
async fn let_be(ledger: &Ledger, n: i64, wanted: SaveMember) {
    let members = ledger.all::<Member>().await.expect("members");
    let owner = members.iter().find(|member| member.id != BEN);
    let request = PushRequest {
        protocol: PROTOCOL,
        device: DeviceId(Uuid::from_u128(0xd0)),
        known: Known::NOTHING,
        acknowledged_n: 0,
        batch: vec![Numbered {
            n,
            pulled_at: None,
            intent: Intent {
                id: IntentId(Uuid::now_v7()),
                version: VERSION,
                actor: Actor::Member(owner.expect("the owner").id),
                made_at: wall_clock(),
                seen: 0,
                depends: Vec::new(),
                undoes: None,
                body: Body::SaveMember(wanted),
            },
        }],
    };
    let answer = ledger.push(request).await.expect("an answer");
    let PushAnswer::Answered { verdicts, .. } = answer else {
        panic!("the first of a computer's intents: {answer:?}");
    };
    assert_eq!(verdicts[0].outcome.refusal(), None);
}

fn ben(therapist: TherapistId, guard: Option<&Member>, grants: &[Grant]) -> SaveMember {
    SaveMember {
        member: BEN,
        guard: guard.map(|member| member.facts.guard()),
        name: "Ben Tan".to_owned(),
        grants: grants.iter().copied().collect(),
        therapist: Some(therapist),
    }
}

fn kim() -> Value {
    let record = json!({
        "full_name": "Kim Lee", "called": "Kim", "email": null, "phones": [], "guardian": null,
        "guardian_receives": false, "may_email": false, "may_whatsapp": false, "do_not_contact": false,
        "language": "en", "usual_therapist": null, "usual_service": null, "usual_room": null, "archived": false,
    });
    let facts = json!({ "guardian_receives": 0, "may_email": 0, "may_whatsapp": 0, "do_not_contact": 0, "language": 0, "usual_therapist": 0, "usual_service": 0, "usual_room": 0 });
    let revisions = json!({ "full_name": 0, "called": 0, "email": 0, "phones": 0, "guardian": 0, "facts": facts });
    json!({ "client": null, "record": record, "before": null, "revisions": revisions, "duplicates_seen": true })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_therapist_sees_their_own_sessions_and_others_as_busy_and_nothing_once_the_grant_is_gone()
{
    let town = Town::found().await;
    let first = town.first().await;
    let his = json!({ "therapist": null, "name": "Ben Tan", "hue": "teal", "link": null, "buffer_minutes": 0, "archived": false });
    first.ok("therapist.save", his).await;
    let anns = first.book(3, 600).await;
    first.in_step().await;
    let ledger = town.server.house.ledgers.of(town.clinic).await;
    let ledger = ledger.expect("a ledger");
    let therapists = ledger.all::<Therapist>().await.expect("therapists");
    let therapist = therapists
        .iter()
        .find(|row| row.details.name.value == "Ben Tan")
        .expect("he is there")
        .id;
    let grants = [Grant::OwnSessions];
    let_be(&ledger, 1, ben(therapist, None, &grants)).await;
    town.server
        .login(town.clinic, BEN, EMAIL)
        .await
        .expect("an account");

    let second = Computer::new().await;
    let mut sign_in = town.sign_in();
    sign_in["email"] = json!(EMAIL);
    let answer = second.ok("setup.sign_in", sign_in).await;
    assert_eq!(answer["kind"], "done", "{answer}");
    second.opens().await;

    // Ann's session is busy time of hers and of the room, and nothing else.
    let hidden = second.ask("session.get", json!({ "session": anns })).await;
    assert!(hidden.is_err(), "{hidden:?}");
    second.ok("client.save", kim()).await;
    second.in_step().await;
    let mut wish = second.booking(3, 600).await;
    let day = wish["start"]["date"].clone();
    let days = json!({ "from": day, "days": 1, "all_cancelled": true });
    let calendar = second.ok("calendar.view", days.clone()).await;
    assert_eq!(calendar["blocks"], json!([]), "no session of his");
    let busy: Vec<&Value> = calendar["shades"]
        .as_array()
        .expect("shades")
        .iter()
        .filter(|shade| shade["kind"] == "busy")
        .collect();
    assert_eq!(busy.len(), 2, "Ann, and the blue room: {busy:?}");
    assert_eq!(
        (&busy[0]["from"], &busy[0]["to"]),
        (&json!(600), &json!(650))
    );
    assert!(!calendar.to_string().contains(CLIENT), "not who comes");
    let clients = json!({ "query": "", "archived": false, "most": 50 });
    let list = second.ok("client.list", clients.clone()).await;
    assert_eq!(
        list.as_array().map(Vec::len),
        Some(1),
        "only his own: {list}"
    );

    // The room is taken, and his computer says so by itself, with the cable out.
    town.other.cut(true);
    wish["therapist"] = json!(therapist);
    let refused = second.ask("session.book", wish.clone()).await;
    let refused = refused.expect_err("the room is taken");
    assert!(refused.to_string().contains("not_available"), "{refused}");
    let check = json!({
        "session": null, "service": wish["service"], "therapist": wish["therapist"], "place": wish["place"],
        "start": wish["start"], "minutes": 50, "end": null,
    });
    let check = second.ok("session.check", check).await;
    assert_eq!(check["available"], false);
    assert!(!check.to_string().contains(CLIENT), "{check}");
    wish["start"]["minute"] = json!(800);
    let own = second.ok("session.book", wish).await["sessions"][0].take();
    town.other.cut(false);
    second.in_step().await;
    first.shows(&own).await;

    // He loses the grant while he is away from the server, and wants something of his session.
    town.other.cut(true);
    let text = json!({ "session": own, "text": "rang twice" });
    second.ok("session.remark", text).await;
    let known = ledger.row::<Member>(BEN).await.expect("he is there");
    let_be(&ledger, 2, ben(therapist, known.as_ref(), &[])).await;
    town.other.cut(false);
    second.in_step().await;
    second
        .until("his rows to be erased", "client.list", clients, |list| {
            list.as_array().is_some_and(Vec::is_empty)
        })
        .await;
    let gone = second.ask("session.get", json!({ "session": own })).await;
    assert!(gone.is_err(), "erased: {gone:?}");
    let calendar = second.ok("calendar.view", days).await;
    assert_eq!(calendar["blocks"], json!([]));
    let refused = second.attention("refused").await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    let refused = &refused[0]["refused"];
    assert_eq!(refused["wanted"], "remark");
    assert_eq!(refused["refusal"]["code"], "not_permitted", "{refused}");
    first.shows(&own).await;
}
