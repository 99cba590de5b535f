//! The table: one clinic, its ledger, and as many devices as a test wants.

use crate::keeper::Keeper;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_replica::{Key, Replica, Synced};
use safetalk_wire::{Known, MOST_ROWS, Now, PROTOCOL, PullAnswer, PullRequest, Upstream as _};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

pub const CLINIC: ClinicId = ClinicId(Uuid::from_u128(0x10));
/// Has every grant and is therapist Ann.
pub const OWNER: MemberId = MemberId(Uuid::from_u128(0x20));
pub const ANN: TherapistId = TherapistId(Uuid::from_u128(0x30));
pub const BEN: TherapistId = TherapistId(Uuid::from_u128(0x31));
/// Needs nothing after a session.
pub const ROOM_1: RoomId = RoomId(Uuid::from_u128(0x40));
/// Needs 15 minutes after a session.
pub const ROOM_2: RoomId = RoomId(Uuid::from_u128(0x41));
pub const TALK: ServiceId = ServiceId(Uuid::from_u128(0x50));
pub const MAYA: ClientId = ClientId(Uuid::from_u128(0x60));
/// Not there before a test adds him.
pub const JON: ClientId = ClientId(Uuid::from_u128(0x61));
/// 2026-03-20 10:00 UTC, when every test begins.
pub const BEGIN: Moment = Moment(1_774_000_800);
/// Stands for what must never be seen outside the files.
pub const MAYAS_NAME: &str = "Maya Rosenbaum-Okonkwo";

/// A clock that tests move by hand.
#[derive(Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Hand {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(BEGIN.0)))
    }

    pub fn forward(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}

impl Now for Hand {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

pub struct Table {
    pub folder: TempDir,
    pub keeper: Keeper,
    pub ledger: Ledger,
    pub clock: Hand,
}

/// A key with bytes that are easy to find again.
pub fn key() -> Key {
    Key::from_bytes(std::array::from_fn(|i| {
        0xa5 ^ u8::try_from(i * 7).expect("32 steps of 7 fit a byte")
    }))
}

impl Table {
    /// A ledger with nothing in it.
    pub async fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Hand::new();
        let keeper = Keeper::new(folder.path(), &clock).await;
        let ledger = keeper.create("ledger").await;
        Self {
            folder,
            keeper,
            ledger,
            clock,
        }
    }

    /// A clinic that is set up, and the device on which that was done.
    pub async fn with_clinic() -> (Self, Replica) {
        let table = Self::bare().await;
        let first = table.device("first").await;
        table.act(&first, set_up()).await;
        table.act(&first, add_maya()).await;
        table.sync(&first).await;
        (table, first)
    }

    /// A new device that has caught up.
    pub async fn device(&self, name: &str) -> Replica {
        let replica = Replica::create(&self.path(name), &key())
            .await
            .expect("a new name takes a replica");
        self.sync(&replica).await;
        replica
    }

    /// A new device of a member that has caught up with what they may see.
    pub async fn device_of(&self, name: &str, member: MemberId) -> Replica {
        let replica = Replica::create(&self.path(name), &key())
            .await
            .expect("a new name takes a replica");
        self.sync_as(&replica, member).await;
        replica
    }

    /// Makes somebody a member, or another one than they were.
    pub async fn let_be(&self, member: Member) {
        self.keeper.decide(&self.ledger, &member.into()).await;
    }

