//! A small clinic on a computer, and the words of a test about it.

use mail_parser::{MessageParser, MimeHeaders as _};
use safetalk_domain::{Moment, Zone};
use safetalk_tests::smtp::{Act, Received, Sink, Step};
use serde_json::{Value, json};

use crate::computer::{Computer, PATIENCE, Running};

/// Never appears in a subject or a log.
pub const CLIENT: &str = "Maya Binti Rahman";
pub const EMAIL: &str = "maya@example.net";
pub const PASSWORD: &str = "open sesame";

/// An open clinic: one therapist, two rooms, one service, open day and night.
pub struct Clinic {
    pub computer: Computer,
    pub app: Running,
    pub key: String,
    pub therapist: String,
    pub rooms: [String; 2],
    pub service: String,
}

/// What "Use on this computer" sends.
pub fn form() -> Value {
    let week: Vec<Value> = (0..7)
        .map(|weekday| json!({ "weekday": weekday, "from": 0, "to": 1440 }))
        .collect();
    json!({
        "clinic_name": "Quiet Rooms", "your_name": "Aisha Lim", "phone": "03-2142 5678", "country": "MY",
        "zone": "Asia/Kuala_Lumpur", "currency": "MYR", "first_weekday": 0, "week": week,
        "rooms": [
            { "name": "Room 1", "turnover_minutes": 0 },
            { "name": "Room 2", "turnover_minutes": 0 },
        ],
        "services": [{ "name": "Counselling", "minutes": 50, "price_minor": 18_000, "may_be_online": true }],
    })
}

/// The recovery key on the screen.
pub fn shown_key(state: &Value) -> Vec<String> {
    assert_eq!(state["phase"]["kind"], "recovery_key", "{state}");
    let groups = state["phase"]["groups"].as_array().expect("groups");
    groups.iter().map(text).collect()
}

/// The groups that are asked for, typed back.
pub fn typed_back(key: &[String], state: &Value) -> Value {
    let ask = state["phase"]["ask"].as_array().expect("what is asked for");
    let groups: Vec<&String> = ask
        .iter()
        .map(|place| &key[usize::try_from(place.as_u64().expect("a place")).expect("small")])
        .collect();
    json!({ "groups": groups })
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {value}"))
        .to_owned()
}

impl Clinic {
    /// Makes it on a new computer, without mail.
    pub fn found() -> Self {
        Self::found_on(Computer::new())
    }

    /// Makes it on this computer, without mail.
    pub fn found_on(computer: Computer) -> Self {
        let mut app = computer.start();
        let state = app.ok("setup.create", form());
        let key = shown_key(&state);
        let answer = app.ok("setup.confirm_recovery", typed_back(&key, &state));
        assert_eq!(answer["ok"], true, "the key typed back is right");
        let view = app.ok("clinic.get", json!({}));
        let id = |value: &Value| text(&value["id"]);
        let room = |name: &str| {
            let rooms = view["rooms"].as_array().expect("rooms");
            id(rooms
                .iter()
                .find(|room| room["details"]["name"]["value"] == name)
                .expect("the room"))
        };
        Self {
            key: key.join("-"),
            therapist: id(&view["therapists"][0]),
            rooms: [room("Room 1"), room("Room 2")],
            service: id(&view["services"][0]),
            computer,
            app,
        }
    }

    /// Makes it with mail through `sink`.
    pub fn with_mail(sink: &Sink) -> Self {
        let mut clinic = Self::found_on(Computer::new().trusting(sink));
        clinic.set_up_mail(sink, PASSWORD);
        clinic
    }

    pub fn set_up_mail(&mut self, sink: &Sink, password: &str) {
        self.app.ok("mail.save", account(sink, password));
    }

    /// Ends the app by `SIGKILL` and starts it again.
    pub fn crash(&mut self) {
        self.app.kill();
        self.app = self.computer.start();
    }

    /// Quits and starts again.
    pub fn restart(&mut self) {
        self.app.quit();
        self.app = self.computer.start();
    }

    pub fn client(&mut self) -> String {
        self.client_with(json!({}))
    }

