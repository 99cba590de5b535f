//! What every computer holds after a pull is what its member may see, and nothing else: random clinics, grants, actions and
//! bad lines, against a projection that is computed here from all rows at once, without links, positions or scopes.

use crate::seen::may_see;
use crate::table::*;
use crate::upstreams::{Bad, Line};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_replica::{ActError, Replica};
use uuid::Uuid;

const CLIENTS: [ClientId; 3] = [MAYA, JON, ClientId(Uuid::from_u128(0x62))];
/// Members beside the owner. The first two are alike whatever happens.
const MEMBERS: usize = 4;
/// The grants that have to do with what is seen, and one that has not.
const GRANTS: [Grant; 7] = [
    Grant::OwnSessions,
    Grant::OrganisationSessions,
    Grant::ViewClients,
    Grant::ManageClients,
    Grant::ManageMembers,
    Grant::ManageClinic,
    Grant::BookOutsideAvailability,
];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    /// Someone's grants, therapist and standing are others.
    Is {
        who: usize,
        grants: u8,
        therapist: u8,
        active: bool,
    },
    /// Someone wants something on their computer.
    Act(usize, Want),
    /// Their computer syncs.
    Sync(usize, Line, Vec<Line>),
}

/// What someone may want, in a small world so that wishes meet.
#[derive(Clone, Debug)]
enum Want {
    Book {
        n: u128,
        clients: u8,
        therapists: u8,
        hour: i64,
    },
    Move {
        n: u128,
        therapists: u8,
        hour: i64,
    },
    Cancel(u128),
    Remark(u128),
    Usual {
        client: usize,
        therapist: u8,
    },
    Bill {
        n: u128,
        client: usize,
        session: Option<u128>,
    },
    Away {
        n: u128,
        therapist: u8,
        hour: i64,
    },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let n = 0_u128..6;
    let hour = 1_i64..8;
    let client = 0_usize..CLIENTS.len();
    let want = prop_oneof![
        5 => (n.clone(), 0_u8..5, 0_u8..4, hour.clone())
            .prop_map(|(n, clients, therapists, hour)| Want::Book { n, clients, therapists, hour }),
        5 => (n.clone(), 0_u8..4, hour.clone())
            .prop_map(|(n, therapists, hour)| Want::Move { n, therapists, hour }),
        1 => n.clone().prop_map(Want::Cancel),
        2 => n.clone().prop_map(Want::Remark),
        3 => (client.clone(), 0_u8..3).prop_map(|(client, therapist)| Want::Usual { client, therapist }),
        3 => (n.clone(), client, proptest::option::of(n.clone()))
            .prop_map(|(n, client, session)| Want::Bill { n, client, session }),
        1 => (0_u128..3, 0_u8..3, hour)
            .prop_map(|(n, therapist, hour)| Want::Away { n, therapist, hour }),
    ];
    let line = prop_oneof![
        6 => Just(Line::Good),
        1 => Just(Line::Down),
        1 => Just(Line::AnswerLost),
        1 => Just(Line::Twice),
    ];
    // The owner is 0, and does most of what is done.
    let somebody = prop_oneof![2 => Just(0), 3 => 0..=MEMBERS];
    let event = prop_oneof![
        2 => (1..=MEMBERS, any::<u8>(), 0_u8..3, 0_u8..8).prop_map(|(who, grants, therapist, off)| Event::Is {
            who,
            grants,
            therapist,
            active: off > 0,
        }),
        7 => (somebody, want).prop_map(|(who, want)| Event::Act(who, want)),
        5 => (0..=MEMBERS, line.clone(), proptest::collection::vec(line, 0..4))
            .prop_map(|(who, push, pulls)| Event::Sync(who, push, pulls)),
    ];
    proptest::collection::vec(event, 8..48)
}

fn therapist_of(n: u8) -> Option<TherapistId> {
    [None, Some(ANN), Some(BEN)][usize::from(n) % 3]
}

impl Want {
    async fn body(&self, replica: &Replica) -> Option<Body> {
        let slot_of = |therapists: u8, hours: i64| Slot {
            co_therapists: match therapists {
                2 => vec![BEN],
                3 => vec![ANN],
                _ => Vec::new(),
            },
            ..slot(
                hour(hours),
                if therapists.is_multiple_of(2) {
                    ANN
                } else {
                    BEN
                },
                Place::Elsewhere,
            )
        };
        Some(match *self {
            Self::Book {
                n,
                clients,
                therapists,
                hour,
            } => {
                let Body::BookSession(body) = book(session(n), slot_of(therapists, hour)) else {
                    unreachable!("a booking");
                };
                let which = usize::from(clients) % CLIENTS.len();
                Body::BookSession(BookSession {
                    client: CLIENTS[which],
                    more_clients: (clients > 2)
                        .then(|| CLIENTS[(which + 1) % CLIENTS.len()])
                        .into_iter()
                        .collect(),
                    slot: Slot {
                        place_text: Some("The park".to_owned()),
                        ..body.slot
                    },
                    ..body
                })
            }
            Self::Move {
                n,
                therapists,
                hour,
            } => {
                let now = shown(replica, session(n)).await?;
                reschedule(
                    &now,
                    Slot {
                        place_text: Some("The park".to_owned()),
                        ..slot_of(therapists, hour)
                    },
                )
            }
            Self::Cancel(n) => cancel(session(n)),
            Self::Remark(n) => remark(session(n), "a remark"),
            Self::Usual { client, therapist } => Body::EditClient(EditClient {
                usual_therapist: Some(therapist_of(therapist)),
                ..edit_client(CLIENTS[client])
            }),
            Self::Bill {
                n,
                client,
                session: of,
            } => Body::DraftInvoice(DraftInvoice {
                invoice: InvoiceId(Uuid::from_u128(0x8000 + n)),
                client: CLIENTS[client],
                session: of.map(session),
                amount: Money::new(15_000, Currency::MYR),
                due: None,
                text: String::new(),
            }),
            Self::Away {
                n,
                therapist,
                hour: at,
            } => Body::AddTimeOff(AddTimeOff {
                time_off: TimeOffId(Uuid::from_u128(0x9000 + n)),
                owner: therapist_of(therapist).map_or(Owner::Clinic(CLINIC), Owner::Therapist),
                at: hour(at),
                label: "Surgery".to_owned(),
            }),
        })
    }
}

