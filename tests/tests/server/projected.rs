//! What a server sends a member who may not see everything, and what it does not.

use crate::seen::may_see;
use crate::table::*;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_remote::Remote;
use safetalk_replica::Replica;
use safetalk_tests::server::TestServer;
use safetalk_wire::*;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

const ANNS: &str = "ann@example.org";
const BENS: &str = "ben@example.org";
const BEN_SIGNED_IN: MemberId = MemberId(Uuid::from_u128(0x2b));

/// A clinic on a server: Ann, who may do everything, and Ben, who may act on his own sessions, each with a computer.
struct House {
    server: TestServer,
    clock: Hand,
    ann: (Replica, Arc<Remote>),
    ben: (Replica, Arc<Remote>),
    _folder: TempDir,
}

impl House {
    async fn open() -> Self {
        let clock = Hand::new();
        let database = crate::kept::database().await;
        let server = TestServer::start_on(database, Arc::new(clock.clone()))
            .await
            .unwrap();
        let Body::SetUpClinic(set_up) = set_up() else {
            unreachable!("the table sets a clinic up")
        };
        let folder = tempfile::tempdir().unwrap();
        let computer = server.clinic(set_up, ANNS).await.unwrap();
        let line = server.line(&computer, server.address).unwrap();
        let path = |name: &str| folder.path().join(name);
        let ann = (
            Replica::create(&path("ann.db"), &key()).await.unwrap(),
            line,
        );
        sync(&ann, &clock).await;
        for body in [
            add_maya(),
            add_client(JON, "Jon Abdullah"),
            ben_may(None, &[Grant::OwnSessions]),
        ] {
            act(&ann, OWNER, &clock, body).await;
        }
        sync(&ann, &clock).await;
        server.login(CLINIC, BEN_SIGNED_IN, BENS).await.unwrap();
        let computer = server.sign_in(BENS).await.unwrap();
        let line = server.line(&computer, server.address).unwrap();
        let ben = (
            Replica::create(&path("ben.db"), &key()).await.unwrap(),
            line,
        );
        Self {
            server,
            clock,
            ann,
            ben,
            _folder: folder,
        }
    }

    async fn ledger(&self) -> safetalk_ledger::Ledger {
        self.server.house.ledgers.of(CLINIC).await.unwrap()
    }

    /// Ben's computer has caught up, and holds what he may see.
    async fn ben_holds_what_he_may_see(&self) {
        sync(&self.ben, &self.clock).await;
        let all = ledger_rows(&self.ledger().await).await;
        assert_eq!(screen(&self.ben.0).await, may_see(&all, BEN_SIGNED_IN));
    }
}

async fn sync((replica, line): &(Replica, Arc<Remote>), clock: &Hand) {
    let upstream: &dyn Upstream = line.as_ref();
    replica.sync_once(upstream, clock.now()).await.unwrap();
}

async fn act((replica, _): &(Replica, Arc<Remote>), who: MemberId, clock: &Hand, body: Body) {
    replica
        .act(body, who, clock.now())
        .await
        .expect("the rules allow it");
}

/// Ben, as he is let be after he was as `before` says.
fn ben_may(before: Option<&[Grant]>, grants: &[Grant]) -> Body {
    let guard = before.map(|grants| {
        let facts = MemberFacts {
            grants: grants.iter().copied().collect(),
            standing: Standing::Active,
            therapist: Some(BEN),
        };
        facts.guard()
    });
    Body::SaveMember(SaveMember {
        member: BEN_SIGNED_IN,
        guard,
        name: "Ben".to_owned(),
        grants: grants.iter().copied().collect(),
        therapist: Some(BEN),
    })
}

fn jon_with_ben(n: u128, hours: i64) -> Body {
    let Body::BookSession(body) = book(session(n), slot(hour(hours), BEN, Place::Room(ROOM_1)))
    else {
        unreachable!("a booking");
    };
    Body::BookSession(BookSession {
        client: JON,
        ..body
    })
}

