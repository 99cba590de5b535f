//! What can go wrong with a file on disk, in kinds that a screen or a caller acts on.
//!
//! No message names a path: the folder of a clinic lies in somebody's home and often carries their name.

use std::io::{self, ErrorKind};

/// What ails the storage below a failed call, as far as a person can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ailment {
    /// The disk, or the quota on it, is full. Nothing that was committed is lost; making room is enough.
    DiskFull,
    /// The file, its folder or the disk may not be written.
    ReadOnly,
    /// The file's bytes are not what was written: damaged, cut short, or not under this key.
    Damaged,
    /// Another connection held the file for longer than the busy timeout; trying again may work.
    Busy,
    /// Anything else.
    Other,
}

/// Tells what ails the storage below a failed database call.
///
/// After `DiskFull` and most input/output errors SQLite has already rolled the transaction back: the caller drops it
/// and never goes on in it.
#[must_use]
pub fn diagnose(error: &sqlx::Error) -> Ailment {
    match error {
        sqlx::Error::Io(error) => diagnose_io(error),
        sqlx::Error::Database(error) => match code_of(error.as_ref()) {
            // SQLCipher's words for a page whose seal is broken, in the first call and in every later one. A mistake
            // in a statement has a message of its own, and running out of memory ends a process before SQLite sees it.
            1 if error.message() == "SQL logic error" => Ailment::Damaged,
            7 => Ailment::Damaged,
            code => diagnose_code(code),
        },
        _ => Ailment::Other,
    }
}

/// As [`diagnose`], for a failed migration.
#[must_use]
pub fn diagnose_migration(error: &sqlx::migrate::MigrateError) -> Ailment {
    use sqlx::migrate::MigrateError;
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => diagnose(error),
        _ => Ailment::Other,
    }
}

/// As [`diagnose`], for a failed call on files.
#[must_use]
pub fn diagnose_io(error: &io::Error) -> Ailment {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Ailment::DiskFull,
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Ailment::ReadOnly,
        _ => Ailment::Other,
    }
}

/// Whether SQLite misses the end of a file whose first page is whole.
pub(crate) fn ends_early(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if code_of(error.as_ref()) == 11)
}

fn code_of(error: &dyn sqlx::error::DatabaseError) -> i32 {
    error
        .code()
        .and_then(|code| code.parse().ok())
        .unwrap_or_default()
}

/// SQLite's result codes (<https://www.sqlite.org/rescode.html>); the low byte is the kind.
fn diagnose_code(code: i32) -> Ailment {
    /// Growing the shared-memory file failed, which a full disk does before it can fail a write of the log.
    const IOERR_SHMSIZE: i32 = 4874;
    /// Writing, syncing a file, syncing its folder, cutting a file: what fails on a disk that the system has shut for writing
    /// while a file on it was open. (A full one has a code of its own.)
    const NOT_WRITTEN: [i32; 4] = [778, 1034, 1290, 1546];
    match (code, code & 0xff) {
        (IOERR_SHMSIZE, _) | (_, 13) => Ailment::DiskFull,
        (code, _) if NOT_WRITTEN.contains(&code) => Ailment::ReadOnly,
        (_, 8) => Ailment::ReadOnly,
        (_, 11 | 26) => Ailment::Damaged,
        (_, 5 | 6) => Ailment::Busy,
        _ => Ailment::Other,
    }
}

