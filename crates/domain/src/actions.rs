//! Quick Actions: which of them this person may use on this session now, and why not.
//!
//! The screen draws from [`quick_actions`], [`crate::decide()`] enforces [`allowed`]; both are one function.

use crate::entity::*;
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The Quick Actions, in the order of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// "Reschedule Session".
    Reschedule,
    /// "Modify Duration".
    ModifyDuration,
    /// "Send Email Reminder".
    SendEmailReminder,
    /// "Send WhatsApp Reminder".
    SendWhatsappReminder,
    /// "No Show".
    NoShow,
    /// "Undo No Show".
    UndoNoShow,
    /// "Cancel Session".
    Cancel,
    /// "Restore".
    Restore,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Reschedule,
        Self::ModifyDuration,
        Self::SendEmailReminder,
        Self::SendWhatsappReminder,
        Self::NoShow,
        Self::UndoNoShow,
        Self::Cancel,
        Self::Restore,
    ];

    /// Whether the action exists in a phase at all: the table of the design, one line per action.
    pub fn in_phase(self, phase: Phase) -> bool {
        use Phase::{Cancelled, Ended, Future, NoShow, Running};
        match self {
            Self::Cancel | Self::Reschedule | Self::ModifyDuration => {
                matches!(phase, Future | Running | Ended)
            }
            Self::NoShow => matches!(phase, Running | Ended),
            Self::UndoNoShow => phase == NoShow,
            Self::SendEmailReminder | Self::SendWhatsappReminder => phase == Future,
            Self::Restore => phase == Cancelled,
        }
    }

    fn channel(self) -> Option<Channel> {
        match self {
            Self::SendEmailReminder => Some(Channel::Email),
            Self::SendWhatsappReminder => Some(Channel::Whatsapp),
            _ => None,
        }
    }
}

/// Why a Quick Action may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Denial {
    /// The member lacks this grant, or is suspended.
    Permission {
        /// Which.
        grant: Grant,
    },
    /// The session's state does not allow it.
    State {
        /// Its state.
        phase: Phase,
    },
    /// The plan does not include this channel.
    Plan {
        /// Which.
        channel: Channel,
    },
    /// The client cannot be reached this way.
    Reach {
        /// Which way.
        channel: Channel,
        /// Why.
        why: NoReach,
    },
    /// No mail account is set up.
    MailNotSetUp,
}

/// One Quick Action as the screen draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuickAction {
    /// Which.
    pub action: Action,
    /// Why not, if not.
    pub denial: Option<Denial>,
}

/// What the answer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The session.
    pub session: &'a SessionFacts,
    /// Its clients.
    pub clients: &'a [&'a ClientFacts],
    /// Who asks.
    pub actor: &'a Member,
    /// The clinic and its plan.
    pub clinic: &'a ClinicFacts,
    /// The moment that decides the session's phase.
    pub now: Moment,
}

/// Every Quick Action, each allowed or with the reason why not.
pub fn quick_actions(asking: &Asking<'_>) -> Vec<QuickAction> {
    Action::ALL
        .into_iter()
        .map(|action| QuickAction {
            action,
            denial: allowed(action, asking).err(),
        })
        .collect()
}

/// Whether `action` may be used. Permission is told before state, so that nobody learns a state they may not see.
pub fn allowed(action: Action, asking: &Asking<'_>) -> Result<(), Denial> {
    permitted(asking)?;
    let phase = asking.session.phase(asking.now);
    if !action.in_phase(phase) {
        return Err(Denial::State { phase });
    }
    let Some(channel) = action.channel() else {
        return Ok(());
    };
    if !asking.clinic.plan.includes(channel) {
        return Err(Denial::Plan { channel });
    }
    reaches_anyone(asking.clients, channel).map_err(|why| Denial::Reach { channel, why })?;
    if channel == Channel::Email && !asking.clinic.mail_ready {
        return Err(Denial::MailNotSetUp);
    }
    Ok(())
}

/// Whether the member may act on this session at all.
pub fn permitted(asking: &Asking<'_>) -> Result<(), Denial> {
    if asking.actor.may_act_on(asking.session) {
        return Ok(());
    }
    Err(Denial::Permission {
        grant: asking.actor.lacks(asking.session.therapists()),
    })
}

/// A reminder goes to each client it can reach; it may not be used where it reaches nobody, for the first one's reason.
fn reaches_anyone(clients: &[&ClientFacts], channel: Channel) -> Result<(), NoReach> {
    let mut first = None;
    for client in clients {
        match client.reach(channel) {
            Ok(()) => return Ok(()),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Err(first.unwrap_or(NoReach::NoAddress))
}
