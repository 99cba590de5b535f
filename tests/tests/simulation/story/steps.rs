//! A story, step by step, as it follows from a seed.

use super::line::Fate;
use crate::wishes::{Wish, wishes};
use proptest::prelude::*;

/// The most devices there are at once.
pub const MOST_DEVICES: usize = 6;

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody wants something.
    Want(usize, Vec<Wish>),
    /// A device syncs, and this becomes of its calls.
    Sync(usize, Vec<Fate>),
    /// What was on its way arrives.
    Arrive,
    /// A device is switched off and on.
    Restart(usize),
    /// A device's disk is cloned into another computer.
    Clone(usize),
    /// A device's disk is copied.
    Copy(usize),
    /// A device gets the last copy of its disk back.
    PutBack(usize),
    /// The ledger is backed up.
    BackUp,
    /// The ledger is restored from its last backup, and it is announced or not.
    Restore(bool),
    /// A device's clock is wrong by so many hours.
    Clock(usize, i64),
    /// So many minutes pass.
    Wait(i64),
}

/// Stories of up to `most` steps.
pub fn stories(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let device = 0..MOST_DEVICES;
    let fate = prop_oneof![
        6 => Just(Fate::Good),
        1 => Just(Fate::Down),
        2 => Just(Fate::AnswerLost),
        1 => Just(Fate::Twice),
        1 => Just(Fate::Late),
    ];
    let fates = proptest::collection::vec(fate, 0..5);
    let step = prop_oneof![
        10 => (device.clone(), wishes(5)).prop_map(|(of, wishes)| Step::Want(of, wishes)),
        8 => (device.clone(), fates).prop_map(|(of, fates)| Step::Sync(of, fates)),
        1 => Just(Step::Arrive),
        1 => device.clone().prop_map(Step::Restart),
        1 => device.clone().prop_map(Step::Clone),
        1 => device.clone().prop_map(Step::Copy),
        1 => device.clone().prop_map(Step::PutBack),
        1 => Just(Step::BackUp),
        1 => any::<bool>().prop_map(Step::Restore),
        1 => (device, -24_i64..25).prop_map(|(of, hours)| Step::Clock(of, hours)),
        1 => (1_i64..300).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 4..most)
}
