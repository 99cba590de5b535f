//! The line of events: the server says where the history stands, and nothing else. Data always comes by pull.

use crate::Remote;
use crate::line::{Signer, class, is};
use reqwest::{Method, Response};
use safetalk_domain::Position;
use safetalk_wire::http::path;
use safetalk_wire::{Remedy, Trouble};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// An event is a few dozen bytes. A line that never ends is not ours.
const LONGEST_LINE: usize = 1_024;
/// Pauses between attempts to get the line back begin with this.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Why to pull now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The history stands here now.
    Now(Position),
    /// There is no line of events: time to look.
    Look,
    /// Trying again does not help before a person did something. The last word.
    Stopped(Trouble),
}

/// Reasons to pull, as they come. Ends its line when dropped.
pub struct Changes {
    told: mpsc::Receiver<Change>,
    line: AbortHandle,
}

impl Changes {
    /// The next reason; `None` after [`Change::Stopped`]. May be dropped at any time without losing one.
    pub async fn next(&mut self) -> Option<Change> {
        self.told.recv().await
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.line.abort();
    }
}

#[derive(Deserialize)]
struct Event {
    position: Position,
}

impl Remote {
    /// Says when to pull. While there is no line it says [`Change::Look`] at every `poll` of its patience, and it gets
    /// the line back by itself.
    pub fn changes(self: &Arc<Self>) -> Changes {
        // One waiting reason is enough: a pull fetches everything.
        let (tell, told) = mpsc::channel(1);
        let remote = Arc::clone(self);
        let line = tokio::spawn(async move { remote.follow(&tell).await }).abort_handle();
        Changes { told, line }
    }

    async fn follow(&self, tell: &mpsc::Sender<Change>) {
        let mut pause = FIRST_PAUSE;
        loop {
            let trouble = match self.listen(tell, &mut pause).await {
                Ok(()) => Trouble::Unreachable,
                Err(trouble) => trouble,
            };
            if trouble.remedy() == Remedy::AskPerson {
                let _ = tell.send(Change::Stopped(trouble)).await;
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(self.patience.poll);
            if tell.send(Change::Look).await.is_err() {
                return;
            }
        }
    }

    /// Opens the line and passes on what it says, until it ends.
    async fn listen(
        &self,
        tell: &mpsc::Sender<Change>,
        pause: &mut Duration,
    ) -> Result<(), Trouble> {
        let credentials = self.credentials().await?;
        let signer = Signer::Computer(&credentials);
        let opening = self.send(Method::GET, path::CHANGES, Vec::new(), &signer);
        let mut response = tokio::time::timeout(self.patience.answer, opening)
            .await
            .map_err(|_| Trouble::TimedOut)??;
        if !is(response.headers(), "text/event-stream") {
            return Err(Trouble::Foreign);
        }
        let mut lines = Lines::default();
        while let Some(chunk) = self.heard(&mut response).await? {
            *pause = FIRST_PAUSE;
            for event in lines.take(&chunk)? {
                if tell.send(Change::Now(event.position)).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Silence means that the line is dead although nobody said so: the computer slept, the network changed.
    async fn heard(&self, response: &mut Response) -> Result<Option<Vec<u8>>, Trouble> {
        let chunk = tokio::time::timeout(self.patience.silence, response.chunk())
            .await
            .map_err(|_| Trouble::TimedOut)?
            .map_err(|error| class(&error))?;
        Ok(chunk.map(|bytes| bytes.to_vec()))
    }
}

/// Puts chunks together to lines.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn take(&mut self, chunk: &[u8]) -> Result<Vec<Event>, Trouble> {
        let mut events = Vec::new();
        for byte in chunk {
            match byte {
                b'\n' => {
                    events.extend(event(&self.0)?);
                    self.0.clear();
                }
                b'\r' => {}
                _ if self.0.len() == LONGEST_LINE => return Err(Trouble::Foreign),
                byte => self.0.push(*byte),
            }
        }
        Ok(events)
    }
}

/// The event of a line; comments and blank lines are signs of life only.
fn event(line: &[u8]) -> Result<Option<Event>, Trouble> {
    match line.strip_prefix(b"data:") {
        Some(data) => serde_json::from_slice(data)
            .map(Some)
            .map_err(|_| Trouble::NotUnderstood),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(lines: &mut Lines, chunk: &str) -> Vec<Position> {
        let events = lines.take(chunk.as_bytes()).expect("well-formed events");
        events.iter().map(|event| event.position).collect()
    }

    #[test]
    fn an_event_cut_anywhere_is_put_together() {
        let text = ": alive\r\n\r\ndata: {\"position\":41}\n\ndata:{\"position\":42}\n\n";
        for cut in 0..=text.len() {
            let mut lines = Lines::default();
            let mut heard = positions(&mut lines, &text[..cut]);
            heard.extend(positions(&mut lines, &text[cut..]));
            assert_eq!(heard, [41, 42], "cut at {cut}");
        }
    }

    #[test]
    fn a_line_that_never_ends_is_not_ours() {
        let mut lines = Lines::default();
        let endless = vec![b'x'; LONGEST_LINE + 1];
        assert!(matches!(lines.take(&endless), Err(Trouble::Foreign)));
    }
}
