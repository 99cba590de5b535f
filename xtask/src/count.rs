//! Reading how many tests passed and failed out of what the test programs print.

use std::ops::AddAssign;

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The count that a line of output states, if it states one.
///
/// Known are the summary lines of cargo's tests (`test result: ok. 3 passed; 0 failed; …`), of vitest
/// (`Tests  1 failed | 2 passed (3)`) and of our end-to-end tests (`3 passed, 0 failed`).
pub fn of_line(line: &str) -> Option<Count> {
    let plain = without_colours(line);
    let line = plain.trim();
    if let Some(summary) = line.strip_prefix("test result: ") {
        let (_, numbers) = summary.split_once(". ")?;
        return from_words(numbers);
    }
    if let Some(numbers) = line.strip_prefix("Tests ") {
        return from_words(numbers);
    }
    let ours = line
        .split_once(", ")
        .is_some_and(|(passed, failed)| is(passed, "passed") && is(failed, "failed"));
    if ours { from_words(line) } else { None }
}

fn is(part: &str, word: &str) -> bool {
    part.split_once(' ')
        .is_some_and(|(number, rest)| number.parse::<u64>().is_ok() && rest == word)
}

/// Sums "n passed" and "n failed", whatever stands between them.
fn from_words(text: &str) -> Option<Count> {
    let words: Vec<&str> = text
        .split([' ', ';', ',', '|'])
        .filter(|word| !word.is_empty())
        .collect();
    let number_before = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at.checked_sub(1)?)?.parse::<u64>().ok()
    };
    let (passed, failed) = (number_before("passed"), number_before("failed"));
    if passed.is_none() && failed.is_none() {
        return None;
    }
    Some(Count {
        passed: passed.unwrap_or(0),
        failed: failed.unwrap_or(0),
    })
}

/// The text without terminal colours (`ESC [ … letter`).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            for inner in letters.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64) -> Option<Count> {
        Some(Count { passed, failed })
    }

    #[test]
    fn cargo_states_passed_and_failed() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        assert_eq!(of_line(ok), count(12, 0), "a passing run");
        assert_eq!(of_line(bad), count(3, 2), "a failing run");
    }

    #[test]
    fn vitest_states_them_in_colours_and_leaves_out_zeros() {
        let ok = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m42 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (42)\u{1b}[39m";
        assert_eq!(of_line(ok), count(42, 0), "only passed is printed");
        assert_eq!(
            of_line("      Tests  1 failed | 41 passed (42)"),
            count(41, 1),
            "failed stands first"
        );
        assert_eq!(
            of_line("      Tests  2 failed (2)"),
            count(0, 2),
            "only failed is printed"
        );
        assert_eq!(
            of_line("      Tests  no tests"),
            None,
            "nothing ran, so nothing is counted"
        );
    }

    #[test]
    fn the_files_line_of_vitest_is_not_counted_as_tests() {
        assert_eq!(
            of_line(" Test Files  3 passed (3)"),
            None,
            "files would be counted on top of their tests"
        );
    }

    #[test]
    fn the_end_to_end_tests_state_one_plain_line() {
        assert_eq!(
            of_line("7 passed, 1 failed"),
            count(7, 1),
            "the line ends their run"
        );
    }

    #[test]
    fn talk_about_passing_is_not_a_count() {
        for line in [
            "a session that is passed, then failed",
            "test a::b ... ok",
            "running 3 tests",
            "3 passed, I think",
        ] {
            assert_eq!(of_line(line), None, "`{line}` only sounds like a summary");
        }
    }
}
