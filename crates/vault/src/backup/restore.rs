//! Restoring a backup on a computer that has nothing but the file and the recovery key.

use super::manifest::{Manifest, Part, open_backup};
use super::off_thread;
use crate::error::{Ailment, RecoveryFileError, RestoreError, diagnose};
use crate::files::{copy_and_sum, create_private, folder_of, remove_folder_if_there, sync_folder};
use crate::key::Key;
use crate::recovery_file::{RECOVERY_FILE, RecoveryFile};
use crate::recovery_key::RecoveryKey;
use crate::vault::problems_of_file;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A recovery file is a few hundred bytes.
const RECOVERY_LIMIT: u64 = 1 << 16;

/// A clinic that was restored and not yet opened.
#[derive(Debug)]
pub struct Restored {
    /// Its key, to be put into this computer's keychain before anything else.
    pub key: Key,
    /// The clinic.
    pub clinic: Uuid,
    /// When the backup was made, in seconds UTC. Notices queued before then may have gone out since: the courier must
    /// not send them again unasked.
    pub made_at: i64,
    /// The databases, in the order they were backed up.
    pub databases: Vec<PathBuf>,
}

/// Restores a backup into `destination`, which must not exist or be an empty folder. It becomes a clinic's folder in
/// one step, after every sum was verified and every database opened with the key and checked: being killed before
/// leaves nothing there.
///
/// # Errors
/// See [`RestoreError`]; the destination is then as it was.
pub async fn restore(
    file: &Path,
    recovery_key: &RecoveryKey,
    destination: &Path,
) -> Result<Restored, RestoreError> {
    let destination = std::path::absolute(destination)?;
    refuse_if_in_use(&destination)?;

    let path = file.to_owned();
    let (manifest, recovery) = off_thread(move || read_head(&path)).await??;
    // Before minutes of copying: is it the right recovery key?
    let key = recovery.unwrap_key(recovery_key).map_err(recovery_error)?;

    let (path, contents) = (file.to_owned(), manifest.clone());
    let target = destination.clone();
    let site = off_thread(move || Site::extract(&path, &contents, &target)).await??;
    for part in databases(&manifest) {
        let sound = match problems_of_file(&site.draft.join(&part.name), &key).await {
            Ok(problems) => problems.is_empty(),
            Err(error) => match diagnose(&error) {
                Ailment::DiskFull => return Err(RestoreError::DiskFull),
                _ => false,
            },
        };
        if !sound {
            return Err(damaged(part));
        }
    }
    off_thread(move || site.hand_over()).await??;
    Ok(Restored {
        key,
        clinic: manifest.clinic,
        made_at: manifest.made_at,
        databases: databases(&manifest)
            .map(|part| destination.join(&part.name))
            .collect(),
    })
}

fn databases(manifest: &Manifest) -> impl Iterator<Item = &Part> {
    manifest
        .parts
        .iter()
        .filter(|part| part.schema_version.is_some())
}

/// The manifest and the recovery file, which stand first in the archive.
fn read_head(path: &Path) -> Result<(Manifest, RecoveryFile), RestoreError> {
    let manifest = Manifest::read(&open_backup(path)?)?;
    let mut archive = tar::Archive::new(open_backup(path)?);
    let entry = archive
        .entries()?
        .nth(1)
        .ok_or(RestoreError::NotABackup)??;
    if !entry
        .path()
        .is_ok_and(|name| name == Path::new(RECOVERY_FILE))
    {
        return Err(RestoreError::NotABackup);
    }
    let mut json = Vec::new();
    entry.take(RECOVERY_LIMIT).read_to_end(&mut json)?;
    let recovery = RecoveryFile::from_json(&json).map_err(recovery_error)?;
    if recovery.clinic() == manifest.clinic {
        Ok((manifest, recovery))
    } else {
        Err(RestoreError::Damaged {
            part: RECOVERY_FILE.to_owned(),
        })
    }
}

fn recovery_error(error: RecoveryFileError) -> RestoreError {
    match error {
        RecoveryFileError::WrongRecoveryKey => RestoreError::WrongRecoveryKey,
        RecoveryFileError::Newer(version) => RestoreError::Newer(version),
        _ => RestoreError::Damaged {
            part: RECOVERY_FILE.to_owned(),
        },
    }
}

fn damaged(part: &Part) -> RestoreError {
    RestoreError::Damaged {
        part: part.name.clone(),
    }
}

fn refuse_if_in_use(destination: &Path) -> Result<(), RestoreError> {
    match fs::read_dir(destination) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(RestoreError::InUse),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Err(RestoreError::InUse),
        Err(error) => Err(error.into()),
    }
}

/// A folder beside the destination that becomes it. Dropped before that, it is removed; what a killed restore left is
/// removed by the next one to the same destination.
struct Site {
    draft: PathBuf,
    destination: PathBuf,
}

impl Site {
    fn extract(path: &Path, manifest: &Manifest, destination: &Path) -> Result<Self, RestoreError> {
        let name = destination
            .file_name()
            .ok_or(RestoreError::InUse)?
            .to_string_lossy();
        let site = Self {
            draft: destination.with_file_name(format!(".{name}.restoring")),
            destination: destination.to_owned(),
        };
        site.clear()?;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        builder.create(folder_of(destination))?;
        builder.recursive(false);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&site.draft)?;

        let mut archive = tar::Archive::new(open_backup(path)?);
        let mut entries = archive.entries()?.skip(1);
        for part in &manifest.parts {
            let entry = entries.next().ok_or(RestoreError::Truncated)??;
            if !entry.path().is_ok_and(|name| name == Path::new(&part.name)) {
                return Err(damaged(part));
            }
            // The name is the manifest's, which has plain names only; the archive's own never reaches the disk.
            let mut file = create_private(&site.draft.join(&part.name))?;
            if copy_and_sum(entry, &mut file)? != (part.sha256, part.bytes) {
                return Err(damaged(part));
            }
            file.sync_all()?;
        }
        sync_folder(&site.draft)?;
        Ok(site)
    }

    /// The one step in which the clinic appears.
    fn hand_over(self) -> Result<(), RestoreError> {
        refuse_if_in_use(&self.destination)?;
        // An empty folder may stand in the way, which not every system renames over.
        match fs::remove_dir(&self.destination) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        fs::rename(&self.draft, &self.destination)?;
        sync_folder(folder_of(&self.destination))?;
        Ok(())
    }

    fn clear(&self) -> io::Result<()> {
        remove_folder_if_there(&self.draft)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Err(error) = self.clear() {
            tracing::warn!(kind = %error.kind(), "what an unfinished restore left could not be removed");
        }
    }
}
