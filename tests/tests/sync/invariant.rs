//! The replica's invariant: screen = base as pulled + outbox decided again, whatever happens in which order.
//!
//! The right side is computed here from the raw tables by a store of its own in memory, so that a mistake in the
//! replica's views, queries or overlay shows.

use crate::table::*;
use crate::upstreams::{Bad, Line};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use safetalk_domain::gather::{Lookup, gather};
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_replica::{Draft, Replica};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use uuid::Uuid;

/// One thing a person may want, in a small world so that wishes meet.
#[derive(Clone, Debug)]
pub enum Wish {
    Book {
        n: u128,
        hour: i64,
        ann: bool,
        both: bool,
        place: u8,
        minutes: i64,
    },
    Cancel(u128),
    Restore(u128),
    Move {
        n: u128,
        hour: i64,
        ann: bool,
        both: bool,
        place: u8,
    },
    Extend {
        n: u128,
        minutes: i64,
    },
    NoShow {
        n: u128,
        free_rest: bool,
    },
    UndoNoShow(u128),
    Remark(u128),
    Confirm(u128, bool),
    Rename(u8),
    Series {
        n: u128,
        hour: i64,
        ann: bool,
        place: u8,
    },
    CancelSeries(u128),
    ExtendBilled {
        n: u128,
        minutes: i64,
    },
    Invoice {
        n: u128,
        step: u8,
    },
    Remind(u128),
    Hours {
        ann: bool,
        from: u16,
    },
    Away {
        n: u128,
        hour: i64,
        owner: u8,
    },
    Back(u128),
    UndoLast,
    Wait(i64),
}

pub fn wishes(most: usize) -> impl Strategy<Value = Vec<Wish>> {
    let n = 0_u128..8;
    let hour = -2_i64..8;
    let wish = prop_oneof![
        6 => (n.clone(), hour.clone(), any::<bool>(), 0_u8..4, 0_u8..4, 1_i64..8)
            .prop_map(|(n, hour, ann, both, place, quarters)| {
                Wish::Book { n, hour, ann, both: both == 0, place, minutes: quarters * 15 }
            }),
        3 => n.clone().prop_map(Wish::Cancel),
        2 => n.clone().prop_map(Wish::Restore),
        4 => (n.clone(), hour.clone(), any::<bool>(), 0_u8..4, 0_u8..4)
            .prop_map(|(n, hour, ann, both, place)| Wish::Move { n, hour, ann, both: both == 0, place }),
        3 => (n.clone(), 1_i64..10).prop_map(|(n, quarters)| Wish::Extend { n, minutes: quarters * 15 }),
        2 => (n.clone(), any::<bool>()).prop_map(|(n, free_rest)| Wish::NoShow { n, free_rest }),
        1 => n.clone().prop_map(Wish::UndoNoShow),
        2 => n.clone().prop_map(Wish::Remark),
        1 => (n.clone(), any::<bool>()).prop_map(|(n, confirmed)| Wish::Confirm(n, confirmed)),
        1 => any::<u8>().prop_map(Wish::Rename),
        2 => (0_u128..3, hour.clone(), any::<bool>(), 0_u8..4)
            .prop_map(|(n, hour, ann, place)| Wish::Series { n, hour, ann, place }),
        1 => (0_u128..3).prop_map(Wish::CancelSeries),
        1 => (n.clone(), 1_i64..10)
            .prop_map(|(n, quarters)| Wish::ExtendBilled { n, minutes: quarters * 15 }),
        3 => (n.clone(), 0_u8..4).prop_map(|(n, step)| Wish::Invoice { n, step }),
        1 => n.clone().prop_map(Wish::Remind),
        1 => (any::<bool>(), 0_u16..12).prop_map(|(ann, from)| Wish::Hours { ann, from: from * 60 }),
        1 => (0_u128..3, hour, 0_u8..3).prop_map(|(n, hour, owner)| Wish::Away { n, hour, owner }),
        1 => (0_u128..3).prop_map(Wish::Back),
        2 => Just(Wish::UndoLast),
        1 => (1_i64..90).prop_map(Wish::Wait),
    ];
    proptest::collection::vec(wish, 1..most)
}

