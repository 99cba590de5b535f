//! Client records: added whole, changed field by field.

use super::resource::revised;
use super::{Flag, Work};
use crate::entity::*;
use crate::intent::{
    AddClient, Change, ClientRecord, EditClient, MOST_REASSIGNED, ReassignClients,
};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::sight::Sight;
use crate::validate::{self, NAME};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The most numbers of one client.
const MOST_PHONES: usize = 5;

pub(super) fn add(work: &mut Work<'_>, body: &AddClient) -> Result<(), Refusal> {
    if work.world.clients.contains_key(&body.client) {
        return Err(Refusal::Exists {
            what: Thing::Client,
        });
    }
    let usual_therapist = seen_afterwards(work, body.record.usual_therapist)?;
    may_change(work, usual_therapist)?;
    let record = ClientRecord {
        usual_therapist,
        ..sound(&body.record)?
    };
    let consent = consent(work);
    let mut client = Client {
        id: body.client,
        facts: ClientFacts {
            may_email: consent.filter(|_| record.may_email),
            may_whatsapp: consent.filter(|_| record.may_whatsapp),
            do_not_contact: record.do_not_contact,
            guardian_receives: record.guardian_receives,
            language: record.language,
            usual_therapist: record.usual_therapist,
            usual_service: record.usual_service,
            usual_room: record.usual_room,
            archived: record.archived,
            ..ClientFacts::default()
        },
        details: ClientDetails {
            full_name: Detail::new(record.full_name),
            called: Detail::new(record.called),
            email: Detail::new(record.email),
            phones: Detail::new(record.phones),
            guardian: Detail::new(record.guardian),
        },
    };
    derive_reach(&mut client)?;
    work.log(None, Some(client.id), Happened::ClientAdded);
    work.put(client);
    Ok(())
}

/// Whom a new client comes to. Whoever sees their own clients alone adds them as their own: they would not find them again.
fn seen_afterwards(
    work: &Work<'_>,
    therapist: Option<crate::TherapistId>,
) -> Result<Option<crate::TherapistId>, Refusal> {
    let actor = work.actor()?;
    if therapist.is_some() || Sight::of(actor).sees_all_clients() {
        return Ok(therapist);
    }
    let own = actor.facts.therapist;
    if own.is_none() {
        work.needs(Grant::ManageClients)?;
    }
    Ok(own)
}

/// The form, trimmed and checked. The name messages use falls back to the full name.
pub fn sound(record: &ClientRecord) -> Result<ClientRecord, Refusal> {
    let full_name = full_name(&record.full_name)?;
    Ok(ClientRecord {
        called: called(&record.called, &full_name)?,
        email: email(record.email.as_deref())?,
        phones: phones(&record.phones)?,
        guardian: record.guardian.as_ref().map(guardian).transpose()?,
        full_name,
        ..record.clone()
    })
}

/// A place in the form of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClientField {
    /// The full name.
    FullName,
    /// The name messages use.
    Called,
    /// The email address.
    Email,
    /// One of the numbers.
    Phone {
        /// Which, counted from 0.
        index: u16,
    },
    /// The guardian's name.
    GuardianName,
    /// The guardian's email address.
    GuardianEmail,
    /// The guardian's number.
    GuardianPhone,
}

