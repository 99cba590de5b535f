//! A change that the ledger refused, in front of the person who wanted it.

use safetalk_domain::intent::{Anyway, BookSession, RescheduleSession, Slot};
use safetalk_domain::{
    Body, ClientId, Interval, Member, MemberId, Moment, Place, RoomId, ServiceId, Session,
    SessionId, TherapistId,
};
use safetalk_ledger::Ledger;
use safetalk_replica::{Draft, Replica};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clinic::{Clinic, at, now, text};
use crate::restore::{key_of, ledger_of};

fn id(text: &str) -> Uuid {
    text.parse().expect("an id")
}

/// Another computer of the clinic: it has seen everything, and is pushed when it likes.
struct Elsewhere {
    replica: Replica,
    member: MemberId,
    _folder: Option<tempfile::TempDir>,
}

impl Elsewhere {
    async fn of(replica: Replica, folder: Option<tempfile::TempDir>) -> Self {
        let members = replica
            .read()
            .await
            .expect("a reader")
            .all::<Member>()
            .await;
        let member = members.expect("members").first().expect("one").id;
        Self {
            replica,
            member,
            _folder: folder,
        }
    }

    async fn act(&self, body: Body) {
        let draft = Draft { body, undoes: None };
        let done = self.replica.act(draft, self.member, Moment(now())).await;
        done.expect("here it may be done");
    }

    async fn sync(&self, ledger: &Ledger) {
        let synced = self.replica.sync_once(ledger, Moment(now())).await;
        synced.expect("in step");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_change_says_what_was_wanted_for_whom_and_when_and_what_may_be_done() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let other = clinic.client_with(json!({ "full_name": "Theo Brandt", "called": "Theo", "email": null, "phones": ["+60129990000"] }));
    let session = clinic.book(&client, 0, &at(3, 9, 0), false);
    clinic.app.quit();

    let folder = clinic.computer.clinic_folder();
    let key = key_of(&clinic.computer);
    let ledger = ledger_of(&clinic.computer).await;
    let here = Replica::open(&folder.join("replica.db"), &key).await;
    let here = Elsewhere::of(here.expect("the replica opens"), None).await;
    let drive = tempfile::tempdir().expect("a folder");
    let there = Replica::create(&drive.path().join("replica.db"), &key).await;
    let there = there.expect("a replica");
    let seen = there.sync_once(&ledger, Moment(now())).await;
    seen.expect("it has seen everything");
    let there = Elsewhere::of(there, Some(drive)).await;

    let stands = here.replica.row::<Session>(SessionId(id(&session))).await;
    let stands = stands.expect("a reader").expect("the session");
    let later = |hours: i64| {
        Interval::new(
            stands.facts.at.start.plus_hours(hours),
            stands.facts.at.end.plus_hours(hours),
        )
    };
    let slot = |hours: i64, room: usize| Slot {
        at: later(hours),
        place: Place::Room(RoomId(id(&clinic.rooms[room]))),
        therapist: TherapistId(id(&clinic.therapist)),
        co_therapists: Vec::new(),
        place_text: None,
    };
    let booking = |of: &str, hours, room| {
        Body::BookSession(BookSession {
            session: SessionId(Uuid::new_v4()),
            client: ClientId(id(of)),
            more_clients: Vec::new(),
            service: ServiceId(id(&clinic.service)),
            slot: slot(hours, room),
            price: None,
            invoice: None,
            bill: None,
            notify: false,
            anyway: Anyway::default(),
        })
    };
    // Somebody was quicker, twice; neither computer knew.
    here.act(booking(&other, 2, 1)).await;
    here.act(Body::RescheduleSession(RescheduleSession {
        session: stands.id,
        guard: stands.facts.guard(),
        to: slot(4, 1),
        notify: false,
        hold_seconds: 0,
        anyway: Anyway::default(),
    }))
    .await;
    there.act(booking(&client, 2, 0)).await;
    there.act(booking(&client, 4, 0)).await;
    there.sync(&ledger).await;
    here.replica.close().await;
    ledger.close().await;
    // The files' locks go with them.
    drop((here, there, ledger));

    clinic.app = clinic.computer.start();
    let refused: Vec<Value> = clinic
        .attention("refused")
        .iter()
        .map(|item| item["refused"].clone())
        .collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    let (booked, moved) = (&refused[0], &refused[1]);

    assert_eq!(booked["wanted"], "book", "{booked}");
    assert_eq!(
        booked["client"], "Theo Brandt",
        "of a booking that was never one: {booked}"
    );
    assert_eq!(
        booked["phone"], "+60129990000",
        "someone may have to ring: {booked}"
    );
    assert_eq!(booked["when"]["start"]["minute"], 11 * 60, "{booked}");
    assert_eq!(booked["session"], Value::Null, "{booked}");
    assert_eq!(
        booked["again"],
        json!({ "therapist": clinic.therapist, "room": clinic.rooms[1] }),
        "what another try begins with"
    );
    assert_eq!(booked["refusal"]["code"], "not_available", "{booked}");

    assert_eq!(moved["wanted"], "reschedule", "{moved}");
    assert_eq!(text(&moved["session"]), session);
    assert_eq!(
        moved["when"]["start"]["minute"],
        13 * 60,
        "the time it was to have, not the one it has: {moved}"
    );
    assert!(!moved["at"].is_null(), "when it was asked for: {moved}");

    for change in &refused {
        clinic
            .app
            .ok("refused.close", json!({ "intent": change["intent"] }));
    }
    assert_eq!(clinic.attention("refused"), Vec::<Value>::new());
}