fn place(n: u8) -> Place {
    match n {
        0 => Place::Room(ROOM_1),
        1 | 2 => Place::Room(ROOM_2),
        _ => Place::Online,
    }
}

/// How many sessions a repetition has.
const OCCURRENCES: u128 = 3;

fn occurrences(n: u128) -> impl Iterator<Item = SessionId> {
    (0..OCCURRENCES).map(move |one| session(100 + n * 10 + one))
}

fn series(n: u128) -> SeriesId {
    SeriesId(Uuid::from_u128(0x5e00 + n))
}

fn invoice(n: u128) -> InvoiceId {
    InvoiceId(Uuid::from_u128(0x8000 + n))
}

fn away(n: u128) -> TimeOffId {
    TimeOffId(Uuid::from_u128(0x9000 + n))
}

fn ringgit(amount: i64) -> Money {
    Money::new(amount * 100, Currency::MYR)
}

/// One step in the life of an invoice of a session.
fn billed(n: u128, step: u8) -> Body {
    let invoice = invoice(n);
    match step {
        0 => Body::DraftInvoice(DraftInvoice {
            invoice,
            client: MAYA,
            session: Some(session(n)),
            amount: ringgit(150),
            due: None,
            text: String::new(),
        }),
        1 => Body::IssueInvoice(IssueInvoice { invoice }),
        2 => Body::PayInvoice(PayInvoice {
            invoice,
            paid: Some(Paid {
                on: "2026-03-20".parse().unwrap(),
                method: PayMethod::Cash,
            }),
        }),
        _ => Body::VoidInvoice(VoidInvoice { invoice }),
    }
}

