//! First run, recovery, the device's settings, quitting.

use super::mail;
use crate::api::Nothing;
use crate::api::act::{FaultCode, HoldingRequest, Problem, QuitAnswer, QuitHow, QuitRequest};
use crate::api::clinic::{DeviceChoice, DeviceSettings};
use crate::api::setup::*;
use crate::app::{ASKED_GROUPS, App, Standing, unsent};
use crate::countries;
use crate::demo;
use crate::directory::Directory;
use crate::founding;
use crate::home::Home;
use crate::office::Office;
use crate::opening::{self, Files};
use crate::settings::{clinic_dir, clinics, key_name};
use safetalk_documents as documents;
use safetalk_domain::{Language, NoticeCause};
use safetalk_vault::{Key, RecoveryFile, RecoveryFileError, RecoveryKey, RecoveryKeyError};
use std::sync::PoisonError;
use std::time::Duration;
use uuid::Uuid;

/// "Send and quit" waits this long at most.
const SEND_PATIENCE: Duration = Duration::from_secs(60);

/// `app.state`.
pub async fn state(app: &App, _: Nothing) -> Result<AppState, Problem> {
    Ok(app.state().await)
}

/// `setup.defaults`.
pub async fn defaults(_: &App, request: DefaultsRequest) -> Result<Defaults, Problem> {
    Ok(countries::defaults(request.country.as_deref()))
}

/// `setup.create`: "Use on this computer".
pub async fn create(app: &App, request: CreateRequest) -> Result<AppState, Problem> {
    let _transition = app.transition.lock().await;
    if app.settings.get().clinic.is_some() {
        return Err(Problem::fault(
            FaultCode::BadRequest,
            false,
            &"a clinic is on this computer already",
        ));
    }
    let id = Uuid::now_v7();
    let founding = founding::founding(&request, id)?;
    let recovery = RecoveryKey::generate().map_err(|error| Problem::internal(&error))?;
    found(app, id, founding, Some(&recovery)).await?;
    *app.shown_key.lock().unwrap_or_else(PoisonError::into_inner) = Some(recovery);
    app.settings.change(|device| {
        device.clinic = Some(id);
        device.recovery_confirmed = false;
    })?;
    app.open_current().await;
    Ok(app.state().await)
}

/// Makes the files of a new clinic and decides its first intents. Failing leaves nothing; being killed on the way leaves a
/// folder nobody names.
async fn found(
    app: &App,
    id: Uuid,
    founding: founding::Founding,
    recovery: Option<&RecoveryKey>,
) -> Result<(), Problem> {
    let made = make_files(app, id, founding, recovery).await;
    if made.is_err()
        && let Err(problem) = forget(app, id)
    {
        tracing::warn!(?problem, "what was begun of a clinic lies there still");
    }
    made
}

async fn make_files(
    app: &App,
    id: Uuid,
    founding: founding::Founding,
    recovery: Option<&RecoveryKey>,
) -> Result<(), Problem> {
    let dir = clinic_dir(app.settings.data_dir(), id);
    std::fs::create_dir_all(&dir)?;
    let key = Key::generate().map_err(|error| Problem::internal(&error))?;
    if let Some(recovery) = recovery {
        let file = RecoveryFile::wrap(&key, recovery, id, app.host.now().0)
            .map_err(|error| recovery_fault(&error))?;
        file.write(&dir).map_err(|error| recovery_fault(&error))?;
    }
    opening::keep_key(app.host.as_ref(), id, &key).map_err(trouble_fault)?;
    let files = Files::create(&dir, &key, &app.host)
        .await
        .map_err(trouble_fault)?;
    let decided = founding.decide(&files, app.host.now()).await;
    files.replica.close().await;
    files.ledger.close().await;
    decided
}

pub(crate) fn trouble_fault(trouble: Trouble) -> Problem {
    let code = match trouble {
        Trouble::NoKeychain => FaultCode::NoKeychain,
        Trouble::KeychainLocked => FaultCode::Keychain,
        Trouble::DiskFull => FaultCode::DiskFull,
        Trouble::ReadOnly => FaultCode::ReadOnly,
        _ => FaultCode::Internal,
    };
    Problem::fault(
        code,
        true,
        &format!("the clinic's files could not be made ({trouble:?})"),
    )
}

fn recovery_fault(error: &RecoveryFileError) -> Problem {
    let code = match error {
        RecoveryFileError::DiskFull => FaultCode::DiskFull,
        RecoveryFileError::ReadOnly => FaultCode::ReadOnly,
        _ => FaultCode::Internal,
    };
    Problem::fault(code, true, error)
}

/// `setup.demo`: "Look around with a demo clinic".
pub async fn demo(app: &App, _: Nothing) -> Result<AppState, Problem> {
    let _transition = app.transition.lock().await;
    if app.settings.get().demo.is_none() {
        let id = Uuid::now_v7();
        let language = app.settings.get().language;
        found(app, id, demo::founding(id, language, app.host.now()), None).await?;
        app.settings.change(|device| device.demo = Some(id))?;
    }
    app.open_current().await;
    Ok(app.state().await)
}

