//! The lock: a PIN before names are shown. It guards the screen; the files are guarded by their own key.

use crate::App;
use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::clinic::{PinAnswer, SetPinRequest, UnlockRequest};
use crate::api::setup::AppState;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Argon2, Params};
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::invalid;

/// A PIN has at least this many characters.
const SHORTEST: usize = 4;
/// And at most this many.
const LONGEST: usize = 64;

/// `lock.now`.
pub async fn lock_now(app: &App, _: Nothing) -> Result<AppState, Problem> {
    app.lock();
    Ok(app.state().await)
}

/// `lock.unlock`.
pub async fn unlock(app: &App, request: UnlockRequest) -> Result<PinAnswer, Problem> {
    let answer = try_pin(app, &request.pin).await?;
    if answer.ok {
        app.unlock();
    }
    Ok(answer)
}

/// `lock.set_pin`.
pub async fn set_pin(app: &App, request: SetPinRequest) -> Result<PinAnswer, Problem> {
    if app.settings.get().pin_hash.is_some() {
        let answer = try_pin(app, request.old.as_deref().unwrap_or_default()).await?;
        if !answer.ok {
            return Ok(answer);
        }
    }
    let hash = match request.new {
        None => None,
        Some(pin) if pin.chars().count() < SHORTEST => {
            return Err(invalid(Field::Pin, Invalid::TooSmall { least: 4 }).into());
        }
        Some(pin) if pin.chars().count() > LONGEST => {
            return Err(invalid(Field::Pin, Invalid::TooLong { most: 64 }).into());
        }
        Some(pin) => Some(hashed(pin).await?),
    };
    app.settings.change(|device| {
        if hash.is_none() {
            device.lock_minutes = None;
        }
        device.pin_hash = hash;
        device.wrong_pins = 0;
    })?;
    Ok(PinAnswer {
        ok: true,
        wait_seconds: 0,
    })
}

/// Seconds to wait after so many wrong PINs in a row: a person mistypes, a thief tries them all.
fn pause(wrong: u32) -> u32 {
    match wrong {
        0..=2 => 0,
        3 => 5,
        4 => 15,
        5 => 60,
        _ => 300,
    }
}

async fn try_pin(app: &App, pin: &str) -> Result<PinAnswer, Problem> {
    let _one_at_a_time = app.pin.lock().await;
    let device = app.settings.get();
    let Some(hash) = device.pin_hash else {
        return Ok(PinAnswer {
            ok: true,
            wait_seconds: 0,
        });
    };
    let now = app.host.now().0;
    let waited = u32::try_from((now - device.wrong_pin_at).max(0)).unwrap_or(u32::MAX);
    let left = pause(device.wrong_pins).saturating_sub(waited);
    if left > 0 {
        return Ok(PinAnswer {
            ok: false,
            wait_seconds: left,
        });
    }
    let ok = verified(pin.to_owned(), hash).await?;
    let device = app.settings.change(|device| {
        device.wrong_pins = if ok { 0 } else { device.wrong_pins + 1 };
        device.wrong_pin_at = now;
    })?;
    Ok(PinAnswer {
        ok,
        wait_seconds: if ok { 0 } else { pause(device.wrong_pins) },
    })
}

/// Argon2id with 64 MiB: a four-digit PIN has only ten thousand values, so each try must cost.
fn argon2() -> Argon2<'static> {
    let params =
        Params::new(64 * 1024, 3, 1, None).expect("these parameters are within Argon2's bounds");
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
}

async fn hashed(pin: String) -> Result<String, Problem> {
    off_the_runtime(move || {
        let salt = SaltString::generate(&mut argon2::password_hash::rand_core::OsRng);
        argon2()
            .hash_password(pin.as_bytes(), &salt)
            .map(|hash| hash.to_string())
    })
    .await?
    .map_err(|_| Problem::internal(&"the PIN could not be hashed"))
}

async fn verified(pin: String, hash: String) -> Result<bool, Problem> {
    off_the_runtime(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| argon2().verify_password(pin.as_bytes(), &hash).is_ok())
    })
    .await
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::internal(&"a background task ended early"))
}