impl Wish {
    /// Acts it out, or finds that the rules say no; both are fine.
    pub async fn act(&self, table: &Table, replica: &Replica) {
        let seen = |n: u128| shown(replica, session(n));
        let therapist = |ann: bool| if ann { ANN } else { BEN };
        let with = |hours: i64, minutes: i64, (ann, both): (bool, bool), at: u8| {
            let start = BEGIN.plus_hours(hours);
            Slot {
                co_therapists: both.then(|| therapist(!ann)).into_iter().collect(),
                place_text: (place(at) == Place::Online)
                    .then(|| "https://call.example.org".to_owned()),
                ..slot(
                    Interval::new(start, start.plus_minutes(minutes)),
                    therapist(ann),
                    place(at),
                )
            }
        };
        let draft: Draft = match self {
            Self::Book {
                n,
                hour,
                ann,
                both,
                place,
                minutes,
            } => book(session(*n), with(*hour, *minutes, (*ann, *both), *place)).into(),
            Self::Cancel(n) => cancel(session(*n)).into(),
            Self::Restore(n) => Body::RestoreSession(RestoreSession {
                session: session(*n),
                notify: true,
                anyway: Anyway::default(),
            })
            .into(),
            Self::Move {
                n,
                hour,
                ann,
                both,
                place,
            } => {
                let Some(now) = seen(*n).await else { return };
                let minutes = now.facts.at.minutes();
                reschedule(&now, with(*hour, minutes, (*ann, *both), *place)).into()
            }
            Self::Extend { n, minutes } => {
                let Some(now) = seen(*n).await else { return };
                Body::ModifyDuration(ModifyDuration {
                    session: now.id,
                    guard: now.facts.guard(),
                    end: now.facts.at.start.plus_minutes(*minutes),
                    notify: false,
                    invoice: None,
                    anyway: Anyway::default(),
                })
                .into()
            }
            Self::NoShow { n, free_rest } => Body::MarkNoShow(MarkNoShow {
                session: session(*n),
                invoice: InvoiceFate::Keep,
                bill: None,
                free_rest: *free_rest,
            })
            .into(),
            Self::UndoNoShow(n) => Body::UndoNoShow(UndoNoShow {
                session: session(*n),
            })
            .into(),
            Self::Remark(n) => remark(session(*n), "a remark").into(),
            Self::Confirm(n, confirmed) => Body::ConfirmSession(ConfirmSession {
                session: session(*n),
                confirmed: *confirmed,
            })
            .into(),
            Self::Rename(n) => {
                let Some(maya) = replica.row::<Client>(MAYA).await.unwrap() else {
                    return;
                };
                Body::EditClient(EditClient {
                    called: Some(Change {
                        value: format!("Maya {n}"),
                        read_at_revision: maya.details.called.revision,
                    }),
                    ..edit_client(MAYA)
                })
                .into()
            }
            Self::Series {
                n,
                hour,
                ann,
                place,
            } => Body::BookSeries(BookSeries {
                series: series(*n),
                client: MAYA,
                more_clients: Vec::new(),
                service: TALK,
                sessions: (0_i64..)
                    .zip(occurrences(*n))
                    .map(|(day, id)| {
                        // Close together, so that each of them meets other wishes.
                        (id, with(hour + day * 2, 60, (*ann, false), *place))
                    })
                    .collect(),
                price: Some(ringgit(150)),
                invoices: Vec::new(),
                bill: None,
                notify: true,
                anyway: Anyway::default(),
            })
            .into(),
            Self::CancelSeries(n) => Body::CancelSeries(CancelSeries {
                series: series(*n),
                sessions: occurrences(*n).collect(),
                by: CancelledBy::Clinic,
                notify: true,
            })
            .into(),
            Self::ExtendBilled { n, minutes } => {
                let Some(now) = seen(*n).await else { return };
                Body::ModifyDuration(ModifyDuration {
                    session: now.id,
                    guard: now.facts.guard(),
                    end: now.facts.at.end.plus_minutes(*minutes),
                    notify: true,
                    invoice: Some(ExtensionInvoice {
                        invoice: invoice(50 + n),
                        amount: ringgit(40),
                        due: "2026-04-03".parse().unwrap(),
                        text: "Added time".to_owned(),
                        send: vec![Channel::Email],
                        bill: None,
                    }),
                    anyway: Anyway::default(),
                })
                .into()
            }
            Self::Invoice { n, step } => billed(*n, *step).into(),
            Self::Remind(n) => Body::SendReminder(SendReminder {
                session: session(*n),
                channel: Channel::Email,
                again: false,
                client: None,
            })
            .into(),
            Self::Hours { ann, from } => Body::SetHours(SetHours {
                owner: Owner::Therapist(therapist(*ann)),
                week: Some(
                    (0..7)
                        .map(|weekday| WeekSpan {
                            weekday,
                            from: *from,
                            to: 24 * 60,
                        })
                        .collect(),
                ),
            })
            .into(),
            Self::Away { n, hour, owner } => Body::AddTimeOff(AddTimeOff {
                time_off: away(*n),
                owner: match owner {
                    0 => Owner::Clinic(CLINIC),
                    1 => Owner::Therapist(ANN),
                    _ => Owner::Room(ROOM_2),
                },
                at: crate::table::hour(*hour),
                label: "Away".to_owned(),
            })
            .into(),
            Self::Back(n) => Body::RemoveTimeOff(RemoveTimeOff { time_off: away(*n) }).into(),
            Self::UndoLast => {
                let Some(draft) = undo_of_last(replica).await else {
                    return;
                };
                draft
            }
            Self::Wait(minutes) => {
                table.clock.forward(*minutes);
                return;
            }
        };
        match replica.act(draft, OWNER, table.now()).await {
            Ok(_) | Err(safetalk_replica::ActError::Refused(_)) => {}
            Err(safetalk_replica::ActError::Store(error)) => panic!("the store failed: {error}"),
        }
    }
}

/// The undo of the last booking or cancellation of this device.
async fn undo_of_last(replica: &Replica) -> Option<Draft> {
    let bodies: Vec<String> = sqlx::query_scalar("select body from outbox order by seq desc")
        .fetch_all(replica.vault().readers())
        .await
        .unwrap();
    bodies.iter().find_map(|body| {
        let intent: Intent = serde_json::from_str(body).unwrap();
        let body = match intent.body {
            Body::BookSession(b) => cancel(b.session),
            Body::CancelSession(b) => Body::RestoreSession(RestoreSession {
                session: b.session,
                notify: true,
                anyway: Anyway::default(),
            }),
            _ => return None,
        };
        Some(Draft {
            body,
            undoes: Some(intent.id),
        })
    })
}

