//! Programs that live no longer than the test that started them.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

/// A running program with its children. Dropping it ends them all.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a program in a process group of its own.
    ///
    /// # Errors
    /// When it cannot be started; the message names it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        Ok(Self { child })
    }

    /// Starts a program and waits for the first line it prints.
    ///
    /// # Errors
    /// When it cannot be started or ends without a line.
    pub fn start_and_hear(command: &mut Command) -> Result<(Self, String)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = Self::start(command.stdout(Stdio::piped()))?;
        let output = process
            .child
            .stdout
            .take()
            .context("its output was asked for and is not there")?;
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line)?;
        // The rest is read and forgotten, so that a talkative program never meets a closed or a full pipe.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        if line.trim().is_empty() {
            bail!("{name} ended without saying where it listens");
        }
        Ok((process, line.trim().to_owned()))
    }

    /// The program's own process, for talking to its input or waiting for its end.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until the program ends by itself.
    ///
    /// # Errors
    /// When it is still running after `patience`.
    pub fn wait(&mut self, patience: Duration) -> Result<std::process::ExitStatus> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if began.elapsed() > patience {
                bail!("it still runs after {patience:?}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends the program at once, without a chance to tidy up: what a crash or a power cut looks like.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        // It was ours and was just killed; there is nothing else to learn from its end.
        let _ = self.child.wait();
    }

    fn signal(&self, signal: Signal) {
        // A group that is gone already is what was wanted.
        let _ = kill_process_group(Pid::from_child(&self.child), signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let _ = self.wait(Duration::from_secs(1));
        // Also children that outlived the program itself.
        self.kill();
    }
}

/// Asks until the answer is yes.
///
/// # Errors
/// When it is still no after `patience`; the message says what was waited for.
pub fn until(what: &str, patience: Duration, mut yes: impl FnMut() -> bool) -> Result<()> {
    let began = Instant::now();
    while !yes() {
        if began.elapsed() > patience {
            bail!("waited {patience:?} for {what}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
