//! How long to wait before trying again.

/// Minutes before the second, third, fourth … attempt; the last one repeats.
const MINUTES: [i64; 5] = [1, 5, 15, 60, 120];

/// The same for the line. A line is tried for everything that waits, and a cancellation cannot wait for hours.
const LINE_MINUTES: [i64; 3] = [1, 5, 15];

/// Seconds to wait before trying one notice again after the server said "later".
///
/// `attempt` counts the attempts made so far, the first being 1. Up to a fifth is added, the same for the
/// same notice and attempt on every machine, so that notices that failed together do not all return together.
#[must_use]
pub fn retry_pause(attempt: u32, notice: &str) -> i64 {
    spread(&MINUTES, attempt, notice)
}

/// Seconds to wait before trying the server again when it could not be reached, after `failures` in a row.
#[must_use]
pub fn line_pause(failures: u32) -> i64 {
    spread(&LINE_MINUTES, failures, "line")
}

fn spread(minutes: &[i64], attempt: u32, salt: &str) -> i64 {
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = minutes[step.min(minutes.len() - 1)] * 60;
    let share = i64::from(hash(salt, attempt) % 1000);
    seconds + seconds * share / 5000
}

/// FNV-1a, because the standard hasher may change between compilers and a retry must not.
fn hash(salt: &str, attempt: u32) -> u32 {
    salt.bytes()
        .chain(attempt.to_le_bytes())
        .fold(0x811c_9dc5, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_then_stay() {
        let base = [60, 300, 900, 3600, 7200, 7200, 7200];
        for (n, base) in base.into_iter().enumerate() {
            let attempt = u32::try_from(n).expect("a small number") + 1;
            let pause = retry_pause(attempt, "0198");
            assert!(
                (base..=base + base / 5).contains(&pause),
                "attempt {attempt} waits {pause}, outside {base} and a fifth more"
            );
        }
    }

    #[test]
    fn a_line_rests_at_most_a_quarter_of_an_hour_and_a_fifth_more() {
        let longest = (1..100).map(line_pause).max();
        assert!(
            longest.is_some_and(|seconds| seconds <= 18 * 60),
            "{longest:?}"
        );
    }

    #[test]
    fn the_same_notice_waits_the_same_everywhere_and_others_differ() {
        assert_eq!(retry_pause(2, "a"), retry_pause(2, "a"));
        let different = (0..50)
            .map(|n| retry_pause(2, &format!("notice-{n}")))
            .collect::<std::collections::HashSet<_>>();
        assert!(
            different.len() > 25,
            "fifty notices must not all return in the same second: {different:?}"
        );
    }
}