/// Everything in the form that cannot be, each with its place: what [`sound`] would refuse, all at once.
pub fn client_problems(record: &ClientRecord) -> Vec<(ClientField, Invalid)> {
    let mut problems = Vec::new();
    let mut look = |at, found: Option<Refusal>| {
        if let Some(Refusal::Invalid { problem, .. }) = found {
            problems.push((at, problem));
        }
    };
    look(ClientField::FullName, full_name(&record.full_name).err());
    look(ClientField::Called, called(&record.called, "").err());
    look(ClientField::Email, email(record.email.as_deref()).err());
    for (index, number) in (0..).zip(&record.phones) {
        let number = phones(std::slice::from_ref(number));
        look(ClientField::Phone { index }, number.err());
    }
    if record.phones.len() > MOST_PHONES {
        let index = u16::try_from(MOST_PHONES).unwrap_or(u16::MAX);
        look(ClientField::Phone { index }, phones(&record.phones).err());
    }
    if let Some(guardian) = &record.guardian {
        let name = validate::line(Field::Guardian, &guardian.name, NAME);
        look(ClientField::GuardianName, name.err());
        look(
            ClientField::GuardianEmail,
            email(guardian.email.as_deref()).err(),
        );
        let phone = guardian
            .phone
            .clone()
            .map_or_else(Vec::new, |one| vec![one]);
        look(ClientField::GuardianPhone, phones(&phone).err());
    }
    problems
}

fn full_name(name: &str) -> Result<String, Refusal> {
    validate::line(Field::Name, name, NAME)
}

fn called(name: &str, full_name: &str) -> Result<String, Refusal> {
    Ok(validate::optional_line(Field::Called, Some(name), NAME)?
        .unwrap_or_else(|| full_name.to_owned()))
}

fn email(address: Option<&str>) -> Result<Option<String>, Refusal> {
    address
        .filter(|address| !address.trim().is_empty())
        .map(|address| validate::email(Field::Email, address))
        .transpose()
}

fn phones(numbers: &[String]) -> Result<Vec<String>, Refusal> {
    if numbers.len() > MOST_PHONES {
        return Err(validate::invalid(
            Field::Phone,
            Invalid::TooLarge { most: 5 },
        ));
    }
    numbers
        .iter()
        .filter(|number| !number.trim().is_empty())
        .map(|number| validate::phone(Field::Phone, number))
        .collect()
}

fn guardian(guardian: &Guardian) -> Result<Guardian, Refusal> {
    Ok(Guardian {
        name: validate::line(Field::Guardian, &guardian.name, NAME)?,
        email: email(guardian.email.as_deref())?,
        phone: guardian
            .phone
            .as_deref()
            .filter(|phone| !phone.trim().is_empty())
            .map(|phone| validate::phone(Field::Phone, phone))
            .transpose()?,
    })
}

pub(super) fn edit(work: &mut Work<'_>, body: &EditClient) -> Result<(), Refusal> {
    let before = work.world.client(body.client)?.clone();
    may_change(work, before.facts.usual_therapist)?;
    if body
        .usual_therapist
        .is_some_and(|usual| usual != before.facts.usual_therapist)
        && before.facts.usual_therapist.is_some()
    {
        work.needs(Grant::ReassignClients)?;
    }
    let mut client = before.clone();
    let details = &mut client.details;
    let mut merge = Merge { kept: Vec::new() };
    if let Some(change) = &body.full_name {
        merge.field(
            "full_name",
            &mut details.full_name,
            change,
            full_name(&change.value)?,
        );
    }
    if let Some(change) = &body.called {
        let name = called(&change.value, &details.full_name.value)?;
        merge.field("called", &mut details.called, change, name);
    }
    if let Some(change) = &body.email {
        merge.field(
            "email",
            &mut details.email,
            change,
            email(change.value.as_deref())?,
        );
    }
    if let Some(change) = &body.phones {
        merge.field(
            "phones",
            &mut details.phones,
            change,
            phones(&change.value)?,
        );
    }
    if let Some(change) = &body.guardian {
        merge.field(
            "guardian",
            &mut details.guardian,
            change,
            change.value.as_ref().map(guardian).transpose()?,
        );
    }
    let consent = consent(work);
    merge_facts(&mut merge, &mut client.facts, body, consent);
    let facts = &mut client.facts;
    let archived = body.archived.filter(|archived| *archived != facts.archived);
    facts.archived = body.archived.unwrap_or(facts.archived);
    derive_reach(&mut client)?;
    for field in merge.kept {
        work.flag(Flag::FieldKept { field });
    }
    let fields = changed_fields(&before, &client);
    if fields.is_empty() && archived.is_none() {
        work.flag(Flag::AlreadySo);
        return Ok(());
    }
    if !fields.is_empty() {
        work.log(None, Some(client.id), Happened::ClientChanged { fields });
    }
    if let Some(archived) = archived {
        work.log(None, Some(client.id), Happened::ClientArchived { archived });
    }
    work.put(client);
    Ok(())
}