    /// A client who may be mailed, with some of the form's fields otherwise.
    pub fn client_with(&mut self, otherwise: Value) -> String {
        let mut record = record();
        for (field, value) in otherwise.as_object().expect("fields") {
            record[field] = value.clone();
        }
        let saved = self.app.ok("client.save", new_client(&record));
        text(&saved["client"])
    }

    /// Changes some of the form's fields of a client.
    pub fn edit_client(&mut self, client: &str, otherwise: Value) {
        let page = self.app.ok("client.get", json!({ "client": client }));
        let mut record = page["record"].clone();
        for (field, value) in otherwise.as_object().expect("fields") {
            record[field] = value.clone();
        }
        let saved = self.app.ok(
            "client.save",
            json!({
                "client": client, "record": record, "before": page["record"], "revisions": page["revisions"],
                "duplicates_seen": true,
            }),
        );
        assert_eq!(saved["kind"], "saved", "{saved}");
    }

    pub fn room(&self, room: usize) -> Value {
        json!({ "kind": "room", "id": self.rooms[room] })
    }

    /// What New Session sends.
    pub fn booking(&self, client: &str, room: usize, start: &Value, notify: bool) -> Value {
        json!({
            "client": client, "service": self.service, "therapist": self.therapist, "place": self.room(room),
            "place_text": null, "start": start, "minutes": 50, "price": { "minor": 18_000, "currency": "MYR" },
            "invoice": false, "notify": notify, "anyway": not_anyway(), "repeat": null,
        })
    }

    /// Books and answers the session.
    pub fn book(&mut self, client: &str, room: usize, start: &Value, notify: bool) -> String {
        let request = self.booking(client, room, start, notify);
        text(&self.app.ok("session.book", request)["sessions"][0])
    }

    pub fn session(&mut self, session: &str) -> Value {
        self.app.ok("session.get", json!({ "session": session }))
    }

    /// What the Reschedule dialog sends for a session as it stands.
    pub fn move_to(&mut self, session: &str, start: &Value, room: usize) -> Value {
        let guard = self.session(session)["guard"].take();
        json!({
            "session": session, "guard": guard, "start": start, "place": self.room(room), "place_text": null,
            "therapist": self.therapist, "notify": true, "anyway": not_anyway(),
        })
    }

    /// Moves a session and tells the client; answers what the action answered.
    pub fn reschedule(&mut self, session: &str, start: &Value, room: usize) -> Value {
        let request = self.move_to(session, start, room);
        self.app.ok("session.reschedule", request)
    }

    pub fn cancel(&mut self, session: &str, remark: Option<&str>) -> Value {
        self.app.ok("session.cancel", cancellation(session, remark))
    }

    /// Every message, newest first.
    pub fn notices(&mut self) -> Vec<Value> {
        let view = self
            .app
            .ok("notice.list", json!({ "open_only": false, "most": 500 }));
        view["notices"].as_array().expect("a list").clone()
    }

    /// Waits until the newest message of a session stands so, and answers it.
    pub fn notice_becomes(&mut self, session: &str, state: &str) -> Value {
        let detail = self.app.until(
            &format!("the newest message to be {state}"),
            "session.get",
            json!({ "session": session }),
            |detail| detail["notices"][0]["state"] == state,
        );
        detail["notices"][0].clone()
    }

    /// What stands under "Needs attention", by kind. The number beside the Dashboard is always theirs.
    pub fn attention(&mut self, kind: &str) -> Vec<Value> {
        let number = |app: &mut Running| app.ok("sidebar.get", json!({}))["attention"].take();
        let before = number(&mut self.app);
        let dashboard = self.app.ok("dashboard.get", json!({}));
        let items = dashboard["attention"].as_array().expect("a list");
        // Between two calls the courier may have done something.
        if number(&mut self.app) == before {
            assert_eq!(before, items.len(), "{items:?}");
        }
        items
            .iter()
            .filter(|item| item["kind"] == kind)
            .cloned()
            .collect()
    }

