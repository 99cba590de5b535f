//! What a member may see: the projection of a clinic's rows that their computers hold.
//!
//! Who works where and when is known to everyone of the clinic, so that a device finds conflicts by itself: hours, time
//! off, rooms, services, names, and what sessions hold, which says *when* and *what* and never *who comes*. Whatever is
//! about a client is shown to whom it concerns. What a row is about is read off the row; whom that concerns is a matter of
//! [`Link`]s, which a ledger keeps beside its rows.
//!
//! **Invariant.** What a member sees of a row changes only when the row is written, when a link of what it is about
//! changes, or when the member's own row is written.

use crate::entity::*;
use crate::id::*;
use crate::row::Row;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What one member may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Whether anything is seen at all.
    active: bool,
    /// Whose eyes.
    member: Option<MemberId>,
    /// The therapist whose sessions are one's own, if those may be seen.
    own: Option<TherapistId>,
    all_sessions: bool,
    all_clients: bool,
    /// What each member may do.
    grants: bool,
    /// Why others are away.
    reasons: bool,
}

/// What a row is about: whom it concerns is whom that concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The clinic: everyone who works in it.
    Clinic,
    /// A session.
    Session(SessionId),
    /// A client, apart from any session.
    Client(ClientId),
    /// Who works here and may do what: whoever manages members.
    Members,
}

/// That a session or a client (the subject) concerns a therapist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The therapist.
    pub therapist: TherapistId,
    /// The session, or the client.
    pub subject: Uuid,
    /// Because they are the client's usual therapist; otherwise because they lead the session.
    pub usual: bool,
}

/// How the links of a subject concern one viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// It concerns the viewer's own therapist.
    pub own: bool,
    /// It concerns them, or did once.
    pub once: bool,
    /// It is a session, or a client who has one, with anybody.
    pub session: bool,
}

/// What a viewer gets of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart at once, and nearly always holds a row"
)]
pub enum Seen {
    /// The row, as much of it as they may know.
    Row(Row),
    /// Nothing any more: their computers may hold it from the time when it concerned them.
    Gone,
    /// Nothing.
    Nothing,
}

impl Row {
    /// What the row is about. Every kind has a rule here, and no rule stands for kinds to come.
    pub fn about(&self) -> About {
        let either = |session: Option<SessionId>, client: Option<ClientId>| match (session, client)
        {
            (Some(session), _) => About::Session(session),
            (None, Some(client)) => About::Client(client),
            (None, None) => About::Members,
        };
        match self {
            Row::Clinic(_)
            | Row::Member(_)
            | Row::Therapist(_)
            | Row::Room(_)
            | Row::Service(_)
            | Row::Hours(_)
            | Row::TimeOff(_)
            | Row::Occupancy(_) => About::Clinic,
            Row::Client(row) => About::Client(row.id),
            Row::Session(row) => About::Session(row.id),
            Row::Invoice(row) => either(row.facts.session, Some(row.facts.client)),
            Row::Notice(row) => either(row.facts.session, Some(row.facts.client)),
            Row::Told(row) => About::Session(row.session),
            Row::Activity(row) => either(row.session, row.client),
        }
    }

    /// Whom the row makes a session or a client concern.
    pub fn links(&self) -> BTreeSet<Link> {
        match self {
            Row::Session(row) => row
                .facts
                .therapists()
                .flat_map(|therapist| {
                    let subjects = row.facts.clients().map(ClientId::uuid);
                    subjects
                        .chain([row.id.uuid()])
                        .map(move |subject| Link {
                            therapist,
                            subject,
                            usual: false,
                        })
                        .collect::<Vec<_>>()
                })
                .collect(),
            Row::Client(row) => row
                .facts
                .usual_therapist
                .map(|therapist| Link {
                    therapist,
                    subject: row.id.uuid(),
                    usual: true,
                })
                .into_iter()
                .collect(),
            _ => BTreeSet::new(),
        }
    }
}

