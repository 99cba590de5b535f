//! How the messages travel over HTTP: paths, headers, what is signed, and what a server says when it does not answer.

use crate::Trouble;
use safetalk_domain::{ClinicId, Language, MemberId, Moment, NoticeCause};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[cfg(feature = "openapi")]
use utoipa::ToSchema;

/// On every answer of a SafeTalk server, refusals included; its value is the newest protocol the server speaks. An
/// answer without it came from somebody else.
pub const PROTOCOL_HEADER: &str = "safetalk-protocol";
/// The moment a request was signed, in seconds since 1970 UTC.
pub const TIME_HEADER: &str = "safetalk-time";
/// The signature of a request by the computer's key, base64url without padding.
pub const SIGNATURE_HEADER: &str = "safetalk-signature";

/// A signature is good for this long before and after its moment. Seconds.
pub const SIGNATURE_WINDOW: i64 = 300;
/// The largest body of a push. Bytes.
pub const MOST_PUSH_BYTES: usize = 8 << 20;
/// The largest answer a device takes. Bytes, unpacked.
pub const MOST_ANSWER_BYTES: usize = 64 << 20;
/// The largest body of everything else. Bytes.
pub const MOST_BYTES: usize = 64 << 10;

/// Where what is asked.
pub mod path {
    /// Who the server is and which protocols it speaks. Nobody needs to be signed in.
    pub const CAPABILITIES: &str = "/v1/capabilities";
    /// Gives a token for a password.
    pub const SIGN_IN: &str = "/v1/sign-in";
    /// Ends this computer's sign-in.
    pub const SIGN_OUT: &str = "/v1/sign-out";
    /// Makes a login of an invite.
    pub const ACCEPT_INVITE: &str = "/v1/invite/accept";
    /// Sends a link that sets a new password.
    pub const FORGOT: &str = "/v1/password/forgot";
    /// Sets a new password with such a link.
    pub const RESET: &str = "/v1/password/reset";
    /// Intents up, verdicts down.
    pub const PUSH: &str = "/v1/push";
    /// Rows down.
    pub const PULL: &str = "/v1/pull";
    /// Server-sent events that say where the history stands.
    pub const CHANGES: &str = "/v1/changes";
    /// The computers that are or were signed in.
    pub const COMPUTERS: &str = "/v1/computers";
    /// Which members can sign in.
    pub const MEMBERS: &str = "/v1/members";
    /// How one's own sign-in is protected.
    pub const ACCOUNT: &str = "/v1/account";
    /// The clinic's mail account, which the server sends through.
    pub const MAIL: &str = "/v1/mail";
    /// Sends a test message through an account.
    pub const MAIL_TEST: &str = "/v1/mail/test";
    /// Tries at once what waits for the clinic's mail account.
    pub const MAIL_RETRY: &str = "/v1/mail/retry";
    /// Begins the second step of signing in.
    pub const TOTP_BEGIN: &str = "/v1/totp/begin";
    /// Turns it on with a first code.
    pub const TOTP_CONFIRM: &str = "/v1/totp/confirm";
    /// Turns it off.
    pub const TOTP_OFF: &str = "/v1/totp/off";
}

/// What a computer signs of a request: everything that says what is asked, of whom, and when.
///
/// `target` is path and query; the digests are SHA-256 in lower-case hex, of the body as sent and of the token (of
/// nothing where there is none).
pub fn signed_text(
    method: &str,
    target: &str,
    at: Moment,
    body_digest: &str,
    token_digest: &str,
) -> String {
    format!(
        "safetalk 1\n{method}\n{target}\n{}\n{body_digest}\n{token_digest}",
        at.0
    )
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Capabilities {
    /// Always `safetalk`.
    pub product: String,
    /// The build of the server.
    pub version: String,
    /// The oldest protocol with which it lets a device pull. Any may push.
    pub least_protocol: u16,
    /// The newest protocol it speaks.
    pub protocol: u16,
    /// Its clock, seconds since 1970 UTC.
    pub now: i64,
    /// Whether "Forgot password" can send a mail.
    pub sends_mail: bool,
}

/// Signing in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct SignIn {
    /// The login's mail address.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The code of the second step, or a recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Which clinic, where the login works in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub clinic: Option<ClinicId>,
    /// The computer's Ed25519 public key, 32 bytes in base64url without padding. It signs this request too.
    pub public_key: String,
    /// What the computer is called in the list of computers.
    pub label: String,
}

impl std::fmt::Debug for SignIn {
    /// Without anything of it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(…)")
    }
}

/// What comes of signing in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignInAnswer {
    /// It worked.
    SignedIn {
        /// What every request carries from now on. It is shown once and kept in the keychain only.
        token: String,
        /// The clinic.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        clinic: ClinicId,
        /// Who is signed in there.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        member: MemberId,
        /// The last moment it can be good, however often it is used. Seconds since 1970 UTC.
        good_until: i64,
    },
    /// The login works in several clinics; the same again with one of them.
    ChooseClinic {
        /// Which.
        clinics: Vec<ClinicChoice>,
    },
}

impl std::fmt::Debug for SignInAnswer {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignedIn { clinic, .. } => write!(f, "SignedIn({clinic}, …)"),
            Self::ChooseClinic { clinics } => write!(f, "ChooseClinic({} …)", clinics.len()),
        }
    }
}

/// A clinic to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct ClinicChoice {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: ClinicId,
    /// Its name.
    pub name: String,
}

/// Making a login of an invite.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct AcceptInvite {
    /// What stands in the link after `#`.
    pub invite: String,
    /// The address that was invited.
    pub email: String,
    /// The password from now on; of a login that exists already, its password.
    pub password: String,
}

