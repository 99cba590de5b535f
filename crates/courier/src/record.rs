//! The record of what was handed to a server, kept outside the database and outside its backup.
//!
//! A database restored from yesterday's backup says "queued" of a notice that left this morning. This record
//! says "sent", and the courier asks it before every sending. It holds ids, moments and reply codes: nothing
//! of a client.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::desk::NoticeRef;

/// What the record knows of one notice in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing. After a crash this proves nothing either: the file may have been lost.
    Nothing,
    /// An attempt began and the message was not handed over in it.
    Opened,
    /// The message was about to be handed over, and no result followed.
    Handing,
    /// The server said no, or the line broke before the message's end: surely not delivered.
    NotSent,
    /// The server took it.
    Sent {
        /// When, UTC seconds.
        at: i64,
        /// The server's reply code.
        code: u16,
    },
}

/// The record cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the record of sent notices cannot be read or written: {kind}")]
pub struct RecordError {
    /// What the operating system says, without a path.
    pub kind: io::ErrorKind,
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self { kind: error.kind() }
    }
}

/// The record, as the courier uses it.
#[async_trait]
pub trait SentRecord: Send + Sync {
    /// The last thing written about this notice in this round.
    async fn look(&self, notice: &NoticeRef) -> Result<Recorded, RecordError>;

    /// Adds a line. On disk, not only in the operating system's memory, before it returns.
    async fn write(&self, notice: &NoticeRef, what: Recorded) -> Result<(), RecordError>;
}

/// The record in a file of lines that is only ever added to:
///
/// ```text
/// <notice id> <round> opened|handing|not-sent
/// <notice id> <round> sent <unix seconds> <code>
/// ```
///
/// A last line without its end was interrupted before the write returned, so what it announces never
/// happened: it is cut off. A line inside that is damaged but still names a notice counts as `handing`, which
/// can only make a notice uncertain, never send it twice. About 200 bytes per notice: it is not pruned.
#[derive(Clone)]
pub struct FileRecord {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    file: File,
    /// Length of the whole lines in the file: where the next one goes.
    end: u64,
    known: HashMap<NoticeRef, Recorded>,
}

impl FileRecord {
    /// Opens the record, or makes an empty one. Blocks on the disk.
    ///
    /// # Errors
    /// When the file cannot be read, made or repaired.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |n| n + 1);
        let mut known = HashMap::new();
        let mut damaged = 0_u32;
        for line in text[..whole].split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            match read_line(&String::from_utf8_lossy(line)) {
                Some((notice, what)) => remember(&mut known, notice, what),
                None => damaged += 1,
            }
        }
        if damaged > 0 {
            tracing::warn!(
                damaged_lines = damaged,
                "the record of sent notices has damaged lines"
            );
        }
        let end = u64::try_from(whole).expect("a file's length fits 64 bits");
        if whole < text.len() {
            file.set_len(end)?;
        }
        file.sync_all()?;
        sync_folder(path)?;
        Ok(Self {
            inner: Arc::new(Mutex::new(Inner { file, end, known })),
        })
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Inner) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, RecordError> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            work(&mut inner.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(|_| RecordError {
            kind: io::ErrorKind::Interrupted,
        })?
    }
}

#[async_trait]
impl SentRecord for FileRecord {
    async fn look(&self, notice: &NoticeRef) -> Result<Recorded, RecordError> {
        let notice = notice.clone();
        self.with(move |inner| {
            Ok(inner
                .known
                .get(&notice)
                .copied()
                .unwrap_or(Recorded::Nothing))
        })
        .await
    }

    async fn write(&self, notice: &NoticeRef, what: Recorded) -> Result<(), RecordError> {
        let notice = notice.clone();
        self.with(move |inner| inner.append(notice, what)).await
    }
}

impl Inner {
    fn append(&mut self, notice: NoticeRef, what: Recorded) -> Result<(), RecordError> {
        let Some(line) = write_line(&notice, what) else {
            return Err(RecordError {
                kind: io::ErrorKind::InvalidInput,
            });
        };
        // Always at the end of the last whole line: a write that failed halfway (a full disk) must not
        // leave half a line in front of the next one.
        self.file.seek(SeekFrom::Start(self.end))?;
        let written = self
            .file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // What did reach the disk may be a whole line; cutting it off keeps file and memory equal.
            let _ = self.file.set_len(self.end);
            return Err(error.into());
        }
        self.end += u64::try_from(line.len()).expect("a line's length fits 64 bits");
        remember(&mut self.known, notice, what);
        Ok(())
    }
}

/// Keeps what was said last, except that "sent" is for ever.
fn remember(known: &mut HashMap<NoticeRef, Recorded>, notice: NoticeRef, what: Recorded) {
    let entry = known.entry(notice).or_insert(what);
    if !matches!(entry, Recorded::Sent { .. }) {
        *entry = what;
    }
}

