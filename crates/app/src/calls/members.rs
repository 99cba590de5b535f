//! Organization: who works here and what each may do, the subscription, and what the clinic's server knows of its members.

use super::account::{PATIENCE, there, waiting};
use super::calendar::by_name;
use crate::api::Nothing;
use crate::api::account::LineTrouble;
use crate::api::act::{Acted, Problem};
use crate::api::member::*;
use crate::api::setup::SavedFile;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::intent::{MOST_REASSIGNED, ReassignClients, SaveMember, SetPlan, SetStanding};
use safetalk_domain::*;
use safetalk_remote::Remote;
use safetalk_wire::Trouble;
use safetalk_wire::http::{Ending, Invite, Link, Revoke, TotpCode};
use uuid::Uuid;

/// What stands between a server's address and the secret of a link.
pub(super) const INVITE: &str = "/invite#";
/// The same, of a link that sets a new password.
pub(super) const RESET: &str = "/reset#";

/// `member.list`.
pub async fn list(office: &Office, _: Nothing) -> Result<MembersView, Problem> {
    let directory = Directory::read(office).await?;
    let pending = office.replica.read().await?.pending(Kind::Member).await?;
    let mut members = by_name(
        directory.members.values().cloned().collect(),
        |row: &Member| &row.details.name,
    );
    members.sort_by_key(|row| match row.facts.standing {
        Standing::Active => 0,
        Standing::Suspended => 1,
        Standing::Removed => 2,
    });
    let mut therapists = by_name(
        directory.therapists.values().cloned().collect(),
        |row: &Therapist| &row.details.name.value,
    );
    therapists.sort_by_key(|row| row.facts.archived);
    let taken = members
        .iter()
        .filter(|row| row.facts.standing.takes_seat())
        .count();
    Ok(MembersView {
        me: directory.member.id,
        may: directory.member.facts.grants.iter().copied().collect(),
        therapists: therapists
            .iter()
            .map(|row| directory.therapist(row.id))
            .collect(),
        plan: directory.clinic.facts.plan,
        taken: u32::try_from(taken).unwrap_or(u32::MAX),
        now: directory.stamp(directory.now),
        members: members
            .into_iter()
            .map(|row| MemberRow {
                id: row.id,
                name: row.details.name,
                grants: row.facts.grants.into_iter().collect(),
                standing: row.facts.standing,
                therapist: row.facts.therapist.map(|id| directory.therapist(id)),
                pending: pending.contains(&row.id.0),
            })
            .collect(),
    })
}

/// `member.save`.
pub async fn save(office: &Office, request: SaveMemberRequest) -> Result<SavedMember, Problem> {
    let member = request.member.unwrap_or_else(|| MemberId(Uuid::now_v7()));
    let body = SaveMember {
        member,
        guard: request.guard,
        name: request.name,
        grants: request.grants.into_iter().collect(),
        therapist: request.therapist,
    };
    let acted = office.act(Body::SaveMember(body)).await?;
    Ok(SavedMember { member, acted })
}

/// `member.stand`.
pub async fn stand(office: &Office, request: StandRequest) -> Result<Acted, Problem> {
    let StandRequest { member, standing } = request;
    let body = SetStanding { member, standing };
    office.act(Body::SetStanding(body)).await
}

/// `member.reassign`. More clients than one intent takes are several of them; each stands for itself.
pub async fn reassign(office: &Office, request: ReassignRequest) -> Result<Reassigned, Problem> {
    let ReassignRequest { from, to } = request;
    let clients: Vec<ClientId> = office
        .replica
        .read()
        .await?
        .all::<Client>()
        .await?
        .into_iter()
        .filter(|row| row.facts.usual_therapist == Some(from))
        .map(|row| row.id)
        .collect();
    for some in clients.chunks(MOST_REASSIGNED) {
        let clients = some.to_vec();
        let body = ReassignClients { from, to, clients };
        office.act(Body::ReassignClients(body)).await?;
    }
    Ok(Reassigned {
        clients: u32::try_from(clients.len()).unwrap_or(u32::MAX),
    })
}

/// `plan.save`.
pub async fn save_plan(office: &Office, request: SavePlanRequest) -> Result<Acted, Problem> {
    let SavePlanRequest { plan } = request;
    office.act(Body::SetPlan(SetPlan { plan })).await
}

/// `member.access`.
pub async fn access(office: &Office, _: Nothing) -> Result<Vec<AccessView>, Problem> {
    let found = remote(office)?.members().await.map_err(plainly)?;
    let directory = Directory::read(office).await?;
    Ok(found
        .into_iter()
        .map(|one| AccessView {
            member: one.member,
            signs_in: one.signs_in,
            second_step: one.second_step,
            invited_until: one.invited_until.map(|at| directory.stamp(Moment(at))),
        })
        .collect())
}

/// `member.invite`.
pub async fn invite(office: &Office, request: InviteRequest) -> Result<MemberLink, Problem> {
    let email = validate::email(refusal::Field::Email, &request.email)?;
    // The server knows a member once the change that made them has reached it.
    if waiting(office).await? > 0 {
        let _ = tokio::time::timeout(PATIENCE, there(office)?.sync(office)).await;
    }
    let asked = Invite { email };
    let made = remote(office)?.invite(request.member, &asked).await;
    link(office, INVITE, made.map_err(plainly)?).await
}

