//! Making a backup.

use super::manifest::{FORMAT, MANIFEST, Manifest, Part, VERSION, folder_error, open_backup};
use super::{names, off_thread};
use crate::error::{Ailment, BackupError, diagnose};
use crate::files::{
    copy_and_sum, create_private, remove_folder_if_there, remove_if_there, sync_folder,
};
use crate::recovery_file::{RECOVERY_FILE, RecoveryFile};
use crate::vault::Vault;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder inside the clinic's, where the copies lie until they are in the archive: on a disk we know, not on the
/// stick or share the person chose.
const WORKSHOP: &str = ".backup";
/// How the archive's name ends until it is verified.
const DRAFT: &str = ".part";

/// A backup that was made and verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many older backups the rotation removed.
    pub removed: usize,
}

/// Backs up all databases of a clinic and its recovery file into one file in `folder`, verifies it, and then removes
/// the backups that [`to_keep`](super::to_keep) gives up. People go on working meanwhile.
///
/// Every database is consistent in itself; they are copied in the order given. Give the replica before the ledger:
/// then an action that is pushed meanwhile is in the replica's outbox, in the ledger or in both (where its id makes it
/// one), but never in neither.
///
/// `now` is in seconds UTC and names the file; a second backup within the same minute replaces the first. Until it is
/// whole and verified nothing bears its name, so being killed leaves the earlier backups as they were.
///
/// # Errors
/// See [`BackupError`].
pub async fn backup(vaults: &[&Vault], folder: &Path, now: i64) -> Result<Backup, BackupError> {
    let home = match vaults {
        [first, rest @ ..] if rest.iter().all(|vault| vault.folder() == first.folder()) => {
            first.folder().to_owned()
        }
        _ => return Err(BackupError::NotOneClinic),
    };
    let folder = folder.to_owned();
    let bench = Arc::new(off_thread(move || Bench::set_up(&home, &folder, now)).await??);

    let mut databases = Vec::new();
    for vault in vaults {
        let name = vault.file_name();
        let copy = bench.workshop.join(&name);
        let unsound = |error: sqlx::Error| match diagnose(&error) {
            Ailment::Damaged => BackupError::Unsound { part: name.clone() },
            _ => error.into(),
        };
        vault.copy_to(&copy).await.map_err(unsound)?;
        if !vault
            .problems_of_copy(&copy)
            .await
            .map_err(unsound)?
            .is_empty()
        {
            return Err(BackupError::Unsound { part: name });
        }
        databases.push((name, copy, vault.schema_version()));
    }
    off_thread(move || bench.assemble(databases, now)).await?
}

/// Where one backup is put together. Dropping it tidies up; what a killed one left is tidied by the next.
struct Bench {
    workshop: PathBuf,
    /// The archive until it is verified.
    draft: PathBuf,
    finished: PathBuf,
    folder: PathBuf,
    recovery: RecoveryFile,
    /// Locked until the end: the daily backup and the one at quit take turns. It says where the last draft was.
    turn: File,
}

