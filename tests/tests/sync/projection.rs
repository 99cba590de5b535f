//! What comes and what goes when somebody begins or ceases to see it. At random, in `projection_at_random`.

use crate::seen::may_see;
use crate::table::*;
use crate::upstreams::{Bad, Line};
use safetalk_domain::intent::*;
use safetalk_domain::refusal::Thing;
use safetalk_domain::*;
use safetalk_replica::{ActError, Replica};
use safetalk_wire::{Known, PullAnswer, PullRequest, Upstream as _, UpstreamError};
use uuid::Uuid;

/// Ben, who may act on his own sessions and nothing else.
fn ben() -> Member {
    member(1, Some(BEN), &[Grant::OwnSessions])
}

fn with_ben(at: Interval) -> Slot {
    slot(at, BEN, Place::Room(ROOM_2))
}

fn bill(client: ClientId, session: Option<SessionId>) -> Body {
    Body::DraftInvoice(DraftInvoice {
        invoice: InvoiceId(Uuid::from_u128(0x8000)),
        client,
        session,
        amount: Money::new(15_000, Currency::MYR),
        due: None,
        text: "Seven sessions".to_owned(),
    })
}

/// The clinic with Ben in it, the owner's computer and his.
async fn with_ben_in_it() -> (Table, Replica, Replica) {
    let (table, first) = Table::with_clinic().await;
    table.let_be(ben()).await;
    let his = table.device_of("his", ben().id).await;
    table.sync(&first).await;
    (table, first, his)
}

/// How many rows about somebody a computer's file holds, pages that lie aside among them.
async fn personal(replica: &Replica) -> usize {
    let staged: i64 = sqlx::query_scalar("select count(*) from staging")
        .fetch_one(replica.vault().readers())
        .await
        .unwrap();
    let mut rows = rows_of(replica.vault().readers(), "{kind}_base").await;
    rows.extend(rows_of(replica.vault().readers(), "{kind}_overlay").await);
    rows.retain(|row| row.about() != sight::About::Clinic);
    rows.len() + usize::try_from(staged).unwrap()
}

/// His computer holds what he may see, computed from all rows.
async fn holds_what_he_may_see(table: &Table, his: &Replica) {
    let all = ledger_rows(&table.ledger).await;
    assert_eq!(screen(his).await, may_see(&all, ben().id));
}

#[tokio::test]
async fn the_sessions_of_others_are_busy_time_without_a_name_and_refuse_a_booking_on_the_computer()
{
    let (table, first, his) = with_ben_in_it().await;
    table
        .act(
            &first,
            book(session(1), slot(hour(30), ANN, Place::Room(ROOM_2))),
        )
        .await;
    table
        .act(&first, book(session(2), with_ben(hour(40))))
        .await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(shown(&his, session(1)).await, None, "not his");
    assert!(shown(&his, session(2)).await.is_some(), "his");
    let meets = his
        .act(book(session(3), with_ben(hour(30))), ben().id, table.now())
        .await;
    let Err(ActError::Refused(Refusal::NotAvailable { unavailable })) = meets else {
        panic!("the room is taken, and his computer knows it: {meets:?}");
    };
    assert!(unavailable.therapist.is_empty() && unavailable.room.len() == 1);
    let held = his.read().await.unwrap().all::<Occupancy>().await.unwrap();
    let anns = held.iter().filter(|row| row.session == session(1));
    assert_eq!(anns.count(), 2, "therapist and room, by a bare id");
    table.sync_as(&his, ben().id).await;
    holds_what_he_may_see(&table, &his).await;
}