/// `member.reset`.
pub async fn reset(office: &Office, request: MemberRequest) -> Result<MemberLink, Problem> {
    let made = remote(office)?.reset_of(request.member).await;
    let made = made.map_err(|trouble| match trouble {
        Trouble::NotFound => line(LineTrouble::NoAccount),
        Trouble::NotAllowed => line(LineTrouble::OtherClinics),
        other => plainly(other),
    })?;
    link(office, RESET, made).await
}

/// `computer.list`: one's own computers, and everybody's for who manages members.
pub async fn computers(office: &Office, _: Nothing) -> Result<Vec<ComputerView>, Problem> {
    let found = remote(office)?.computers().await.map_err(plainly)?;
    let directory = Directory::read(office).await?;
    Ok(found
        .into_iter()
        .map(|one| ComputerView {
            id: one.id,
            member: one.member,
            label: one.label,
            since: directory.stamp(Moment(one.since)),
            last_used: one.last_used.map(|at| directory.stamp(Moment(at))),
            this: one.this,
            ended: one.ended.map(|how| match how {
                Ending::SignedOut => ComputerEnd::SignedOut,
                Ending::LostOrStolen => ComputerEnd::LostOrStolen,
            }),
        })
        .collect())
}

/// `computer.revoke`.
pub async fn revoke(office: &Office, request: RevokeRequest) -> Result<Nothing, Problem> {
    let how = match request.how {
        ComputerEnd::SignedOut => Ending::SignedOut,
        ComputerEnd::LostOrStolen => Ending::LostOrStolen,
    };
    let ended = remote(office)?.revoke(request.computer, Revoke { how });
    ended.await.map_err(plainly)?;
    Ok(Nothing {})
}

/// `second_step.get`.
pub async fn second_step(office: &Office, _: Nothing) -> Result<SecondStep, Problem> {
    let account = remote(office)?.account().await.map_err(plainly)?;
    Ok(SecondStep {
        on: account.second_step,
        codes_left: u32::try_from(account.codes_left).unwrap_or(0),
    })
}

/// `second_step.begin`.
pub async fn begin_second_step(office: &Office, _: Nothing) -> Result<SecondStepSecret, Problem> {
    let begun = remote(office)?.totp_begin().await.map_err(plainly)?;
    // Base32 holds nothing that an address would read otherwise.
    let address = format!(
        "otpauth://totp/SafeTalk?secret={}&issuer=SafeTalk",
        begun.secret
    );
    Ok(SecondStepSecret {
        secret: begun.secret,
        address,
    })
}

/// `second_step.confirm`.
pub async fn confirm_second_step(
    office: &Office,
    request: CodeRequest,
) -> Result<PaperCodes, Problem> {
    let asked = TotpCode { code: request.code };
    let confirmed = remote(office)?.totp_confirm(&asked).await;
    let codes = confirmed.map_err(of_code)?.codes;
    Ok(PaperCodes { codes })
}

/// `second_step.save`.
pub async fn save_codes(office: &Office, request: SaveCodesRequest) -> Result<SavedFile, Problem> {
    let SaveCodesRequest { codes, words } = request;
    let name = words
        .name
        .as_deref()
        .unwrap_or("SafeTalk recovery codes.txt");
    let text = codes.join("\n") + "\n";
    let saved = office
        .host
        .save_file(words.title.as_deref(), name, text.into_bytes())
        .await?;
    Ok(SavedFile {
        saved: saved.is_some(),
    })
}

/// `second_step.off`.
pub async fn end_second_step(office: &Office, request: CodeRequest) -> Result<Nothing, Problem> {
    let asked = TotpCode { code: request.code };
    remote(office)?.totp_off(&asked).await.map_err(of_code)?;
    Ok(Nothing {})
}

fn remote(office: &Office) -> Result<&Remote, Problem> {
    Ok(there(office)?.remote())
}

const fn line(trouble: LineTrouble) -> Problem {
    Problem::Line { trouble }
}

/// What the server says to who asks it for something: it has other words than the line that syncs.
fn plainly(trouble: Trouble) -> Problem {
    line(match trouble {
        Trouble::NotAllowed => LineTrouble::NotPermitted,
        Trouble::NotFound => LineTrouble::Gone,
        other => other.into(),
    })
}

fn of_code(trouble: Trouble) -> Problem {
    match trouble {
        Trouble::Wrong => line(LineTrouble::WrongCode),
        other => plainly(other),
    }
}

/// The whole link, at the address by which this computer reaches the server.
async fn link(office: &Office, kind: &str, made: Link) -> Result<MemberLink, Problem> {
    let directory = Directory::read(office).await?;
    let server = there(office)?.address();
    Ok(MemberLink {
        link: format!("{server}{kind}{}", made.secret),
        until: directory.stamp(Moment(made.good_until)),
        mailed: made.mailed,
    })
}