fn write_line(notice: &NoticeRef, what: Recorded) -> Option<String> {
    if notice.id.is_empty() || notice.id.contains(char::is_whitespace) {
        return None;
    }
    let what = match what {
        Recorded::Nothing => return None,
        Recorded::Opened => "opened".to_owned(),
        Recorded::Handing => "handing".to_owned(),
        Recorded::NotSent => "not-sent".to_owned(),
        Recorded::Sent { at, code } => format!("sent {at} {code}"),
    };
    Some(format!("{} {} {what}\n", notice.id, notice.round))
}

fn read_line(line: &str) -> Option<(NoticeRef, Recorded)> {
    let words: Vec<&str> = line.split(' ').collect();
    let notice = NoticeRef {
        id: (*words.first()?).to_owned(),
        round: words.get(1)?.parse().ok()?,
    };
    let what = match words.get(2..).unwrap_or_default() {
        ["opened"] => Recorded::Opened,
        ["not-sent"] => Recorded::NotSent,
        ["sent", at, code] => match (at.parse(), code.parse()) {
            (Ok(at), Ok(code)) => Recorded::Sent { at, code },
            _ => Recorded::Handing,
        },
        _ => Recorded::Handing,
    };
    Some((notice, what))
}

/// A new file's name is on disk only once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let folder = if folder.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            folder
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(id: &str) -> NoticeRef {
        NoticeRef {
            id: id.to_owned(),
            round: 0,
        }
    }

    fn in_folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sent.log");
        (folder, path)
    }

    #[tokio::test]
    async fn what_was_written_is_known_after_reopening() {
        let (_folder, path) = in_folder();
        let record = FileRecord::open(&path).expect("a new record");
        record
            .write(&notice("a"), Recorded::Opened)
            .await
            .expect("written");
        record
            .write(&notice("a"), Recorded::Handing)
            .await
            .expect("written");
        record
            .write(&notice("b"), Recorded::Handing)
            .await
            .expect("written");
        let sent = Recorded::Sent {
            at: 1_700_000_000,
            code: 250,
        };
        record.write(&notice("b"), sent).await.expect("written");
        drop(record);

        let record = FileRecord::open(&path).expect("the same record");
        assert_eq!(
            record.look(&notice("a")).await.expect("read"),
            Recorded::Handing
        );
        assert_eq!(record.look(&notice("b")).await.expect("read"), sent);
        assert_eq!(
            record.look(&notice("c")).await.expect("read"),
            Recorded::Nothing,
            "of a notice nobody wrote about nothing is known"
        );
    }

    #[tokio::test]
    async fn a_line_that_was_interrupted_is_cut_off_and_the_next_one_stands_alone() {
        let (_folder, path) = in_folder();
        std::fs::write(&path, "a 0 opened\na 0 hand").expect("a torn file");
        let record = FileRecord::open(&path).expect("opens a torn file");
        assert_eq!(
            record.look(&notice("a")).await.expect("read"),
            Recorded::Opened,
            "the write never returned, so nothing was handed over"
        );
        record
            .write(&notice("b"), Recorded::Opened)
            .await
            .expect("written");
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(text, "a 0 opened\nb 0 opened\n");
    }

    #[tokio::test]
    async fn sent_is_for_ever_and_a_damaged_line_counts_as_handed_over() {
        let (_folder, path) = in_folder();
        std::fs::write(
            &path,
            "a 0 sent 5 250\na 0 opened\nb 0 opqned\nb\nc 0 sent x 250\n",
        )
        .expect("a damaged file");
        let record = FileRecord::open(&path).expect("opens a damaged file");
        assert_eq!(
            record.look(&notice("a")).await.expect("read"),
            Recorded::Sent { at: 5, code: 250 },
            "a later line cannot take back that it was sent"
        );
        for id in ["b", "c"] {
            assert_eq!(
                record.look(&notice(id)).await.expect("read"),
                Recorded::Handing,
                "damage may make a notice uncertain, never send it twice"
            );
        }
    }

    #[tokio::test]
    async fn another_round_knows_nothing_of_the_first() {
        let (_folder, path) = in_folder();
        let record = FileRecord::open(&path).expect("a new record");
        record
            .write(&notice("a"), Recorded::Handing)
            .await
            .expect("written");
        let again = NoticeRef {
            id: "a".to_owned(),
            round: 1,
        };
        assert_eq!(
            record.look(&again).await.expect("read"),
            Recorded::Nothing,
            "a person asked for it to be sent again"
        );
    }

    #[tokio::test]
    async fn an_id_with_white_space_cannot_forge_a_line() {
        let (_folder, path) = in_folder();
        let record = FileRecord::open(&path).expect("a new record");
        let forged = notice("a 0 sent 1 250\nb");
        assert!(
            record.write(&forged, Recorded::Opened).await.is_err(),
            "an id is one word"
        );
    }
}
