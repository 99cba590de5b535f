//! The project's own commands, from a fresh clone on: `cargo xtask run` and `cargo xtask test`.
#![forbid(unsafe_code)]

mod bench;
mod bundle;
mod count;
mod night;
mod packages;
mod prepare;
mod run;
mod screens;
mod shell;
mod steps;
mod test;
mod types;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask run      build SafeTalk and open its window
cargo xtask test     everything that must hold: format, lints, tests, screens, the real window
cargo xtask bench    measure the core at 1,000 to 1,000,000 sessions (or at the sizes named);
                     `bench screens` measures the week on screen beside other calendars,
                     `bench start` the way from the click to a usable window, `bench all` everything
cargo xtask night    tell a hundred times as many stories of devices and a ledger as the tests do (or as many times as named)
cargo xtask bundle   make the packages that people install (--debug: quickly, to look at them)
cargo xtask types    write ui/src/generated again from the Rust types
cargo xtask prepare  check every SQL statement against the schemas, and keep what builds without a database need";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["run"] => run::run(),
        ["test"] => test::run(),
        ["bench", what @ ..] => bench::run(what),
        ["night"] => night::run(None),
        ["night", times] => night::run(Some(times)),
        ["bundle", arguments @ ..] => bundle::run(arguments),
        ["types"] => types::write(),
        ["prepare"] => prepare::run(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}
