//! Measures the core on real encrypted files of 1,000 to 1,000,000 sessions and prints one table.
//!
//! ```text
//! cargo xtask bench [sessions …]
//! ```
//!
//! Every size is a clinic of twelve therapists and twelve rooms, booked without gaps, so that conflicts and free slots
//! are as hard to find as they get. Actions go the whole way: decide, write, push, decide again at the ledger, pull.
#![forbid(unsafe_code)]

mod clinic;
mod measure;
mod screens;

use anyhow::{Context as _, Result};
use clinic::Clinic;
use measure::{Row, measure, measure_apart};
use safetalk_domain::availability::{
    self, HORIZON_DAYS, Proposal, Resource, Search, free_days, nearest,
};
use safetalk_domain::gather::{Lookup as _, gather_slot};
use safetalk_domain::zone::Day;
use safetalk_domain::{Interval, Place, ResourceId, Zone};
use screens::Screens;

/// How often each thing is asked.
const ROUNDS: usize = 300;
/// How many weeks.
const WEEKS: usize = 200;
/// How many whole actions.
const ACTIONS: usize = 100;

#[tokio::main]
async fn main() -> Result<()> {
    let mut sizes = Vec::new();
    for size in std::env::args().skip(1) {
        sizes.push(size.parse().context("sizes are numbers of sessions")?);
    }
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000, 1_000_000];
    }
    println!("| sessions | what | median | p99 |\n|---|---|---|---|");
    for size in sizes {
        for row in rows(size).await? {
            println!("{row}");
        }
    }
    Ok(())
}

async fn rows(size: u32) -> Result<Vec<Row>> {
    let clinic = Clinic::booked(size).await?;
    let mut rows = Vec::new();

    let window = clinic.slot(7);
    rows.push(
        measure(size, "conflict query, one resource", ROUNDS, async |n| {
            let mut read = clinic.replica.read().await?;
            let therapist = clinic.therapists[n % clinic.therapists.len()];
            let held = read.occupancy(ResourceId(therapist.0), window).await?;
            anyhow::ensure!(!held.is_empty(), "every slot is taken");
            Ok(())
        })
        .await?,
    );
    rows.push(
        measure(
            size,
            "availability with cause and three alternatives",
            ROUNDS,
            async |n| {
                let offered = availability(&clinic, n).await?;
                anyhow::ensure!(
                    offered == 3,
                    "three alternatives are offered, not {offered}"
                );
                Ok(())
            },
        )
        .await?,
    );
    rows.push(
        measure(
            size,
            "free time of six weeks, day by day",
            ROUNDS,
            async |n| {
                anyhow::ensure!(month(&clinic, n).await? == 42, "every day has its answer");
                Ok(())
            },
        )
        .await?,
    );
    rows.push(
        measure(size, "week of sessions, seen before", WEEKS, async |_| {
            read_week(&clinic, 0).await
        })
        .await?,
    );
    rows.push(
        measure(
            size,
            "week of sessions, another each time",
            WEEKS,
            async |n| read_week(&clinic, n).await,
        )
        .await?,
    );
    rows.push(
        measure(
            size,
            "300 sessions, as four therapists have in a week",
            WEEKS,
            async |n| {
                let week = clinic.weeks.back(n)?;
                let part = Interval::new(week.end.plus_hours(-25), week.end);
                let found = clinic.replica.read().await?.sessions_in(part, true).await?;
                anyhow::ensure!(found.len() >= 300, "every lane is full");
                Ok(())
            },
        )
        .await?,
    );
    // Between a person's actions the app moves the logs into the files.
    rows.push(
        measure_apart(
            size,
            "action: decide, write, answer",
            ACTIONS,
            async |n| clinic.book(n).await,
            async || clinic.tidy().await,
        )
        .await?,
    );
    rows.push(
        measure_apart(
            size,
            "action, then push and pull",
            ACTIONS,
            async |n| {
                clinic.book(ACTIONS + 1 + n).await?;
                clinic.replica.sync_once(&clinic.ledger, clinic.now).await?;
                Ok(())
            },
            async || clinic.tidy().await,
        )
        .await?,
    );
    let screens = Screens::open(clinic).await?;
    rows.push(
        measure(
            size,
            "week for the screen, seen before",
            WEEKS,
            async |_| screens.week(0).await,
        )
        .await?,
    );
    rows.push(
        measure(
            size,
            "week for the screen, another each time",
            WEEKS,
            async |n| screens.week(n).await,
        )
        .await?,
    );
    Ok(rows)
}

/// What the calendar reads: all sessions of a week.
async fn read_week(clinic: &Clinic, back: usize) -> Result<()> {
    let week = clinic.weeks.back(back)?;
    let found = clinic.replica.read().await?.sessions_in(week, true).await?;
    anyhow::ensure!(found.len() >= clinic.weeks.sessions, "the week is whole");
    Ok(())
}

/// What the message box does for a taken slot.
async fn availability(clinic: &Clinic, n: usize) -> Result<usize> {
    let slot = clinic.slot(3);
    let ahead = Interval::new(
        slot.start.plus_hours(-24),
        slot.end.plus_hours(24 * HORIZON_DAYS),
    );
    asking(clinic, n, slot, ahead, |wanted, therapist, room| {
        let found = availability::therapist(&wanted, therapist, false);
        anyhow::ensure!(!found.is_empty(), "the slot is taken");
        let search = Search {
            wanted,
            not_before: clinic.now,
            step_minutes: 15,
            most: 3,
        };
        Ok(nearest(&search, &[therapist], Some(room)).len())
    })
    .await
}

/// What the date grid does for six weeks.
async fn month(clinic: &Clinic, n: usize) -> Result<usize> {
    let slot = clinic.slot(3);
    let first = Zone::UTC.date(slot.start);
    let days: Vec<Day> = first
        .iter_days()
        .take(42)
        .map(|date| Zone::UTC.day(date))
        .collect();
    let whole = Interval::new(slot.start, slot.start.plus_hours(24 * 42));
    asking(clinic, n, slot, whole, |wanted, therapist, room| {
        Ok(free_days(&wanted, &days, clinic.now, 15, &[therapist], Some(room)).len())
    })
    .await
}

/// Gathers what stands around `slot` over `window` and asks `question` of it.
async fn asking<T>(
    clinic: &Clinic,
    n: usize,
    slot: Interval,
    window: Interval,
    question: impl FnOnce(Proposal, &Resource<'_>, &Resource<'_>) -> Result<T>,
) -> Result<T> {
    let therapist = clinic.therapists[n % clinic.therapists.len()];
    let room = clinic.rooms[n % clinic.rooms.len()];
    let mut read = clinic.replica.read().await?;
    let place = Place::Room(room);
    let world = gather_slot(&mut read, &[therapist], place, Some(clinic.service), window).await?;
    let person = world.therapist(therapist).map_err(refused)?;
    let held = world.collect(therapist.into());
    let therapist_resource = world.therapist_resource(person, &held).map_err(refused)?;
    let room_row = world.room(room).map_err(refused)?;
    let room_held = world.collect(room.into());
    let room_resource = world.room_resource(room_row, &room_held).map_err(refused)?;
    let service = world.services.get(&clinic.service);
    let wanted = world.proposal(None, slot, place, service);
    question(wanted, &therapist_resource, &room_resource)
}

fn refused(refusal: safetalk_domain::Refusal) -> anyhow::Error {
    anyhow::anyhow!("refused: {refusal:?}")
}
