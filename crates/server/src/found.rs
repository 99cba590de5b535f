//! A new clinic on this server: its ledger, its first intent, its first member.

use crate::House;
use crate::problem::Fault;
use safetalk_accounts::Secret;
use safetalk_domain::intent::{Actor, Intent, SetUpClinic, VERSION};
use safetalk_domain::*;
use safetalk_wire::{
    Known, Numbered, Outcome, PROTOCOL, PushAnswer, PushRequest, Upstream as _, Verdict,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What an operator says of a new clinic. Rooms, services and hours follow in the app.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct NewClinic {
    /// Its name.
    pub name: String,
    /// Its first member, who may do everything and sees clients.
    pub owner: String,
    /// Two letters.
    pub country: String,
    /// IANA zone.
    pub zone: String,
    /// ISO 4217.
    pub currency: String,
    /// Where the first member's invite goes.
    pub email: String,
}

/// Why a clinic was not made.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The zone is not one.
    #[error("the time zone is unknown: an IANA name such as Asia/Kuala_Lumpur is wanted")]
    Zone,
    /// The currency is not one.
    #[error("the currency is unknown: three letters such as MYR are wanted")]
    Currency,
    /// The clinic's rules refused it.
    #[error("the clinic's rules say no: {0:?}")]
    Refused(Refusal),
    /// The ledger did not take it.
    #[error("the new ledger did not answer")]
    NoAnswer,
    /// Something broke; the log says more.
    #[error("something broke")]
    Broken,
}

impl From<Fault> for FoundError {
    fn from(_: Fault) -> Self {
        Self::Broken
    }
}

impl House {
    /// Makes a clinic with its first member, and an invite for them.
    ///
    /// # Errors
    /// [`FoundError`].
    pub async fn create_clinic(
        &self,
        new: &NewClinic,
    ) -> Result<(ClinicId, MemberId, Secret), FoundError> {
        let set_up = first_intent(new)?;
        let (clinic, member) = (set_up.clinic.id, set_up.member.id);
        self.found(set_up).await?;
        let mark = self.accounts.mark(&new.email);
        let invite = self
            .accounts
            .invite(clinic, member, mark, self.now())
            .await
            .map_err(|error| FoundError::from(Fault::from(error)))?;
        Ok((clinic, member, invite))
    }

    /// Makes a clinic's ledger with this as its first intent.
    ///
    /// # Errors
    /// [`FoundError`].
    pub async fn found(&self, set_up: SetUpClinic) -> Result<(), FoundError> {
        let clinic = set_up.clinic.id;
        let ledger = self.ledgers.create(clinic).await.map_err(Fault::from)?;
        let intent = Intent {
            id: IntentId(Uuid::now_v7()),
            version: VERSION,
            actor: Actor::Member(set_up.member.id),
            made_at: self.now(),
            seen: 0,
            depends: Vec::new(),
            undoes: None,
            body: Body::SetUpClinic(set_up),
        };
        let request = PushRequest {
            protocol: PROTOCOL,
            device: DeviceId(Uuid::new_v4()),
            known: Known::NOTHING,
            acknowledged_n: 0,
            batch: vec![Numbered {
                n: 1,
                pulled_at: None,
                intent,
            }],
        };
        let answer = ledger.push(request).await.map_err(Fault::from)?;
        let PushAnswer::Answered { verdicts, .. } = answer else {
            return Err(FoundError::NoAnswer);
        };
        match verdicts.into_iter().next() {
            Some(Verdict {
                outcome: Outcome::Refused { refusal },
                ..
            }) => {
                self.ledgers.discard(clinic).await.map_err(Fault::from)?;
                Err(FoundError::Refused(refusal))
            }
            Some(_) => Ok(()),
            None => Err(FoundError::NoAnswer),
        }
    }
}

fn first_intent(new: &NewClinic) -> Result<SetUpClinic, FoundError> {
    let zone: Zone = new.zone.parse().map_err(|_| FoundError::Zone)?;
    let currency = Currency::new(&new.currency).ok_or(FoundError::Currency)?;
    let clinic = Clinic::beginning(
        ClinicId(Uuid::new_v4()),
        new.name.clone(),
        new.country.clone(),
        zone,
        currency,
        0,
    );
    let therapist = Therapist {
        id: TherapistId(Uuid::now_v7()),
        facts: TherapistFacts {
            buffer_minutes: 0,
            archived: false,
        },
        details: TherapistDetails {
            name: Detail::new(new.owner.clone()),
            hue: Hue::Sky,
            link: None,
        },
    };
    let member = Member {
        id: MemberId(Uuid::now_v7()),
        facts: MemberFacts {
            grants: BTreeSet::from(Grant::ALL),
            standing: Standing::Active,
            therapist: Some(therapist.id),
        },
        details: MemberDetails {
            name: new.owner.clone(),
        },
    };
    Ok(SetUpClinic {
        clinic,
        member,
        therapists: vec![therapist],
        rooms: Vec::new(),
        services: Vec::new(),
        hours: Vec::new(),
    })
}
