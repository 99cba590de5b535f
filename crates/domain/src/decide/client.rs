//! Client records: added whole, changed field by field.

use super::resource::revised;
use super::{Flag, Work};
use crate::entity::*;
use crate::intent::{AddClient, Change, ClientRecord, EditClient};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::validate::{self, NAME};

/// The most numbers of one client.
const MOST_PHONES: usize = 5;

pub(super) fn add(work: &mut Work<'_>, body: &AddClient) -> Result<(), Refusal> {
    if work.world.clients.contains_key(&body.client) {
        return Err(Refusal::Exists {
            what: Thing::Client,
        });
    }
    may_change(work, body.record.usual_therapist)?;
    let record = sound(&body.record)?;
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
    let facts = &mut client.facts;
    facts.guardian_receives = body.guardian_receives.unwrap_or(facts.guardian_receives);
    facts.may_email = recorded(facts.may_email, body.may_email, consent);
    facts.may_whatsapp = recorded(facts.may_whatsapp, body.may_whatsapp, consent);
    facts.do_not_contact = body.do_not_contact.unwrap_or(facts.do_not_contact);
    facts.language = body.language.unwrap_or(facts.language);
    facts.usual_therapist = body.usual_therapist.unwrap_or(facts.usual_therapist);
    facts.usual_service = body.usual_service.unwrap_or(facts.usual_service);
    facts.usual_room = body.usual_room.unwrap_or(facts.usual_room);
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
}

/// Consent keeps the moment it was first recorded.
fn recorded(known: Option<Consent>, wanted: Option<bool>, new: Option<Consent>) -> Option<Consent> {
    match wanted {
        None => known,
        Some(false) => None,
        Some(true) => known.or(new),
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