#[tokio::test]
async fn a_session_that_moves_to_another_therapist_takes_its_whole_history_from_one_computer_to_the_other()
 {
    let (table, first, his) = with_ben_in_it().await;
    table
        .let_be(member(2, Some(ANN), &[Grant::OwnSessions]))
        .await;
    let anns = table.device_of("anns", member(2, None, &[]).id).await;
    table
        .act(&first, book(session(1), with_ann(hour(30))))
        .await;
    table.act(&first, bill(MAYA, Some(session(1)))).await;
    table
        .act(&first, remark(session(1), "likes the window seat"))
        .await;
    table.sync(&first).await;
    for (replica, who) in [(&anns, member(2, None, &[]).id), (&his, ben().id)] {
        table.sync_as(replica, who).await;
    }
    let before = personal(&anns).await;
    assert!(
        before > 5,
        "client, session, invoice, message and history: {before}"
    );
    assert_eq!(personal(&his).await, 0);

    let now = shown(&first, session(1)).await.unwrap();
    table
        .act(&first, reschedule(&now, with_ben(hour(30))))
        .await;
    table.sync(&first).await;
    let synced = table.sync_as(&his, ben().id).await;
    assert!(
        synced.pulled > before,
        "what is older than the move came too"
    );
    assert!(personal(&his).await >= before);
    table.sync_as(&anns, member(2, None, &[]).id).await;
    assert_eq!(personal(&anns).await, 0, "not one row is left");
    holds_what_he_may_see(&table, &his).await;
}

#[tokio::test]
async fn a_client_arrives_with_what_was_there_before_when_they_are_booked_with_a_therapist_and_goes_when_they_are_given_away()
 {
    let (table, first, his) = with_ben_in_it().await;
    table.act(&first, bill(MAYA, None)).await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(personal(&his).await, 0);
    table
        .act(&first, book(session(1), with_ben(hour(30))))
        .await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    let invoice = InvoiceId(Uuid::from_u128(0x8000));
    assert!(
        his.row::<Invoice>(invoice).await.unwrap().is_some(),
        "an old invoice"
    );
    assert!(his.row::<Client>(MAYA).await.unwrap().is_some());

    let now = shown(&first, session(1)).await.unwrap();
    table
        .act(&first, reschedule(&now, with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(personal(&his).await, 0);

    let usual = |therapist| {
        Body::EditClient(EditClient {
            usual_therapist: Some(therapist),
            ..edit_client(MAYA)
        })
    };
    table.act(&first, usual(Some(BEN))).await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    assert!(
        his.row::<Invoice>(invoice).await.unwrap().is_some(),
        "and again"
    );
    assert_eq!(
        shown(&his, session(1)).await,
        None,
        "her session with Ann is Ann's"
    );
    table.act(&first, usual(Some(ANN))).await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(personal(&his).await, 0);
    holds_what_he_may_see(&table, &his).await;
}

#[tokio::test]
async fn who_loses_a_grant_keeps_no_row_and_is_told_why_what_they_wanted_was_not_done() {
    let (table, first, his) = with_ben_in_it().await;
    table
        .act(&first, book(session(1), with_ben(hour(30))))
        .await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    let wanted = his
        .act(remark(session(1), "rang twice"), ben().id, table.now())
        .await
        .expect("it is his session");
    table.let_be(member(1, Some(BEN), &[])).await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(
        personal(&his).await,
        0,
        "erased, from base, overlay and pages aside"
    );
    let refused = his.refused().await.unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].intent.id, wanted.intent, "what he typed is kept");
    assert!(refused[0].is_final);
    assert_eq!(
        refused[0].refusal,
        Refusal::NotPermitted {
            grant: Grant::OwnSessions
        }
    );
    table.let_be(ben()).await;
    table.sync_as(&his, ben().id).await;
    assert!(
        shown(&his, session(1)).await.is_some(),
        "and back with the grant"
    );
    holds_what_he_may_see(&table, &his).await;
}

#[tokio::test]
async fn a_change_of_grants_in_the_middle_of_the_first_pull_leaves_nothing_of_what_came_before() {
    let (table, first, _) = with_ben_in_it().await;
    for n in 0..6 {
        let at = hour(30 + 2 * i64::try_from(n).unwrap());
        table.act(&first, book(session(n), with_ben(at))).await;
    }
    table.sync(&first).await;
    let his = Replica::create(&table.path("new"), &key()).await.unwrap();
    let pulls = [Line::Good; 12];
    let mut line = Bad::before(
        table.ledger.seen_by(ben().id),
        &[],
        &[&pulls[..], &[Line::Down]].concat(),
    );
    line.page = 3;
    his.sync_once(&line, table.now())
        .await
        .expect_err("it is cut off");
    assert!(personal(&his).await > 0, "pages lie aside");
    table
        .let_be(member(1, Some(ANN), &[Grant::OwnSessions]))
        .await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(personal(&his).await, 0);
    holds_what_he_may_see(&table, &his).await;
}

