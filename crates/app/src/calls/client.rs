//! Clients: the list, the page, the form.

use super::invoice::invoice_briefs;
use super::notice::notice_briefs;
use crate::api::ClientBrief;
use crate::api::Nothing;
use crate::api::act::{Acted, Problem};
use crate::api::client::*;
use crate::countries;
use crate::directory::{Directory, client_brief};
use crate::host::ExternalTarget;
use crate::office::Office;
use safetalk_domain::decide::{ClientField, client_problems};
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;
use safetalk_replica::Visits;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many sessions a client's page lists.
const MOST_SESSIONS: u16 = 200;
/// How many messages and invoices it lists.
const MOST_LINES: u16 = 100;

/// `client.list`.
pub async fn list(office: &Office, request: ClientsRequest) -> Result<Vec<ClientRow>, Problem> {
    let directory = Directory::read(office).await?;
    let clients = office
        .replica
        .read()
        .await?
        .search_clients(
            &request.query,
            request.archived,
            request.most.clamp(1, 500).into(),
        )
        .await?;
    rows(office, &directory, &clients).await
}

async fn rows(
    office: &Office,
    directory: &Directory,
    clients: &[Client],
) -> Result<Vec<ClientRow>, Problem> {
    let ids: Vec<ClientId> = clients.iter().map(|client| client.id).collect();
    let visits = office
        .replica
        .read()
        .await?
        .visits(&ids, directory.now)
        .await?;
    Ok(clients
        .iter()
        .map(|client| {
            let visits = visits.get(&client.id).copied().unwrap_or_default();
            row(directory, client, visits)
        })
        .collect())
}

fn row(directory: &Directory, client: &Client, visits: Visits) -> ClientRow {
    ClientRow {
        client: client_brief(client),
        email: client.details.email.value.clone(),
        phone: client.details.phones.value.first().cloned(),
        archived: client.facts.archived,
        do_not_contact: client.facts.do_not_contact,
        no_email: client.facts.reach(Channel::Email).err(),
        usual_therapist: client
            .facts
            .usual_therapist
            .map(|id| directory.therapist(id)),
        usual_service: client.facts.usual_service,
        usual_room: client.facts.usual_room,
        next_session: visits.next.map(|at| directory.stamp(at)),
        last_session: visits.last.map(|at| directory.stamp(at)),
    }
}

/// `client.get`.
pub async fn get(office: &Office, request: ClientRequest) -> Result<ClientDetail, Problem> {
    let directory = Directory::read(office).await?;
    let replica = &office.replica;
    let client = replica
        .row::<Client>(request.client)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Client,
        })?;
    let sessions = replica
        .read()
        .await?
        .sessions_of_client(client.id, MOST_SESSIONS.into())
        .await?;
    let notices = replica
        .read()
        .await?
        .notices_of_client(client.id, MOST_LINES.into())
        .await?;
    let invoices = super::invoice::newest(office, Some(client.id), None, MOST_LINES).await?;
    // Read before the answer is put together: a reader inside that expression lives until its end, and whoever holds one while
    // waiting for another can wait for ever.
    let attendance = replica
        .read()
        .await?
        .attendance(
            client.id,
            directory.now.plus_hours(-24 * 365),
            directory.now,
        )
        .await?;
    let together: Vec<ClientId> = sessions.iter().flat_map(|s| s.facts.clients()).collect();
    let together: BTreeMap<ClientId, ClientBrief> = replica
        .read()
        .await?
        .many::<Client>(&together)
        .await?
        .iter()
        .map(|client| (client.id, client_brief(client)))
        .collect();
    let consent = |consent: Option<Consent>| {
        consent.map(|consent| ConsentView {
            at: directory.stamp(consent.at),
            by: directory.member_name(consent.by),
        })
    };
    Ok(ClientDetail {
        client: client_brief(&client),
        record: record(&client),
        revisions: revisions(&client),
        may_email: consent(client.facts.may_email),
        may_whatsapp: consent(client.facts.may_whatsapp),
        email_withdrawn: consent(client.facts.email_withdrawn),
        whatsapp_withdrawn: consent(client.facts.whatsapp_withdrawn),
        usual_therapist: client
            .facts
            .usual_therapist
            .map(|id| directory.therapist(id)),
        usual_service: client.facts.usual_service.map(|id| directory.service(id)),
        usual_room: client.facts.usual_room.map(|id| directory.room(id)),
        attendance: attendance.into(),
        sessions: sessions
            .iter()
            .map(|session| ClientSession {
                session: session.id,
                when: directory.when(session.facts.at),
                with: session
                    .facts
                    .clients()
                    .filter(|other| *other != client.id)
                    .filter_map(|other| together.get(&other).cloned())
                    .collect(),
                therapist: directory.therapist(session.facts.therapist),
                co_therapists: directory.therapists_of(&session.facts.co_therapists),
                place: directory.place(session.facts.place, Some(&session.details)),
                service: directory.service(session.facts.service).name,
                status: session.facts.word(directory.now),
            })
            .collect(),
        notices: notice_briefs(office, &directory, notices).await?,
        invoices: invoice_briefs(office, &directory, invoices).await?,
    })
}

