//! Signing in to a clinic on a server: with an account, with an invite, and again.

use super::account::there;
use super::members::{INVITE, RESET};
use super::setup::trouble_fault;
use crate::api::account::*;
use crate::api::act::{FaultCode, Problem};
use crate::app::App;
use crate::host::Host;
use crate::keyring::{self, InHand};
use crate::office::Office;
use crate::opening::{self, REPLICA, ShellClock};
use crate::settings::{Account, clinic_dir};
use safetalk_domain::{ClinicId, MemberId};
use safetalk_remote::{Address, AddressError, DeviceKey, Keyring, NoTls, Patience, Remote};
use safetalk_vault::Key;
use safetalk_wire::http::{AcceptInvite, Reset, SignIn, SignInAnswer};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a link that was handed over is good for.
enum Handed<'l> {
    Invite(&'l str),
    Reset(&'l str),
}

/// The server's address and the secret in such a link.
fn handed(link: &str) -> Option<(&str, Handed<'_>)> {
    let link = link.trim();
    if let Some((server, secret)) = link.split_once(INVITE) {
        return Some((server, Handed::Invite(secret)));
    }
    let (server, secret) = link.split_once(RESET)?;
    Some((server, Handed::Reset(secret)))
}

/// What a person signs in with.
struct Asked {
    email: String,
    password: String,
    code: Option<String>,
    clinic: Option<ClinicId>,
}

/// A computer that a server has let in.
struct Admitted {
    token: Zeroizing<String>,
    key: Arc<DeviceKey>,
    clinic: ClinicId,
    member: MemberId,
}

/// What a server says to who signs in.
enum Answer {
    In(Admitted),
    Not(SignedIn),
}

const fn no(trouble: LineTrouble) -> SignedIn {
    SignedIn::Trouble { trouble }
}

/// `setup.sign_in`: "Sign in to your clinic".
pub async fn sign_in(app: &App, request: SignInRequest) -> Result<SignedIn, Problem> {
    free(app)?;
    let address = match Address::parse(&request.address) {
        Ok(address) => address,
        Err(error) => return Ok(no(error.into())),
    };
    let asked = Asked {
        email: request.email,
        password: request.password,
        code: request.code,
        clinic: request.clinic,
    };
    enter(app, address, asked).await
}

/// `setup.accept_invite`.
pub async fn accept_invite(app: &App, request: AcceptInviteRequest) -> Result<SignedIn, Problem> {
    free(app)?;
    let Some((server, wanted)) = handed(&request.link) else {
        return Ok(no(LineTrouble::NoInvite));
    };
    let address = match Address::parse(server) {
        Ok(address) => address,
        Err(error) => return Ok(no(error.into())),
    };
    let accepted = match line_to(&app.host, address.clone(), None) {
        Ok(line) => match wanted {
            Handed::Invite(secret) => {
                line.accept_invite(&AcceptInvite {
                    invite: secret.to_owned(),
                    email: request.email.clone(),
                    password: request.password.clone(),
                })
                .await
            }
            Handed::Reset(secret) => {
                line.reset(&Reset {
                    reset: secret.to_owned(),
                    password: request.password.clone(),
                })
                .await
            }
        },
        Err(_) => return Ok(no(LineTrouble::Certificate)),
    };
    if let Err(trouble) = accepted {
        return Ok(no(trouble.into()));
    }
    let asked = Asked {
        email: request.email,
        password: request.password,
        code: None,
        clinic: None,
    };
    enter(app, address, asked).await
}

/// Refuses where a clinic is on this computer already.
fn free(app: &App) -> Result<(), Problem> {
    opening::keychain(app.host.as_ref()).map_err(trouble_fault)?;
    if app.settings.get().clinic.is_some() {
        return Err(Problem::fault(
            FaultCode::BadRequest,
            false,
            &"a clinic is on this computer already",
        ));
    }
    Ok(())
}

/// Signs in and makes the clinic's place on this computer, where it is fetched into.
async fn enter(app: &App, address: Address, asked: Asked) -> Result<SignedIn, Problem> {
    let key = DeviceKey::generate().map_err(|error| Problem::internal(&error))?;
    let admitted = match ask(app, &address, asked, Arc::new(key)).await {
        Answer::In(admitted) => admitted,
        Answer::Not(answer) => return Ok(answer),
    };
    // Only now: a server may take its time, and meanwhile another way may have been taken.
    let _transition = app.transition.lock().await;
    let id = admitted.clinic.uuid();
    let taken = free(app).err();
    let kept = app.settings.get().accounts.remove(&id);
    let others = kept.is_some_and(|account| account.member != admitted.member);
    if taken.is_some() || others {
        give_back(app, &address, &admitted).await;
        return taken.map_or(Ok(no(LineTrouble::OtherMember)), Err);
    }
    let dir = clinic_dir(app.settings.data_dir(), id);
    let mine = Account {
        server: address.to_string(),
        member: admitted.member,
    };
    // First: a folder is only ever one of a server's clinic where the settings say so.
    app.settings
        .change(|device| drop(device.accounts.insert(id, mine)))?;
    keyring::keep(app.host.as_ref(), id, &admitted.token, &admitted.key)?;
    // What was left here by signing out with changes that waited goes on from there.
    if !dir.join(REPLICA).try_exists()? {
        std::fs::create_dir_all(&dir)?;
        let key = Key::generate().map_err(|error| Problem::internal(&error))?;
        opening::keep_key(app.host.as_ref(), id, &key).map_err(trouble_fault)?;
        opening::create_there(&dir, &key)
            .await
            .map_err(trouble_fault)?;
    }
    app.settings.change(|device| {
        device.clinic = Some(id);
        device.recovery_confirmed = true;
    })?;
    app.open_current().await;
    Ok(SignedIn::Done)
}

/// `account.sign_in_again`: the same member; this computer and what waits on it stay.
pub async fn sign_in_again(
    office: &Office,
    request: SignInAgainRequest,
) -> Result<SignedIn, Problem> {
    let there = there(office)?;
    let host = office.host.as_ref();
    let key = match keyring::device_key(host, office.id)? {
        Some(key) => key,
        None => DeviceKey::generate().map_err(|error| Problem::internal(&error))?,
    };
    let asked = Asked {
        email: request.email,
        password: request.password,
        code: request.code,
        clinic: Some(ClinicId(office.id)),
    };
    let line = line_to(&office.host, there.address().clone(), None);
    if let (Some(link), Ok(line)) = (request.link, &line) {
        let Some((_, Handed::Reset(secret))) = handed(&link) else {
            return Ok(no(LineTrouble::NoInvite));
        };
        let reset = Reset {
            reset: secret.to_owned(),
            password: asked.password.clone(),
        };
        if let Err(trouble) = line.reset(&reset).await {
            return Ok(no(trouble.into()));
        }
    }
    let admitted = match ask_by(line, asked, Arc::new(key)).await {
        Answer::In(admitted) => admitted,
        Answer::Not(answer) => return Ok(answer),
    };
    if admitted.member != office.member {
        let line = line_to(&office.host, there.address().clone(), Some(&admitted));
        end(line).await;
        return Ok(no(LineTrouble::OtherMember));
    }
    keyring::keep(host, office.id, &admitted.token, &admitted.key)?;
    office.stir.notify_one();
    Ok(SignedIn::Done)
}

async fn ask(app: &App, address: &Address, asked: Asked, key: Arc<DeviceKey>) -> Answer {
    let line = line_to(&app.host, address.clone(), None);
    ask_by(line, asked, key).await
}

async fn ask_by(line: Result<Remote, NoTls>, asked: Asked, key: Arc<DeviceKey>) -> Answer {
    let Ok(line) = line else {
        return Answer::Not(no(LineTrouble::Certificate));
    };
    let request = SignIn {
        email: asked.email,
        password: asked.password,
        code: asked.code.filter(|code| !code.trim().is_empty()),
        clinic: asked.clinic,
        public_key: key.public(),
        label: format!("SafeTalk, {}", std::env::consts::OS),
    };
    match line.sign_in(&request, &key).await {
        Ok(SignInAnswer::SignedIn {
            token,
            clinic,
            member,
            ..
        }) => Answer::In(Admitted {
            token: Zeroizing::new(token),
            key,
            clinic,
            member,
        }),
        Ok(SignInAnswer::ChooseClinic { clinics }) => Answer::Not(SignedIn::ChooseClinic {
            clinics: clinics
                .into_iter()
                .map(|choice| ClinicToChoose {
                    clinic: choice.id,
                    name: choice.name,
                })
                .collect(),
        }),
        Err(trouble) => Answer::Not(no(trouble.into())),
    }
}

/// Ends a sign-in that cannot be used here.
async fn give_back(app: &App, address: &Address, admitted: &Admitted) {
    let line = line_to(&app.host, address.clone(), Some(admitted));
    end(line).await;
}

async fn end(line: Result<Remote, NoTls>) {
    if let Ok(line) = line
        && let Err(trouble) = line.sign_out().await
    {
        tracing::warn!(%trouble, "the server does not know yet that a sign-in is not used");
    }
}

/// A line to a server on which nobody is signed in, or only who was just let in.
fn line_to(
    host: &Arc<dyn Host>,
    address: Address,
    admitted: Option<&Admitted>,
) -> Result<Remote, NoTls> {
    let in_hand = admitted.map(|one| (one.token.clone(), Arc::clone(&one.key)));
    let keyring: Arc<dyn Keyring> = Arc::new(InHand(in_hand));
    let clock = Arc::new(ShellClock(Arc::clone(host)));
    Remote::new(address, keyring, clock, None, Patience::default())
        .inspect_err(|error| tracing::warn!(%error, "the line to a server cannot be made"))
}

impl From<AddressError> for LineTrouble {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::Malformed => Self::Address,
            AddressError::NotSecure => Self::NotSecure,
        }
    }
}