/// Why a database was not opened or made. Every variant but the last three is a screen of its own.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no file: the disk is not plugged in, or the clinic was moved or never made.
    #[error("there is no database there")]
    NotThere,
    /// A file is already there; a new database is never made over it.
    #[error("a database is already there")]
    AlreadyThere,
    /// The file is a plain, unencrypted SQLite database: not one of ours, and never opened.
    #[error("the file is not encrypted, so it is not one of ours")]
    NotEncrypted,
    /// The file opens with the key, but it holds something else than what was asked for.
    #[error("the file is a database of another kind")]
    Foreign,
    /// The file ends too early, as after an interrupted copy.
    #[error("the file is cut short")]
    Truncated,
    /// The key is not this file's: the recovery file beside it was made for another one.
    #[error("the key does not belong to this database")]
    WrongKey,
    /// The key is the right one, but the bytes are not what was written.
    #[error("the database is damaged")]
    Damaged,
    /// Either of the two: there is no recovery file beside the database to tell them apart.
    #[error("the key does not belong to this database, or it is damaged")]
    WrongKeyOrDamaged,
    /// A newer SafeTalk has written this file. It is left untouched.
    #[error("the database has version {found}, this program knows versions up to {known}")]
    Newer {
        /// The newest migration in the file.
        found: i64,
        /// The newest migration this program has.
        known: i64,
    },
    /// Another process has this database open.
    #[error("another process has the database open")]
    Locked,
    /// The file, its folder or the disk may not be written.
    #[error("the database may not be written")]
    ReadOnly,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// This build has no SQLCipher in it. Nothing was read or written, for it would have been plain text.
    #[error("this build cannot encrypt")]
    NoCipher,
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    /// The database refused something else.
    #[error("the database could not be opened")]
    Database(#[source] sqlx::Error),
    /// The operating system refused something else.
    #[error("the file could not be reached")]
    Io(#[source] io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match diagnose_io(&error) {
            Ailment::DiskFull => Self::DiskFull,
            Ailment::ReadOnly => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        match diagnose(&error) {
            Ailment::DiskFull => Self::DiskFull,
            Ailment::ReadOnly => Self::ReadOnly,
            Ailment::Damaged => Self::Damaged,
            Ailment::Busy => Self::Locked,
            Ailment::Other => Self::Database(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for OpenError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match diagnose_migration(&error) {
            Ailment::DiskFull => Self::DiskFull,
            Ailment::ReadOnly => Self::ReadOnly,
            Ailment::Damaged => Self::Damaged,
            Ailment::Busy | Ailment::Other => Self::Migration(Box::new(error)),
        }
    }
}

/// The operating system has no random numbers to give, so no key can be made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random numbers")]
pub struct NoRandomness;

/// Why a typed recovery key is not one. Groups are counted from 1, as they stand on the sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// These groups are mistyped; the others are right.
    #[error("mistyped groups: {0:?}")]
    Mistyped(Vec<u8>),
    /// A recovery key has 32 letters and digits.
    #[error("a recovery key has 32 letters and digits, these are {0}")]
    Length(usize),
}

/// Why the recovery file beside a database does not help.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryFileError {
    /// There is none.
    #[error("there is no recovery file")]
    NotThere,
    /// It is not a recovery file, or it is damaged.
    #[error("the recovery file is damaged")]
    Damaged,
    /// A newer SafeTalk wrote it.
    #[error("the recovery file has version {0}, which this program does not know")]
    Newer(u32),
    /// The recovery key is well typed but was made for something else (or the file was altered).
    #[error("the recovery key does not belong to this file")]
    WrongRecoveryKey,
    /// The file that is there wraps another key; writing over it could lock that database for ever.
    #[error("the recovery file that is there belongs to another key")]
    OfAnotherKey,
    /// No random numbers.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The folder may not be written.
    #[error("the recovery file may not be written")]
    ReadOnly,
    /// The operating system refused something else.
    #[error("the recovery file could not be reached")]
    Io(#[source] io::Error),
}

impl From<io::Error> for RecoveryFileError {
    fn from(error: io::Error) -> Self {
        match (error.kind(), diagnose_io(&error)) {
            (ErrorKind::NotFound, _) => Self::NotThere,
            (_, Ailment::DiskFull) => Self::DiskFull,
            (_, Ailment::ReadOnly) => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

/// Why no backup was made. Earlier backups are untouched.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder the person chose is not there: a stick that is not plugged in, or a folder that was moved.
    #[error("the backup folder is not there")]
    FolderMissing,
    /// The folder may not be written.
    #[error("the backup folder may not be written")]
    ReadOnly,
    /// There is no room for the backup, in its folder or beside the database, where it is put together.
    #[error("the disk is full")]
    DiskFull,
    /// The copy did not pass its checks when it was opened again: the database itself may be damaged.
    #[error("the copy of {part} is not sound")]
    Unsound {
        /// The file's name inside the clinic's folder.
        part: String,
    },
    /// Without its recovery file a backup could not be opened on another computer, so none is made.
    #[error("the recovery file is missing or unusable")]
    Recovery(#[source] RecoveryFileError),
    /// The databases given do not lie in one folder, or there are none.
    #[error("a backup is of the databases of one folder")]
    NotOneClinic,
    /// The database refused something else.
    #[error("the database could not be copied")]
    Database(#[source] sqlx::Error),
    /// The operating system refused something else.
    #[error("the backup could not be written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        match diagnose_io(&error) {
            Ailment::DiskFull => Self::DiskFull,
            Ailment::ReadOnly => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        match diagnose(&error) {
            Ailment::DiskFull => Self::DiskFull,
            Ailment::ReadOnly => Self::ReadOnly,
            _ => Self::Database(error),
        }
    }
}

/// Why a backup was not restored. The destination is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup file is not there.
    #[error("the backup is not there")]
    NotThere,
    /// The file is not a SafeTalk backup.
    #[error("the file is not a SafeTalk backup")]
    NotABackup,
    /// The backup ends too early, as after an interrupted copy.
    #[error("the backup is cut short")]
    Truncated,
    /// A part is not what was backed up: the file was damaged or altered.
    #[error("{part} in the backup is damaged")]
    Damaged {
        /// The part's file name.
        part: String,
    },
    /// A newer SafeTalk made it.
    #[error("the backup has format {0}, which this program does not know")]
    Newer(u32),
    /// The recovery key is well typed but belongs to another clinic, or was replaced before this backup was made.
    #[error("the recovery key does not belong to this backup")]
    WrongRecoveryKey,
    /// Something is already where the clinic should be put; it is never overwritten.
    #[error("the destination is in use")]
    InUse,
    /// The destination may not be written, or the backup may not be read.
    #[error("the destination may not be written")]
    ReadOnly,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The operating system refused something else.
    #[error("the backup could not be read or written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for RestoreError {
    fn from(error: io::Error) -> Self {
        match (error.kind(), diagnose_io(&error)) {
            (ErrorKind::UnexpectedEof, _) => Self::Truncated,
            (_, Ailment::DiskFull) => Self::DiskFull,
            (_, Ailment::ReadOnly) => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}