impl About {
    /// The session or the client.
    pub fn subject(self) -> Option<Uuid> {
        match self {
            Self::Session(id) => Some(id.uuid()),
            Self::Client(id) => Some(id.uuid()),
            Self::Clinic | Self::Members => None,
        }
    }
}

impl Sight {
    /// Every row as it is kept: whoever keeps the ledger itself.
    pub const WHOLE: Self = Self {
        active: true,
        member: None,
        own: None,
        all_sessions: true,
        all_clients: true,
        grants: true,
        reasons: true,
    };

    /// Nothing at all: whoever does not work here, or not now.
    pub const NOTHING: Self = Self {
        active: false,
        member: None,
        own: None,
        all_sessions: false,
        all_clients: false,
        grants: false,
        reasons: false,
    };

    /// What `member` may see.
    pub fn of(member: &Member) -> Self {
        if member.facts.standing != Standing::Active {
            return Self::NOTHING;
        }
        let all_sessions = member.may(Grant::OrganisationSessions);
        let sees_own = all_sessions || member.may(Grant::OwnSessions);
        Self {
            active: true,
            member: Some(member.id),
            own: member.facts.therapist.filter(|_| sees_own),
            all_sessions,
            all_clients: member.may(Grant::ViewClients) || member.may(Grant::ManageClients),
            grants: member.may(Grant::ManageMembers),
            reasons: all_sessions || member.may(Grant::ManageClinic),
        }
    }

    /// Whether every row is seen as it is kept.
    pub fn is_whole(&self) -> bool {
        self.active && self.all_sessions && self.all_clients && self.grants && self.reasons
    }

    /// The therapist whose sessions and clients are one's own.
    pub fn own(&self) -> Option<TherapistId> {
        self.own
    }

    /// Whether every session is seen.
    pub fn sees_all_sessions(&self) -> bool {
        self.all_sessions
    }

    /// Whether every client is seen.
    pub fn sees_all_clients(&self) -> bool {
        self.all_clients
    }

    /// The subject whose links have to be looked up before it is known what is seen of a row; none if that is known.
    pub fn asks(&self, about: About) -> Option<Uuid> {
        let needed = match about {
            About::Clinic | About::Members => false,
            About::Session(_) => !self.all_sessions && self.own.is_some(),
            About::Client(_) => !self.all_clients && (self.all_sessions || self.own.is_some()),
        };
        about.subject().filter(|_| self.active && needed)
    }

    /// Whether what is about this is seen. `held` are the links of its subject.
    pub fn sees(&self, about: About, held: Held) -> bool {
        self.active
            && match about {
                About::Clinic => true,
                About::Session(_) => self.all_sessions || (self.own.is_some() && held.own),
                // Whoever sees a session sees who comes to it, and may have to ring them.
                About::Client(_) => {
                    self.all_clients
                        || (self.all_sessions && held.session)
                        || (self.own.is_some() && held.own)
                }
                About::Members => self.grants,
            }
    }

    /// What is seen of `row`. `held` are the links of what it is about.
    pub fn project(&self, row: Row, held: Held) -> Seen {
        if self.sees(row.about(), held) {
            Seen::Row(self.reduce(row))
        } else if self.active && self.own.is_some() && held.once {
            Seen::Gone
        } else {
            Seen::Nothing
        }
    }

    /// A row that everyone sees, without what is not for everyone.
    fn reduce(&self, row: Row) -> Row {
        match row {
            Row::Member(mut member) if !self.grants && self.member != Some(member.id) => {
                member.facts.grants.clear();
                Row::Member(member)
            }
            Row::TimeOff(mut off) if !self.reasons && self.is_anothers(off.facts.owner) => {
                off.details = TimeOffDetails::default();
                Row::TimeOff(off)
            }
            row => row,
        }
    }

    fn is_anothers(&self, owner: Owner) -> bool {
        matches!(owner, Owner::Therapist(therapist) if self.own != Some(therapist))
    }
}
