//! Two computers of one clinic: by the line, without it, and back.

use crate::desk::{Computer, Town};
use safetalk_wire::http::Ending;
use safetalk_wire::http::path::PULL;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_booked_on_one_computer_appears_on_the_other_by_itself() {
    let town = Town::found().await;
    let (first, second) = (town.first().await, town.second().await);
    let session = first.book(3, 600).await;
    second.shows(&session).await;
    first.shows(&session).await;
    let other = second.book(3, 700).await;
    first.shows(&other).await;
    for computer in [&first, &second] {
        computer.in_step().await;
        assert!(computer.attention("line").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_cable_out_both_take_one_room_and_back_on_it_one_is_refused_on_screen_and_nothing_is_lost()
 {
    let town = Town::found().await;
    let (first, second) = (town.first().await, town.second().await);
    town.cable.cut(true);
    town.other.cut(true);

    let kept = first.book(4, 600).await;
    first.offline().await;
    let wish = second.booking(4, 600).await;
    let lost = second.ok("session.book", wish.clone()).await["sessions"][0].take();
    let also = second.book(4, 800).await;
    second.offline().await;
    let line = second.line("both to wait", |line| line["waiting"] == 2);
    assert!(!line.await["since"].is_null(), "since when it is away");
    let shown = second.ok("session.get", json!({ "session": also })).await;
    assert_eq!(shown["pending"], true, "marked as not confirmed yet");

    // The first is back first: the slot is its own.
    town.cable.cut(false);
    first.shows(&kept).await;
    town.other.cut(false);
    second.in_step().await;
    first.shows(&also).await;
    second.shows(&kept).await;

    let refused = second.attention("refused").await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    let refused = &refused[0]["refused"];
    assert_eq!(refused["wanted"], "book");
    assert_eq!(refused["refusal"]["code"], "not_available", "{refused}");
    assert_eq!(refused["client"], crate::desk::CLIENT, "for whom");
    assert_eq!(refused["phone"], "+60123456789", "someone may have to ring");
    assert!(!refused["again"].is_null(), "another time can be booked");
    let gone = second.ask("session.get", json!({ "session": lost })).await;
    assert!(gone.is_err(), "what was refused is on no calendar");
    let check = json!({
        "session": null, "service": wish["service"], "therapist": wish["therapist"], "place": wish["place"],
        "start": wish["start"], "minutes": 50, "end": null,
    });
    let check = second.ok("session.check", check).await;
    assert_eq!(check["available"], false, "what stands is seen");
    let free = check["alternatives"].as_array().expect("free slots");
    assert!(!free.is_empty(), "and where else there is room");
    assert_eq!(first.attention("refused").await.len(), 0, "only its author");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_without_the_server_end_with_everything_there_also_over_a_restart() {
    let town = Town::found().await;
    let (first, second) = (town.first().await, town.second().await);
    town.cable.cut(true);
    let mut booked = Vec::new();
    for n in 0..5 {
        booked.push(first.book(5, 480 + 60 * n).await);
    }
    first.offline().await;
    let first = first.restart().await;
    first.opens().await;
    let line = first.line("it to know that it is alone", |line| {
        line["waiting"] == 5 && !line["trouble"].is_null()
    });
    assert!(
        !line.await["since"].is_null(),
        "when the two were last in step"
    );
    booked.push(first.book(5, 900).await);

    town.cable.cut(false);
    // Nobody does anything: it finds out by itself.
    first.in_step().await;
    for session in &booked {
        second.shows(session).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_fetching_that_is_cut_off_says_so_and_goes_on_by_itself() {
    let town = Town::found().await;
    let _first = town.first().await;
    let second = Computer::new().await;
    for _ in 0..2 {
        town.other.next(PULL, safetalk_tests::proxy::Fate::Cut(40));
    }
    let answer = second.ok("setup.sign_in", town.sign_in()).await;
    assert_eq!(answer["kind"], "done", "{answer}");
    second
        .until(
            "it to say what is the matter",
            "app.state",
            json!({}),
            |state| {
                state["phase"]["kind"] == "fetching"
                    && !state["phase"]["progress"]["trouble"].is_null()
                    && state["phase"]["progress"]["asks"] == false
            },
        )
        .await;
    second.opens().await;
    second.in_step().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_that_was_signed_out_keeps_what_waits_until_the_same_person_signs_in_again() {
    let town = Town::found().await;
    let first = town.first().await;
    let known = town.computers().await;
    let second = town.second().await;
    let new = town.computers().await;
    let new = new
        .iter()
        .find(|id| !known.contains(id))
        .expect("a new one");
    town.revoke(*new, Ending::SignedOut).await;

    let session = second.book(6, 600).await;
    second
        .line("it to know that it is out", |line| line["asks"] == true)
        .await;
    let said = second.attention("line").await;
    assert_eq!(
        said,
        [json!({ "kind": "line", "trouble": "revoked", "waiting": 1 })]
    );
    let again =
        |email: &str, password: &str| json!({ "email": email, "password": password, "code": null });
    let wrong = again(crate::desk::EMAIL, "not the password");
    let answer = second.ok("account.sign_in_again", wrong).await;
    assert_eq!(answer, json!({ "kind": "trouble", "trouble": "wrong" }));
    let right = again(crate::desk::EMAIL, crate::desk::PASSWORD);
    let answer = second.ok("account.sign_in_again", right).await;
    assert_eq!(answer["kind"], "done", "{answer}");
    second.in_step().await;
    first.shows(&session).await;
    assert_eq!(
        town.computers().await.len(),
        2,
        "it is the computer it was before"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_that_was_reported_stolen_forgets_the_clinic_at_its_next_contact() {
    let town = Town::found().await;
    let first = town.first().await;
    let known = town.computers().await;
    let second = town.second().await;
    let new = town.computers().await;
    let new = new
        .iter()
        .find(|id| !known.contains(id))
        .expect("a new one");
    town.revoke(*new, Ending::LostOrStolen).await;
    second.ok("mail.retry", json!({ "by_hand": false })).await;
    second
        .until("it to be gone", "app.state", json!({}), |state| {
            state["phase"]["kind"] == "first_run"
        })
        .await;
    // The screen is empty first; the next thing anybody can do waits for the rest.
    assert_eq!(
        second.ok("setup.retry", json!({})).await["phase"]["kind"],
        "first_run"
    );
    let left = std::fs::read_dir(second.data().join("clinics")).expect("the clinics");
    assert_eq!(left.count(), 0, "its file is gone");
    let left = std::fs::read_dir(second.keychain()).expect("the keychain");
    assert_eq!(left.count(), 0, "and its key, and what signed it in");
    first.in_step().await;
}
