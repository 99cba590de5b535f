//! An encrypted SQLite file: open it, explain why it does not open, back it up, recover it.
//!
//! The ledger and the replica of a clinic each keep one file; both are opened, copied and restored by this crate, so
//! that the rules of keeping health data safe are written once. It knows nothing of sessions, clients or sync: the
//! schema comes from the caller as a [`sqlx::migrate::Migrator`], the time as seconds UTC.
//!
//! Invariants:
//! - Nothing is ever read or written unless SQLCipher is at work: never plain text.
//! - A new file is never made over an existing one, nor a new key over an existing key's recovery file.
//! - What is written outside SQLite (backups, restored clinics, recovery files) is there whole or not at all.
//! - The key appears in no log, no error and no `Debug` text.
//!
//! Deliberately absent: the keychain (the window's shell has it), the clock, any table name of ours.
#![forbid(unsafe_code)]

mod backup;
mod error;
mod files;
mod key;
mod recovery_file;
mod recovery_key;
mod vault;

pub use backup::{
    Backup, Manifest, Part, Restored, backup, last_good, manifest_of, restore, to_keep,
};
pub use error::{
    Ailment, BackupError, NoRandomness, OpenError, RecoveryFileError, RecoveryKeyError,
    RestoreError, diagnose, diagnose_io, diagnose_migration,
};
pub use key::Key;
pub use recovery_file::{RECOVERY_FILE, RecoveryFile};
pub use recovery_key::RecoveryKey;
pub use vault::{Depth, Role, Transaction, Vault};
