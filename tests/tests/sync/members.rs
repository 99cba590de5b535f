//! Who works here, decided by a ledger that several people change at once.

use crate::table::*;
use safetalk_domain::intent::*;
use safetalk_domain::*;
use safetalk_replica::{ActError, Replica};
use std::collections::BTreeSet;
use uuid::Uuid;

fn someone(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(0x2a00 + n))
}

fn add(member: MemberId, grants: &[Grant], therapist: Option<TherapistId>) -> Body {
    Body::SaveMember(SaveMember {
        member,
        guard: None,
        name: "Cara".to_owned(),
        grants: grants.iter().copied().collect(),
        therapist,
    })
}

fn stand(member: MemberId, standing: Standing) -> Body {
    Body::SetStanding(SetStanding { member, standing })
}

async fn facts(replica: &Replica, member: MemberId) -> MemberFacts {
    let row = replica.row::<Member>(member).await.unwrap();
    row.expect("this member is shown").facts
}

/// The refusals of the last sync, in order.
async fn refused(table: &Table, replica: &Replica) -> Vec<Refusal> {
    let synced = table.sync(replica).await;
    let refusals = synced.verdicts.iter();
    refusals
        .filter_map(|verdict| verdict.outcome.refusal().cloned())
        .collect()
}

#[tokio::test]
async fn what_is_changed_of_members_stands_in_the_ledger_and_on_every_device() {
    let (table, first) = Table::with_clinic().await;
    let second = table.device("second").await;
    let cara = someone(1);
    table
        .act(&first, add(cara, &[Grant::OwnSessions], Some(BEN)))
        .await;
    let guard = facts(&first, cara).await.guard();
    let edited = Body::SaveMember(SaveMember {
        member: cara,
        guard: Some(guard),
        name: "Cara".to_owned(),
        grants: [Grant::ViewClients, Grant::OrganisationSessions].into(),
        therapist: None,
    });
    table.act(&first, edited).await;
    table.act(&first, stand(cara, Standing::Suspended)).await;
    let mut maya = edit_client(MAYA);
    maya.usual_therapist = Some(Some(ANN));
    table.act(&first, Body::EditClient(maya)).await;
    let given = Body::ReassignClients(ReassignClients {
        from: ANN,
        to: BEN,
        clients: vec![MAYA],
    });
    table.act(&first, given).await;
    let plan = Plan {
        email: true,
        whatsapp: false,
        seats: 2,
    };
    table.act(&first, Body::SetPlan(SetPlan { plan })).await;
    assert_eq!(refused(&table, &first).await, []);
    table.sync(&second).await;
    assert_eq!(screen(&first).await, screen(&second).await);
    assert_eq!(screen(&second).await, ledger_rows(&table.ledger).await);
    let cara = facts(&second, cara).await;
    assert_eq!(cara.standing, Standing::Suspended);
    assert_eq!(
        cara.grants,
        BTreeSet::from([Grant::ViewClients, Grant::OrganisationSessions])
    );
    let maya = second.row::<Client>(MAYA).await.unwrap().unwrap();
    assert_eq!(maya.facts.usual_therapist, Some(BEN));
    let clinic = second.row::<Clinic>(CLINIC).await.unwrap().unwrap();
    assert_eq!(clinic.facts.plan, plan);
}

#[tokio::test]
async fn two_who_take_the_last_seat_apart_do_not_both_get_it() {
    let (table, first) = Table::with_clinic().await;
    let plan = Plan {
        seats: 2,
        ..Plan::FULL
    };
    table.act(&first, Body::SetPlan(SetPlan { plan })).await;
    table.sync(&first).await;
    let second = table.device("second").await;
    table.act(&first, add(someone(1), &[], None)).await;
    table.act(&second, add(someone(2), &[], None)).await;
    assert_eq!(refused(&table, &first).await, []);
    assert_eq!(
        refused(&table, &second).await,
        [Refusal::SeatsTaken { seats: 2 }]
    );
    let members = table.ledger.all::<Member>().await.unwrap();
    assert_eq!(members.len(), 2);
}

#[tokio::test]
async fn two_who_give_up_managing_members_apart_leave_one_who_does() {
    let (table, first) = Table::with_clinic().await;
    let cara = someone(1);
    table
        .act(&first, add(cara, &[Grant::ManageMembers], None))
        .await;
    table.sync(&first).await;
    let second = table.device("second").await;
    let mut owner = facts(&first, OWNER).await;
    let guard = owner.guard();
    owner.grants.remove(&Grant::ManageMembers);
    let give_up = |member, guard, grants| {
        Body::SaveMember(SaveMember {
            member,
            guard: Some(guard),
            name: "Somebody".to_owned(),
            grants,
            therapist: None,
        })
    };
    table.act(&first, give_up(OWNER, guard, owner.grants)).await;
    let guard = facts(&second, cara).await.guard();
    let own = give_up(cara, guard, BTreeSet::new());
    second.act(own, cara, table.now()).await.unwrap();
    assert_eq!(refused(&table, &first).await, []);
    assert_eq!(refused(&table, &second).await, [Refusal::LastManager]);
}

#[tokio::test]
async fn what_a_member_did_before_they_knew_that_they_are_suspended_is_refused_and_shown() {
    let (table, first) = Table::with_clinic().await;
    let cara = someone(1);
    table
        .act(&first, add(cara, &[Grant::OrganisationSessions], None))
        .await;
    table.sync(&first).await;
    let second = table.device("second").await;
    table.act(&first, stand(cara, Standing::Suspended)).await;
    table.sync(&first).await;
    let booked = book(session(1), with_ann(hour(30)));
    second
        .act(booked.clone(), cara, table.now())
        .await
        .expect("as far as this device knows, they may");
    let refusals = refused(&table, &second).await;
    assert!(
        matches!(refusals[..], [Refusal::NotPermitted { .. }]),
        "{refusals:?}"
    );
    assert_eq!(table.ledger.all::<Session>().await.unwrap(), []);
    assert_eq!(second.refused().await.unwrap().len(), 1, "it is not lost");
    let now = second.act(booked, cara, table.now()).await;
    assert!(
        matches!(now, Err(ActError::Refused(Refusal::NotPermitted { .. }))),
        "and from now on the device knows"
    );
}
