//! Who works in the clinic, what each may do, and what the subscription includes.

use crate::entity::*;
use crate::{ClientId, MemberId, TherapistId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A member as they should be. Their standing is [`SetStanding`]'s; a new one is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveMember {
    /// Who.
    pub member: MemberId,
    /// What the form was opened on; `None` adds a member.
    pub guard: Option<MemberGuard>,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub grants: BTreeSet<Grant>,
    /// The therapist they are, if any.
    pub therapist: Option<TherapistId>,
}

/// Whether a member may act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of the member")]
pub struct SetStanding {
    pub member: MemberId,
    pub standing: Standing,
}

/// The most clients of one [`ReassignClients`]; more of them are several intents.
pub const MOST_REASSIGNED: usize = 500;

/// Clients of one therapist given to another: whom they usually see. No session moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReassignClients {
    /// Whose clients they are. Who has been given to somebody else since stays there.
    pub from: TherapistId,
    /// Whose they become.
    pub to: TherapistId,
    /// Which; at most [`MOST_REASSIGNED`].
    pub clients: Vec<ClientId>,
}

/// Another subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the plan says it")]
pub struct SetPlan {
    pub plan: Plan,
}
