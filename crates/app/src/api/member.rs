//! Organization: members and what each may do, their computers, the subscription, and the second step of signing in.

use super::{Stamp, TherapistBrief};
use crate::api::act::Acted;
use crate::api::setup::FileWords;
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// `member.list`: Organization → Members and Subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MembersView {
    /// Active ones first, then those who are suspended, then those who left; each by name.
    pub members: Vec<MemberRow>,
    /// Who is working.
    pub me: MemberId,
    /// What they may do here.
    pub may: Vec<Grant>,
    /// Whom a member can be, those that are archived last.
    pub therapists: Vec<TherapistBrief>,
    /// What the subscription includes.
    pub plan: Plan,
    /// The seats that are taken.
    pub taken: u32,
    /// Now.
    pub now: Stamp,
}

/// A member in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberRow {
    /// Who.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// What they may do, in the order of the switches.
    pub grants: Vec<Grant>,
    /// Whether they may act at all.
    pub standing: Standing,
    /// The therapist they are, if any.
    pub therapist: Option<TherapistBrief>,
    /// A change waits to reach the server.
    pub pending: bool,
}

/// `member.save`; a new one without id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveMemberRequest {
    /// Who.
    pub member: Option<MemberId>,
    /// What the form was opened on; none for a new one.
    pub guard: Option<MemberGuard>,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub grants: Vec<Grant>,
    /// The therapist they are, if any.
    pub therapist: Option<TherapistId>,
}

/// What `member.save` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SavedMember {
    pub member: MemberId,
    pub acted: Acted,
}

/// `member.stand`: suspend, remove, bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct StandRequest {
    pub member: MemberId,
    pub standing: Standing,
}

/// `member.reassign`: all clients of one therapist to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ReassignRequest {
    pub from: TherapistId,
    pub to: TherapistId,
}

/// How many clients `member.reassign` gave away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct Reassigned {
    pub clients: u32,
}

/// `plan.save`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct SavePlanRequest {
    pub plan: Plan,
}

/// One of `member.access`: how a member stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccessView {
    /// Who.
    pub member: MemberId,
    /// They have an account to sign in with.
    pub signs_in: bool,
    /// It has a second step.
    pub second_step: bool,
    /// They have an invite that was not used yet, good until then.
    pub invited_until: Option<Stamp>,
}

/// `member.invite`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InviteRequest {
    /// As whom they will work.
    pub member: MemberId,
    /// Whose address; nobody else can use the link.
    pub email: String,
}

/// `member.reset`: a link for a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct MemberRequest {
    pub member: MemberId,
}

/// A link to be handed to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberLink {
    /// All of it.
    pub link: String,
    /// Until when it is good.
    pub until: Stamp,
    /// The server has mailed it to that person; otherwise somebody hands it over.
    pub mailed: bool,
}

/// One of `computer.list`: a computer that is or was signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ComputerView {
    /// Which.
    #[ts(type = "string")]
    pub id: Uuid,
    /// Whose.
    pub member: MemberId,
    /// What it is called.
    pub label: String,
    /// First signed in.
    pub since: Stamp,
    /// Last heard of, to within five minutes.
    pub last_used: Option<Stamp>,
    /// It is this one.
    pub this: bool,
    /// How its sign-in was ended by a person.
    pub ended: Option<ComputerEnd>,
}

/// How a computer's sign-in is ended by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ComputerEnd {
    /// "Signed out": its owner may sign in again.
    SignedOut,
    /// "Lost or stolen": it never signs in again, and what it holds of the clinic is erased.
    LostOrStolen,
}

/// `computer.revoke`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RevokeRequest {
    #[ts(type = "string")]
    pub computer: Uuid,
    pub how: ComputerEnd,
}

/// `second_step.get`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecondStep {
    /// Signing in asks for a code.
    pub on: bool,
    /// Recovery codes that were not used yet.
    pub codes_left: u32,
}

/// What an authenticator app needs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecondStepSecret {
    /// Base32, to be typed.
    pub secret: String,
    /// The same as an address that such an app opens.
    pub address: String,
}

/// A code of the second step.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CodeRequest {
    /// Six digits, or a recovery code.
    pub code: String,
}

/// Codes to keep on paper; each is good once. They are told this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct PaperCodes {
    pub codes: Vec<String>,
}

/// `second_step.save`: the codes as a file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveCodesRequest {
    /// As they were told.
    pub codes: Vec<String>,
    /// What the system's dialog says.
    pub words: FileWords,
}
