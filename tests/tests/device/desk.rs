//! A server with a clinic, a cable to it, and computers.

use safetalk_app::App;
use safetalk_domain::{ClinicId, Moment, Zone};
use safetalk_server::NewClinic;
use safetalk_tests::outside::Outside;
use safetalk_tests::proxy::Proxy;
use safetalk_tests::server::{Setup, TestServer};
use safetalk_wire::http::Ending;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use uuid::Uuid;

/// Long enough for a busy machine; nothing here waits for it unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(40);

pub const EMAIL: &str = "ann.berry@example.org";
pub const PASSWORD: &str = "correct horse battery staple";
/// Never in a log, a file or an address.
pub const CLIENT: &str = "Maya Binti Rahman";

pub fn wall_clock() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.expect("after 1970").as_secs();
    Moment(i64::try_from(seconds).expect("before the end of time"))
}

/// A server with one clinic, and a cable to it for each of two computers.
pub struct Town {
    pub server: TestServer,
    pub cable: Proxy,
    pub other: Proxy,
    pub clinic: ClinicId,
    invite: String,
}

impl Town {
    /// A clinic with one member, who was invited.
    pub async fn found() -> Self {
        Self::found_like(Setup::default()).await
    }

    /// The same, with a server that is set up in another way.
    pub async fn found_like(setup: Setup<'_>) -> Self {
        let server = TestServer::set_up(setup, Arc::new(wall_clock)).await;
        let server = server.expect("a server");
        let new = NewClinic {
            name: "Harbour Clinic".to_owned(),
            owner: "Ann Berry".to_owned(),
            country: "MY".to_owned(),
            zone: "Asia/Kuala_Lumpur".to_owned(),
            currency: "MYR".to_owned(),
            email: EMAIL.to_owned(),
        };
        let founded = server.house.create_clinic(&new).await;
        let (clinic, _, invite) = founded.expect("a clinic");
        let cable = Proxy::before(server.address).await.expect("a cable");
        let other = Proxy::before(server.address).await.expect("a cable");
        Self {
            server,
            cable,
            other,
            clinic,
            invite: invite.text.to_string(),
        }
    }

    /// Where the first computer reaches it.
    pub fn address(&self) -> String {
        format!("http://{}", self.cable.address)
    }

    pub fn invite_link(&self) -> String {
        format!("{}/invite#{}", self.address(), self.invite)
    }

    /// What the sign-in screen of another computer sends.
    pub fn sign_in(&self) -> Value {
        let address = format!("http://{}", self.other.address);
        json!({ "address": address, "email": EMAIL, "password": PASSWORD, "code": null, "clinic": null })
    }

    /// The computer of who was invited. The clinic has a room, a service, open hours and a client then.
    pub async fn first(&self) -> Computer {
        let first = Computer::new().await;
        let invited = json!({ "link": self.invite_link(), "email": EMAIL, "password": PASSWORD });
        let answer = first.ok("setup.accept_invite", invited).await;
        assert_eq!(answer["kind"], "done", "{answer}");
        first.opens().await;
        first.furnish().await;
        first
    }

    /// Another computer of the same person, which shows what there is.
    pub async fn second(&self) -> Computer {
        let second = Computer::new().await;
        let answer = second.ok("setup.sign_in", self.sign_in()).await;
        assert_eq!(answer["kind"], "done", "{answer}");
        second.opens().await;
        second
    }

    /// The server's ids of the clinic's computers.
    pub async fn computers(&self) -> Vec<Uuid> {
        let accounts = &self.server.house.accounts;
        let found = accounts.computers(self.clinic, None, None).await;
        let found = found.expect("computers");
        found.iter().map(|computer| computer.id).collect()
    }

    /// Ends a computer's sign-in, as an administrator does.
    pub async fn revoke(&self, computer: Uuid, how: Ending) {
        let accounts = &self.server.house.accounts;
        let ended = accounts.revoke(self.clinic, None, computer, how, wall_clock());
        assert!(
            ended.await.expect("it is ended"),
            "there is such a computer"
        );
    }
}

fn clients() -> Value {
    json!({ "query": "", "archived": false, "most": 50 })
}

/// A computer with the app on it.
pub struct Computer {
    folder: TempDir,
    pub app: Arc<App>,
}

