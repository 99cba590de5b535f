//! The process does not end under a connection that is still being closed.
//!
//! SQLCipher frees its keys, its heap and its mutexes when the process ends, whoever still uses them, while sqlx closes a
//! connection that was dropped on a thread of its own: the process would crash at its end, or the last pages would be
//! written with a key that is gone. [`Vault::close`](super::Vault::close) waits for those threads; this is for whoever
//! dropped a vault, or failed half-way.

use sqlx::SqliteConnection;
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::Duration;

/// How long the end of the process waits at most: a connection may also belong to a pool that nobody lets go of.
const PATIENCE: Duration = Duration::from_secs(2);

/// Connections whose memory SQLCipher has not given back yet.
static OPEN: Mutex<usize> = Mutex::new(0);
static ONE_LESS: Condvar = Condvar::new();

/// One connection, from its opening until SQLite has let go of everything it had.
struct Counted;

impl Counted {
    fn new() -> Self {
        *OPEN.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *OPEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ONE_LESS.notify_all();
    }
}

/// Counts a connection from here on until it is closed.
pub(super) async fn count(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    static ONCE: Once = Once::new();
    // Whoever is registered last is called first, and SQLCipher registered itself when the first connection was opened.
    ONCE.call_once(|| {
        shutdown_hooks::add_shutdown_hook(wait_for_all);
    });
    let counted = Counted::new();
    // SQLite drops the collations of a connection after its files and their keys: no statement uses this one.
    connection
        .lock_handle()
        .await?
        .create_collation("safetalk_open", move |left, right| {
            let _open = &counted;
            left.cmp(right)
        })
}

extern "C" fn wait_for_all() {
    let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let _still_open = ONE_LESS.wait_timeout_while(open, PATIENCE, |open| *open > 0);
}
