//! From what went wrong inside to what crosses to the screen.

use crate::api::act::{FaultCode, Problem};
use crate::host::{HostError, SecretError};
use safetalk_domain::Refusal;
use safetalk_vault::Ailment;
use std::sync::atomic::{AtomicU64, Ordering};

impl Problem {
    /// Something broke. Logs `error` under a trace the screen shows; `error` must hold nothing personal.
    pub fn fault(code: FaultCode, retry: bool, error: &dyn std::fmt::Display) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let trace = format!("T{:04}", NEXT.fetch_add(1, Ordering::Relaxed));
        tracing::error!(trace, code = ?code, %error, "a call failed");
        Self::Fault { code, retry, trace }
    }

    /// A bug or a condition nobody foresaw.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self::fault(FaultCode::Internal, true, error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { refusal }
    }
}

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        let code = match error {
            HostError::DiskFull => FaultCode::DiskFull,
            HostError::ReadOnly => FaultCode::ReadOnly,
            HostError::NoProgram => FaultCode::NoProgram,
            HostError::Other => FaultCode::Internal,
        };
        Self::fault(code, true, &error)
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        let code = match error {
            SecretError::Missing => FaultCode::NoKeychain,
            SecretError::Locked | SecretError::Other(_) => FaultCode::Keychain,
        };
        Self::fault(code, true, &error)
    }
}

impl From<safetalk_documents::Error> for Problem {
    fn from(error: safetalk_documents::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                FaultCode::DiskFull
            }
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                FaultCode::ReadOnly
            }
            _ => FaultCode::Internal,
        };
        // The text of an error of the system may hold a path with a person's name in it.
        Self::fault(code, true, &error.kind())
    }
}

impl From<safetalk_replica::ActError> for Problem {
    fn from(error: safetalk_replica::ActError) -> Self {
        match error {
            safetalk_replica::ActError::Refused(refusal) => refusal.into(),
            safetalk_replica::ActError::Store(error) => error.into(),
        }
    }
}

impl From<safetalk_replica::SyncError> for Problem {
    fn from(error: safetalk_replica::SyncError) -> Self {
        match error {
            safetalk_replica::SyncError::Store(error) => error.into(),
            error => Self::internal(&error),
        }
    }
}

impl From<safetalk_replica::Error> for Problem {
    fn from(error: safetalk_replica::Error) -> Self {
        let code = match &error {
            safetalk_replica::Error::Database(database) => match safetalk_vault::diagnose(database)
            {
                Ailment::DiskFull => FaultCode::DiskFull,
                Ailment::ReadOnly => FaultCode::ReadOnly,
                _ => FaultCode::Internal,
            },
            _ => FaultCode::Internal,
        };
        Self::fault(code, true, &error)
    }
}
