//! Noticing, once awake again, that the computer has slept. Every system allows this much; where one says it beforehand
//! (`login.rs`), the app is locked already.

use std::time::{Duration, SystemTime};

/// How often it is looked at. A sleeping program looks at nothing.
const BEAT: Duration = Duration::from_secs(2);
/// A look that comes this late was slept through. A busy computer is late by less.
const SLEPT: Duration = Duration::from_secs(30);

/// Calls `lock` whenever the computer has slept, until the process ends.
pub fn watch(lock: impl Fn() + Send + 'static) {
    std::thread::spawn(move || {
        let mut before = SystemTime::now();
        loop {
            std::thread::sleep(BEAT);
            let now = SystemTime::now();
            if slept(before, now) {
                lock();
            }
            before = now;
        }
    });
}

/// Whether somebody slept between two looks. A clock that was set forward looks the same, and asks for a PIN too often
/// rather than never; one that was set back says nothing.
fn slept(before: SystemTime, now: SystemTime) -> bool {
    now.duration_since(before).is_ok_and(|gap| gap >= SLEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_look_that_comes_much_too_late_was_slept_through() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(!slept(at(100), at(102)), "as it should come");
        assert!(!slept(at(100), at(129)), "the computer was busy");
        assert!(slept(at(100), at(130)), "it slept");
        assert!(!slept(at(100), at(40)), "the clock was set back");
    }
}