    /// Waits until the courier has found out that the session's newest message cannot go for now.
    pub fn held_back(&mut self, session: &str) {
        self.app.until(
            "the courier to give up for now",
            "session.get",
            json!({ "session": session }),
            |detail| {
                let newest = &detail["notices"][0];
                newest["state"] == "queued" && !newest["cause"].is_null()
            },
        );
    }

    /// Gives the courier every chance to send something it should not, then looks: waits until nothing is queued or
    /// being sent and the app has been idle for a while.
    pub fn settle(&mut self) {
        self.app.until(
            "every message to come to rest",
            "notice.list",
            json!({ "open_only": true, "most": 500 }),
            |view| {
                view["notices"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .all(|notice| {
                        notice["state"] != "sending"
                            && (notice["state"] != "queued" || !notice["next_try"].is_null())
                    })
            },
        );
    }
}

/// The server turns everything away until it behaves again.
pub fn busy(sink: &Sink) {
    sink.always(Step::Greeting, Act::Say("421 4.3.2 come back later"));
}

/// Milliseconds in which a courier that meant to send would have.
pub async fn a_while() {
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
}

pub fn account(sink: &Sink, password: &str) -> Value {
    json!({
        "host": "localhost", "port": sink.port(), "security": "implicit_tls", "user": "clinic@example.org",
        "from_name": "Quiet Rooms", "from_address": "clinic@example.org", "password": password, "test_to": null,
    })
}

pub fn record() -> Value {
    json!({
        "full_name": CLIENT, "called": "Maya", "email": EMAIL, "phones": ["012-345 6789"], "guardian": null,
        "guardian_receives": false, "may_email": true, "may_whatsapp": true, "do_not_contact": false,
        "language": "en", "usual_therapist": null, "usual_service": null, "usual_room": null, "archived": false,
    })
}

pub fn new_client(record: &Value) -> Value {
    let facts = json!({
        "guardian_receives": 0, "may_email": 0, "may_whatsapp": 0, "do_not_contact": 0, "language": 0,
        "usual_therapist": 0, "usual_service": 0, "usual_room": 0,
    });
    let revisions = json!({
        "full_name": 0, "called": 0, "email": 0, "phones": 0, "guardian": 0, "facts": facts,
    });
    json!({ "client": null, "record": record, "before": null, "revisions": revisions, "duplicates_seen": true })
}

pub fn cancellation(session: &str, remark: Option<&str>) -> Value {
    json!({
        "session": session, "remark": remark, "remark_to_client": false, "by": "clinic",
        "invoice": { "kind": "keep" }, "notify": true,
    })
}

pub fn not_anyway() -> Value {
    json!({ "anyway": false, "reason": null })
}

/// A time on the wall in so many days.
pub fn at(days: i64, hour: u16, minute: u16) -> Value {
    json!({ "date": day(days), "minute": hour * 60 + minute, "second": false })
}

pub fn day(days: i64) -> String {
    let zone: Zone = "Asia/Kuala_Lumpur".parse().expect("a zone");
    zone.date(Moment(now() + days * 86_400)).to_string()
}

/// The real clock.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_secs()).expect("before the end of time")
}

/// Waits for the sink to have exactly `n` messages; answers the last.
pub async fn nth_mail(sink: &Sink, n: usize) -> Received {
    let all = sink.wait_for(n, PATIENCE).await.expect("the mail comes");
    assert_eq!(all.len(), n, "no mail too many");
    all[n - 1].clone()
}

/// What a mail asks of the client's calendar: `REQUEST`, `CANCEL`, or nothing.
pub fn method(received: &Received) -> Option<String> {
    let mail = MessageParser::default()
        .parse(&received.raw)
        .expect("a mail");
    mail.parts.iter().find_map(|part| {
        let kind = part.content_type()?;
        (kind.subtype() == Some("calendar")).then(|| kind.attribute("method").map(str::to_owned))?
    })
}

/// What a mail says to the person who reads it.
pub fn said(received: &Received) -> String {
    let mail = MessageParser::default()
        .parse(&received.raw)
        .expect("a mail");
    mail.body_text(0).expect("a text").into_owned()
}

/// A little generator, so that a failing run can be repeated as far as timing allows.
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 up to but not including `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}