/// "Forgot password".
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Forgot {
    /// The login's mail address.
    pub email: String,
}

/// Setting a new password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Reset {
    /// What stands in the link after `#`.
    pub reset: String,
    /// The password from now on.
    pub password: String,
}

/// A link's secret, to be handed to one person.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Link {
    /// What stands in the link after `#`.
    pub secret: String,
    /// Seconds since 1970 UTC.
    pub good_until: i64,
    /// The server has mailed it to that person; otherwise somebody hands it over.
    #[serde(default)]
    pub mailed: bool,
}

/// Inviting a member to sign in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Invite {
    /// Whose address; nobody else can use the link.
    pub email: String,
}

/// How a member stands with the server. Members of whom it knows nothing are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MemberAccess {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub member: MemberId,
    /// They have an account to sign in with.
    pub signs_in: bool,
    /// Their account has a second step.
    pub second_step: bool,
    /// They have an invite that was not used yet; until when it is good. Seconds since 1970 UTC.
    pub invited_until: Option<i64>,
}

/// How one's own sign-in is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Account {
    /// The second step is on.
    pub second_step: bool,
    /// Recovery codes that were not used yet.
    pub codes_left: i64,
}

/// A code of the second step.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct TotpCode {
    /// Six digits, or a recovery code.
    pub code: String,
}

/// What an authenticator app needs.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct TotpSecret {
    /// Base32, as such apps take it.
    pub secret: String,
}

/// Codes to keep on paper; each is good once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct RecoveryCodes {
    /// Shown once.
    pub codes: Vec<String>,
}

/// How the line to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS from the first byte.
    ImplicitTls,
    /// Plain until STARTTLS, which is demanded.
    StartTls,
}

/// A clinic's account at a mail server, without its password: that is handed over and never given back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MailAccount {
    /// Host name of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line to it is protected.
    pub security: MailSecurity,
    /// The name to sign in with; empty signs in nowhere.
    pub user: String,
    /// Whom a client reads as the sender.
    pub from_name: String,
    /// The sender's address.
    pub from_address: String,
}

impl std::fmt::Debug for MailAccount {
    /// Without the addresses.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailAccount(…)")
    }
}

/// The mail account the server has of the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct KeptMail {
    /// The account; none is set up.
    pub account: Option<MailAccount>,
    /// A password is kept with it.
    pub has_password: bool,
}

/// Handing over the clinic's mail account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct HandOverMail {
    /// The account.
    pub account: MailAccount,
    /// Its password; none keeps the one there is, as long as it goes to the same server under the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// Trying a mail account; nothing is kept.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct TryMail {
    /// The account.
    pub account: MailAccount,
    /// Its password; none takes the one that is kept, under the same condition as when handing over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Where the message goes.
    pub to: String,
    /// The language it is written in.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub language: Language,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MailTried {
    /// Why the message did not go; none if it did.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub cause: Option<NoticeCause>,
}

/// A computer that is or was signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Computer {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub member: MemberId,
    /// What it is called.
    pub label: String,
    /// First signed in, seconds since 1970 UTC.
    pub since: i64,
    /// Last heard of, to within five minutes. Seconds since 1970 UTC.
    pub last_used: Option<i64>,
    /// It is the one that asks.
    pub this: bool,
    /// How its sign-in was ended by a person.
    pub ended: Option<Ending>,
}

/// How a computer's sign-in is ended by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// "Signed out": its owner may sign in again.
    SignedOut,
    /// "Lost or stolen": it never signs in again.
    LostOrStolen,
}

/// Ending a computer's sign-in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Revoke {
    /// How.
    pub how: Ending,
}

/// What a server says in place of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// The server's clock where the request's was too far from it. Seconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<i64>,
    /// The oldest protocol the server speaks, where the request's is older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u16>,
    /// When to ask again, where the server is busy. Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// What can be the matter with a request. Each exists because a device acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is told of at its `Trouble`")]
pub enum Code {
    SignedOut,
    Revoked,
    Lost,
    Suspended,
    NotAllowed,
    TooOld,
    Busy,
    Broken,
    Malformed,
    TooLarge,
    Wrong,
    CodeWanted,
    LinkGone,
    WeakPassword,
    NotSetUp,
    NotFound,
    /// The request's moment is too far from the server's; it is signed again with the server's.
    Clock,
    /// The signature is not of the computer's key.
    Signature,
    /// A newer server's word.
    #[serde(other)]
    Unknown,
}

impl Problem {
    /// A problem without more to say.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            now: None,
            least: None,
            seconds: None,
        }
    }

    /// What it is to a device.
    pub fn trouble(&self) -> Trouble {
        match self.code {
            Code::SignedOut | Code::Signature => Trouble::SignedOut,
            Code::Revoked => Trouble::Revoked,
            Code::Lost => Trouble::Lost,
            Code::Suspended => Trouble::Suspended,
            Code::NotAllowed => Trouble::NotAllowed,
            Code::TooOld => Trouble::TooOld {
                least: self.least.unwrap_or(crate::PROTOCOL + 1),
            },
            Code::Busy => Trouble::Busy {
                seconds: self.seconds.unwrap_or(5),
            },
            Code::Broken | Code::Clock => Trouble::Broken,
            Code::Wrong => Trouble::Wrong,
            Code::CodeWanted => Trouble::CodeWanted,
            Code::LinkGone => Trouble::LinkGone,
            Code::WeakPassword => Trouble::WeakPassword,
            Code::NotSetUp => Trouble::NotSetUp,
            Code::NotFound => Trouble::NotFound,
            Code::Malformed | Code::TooLarge | Code::Unknown => Trouble::NotUnderstood,
        }
    }
}
