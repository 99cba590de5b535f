//! "Restore from a backup": on another computer, or where the clinic's own files can no longer be opened.

use crate::api::Nothing;
use crate::api::act::{FaultCode, Problem};
use crate::api::setup::{AppState, RestoreAnswer, RestoreBackupRequest, Trouble};
use crate::app::App;
use crate::calls::setup::{mistyped, trouble_fault};
use crate::host::FilePurpose;
use crate::opening::{self, Files, REPLICA, SENT_RECORD};
use crate::settings::clinic_dir;
use safetalk_domain::intent::EditClinic;
use safetalk_domain::{Body, Moment};
use safetalk_vault::{RecoveryKey, RestoreError, Restored};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// `setup.restore`: "Restore from a backup".
pub async fn restore(app: &App, request: RestoreBackupRequest) -> Result<RestoreAnswer, Problem> {
    if occupied(app).await {
        return Ok(RestoreAnswer::Occupied);
    }
    let recovery = match RecoveryKey::parse(&request.recovery_key) {
        Ok(recovery) => recovery,
        Err(error) => {
            return Ok(RestoreAnswer::Mistyped {
                group: mistyped(&error),
            });
        }
    };
    let Some(file) = app
        .host
        .choose_file(FilePurpose::Backup, request.title.as_deref())
        .await
    else {
        return Ok(RestoreAnswer::NoFile);
    };
    // Only now: a person may look for the file as long as they like, and meanwhile another way may have been taken.
    let _transition = app.transition.lock().await;
    if occupied(app).await {
        return Ok(RestoreAnswer::Occupied);
    }
    let manifest = match safetalk_vault::manifest_of(&file).await {
        Ok(manifest) => manifest,
        Err(error) => return restore_trouble(&error),
    };
    let dir = clinic_dir(app.settings.data_dir(), manifest.clinic);
    if let Some(parent) = dir.parent() {
        std::fs::create_dir_all(parent)?;
    }
    // Beside the clinic, so that what stands in its place is moved only once the backup is known to be good.
    let beside = beside(&dir, "restoring");
    unless_missing(std::fs::remove_dir_all(&beside))?;
    let restored = match safetalk_vault::restore(&file, &recovery, &beside).await {
        Ok(restored) => restored,
        Err(error) => return restore_trouble(&error),
    };
    take_over(app, &beside, &dir, restored).await
}

/// How the folder of a clinic that was set aside goes on after its name; a moment follows.
const SET_ASIDE: &str = "set-aside-";

/// Whether a clinic of this computer stands in the way: one that is open, or one that a backup is no way out for.
async fn occupied(app: &App) -> bool {
    match app.trouble().await {
        Some(
            Trouble::Damaged
            | Trouble::Foreign
            | Trouble::KeyLost
            | Trouble::Missing
            | Trouble::Settings
            | Trouble::Other,
        ) => {
            let device = app.settings.get();
            // One on a server has no backup of its own here.
            device.demo.is_some() || device.account().is_some()
        }
        _ => app.settings.get().clinic.is_some(),
    }
}

/// Puts a restored clinic into its place and opens it.
async fn take_over(
    app: &App,
    beside: &Path,
    dir: &Path,
    restored: Restored,
) -> Result<RestoreAnswer, Problem> {
    opening::keep_key(app.host.as_ref(), restored.clinic, &restored.key).map_err(trouble_fault)?;
    match Files::open(beside, &restored.key, &app.host).await {
        Ok(files) => begin_again(files, app.host.now()).await?,
        Err(Trouble::Newer) => return Ok(RestoreAnswer::Newer),
        Err(trouble) => return Err(trouble_fault(trouble)),
    }
    keep_record(dir, beside)?;
    set_aside(dir, app.host.now())?;
    std::fs::rename(beside, dir)?;
    // Last: until the settings name it, being killed means that nothing was restored.
    app.settings.set_broken_aside(app.host.now())?;
    app.settings.change(|device| {
        device.clinic = Some(restored.clinic);
        device.recovery_confirmed = true;
    })?;
    app.open_current().await;
    Ok(RestoreAnswer::Restored)
}

fn beside(dir: &Path, what: &str) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    dir.with_file_name(format!("{name}.{what}"))
}

/// Moves away what stands where a clinic is restored: files that cannot be opened, or what is left where the settings were
/// lost. It is kept, since it may be the only newer copy.
fn set_aside(what: &Path, now: Moment) -> Result<(), Problem> {
    unless_missing(std::fs::rename(
        what,
        beside(what, &format!("{SET_ASIDE}{}", now.0)),
    ))
}

