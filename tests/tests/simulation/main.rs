//! Everything at once, at random, from a seed: devices, a ledger, bad lines, clones, restores and wrong clocks. Afterwards
//! everyone syncs, and what was promised is looked at.
//!
//! A seed that fails is shrunk and printed with its story; it is then written down in `SEEDS`, where it is told first for
//! ever. `cargo xtask night` tells a hundred times as many.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

#[cfg(unix)]
#[expect(dead_code, reason = "shared with the suite, which needs all of it")]
#[path = "../sync_postgres/keeper.rs"]
mod clinics;
#[expect(dead_code, reason = "shared with the suite, which needs all of it")]
#[path = "../sync/keeper.rs"]
mod keeper;
#[path = "../sync/naive.rs"]
mod naive;
mod story;
#[expect(dead_code, reason = "shared with the suite, which needs all of it")]
#[path = "../sync/table.rs"]
mod table;
#[expect(dead_code, reason = "shared with the suite, which needs all of it")]
#[path = "../sync/wishes.rs"]
mod wishes;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::ops::Range;
use std::sync::Arc;
use story::devices::Filed;
use story::faults::Fault;
#[cfg(unix)]
use story::hosted::Hosted;
use story::run::{Story, Trace};
use story::shelf::{InMemory, Kept, Shelf};
use story::sketch::{Ids, Sketch};
use story::steps::{Step, stories};
use table::Hand;
use tempfile::TempDir;

/// Seeds that once failed.
const SEEDS: &[u64] = &[22, 305];
/// Devices at the beginning; clones come to them.
const DEVICES: u64 = 3;
/// The most steps of a story.
const STEPS: usize = 40;

/// How often more than usual: at night, a hundred times.
fn times() -> u64 {
    let night = std::env::var("SAFETALK_NIGHT").ok();
    night.map_or(1, |times| {
        times.parse().expect("SAFETALK_NIGHT is a number")
    })
}

/// The runner of a seed.
fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 3_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// The story of a seed.
fn story(seed: u64) -> Vec<Step> {
    let tree = stories(STEPS).new_tree(&mut runner(seed));
    tree.expect("a story is made of what there is").current()
}

/// Tells a story in a runtime of its own.
fn on_its_own<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(work)
}

fn in_memory(steps: &[Step], fault: Option<Fault>) -> Result<Trace, String> {
    on_its_own(async {
        let clock = Hand::new();
        let shelf = InMemory::new(&clock, fault);
        let sketch = |n| Sketch::new(Ids(0xde71_ce00 + n, 0), fault);
        let devices = (1..=DEVICES).map(sketch).collect();
        Story::begin(shelf, &clock, devices, fault)
            .await?
            .tell(steps)
            .await
    })
}

/// A story of replicas in encrypted files.
async fn told_on_disk(
    shelf: impl Shelf,
    folder: TempDir,
    clock: &Hand,
    steps: &[Step],
) -> Result<Trace, String> {
    let folder = Arc::new(folder);
    let mut devices = Vec::new();
    for _ in 0..DEVICES {
        devices.push(Filed::new(&folder).await);
    }
    let story = Story::begin(shelf, clock, devices, None).await?;
    story.tell(steps).await
}

fn on_files(steps: &[Step]) -> Result<Trace, String> {
    on_its_own(async {
        let (clock, folder) = (Hand::new(), tempfile::tempdir().unwrap());
        let keeper = keeper::Keeper::new(folder.path(), &clock).await;
        told_on_disk(Kept::by(keeper), folder, &clock, steps).await
    })
}

#[cfg(unix)]
fn in_postgres(steps: &[Step]) -> Result<Trace, String> {
    on_its_own(async {
        let (clock, folder) = (Hand::new(), tempfile::tempdir().unwrap());
        let keeper = clinics::Keeper::new(folder.path(), &clock).await;
        told_on_disk(Kept::by(keeper), folder, &clock, steps).await
    })
}

/// Tells the stories of these seeds; one that fails is made as short as it can be.
fn tell(seeds: impl Iterator<Item = u64>, teller: fn(&[Step]) -> Result<Trace, String>) {
    for seed in seeds {
        let mut runner = runner(seed);
        let tree = stories(STEPS).new_tree(&mut runner).unwrap();
        let told = runner.run_one(tree, |steps| {
            teller(&steps).map(drop).map_err(TestCaseError::fail)
        });
        match told {
            Ok(_) => {}
            Err(TestError::Fail(why, steps)) => {
                panic!("seed {seed}: {why}\n\nshortest: {steps:#?}")
            }
            Err(TestError::Abort(why)) => panic!("seed {seed} could not be told: {why}"),
        }
    }
}

/// Tells the stories of so many seeds on two threads, after those that once failed; `SAFETALK_SEED=5` tells the fifth alone.
fn tell_all(seeds: Range<u64>, teller: fn(&[Step]) -> Result<Trace, String>) {
    if let Ok(seed) = std::env::var("SAFETALK_SEED") {
        let seed = seed.parse().expect("SAFETALK_SEED is a number");
        return tell(std::iter::once(seed), teller);
    }
    tell(SEEDS.iter().copied(), teller);
    let half = seeds.start + (seeds.end - seeds.start) / 2;
    std::thread::scope(|threads| {
        threads.spawn(|| tell(seeds.start..half, teller));
        tell(half..seeds.end, teller);
    });
}

#[test]
fn in_memory_every_promise_holds_whatever_happens() {
    tell_all(0..4_000 * times(), |steps| in_memory(steps, None));
}

#[test]
fn on_encrypted_files_every_promise_holds_whatever_happens() {
    tell_all(0..40 * times(), on_files);
}

#[cfg(unix)]
fn over_http(steps: &[Step]) -> Result<Trace, String> {
    on_its_own(async {
        let (clock, folder) = (Hand::new(), tempfile::tempdir().unwrap());
        let shelf = Hosted::new(&clock).await;
        told_on_disk(shelf, folder, &clock, steps).await
    })
}

#[cfg(unix)]
#[test]
fn over_http_to_a_server_with_postgresql_every_promise_holds_whatever_happens() {
    tell_all(0..16 * times(), over_http);
}

#[cfg(unix)]
#[test]
fn with_a_ledger_in_postgresql_every_promise_holds_whatever_happens() {
    tell_all(0..16 * times(), in_postgres);
}

#[test]
fn the_same_seed_is_the_same_story() {
    for seed in 0..20 {
        let [one, other] = [(), ()].map(|()| in_memory(&story(seed), None).unwrap());
        assert_eq!(one, other);
    }
}

/// The most seeds until a planted fault has to be found.
const FOUND_WITHIN: u64 = 2_000;

#[test]
fn every_planted_fault_is_found() {
    for fault in Fault::ALL {
        let found = (0..FOUND_WITHIN).find(|seed| in_memory(&story(*seed), Some(fault)).is_err());
        let seed = found.unwrap_or_else(|| panic!("{fault:?} is not found"));
        println!("{fault:?}: seed {seed}");
    }
}
