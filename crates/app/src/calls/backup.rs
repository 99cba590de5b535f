//! Backups: where, when the last good one was made, and making one now.

use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::clinic::{BackupTrouble, BackupView};
use crate::directory::Directory;
use crate::host::FolderPurpose;
use crate::office::Office;
use safetalk_domain::Moment;
use safetalk_vault::BackupError;

/// A last good backup older than this is warned of. Days.
const OLD_DAYS: i64 = 3;
/// A backup is made when the last good one is older than this. Hours; less than a day, so that a daily rhythm does not slip.
const DAILY_HOURS: i64 = 20;
/// A failed backup is tried again after this. Seconds.
const RETRY_SECONDS: i64 = 3600;

/// `backup.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<BackupView, Problem> {
    Ok(view(office, &Directory::read(office).await?).await)
}

/// How the backups stand.
pub async fn view(office: &Office, directory: &Directory) -> BackupView {
    let device = office.settings.get();
    let (last_good, trouble) = match &device.backup_folder {
        None => (None, Some(BackupTrouble::NoFolder)),
        Some(folder) => match safetalk_vault::last_good(folder, office.id).await {
            Ok(at) => (at.map(Moment), device.backup_trouble),
            Err(error) => (None, Some(trouble_of(&error))),
        },
    };
    let old = last_good.is_none_or(|at| at.plus_hours(24 * OLD_DAYS) < directory.now);
    BackupView {
        folder: device
            .backup_folder
            .map(|folder| folder.to_string_lossy().into_owned()),
        last_good: last_good.map(|at| directory.stamp(at)),
        old,
        trouble,
    }
}

/// `backup.choose`: asks for the folder, then makes the first backup there.
pub async fn choose(office: &Office, _: Nothing) -> Result<BackupView, Problem> {
    if let Some(folder) = office.host.choose_folder(FolderPurpose::Backups).await {
        office
            .settings
            .change(|device| device.backup_folder = Some(folder))?;
        make(office).await?;
    }
    get(office, Nothing {}).await
}

/// `backup.now`.
pub async fn now(office: &Office, _: Nothing) -> Result<BackupView, Problem> {
    make(office).await?;
    get(office, Nothing {}).await
}

/// Makes a backup now; how it went stands in the settings.
pub async fn make(office: &Office) -> Result<(), Problem> {
    let Some(folder) = office.settings.get().backup_folder else {
        return Ok(());
    };
    office.catch_up().await;
    let now = office.now().0;
    // A ledger that is not kept here is backed up where it is.
    let kept_here: Vec<_> = [office.replica.vault()]
        .into_iter()
        .chain(office.ledger.vault())
        .collect();
    let made = safetalk_vault::backup(&kept_here, &folder, now).await;
    let trouble = made.as_ref().err().map(trouble_of);
    if let Err(error) = &made {
        tracing::warn!(%error, "the backup failed");
    }
    office.settings.change(|device| {
        device.backup_tried_at = now;
        device.backup_trouble = trouble;
    })?;
    Ok(())
}

/// Makes the daily backup if it is due.
pub async fn make_if_due(office: &Office) -> Result<(), Problem> {
    let device = office.settings.get();
    let Some(folder) = &device.backup_folder else {
        return Ok(());
    };
    let now = office.now();
    if office.demo || device.backup_tried_at + RETRY_SECONDS > now.0 {
        return Ok(());
    }
    let last = safetalk_vault::last_good(folder, office.id)
        .await
        .ok()
        .flatten()
        .map(Moment);
    if last.is_none_or(|at| at.plus_hours(DAILY_HOURS) < now) {
        make(office).await
    } else {
        Ok(())
    }
}

fn trouble_of(error: &BackupError) -> BackupTrouble {
    match error {
        BackupError::FolderMissing => BackupTrouble::FolderMissing,
        BackupError::ReadOnly => BackupTrouble::ReadOnly,
        BackupError::DiskFull => BackupTrouble::DiskFull,
        _ => BackupTrouble::Other,
    }
}