/// Gives clients to another therapist. Who is not the first one's any more stays where they are: somebody gave them
/// away since, and that stands.
pub(super) fn reassign(work: &mut Work<'_>, body: &ReassignClients) -> Result<(), Refusal> {
    work.needs(Grant::ReassignClients)?;
    let (from, to) = (body.from, body.to);
    work.world.therapist(from)?;
    if work.world.therapist(to)?.facts.archived {
        return Err(Refusal::Archived {
            what: Thing::Therapist,
        });
    }
    if from == to {
        return Err(validate::invalid(Field::Therapist, Invalid::Twice));
    }
    if body.clients.len() > MOST_REASSIGNED {
        let most = i64::try_from(MOST_REASSIGNED).unwrap_or(i64::MAX);
        return Err(validate::invalid(Field::Client, Invalid::TooLarge { most }));
    }
    let mut given = false;
    for id in &body.clients {
        let mut client = work.world.client(*id)?.clone();
        if client.facts.usual_therapist != Some(from) {
            continue;
        }
        client.facts.usual_therapist = Some(to);
        client.facts.revisions.usual_therapist += 1;
        work.put(client);
        work.log(None, Some(*id), Happened::ClientReassigned { from, to });
        given = true;
    }
    if !given {
        work.flag(Flag::AlreadySo);
    }
    Ok(())
}

/// Three-way merge by revisions: the first change of a field stands, a later one from the same revision is filed.
struct Merge {
    kept: Vec<String>,
}

impl Merge {
    fn field<T: PartialEq + Clone>(
        &mut self,
        name: &str,
        now: &mut Detail<T>,
        change: &Change<T>,
        value: T,
    ) {
        if now.value == value {
            return;
        }
        if change.read_at_revision == now.revision {
            *now = revised(Some(now), value);
        } else {
            self.kept.push(name.to_owned());
        }
    }

    /// As [`Self::field`], for a fact with its revision `now` and the one it was `read` at.
    fn fact<T: PartialEq>(
        &mut self,
        name: &str,
        known: &mut T,
        (now, read): (&mut u32, u32),
        value: T,
    ) {
        if *known == value {
            return;
        }
        if read == *now {
            *known = value;
            *now += 1;
        } else {
            self.kept.push(name.to_owned());
        }
    }
}

