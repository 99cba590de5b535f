//! The clients and sessions that a list of something else names, read at once.

use crate::api::act::Problem;
use crate::office::Office;
use safetalk_domain::*;
use std::collections::BTreeMap;

/// Those that exist, by id.
pub(super) struct Named {
    pub clients: BTreeMap<ClientId, Client>,
    pub sessions: BTreeMap<SessionId, Session>,
}

impl Named {
    /// Reads them from one snapshot.
    pub async fn read(
        office: &Office,
        clients: impl Iterator<Item = ClientId>,
        sessions: impl Iterator<Item = SessionId>,
    ) -> Result<Self, Problem> {
        let (clients, sessions): (Vec<_>, Vec<_>) = (clients.collect(), sessions.collect());
        let mut read = office.replica.read().await?;
        let clients = read.many::<Client>(&clients).await?;
        let sessions = read.many::<Session>(&sessions).await?;
        Ok(Self {
            clients: clients.into_iter().map(|row| (row.id, row)).collect(),
            sessions: sessions.into_iter().map(|row| (row.id, row)).collect(),
        })
    }
}
