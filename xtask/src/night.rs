//! `cargo xtask night`: the stories of `tests/tests/simulation`, many times as many as the tests tell.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::{packages, shell};

/// How many times as many, unless somebody says.
const TIMES: u32 = 100;

/// Tells them; a story that fails is printed with its seed, as short as it can be.
pub fn run(times: Option<&str>) -> Result<ExitCode> {
    let times = times.map_or(Ok(TIMES), str::parse)?;
    ensure!(times > 0, "`cargo xtask night 0` would tell nothing");
    packages::ensure_installed(&[packages::BUILD, packages::RUN, packages::TEST])?;
    let mut cargo = shell::cargo();
    cargo.args(["test", "--workspace", "--test", "simulation"]);
    shell::must(cargo.env("SAFETALK_NIGHT", times.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