#[tokio::test]
async fn a_therapist_is_sent_their_own_sessions_and_not_a_word_of_who_comes_to_others() {
    let house = House::open().await;
    let ann = &house.ann;
    act(
        ann,
        OWNER,
        &house.clock,
        book(session(1), with_ann(hour(30))),
    )
    .await;
    act(ann, OWNER, &house.clock, remark(session(1), "sleeps badly")).await;
    act(ann, OWNER, &house.clock, jon_with_ben(2, 30 + 2)).await;
    sync(ann, &house.clock).await;
    house.ben_holds_what_he_may_see().await;
    assert!(shown(&house.ben.0, session(2)).await.is_some(), "his");

    // Whatever he says he knows, and wherever he says his page begins.
    let head = house.ledger().await.head().await.unwrap();
    let mut asked = vec![Known::NOTHING];
    asked.extend((1..=head.position).map(|cursor| Known {
        epoch: Some(head.epoch),
        cursor,
        mark: if cursor == head.position {
            head.mark
        } else {
            NO_MARK
        },
    }));
    for known in asked {
        for scope in 0..=u32::try_from(head.position).unwrap() {
            for after in [
                None,
                Some(Kind::Client),
                Some(Kind::Session),
                Some(Kind::Notice),
            ] {
                let answer = house
                    .ben
                    .1
                    .pull(PullRequest {
                        protocol: PROTOCOL,
                        device: DeviceId(Uuid::from_u128(0xbe)),
                        known,
                        acknowledged: None,
                        scope,
                        upto: None,
                        after: after.map(|kind| After {
                            kind,
                            position: 0,
                            id: Uuid::nil(),
                        }),
                        limit: 1_000,
                    })
                    .await
                    .unwrap();
                let text = serde_json::to_string(&answer).unwrap();
                for secret in [MAYAS_NAME, "sleeps badly", &MAYA.to_string()] {
                    assert!(!text.contains(secret), "{secret}: {text}");
                }
            }
        }
    }

    // A taken slot is refused by what holds it, and not by whom.
    let (replica, line) = &house.ben;
    let push = PushRequest {
        protocol: PROTOCOL,
        device: replica.status().await.unwrap().device,
        known: Known::NOTHING,
        acknowledged_n: 0,
        batch: vec![Numbered {
            n: 1,
            pulled_at: None,
            intent: Intent {
                id: IntentId(Uuid::now_v7()),
                version: intent::VERSION,
                actor: Actor::Member(BEN_SIGNED_IN),
                made_at: house.clock.now(),
                seen: 0,
                depends: Vec::new(),
                undoes: None,
                body: jon_with_ben(3, 30),
            },
        }],
    };
    let answer = line.push(push).await.unwrap();
    let text = serde_json::to_string(&answer).unwrap();
    assert!(text.contains("not_available"), "{text}");
    assert!(
        !text.contains(&MAYA.to_string()) && !text.contains(MAYAS_NAME),
        "{text}"
    );
}

#[tokio::test]
async fn who_loses_a_grant_over_the_network_keeps_no_row_and_gets_back_what_they_wanted() {
    let house = House::open().await;
    act(&house.ann, OWNER, &house.clock, jon_with_ben(1, 30)).await;
    sync(&house.ann, &house.clock).await;
    house.ben_holds_what_he_may_see().await;
    act(
        &house.ben,
        BEN_SIGNED_IN,
        &house.clock,
        remark(session(1), "rang twice"),
    )
    .await;
    act(
        &house.ann,
        OWNER,
        &house.clock,
        ben_may(Some(&[Grant::OwnSessions]), &[]),
    )
    .await;
    sync(&house.ann, &house.clock).await;
    house.ben_holds_what_he_may_see().await;
    let rows = screen(&house.ben.0).await;
    assert!(
        rows.iter()
            .all(|row| !matches!(row, Row::Client(_) | Row::Session(_))),
        "erased"
    );
    let refused = house.ben.0.refused().await.unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        refused[0].refusal,
        Refusal::NotPermitted {
            grant: Grant::OwnSessions
        }
    );
}