/// A store of rows in memory that answers gathering by looking at everything.
#[derive(Default)]
struct Memory(BTreeMap<(Kind, Uuid), (Row, Position)>);

impl Memory {
    fn every<T: Clone>(&self, pick: impl Fn(&Row) -> Option<&T>) -> Vec<(T, Position)> {
        self.0
            .values()
            .filter_map(|(row, position)| Some((pick(row)?.clone(), *position)))
            .collect()
    }

    fn only<T: Clone>(&self, pick: impl Fn(&Row) -> Option<&T>) -> Vec<T> {
        self.every(pick).into_iter().map(|(row, _)| row).collect()
    }
}

impl Lookup for Memory {
    type Error = Infallible;

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Infallible> {
        Ok(self.0.get(&(kind, id)).cloned())
    }

    async fn clinic(&mut self) -> Result<Option<Clinic>, Infallible> {
        Ok(self
            .only(|row| match row {
                Row::Clinic(c) => Some(c),
                _ => None,
            })
            .pop())
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Occupancy(o) if o.resource == Some(resource) && o.at.meets(window) => Some(o),
            _ => None,
        }))
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Infallible> {
        Ok(self.every(|row| match row {
            Row::TimeOff(o) if o.facts.owner.uuid() == owner && o.facts.at.meets(window) => Some(o),
            _ => None,
        }))
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Notice(n) if n.facts.session == Some(session) => Some(n),
            _ => None,
        }))
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Invoice(i) if i.facts.session == Some(session) => Some(i),
            _ => None,
        }))
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Infallible> {
        Ok(self.only(|row| match row {
            Row::Notice(n) if n.facts.invoice == Some(invoice) => Some(n),
            _ => None,
        }))
    }
}

/// Decides the outbox of a device on its base, in order, each action at the click or at `again`, when all were decided
/// again for the last time.
async fn expected(replica: &Replica, again: Moment) -> Vec<Row> {
    let readers = replica.vault().readers();
    let mut memory = Memory::default();
    for kind in Kind::ALL.iter().copied() {
        let sql = sqlx::AssertSqlSafe(format!("select position, body from {kind}_base"));
        let rows: Vec<(i64, String)> = sqlx::query_as(sql).fetch_all(readers).await.unwrap();
        for (position, body) in rows {
            let row = Row::from_body(kind, &body).unwrap();
            memory.0.insert((kind, row.id()), (row, position));
        }
    }
    let cursor = replica.status().await.unwrap().cursor;
    let outbox: Vec<(String, Option<i64>, Option<i64>)> =
        sqlx::query_as("select body, accepted, position from outbox order by seq")
            .fetch_all(readers)
            .await
            .unwrap();
    let mut refused = BTreeSet::new();
    for (body, accepted, position) in outbox {
        let intent: Intent = serde_json::from_str(&body).unwrap();
        if accepted == Some(0) {
            refused.insert(intent.id);
            continue;
        }
        if accepted == Some(1) && position.is_some_and(|position| position <= cursor) {
            continue;
        }
        if intent
            .depends
            .iter()
            .chain(&intent.undoes)
            .any(|id| refused.contains(id))
        {
            refused.insert(intent.id);
            continue;
        }
        let Ok(world) = gather(&intent, &mut memory).await;
        let clock = Clock {
            made_at: intent.made_at,
            now: again.max(intent.made_at),
        };
        match decide(&intent, &world, &clock) {
            Ok(decision) => {
                for row in decision.rows {
                    memory.0.insert((row.kind(), row.id()), (row, 0));
                }
            }
            Err(_) if accepted.is_none() => drop(refused.insert(intent.id)),
            Err(_) => {}
        }
    }
    memory.0.into_values().map(|(row, _)| row).collect()
}

