//! What stands around a slot, gathered once from one snapshot, for every question about availability.

use crate::api::act::Problem;
use safetalk_domain::availability::{Proposal, Resource};
use safetalk_domain::gather::gather_slot;
use safetalk_domain::world::{Collected, World};
use safetalk_domain::*;
use safetalk_replica::Reader;

/// A therapist and a place with their hours, time off and what is held of them.
pub(super) struct Around {
    world: World,
    therapist: (Therapist, Collected),
    place: Place,
    room: Option<(Room, Collected)>,
    service: Option<ServiceId>,
}

impl Around {
    /// Gathers it over `window` from the reader's snapshot.
    pub async fn gather(
        look: &mut Reader,
        therapist: TherapistId,
        place: Place,
        service: Option<ServiceId>,
        window: Interval,
    ) -> Result<Self, Problem> {
        let world = gather_slot(look, therapist, place, service, window).await?;
        let room = match place.room() {
            Some(id) => Some((world.room(id)?.clone(), world.collect(id.into()))),
            None => None,
        };
        Ok(Self {
            therapist: (
                world.therapist(therapist)?.clone(),
                world.collect(therapist.into()),
            ),
            world,
            place,
            room,
            service,
        })
    }

    /// The therapist as availability sees them.
    pub fn therapist(&self) -> Result<Resource<'_>, Refusal> {
        let (row, held) = &self.therapist;
        self.world.therapist_resource(row, held)
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
        let (row, _) = &self.therapist;
        self.world.proposal(session, at, self.place, row, service)
    }
}