/// A member's computer, and everything it was ever shown since it last held exactly what it should.
struct Computer {
    who: MemberId,
    replica: Replica,
    shown: Vec<Row>,
}

impl Computer {
    async fn file(&self) -> (Vec<Row>, Vec<Row>) {
        let readers = self.replica.vault().readers();
        let staged: Vec<(String, String)> =
            sqlx::query_as("select kind, body from staging where body <> 'null'")
                .fetch_all(readers)
                .await
                .unwrap();
        let staged = staged.iter().map(|(kind, body)| {
            let kind = Kind::ALL.iter().find(|known| known.table() == kind);
            Row::from_body(*kind.expect("a kind"), body).unwrap()
        });
        (rows_of(readers, "{kind}_base").await, staged.collect())
    }

    /// Syncs over a line, and looks at what is in the file then.
    async fn sync(&mut self, table: &Table, push: Line, pulls: &[Line]) {
        let mut line = Bad::before(table.ledger.seen_by(self.who), &[push], pulls);
        line.page = 7;
        let done = self.replica.sync_once(&line, table.now()).await;
        let seen = may_see(&ledger_rows(&table.ledger).await, self.who);
        let (base, staged) = self.file().await;
        if done.is_ok() {
            assert_eq!(
                by_id(base),
                by_id(seen.clone()),
                "what {} may see, and nothing else",
                self.who
            );
            assert_eq!(staged, Vec::new(), "and nothing lies aside");
            assert_eq!(self.replica.waiting().await.unwrap().actions, 0);
            self.shown = seen;
        } else {
            self.shown.extend(seen);
            for row in base.into_iter().chain(staged) {
                assert!(
                    self.shown.contains(&row),
                    "{} was never to see {row:?}",
                    self.who
                );
            }
        }
    }
}

fn by_id(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| (row.kind(), row.id()));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_every_pull_a_computer_holds_what_its_member_may_see_and_not_one_row_more(events in events()) {
        let run = tokio::runtime::Runtime::new().unwrap();
        run.block_on(async {
            let (table, first) = Table::with_clinic().await;
            for client in &CLIENTS[1..] {
                table.act(&first, add_client(*client, &client.to_string())).await;
            }
            table.sync(&first).await;
            let shown = rows_of(first.vault().readers(), "{kind}_base").await;
            let mut computers = vec![Computer { who: OWNER, replica: first, shown }];
            for n in 1..=MEMBERS {
                let name = format!("device {n}");
                let who = member(n as u128, Some(BEN), &[Grant::OwnSessions]);
                table.let_be(who.clone()).await;
                computers.push(Computer {
                    who: who.id,
                    replica: Replica::create(&table.path(&name), &key()).await.unwrap(),
                    shown: Vec::new(),
                });
            }
            for event in events {
                match event {
                    Event::Is { who, grants, therapist, active } => {
                        let grants: Vec<Grant> = GRANTS
                            .into_iter()
                            .enumerate()
                            .filter(|(bit, _)| grants >> bit & 1 == 1)
                            .map(|(_, grant)| grant)
                            .collect();
                        for twin in if who < 3 { vec![1, 2] } else { vec![who] } {
                            let mut now = member(twin as u128, therapist_of(therapist), &grants);
                            if !active {
                                now.facts.standing = Standing::Suspended;
                            }
                            table.let_be(now).await;
                        }
                    }
                    Event::Act(who, want) => {
                        let computer = &computers[who];
                        let Some(body) = want.body(&computer.replica).await else { continue };
                        match computer.replica.act(body, computer.who, table.now()).await {
                            Ok(_) | Err(ActError::Refused(_)) => {}
                            Err(ActError::Store(error)) => panic!("the store failed: {error}"),
                        }
                    }
                    Event::Sync(who, push, pulls) => computers[who].sync(&table, push, &pulls).await,
                }
            }
            for who in (0..=MEMBERS).chain(0..=MEMBERS) {
                computers[who].sync(&table, Line::Good, &[]).await;
            }
            let of = async |who: usize| {
                let mut rows = screen(&computers[who].replica).await;
                rows.retain(|row| row.kind() != Kind::Member);
                rows
            };
            assert_eq!(of(1).await, of(2).await, "who may see the same sees the same");
            assert_no_double_booking(&ledger_rows(&table.ledger).await);
        });
    }
}
