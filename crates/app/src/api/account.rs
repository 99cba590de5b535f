//! A clinic whose ledger is on a server: signing in and out, and how this computer stands with it.

use super::Stamp;
use safetalk_domain::ClinicId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `setup.sign_in`: "Sign in to your clinic".
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SignInRequest {
    /// The server's address, as typed.
    pub address: String,
    pub email: String,
    pub password: String,
    /// The six digits of the second step, or a recovery code.
    pub code: Option<String>,
    /// Which, where the login works in several.
    pub clinic: Option<ClinicId>,
}

/// `setup.accept_invite`: chooses a password with an invite, or with a link for a new one, then signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AcceptInviteRequest {
    /// The whole link, as it was handed over.
    pub link: String,
    /// The address that was invited.
    pub email: String,
    pub password: String,
}

/// `account.sign_in_again`: the same member, on the same computer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SignInAgainRequest {
    pub email: String,
    pub password: String,
    /// The six digits of the second step, or a recovery code.
    pub code: Option<String>,
    /// A link that makes this password the account's, as it was handed over.
    #[serde(default)]
    #[ts(optional)]
    pub link: Option<String>,
}

/// What signing in comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignedIn {
    /// It worked.
    Done,
    /// The login works in several clinics: the same again with one of them.
    ChooseClinic {
        /// Which.
        clinics: Vec<ClinicToChoose>,
    },
    /// It did not work.
    Trouble {
        /// Why.
        trouble: LineTrouble,
    },
}

/// A clinic of several that a login works in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ClinicToChoose {
    pub clinic: ClinicId,
    pub name: String,
}

/// What can be the matter between this computer and a server. Each has a sentence of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineTrouble {
    /// What was typed is no address.
    Address,
    /// The address is one without TLS, and not of this very computer.
    NotSecure,
    /// What was typed is no invite link.
    NoInvite,
    /// No network, or nobody listens there.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// Somebody answered who is not SafeTalk.
    Foreign,
    /// The server's certificate is not trusted.
    Certificate,
    /// Its certificate is not valid now: the clock of this computer may be wrong.
    Clock,
    /// Too much to do, or asked too often.
    Busy,
    /// Something broke inside the server, or it and this build do not understand each other.
    Broken,
    /// The keychain does not give what signs this computer in.
    Keychain,
    /// The sign-in has run out.
    SignedOut,
    /// A person ended this computer's sign-in.
    Revoked,
    /// A person reported this computer lost or stolen.
    Lost,
    /// The member is suspended, or works in no clinic of this server.
    Suspended,
    /// What this computer asks for is not for its member.
    NotAllowed,
    /// This build is too old for the server.
    TooOld,
    /// Address, password or code is not right.
    Wrong,
    /// The code of the second step is wanted as well.
    CodeWanted,
    /// The link was used or has run out.
    LinkGone,
    /// The password is too short or too long.
    WeakPassword,
    /// Another member is signed in here, or has changes on this computer that wait.
    OtherMember,
    /// The member may not ask the server for this.
    NotPermitted,
    /// What the server was asked about is not there.
    Gone,
    /// This member has no account yet.
    NoAccount,
    /// This member's account works in other clinics too, and is not one clinic's to reset.
    OtherClinics,
    /// The code of the second step is not right.
    WrongCode,
}

/// How this computer stands with its server: the one calm line beside every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LineView {
    /// Changes that the server has not answered.
    pub waiting: u32,
    /// Why this computer is not in step, if it is not.
    pub trouble: Option<LineTrouble>,
    /// A person has to do something about it; otherwise it passes.
    pub asks: bool,
    /// Since when. While all is well, when the two were last in step, as far as that is known.
    pub since: Option<Stamp>,
}

/// `account.get`: the account of a clinic on a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountView {
    /// The server's address.
    pub server: String,
    /// Who is signed in.
    pub member: String,
    /// How this computer stands with it.
    pub line: LineView,
}

/// `account.sign_out`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignOutRequest {
    /// Also where something waits here: it is kept, encrypted, until the same member signs in again.
    pub anyway: bool,
}

/// What `account.sign_out` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignedOut {
    /// Nobody is signed in here now.
    Done,
    /// Not yet: this much would stay on this computer. It was tried to send it first.
    Waits {
        /// Changes the server has not answered.
        changes: u32,
        /// Changes that could not be done and that nobody has dealt with.
        refused: u32,
    },
}

/// How far the first fetching of a clinic is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FirstSync {
    /// Entries that have come so far.
    pub entries: u32,
    /// Why it does not go on, if so.
    pub trouble: Option<LineTrouble>,
    /// A person has to do something about it; otherwise it goes on by itself.
    pub asks: bool,
}
