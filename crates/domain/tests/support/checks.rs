//! What is true of every decision, computed without the code that decides.

use super::Desk;
use safetalk_domain::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Deciding again, and deciding with every row of the clinic at hand, gives the same rows and ids.
pub fn decided_the_same_elsewhere(
    desk: &Desk,
    intent: &Intent,
    world: &World,
    clock: &Clock,
    decided: &Result<Decision, Refusal>,
) {
    assert_eq!(
        &decide(intent, world, clock),
        decided,
        "deciding twice gives the same"
    );
    assert_eq!(
        &decide(intent, &desk.world(), clock),
        decided,
        "what was gathered is enough, and unrelated rows make no difference"
    );
}

/// Every row is in the World already, named in the intent's body, or has an id derived from it.
pub fn touches_only_what_it_may(intent: &Intent, world: &World, decision: &Decision) {
    let body = serde_json::to_string(&intent.body).expect("a body is plain data");
    let known = ids(world);
    let mut seen = BTreeSet::new();
    for row in &decision.rows {
        let (kind, id) = (row.kind(), row.id());
        assert!(seen.insert((kind, id)), "each row is there at most once");
        let allowed = known.contains(&(kind, id))
            || body.contains(&id.to_string())
            || derived(intent.id, world, row).contains(&id);
        assert!(
            allowed,
            "a {kind} was changed that was neither gathered, named nor derived"
        );
    }
}

fn derived(intent: IntentId, world: &World, row: &Row) -> Vec<Uuid> {
    match row {
        Row::Activity(_) => (0..400)
            .map(|n: u32| intent.derive("activity", &n.to_string()))
            .collect(),
        Row::Occupancy(row) => ["therapist", "room", "co_therapist/1", "co_therapist/2"]
            .map(|role| id::derive(row.session.0, "occupancy", role))
            .to_vec(),
        Row::Told(row) => vec![Told::id_of(row.session, row.client).0],
        Row::Notice(row) => {
            let about = match (row.facts.kind, row.facts.invoice, row.facts.session) {
                (NoticeKind::Invoice, Some(invoice), _) => invoice.to_string(),
                (_, _, Some(session)) => session.to_string(),
                other => panic!("a notice tells of something: {other:?}"),
            };
            let (client, channel) = (row.facts.client, row.facts.channel.as_str());
            vec![intent.derive("notice", &format!("{about}/{client}/{channel}"))]
        }
        // A fee is named by its session; what is drafted anew by its client and the invoice it takes the place of.
        Row::Invoice(row) => row
            .facts
            .session
            .into_iter()
            .flat_map(|session| {
                let client = row.facts.client;
                let anew = world
                    .invoices
                    .keys()
                    .map(move |gone| format!("{session}/{client}/{gone}"));
                std::iter::once(session.to_string()).chain(anew)
            })
            .map(|name| intent.derive("invoice", &name))
            .collect(),
        _ => Vec::new(),
    }
}

fn ids(world: &World) -> BTreeSet<(Kind, Uuid)> {
    let mut ids = BTreeSet::new();
    ids.extend(world.clinic.iter().map(|it| (Kind::Clinic, it.id.0)));
    ids.extend(world.members.keys().map(|id| (Kind::Member, id.0)));
    ids.extend(world.therapists.keys().map(|id| (Kind::Therapist, id.0)));
    ids.extend(world.rooms.keys().map(|id| (Kind::Room, id.0)));
    ids.extend(world.services.keys().map(|id| (Kind::Service, id.0)));
    ids.extend(world.clients.keys().map(|id| (Kind::Client, id.0)));
    ids.extend(world.sessions.keys().map(|id| (Kind::Session, id.0)));
    ids.extend(world.invoices.keys().map(|id| (Kind::Invoice, id.0)));
    ids.extend(world.notices.keys().map(|id| (Kind::Notice, id.0)));
    ids.extend(world.told.keys().map(|id| (Kind::Told, id.0)));
    ids.extend(world.hours.keys().map(|id| (Kind::Hours, *id)));
    ids.extend(world.time_off.keys().map(|id| (Kind::TimeOff, id.0)));
    ids.extend(world.occupancy.keys().map(|id| (Kind::Occupancy, id.0)));
    ids
}

/// What a session holds, read from its facts alone: (resource, from, until), in seconds.
fn held(session: &Session) -> Vec<(Uuid, i64, i64)> {
    let facts = &session.facts;
    if facts.status == SessionStatus::Cancelled {
        return Vec::new();
    }
    let (from, end) = (facts.at.start.0, facts.at.end.0);
    let until = facts.freed_from.map_or(end, |freed| freed.0.min(end));
    let mut held = vec![(facts.therapist.0, from, until)];
    for therapist in &facts.co_therapists {
        held.push((therapist.0, from, until));
    }
    if let Place::Room(room) = facts.place {
        held.push((room.0, from, until + i64::from(facts.turnover_minutes) * 60));
    }
    held.retain(|(_, from, until)| from < until);
    held
}

/// No therapist is in two sessions and no room in two stretches of session and turnover: by looking at all pairs.
pub fn nothing_is_occupied_twice(desk: &Desk) {
    let sessions = desk.world().sessions;
    let held: Vec<_> = sessions
        .values()
        .flat_map(|session| {
            held(session)
                .into_iter()
                .map(move |stretch| (session.id, stretch))
        })
        .collect();
    for (i, (a, (what, from, until))) in held.iter().enumerate() {
        for (b, (other, begin, end)) in &held[i + 1..] {
            let overlap = what == other && from < end && begin < until;
            // Within one session too: nobody leads it twice.
            assert!(!overlap, "{a} and {b} hold the same therapist or room");
        }
    }
}

/// The rows conflicts are found from say what the sessions say.
pub fn occupancy_is_what_sessions_imply(desk: &Desk) {
    let world = desk.world();
    let mut rows: Vec<_> = world
        .occupancy
        .values()
        .filter_map(|row| {
            let resource = row.resource?;
            Some((row.session.0, (resource.0, row.at.start.0, row.at.end.0)))
        })
        .collect();
    let mut implied: Vec<_> = world
        .sessions
        .values()
        .flat_map(|session| {
            held(session)
                .into_iter()
                .map(move |stretch| (session.id.0, stretch))
        })
        .collect();
    rows.sort();
    implied.sort();
    assert_eq!(rows, implied, "occupancy rows are what the sessions imply");
}

/// So many cases; a failing seed is kept beside the tests and tried first from then on.
pub fn config(cases: u32, seeds: &'static str) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases,
        failure_persistence: Some(Box::new(
            proptest::test_runner::FileFailurePersistence::Direct(seeds),
        )),
        ..proptest::test_runner::Config::default()
    }
}
