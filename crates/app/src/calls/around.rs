//! What stands around a slot, gathered once from one snapshot, for every question about availability.

use crate::api::act::Problem;
use safetalk_domain::availability::{Proposal, Resource};
use safetalk_domain::gather::gather_slot;
use safetalk_domain::world::{Collected, World};
use safetalk_domain::*;
use safetalk_replica::Reader;

/// Therapists and a place with their hours, time off and what is held of them.
pub(super) struct Around {
    world: World,
    therapists: Vec<(Therapist, Collected)>,
    place: Place,
    room: Option<(Room, Collected)>,
    service: Option<ServiceId>,
}

impl Around {
    /// Gathers it over `window` from the reader's snapshot.
    pub async fn gather(
        look: &mut Reader,
        therapists: &[TherapistId],
        place: Place,
        service: Option<ServiceId>,
        window: Interval,
    ) -> Result<Self, Problem> {
        let world = gather_slot(look, therapists, place, service, window).await?;
        let room = match place.room() {
            Some(id) => Some((world.room(id)?.clone(), world.collect(id.into()))),
            None => None,
        };
        Ok(Self {
            therapists: therapists
                .iter()
                .map(|id| Ok((world.therapist(*id)?.clone(), world.collect((*id).into()))))
                .collect::<Result<_, Refusal>>()?,
            world,
            place,
            room,
            service,
        })
    }

    /// Each therapist as availability sees them, the lead first.
    pub fn therapists(&self) -> Result<Vec<Resource<'_>>, Refusal> {
        self.therapists
            .iter()
            .map(|(row, held)| self.world.therapist_resource(row, held))
            .collect()
    }

    /// The room as availability sees it, if the place is one.
    pub fn room(&self) -> Result<Option<Resource<'_>>, Refusal> {
        self.room
            .as_ref()
            .map(|(row, held)| self.world.room_resource(row, held))
            .transpose()
    }

    /// What a slot at `at` needs around itself.
    pub fn proposal(&self, session: Option<SessionId>, at: Interval) -> Proposal {
        let service = self.service.and_then(|id| self.world.services.get(&id));
        self.world.proposal(session, at, self.place, service)
    }
}
