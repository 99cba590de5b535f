//! What every action answers.

use crate::api::account::LineTrouble;
use safetalk_domain::decide::Flag;
use safetalk_domain::{IntentId, NoticeCause, NoticeId, Refusal};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An action is answered when it is kept; what the ledger says of it follows by a `changed` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Acted {
    /// Its intent.
    pub intent: IntentId,
    /// What the person should know although it was accepted.
    pub flags: Vec<Flag>,
    /// Whether `act.undo` can take it back.
    pub undoable: bool,
    /// Notices it queued, so that the toast can say what the client will be told.
    pub notices: Vec<NoticeId>,
    /// Rows whose screens should be asked again.
    pub touched: Vec<String>,
}

/// `act.undo`: take an action back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UndoRequest {
    /// Which; the latest of this sitting when `None` (Ctrl+Z).
    pub intent: Option<IntentId>,
    /// The person knows that the client was already told and will be told the opposite.
    pub told_is_known: bool,
}

/// What `act.undo` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Undone {
    /// Taken back.
    Done {
        /// The action that did it.
        acted: Acted,
    },
    /// The client has been told already; ask the person, then send `told_is_known`.
    ClientKnows,
    /// There is nothing to take back.
    Nothing,
}

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// The clinic's rules say no; shown calmly, in place.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The server did not answer, or it said no. Shown calmly, in place.
    Line {
        /// Why.
        trouble: LineTrouble,
    },
    /// Something broke.
    Fault {
        /// What the screen can do about it.
        code: FaultCode,
        /// Whether trying again may help.
        retry: bool,
        /// Finds the line in the log; holds nothing personal.
        trace: String,
    },
}

/// A code exists only if the screen acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The computer's disk is full: say so, keep the dialog.
    DiskFull,
    /// The data folder cannot be written: say so, keep the dialog.
    ReadOnly,
    /// No clinic is open: go to the first screen.
    NotOpen,
    /// The screen is locked: go to the lock.
    Locked,
    /// The keychain is locked or fails: say so, the change was not made.
    Keychain,
    /// No keychain service answers on this computer: say so, the change was not made.
    NoKeychain,
    /// No program on this computer opens such an address: say so.
    NoProgram,
    /// The clinic is kept on a server, where this is done: say so.
    OnServer,
    /// The clinic's server is out of reach, and this is done there: say so, keep the form.
    ServerAway,
    /// The clinic's server sends no messages to clients: say so.
    ServerSendsNone,
    /// The call itself was malformed: a bug, say so.
    BadRequest,
    /// Anything else.
    Internal,
}

/// The one event of the core: something changed; ask again what is on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Changed {
    /// The tables whose rows changed ("session", "notice", …).
    pub tables: Vec<String>,
    /// `app.state` has another answer.
    pub state: bool,
    /// The window was asked to close while this many messages have not gone, or the screens hold something typed
    /// ([`HoldingRequest`]).
    pub ask_quit: Option<u32>,
}

/// `app.holding`: whether the screens hold something typed that is kept nowhere yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HoldingRequest {
    /// They may: closing the window has to ask them first.
    pub holds: bool,
}

/// `app.quit`: the answer to [`Changed::ask_quit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuitRequest {
    /// How.
    pub how: QuitHow,
    /// What the tray's menu says, where it is to go on in the tray: the words of the screens live with the screens.
    pub tray: Option<TrayWords>,
}

/// The words of the tray's menu, in the screen's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrayWords {
    /// Brings the window back.
    pub open: String,
    /// Locks the screens.
    pub lock: String,
    /// Quits, as closing the window does.
    pub quit: String,
}

/// How to quit with unsent messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QuitHow {
    /// Send what can be sent, then quit.
    SendAndQuit,
    /// Go on in the tray.
    KeepRunning,
    /// Quit; they go when the program runs again.
    Quit,
}

/// What `app.quit` answers when it did not quit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuitAnswer {
    /// This many could not be sent.
    pub unsent: u32,
    /// Why, as far as one reason keeps them all.
    pub cause: Option<NoticeCause>,
    /// A person has to say first what of them still goes.
    pub choose: bool,
    /// There is no tray to go to.
    pub no_tray: bool,
}
