//! Push: intents go up in order, verdicts come back.

use crate::{Head, Known};
use safetalk_domain::decide::Flag;
use safetalk_domain::{DeviceId, Intent, IntentId, Moment, Position, Refusal};
use serde::{Deserialize, Serialize};

/// Intents of one device, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    /// The protocol it is written in.
    pub protocol: u16,
    /// Which device.
    pub device: DeviceId,
    /// How far it knows the history.
    pub known: Known,
    /// Its highest number that was answered; 0 for none.
    pub acknowledged_n: i64,
    /// At most [`crate::MOST_INTENTS`], numbers one up from one to the next.
    pub batch: Vec<Numbered>,
}

/// An intent with its device's running number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// Counted by the device, from 1.
    pub n: i64,
    /// The ledger's own time at the device's last pull before the intent was made: it cannot be older.
    #[serde(default)]
    pub pulled_at: Option<Moment>,
    /// What is wanted.
    pub intent: Intent,
}

/// What a ledger says to a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PushAnswer {
    /// Every intent was answered.
    Answered {
        /// In the order of the batch.
        verdicts: Vec<Verdict>,
        /// Where the history stands now.
        head: Head,
    },
    /// A number of this device was used for another intent: it was cloned or restored. It takes a new id and sends again.
    Fork,
    /// Numbers are missing before the batch.
    Gap {
        /// The number that has to come next.
        expected_n: i64,
    },
    /// The history the device knows is not this one. It sends everything it still has and fetches everything again.
    ChangedHistory {
        /// Where the history stands now.
        head: Head,
    },
}

/// The ledger's answer to one intent. Final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which intent.
    pub intent: IntentId,
    /// What came of it.
    pub outcome: Outcome,
    /// Where it was decided; once this position was pulled, its rows are there.
    pub position: Position,
}

/// What came of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// It is in force.
    Accepted {
        /// What its author should know.
        flags: Vec<Flag>,
    },
    /// It is in force as far as others had not done it already.
    Merged {
        /// What its author should know.
        flags: Vec<Flag>,
    },
    /// It changes nothing.
    Refused {
        /// Why.
        refusal: Refusal,
    },
}

impl Outcome {
    /// The outcome of an accepted decision with these flags.
    pub fn of(flags: Vec<Flag>) -> Self {
        let merged = flags
            .iter()
            .any(|flag| matches!(flag, Flag::AlreadySo | Flag::FieldKept { .. }));
        if merged {
            Self::Merged { flags }
        } else {
            Self::Accepted { flags }
        }
    }

    /// Why it was refused, if it was.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal } => Some(refusal),
            Self::Accepted { .. } | Self::Merged { .. } => None,
        }
    }
}
