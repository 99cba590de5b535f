//! What a backup says of itself, and whether a file in the backup folder is a good one.

use super::{names, off_thread};
use crate::error::{BackupError, RestoreError};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const FORMAT: &str = "safetalk-backup";
pub(super) const VERSION: u32 = 1;
/// More than any manifest has; a larger one is not ours.
const MANIFEST_LIMIT: u64 = 1 << 20;
/// A tar archive's unit.
const BLOCK: u64 = 512;

/// The table of contents of a backup. It names no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub(super) format: String,
    pub(super) version: u32,
    /// The clinic.
    pub clinic: Uuid,
    /// When the backup was begun, in seconds UTC.
    pub made_at: i64,
    /// The files in it, in the order they are stored.
    pub parts: Vec<Part>,
}

/// One file in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the clinic's folder.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    #[serde(with = "hex::serde")]
    pub(super) sha256: [u8; 32],
    /// A database's newest migration; `None` for the recovery file. A program that knows only older ones should say so
    /// before it restores.
    pub schema_version: Option<i64>,
}

impl Manifest {
    /// The least size of an archive with these contents.
    fn archive_bytes(&self, own_bytes: u64) -> u64 {
        let entry = |bytes: u64| BLOCK.saturating_add(bytes.div_ceil(BLOCK).saturating_mul(BLOCK));
        self.parts
            .iter()
            .map(|part| entry(part.bytes))
            .fold(entry(own_bytes) + 2 * BLOCK, u64::saturating_add)
    }

    /// Whether every part's name is a plain file name, so that nothing is written outside the destination.
    fn names_are_plain(&self) -> bool {
        self.parts.iter().all(|part| {
            !part.name.is_empty()
                && part.name != MANIFEST
                && !part.name.starts_with('.')
                && part
                    .name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        })
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("plain fields always serialize")
    }

    /// Reads the manifest from the first entry of an open backup.
    pub(super) fn read(file: &File) -> Result<Self, RestoreError> {
        let length = file.metadata()?.len();
        let mut archive = tar::Archive::new(file);
        let mut entry = match archive.entries()?.next() {
            Some(Ok(entry)) => entry,
            Some(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(RestoreError::Truncated);
            }
            _ => return Err(RestoreError::NotABackup),
        };
        let named = entry.path().is_ok_and(|path| path == Path::new(MANIFEST));
        if !named || entry.size() > MANIFEST_LIMIT {
            return Err(RestoreError::NotABackup);
        }
        let mut json = Vec::new();
        entry.read_to_end(&mut json)?;
        if (json.len() as u64) < entry.size() {
            return Err(RestoreError::Truncated);
        }
        let manifest = Self::from_json(&json)?;
        if length < manifest.archive_bytes(json.len() as u64) {
            return Err(RestoreError::Truncated);
        }
        Ok(manifest)
    }

    fn from_json(json: &[u8]) -> Result<Self, RestoreError> {
        /// What every version has, so that a newer backup is called newer.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(json).map_err(|_| RestoreError::NotABackup)?;
        if head.format != FORMAT {
            return Err(RestoreError::NotABackup);
        }
        if head.version > VERSION {
            return Err(RestoreError::Newer(head.version));
        }
        let manifest: Self = serde_json::from_slice(json).map_err(|_| RestoreError::NotABackup)?;
        if manifest.names_are_plain() {
            Ok(manifest)
        } else {
            Err(RestoreError::NotABackup)
        }
    }
}

/// Opens a backup for reading.
pub(super) fn open_backup(path: &Path) -> Result<File, RestoreError> {
    File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => RestoreError::NotThere,
        _ => error.into(),
    })
}

/// What a backup says of itself, before anyone has typed a recovery key.
///
/// # Errors
/// See [`RestoreError`]. A whole manifest over cut-off contents is [`RestoreError::Truncated`].
pub async fn manifest_of(file: &Path) -> Result<Manifest, RestoreError> {
    let file = file.to_owned();
    off_thread(move || Manifest::read(&open_backup(&file)?)).await?
}

/// When the newest good backup of a clinic in a folder was made, in seconds UTC. Backups get their name only once they
/// are verified; one that was cut short or replaced since then does not count.
///
/// # Errors
/// [`BackupError::FolderMissing`], or what the operating system said.
pub async fn last_good(folder: &Path, clinic: Uuid) -> Result<Option<i64>, BackupError> {
    let folder = folder.to_owned();
    off_thread(move || {
        let mut backups = backups_in(&folder, clinic)?;
        backups.sort_unstable_by(|a, b| b.cmp(a));
        Ok(backups.into_iter().find_map(|(_, path)| {
            let manifest = Manifest::read(&open_backup(&path).ok()?).ok()?;
            (manifest.clinic == clinic).then_some(manifest.made_at)
        }))
    })
    .await?
}

/// The backups of a clinic in a folder, by the time in their names.
fn backups_in(folder: &Path, clinic: Uuid) -> Result<Vec<(i64, PathBuf)>, BackupError> {
    let mut backups = Vec::new();
    for entry in fs::read_dir(folder).map_err(folder_error)? {
        let entry = entry?;
        if let Some(made_at) = names::made_at(&entry.file_name().to_string_lossy(), clinic) {
            backups.push((made_at, entry.path()));
        }
    }
    Ok(backups)
}

/// Something that is not there, or not a folder, is the backup folder missing.
pub(super) fn folder_error(error: io::Error) -> BackupError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => BackupError::FolderMissing,
        _ => error.into(),
    }
}
