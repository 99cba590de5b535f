//! `cargo xtask test`: everything that must hold, in one run.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::steps::Steps;
use crate::{packages, screens, shell, types};

const PACKAGES: &str = "system packages";
const FETCH: &str = "screens: packages";
const SCREENS: &str = "screens: build";
const BUILD: &str = "rust: build and lints";
const TESTS: &str = "rust: tests and real window";
const END_TO_END: &str = "screens: end to end";

/// Runs every step, whatever becomes of the others, and prints what came of them.
pub fn run() -> Result<ExitCode> {
    let mut steps = Steps::default();
    types::before_tests()?;
    steps.own(PACKAGES, || {
        packages::ensure_installed(&[packages::BUILD, packages::RUN, packages::TEST])
    });
    steps.check(
        "rust: format",
        shell::cargo().args(["fmt", "--all", "--check"]),
    );
    let screens = test_screens(&mut steps);
    if screens {
        test_rust(&mut steps);
        steps.tests(END_TO_END, &mut screens::script("e2e"));
    } else {
        for name in [BUILD, TESTS, END_TO_END] {
            steps.not_run(name, SCREENS);
        }
    }
    Ok(steps.finish())
}

/// Whether the screens could be built: the window and the end-to-end tests hold them.
fn test_screens(steps: &mut Steps) -> bool {
    if !steps.own(FETCH, screens::ensure_fetched) {
        steps.not_run(SCREENS, FETCH);
        return false;
    }
    steps.check("screens: types", &mut screens::script("check"));
    steps.check("screens: lints", &mut screens::script("lint"));
    steps.tests(
        "screens: tests",
        screens::script("test").env("NO_COLOR", "1"),
    );
    steps.check(SCREENS, &mut screens::script("build"))
}

fn test_rust(steps: &mut Steps) {
    let linted = lint_and_build(steps);
    // Code with a lint against it can still be right: its tests are then built the ordinary way.
    steps.tests(TESTS, cargo_test(linted).arg("--no-fail-fast"));
    steps.own("screens: generated types", types::check);
}

/// Lints and builds all of it at once: clippy's driver is a whole compiler, so that the dependency tree and our own crates
/// are compiled a single time instead of once to look at and once to run.
fn lint_and_build(steps: &mut Steps) -> bool {
    steps.check(BUILD, cargo_test(true).arg("--no-run"))
}

fn cargo_test(linted: bool) -> Command {
    let mut cargo = shell::cargo();
    cargo.args(["test", "--workspace"]);
    if linted {
        cargo
            .env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
            .env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
    }
    cargo
}