/// Removes what lies here of a clinic that nobody needs.
fn forget(app: &App, id: Uuid) -> Result<(), Problem> {
    std::fs::remove_dir_all(clinic_dir(app.settings.data_dir(), id)).or_else(
        |error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        },
    )?;
    app.host.secrets().delete(&key_name(id))?;
    Ok(())
}

/// `setup.discard_demo`: throws the demo clinic away.
pub async fn discard_demo(app: &App, _: Nothing) -> Result<AppState, Problem> {
    let _transition = app.transition.lock().await;
    if let Some(id) = app.settings.get().demo {
        if let Some(office) = app.open_office().await.filter(|office| office.id == id) {
            app.stand(Standing::FirstRun).await;
            office.close().await;
        }
        forget(app, id)?;
        // Last: as long as the settings name it, it can be thrown away again.
        app.settings.change(|device| device.demo = None)?;
    }
    app.open_current().await;
    Ok(app.state().await)
}

/// A recovery key that was shown but never typed back is gone with the process that showed it: a new one takes its place.
pub async fn renew_unconfirmed_key(app: &App) -> Result<(), Problem> {
    let device = app.settings.get();
    let shown = app
        .shown_key
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .is_some();
    // A clinic on a server has no recovery key: whoever signs in again fetches it again.
    let office = app.open_office().await;
    let (Some(id), Some(_)) = (
        device
            .clinic
            .filter(|_| !device.recovery_confirmed && !shown),
        office.filter(|office| office.there().is_none()),
    ) else {
        return Ok(());
    };
    let key = opening::key(app.host.as_ref(), id).map_err(trouble_fault)?;
    let recovery = RecoveryKey::generate().map_err(|error| Problem::internal(&error))?;
    let file = RecoveryFile::wrap(&key, &recovery, id, app.host.now().0)
        .map_err(|error| recovery_fault(&error))?;
    file.write(&clinic_dir(app.settings.data_dir(), id))
        .map_err(|error| recovery_fault(&error))?;
    *app.shown_key.lock().unwrap_or_else(PoisonError::into_inner) = Some(recovery);
    Ok(())
}

