//! The small tables every screen needs names from: clinic, member, therapists, rooms, services.

use crate::api::act::Problem;
use crate::api::{ClientBrief, PlaceBrief, RoomBrief, ServiceBrief, Stamp, TherapistBrief, When};
use crate::office::Office;
use safetalk_domain::*;
use std::collections::BTreeMap;

/// Those tables, read once per call.
pub struct Directory {
    /// The clinic.
    pub clinic: Clinic,
    /// Who is working.
    pub member: Member,
    /// All members.
    pub members: BTreeMap<MemberId, Member>,
    /// All therapists.
    pub therapists: BTreeMap<TherapistId, Therapist>,
    /// All rooms.
    pub rooms: BTreeMap<RoomId, Room>,
    /// All services.
    pub services: BTreeMap<ServiceId, Service>,
    /// Now.
    pub now: Moment,
}

impl Directory {
    /// Reads them from what the device holds.
    pub async fn read(office: &Office) -> Result<Self, Problem> {
        let mut read = office.replica.read().await?;
        let clinic = read
            .clinic()
            .await?
            .ok_or_else(|| Problem::internal(&"the clinic's row is missing"))?;
        let members: BTreeMap<_, _> = read
            .all::<Member>()
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let member = members
            .get(&office.member)
            .cloned()
            .ok_or_else(|| Problem::internal(&"the member's row is missing"))?;
        Ok(Self {
            clinic,
            member,
            members,
            therapists: read
                .all::<Therapist>()
                .await?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            rooms: read
                .all::<Room>()
                .await?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            services: read
                .all::<Service>()
                .await?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            now: office.now(),
        })
    }

    /// The clinic's zone.
    pub fn zone(&self) -> Zone {
        self.clinic.facts.zone
    }

    /// Today on the clinic's calendar.
    pub fn today(&self) -> chrono::NaiveDate {
        self.zone().date(self.now)
    }

    /// A moment as the screen shows it.
    pub fn stamp(&self, at: Moment) -> Stamp {
        Stamp::new(at, self.zone())
    }

    /// A stretch as the screen shows it.
    pub fn when(&self, at: Interval) -> When {
        When {
            start: self.stamp(at.start),
            end: self.stamp(at.end),
            minutes: i32::try_from(at.minutes()).unwrap_or(i32::MAX),
            offset_minutes: self.zone().offset_minutes(at.start),
        }
    }

    /// A therapist's name and colour. One that is not known here is drawn grey and nameless.
    pub fn therapist(&self, id: TherapistId) -> TherapistBrief {
        match self.therapists.get(&id) {
            Some(row) => TherapistBrief {
                id,
                name: row.details.name.value.clone(),
                initials: initials(&row.details.name.value),
                hue: row.details.hue,
                archived: row.facts.archived,
            },
            None => TherapistBrief {
                id,
                name: String::new(),
                initials: String::new(),
                hue: Hue::Slate,
                archived: true,
            },
        }
    }

    /// The same of several.
    pub fn therapists_of(&self, ids: &[TherapistId]) -> Vec<TherapistBrief> {
        ids.iter().map(|id| self.therapist(*id)).collect()
    }

    /// A room's name.
    pub fn room(&self, id: RoomId) -> RoomBrief {
        match self.rooms.get(&id) {
            Some(row) => RoomBrief {
                id,
                name: row.details.name.value.clone(),
                archived: row.facts.archived,
            },
            None => RoomBrief {
                id,
                name: String::new(),
                archived: true,
            },
        }
    }

    /// A service's name.
    pub fn service(&self, id: ServiceId) -> ServiceBrief {
        match self.services.get(&id) {
            Some(row) => ServiceBrief {
                id,
                name: row.details.name.value.clone(),
                minutes: row.facts.minutes,
            },
            None => ServiceBrief {
                id,
                name: String::new(),
                minutes: 0,
            },
        }
    }

    /// A place with its words.
    pub fn place(&self, place: Place, details: Option<&SessionDetails>) -> PlaceBrief {
        let room = place.room().and_then(|id| self.rooms.get(&id));
        let note = match place {
            Place::Room(_) => room.and_then(|room| room.details.note.clone()),
            Place::Online => details.and_then(|details| details.link.clone()),
            Place::Elsewhere => details.and_then(|details| details.elsewhere.clone()),
        };
        PlaceBrief {
            place,
            name: room.map(|room| room.details.name.value.clone()),
            note,
        }
    }

    /// A member's name.
    pub fn member_name(&self, id: MemberId) -> String {
        self.members
            .get(&id)
            .map(|row| row.details.name.clone())
            .unwrap_or_default()
    }
}

/// A client as chips show them.
pub fn client_brief(client: &Client) -> ClientBrief {
    let name = client.details.full_name.value.clone();
    ClientBrief {
        id: client.id,
        initials: initials(&name),
        name,
    }
}

/// First letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_the_first_letters_of_the_first_and_last_word() {
        for (name, wanted) in [
            ("Maya Redfern", "MR"),
            ("Nurul Aina binti Ahmad", "NA"),
            ("Zoë", "Z"),
            ("", ""),
            ("(Ng) Wei", "NW"),
        ] {
            assert_eq!(initials(name), wanted, "for a name of this shape");
        }
    }
}
