//! The clinic's own tables: settings, rooms, services, therapists.

use super::calendar::by_name;
use crate::api::Nothing;
use crate::api::act::{Acted, Problem};
use crate::api::clinic::*;
use crate::countries;
use crate::directory::Directory;
use crate::office::Office;
use safetalk_domain::intent::EditClinic;
use safetalk_domain::*;
use uuid::Uuid;

/// `clinic.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<ClinicView, Problem> {
    let directory = Directory::read(office).await?;
    let now = directory.stamp(directory.now);
    let mail_held = super::mail::held(office, &directory).await?;
    let mut therapists = by_name(
        directory.therapists.into_values().collect(),
        |row: &Therapist| &row.details.name.value,
    );
    let mut rooms = by_name(directory.rooms.into_values().collect(), |row: &Room| {
        &row.details.name.value
    });
    let mut services = by_name(
        directory.services.into_values().collect(),
        |row: &Service| &row.details.name.value,
    );
    therapists.sort_by_key(|row| row.facts.archived);
    rooms.sort_by_key(|row| row.facts.archived);
    services.sort_by_key(|row| row.facts.archived);
    Ok(ClinicView {
        clinic: directory.clinic,
        member: directory.member,
        therapists,
        rooms,
        services,
        mail_held,
        now,
    })
}

/// `clinic.save`.
pub async fn save(office: &Office, request: SaveClinicRequest) -> Result<Acted, Problem> {
    let directory = Directory::read(office).await?;
    let country = &directory.clinic.facts.country;
    let body = EditClinic {
        clinic: Some(directory.clinic.id),
        name: Some(request.name),
        phone: Some(countries::own_number(
            country,
            request.phone.as_deref(),
            directory.clinic.details.phone.as_deref(),
        )?),
        address: Some(request.address),
        payment_text: Some(request.payment_text),
        invoice_prefix: Some(request.invoice_prefix),
        // The number moves on by itself; only a changed one is sent, so that the form never counts back.
        next_invoice: (request.next_invoice != directory.clinic.facts.next_invoice)
            .then_some(request.next_invoice),
        due_days: Some(request.due_days),
        first_weekday: Some(request.first_weekday),
        late_cancel_hours: Some(request.late_cancel_hours),
        late_cancel_fee: Some(request.late_cancel_fee),
        no_show_fee: Some(request.no_show_fee),
        mail: None,
    };
    office.act(Body::EditClinic(body)).await
}

/// `room.save`.
pub async fn save_room(office: &Office, request: SaveRoomRequest) -> Result<Acted, Problem> {
    let id = request.room.unwrap_or_else(|| RoomId(Uuid::now_v7()));
    office.act(Body::SaveRoom(request.into_intent(id))).await
}

/// `service.save`.
pub async fn save_service(office: &Office, request: SaveServiceRequest) -> Result<Acted, Problem> {
    let id = request.service.unwrap_or_else(|| ServiceId(Uuid::now_v7()));
    office.act(Body::SaveService(request.into_intent(id))).await
}

/// `therapist.save`.
pub async fn save_therapist(
    office: &Office,
    request: SaveTherapistRequest,
) -> Result<Acted, Problem> {
    let id = request
        .therapist
        .unwrap_or_else(|| TherapistId(Uuid::now_v7()));
    office
        .act(Body::SaveTherapist(request.into_intent(id)))
        .await
}
