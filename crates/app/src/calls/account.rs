//! The account of a clinic on a server: how this computer stands with it, and leaving it.

use crate::api::Nothing;
use crate::api::account::*;
use crate::api::act::{FaultCode, Problem};
use crate::api::setup::{AppState, Trouble};
use crate::app::{App, Standing};
use crate::directory::Directory;
use crate::home::There;
use crate::keyring;
use crate::office::Office;
use crate::settings::{clinic_dir, key_name};
use std::time::Duration;
use uuid::Uuid;

/// Signing out waits so long for the server to take what waits, and to hear of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn there(office: &Office) -> Result<&There, Problem> {
    office.there().ok_or_else(|| {
        Problem::fault(
            FaultCode::BadRequest,
            false,
            &"this clinic is kept on this computer",
        )
    })
}

/// `account.get`; none for a clinic that is kept on this computer.
pub async fn get(office: &Office, _: Nothing) -> Result<Option<AccountView>, Problem> {
    let directory = Directory::read(office).await?;
    let Some((there, line)) = office.there().zip(line(office, &directory).await?) else {
        return Ok(None);
    };
    Ok(Some(AccountView {
        server: there.address().to_string(),
        member: directory.member.details.name.clone(),
        line,
    }))
}

/// How this computer stands with its server, if it has one.
pub async fn line(office: &Office, directory: &Directory) -> Result<Option<LineView>, Problem> {
    let Some(there) = office.there() else {
        return Ok(None);
    };
    let trouble = there.trouble();
    let since = match there.since() {
        Some(since) => Some(since),
        None => office.replica.status().await?.pulled_at,
    };
    Ok(Some(LineView {
        waiting: waiting(office).await?,
        trouble: trouble.map(|(trouble, _)| trouble),
        asks: trouble.is_some_and(|(_, asks)| asks),
        since: since.map(|at| directory.stamp(at)),
    }))
}

/// How many changes the server has not answered.
pub async fn waiting(office: &Office) -> Result<u32, Problem> {
    let waiting = office.replica.waiting().await?;
    Ok(count(waiting.actions))
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// `account.sign_out`. What waits is sent first; where that does not go, a person has to say so.
pub async fn sign_out(app: &App, request: SignOutRequest) -> Result<SignedOut, Problem> {
    let _transition = app.transition.lock().await;
    let office = app
        .open_office()
        .await
        .ok_or_else(|| Problem::fault(FaultCode::NotOpen, false, &"no clinic is open"))?;
    let there = there(&office)?;
    if waiting(&office).await? > 0 {
        let _ = tokio::time::timeout(PATIENCE, there.sync(&office)).await;
    }
    let (changes, refused) = left(&office).await?;
    if changes + refused > 0 && !request.anyway {
        return Ok(SignedOut::Waits { changes, refused });
    }
    let told = tokio::time::timeout(PATIENCE, there.remote().sign_out()).await;
    if !matches!(told, Ok(Ok(()))) {
        tracing::warn!("the server does not know yet that this computer was signed out");
    }
    keyring::forget_token(office.host.as_ref(), office.id)?;
    app.stand(Standing::FirstRun).await;
    // Looked at again, now that no screen adds to it.
    if left(&office).await? == (0, 0) {
        leave(app, &office).await?;
    } else {
        // Kept encrypted, until the same member signs in again.
        office.close().await;
        app.settings.change(|device| {
            device.clinic = None;
            device.recovery_confirmed = false;
        })?;
    }
    app.open_current().await;
    Ok(SignedOut::Done)
}

/// What would be lost with this computer's file: changes the server has not answered, and ones it refused with nobody having
/// dealt with it.
async fn left(office: &Office) -> Result<(u32, u32), Problem> {
    let refused = office.replica.refused().await?;
    let refused = refused.iter().filter(|change| change.is_final).count();
    Ok((waiting(office).await?, count(refused)))
}

/// Erases a clinic because its server says that this computer was reported lost or stolen.
pub async fn erase(app: &App, office: &Office) -> Result<(), Problem> {
    let _transition = app.transition.lock().await;
    let open = app.open_office().await.map(|office| office.id);
    if open != Some(office.id) {
        return Ok(());
    }
    app.stand(Standing::FirstRun).await;
    leave(app, office).await?;
    app.open_current().await;
    Ok(())
}

/// Takes a clinic that no screen shows any more off this computer: its key, what signs it in, its folder.
async fn leave(app: &App, office: &Office) -> Result<(), Problem> {
    office.close().await;
    // Without the key the rest is noise, whatever becomes of it.
    app.host.secrets().delete(&key_name(office.id))?;
    keyring::forget(app.host.as_ref(), office.id)?;
    app.settings.change(|device| {
        device.clinic = None;
        device.recovery_confirmed = false;
        device.accounts.remove(&office.id);
        device.views.remove(&office.member);
    })?;
    match std::fs::remove_dir_all(&office.dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// `account.start_over`: what this computer holds of a clinic on a server cannot be opened. It is put aside, and whoever signs
/// in fetches the clinic again.
pub async fn start_over(app: &App, _: Nothing) -> Result<AppState, Problem> {
    let _transition = app.transition.lock().await;
    let device = app.settings.get();
    let hopeless = matches!(
        app.trouble().await,
        Some(
            Trouble::KeyLost
                | Trouble::Damaged
                | Trouble::Foreign
                | Trouble::Missing
                | Trouble::Other
        )
    );
    let (Some(id), Some(_), true) = (device.current(), device.account(), hopeless) else {
        return Err(Problem::fault(
            FaultCode::BadRequest,
            false,
            &"no clinic of a server is in the way",
        ));
    };
    set_aside(app, id)?;
    app.settings.change(|device| {
        device.clinic = None;
        device.recovery_confirmed = false;
        device.accounts.remove(&id);
    })?;
    app.open_current().await;
    Ok(app.state().await)
}

/// Moves the folder away with the key that may open it one day.
fn set_aside(app: &App, id: Uuid) -> Result<(), Problem> {
    let dir = clinic_dir(app.settings.data_dir(), id);
    let aside = format!("{id}.set-aside-{}", app.host.now().0);
    let secrets = app.host.secrets();
    if let Some(key) = secrets.get(&key_name(id))? {
        secrets.set(&format!("clinic/{aside}/key"), &key)?;
    }
    match std::fs::rename(&dir, dir.with_file_name(aside)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
