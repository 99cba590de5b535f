//! What people may want, in a small world so that wishes meet, and what becomes of a wish at a screen.

use crate::table::*;
use proptest::prelude::*;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_replica::{Draft, Replica};
use uuid::Uuid;

/// What a wish sees before it becomes an action.
pub trait Screen {
    /// A session as it is shown.
    async fn session(&self, id: SessionId) -> Option<Session>;

    /// The client of every session, as shown.
    async fn maya(&self) -> Option<Client>;

    /// What was wanted here, in order.
    async fn outbox(&self) -> Vec<Intent>;

    /// What a remark says.
    fn words(&self) -> String {
        "a remark".to_owned()
    }
}

impl Screen for Replica {
    async fn session(&self, id: SessionId) -> Option<Session> {
        shown(self, id).await
    }

    async fn maya(&self) -> Option<Client> {
        self.row::<Client>(MAYA).await.unwrap()
    }

    async fn outbox(&self) -> Vec<Intent> {
        let bodies: Vec<String> = sqlx::query_scalar("select body from outbox order by seq")
            .fetch_all(self.vault().readers())
            .await
            .unwrap();
        let read = |body: &String| serde_json::from_str(body).unwrap();
        bodies.iter().map(read).collect()
    }
}

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
    /// The action it becomes in front of this screen; none where there is nothing to act on.
    pub async fn draft(&self, screen: &impl Screen) -> Option<Draft> {
        let seen = |n: u128| screen.session(session(n));
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
                let now = seen(*n).await?;
                let minutes = now.facts.at.minutes();
                reschedule(&now, with(*hour, minutes, (*ann, *both), *place)).into()
            }
            Self::Extend { n, minutes } => {
                let now = seen(*n).await?;
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
            Self::Remark(n) => remark(session(*n), &screen.words()).into(),
            Self::Confirm(n, confirmed) => Body::ConfirmSession(ConfirmSession {
                session: session(*n),
                confirmed: *confirmed,
            })
            .into(),
            Self::Rename(n) => {
                let maya = screen.maya().await?;
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
                let now = seen(*n).await?;
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
            Self::UndoLast => screen.outbox().await.iter().rev().find_map(undo_of)?,
            Self::Wait(_) => return None,
        };
        Some(draft)
    }

    /// Acts it out, or finds that the rules say no; both are fine.
    pub async fn act(&self, table: &Table, replica: &Replica) {
        if let Self::Wait(minutes) = self {
            table.clock.forward(*minutes);
        }
        let Some(draft) = self.draft(replica).await else {
            return;
        };
        match replica.act(draft, OWNER, table.now()).await {
            Ok(_) | Err(safetalk_replica::ActError::Refused(_)) => {}
            Err(safetalk_replica::ActError::Store(error)) => panic!("the store failed: {error}"),
        }
    }
}

/// What takes a booking or a cancellation back.
fn undo_of(intent: &Intent) -> Option<Draft> {
    let body = match &intent.body {
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
}