/// The facts of a form, each merged as a field of its own.
///
/// What takes a permission away (no consent, do not contact) is taken whatever was read; what gives one only if nobody
/// changed it since. An intent of an older build does not say what it read: it counts as read just now, but gives
/// no permission that was ever changed.
fn merge_facts(
    merge: &mut Merge,
    facts: &mut ClientFacts,
    body: &EditClient,
    consent: Option<Consent>,
) {
    let revisions = &mut facts.revisions;
    let read = body.read_at.unwrap_or(*revisions);
    let granting = body.read_at.unwrap_or_default();
    if let Some(wanted) = body.guardian_receives {
        let at = (&mut revisions.guardian_receives, read.guardian_receives);
        merge.fact("guardian", &mut facts.guardian_receives, at, wanted);
    }
    for (name, known, withdrawn, wanted, now, read) in [
        (
            "may_email",
            &mut facts.may_email,
            &mut facts.email_withdrawn,
            body.may_email,
            &mut revisions.may_email,
            granting.may_email,
        ),
        (
            "may_whatsapp",
            &mut facts.may_whatsapp,
            &mut facts.whatsapp_withdrawn,
            body.may_whatsapp,
            &mut revisions.may_whatsapp,
            granting.may_whatsapp,
        ),
    ] {
        // Consent keeps the moment it was first recorded.
        match wanted {
            Some(true) if known.is_none() => {
                merge.fact(name, known, (now, read), consent);
                if known.is_some() {
                    *withdrawn = None;
                }
            }
            Some(false) => {
                if known.is_some() {
                    *withdrawn = consent;
                }
                let read = *now;
                merge.fact(name, known, (now, read), None);
            }
            _ => {}
        }
    }
    if let Some(wanted) = body.do_not_contact {
        let now = &mut revisions.do_not_contact;
        let read = if wanted {
            *now
        } else {
            granting.do_not_contact
        };
        let at = (now, read);
        merge.fact("do_not_contact", &mut facts.do_not_contact, at, wanted);
    }
    if let Some(wanted) = body.language {
        let at = (&mut revisions.language, read.language);
        merge.fact("language", &mut facts.language, at, wanted);
    }
    if let Some(wanted) = body.usual_therapist {
        let at = (&mut revisions.usual_therapist, read.usual_therapist);
        merge.fact("usual_therapist", &mut facts.usual_therapist, at, wanted);
    }
    if let Some(wanted) = body.usual_service {
        let at = (&mut revisions.usual_service, read.usual_service);
        merge.fact("usual_service", &mut facts.usual_service, at, wanted);
    }
    if let Some(wanted) = body.usual_room {
        let at = (&mut revisions.usual_room, read.usual_room);
        merge.fact("usual_room", &mut facts.usual_room, at, wanted);
    }
}

fn consent(work: &Work<'_>) -> Option<Consent> {
    work.intent.actor.member().map(|by| Consent {
        at: work.clock.made_at,
        by,
    })
}

/// Rules read facts only, so whether there is an address becomes one.
fn derive_reach(client: &mut Client) -> Result<(), Refusal> {
    let receives = client.facts.guardian_receives;
    if receives && client.details.guardian.value.is_none() {
        return Err(validate::invalid(Field::Guardian, Invalid::Empty));
    }
    client.facts.has_email = client.details.address(receives, Channel::Email).is_some();
    client.facts.has_phone = client
        .details
        .address(receives, Channel::Whatsapp)
        .is_some();
    Ok(())
}

/// Names of the fields that differ, for history; never their texts.
fn changed_fields(before: &Client, after: &Client) -> Vec<String> {
    let (a, b) = (&before.details, &after.details);
    let (f, g) = (&before.facts, &after.facts);
    [
        ("full_name", a.full_name != b.full_name),
        ("called", a.called != b.called),
        ("email", a.email != b.email),
        ("phones", a.phones != b.phones),
        (
            "guardian",
            a.guardian != b.guardian || f.guardian_receives != g.guardian_receives,
        ),
        ("may_email", f.may_email.is_some() != g.may_email.is_some()),
        (
            "may_whatsapp",
            f.may_whatsapp.is_some() != g.may_whatsapp.is_some(),
        ),
        ("do_not_contact", f.do_not_contact != g.do_not_contact),
        ("language", f.language != g.language),
        (
            "usual",
            (f.usual_therapist, f.usual_service, f.usual_room)
                != (g.usual_therapist, g.usual_service, g.usual_room),
        ),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(name, _)| name.to_owned())
    .collect()
}

/// One's own clients, or everyone's with the grant.
fn may_change(work: &Work<'_>, therapist: Option<crate::TherapistId>) -> Result<(), Refusal> {
    let actor = work.actor()?;
    let own = actor.may(Grant::OwnSessions)
        && therapist.is_none_or(|therapist| actor.facts.therapist == Some(therapist));
    if own {
        Ok(())
    } else {
        work.needs(Grant::ManageClients)
    }
}
