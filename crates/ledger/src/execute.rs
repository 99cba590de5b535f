//! One intent, decided and stored.

use crate::work::Work;
use crate::{Constraint, Error};
use safetalk_domain::availability::{Cause, CoUnavailable, Unavailable};
use safetalk_domain::gather::{Lookup as _, gather};
use safetalk_domain::intent::Actor;
use safetalk_domain::refusal::Thing;
use safetalk_domain::world::Numbering;
use safetalk_domain::{
    Clock, Decision, Grant, Intent, Occupancy, Refusal, ResourceId, Row, TherapistId, World, decide,
};
use safetalk_wire::{Outcome, Verdict};
use uuid::Uuid;

/// The ledger's own device: the courier's, and of what a member has the ledger's keeper do. It counts like any other, and no
/// other may speak for the courier.
pub const COURIER: Uuid = Uuid::nil();

/// Decides `intent`, which its device counted as `n`, and stores rows and verdict. The caller commits.
pub async fn execute(
    work: &mut Work,
    n: i64,
    intent: &Intent,
    clock: &Clock,
) -> Result<Verdict, Error> {
    let stopped = if intent.actor == Actor::Courier && work.device() != COURIER {
        Some(Refusal::CourierOnly)
    } else if let Some(refusal) = not_done(work, intent) {
        Some(refusal)
    } else {
        unseen(work, intent).await?
    };
    let outcome = match stopped {
        Some(refusal) => Outcome::Refused { refusal },
        None => {
            let mut world = gather(intent, work).await?;
            world.numbering = Numbering::Ledger;
            match decide(intent, &world, clock) {
                Err(refusal) => Outcome::Refused { refusal },
                Ok(decision) => store(work, intent, &world, decision).await?,
            }
        }
    };
    let verdict = Verdict {
        intent: intent.id,
        outcome,
        position: work.head.position,
    };
    work.answer(n, intent, verdict.clone());
    Ok(verdict)
}

/// Refuses what depends on, or takes back, something that was refused.
fn not_done(work: &Work, intent: &Intent) -> Option<Refusal> {
    // One that was never sent cannot have made the rows; decide will say what is missing.
    let needs_refused = intent
        .depends
        .iter()
        .any(|id| work.accepted(*id) == Some(false));
    let undoes_nothing = intent
        .undoes
        .is_some_and(|id| work.accepted(id) != Some(true));
    (needs_refused || undoes_nothing).then_some(Refusal::NotDone)
}

/// Refuses what names a client whom its author may not see: on their own computer there is no such client, and whoever
/// remembers an id does not become their therapist by booking a session.
async fn unseen(work: &mut Work, intent: &Intent) -> Result<Option<Refusal>, Error> {
    let (Actor::Member(member), clients) = (intent.actor, intent.body.clients()) else {
        return Ok(None);
    };
    if clients.is_empty() || work.sees(member, &clients).await? {
        return Ok(None);
    }
    Ok(Some(Refusal::NotPermitted {
        grant: Grant::ViewClients,
    }))
}

/// Writes an accepted decision, unless a constraint of the schema speaks against it.
async fn store(
    work: &mut Work,
    intent: &Intent,
    world: &World,
    decision: Decision,
) -> Result<Outcome, Error> {
    if decision.rows.is_empty() {
        return Ok(Outcome::of(decision.flags));
    }
    let refusal = match work.put(intent.id, &decision.rows).await? {
        None => return Ok(Outcome::of(decision.flags)),
        Some(Constraint::InvoiceNumber) => Refusal::Exists {
            what: Thing::Invoice,
        },
        Some(Constraint::NoOverlap) => Refusal::NotAvailable {
            unavailable: overlapped(work, &decision.rows, world).await?,
        },
    };
    Ok(Outcome::Refused { refusal })
}

/// What the rows of a decision would have met: the same answer that `decide` gives.
async fn overlapped(work: &mut Work, decided: &[Row], world: &World) -> Result<Unavailable, Error> {
    let mut unavailable = Unavailable::default();
    let mut wanted: Vec<(&Occupancy, ResourceId)> = Vec::new();
    for row in decided {
        if let Row::Occupancy(row) = row
            && let Some(resource) = row.resource
        {
            wanted.push((row, resource));
        }
    }
    for (row, resource) in &wanted {
        let mut held = work.occupancy(*resource, row.at).await?;
        // Rows of the same decision were rolled back with it, but stand in each other's way too.
        held.extend(
            wanted
                .iter()
                .filter(|(other, of)| {
                    of == resource && other.id != row.id && other.at.meets(row.at)
                })
                .map(|(other, _)| (*other).clone()),
        );
        let therapist = TherapistId(resource.0);
        let is_therapist = world.therapists.contains_key(&therapist);
        let leads = decided.iter().any(|decided| {
            matches!(decided, Row::Session(session)
                if session.id == row.session && session.facts.therapist == therapist)
        });
        for other in held.into_iter().filter(|other| other.id != row.id) {
            let cause = Cause::Taken {
                session: other.session,
                from: other.at.start,
                until: other.at.end,
            };
            let causes = if leads {
                &mut unavailable.therapist
            } else if is_therapist {
                co_therapist(&mut unavailable, therapist)
            } else {
                &mut unavailable.room
            };
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
    }
    Ok(unavailable)
}

/// The causes of a co-therapist, none yet if this is the first.
fn co_therapist(unavailable: &mut Unavailable, therapist: TherapistId) -> &mut Vec<Cause> {
    let others = &mut unavailable.co_therapists;
    let at = others
        .iter()
        .position(|other| other.therapist == therapist)
        .unwrap_or_else(|| {
            others.push(CoUnavailable {
                therapist,
                causes: Vec::new(),
            });
            others.len() - 1
        });
    &mut others[at].causes
}
