//! What an operator does: the same commands to a server that runs and to one that does not.

use crate::{House, NewClinic};
use anyhow::{Context as _, Result, bail};
use safetalk_domain::{Clinic, ClinicId, Member, MemberId};
use safetalk_wire::http::Ending;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A command of the operator.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "fields are ids and what stands in the help of the command line"
)]
pub enum Command {
    /// Makes a clinic with its first member, and an invite for them.
    CreateClinic(NewClinic),
    /// Lists the clinics and their members by id.
    Clinics,
    /// Invites a member to sign in.
    Invite {
        clinic: Uuid,
        member: Uuid,
        email: String,
    },
    /// A link that sets a new password.
    Reset {
        clinic: Uuid,
        member: Uuid,
        /// Also forgets the second step: for who lost both app and paper.
        forget_code: bool,
    },
    /// Lists a clinic's computers.
    Computers { clinic: Uuid },
    /// Ends a computer's sign-in.
    Revoke {
        clinic: Uuid,
        computer: Uuid,
        lost: bool,
    },
    /// Says that a clinic's ledger was restored from a backup: its devices send again what it does not know.
    Restored { clinic: Uuid },
}

/// Does it; what comes back is for the operator to read.
///
/// # Errors
/// In words for the operator.
pub async fn run(house: &House, command: Command) -> Result<String> {
    match command {
        Command::CreateClinic(new) => {
            let (clinic, member, invite) = house.create_clinic(&new).await?;
            Ok(format!(
                "clinic  {clinic}\nmember  {member}\ninvite  {}\n\nHand the invite to {} only; it is good once, for seven days.",
                house.link("invite", &invite.text),
                new.owner
            ))
        }
        Command::Clinics => clinics(house).await,
        Command::Invite {
            clinic,
            member,
            email,
        } => {
            let (clinic, member) = member_of(house, clinic, member).await?;
            let mark = house.accounts.mark(&email);
            let secret = house
                .accounts
                .invite(clinic, member, mark, house.now())
                .await?;
            Ok(format!("invite  {}", house.link("invite", &secret.text)))
        }
        Command::Reset {
            clinic,
            member,
            forget_code,
        } => {
            let (clinic, member) = member_of(house, clinic, member).await?;
            let login = house
                .accounts
                .login_of(clinic, member)
                .await?
                .context("this member has no login yet: invite them")?;
            if forget_code {
                house.accounts.forget_totp(login).await?;
            }
            let secret = house.accounts.begin_reset(login, house.now()).await?;
            Ok(format!("reset   {}", house.link("reset", &secret.text)))
        }
        Command::Computers { clinic } => computers(house, ClinicId(clinic)).await,
        Command::Revoke {
            clinic,
            computer,
            lost,
        } => {
            let how = if lost {
                Ending::LostOrStolen
            } else {
                Ending::SignedOut
            };
            let clinic = ClinicId(clinic);
            let accounts = &house.accounts;
            if !accounts
                .revoke(clinic, None, computer, how, house.now())
                .await?
            {
                bail!("this clinic has no such computer");
            }
            Ok("done".to_owned())
        }
        Command::Restored { clinic } => {
            let head = house
                .ledgers
                .of(ClinicId(clinic))
                .await?
                .begin_epoch()
                .await?;
            Ok(format!(
                "a new history begins at position {}",
                head.position
            ))
        }
    }
}

async fn clinics(house: &House) -> Result<String> {
    let mut text = String::new();
    for id in house.ledgers.all().await? {
        let ledger = house.ledgers.of(id).await?;
        let name = ledger
            .row::<Clinic>(id)
            .await?
            .map_or_else(String::new, |clinic| clinic.details.name);
        text.push_str(&format!("{id}  {name}\n"));
        for member in ledger.all::<Member>().await? {
            let login = house.accounts.login_of(id, member.id).await?;
            let login = if login.is_some() {
                ""
            } else {
                "  (no login yet)"
            };
            text.push_str(&format!(
                "    {}  {}{login}\n",
                member.id, member.details.name
            ));
        }
    }
    if text.is_empty() {
        text.push_str("There is no clinic yet: safetalk-server admin create-clinic --help\n");
    }
    Ok(text)
}

async fn computers(house: &House, clinic: ClinicId) -> Result<String> {
    let found = house.accounts.computers(clinic, None, None).await?;
    Ok(found
        .iter()
        .map(|computer| {
            let ended = match computer.ended {
                None => "",
                Some(Ending::SignedOut) => "  signed out",
                Some(Ending::LostOrStolen) => "  lost or stolen",
            };
            format!(
                "{}  {}  {}{ended}\n",
                computer.id, computer.member, computer.label
            )
        })
        .collect())
}

async fn member_of(house: &House, clinic: Uuid, member: Uuid) -> Result<(ClinicId, MemberId)> {
    let (clinic, member) = (ClinicId(clinic), MemberId(member));
    let found: Option<Member> = house.ledgers.of(clinic).await?.row(member).await?;
    found.context("this clinic has no such member")?;
    Ok((clinic, member))
}
