//! Members of a clinic on a server: who is let in follows what its ledger says of them, from the next request on.

use crate::table::*;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_remote::Remote;
use safetalk_tests::server::{Computer, PASSWORD, TestServer};
use safetalk_wire::http::{MemberAccess, TotpCode};
use safetalk_wire::*;
use std::sync::Arc;
use uuid::Uuid;

const ANNS: &str = "ann@example.org";
const CARAS: &str = "cara@example.org";
const CARA: MemberId = MemberId(Uuid::from_u128(0x2a));

/// A server with the clinic of the table, its owner's line, and Cara, who may see everything and has an account.
struct Office {
    server: TestServer,
    clock: Hand,
    owner: Arc<Remote>,
    n: i64,
}

impl Office {
    async fn open() -> Self {
        let clock = Hand::new();
        let database = crate::kept::database().await;
        let server = TestServer::start_on(database, Arc::new(clock.clone()))
            .await
            .unwrap();
        let Body::SetUpClinic(set_up) = set_up() else {
            unreachable!("the table sets a clinic up")
        };
        let computer = server.clinic(set_up, ANNS).await.unwrap();
        let owner = server.line(&computer, server.address).unwrap();
        let mut office = Self {
            server,
            clock,
            owner,
            n: 0,
        };
        let cara = SaveMember {
            member: CARA,
            guard: None,
            name: "Cara".to_owned(),
            grants: [Grant::OrganisationSessions, Grant::ViewClients].into(),
            therapist: None,
        };
        office.acts(Body::SaveMember(cara)).await;
        office
    }

    /// The owner does it, and it is accepted.
    async fn acts(&mut self, body: Body) {
        self.n += 1;
        let request = PushRequest {
            protocol: PROTOCOL,
            device: DeviceId(Uuid::from_u128(0xa)),
            known: Known::NOTHING,
            acknowledged_n: 0,
            batch: vec![Numbered {
                n: self.n,
                pulled_at: None,
                intent: self.intent(OWNER, body),
            }],
        };
        let answer = self.owner.push(request).await.unwrap();
        let PushAnswer::Answered { verdicts, .. } = answer else {
            panic!("the owner's computer counts on");
        };
        assert_eq!(verdicts[0].outcome.refusal(), None);
    }

    async fn stand(&mut self, standing: Standing) {
        let member = CARA;
        self.acts(Body::SetStanding(SetStanding { member, standing }))
            .await;
    }

    fn intent(&self, actor: MemberId, body: Body) -> Intent {
        Intent {
            id: IntentId(Uuid::now_v7()),
            version: intent::VERSION,
            actor: intent::Actor::Member(actor),
            made_at: self.clock.now(),
            seen: 0,
            depends: Vec::new(),
            undoes: None,
            body,
        }
    }
}

fn everything() -> PullRequest {
    PullRequest {
        protocol: PROTOCOL,
        device: DeviceId(Uuid::from_u128(0xc)),
        known: Known::NOTHING,
        acknowledged: None,
        scope: 1,
        upto: None,
        after: None,
        limit: 1_000,
    }
}

#[tokio::test]
async fn who_is_suspended_or_removed_is_let_in_no_more_whatever_token_they_hold() {
    let mut office = Office::open().await;
    let server = &office.server;
    server.login(CLINIC, CARA, CARAS).await.unwrap();
    let computer = server.sign_in(CARAS).await.unwrap();
    let cara = server.line(&computer, server.address).unwrap();
    cara.pull(everything()).await.unwrap();
    for away in [Standing::Suspended, Standing::Removed] {
        office.stand(away).await;
        let pull = cara.pull(everything()).await.unwrap_err();
        assert!(
            matches!(pull, UpstreamError::Line(Trouble::Suspended)),
            "{pull:?}"
        );
        assert_eq!(cara.computers().await.unwrap_err(), Trouble::Suspended);
        let again = office.server.sign_in(CARAS).await.err().unwrap();
        assert_eq!(
            again.downcast_ref::<Trouble>(),
            Some(&Trouble::Suspended),
            "nor on another computer"
        );
        office.stand(Standing::Active).await;
        cara.pull(everything()).await.unwrap();
    }
}

#[tokio::test]
async fn who_manages_members_sees_who_can_sign_in_and_nobody_else_does() {
    let office = Office::open().await;
    let (server, owner) = (&office.server, &office.owner);
    let of = |found: Vec<MemberAccess>, member| found.into_iter().find(|one| one.member == member);
    let ann = of(owner.members().await.unwrap(), OWNER).unwrap();
    assert!(ann.signs_in && !ann.second_step && ann.invited_until.is_none());
    assert_eq!(of(owner.members().await.unwrap(), CARA), None);

    let asked = http::Invite {
        email: CARAS.to_owned(),
    };
    let link = owner.invite(CARA, &asked).await.unwrap();
    let cara = of(owner.members().await.unwrap(), CARA).unwrap();
    assert!(!cara.signs_in);
    assert_eq!(cara.invited_until, Some(link.good_until));
    assert_eq!(
        owner.reset_of(CARA).await.err(),
        Some(Trouble::NotFound),
        "there is no password to set anew"
    );

    server.login(CLINIC, CARA, CARAS).await.unwrap();
    let cara = of(owner.members().await.unwrap(), CARA).unwrap();
    assert!(cara.signs_in);
    assert_eq!(cara.invited_until, None, "an invite is good once");
    owner.reset_of(CARA).await.unwrap();

    let computer = server.sign_in(CARAS).await.unwrap();
    let caras = server.line(&computer, server.address).unwrap();
    assert_eq!(caras.members().await.err(), Some(Trouble::NotAllowed));
    assert_eq!(
        caras.invite(CARA, &asked).await.err(),
        Some(Trouble::NotAllowed)
    );
}

#[tokio::test]
async fn a_second_step_is_told_of_with_the_codes_that_are_left() {
    let office = Office::open().await;
    let owner = &office.owner;
    let before = owner.account().await.unwrap();
    assert!(!before.second_step);
    let secret = owner.totp_begin().await.unwrap().secret;
    let app = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .build()
        .unwrap();
    let now = u64::try_from(office.clock.now().0).unwrap();
    let code = app.generate(now).to_string();
    assert!(
        !owner.account().await.unwrap().second_step,
        "it counts once a code has confirmed it"
    );
    let codes = owner.totp_confirm(&TotpCode { code }).await.unwrap().codes;
    let on = owner.account().await.unwrap();
    assert_eq!((on.second_step, on.codes_left), (true, 10));
    assert!(owner.members().await.unwrap()[0].second_step);
    let code = codes[0].clone();
    let new = Computer::new().unwrap();
    let line = office.server.line(&new, office.server.address).unwrap();
    new.sign_in(&line, ANNS, PASSWORD, Some(&code))
        .await
        .unwrap();
    assert_eq!(owner.account().await.unwrap().codes_left, 9);
    owner
        .totp_off(&TotpCode {
            code: codes[1].clone(),
        })
        .await
        .unwrap();
    let off = owner.account().await.unwrap();
    assert_eq!((off.second_step, off.codes_left), (false, 0));
}
