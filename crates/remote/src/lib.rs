//! Push and pull over HTTP: a ledger on a server, seen from a device.
//!
//! [`Remote`] is an [`Upstream`] like the ledger in the same process. Every request is signed by the computer's key and
//! carries the token that a [`Keyring`] hands out for this one request; neither is kept here. What can be the matter is
//! told in the classes of [`safetalk_wire::Trouble`], which say whether to try again or to ask a person.
//!
//! Deliberately absent: the keychain (the window's shell has it), the clock (a [`Now`] is given), any decision about what
//! a person is shown.
//!
//! **Invariant.** An answer is taken only from a SafeTalk server, of bounded size, in bounded time; no redirect is
//! followed, and nothing but loopback is ever spoken to without TLS.
#![forbid(unsafe_code)]

mod address;
mod calls;
mod changes;
mod key;
mod line;
mod trust;

pub use address::{Address, AddressError};
pub use changes::{Change, Changes};
pub use key::{BadKey, DeviceKey};
pub use line::Patience;

use async_trait::async_trait;
use safetalk_domain::Moment;
use safetalk_wire::http::path;
use safetalk_wire::{
    Now, PullAnswer, PullRequest, PushAnswer, PushRequest, Trouble, Upstream, UpstreamError,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use zeroize::Zeroizing;

/// What signs a computer in, for one request.
pub struct Credentials {
    /// The token as the server gave it.
    pub token: Zeroizing<String>,
    /// The computer's key.
    pub key: DeviceKey,
}

/// Where token and key lie: the keychain of this computer.
#[async_trait]
pub trait Keyring: Send + Sync {
    /// What signs this computer in; none when nobody is signed in.
    async fn credentials(&self) -> Option<Credentials>;
}

/// A ledger on a server.
pub struct Remote {
    client: reqwest::Client,
    address: Address,
    keyring: Arc<dyn Keyring>,
    time: Arc<dyn Now>,
    patience: Patience,
    /// The server's clock minus this computer's, as far as the server has complained. Seconds.
    ahead: AtomicI64,
}

/// The TLS of this computer is not usable.
#[derive(Debug, thiserror::Error)]
#[error("no TLS on this computer")]
pub struct NoTls(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Remote {
    /// A line to the server at `address`. Nothing is asked yet.
    ///
    /// `extra_root` is one more certificate (DER) to trust beside those of the operating system, for a clinic whose
    /// server has its own.
    ///
    /// # Errors
    /// [`NoTls`] when the operating system's certificates cannot be used or `extra_root` is none.
    pub fn new(
        address: Address,
        keyring: Arc<dyn Keyring>,
        time: Arc<dyn Now>,
        extra_root: Option<Vec<u8>>,
        patience: Patience,
    ) -> Result<Self, NoTls> {
        Ok(Self {
            client: line::client(trust::tls(extra_root)?, patience)?,
            address,
            keyring,
            time,
            patience,
            ahead: AtomicI64::new(0),
        })
    }

    /// Where the server is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The server's clock as far as it is known here.
    fn server_now(&self) -> Moment {
        Moment(self.time.now().0 + self.ahead.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Upstream for Remote {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        self.ask(path::PUSH, &request).await.map_err(upstream)
    }

    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        self.ask(path::PULL, &request).await.map_err(upstream)
    }
}

/// As the ledger in the same process would say it.
fn upstream(trouble: Trouble) -> UpstreamError {
    match trouble {
        Trouble::TooOld { least } => UpstreamError::TooOld { least },
        trouble => UpstreamError::Line(trouble),
    }
}

impl std::fmt::Debug for Remote {
    /// Without the address: it may name the clinic.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").finish_non_exhaustive()
    }
}
