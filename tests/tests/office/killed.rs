//! The program killed while a person works.

use std::collections::BTreeMap;

use serde_json::json;

use crate::clinic::{Clinic, Dice, at, cancellation, text};

const ROUNDS: i64 = 20;
const ACTIONS: u64 = 50;

/// What was answered, and must be in force ever after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answered {
    Booked,
    Remarked,
    Cancelled,
}

#[test]
fn killed_among_fifty_actions_every_answered_one_is_in_force_and_every_other_whole_or_absent() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let mut dice = Dice(1_122);
    for round in 0..ROUNDS {
        // A week of its own each round, so that an answer lost with the process takes nobody's slot.
        let mut hours = (0..7 * 24u16).map(|n| at(3 + 7 * round + i64::from(n / 24), n % 24, 0));
        let mut sessions: Vec<(String, Answered)> = Vec::new();
        let last = dice.below(ACTIONS);
        for n in 0..last {
            match n % 4 {
                3 if n % 8 == 7 => {
                    let (session, answered) = sessions.last_mut().expect("three were booked");
                    clinic.app.ok("session.cancel", cancellation(session, None));
                    *answered = Answered::Cancelled;
                }
                3 => {
                    let (session, answered) = sessions.last_mut().expect("three were booked");
                    clinic.app.ok(
                        "session.remark",
                        json!({ "session": session, "text": "kept" }),
                    );
                    *answered = Answered::Remarked;
                }
                _ => {
                    let start = hours.next().expect("a free hour");
                    let request = clinic.booking(&client, 0, &start, true);
                    let booked = clinic.app.ok("session.book", request);
                    sessions.push((text(&booked["sessions"][0]), Answered::Booked));
                }
            }
        }
        // The last ones are on their way when the knife falls; some may be answered all the same.
        let mut under_way = 0;
        for start in hours.by_ref().take(2) {
            let request = clinic.booking(&client, 0, &start, true);
            clinic.app.send("session.book", &request);
            under_way += 1;
        }
        std::thread::sleep(std::time::Duration::from_micros(dice.below(25_000)));
        clinic.app.kill();
        while let Some(answer) = clinic.app.hear() {
            let booked = answer.expect("a free hour is booked");
            sessions.push((text(&booked["sessions"][0]), Answered::Booked));
            under_way -= 1;
        }
        clinic.app = clinic.computer.start();
        let state = clinic.app.ok("app.state", json!({}));
        assert_eq!(
            state["phase"]["kind"], "open",
            "round {round}: it opens again: {state}"
        );
        let first = crate::clinic::day(3 + 7 * round);
        let view = clinic.app.ok(
            "calendar.view",
            json!({ "from": first, "days": 7, "all_cancelled": true }),
        );
        let mut found: BTreeMap<String, String> = view["blocks"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|block| (text(&block["session"]), text(&block["status"])))
            .collect();
        for (session, answered) in &sessions {
            let status = found.remove(session);
            let expected = match answered {
                Answered::Booked | Answered::Remarked => "scheduled",
                Answered::Cancelled => "cancelled",
            };
            assert_eq!(
                status.as_deref(),
                Some(expected),
                "round {round}: {answered:?} was answered"
            );
            if *answered == Answered::Remarked {
                let remarks = clinic.session(session)["remarks"].take();
                assert_eq!(
                    remarks[0]["text"], "kept",
                    "round {round}: {answered:?} was answered"
                );
            }
        }
        // What was not answered is there whole, with its message, or not at all.
        assert!(
            found.len() <= under_way,
            "round {round}: {} more than were on their way",
            found.len() - under_way
        );
        for session in found.keys() {
            let notices = clinic.session(session)["notices"].take();
            assert_eq!(
                notices[0]["kind"], "booked",
                "round {round}: a booking is whole with its message"
            );
        }
    }
}
