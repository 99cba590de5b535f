//! People who work in the clinic, and what each may do.

use super::SessionFacts;
use crate::{MemberId, TherapistId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// A person who works in the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// What rules read.
    pub facts: MemberFacts,
    /// What people read.
    pub details: MemberDetails,
}

/// What rules read of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberFacts {
    /// Each grant stands alone; none implies another.
    pub grants: BTreeSet<Grant>,
    /// Whether they may act at all.
    pub standing: Standing,
    /// The therapist this member is, if any.
    pub therapist: Option<TherapistId>,
}

/// What a change of a member's access depends on: the old values, which may have changed since a form was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the member's facts")]
pub struct MemberGuard {
    pub grants: BTreeSet<Grant>,
    pub therapist: Option<TherapistId>,
}

impl MemberFacts {
    /// What a form of this member depends on.
    pub fn guard(&self) -> MemberGuard {
        MemberGuard {
            grants: self.grants.clone(),
            therapist: self.therapist,
        }
    }
}

/// What people read of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberDetails {
    /// Their name.
    pub name: String,
}

/// One thing a member may be allowed. Single, as in SafeTalk's "Edit Access".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Act on one's own sessions.
    OwnSessions,
    /// Act on everybody's sessions.
    OrganisationSessions,
    /// Book others outside their hours, time off and buffers.
    BookOutsideAvailability,
    /// Change rooms, services, hours and payment channels.
    ManageClinic,
    /// Give a client to another therapist.
    ReassignClients,
    /// See every client.
    ViewClients,
    /// Change every client.
    ManageClients,
    /// Add, invite, suspend and remove members, and give and take every grant: also to oneself.
    ManageMembers,
    /// Change the subscription.
    ManageSubscription,
}

impl Grant {
    /// Every grant there is.
    pub const ALL: [Self; 9] = [
        Self::OwnSessions,
        Self::OrganisationSessions,
        Self::BookOutsideAvailability,
        Self::ManageClinic,
        Self::ReassignClients,
        Self::ViewClients,
        Self::ManageClients,
        Self::ManageMembers,
        Self::ManageSubscription,
    ];
}

/// Whether a member may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Yes.
    Active,
    /// Not now; the seat stays.
    Suspended,
    /// No longer; the seat is free.
    Removed,
}

impl Standing {
    /// Whether a member who stands so takes one of the plan's seats.
    pub fn takes_seat(self) -> bool {
        match self {
            Self::Active | Self::Suspended => true,
            Self::Removed => false,
        }
    }
}

impl Member {
    /// Whether this member is active and has `grant`.
    pub fn may(&self, grant: Grant) -> bool {
        self.facts.standing == Standing::Active && self.facts.grants.contains(&grant)
    }

    /// Whether this member may act on a session of `therapist`.
    pub fn may_act_for(&self, therapist: TherapistId) -> bool {
        self.may(Grant::OrganisationSessions)
            || (self.may(Grant::OwnSessions) && self.facts.therapist == Some(therapist))
    }

    /// Whether this member may act on `session`: one's own is every session that one leads, alone or with others.
    pub fn may_act_on(&self, session: &SessionFacts) -> bool {
        session
            .therapists()
            .any(|therapist| self.may_act_for(therapist))
    }

    /// The grant this member lacks, who may not act on a session of `therapists`.
    pub fn lacks(&self, mut therapists: impl Iterator<Item = TherapistId>) -> Grant {
        if therapists.any(|therapist| self.facts.therapist == Some(therapist)) {
            Grant::OwnSessions
        } else {
            Grant::OrganisationSessions
        }
    }
}