fn record(client: &Client) -> ClientRecord {
    let (facts, details) = (&client.facts, &client.details);
    ClientRecord {
        full_name: details.full_name.value.clone(),
        called: details.called.value.clone(),
        email: details.email.value.clone(),
        phones: details.phones.value.clone(),
        guardian: details.guardian.value.clone(),
        guardian_receives: facts.guardian_receives,
        may_email: facts.may_email.is_some(),
        may_whatsapp: facts.may_whatsapp.is_some(),
        do_not_contact: facts.do_not_contact,
        language: facts.language,
        usual_therapist: facts.usual_therapist,
        usual_service: facts.usual_service,
        usual_room: facts.usual_room,
        archived: facts.archived,
    }
}

fn revisions(client: &Client) -> ClientRevisions {
    let details = &client.details;
    ClientRevisions {
        full_name: details.full_name.revision,
        called: details.called.revision,
        email: details.email.revision,
        phones: details.phones.revision,
        guardian: details.guardian.revision,
        facts: client.facts.revisions,
    }
}

/// `client.save`.
pub async fn save(office: &Office, request: SaveClientRequest) -> Result<SavedClient, Problem> {
    let directory = Directory::read(office).await?;
    let record = completed(&directory, request.record);
    let before = request.before.map(|before| completed(&directory, before));
    let problems = problems(&directory, &record, before.as_ref());
    if !problems.is_empty() {
        return Ok(SavedClient::Invalid { problems });
    }
    // Someone else's name or number may come in by a change as well as with a new record.
    let by_what = |of: &ClientRecord| (of.full_name.clone(), of.email.clone(), of.phones.clone());
    let same_as_before = before
        .as_ref()
        .is_some_and(|before| by_what(before) == by_what(&record));
    if !request.duplicates_seen && !same_as_before {
        let same = look_alikes(office, &directory, &record, request.client).await?;
        if !same.is_empty() {
            return Ok(SavedClient::Duplicates { clients: same });
        }
    }
    if let Some(client) = request.client {
        let acted = office
            .act(Body::EditClient(changes(
                client,
                &record,
                before.as_ref(),
                request.revisions,
            )))
            .await?;
        return Ok(SavedClient::Saved { client, acted });
    }
    let client = ClientId(Uuid::now_v7());
    let acted: Acted = office
        .act(Body::AddClient(AddClient { client, record }))
        .await?;
    Ok(SavedClient::Saved { client, acted })
}

/// What of the form cannot be so. What stood there before, and was not touched, is not held against the person.
fn problems(
    directory: &Directory,
    record: &ClientRecord,
    before: Option<&ClientRecord>,
) -> Vec<ClientProblem> {
    let old = before.map(client_problems).unwrap_or_default();
    let mut found: Vec<_> = client_problems(record)
        .into_iter()
        .filter(|found| !old.contains(found))
        .collect();
    let known: Vec<&String> = before
        .into_iter()
        .flat_map(numbers)
        .map(|(_, n)| n)
        .collect();
    for (field, number) in numbers(record) {
        let given_out = number.is_empty()
            || known.contains(&number)
            || countries::e164(&directory.clinic.facts.country, number).is_some();
        if !given_out && found.iter().all(|(at, _)| *at != field) {
            found.push((field, Invalid::NotAPhone));
        }
    }
    found
        .into_iter()
        .map(|(field, problem)| ClientProblem { field, problem })
        .collect()
}

