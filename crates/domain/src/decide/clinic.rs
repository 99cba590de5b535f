//! Setting a clinic up, and its settings.

use super::{Work, invoice};
use crate::entity::*;
use crate::intent::{EditClinic, SetUpClinic};
use crate::refusal::{Field, Invalid, Refusal, Thing};
use crate::validate::{self, NAME, limits};

pub(super) fn set_up(work: &mut Work<'_>, body: &SetUpClinic) -> Result<(), Refusal> {
    if work.world.clinic.is_some() {
        return Err(Refusal::Exists {
            what: Thing::Clinic,
        });
    }
    if work.intent.actor.member() != Some(body.member.id) {
        return Err(Refusal::NotFound {
            what: Thing::Member,
        });
    }
    let mut clinic = body.clinic.clone();
    clinic.details.name = validate::line(Field::Name, &clinic.details.name, NAME)?;
    clinic.details.phone = clinic
        .details
        .phone
        .as_deref()
        .map(|phone| validate::phone(Field::Phone, phone))
        .transpose()?;
    clinic.details.address =
        validate::optional_text(Field::Address, clinic.details.address.as_deref())?;
    clinic.details.payment_text =
        validate::optional_text(Field::PaymentText, clinic.details.payment_text.as_deref())?;
    clinic.details.from_address = clinic
        .details
        .from_address
        .as_deref()
        .map(|from| validate::email(Field::Email, from))
        .transpose()?;
    clinic.details.invoice_prefix = invoice::prefix(&clinic.details.invoice_prefix)?;
    validate::between(
        Field::InvoiceNumber,
        clinic.facts.next_invoice.into(),
        1,
        limits::INVOICE_NUMBER.most,
    )?;
    sound_facts(&clinic.facts)?;
    let mut member = body.member.clone();
    member.details.name = validate::line(Field::Name, &member.details.name, NAME)?;
    let facts = clinic.facts.clone();
    work.put(clinic);
    work.put(member);
    for therapist in &body.therapists {
        let mut therapist = therapist.clone();
        let details = &mut therapist.details;
        (details.name.value, details.link) = super::resource::sound_therapist(
            &details.name.value,
            details.link.as_deref(),
            therapist.facts.buffer_minutes,
        )?;
        work.put(therapist);
    }
    for room in &body.rooms {
        let mut room = room.clone();
        let details = &mut room.details;
        (details.name.value, details.note) = super::resource::sound_room(
            &details.name.value,
            details.note.as_deref(),
            room.facts.turnover_minutes,
        )?;
        work.put(room);
    }
    for service in &body.services {
        let mut service = service.clone();
        let name = &mut service.details.name.value;
        *name = super::resource::sound_service(name, &service.facts, &facts)?;
        work.put(service);
    }
    for hours in &body.hours {
        let week = validate::week(&hours.week)?;
        work.put(Hours {
            owner: hours.owner,
            week,
            given_up: false,
        });
    }
    Ok(())
}

pub(super) fn edit(work: &mut Work<'_>, body: &EditClinic) -> Result<(), Refusal> {
    work.needs(Grant::ManageClinic)?;
    let mut clinic = work.world.clinic()?.clone();
    let (facts, details) = (&mut clinic.facts, &mut clinic.details);
    if let Some(name) = &body.name {
        details.name = validate::line(Field::Name, name, NAME)?;
    }
    if let Some(phone) = &body.phone {
        details.phone = phone
            .as_deref()
            .map(|phone| validate::phone(Field::Phone, phone))
            .transpose()?;
    }
    if let Some(address) = &body.address {
        details.address = validate::optional_text(Field::Address, address.as_deref())?;
    }
    if let Some(text) = &body.payment_text {
        details.payment_text = validate::optional_text(Field::PaymentText, text.as_deref())?;
    }
    if let Some(prefix) = &body.invoice_prefix {
        details.invoice_prefix = invoice::prefix(prefix)?;
    }
    if let Some(next) = body.next_invoice {
        // Counting back would let one number name two invoices.
        validate::between(
            Field::InvoiceNumber,
            next.into(),
            facts.next_invoice.into(),
            limits::INVOICE_NUMBER.most,
        )?;
        facts.next_invoice = next;
    }
    facts.due_days = body.due_days.unwrap_or(facts.due_days);
    facts.first_weekday = body.first_weekday.unwrap_or(facts.first_weekday);
    facts.late_cancel_hours = body.late_cancel_hours.unwrap_or(facts.late_cancel_hours);
    facts.late_cancel_fee = body.late_cancel_fee.unwrap_or(facts.late_cancel_fee);
    facts.no_show_fee = body.no_show_fee.unwrap_or(facts.no_show_fee);
    if let Some(mail) = &body.mail {
        details.from_address = mail
            .as_deref()
            .map(|from| validate::email(Field::Email, from))
            .transpose()?;
        let ready = details.from_address.is_some();
        if ready != facts.mail_ready {
            facts.mail_since = ready.then_some(work.clock.made_at);
        }
        facts.mail_ready = ready;
    }
    sound_facts(facts)?;
    work.put(clinic);
    Ok(())
}

fn sound_facts(facts: &ClinicFacts) -> Result<(), Refusal> {
    let country = facts.country.as_bytes();
    if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) {
        return Err(validate::invalid(Field::Country, Invalid::Unknown));
    }
    validate::between(Field::Weekday, facts.first_weekday.into(), 0, 6)?;
    validate::within(Field::DueDays, facts.due_days.into(), limits::DUE_DAYS)?;
    validate::within(
        Field::NoticeHours,
        facts.late_cancel_hours.into(),
        limits::NOTICE_HOURS,
    )?;
    for fee in [facts.late_cancel_fee, facts.no_show_fee]
        .into_iter()
        .flatten()
    {
        validate::amount(fee, facts)?;
    }
    Ok(())
}