fn by_id(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| (row.kind(), row.id()));
    rows
}

/// What happens to one of the devices.
#[derive(Clone, Debug)]
enum Event {
    Wishes(usize, Vec<Wish>),
    Sync(usize, Line, Line),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let line = prop_oneof![
        4 => Just(Line::Good),
        1 => Just(Line::Down),
        1 => Just(Line::AnswerLost),
        1 => Just(Line::Twice),
    ];
    let event = prop_oneof![
        (0_usize..2, wishes(6)).prop_map(|(of, wishes)| Event::Wishes(of, wishes)),
        (0_usize..2, line.clone(), line).prop_map(|(of, push, pull)| Event::Sync(of, push, pull)),
    ];
    proptest::collection::vec(event, 4..16)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_screen_is_the_base_as_pulled_and_the_outbox_decided_again(events in events()) {
        let run = tokio::runtime::Runtime::new().unwrap();
        run.block_on(async {
            let (table, first) = Table::with_clinic().await;
            let mut devices = [first, table.device("b").await].map(|replica| Watched {
                replica,
                again: table.now(),
            });
            for event in events {
                match event {
                    Event::Wishes(of, wishes) => {
                        for wish in wishes {
                            wish.act(&table, &devices[of].replica).await;
                            devices[of].shows_what_it_should(&format!("{wish:?}")).await;
                        }
                    }
                    Event::Sync(of, push, pull) => {
                        let mut line = Bad::new(&table.ledger, &[push], &[pull]);
                        line.page = 9;
                        let done = devices[of].replica.sync_once(&line, table.now()).await;
                        devices[of].synced(done.is_ok(), table.now()).await;
                    }
                }
            }
            for device in [0, 1, 0] {
                table.sync(&devices[device].replica).await;
            }
            let held = ledger_rows(&table.ledger).await;
            for Watched { replica, .. } in &devices {
                assert_eq!(screen(replica).await, held, "with nothing waiting, everyone shows the ledger's rows");
                assert_eq!(replica.waiting().await.unwrap().actions, 0, "every action was answered");
            }
            assert_no_double_booking(&held);
        });
    }
}

/// A device, and when it last decided its outbox again.
struct Watched {
    replica: Replica,
    again: Moment,
}

impl Watched {
    async fn shows(&self, again: Moment) -> bool {
        by_id(screen(&self.replica).await) == by_id(expected(&self.replica, again).await)
    }

    async fn shows_what_it_should(&self, after: &str) {
        assert_eq!(
            by_id(screen(&self.replica).await),
            by_id(expected(&self.replica, self.again).await),
            "screen = base + outbox decided again, after {after}"
        );
    }

    /// A sync that came to its end decided all of it again. One that was cut off has or has not: an answer that refuses
    /// something is acted upon at once, and nothing else is before the pull.
    async fn synced(&mut self, done: bool, now: Moment) {
        if done || !self.shows(self.again).await {
            self.again = now;
        }
        self.shows_what_it_should(if done {
            "a sync"
        } else {
            "a sync that was cut off"
        })
        .await;
    }
}

#[tokio::test]
async fn acting_adds_to_the_screen_exactly_what_deciding_the_outbox_gives() {
    let (table, first) = Table::with_clinic().await;
    for wish in [
        Wish::Book {
            n: 1,
            hour: 3,
            both: false,
            ann: true,
            place: 0,
            minutes: 60,
        },
        Wish::Book {
            n: 2,
            hour: 4,
            both: false,
            ann: true,
            place: 1,
            minutes: 30,
        },
        Wish::Move {
            n: 1,
            hour: 6,
            both: false,
            ann: false,
            place: 1,
        },
        Wish::Remark(2),
        Wish::Cancel(2),
        Wish::Book {
            n: 3,
            hour: 4,
            both: false,
            ann: true,
            place: 1,
            minutes: 45,
        },
    ] {
        wish.act(&table, &first).await;
        assert_eq!(
            by_id(screen(&first).await),
            by_id(expected(&first, table.now()).await),
            "after {wish:?}"
        );
    }
}
