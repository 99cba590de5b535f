//! Who may sign in to a server, and from which computer.
//!
//! A login is a mail address, a password and perhaps a second step; a seat says as which member of which clinic it works.
//! A computer is whoever holds the private half of a key; a token signs it in. What a member may do is not known here:
//! that stands in the clinic's ledger.
//!
//! Deliberately absent: HTTP, mail, the clock (moments are given), names, and anything of a clinic but its id.
//!
//! **Invariants.** Nothing kept here signs anybody in: addresses are marks, passwords, tokens and links are hashes. No
//! answer and no duration tells whether an address has a login. A link and a code are good once.
#![forbid(unsafe_code)]

mod computer;
mod error;
mod invite;
mod login;
mod password;
mod reset;
mod secret;
mod signature;
mod token;
mod totp;

pub use computer::Seat;
pub use error::{DoorError, Error};
pub use invite::INVITE_SECONDS;
pub use login::Verified;
pub use password::Kitchen;
pub use reset::RESET_SECONDS;
pub use secret::{AddressMark, Secret};
pub use signature::{PublicKey, sha256};
pub use token::{ABSOLUTE_SECONDS, Bearer, SLIDING_SECONDS, TokenTrouble};

use safetalk_vault::{Key, Role, Vault};
use sqlx::migrate::Migrator;
use std::path::Path;
use std::sync::Arc;

/// The schema, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/accounts-sqlite");

/// The accounts of a server. Cloning it is cheap and gives the same ones.
#[derive(Clone)]
pub struct Accounts {
    vault: Vault,
    marks: Arc<ring::hmac::Key>,
    kitchen: Kitchen,
}

impl Accounts {
    /// Opens the accounts at `path`; makes them when there are none.
    ///
    /// `marks` is a secret of the server under which addresses become marks: with another one nobody is found again.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub async fn open(
        path: &Path,
        key: &Key,
        marks: &[u8; 32],
        kitchen: Kitchen,
    ) -> Result<Self, Error> {
        let vault = if path.try_exists().map_err(safetalk_vault::OpenError::from)? {
            Vault::open(path, key, &MIGRATIONS, Role::Accounts).await?
        } else {
            Vault::create(path, key, &MIGRATIONS, Role::Accounts).await?
        };
        Ok(Self {
            vault,
            marks: Arc::new(ring::hmac::Key::new(ring::hmac::HMAC_SHA256, marks)),
            kitchen,
        })
    }

    /// The file, for backups and checks.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Closes the file cleanly.
    pub async fn close(&self) {
        self.vault.close().await;
    }

    /// The mark of a mail address: the same for every way of writing it that people mix up.
    pub fn mark(&self, email: &str) -> AddressMark {
        let written = email.trim().to_lowercase();
        let tag = ring::hmac::sign(&self.marks, written.as_bytes());
        let mut mark = [0; 32];
        mark.copy_from_slice(tag.as_ref());
        AddressMark(mark)
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts")
            .field("vault", &self.vault)
            .finish_non_exhaustive()
    }
}