impl Bench {
    fn set_up(home: &Path, folder: &Path, now: i64) -> Result<Self, BackupError> {
        if !fs::metadata(folder).map_err(folder_error)?.is_dir() {
            return Err(BackupError::FolderMissing);
        }
        let recovery = RecoveryFile::read(home).map_err(BackupError::Recovery)?;
        let turn = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(home.join(".backup.lock"))?;
        turn.lock()?;

        let name = names::file_name(recovery.clinic(), now);
        let bench = Self {
            workshop: home.join(WORKSHOP),
            draft: folder.join(format!(".{name}{DRAFT}")),
            finished: folder.join(name),
            folder: folder.to_owned(),
            recovery,
            turn,
        };
        bench.tidy()?;
        bench.follow_up()?;
        // Now rather than after minutes of copying: may the folder be written at all?
        create_private(&bench.draft)?;
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&bench.workshop)?;
        Ok(bench)
    }

    /// Copies to archive, archive to its name.
    fn assemble(
        &self,
        databases: Vec<(String, PathBuf, i64)>,
        now: i64,
    ) -> Result<Backup, BackupError> {
        let sealed = self.workshop.join(RECOVERY_FILE);
        fs::write(&sealed, self.recovery.to_json())?;
        let files: Vec<(String, PathBuf, Option<i64>)> =
            std::iter::once((RECOVERY_FILE.to_owned(), sealed, None))
                .chain(
                    databases
                        .into_iter()
                        .map(|(name, copy, version)| (name, copy, Some(version))),
                )
                .collect();
        let mut parts = Vec::new();
        for (name, path, schema_version) in &files {
            let (sha256, bytes) = copy_and_sum(File::open(path)?, io::sink())?;
            parts.push(Part {
                name: name.clone(),
                bytes,
                sha256,
                schema_version: *schema_version,
            });
        }
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            clinic: self.recovery.clinic(),
            made_at: now,
            parts,
        };
        self.write_archive(&manifest, &files)?;
        self.verify_archive(&manifest)?;
        fs::rename(&self.draft, &self.finished)?;
        sync_folder(&self.folder)?;
        Ok(Backup {
            bytes: fs::metadata(&self.finished)?.len(),
            removed: self.rotate(now),
            path: self.finished.clone(),
        })
    }

    fn write_archive(
        &self,
        manifest: &Manifest,
        files: &[(String, PathBuf, Option<i64>)],
    ) -> Result<(), BackupError> {
        let draft = File::options()
            .write(true)
            .truncate(true)
            .open(&self.draft)?;
        let mut archive = tar::Builder::new(draft);
        let json = manifest.to_json();
        let mut append = |name: &str, bytes: u64, content: &mut dyn Read| {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes);
            header.set_mode(0o600);
            header.set_mtime(u64::try_from(manifest.made_at).unwrap_or(0));
            archive.append_data(&mut header, name, content)
        };
        append(MANIFEST, json.len() as u64, &mut json.as_slice())?;
        for (part, (_, path, _)) in manifest.parts.iter().zip(files) {
            append(&part.name, part.bytes, &mut File::open(path)?)?;
        }
        archive.into_inner()?.sync_all()?;
        Ok(())
    }

    /// Reads the archive back: what lies in the folder must be what was opened and checked a moment ago.
    fn verify_archive(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let unsound = |part: &str| BackupError::Unsound {
            part: part.to_owned(),
        };
        let file = open_backup(&self.draft).map_err(|_| unsound(MANIFEST))?;
        let mut archive = tar::Archive::new(file);
        let mut entries = archive.entries()?.skip(1);
        for part in &manifest.parts {
            let entry = entries.next().ok_or_else(|| unsound(&part.name))??;
            if copy_and_sum(entry, io::sink())? != (part.sha256, part.bytes) {
                return Err(unsound(&part.name));
            }
        }
        Ok(())
    }

    /// Removes what need not be kept. A file that cannot be removed stays, and is tried again next time: the new
    /// backup is good all the same.
    fn rotate(&self, now: i64) -> usize {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return 0;
        };
        let names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let keep = names::to_keep(&all, self.recovery.clinic(), now);
        let mut removed = 0;
        for name in all.into_iter().filter(|name| !keep.contains(name)) {
            match fs::remove_file(self.folder.join(name)) {
                Ok(()) => removed += 1,
                Err(error) => {
                    tracing::warn!(kind = %error.kind(), "an old backup could not be removed")
                }
            }
        }
        removed
    }

    /// Removes the draft of a backup that was killed, in whichever folder it was, and notes where this one's will be.
    fn follow_up(&self) -> io::Result<()> {
        let mut last = String::new();
        (&self.turn).read_to_string(&mut last)?;
        if last.ends_with(DRAFT) {
            // Best effort: that folder may be a stick that is not here today.
            let _ = fs::remove_file(last);
        }
        self.turn.set_len(0)?;
        (&self.turn).rewind()?;
        (&self.turn).write_all(self.draft.to_string_lossy().as_bytes())
    }

    fn tidy(&self) -> io::Result<()> {
        remove_if_there(&self.draft)?;
        remove_folder_if_there(&self.workshop)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Err(error) = self.tidy() {
            tracing::warn!(kind = %error.kind(), "the backup's temporary files could not be removed");
        }
    }
}
