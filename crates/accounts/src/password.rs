//! Passwords: hashed slowly on purpose, a few at a time, so that signing in cannot stop the server.

use crate::{DoorError, Error};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Argon2, Params};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The least characters of a password.
const SHORTEST: usize = 10;
/// The most bytes of a password.
const LONGEST: usize = 256;

/// Where passwords are hashed: so many at once, so many waiting, and who comes then is told to come again.
#[derive(Clone)]
pub struct Kitchen {
    stoves: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Kitchen {
    /// `stoves` at once (each takes 19 MiB and a processor), `waiting` more in the queue.
    pub fn new(stoves: usize, waiting: usize) -> Self {
        Self {
            stoves: Arc::new(Semaphore::new(stoves)),
            places: Arc::new(Semaphore::new(stoves + waiting)),
        }
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: &str) -> Result<String, DoorError> {
        sound(password)?;
        let password = Zeroizing::new(password.to_owned());
        self.cook(move || {
            let salt = SaltString::generate(&mut argon2::password_hash::rand_core::OsRng);
            argon2()
                .hash_password(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
        })
        .await?
        .map_err(|_| Error::Kept { what: "password" }.into())
    }

    /// Whether a password is the one of this hash. Without a hash it takes as long and is never right.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, DoorError> {
        // A longer one was never taken; hashing it would only cost.
        let fits = password.len() <= LONGEST;
        let password = Zeroizing::new(if fits {
            password.to_owned()
        } else {
            String::new()
        });
        self.cook(move || {
            let (hash, somebody) = match &hash {
                Some(hash) => (hash.as_str(), true),
                None => (nobody(), false),
            };
            let right = PasswordHash::new(hash)
                .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            right && somebody && fits
        })
        .await
    }

    async fn cook<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DoorError> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| DoorError::Busy)?;
        let stove = Arc::clone(&self.stoves)
            .acquire_owned()
            .await
            .map_err(|_| DoorError::Store(Error::Task))?;
        // Both go with the work: a client that hangs up does not free a stove that is still hot.
        tokio::task::spawn_blocking(move || {
            let _held = (place, stove);
            work()
        })
        .await
        .map_err(|_| DoorError::Store(Error::Task))
    }
}

/// OWASP's first choice for Argon2id: 19 MiB, two passes.
fn argon2() -> Argon2<'static> {
    let params =
        Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's bounds");
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
}

/// A hash that no password is behind, made once.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| {
        let salt = SaltString::generate(&mut argon2::password_hash::rand_core::OsRng);
        argon2()
            .hash_password(b"nobody", &salt)
            .map(|hash| hash.to_string())
            .unwrap_or_default()
    })
}

fn sound(password: &str) -> Result<(), DoorError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(DoorError::WeakPassword);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobodys_hash_costs_what_a_real_one_does() {
        let real = Kitchen::new(1, 0).hash("correct horse").await.unwrap();
        let [real, nobodys] =
            [real.as_str(), nobody()].map(|hash| PasswordHash::new(hash).unwrap());
        assert_eq!(
            (real.algorithm, real.version, &real.params),
            (nobodys.algorithm, nobodys.version, &nobodys.params)
        );
        let length = |hash: &PasswordHash<'_>| hash.hash.map(|hash| hash.len());
        assert_eq!(length(&real), length(&nobodys));
    }
}
