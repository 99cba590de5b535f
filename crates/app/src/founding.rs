//! The first intents of a clinic: from the first-run form, or from the demo's generator.

use crate::api::act::Problem;
use crate::api::setup::CreateRequest;
use crate::countries;
use crate::opening::Files;
use safetalk_domain::intent::{Actor, Intent, SetUpClinic, VERSION};
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::{self, invalid};
use safetalk_domain::*;
use safetalk_wire::{
    Known, MOST_INTENTS, Numbered, Outcome, PROTOCOL, PushAnswer, PushRequest, Upstream as _,
    Verdict,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Suggested starts are this far apart, until a service says otherwise. Minutes.
const STEP_MINUTES: u16 = 15;

/// What a new clinic begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// The clinic itself.
    pub set_up: SetUpClinic,
    /// What follows, in order.
    pub then: Vec<Deed>,
}

/// Something that was done in a clinic, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub made_at: Moment,
    /// What.
    pub body: Body,
}

impl Deed {
    /// `body`, done at `made_at`.
    pub fn new(made_at: Moment, body: Body) -> Self {
        Self { made_at, body }
    }
}

impl Founding {
    /// Decides it all in new files.
    pub async fn decide(self, files: &Files, now: Moment) -> Result<(), Problem> {
        let member = self.set_up.member.id;
        files
            .replica
            .act(Body::SetUpClinic(self.set_up), member, now)
            .await?;
        files.replica.sync_once(files.ledger.as_ref(), now).await?;
        if !self.then.is_empty() {
            push(files, member, self.then).await?;
            files.replica.sync_once(files.ledger.as_ref(), now).await?;
        }
        Ok(())
    }
}

/// Hands many intents to the ledger as a device's outbox would, fifty at a time; the replica then pulls them at once.
async fn push(files: &Files, member: MemberId, deeds: Vec<Deed>) -> Result<(), Problem> {
    let device = DeviceId(Uuid::new_v4());
    let mut numbered = (1i64..).zip(deeds).map(|(n, deed)| Numbered {
        n,
        pulled_at: None,
        intent: Intent {
            id: IntentId(Uuid::now_v7()),
            version: VERSION,
            actor: Actor::Member(member),
            made_at: deed.made_at,
            seen: 0,
            depends: Vec::new(),
            undoes: None,
            body: deed.body,
        },
    });
    loop {
        let batch: Vec<Numbered> = numbered.by_ref().take(MOST_INTENTS).collect();
        let Some(first) = batch.first() else {
            return Ok(());
        };
        let request = PushRequest {
            protocol: PROTOCOL,
            device,
            known: Known::NOTHING,
            acknowledged_n: first.n - 1,
            batch,
        };
        match files.ledger.push(request).await {
            Ok(PushAnswer::Answered { verdicts, .. }) if verdicts.iter().all(in_force) => {}
            Ok(_) => {
                return Err(Problem::internal(
                    &"the new ledger did not take the first intents",
                ));
            }
            Err(error) => return Err(Problem::internal(&error)),
        }
    }
}

/// A clinic begins with all that it was to begin with: what is refused here would be missed by nobody and mended by nobody.
fn in_force(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Accepted { .. })
}

/// The clinic that the first-run form describes.
pub fn founding(request: &CreateRequest, id: Uuid) -> Result<Founding, Refusal> {
    let zone: Zone = request
        .zone
        .parse()
        .map_err(|_| invalid(Field::Country, Invalid::Unknown))?;
    let currency = Currency::new(&request.currency)
        .ok_or_else(|| invalid(Field::Currency, Invalid::Unknown))?;
    let clinic = Clinic::beginning(
        ClinicId(id),
        request.clinic_name.clone(),
        request.country.clone(),
        zone,
        currency,
        request.first_weekday,
    );
    let clinic = Clinic {
        details: ClinicDetails {
            phone: countries::own_number(&request.country, request.phone.as_deref(), None)?,
            ..clinic.details.clone()
        },
        ..clinic
    };
    let name = validate::line(Field::Name, &request.your_name, validate::NAME)?;
    let therapist = therapist(TherapistId(Uuid::now_v7()), &name, Hue::Sky, 0);
    let member = member(&name, Some(therapist.id));
    let rooms = request
        .rooms
        .iter()
        .map(|room| {
            self::room(
                RoomId(Uuid::now_v7()),
                &room.name,
                None,
                room.turnover_minutes,
            )
        })
        .collect();
    let services = request
        .services
        .iter()
        .map(|service| {
            let price = service.price_minor.map(|minor| Money::new(minor, currency));
            self::service(
                ServiceId(Uuid::now_v7()),
                &service.name,
                service.minutes,
                price,
                service.may_be_online,
            )
        })
        .collect();
    let hours = vec![Hours {
        owner: Owner::Clinic(ClinicId(id)),
        week: request.week.clone(),
        given_up: false,
    }];
    Ok(Founding {
        set_up: SetUpClinic {
            clinic,
            member,
            therapists: vec![therapist],
            rooms,
            services,
            hours,
        },
        then: Vec::new(),
    })
}

/// The one member of a clinic on this computer, with every grant.
pub fn member(name: &str, therapist: Option<TherapistId>) -> Member {
    Member {
        id: MemberId(Uuid::now_v7()),
        facts: MemberFacts {
            grants: BTreeSet::from(Grant::ALL),
            standing: Standing::Active,
            therapist,
        },
        details: MemberDetails {
            name: name.to_owned(),
        },
    }
}

/// A therapist.
pub fn therapist(id: TherapistId, name: &str, hue: Hue, buffer_minutes: u16) -> Therapist {
    Therapist {
        id,
        facts: TherapistFacts {
            buffer_minutes,
            archived: false,
        },
        details: TherapistDetails {
            name: Detail::new(name.to_owned()),
            hue,
            link: None,
        },
    }
}

/// A room.
pub fn room(id: RoomId, name: &str, note: Option<&str>, turnover_minutes: u16) -> Room {
    Room {
        id,
        facts: RoomFacts {
            turnover_minutes,
            archived: false,
        },
        details: RoomDetails {
            name: Detail::new(name.trim().to_owned()),
            note: note.map(str::to_owned),
        },
    }
}

/// A service.
pub fn service(
    id: ServiceId,
    name: &str,
    minutes: u16,
    price: Option<Money>,
    may_be_online: bool,
) -> Service {
    Service {
        id,
        facts: ServiceFacts {
            minutes,
            price,
            buffer_before: 0,
            buffer_after: 0,
            may_be_online,
            step_minutes: STEP_MINUTES,
            archived: false,
        },
        details: ServiceDetails {
            name: Detail::new(name.trim().to_owned()),
        },
    }
}
