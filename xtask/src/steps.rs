//! Running the steps of a long check: each one to its end, then a table of times and one plain line of counts.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::count::{self, Count};
use crate::shell;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    Passed,
    Failed(String),
    /// It needs a step that failed.
    NotRun(&'static str),
}

struct Done {
    name: &'static str,
    end: End,
    count: Count,
    time: Duration,
}

/// The steps run so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<Done>,
}

impl Steps {
    /// Runs a step that only passes or fails.
    pub fn check(&mut self, name: &'static str, command: &mut Command) -> bool {
        self.step(name, |_| run(command).map(|_| ()))
    }

    /// Runs a step that counts its tests; one that counted none has failed, for nothing was tested.
    pub fn tests(&mut self, name: &'static str, command: &mut Command) -> bool {
        self.step(name, |count| {
            let (counted, ended) = run_counting(command)?;
            *count = counted;
            ended?;
            anyhow::ensure!(counted != Count::default(), "it ran no tests");
            Ok(())
        })
    }

    /// Runs a step that is a function of ours.
    pub fn own(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        self.step(name, |_| work())
    }

    /// Notes a step that cannot run because `needs` failed.
    pub fn not_run(&mut self, name: &'static str, needs: &'static str) {
        println!("\n== {name}: not run, it needs \"{needs}\"");
        let end = End::NotRun(needs);
        self.done.push(Done {
            name,
            end,
            count: Count::default(),
            time: Duration::ZERO,
        });
    }

    fn step(&mut self, name: &'static str, work: impl FnOnce(&mut Count) -> Result<()>) -> bool {
        println!("\n== {name}");
        let began = Instant::now();
        let mut count = Count::default();
        let end = match work(&mut count) {
            Ok(()) => End::Passed,
            Err(error) => {
                println!("{error:#}");
                End::Failed(format!("{error:#}"))
            }
        };
        let passed = end == End::Passed;
        self.done.push(Done {
            name,
            end,
            count,
            time: began.elapsed(),
        });
        passed
    }

    /// Prints the table and the last line, and gives the exit code.
    pub fn finish(self) -> ExitCode {
        println!();
        for done in &self.done {
            println!("{}", row(done));
        }
        let total = self.total();
        println!("\n{} passed, {} failed", total.passed, total.failed);
        if total.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Every test, and every failing step that no failing test of its own accounts for.
    fn total(&self) -> Count {
        let mut total = Count::default();
        for done in &self.done {
            total += done.count;
            if done.end != End::Passed && done.count.failed == 0 {
                total.failed += 1;
            }
        }
        total
    }
}

fn row(done: &Done) -> String {
    let seconds = done.time.as_secs();
    let time = format!("{:>3}:{:02}", seconds / 60, seconds % 60);
    let end = match &done.end {
        End::Passed => "passed".to_owned(),
        End::Failed(why) => format!("FAILED: {}", why.lines().next().unwrap_or_default()),
        End::NotRun(needs) => format!("NOT RUN: needs \"{needs}\""),
    };
    let counted = if done.count == Count::default() {
        String::new()
    } else {
        format!(
            " ({} passed, {} failed)",
            done.count.passed, done.count.failed
        )
    };
    format!("{time}  {:<28} {end}{counted}", done.name)
}

fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shell::shown(command));
    shell::must(command)
}

/// The counts, and whether the command ended well. Its lines are shown as they come.
fn run_counting(command: &mut Command) -> Result<(Count, Result<()>)> {
    let shown = shell::shown(command);
    println!("$ {shown}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{shown}` could not be started"))?;
    let output = child
        .stdout
        .take()
        .context("its output was asked for and is not there")?;
    let mut total = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(count) = count::of_line(&line) {
            total += count;
        }
    }
    let status = child.wait()?;
    let ended = if status.success() {
        Ok(())
    } else {
        Err(anyhow::anyhow!("`{shown}` failed ({status})"))
    };
    Ok((total, ended))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn counts_of_all_steps_are_summed() {
        let mut steps = Steps::default();
        steps.tests("one", &mut sh("echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; echo 'test result: ok. 3 passed; 0 failed'"));
        steps.tests("two", &mut sh("echo '4 passed, 0 failed'"));
        assert_eq!(
            steps.total(),
            Count {
                passed: 9,
                failed: 0
            },
            "every summary line counts once"
        );
        assert_eq!(steps.finish(), ExitCode::SUCCESS, "nothing failed");
    }

    #[test]
    fn a_failing_step_fails_the_run_even_if_it_counts_no_test() {
        let mut steps = Steps::default();
        assert!(
            !steps.check("lints", &mut sh("exit 1")),
            "the step itself failed"
        );
        assert!(
            steps.check("format", &mut sh("true")),
            "a later step still runs"
        );
        assert_eq!(
            steps.total(),
            Count {
                passed: 0,
                failed: 1
            },
            "the step counts as one failure"
        );
        assert_eq!(steps.finish(), ExitCode::FAILURE, "CI must see it");
    }

    #[test]
    fn a_failing_test_is_not_counted_twice() {
        let mut steps = Steps::default();
        steps.tests("one", &mut sh("echo '4 passed, 2 failed'; exit 1"));
        assert_eq!(
            steps.total(),
            Count {
                passed: 4,
                failed: 2
            },
            "its step adds nothing to its tests"
        );
    }

    #[test]
    fn a_crash_after_passing_tests_is_a_failure() {
        let mut steps = Steps::default();
        steps.tests("one", &mut sh("echo '4 passed, 0 failed'; exit 3"));
        assert_eq!(
            steps.total(),
            Count {
                passed: 4,
                failed: 1
            },
            "the exit code speaks last"
        );
    }

    #[test]
    fn a_step_that_tests_nothing_has_failed() {
        let mut steps = Steps::default();
        assert!(
            !steps.tests("one", &mut sh("echo nothing to do")),
            "an empty run proves nothing"
        );
    }

    #[test]
    fn a_step_that_could_not_run_is_a_failure() {
        let mut steps = Steps::default();
        steps.not_run("window", "build");
        assert_eq!(steps.total().failed, 1, "what was not tested is not green");
    }
}