    pub async fn sync_as(&self, replica: &Replica, member: MemberId) -> Synced {
        replica
            .sync_once(&self.ledger.seen_by(member), self.now())
            .await
            .expect("the ledger is in reach")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Acts and expects the rules to say yes.
    pub async fn act(&self, replica: &Replica, body: Body) -> safetalk_replica::Acted {
        replica
            .act(body, OWNER, self.now())
            .await
            .expect("the rules allow it")
    }

    pub async fn sync(&self, replica: &Replica) -> Synced {
        replica
            .sync_once(&self.ledger, self.now())
            .await
            .expect("the ledger is in reach")
    }
}

pub fn set_up() -> Body {
    Body::SetUpClinic(SetUpClinic {
        clinic: Clinic {
            id: CLINIC,
            facts: ClinicFacts {
                country: "MY".to_owned(),
                zone: "Asia/Kuala_Lumpur".parse().expect("a zone"),
                currency: Currency::MYR,
                first_weekday: 0,
                plan: Plan::FULL,
                mail_ready: true,
                mail_since: None,
                demo: false,
                due_days: 7,
                next_invoice: 1,
                late_cancel_hours: 24,
                late_cancel_fee: None,
                no_show_fee: None,
            },
            details: ClinicDetails {
                name: "Harbour Clinic".to_owned(),
                invoice_prefix: "INV-".to_owned(),
                ..ClinicDetails::default()
            },
        },
        member: Member {
            id: OWNER,
            facts: MemberFacts {
                grants: Grant::ALL.into_iter().collect(),
                standing: Standing::Active,
                therapist: Some(ANN),
            },
            details: MemberDetails {
                name: "Ann".to_owned(),
            },
        },
        therapists: [ANN, BEN].map(therapist).into(),
        rooms: vec![room(ROOM_1, 0), room(ROOM_2, 15)],
        services: vec![service()],
        hours: Vec::new(),
    })
}

fn therapist(id: TherapistId) -> Therapist {
    Therapist {
        id,
        facts: TherapistFacts {
            buffer_minutes: 0,
            archived: false,
        },
        details: TherapistDetails {
            name: Detail::new("Therapist".to_owned()),
            hue: Hue::Sky,
            link: None,
        },
    }
}

fn room(id: RoomId, turnover_minutes: u16) -> Room {
    Room {
        id,
        facts: RoomFacts {
            turnover_minutes,
            archived: false,
        },
        details: RoomDetails {
            name: Detail::new("Room".to_owned()),
            note: None,
        },
    }
}

fn service() -> Service {
    Service {
        id: TALK,
        facts: ServiceFacts {
            minutes: 60,
            price: None,
            buffer_before: 0,
            buffer_after: 0,
            may_be_online: true,
            step_minutes: 15,
            archived: false,
        },
        details: ServiceDetails {
            name: Detail::new("Talk".to_owned()),
        },
    }
}

pub fn add_maya() -> Body {
    add_client(MAYA, MAYAS_NAME)
}

pub fn add_client(client: ClientId, name: &str) -> Body {
    Body::AddClient(AddClient {
        client,
        record: ClientRecord {
            full_name: name.to_owned(),
            called: String::new(),
            email: Some(format!("{}@example.org", client.uuid().as_u128())),
            phones: vec!["+60123456789".to_owned()],
            guardian: None,
            guardian_receives: false,
            may_email: true,
            may_whatsapp: false,
            do_not_contact: false,
            language: Language::En,
            usual_therapist: None,
            usual_service: None,
            usual_room: None,
            archived: false,
        },
    })
}

/// A change of a client's record that changes nothing yet.
pub fn edit_client(client: ClientId) -> EditClient {
    EditClient {
        client,
        full_name: None,
        called: None,
        email: None,
        phones: None,
        guardian: None,
        guardian_receives: None,
        may_email: None,
        may_whatsapp: None,
        do_not_contact: None,
        language: None,
        usual_therapist: None,
        usual_service: None,
        usual_room: None,
        archived: None,
        read_at: None,
    }
}

/// A member who is not the owner.
pub fn member(n: u128, therapist: Option<TherapistId>, grants: &[Grant]) -> Member {
    Member {
        id: MemberId(Uuid::from_u128(0x2100 + n)),
        facts: MemberFacts {
            grants: grants.iter().copied().collect(),
            standing: Standing::Active,
            therapist,
        },
        details: MemberDetails {
            name: format!("Member {n}"),
        },
    }
}

pub fn session(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(0x7000 + n))
}

/// `hours` after the beginning of the test, for an hour.
pub fn hour(hours: i64) -> Interval {
    let start = BEGIN.plus_hours(hours);
    Interval::new(start, start.plus_minutes(60))
}

pub fn slot(at: Interval, therapist: TherapistId, place: Place) -> Slot {
    Slot {
        at,
        place,
        therapist,
        co_therapists: Vec::new(),
        place_text: None,
    }
}

pub fn with_ann(at: Interval) -> Slot {
    slot(at, ANN, Place::Room(ROOM_1))
}

pub fn book(id: SessionId, slot: Slot) -> Body {
    Body::BookSession(BookSession {
        session: id,
        client: MAYA,
        more_clients: Vec::new(),
        service: TALK,
        slot,
        price: None,
        invoice: None,
        bill: None,
        notify: true,
        anyway: Anyway::default(),
    })
}

/// Maya and Jon, with Ann and Ben.
pub fn book_together(id: SessionId, at: Interval) -> Body {
    let Body::BookSession(body) = book(id, with_ann(at)) else {
        unreachable!("a booking");
    };
    Body::BookSession(BookSession {
        more_clients: vec![JON],
        slot: Slot {
            co_therapists: vec![BEN],
            ..body.slot
        },
        ..body
    })
}