impl Computer {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = start(&folder).await;
        Self { folder, app }
    }

    /// Where the app keeps its files.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The entries of its keychain.
    pub fn keychain(&self) -> PathBuf {
        self.folder.path().join("outside/keychain")
    }

    /// Ends the app as a person does, and starts it again.
    pub async fn restart(self) -> Self {
        self.ok("app.quit", json!({ "how": "quit", "tray": null }))
            .await;
        let Self { folder, app } = self;
        drop(app);
        let began = Instant::now();
        loop {
            let app = start(&folder).await;
            let state = asked(&app, "app.state", json!({})).await.expect("a state");
            // What went on behind the screens lets go of the files when it ends.
            if state["phase"]["trouble"] != "in_use" {
                return Self { folder, app };
            }
            assert!(began.elapsed() < PATIENCE, "the files are not let go of");
            drop(app);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn ask(&self, cmd: &str, payload: Value) -> Result<Value, Value> {
        asked(&self.app, cmd, payload).await
    }

    /// Asks for what must be done.
    pub async fn ok(&self, cmd: &str, payload: Value) -> Value {
        self.ask(cmd, payload)
            .await
            .unwrap_or_else(|problem| panic!("{cmd} was not done: {problem}"))
    }

    /// Asks until the answer is as wanted.
    pub async fn until(
        &self,
        what: &str,
        cmd: &str,
        payload: Value,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let began = Instant::now();
        loop {
            let answer = self.ok(cmd, payload.clone()).await;
            if wanted(&answer) {
                return answer;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "waited {PATIENCE:?} for {what}; last: {answer:#}"
            );
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    pub async fn phase(&self) -> Value {
        self.ok("app.state", json!({})).await["phase"].take()
    }

    /// Waits until the clinic is on the screen.
    pub async fn opens(&self) {
        let state = self.until("the clinic", "app.state", json!({}), |state| {
            state["phase"]["kind"] == "open"
        });
        assert_eq!(state.await["phase"]["connected"], true);
    }

    /// How the line stands, once it is as wanted.
    pub async fn line(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let view = self.until(what, "sidebar.get", json!({}), |view| wanted(&view["line"]));
        view.await["line"].take()
    }

    /// Waits until nothing waits and nothing is the matter.
    pub async fn in_step(&self) {
        self.line("both to be in step", |line| {
            line["trouble"].is_null() && line["waiting"] == 0
        })
        .await;
    }

    /// Waits until it is known that the server is away.
    pub async fn offline(&self) {
        let line = self.line("the line to be down", |line| !line["trouble"].is_null());
        assert_eq!(line.await["asks"], false, "it passes by itself");
    }

    /// What needs attention, of one kind.
    pub async fn attention(&self, kind: &str) -> Vec<Value> {
        let view = self.ok("dashboard.get", json!({})).await;
        let items = view["attention"].as_array().expect("a list");
        let of_kind = items.iter().filter(|item| item["kind"] == kind);
        of_kind.cloned().collect()
    }

    /// A room, a service, open hours and a client.
    async fn furnish(&self) {
        let room = json!({ "room": null, "name": "Blue room", "note": null, "turnover_minutes": 0, "archived": false });
        self.ok("room.save", room).await;
        let facts = json!({ "minutes": 50, "price": null, "buffer_before": 0, "buffer_after": 0, "may_be_online": true, "step_minutes": 15, "archived": false });
        let service = json!({ "service": null, "name": "Talk", "facts": facts });
        self.ok("service.save", service).await;
        let week: Vec<Value> = (0..7)
            .map(|weekday| json!({ "weekday": weekday, "from": 0, "to": 1440 }))
            .collect();
        let view = self.ok("clinic.get", json!({})).await;
        let owner = json!({ "kind": "clinic", "id": view["clinic"]["id"] });
        self.ok("hours.set", json!({ "owner": owner, "week": week }))
            .await;
        let record = json!({
            "full_name": CLIENT, "called": "Maya", "email": null, "phones": ["+60123456789"], "guardian": null,
            "guardian_receives": false, "may_email": false, "may_whatsapp": false, "do_not_contact": false,
            "language": "en", "usual_therapist": null, "usual_service": null, "usual_room": null, "archived": false,
        });
        let facts = json!({ "guardian_receives": 0, "may_email": 0, "may_whatsapp": 0, "do_not_contact": 0, "language": 0, "usual_therapist": 0, "usual_service": 0, "usual_room": 0 });
        let revisions = json!({ "full_name": 0, "called": 0, "email": 0, "phones": 0, "guardian": 0, "facts": facts });
        self.ok("client.save", json!({ "client": null, "record": record, "before": null, "revisions": revisions, "duplicates_seen": true })).await;
        self.in_step().await;
    }

    /// What New Session sends for the client in the blue room, so many days from now at this minute.
    pub async fn booking(&self, days: u64, minute: u16) -> Value {
        let view = self.ok("clinic.get", json!({})).await;
        let list = self.ok("client.list", clients()).await;
        let zone: Zone = "Asia/Kuala_Lumpur".parse().expect("a zone");
        let hours = 24 * i64::try_from(days).expect("soon");
        let date = zone.date(wall_clock().plus_hours(hours)).to_string();
        json!({
            "client": list[0]["client"]["id"], "service": view["services"][0]["id"], "therapist": view["therapists"][0]["id"],
            "place": { "kind": "room", "id": view["rooms"][0]["id"] }, "place_text": null,
            "start": { "date": date, "minute": minute, "second": false }, "minutes": 50,
            "price": null, "invoice": false, "notify": false, "anyway": { "anyway": false, "reason": null }, "repeat": null,
        })
    }

    /// Books that, and gives back the session's id.
    pub async fn book(&self, days: u64, minute: u16) -> Value {
        let booking = self.booking(days, minute).await;
        self.ok("session.book", booking).await["sessions"][0].take()
    }

    /// Waits until a session is on the screen, decided by the server.
    pub async fn shows(&self, session: &Value) {
        let began = Instant::now();
        loop {
            let shown = self.ask("session.get", json!({ "session": session })).await;
            if shown.is_ok_and(|shown| shown["pending"] == false) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the session is not there");
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }
}

async fn start(folder: &TempDir) -> Arc<App> {
    let outside = Outside::new(&folder.path().join("outside")).expect("a computer");
    App::start(folder.path().join("data"), Arc::new(outside)).await
}

async fn asked(app: &App, cmd: &str, payload: Value) -> Result<Value, Value> {
    let answer = app.rpc(cmd, payload).await?;
    Ok(serde_json::from_str(answer.get()).expect("JSON"))
}