/// What is not there need not be moved or removed.
fn unless_missing(done: std::io::Result<()>) -> Result<(), Problem> {
    match done {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// What this computer has sent since the backup was made stays known: the record is no part of a backup.
fn keep_record(dir: &Path, beside: &Path) -> Result<(), Problem> {
    let Some(record) = newest_record(dir)? else {
        return Ok(());
    };
    std::fs::copy(record, beside.join(SENT_RECORD))?;
    Ok(())
}

/// The clinic's record of what was sent. A restore that was killed half-way has set it aside with the clinic already.
fn newest_record(dir: &Path) -> Result<Option<PathBuf>, Problem> {
    let here = dir.join(SENT_RECORD);
    if here.try_exists()? {
        return Ok(Some(here));
    }
    let (Some(parent), Some(name)) = (dir.parent(), dir.file_name()) else {
        return Ok(None);
    };
    let prefix = format!("{}.{SET_ASIDE}", name.to_string_lossy());
    let mut newest = None;
    for entry in std::fs::read_dir(parent)? {
        let entry = entry?;
        let name = entry.file_name();
        let when: Option<i64> = name
            .to_str()
            .and_then(|name| name.strip_prefix(&prefix))
            .and_then(|when| when.parse().ok());
        let record = entry.path().join(SENT_RECORD);
        if when > newest.as_ref().map(|(when, _)| *when) && record.try_exists()? {
            newest = when.map(|when| (when, record));
        }
    }
    Ok(newest.map(|(_, record)| record))
}

/// A restored ledger begins a new history, and what waited when the backup was made may have gone since: without a mail
/// account nothing leaves, and setting one up again asks about every message.
async fn begin_again(files: Files, now: Moment) -> Result<(), Problem> {
    let decided = async {
        let ledger = files.ledger.as_ref();
        ledger
            .begin_epoch()
            .await
            .map_err(|error| Problem::internal(&error))?;
        files.replica.sync_once(ledger, now).await?;
        let member = opening::active_member(&files.replica)
            .await?
            .ok_or_else(|| Problem::internal(&"the restored clinic has no member"))?;
        let no_mail = Body::EditClinic(EditClinic {
            mail: Some(None),
            ..EditClinic::default()
        });
        files.replica.act(no_mail, member, now).await?;
        files.replica.sync_once(ledger, now).await?;
        Ok(())
    }
    .await;
    files.replica.close().await;
    files.ledger.close().await;
    decided
}

/// `setup.make_replica`: makes what the screens show anew where the clinic's ledger is whole.
///
/// The file that is there is kept beside it: what was done and had not reached the ledger yet lies in it alone.
pub async fn make_replica(app: &App, _: Nothing) -> Result<AppState, Problem> {
    let _transition = app.transition.lock().await;
    let device = app.settings.get();
    if let (Some(Trouble::Replica), Some(id)) = (app.trouble().await, device.current()) {
        let dir = clinic_dir(app.settings.data_dir(), id);
        let key = opening::key(app.host.as_ref(), id).map_err(trouble_fault)?;
        let (place, making) = (dir.join(REPLICA), dir.join("replica-making.db"));
        for end in FILE_ENDS {
            unless_missing(std::fs::remove_file(with_end(&making, end)))?;
        }
        Files::make_replica(&dir, &making, &key, &app.host).await?;
        let now = app.host.now();
        for end in FILE_ENDS {
            set_aside(&with_end(&place, end), now)?;
        }
        // Being killed before this leaves the same trouble with the same way out.
        std::fs::rename(&making, &place)?;
    }
    app.open_current().await;
    Ok(app.state().await)
}

/// A database and the logs that SQLite keeps beside it.
const FILE_ENDS: [&str; 3] = ["", "-wal", "-shm"];

fn with_end(file: &Path, end: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{name}{end}"))
}

fn restore_trouble(error: &RestoreError) -> Result<RestoreAnswer, Problem> {
    Ok(match error {
        RestoreError::NotThere => RestoreAnswer::NoFile,
        RestoreError::NotABackup | RestoreError::Truncated | RestoreError::Damaged { .. } => {
            RestoreAnswer::Damaged
        }
        RestoreError::Newer(_) => RestoreAnswer::Newer,
        RestoreError::WrongRecoveryKey => RestoreAnswer::WrongKey,
        RestoreError::InUse => RestoreAnswer::Occupied,
        RestoreError::DiskFull => return Err(Problem::fault(FaultCode::DiskFull, true, error)),
        RestoreError::ReadOnly => return Err(Problem::fault(FaultCode::ReadOnly, true, error)),
        _ => return Err(Problem::internal(error)),
    })
}