#[tokio::test]
async fn nobody_becomes_a_clients_therapist_by_an_id_they_remember() {
    let (table, first, his) = with_ben_in_it().await;
    table
        .act(&first, book(session(1), with_ben(hour(30))))
        .await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    let now = shown(&first, session(1)).await.unwrap();
    table
        .act(&first, reschedule(&now, with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    // His computer has not heard of it yet.
    his.act(book(session(2), with_ben(hour(40))), ben().id, table.now())
        .await
        .expect("as far as it knows she is his client");
    let synced = table.sync_as(&his, ben().id).await;
    assert_eq!(
        synced.verdicts[0].outcome.refusal(),
        Some(&Refusal::NotPermitted {
            grant: Grant::ViewClients
        })
    );
    assert_eq!(personal(&his).await, 0);
    assert_eq!(his.refused().await.unwrap().len(), 1, "in front of him");
    let again = his
        .act(book(session(2), with_ben(hour(40))), ben().id, table.now())
        .await;
    assert!(
        matches!(
            again,
            Err(ActError::Refused(Refusal::NotFound {
                what: Thing::Client
            }))
        ),
        "on his computer she is not there: {again:?}"
    );
}

#[tokio::test]
async fn a_client_whom_somebody_adds_is_theirs_when_they_see_no_others() {
    let (table, _, his) = with_ben_in_it().await;
    his.act(add_client(JON, "Jon"), ben().id, table.now())
        .await
        .expect("he may add his own");
    table.sync_as(&his, ben().id).await;
    let jon = his.row::<Client>(JON).await.unwrap().expect("still there");
    assert_eq!(jon.facts.usual_therapist, Some(BEN));
    let stranger = member(3, None, &[Grant::OwnSessions]);
    table.let_be(stranger.clone()).await;
    let theirs = table.device_of("theirs", stranger.id).await;
    let added = theirs
        .act(
            add_client(ClientId(Uuid::from_u128(0x63)), "Kim"),
            stranger.id,
            table.now(),
        )
        .await;
    assert!(
        matches!(added, Err(ActError::Refused(Refusal::NotPermitted { .. }))),
        "who is no therapist would never find them again: {added:?}"
    );
}

#[tokio::test]
async fn a_ledger_of_an_older_build_finds_out_whom_its_rows_concern() {
    let (mut table, first, his) = with_ben_in_it().await;
    table.act(&first, bill(MAYA, None)).await;
    table
        .act(&first, book(session(1), with_ben(hour(30))))
        .await;
    table.act(&first, bill_of_session()).await;
    table.sync(&first).await;
    table.keeper.forget_links(&table.ledger).await;
    table.ledger.close().await;
    table.keeper.copy("ledger", "opened again").await;
    table.ledger = table.keeper.open("opened again").await;
    table.sync_as(&his, ben().id).await;
    holds_what_he_may_see(&table, &his).await;
    let now = shown(&first, session(1)).await.unwrap();
    table
        .act(&first, reschedule(&now, with_ann(hour(30))))
        .await;
    table.sync(&first).await;
    table.sync_as(&his, ben().id).await;
    assert_eq!(
        personal(&his).await,
        0,
        "what older rows are about is known too"
    );
}

fn bill_of_session() -> Body {
    let Body::DraftInvoice(body) = bill(MAYA, Some(session(1))) else {
        unreachable!("a bill");
    };
    Body::DraftInvoice(DraftInvoice {
        invoice: InvoiceId(Uuid::from_u128(0x8001)),
        ..body
    })
}

#[tokio::test]
async fn a_device_that_does_not_know_rows_that_are_gone_pulls_only_for_who_sees_everything() {
    let (table, _, _) = with_ben_in_it().await;
    let request = PullRequest {
        protocol: 1,
        device: DeviceId(Uuid::from_u128(0xdef)),
        known: Known::NOTHING,
        acknowledged: None,
        scope: 0,
        upto: None,
        after: None,
        limit: 1_000,
    };
    let his = table.ledger.seen_by(ben().id).pull(request.clone()).await;
    assert!(
        matches!(his, Err(UpstreamError::TooOld { least: 2 })),
        "{his:?}"
    );
    let owners = table.ledger.seen_by(OWNER).pull(request).await;
    assert!(matches!(owners, Ok(PullAnswer::Page(_))), "{owners:?}");
}
