//! The words of the wire, frozen: a device may have been away for months and must still be understood.
//!
//! The samples in `frozen/` were written by the build that first spoke that protocol. They are never edited: a change
//! that breaks one of them needs a new protocol version and samples of its own.

use safetalk_domain::{Intent, Refusal};
use safetalk_wire::{
    LEAST_PROTOCOL, PROTOCOL, PullAnswer, PullRequest, PushAnswer, PushRequest, Verdict,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;

fn samples(name: &str) -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/frozen")
        .join(name);
    let text = std::fs::read_to_string(path).expect("samples are kept for ever");
    serde_json::from_str(&text).expect("samples are JSON")
}

/// Every sample is understood, and said again in the very same words.
fn assert_unchanged<T: DeserializeOwned + Serialize>(name: &str) -> usize {
    let samples = samples(name);
    for sample in &samples {
        let understood: T = serde_json::from_value(sample.clone())
            .unwrap_or_else(|error| panic!("{name}: no longer understood: {error}\n{sample:#}"));
        let said = serde_json::to_value(&understood).expect("messages serialize");
        assert_contains(&said, sample, name);
    }
    samples.len()
}

/// Everything that was said then is said now; new fields with a default may stand beside it.
fn assert_contains(said: &Value, sample: &Value, at: &str) {
    match (said, sample) {
        (Value::Object(said), Value::Object(sample)) => {
            for (field, value) in sample {
                let at = format!("{at}/{field}");
                match said.get(field) {
                    Some(said) => assert_contains(said, value, &at),
                    None => panic!("{at} is no longer said"),
                }
            }
        }
        (Value::Array(said), Value::Array(sample)) => {
            assert_eq!(said.len(), sample.len(), "{at}: as many as before");
            for (n, (said, sample)) in said.iter().zip(sample).enumerate() {
                assert_contains(said, sample, &format!("{at}/{n}"));
            }
        }
        _ => assert_eq!(said, sample, "{at} says something else"),
    }
}

#[test]
fn every_intent_of_protocol_1_is_understood_and_said_in_the_same_words() {
    let known = assert_unchanged::<Intent>("intents.json");
    let kinds: std::collections::BTreeSet<String> = samples("intents.json")
        .iter()
        .map(|sample| sample["body"]["kind"].to_string())
        .collect();
    assert_eq!(kinds.len(), 36, "a sample of every kind of intent there is");
    assert!(known >= kinds.len());
}

#[test]
fn every_message_of_protocol_1_is_understood_and_said_in_the_same_words() {
    assert!(assert_unchanged::<PushRequest>("push-requests.json") > 0);
    assert!(assert_unchanged::<PushAnswer>("push-answers.json") > 3);
    assert!(assert_unchanged::<PullRequest>("pull-requests.json") > 1);
    assert!(assert_unchanged::<PullAnswer>("pull-answers.json") > 2);
    assert!(assert_unchanged::<Verdict>("verdicts.json") > 2);
    assert!(assert_unchanged::<Refusal>("refusals.json") > 15);
}

#[test]
fn every_message_that_came_with_protocol_2_is_understood_and_said_in_the_same_words() {
    assert_eq!(assert_unchanged::<PullAnswer>("pull-answers-2.json"), 2);
    let said = samples("pull-answers-2.json");
    let PullAnswer::Page(page) = serde_json::from_value(said[0].clone()).expect("understood")
    else {
        panic!("a page");
    };
    assert_eq!(
        (page.rows.len(), page.gone.len()),
        (0, 2),
        "rows that are gone"
    );
    assert_eq!(
        page.after(),
        page.next,
        "the next page begins after what was looked at"
    );
}

#[test]
fn an_emptied_field_and_an_untouched_one_stay_apart() {
    let emptied = samples("intents.json")
        .into_iter()
        .find(|sample| sample["body"]["kind"] == "edit_clinic")
        .expect("the settings are among the samples");
    assert_eq!(
        emptied["body"]["phone"],
        Value::Null,
        "it says that the phone is emptied"
    );
    assert!(
        emptied["body"].get("address").is_none(),
        "and nothing of the address"
    );
    let understood: Intent = serde_json::from_value(emptied).expect("understood");
    let safetalk_domain::Body::EditClinic(body) = understood.body else {
        panic!("the settings");
    };
    assert_eq!(body.phone, Some(None));
    assert_eq!(body.address, None);
}

#[test]
fn the_versions_are_what_the_samples_were_written_for() {
    assert_eq!(
        (LEAST_PROTOCOL, PROTOCOL),
        (1, 2),
        "a new protocol brings samples of its own"
    );
    assert_eq!(
        safetalk_domain::intent::VERSION,
        1,
        "so does a new version of intents"
    );
}
