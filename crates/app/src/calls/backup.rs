//! Backups: where, when the last good one was made, and making one now.

use crate::api::Nothing;
use crate::api::act::{Changed, Problem};
use crate::api::clinic::{BackupTrouble, BackupView};
use crate::api::setup::FileWords;
use crate::directory::Directory;
use crate::home::{Here, Home};
use crate::host::FolderPurpose;
use crate::office::Office;
use crate::settings::GoodBackup;
use safetalk_domain::Moment;
use safetalk_vault::BackupError;
use std::sync::PoisonError;

/// A last good backup older than this is warned of. Days.
const OLD_DAYS: i64 = 3;
/// A backup is made when the last good one is older than this. Hours; less than a day, so that a daily rhythm does not slip.
const DAILY_HOURS: i64 = 20;
/// A failed backup is tried again after this. Seconds.
const RETRY_SECONDS: i64 = 3600;
/// The folder is looked at no more often than this by itself. Seconds.
const LOOK_SECONDS: i64 = 60;

/// How the backups stood when they were last looked at. The folder may be on a slow disk: what is drawn at every change does not
/// ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    last_good: Option<Moment>,
    trouble: Option<BackupTrouble>,
}

impl Seen {
    /// The last good backup is too old, or there is none.
    pub fn old(self, now: Moment) -> bool {
        self.last_good
            .is_none_or(|at| at.plus_hours(24 * OLD_DAYS) < now)
    }
}

/// `backup.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<BackupView, Problem> {
    look(office, office.here()?).await;
    view(office, &Directory::read(office).await?).await
}

/// How the backups stand, as last looked at.
pub async fn view(office: &Office, directory: &Directory) -> Result<BackupView, Problem> {
    let seen = seen(office, office.here()?).await;
    Ok(BackupView {
        folder: office
            .settings
            .get()
            .backup_folder
            .map(|folder| folder.to_string_lossy().into_owned()),
        last_good: seen.last_good.map(|at| directory.stamp(at)),
        old: seen.old(directory.now),
        trouble: seen.trouble,
    })
}

/// How they stood when they were last looked at.
async fn seen(office: &Office, here: &Here) -> Seen {
    match last_look(here) {
        Some((_, seen)) => seen,
        None => look(office, here).await,
    }
}

/// Whether a person should be warned. A clinic on a server is backed up there; of a demo there is nothing to keep.
pub async fn is_old(office: &Office, now: Moment) -> bool {
    match &office.home {
        Home::Here(here) if !office.demo => seen(office, here).await.old(now),
        Home::Here(_) | Home::There(_) => false,
    }
}

fn last_look(here: &Here) -> Option<(Moment, Seen)> {
    *here.backups.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks into the folder.
async fn look(office: &Office, here: &Here) -> Seen {
    let device = office.settings.get();
    let seen = match &device.backup_folder {
        None => Seen {
            last_good: None,
            trouble: Some(BackupTrouble::NoFolder),
        },
        Some(folder) => match safetalk_vault::last_good(folder, office.id).await {
            Ok(at) => Seen {
                last_good: at.map(Moment),
                // A disk that is back is not away any more.
                trouble: device
                    .backup_trouble
                    .filter(|trouble| *trouble != BackupTrouble::FolderMissing),
            },
            // A folder that is away says nothing of what lies in it.
            Err(error) => Seen {
                last_good: device
                    .backup_last_good
                    .filter(|good| good.clinic == office.id)
                    .map(|good| Moment(good.at)),
                trouble: Some(trouble_of(&error)),
            },
        },
    };
    *here.backups.lock().unwrap_or_else(PoisonError::into_inner) = Some((office.now(), seen));
    seen
}

/// `backup.choose`: asks for the folder, then makes the first backup there.
pub async fn choose(office: &Office, words: FileWords) -> Result<BackupView, Problem> {
    office.here()?;
    if office.demo {
        return get(office, Nothing {}).await;
    }
    let chosen = office
        .host
        .choose_folder(FolderPurpose::Backups, words.title.as_deref())
        .await;
    if let Some(folder) = chosen {
        office
            .settings
            .change(|device| device.backup_folder = Some(folder))?;
        make(office).await?;
    }
    get(office, Nothing {}).await
}

/// `backup.now`. That it failed is in the answer's trouble.
pub async fn now(office: &Office, _: Nothing) -> Result<BackupView, Problem> {
    make(office).await?;
    get(office, Nothing {}).await
}

/// Makes a backup now, of a clinic of this computer; how it went stands in the settings. A demo clinic has no recovery key that
/// would open one.
pub async fn make(office: &Office) -> Result<(), Problem> {
    let folder = office.settings.get().backup_folder.filter(|_| !office.demo);
    let (Home::Here(here), Some(folder)) = (&office.home, folder) else {
        return Ok(());
    };
    office.catch_up().await;
    let now = office.now().0;
    let kept_here: Vec<_> = [office.replica.vault()]
        .into_iter()
        .chain(here.ledger.vault())
        .collect();
    let made = safetalk_vault::backup(&kept_here, &folder, now).await;
    let trouble = made.as_ref().err().map(trouble_of);
    if let Err(error) = &made {
        tracing::warn!(%error, "the backup failed");
    }
    office.settings.change(|device| {
        device.backup_tried_at = now;
        device.backup_trouble = trouble;
        if made.is_ok() {
            device.backup_last_good = Some(GoodBackup {
                clinic: office.id,
                at: now,
            });
        }
    })?;
    Ok(())
}

/// Looks how the backups stand, at most once a minute, makes the daily one if it is due, and tells the screens what changed.
pub async fn tend(office: &Office) -> Result<(), Problem> {
    let now = office.now();
    let here = office.here()?;
    let before = last_look(here);
    let fresh = |(at, _): (Moment, Seen)| at <= now && now < at + LOOK_SECONDS;
    if office.demo || before.is_some_and(fresh) {
        return Ok(());
    }
    let mut seen = look(office, here).await;
    let device = office.settings.get();
    let due = seen
        .last_good
        .is_none_or(|at| at.plus_hours(DAILY_HOURS) < now);
    if device.backup_folder.is_some() && device.backup_tried_at + RETRY_SECONDS <= now.0 && due {
        make(office).await?;
        seen = look(office, here).await;
    }
    if before.is_some_and(|(at, before)| before != seen || before.old(at) != seen.old(now)) {
        office.host.emit_changed(Changed::default());
    }
    Ok(())
}

fn trouble_of(error: &BackupError) -> BackupTrouble {
    match error {
        BackupError::FolderMissing => BackupTrouble::FolderMissing,
        BackupError::ReadOnly => BackupTrouble::ReadOnly,
        BackupError::DiskFull => BackupTrouble::DiskFull,
        _ => BackupTrouble::Other,
    }
}
