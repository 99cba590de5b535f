//! How the command line reaches a server that runs: a socket in the data folder, which only its owner may enter.
//!
//! One command as a line of JSON, one answer as a line of JSON. The server has its files for itself, so the command line
//! cannot open them beside it.

use crate::House;
use crate::admin::{self, Command};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

const LONGEST: u64 = 64 << 10;

/// Where the socket is.
pub fn path(folder: &Path) -> PathBuf {
    folder.join("admin.sock")
}

/// Answers commands until it is dropped. The caller has the folder's files open, so that nobody else listens here.
///
/// # Errors
/// When the socket cannot be made.
pub async fn listen(folder: &Path, house: Arc<House>) -> Result<()> {
    let path = path(folder);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            if let Err(error) = answer(stream, &house).await {
                tracing::warn!(%error, "a command of the operator was not answered");
            }
        });
    }
}

async fn answer(stream: UnixStream, house: &House) -> Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reading.take(LONGEST))
        .read_line(&mut line)
        .await?;
    let command: Command = serde_json::from_str(&line)
        .ok()
        .context("a command that is none")?;
    let answer = admin::run(house, command)
        .await
        .map_err(|error| format!("{error:#}"));
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    Ok(())
}

/// Asks the server that runs on this folder; `None` when none does.
///
/// # Errors
/// What the server says, or that it hung up.
pub async fn ask(folder: &Path, command: &Command) -> Result<Option<String>> {
    let Ok(stream) = UnixStream::connect(path(folder)).await else {
        return Ok(None);
    };
    let (reading, mut writing) = stream.into_split();
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    let mut answer = String::new();
    BufReader::new(reading).read_line(&mut answer).await?;
    match serde_json::from_str::<Result<String, String>>(&answer) {
        Ok(Ok(text)) => Ok(Some(text)),
        Ok(Err(problem)) => bail!("{problem}"),
        Err(_) => bail!("the server hung up"),
    }
}