pub fn cancel(id: SessionId) -> Body {
    Body::CancelSession(CancelSession {
        session: id,
        remark: None,
        remark_to_client: false,
        by: CancelledBy::Client,
        invoice: InvoiceFate::Keep,
        bill: None,
        notify: true,
    })
}

pub fn reschedule(session: &Session, to: Slot) -> Body {
    Body::RescheduleSession(RescheduleSession {
        session: session.id,
        guard: session.facts.guard(),
        to,
        notify: true,
        hold_seconds: 0,
        anyway: Anyway::default(),
    })
}

pub fn remark(id: SessionId, text: &str) -> Body {
    Body::AddRemark(AddRemark {
        session: id,
        text: text.to_owned(),
    })
}

/// Closes a device's file and lets go of it, as when the app is quit.
pub async fn quit(replica: Replica) {
    replica.close().await;
}

/// A session as a device shows it.
pub async fn shown(replica: &Replica, id: SessionId) -> Option<Session> {
    replica.row::<Session>(id).await.expect("the replica reads")
}

/// Every row of a store under a name (`{kind}`, `{kind}_base`), without positions.
pub async fn rows_of(pool: &sqlx::SqlitePool, name: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let sql = format!(
            "select body from {} order by id",
            name.replace("{kind}", kind.table())
        );
        let bodies: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await
            .expect("every kind has this table");
        rows.extend(
            bodies
                .iter()
                .map(|body| Row::from_body(kind, body).expect("a kept body is understood")),
        );
    }
    rows
}

/// What the ledger holds, as a device that pulls everything gets it, in the order of kinds and ids.
pub async fn ledger_rows(ledger: &Ledger) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut request = PullRequest {
        protocol: PROTOCOL,
        device: DeviceId(Uuid::from_u128(0xdef)),
        known: Known::NOTHING,
        acknowledged: None,
        scope: 0,
        upto: None,
        after: None,
        limit: MOST_ROWS,
    };
    loop {
        let answer = ledger
            .pull(request.clone())
            .await
            .expect("a ledger in reach");
        let PullAnswer::Page(page) = answer else {
            panic!("who knows nothing can be told everything: {answer:?}");
        };
        request.upto = Some(page.upto);
        request.after = page.after();
        request.scope = page.scope;
        rows.extend(page.rows.into_iter().map(|(_, row)| row));
        if page.done {
            break;
        }
    }
    rows.sort_by_key(|row| (row.kind(), row.id()));
    rows
}

/// What a device shows.
pub async fn screen(replica: &Replica) -> Vec<Row> {
    rows_of(replica.vault().readers(), "{kind}").await
}

/// Looks for a double booking among sessions, without asking any rule of the house.
pub fn assert_no_double_booking(rows: &[Row]) {
    if let Some(found) = double_booking(rows) {
        panic!("{found}");
    }
}

/// A double booking among sessions, if there is one.
pub fn double_booking(rows: &[Row]) -> Option<String> {
    let sessions: Vec<&Session> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Session(session) if session.facts.status != SessionStatus::Cancelled => {
                Some(session)
            }
            _ => None,
        })
        .collect();
    let until = |s: &Session| s.facts.freed_from.unwrap_or(s.facts.at.end).0;
    for (i, a) in sessions.iter().enumerate() {
        let therapists: BTreeSet<_> = a.facts.therapists().collect();
        if therapists.len() != a.facts.therapists().count() {
            return Some(format!("somebody leads a session twice: {a:?}"));
        }
        for b in &sessions[i + 1..] {
            let (from_a, from_b) = (a.facts.at.start.0, b.facts.at.start.0);
            let both = a
                .facts
                .therapists()
                .any(|of_a| b.facts.therapists().any(|of_b| of_a == of_b));
            if both && until(a) > from_b && until(b) > from_a {
                return Some(format!(
                    "a therapist is in two sessions at once: {a:?} and {b:?}"
                ));
            }
            if let (Place::Room(room), Place::Room(other)) = (a.facts.place, b.facts.place)
                && room == other
            {
                let ready = |s: &Session| until(s) + i64::from(s.facts.turnover_minutes) * 60;
                if ready(a) > from_b && ready(b) > from_a {
                    return Some(format!(
                        "a room is in two sessions at once, or not ready: {a:?} and {b:?}"
                    ));
                }
            }
        }
    }
    None
}

/// Copies a store's files as they lie on disk, as a person who clones a computer does.
pub fn copy_files(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        if name(from).exists() {
            std::fs::copy(name(from), name(to)).expect("the folder takes a copy");
        }
    }
}