/// Every number of the form with its place.
fn numbers(record: &ClientRecord) -> impl Iterator<Item = (ClientField, &String)> {
    let own = (0..)
        .zip(&record.phones)
        .map(|(index, number)| (ClientField::Phone { index }, number));
    let guardian = record.guardian.iter().filter_map(|one| one.phone.as_ref());
    own.chain(guardian.map(|number| (ClientField::GuardianPhone, number)))
}

/// `phone.call`: hands a number to the program of this computer that makes calls.
pub async fn call(office: &Office, request: CallRequest) -> Result<Nothing, Problem> {
    let number = validate::phone(Field::Phone, &request.phone)?;
    let uri = format!("tel:{number}");
    office.host.open_external(&ExternalTarget {
        app_uri: uri.clone(),
        web_uri: uri,
    })?;
    Ok(Nothing {})
}

/// Phones as typed become E.164 by the clinic's country; what cannot is left for the domain to refuse.
fn completed(directory: &Directory, mut record: ClientRecord) -> ClientRecord {
    let country = &directory.clinic.facts.country;
    let guardian = record
        .guardian
        .iter_mut()
        .filter_map(|one| one.phone.as_mut());
    for phone in record.phones.iter_mut().chain(guardian) {
        *phone = countries::e164(country, phone).unwrap_or_else(|| phone.trim().to_owned());
    }
    record
}

/// Only what differs from the form as it was opened.
fn changes(
    client: ClientId,
    new: &ClientRecord,
    old: Option<&ClientRecord>,
    at: ClientRevisions,
) -> EditClient {
    fn text<T: Clone + PartialEq>(
        new: &T,
        old: Option<&T>,
        read_at_revision: u32,
    ) -> Option<Change<T>> {
        (old != Some(new)).then(|| Change {
            value: new.clone(),
            read_at_revision,
        })
    }
    fn plain<T: Copy + PartialEq>(new: T, old: Option<T>) -> Option<T> {
        (old != Some(new)).then_some(new)
    }
    EditClient {
        client,
        full_name: text(&new.full_name, old.map(|o| &o.full_name), at.full_name),
        called: text(&new.called, old.map(|o| &o.called), at.called),
        email: text(&new.email, old.map(|o| &o.email), at.email),
        phones: text(&new.phones, old.map(|o| &o.phones), at.phones),
        guardian: text(&new.guardian, old.map(|o| &o.guardian), at.guardian),
        guardian_receives: plain(new.guardian_receives, old.map(|o| o.guardian_receives)),
        may_email: plain(new.may_email, old.map(|o| o.may_email)),
        may_whatsapp: plain(new.may_whatsapp, old.map(|o| o.may_whatsapp)),
        do_not_contact: plain(new.do_not_contact, old.map(|o| o.do_not_contact)),
        language: plain(new.language, old.map(|o| o.language)),
        usual_therapist: plain(new.usual_therapist, old.map(|o| o.usual_therapist)),
        usual_service: plain(new.usual_service, old.map(|o| o.usual_service)),
        usual_room: plain(new.usual_room, old.map(|o| o.usual_room)),
        archived: plain(new.archived, old.map(|o| o.archived)),
        read_at: Some(at.facts),
    }
}

/// Other clients than `this` with the same name, address or number.
async fn look_alikes(
    office: &Office,
    directory: &Directory,
    record: &ClientRecord,
    this: Option<ClientId>,
) -> Result<Vec<ClientRow>, Problem> {
    let mut found: Vec<Client> = Vec::new();
    let questions = std::iter::once(&record.full_name)
        .chain(&record.email)
        .chain(&record.phones);
    for question in questions
        .map(|question| question.trim())
        .filter(|question| !question.is_empty())
    {
        for client in office
            .replica
            .read()
            .await?
            .search_clients(question, true, 20)
            .await?
        {
            let known = Some(client.id) == this;
            if !known && same(&client, record) && found.iter().all(|other| other.id != client.id) {
                found.push(client);
            }
        }
    }
    rows(office, directory, &found).await
}

fn same(client: &Client, record: &ClientRecord) -> bool {
    let fold = |text: &str| text.trim().to_lowercase();
    let details = &client.details;
    let email =
        |value: &Option<String>| value.as_deref().map(fold).filter(|value| !value.is_empty());
    fold(&details.full_name.value) == fold(&record.full_name)
        || (email(&record.email).is_some() && email(&details.email.value) == email(&record.email))
        || details
            .phones
            .value
            .iter()
            .any(|phone| record.phones.contains(phone))
}
