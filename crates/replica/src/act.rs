//! A click: decided at once, answered when its outbox row is committed.

use crate::lookup::View;
use crate::overlay::is_not_done;
use crate::{ActError, Error, Replica, meta, outbox, rows};
use safetalk_domain::decide::Flag;
use safetalk_domain::gather::gather;
use safetalk_domain::intent::{Actor, VERSION};
use safetalk_domain::{Body, Clock, Intent, IntentId, Kind, MemberId, Moment, Refusal, decide};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use uuid::{NoContext, Timestamp, Uuid};

/// What a person wants.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is wanted.
    pub body: Body,
    /// The action it takes back.
    pub undoes: Option<IntentId>,
}

impl From<Body> for Draft {
    fn from(body: Body) -> Self {
        Self { body, undoes: None }
    }
}

/// An action that was answered: it will be in force, or stand in front of a person as refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// Its id; names it for an undo.
    pub intent: IntentId,
    /// The rows it changed here.
    pub rows: Vec<(Kind, Uuid)>,
    /// What its author should know.
    pub flags: Vec<Flag>,
}

impl Acted {
    /// The kinds of rows it changed.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.rows.iter().map(|(kind, _)| *kind).collect()
    }
}

impl Replica {
    /// Decides what a member wants on what the screen shows, and keeps it to be sent.
    ///
    /// When this returns, the action survives whatever happens to this computer short of losing its disk.
    ///
    /// # Errors
    /// [`ActError::Refused`] when the rules say no, [`ActError::Store`]. Nothing was written then. If the future is
    /// dropped before it returns, the action is whole or absent.
    pub async fn act(
        &self,
        draft: impl Into<Draft>,
        actor: MemberId,
        now: Moment,
    ) -> Result<Acted, ActError> {
        let Draft { body, undoes } = draft.into();
        let mut transaction = self.vault.begin().await?;
        let mut meta = meta::get(&mut transaction).await?;
        let seconds = u64::try_from(now.0).unwrap_or(0);
        let mut intent = Intent {
            id: IntentId(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0))),
            version: VERSION,
            actor: Actor::Member(actor),
            made_at: now,
            seen: meta.known.cursor,
            depends: Vec::new(),
            undoes,
            body,
        };
        if let Some(undone) = undoes
            && is_not_done(&mut transaction, undone).await?
        {
            return Err(ActError::Refused(Refusal::NotDone));
        }
        let mut view = View::new(&mut transaction);
        let world = gather(&intent, &mut view).await?;
        let asked = view.asked;
        let clock = Clock { made_at: now, now };
        let decision = decide(&intent, &world, &clock).map_err(ActError::Refused)?;
        intent.depends = depends(&mut transaction, &asked).await?;
        let seq = outbox::add(&mut transaction, &meta, &intent).await?;
        rows::put_overlay(&mut transaction, &decision.rows, seq).await?;
        meta.next_n += 1;
        meta::put(&mut transaction, &meta).await?;
        transaction.commit().await?;
        Ok(Acted {
            intent: intent.id,
            rows: decision
                .rows
                .iter()
                .map(|row| (row.kind(), row.id()))
                .collect(),
            flags: decision.flags,
        })
    }
}

/// The unanswered actions that made rows which the new one names. What merely changed them is not among these: whether
/// that comes to pass is a matter of guards.
async fn depends(
    connection: &mut SqliteConnection,
    asked: &[(Kind, Uuid)],
) -> Result<Vec<IntentId>, Error> {
    let mut makers = BTreeSet::new();
    for (kind, id) in asked {
        if !matches!(
            kind,
            Kind::Hours | Kind::Told | Kind::Occupancy | Kind::Activity
        ) {
            makers.extend(rows::maker(connection, *kind, *id).await?);
        }
    }
    let mut depends = Vec::new();
    for seq in makers {
        depends.extend(outbox::unanswered(connection, seq).await?);
    }
    Ok(depends)
}