/// `setup.confirm_recovery`.
pub async fn confirm_recovery(
    app: &App,
    request: ConfirmRecoveryRequest,
) -> Result<RecoveryAnswer, Problem> {
    let _transition = app.transition.lock().await;
    let mistyped = {
        let shown = app.shown_key.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(key) = shown.as_ref() else {
            return Ok(RecoveryAnswer {
                ok: true,
                mistyped: None,
            });
        };
        ASKED_GROUPS
            .iter()
            .zip(&request.groups)
            .find(|(place, typed)| !key.group_matches(usize::from(**place), typed))
            .map(|(place, _)| place + 1)
    };
    if mistyped.is_none() {
        app.settings
            .change(|device| device.recovery_confirmed = true)?;
        *app.shown_key.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
    Ok(RecoveryAnswer {
        ok: mistyped.is_none(),
        mistyped,
    })
}

/// The recovery sheet of the open clinic, in the screen's language.
pub async fn recovery_sheet(
    app: &App,
    office: &Office,
    groups: Vec<String>,
) -> Result<documents::RecoverySheet, Problem> {
    let clinic = office
        .replica
        .clinic()
        .await?
        .ok_or_else(|| Problem::internal(&"the clinic's row is missing"))?;
    Ok(documents::RecoverySheet {
        language: match app.settings.get().language {
            Language::En => documents::Language::English,
            Language::Ms => documents::Language::Malay,
        },
        clinic_name: clinic.details.name,
        made_on: clinic.facts.zone.date(app.host.now()),
        groups,
    })
}

/// `setup.save_recovery`: the recovery sheet as a page that can be printed anywhere.
pub async fn save_recovery(app: &App, words: FileWords) -> Result<SavedFile, Problem> {
    let groups = app
        .shown_key
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .map(RecoveryKey::groups);
    let (Some(groups), Some(office)) = (groups, app.open_office().await) else {
        return Ok(SavedFile { saved: false });
    };
    let sheet = recovery_sheet(app, &office, groups.to_vec()).await?;
    let page = documents::recovery_html(&sheet).into_bytes();
    let saved = app
        .host
        .save_file(
            words.title.as_deref(),
            words
                .name
                .as_deref()
                .unwrap_or("SafeTalk recovery key.html"),
            page,
        )
        .await?;
    Ok(SavedFile {
        saved: saved.is_some(),
    })
}

/// `setup.print_recovery`: prints what the window shows.
pub async fn print_recovery(app: &App, _: Nothing) -> Result<Nothing, Problem> {
    app.host.print()?;
    Ok(Nothing {})
}

/// `setup.retry`: the person did something about the trouble.
pub async fn retry(app: &App, _: Nothing) -> Result<AppState, Problem> {
    let _transition = app.transition.lock().await;
    if app.settings.look_again() {
        // Only now is it known that there is a PIN.
        app.lock();
    }
    app.open_current().await;
    Ok(app.state().await)
}

/// `setup.open_with_recovery`: the keychain has no key for the clinic, or the settings that named it are lost; the person
/// has the recovery key.
pub async fn open_with_recovery(
    app: &App,
    request: OpenWithRecoveryRequest,
) -> Result<RecoveryAnswer, Problem> {
    let _transition = app.transition.lock().await;
    let answer = |ok, mistyped| Ok(RecoveryAnswer { ok, mistyped });
    let recovery = match RecoveryKey::parse(&request.recovery_key) {
        Ok(recovery) => recovery,
        Err(error) => return answer(false, mistyped(&error)),
    };
    let data_dir = app.settings.data_dir();
    if app.settings.trouble() == Some(Trouble::Settings) {
        // Whoever has lost the PIN with the settings is let in by the key, as on any other computer.
        let found = clinics(data_dir).into_iter().find_map(|id| {
            let file = RecoveryFile::read(&clinic_dir(data_dir, id)).ok()?;
            Some((id, file.unwrap_key(&recovery).ok()?))
        });
        let Some((id, key)) = found else {
            return answer(false, None);
        };
        opening::keep_key(app.host.as_ref(), id, &key).map_err(trouble_fault)?;
        app.settings.set_broken_aside(app.host.now())?;
        app.settings.change(|device| {
            device.clinic = Some(id);
            device.recovery_confirmed = true;
        })?;
    } else {
        let Some(id) = app.settings.get().current() else {
            return answer(false, None);
        };
        let file = RecoveryFile::read(&clinic_dir(data_dir, id))
            .map_err(|error| recovery_fault(&error))?;
        let Ok(key) = file.unwrap_key(&recovery) else {
            return answer(false, None);
        };
        opening::keep_key(app.host.as_ref(), id, &key).map_err(trouble_fault)?;
    }
    app.open_current().await;
    answer(true, None)
}

pub(super) fn mistyped(error: &RecoveryKeyError) -> Option<u8> {
    match error {
        RecoveryKeyError::Mistyped(groups) => groups.first().copied(),
        RecoveryKeyError::Length(_) => None,
    }
}

/// `device.choose`.
pub async fn choose(app: &App, request: DeviceChoice) -> Result<DeviceSettings, Problem> {
    // Whoever stands before the lock may read it in their language, and not take it away.
    if !matches!(request, DeviceChoice::Language(_) | DeviceChoice::Theme(_)) {
        app.unlocked()?;
    }
    let device = app.settings.change(|device| match request {
        DeviceChoice::Language(to) => device.language = to,
        DeviceChoice::Theme(to) => device.theme = to,
        DeviceChoice::Density(to) => device.density = to,
        DeviceChoice::Zoom(to) => device.zoom = to.clamp(80, 150),
        // Without a PIN there is nothing to unlock with.
        DeviceChoice::LockMinutes(to) => {
            device.lock_minutes = to
                .filter(|_| device.pin_hash.is_some())
                .map(|minutes| minutes.clamp(1, 240));
        }
    })?;
    Ok(device.settings())
}

/// `app.holding`.
pub async fn holding(app: &App, request: HoldingRequest) -> Result<Nothing, Problem> {
    app.hold(request.holds);
    Ok(Nothing {})
}

/// `app.quit`.
pub async fn quit(app: &App, request: QuitRequest) -> Result<QuitAnswer, Problem> {
    let mut answer = QuitAnswer::default();
    match request.how {
        QuitHow::KeepRunning => {
            let can_lock = app.settings.get().pin_hash.is_some();
            let kept = request
                .tray
                .is_some_and(|words| app.host.keep_in_tray(&words, can_lock));
            answer.no_tray = !kept;
            return Ok(answer);
        }
        QuitHow::SendAndQuit => {
            if let Some(office) = app.open_office().await {
                match &office.home {
                    Home::Here(here) => {
                        office.catch_up().await;
                        here.courier.send_waiting(SEND_PATIENCE).await;
                    }
                    Home::There(there) => {
                        let _ = tokio::time::timeout(SEND_PATIENCE, there.sync(&office)).await;
                    }
                }
                answer.unsent = unsent(&office).await;
                if answer.unsent > 0 && office.there().is_some() {
                    return Ok(answer);
                }
                if answer.unsent > 0 {
                    let directory = Directory::read(&office).await?;
                    let waiting = mail::waiting(&office, &directory).await?;
                    answer.choose = waiting.choose;
                    answer.cause = if directory.clinic.facts.mail_ready {
                        waiting.held.map(|hold| hold.cause)
                    } else {
                        Some(NoticeCause::MailNotSetUp)
                    };
                    return Ok(answer);
                }
            }
        }
        QuitHow::Quit => {}
    }
    app.finish().await;
    app.host.quit();
    Ok(answer)
}
