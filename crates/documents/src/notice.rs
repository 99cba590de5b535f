//! What a notice says.

use chrono::NaiveDate;

use crate::clean;
use crate::error::Error;
use crate::money::{Money, money_text};
use crate::page::{self, Paragraph};
use crate::when::{HourCycle, Slot, date_text, short_date_text, slot_text};
use crate::words::Language;

/// Where a session takes place, as far as the client should read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the clinic, which the client knows: nothing is said.
    Unsaid,
    /// Over this link.
    Online(String),
    /// At this address or in this place. Never the name of a room that tells what it is for.
    At(String),
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A session was booked.
    Booked {
        /// When it is.
        slot: Slot,
    },
    /// A repetition was booked.
    SeriesBooked {
        /// When they are, in order; more than one.
        slots: Vec<Slot>,
    },
    /// A repetition was cancelled.
    SeriesCancelled {
        /// When they were, in order; more than one.
        slots: Vec<Slot>,
    },
    /// A session was moved. With equal slots only its place changed.
    Rescheduled {
        /// When it was.
        old: Slot,
        /// When it is.
        new: Slot,
    },
    /// A session was cancelled.
    Cancelled {
        /// When it was.
        slot: Slot,
        /// A remark the person ticked as meant for the client; any other remark stays in the clinic.
        remark_to_client: Option<String>,
    },
    /// A cancelled session takes place after all.
    Restored {
        /// When it is.
        slot: Slot,
    },
    /// A session ends earlier or later than it did.
    DurationChanged {
        /// When it was.
        old: Slot,
        /// When it is.
        new: Slot,
    },
    /// A session is near.
    Reminder {
        /// When it is.
        slot: Slot,
    },
    /// An invoice.
    Invoice {
        /// Its number, given by the ledger.
        number: String,
        /// What is to be paid.
        amount: Money,
        /// By when.
        due: NaiveDate,
        /// How, in the clinic's words (bank, account); may have several lines.
        payment: Option<String>,
    },
    /// The test message of the mail settings.
    Test,
}

/// Everything a notice's text is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: Kind,
    /// The client's language.
    pub language: Language,
    /// Twelve or twenty-four hours.
    pub hours: HourCycle,
    /// The clinic's IANA zone.
    pub zone: String,
    /// The name the client is called by; not their full name.
    pub client_name: String,
    /// The clinic's name as the client should read it.
    pub clinic_name: String,
    /// The clinic's phone as the client should read it.
    pub clinic_phone: Option<String>,
    /// Where the session takes place. Not read for an invoice and the test message.
    pub place: Place,
}

/// A rendered notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeText {
    /// One line. Says a date or an invoice's number, and nothing about health, client or clinic.
    pub subject: String,
    /// Plain text, lines ended by `\n`.
    pub body_text: String,
    /// The same as a small HTML page.
    pub body_html: String,
}

/// Renders a notice for mail.
///
/// # Errors
/// When the zone, a moment or the currency is not good.
pub fn notice_text(notice: &Notice) -> Result<NoticeText, Error> {
    let subject = subject(notice)?;
    let mut paragraphs = vec![Paragraph::line(greeting(notice))];
    paragraphs.extend(message(notice)?);
    let body_html = page::html(notice.language.tag(), &subject, &paragraphs);
    Ok(NoticeText {
        subject,
        body_text: page::plain(&paragraphs),
        body_html,
    })
}

fn greeting(notice: &Notice) -> String {
    let name = clean::one_line(&notice.client_name);
    if name.is_empty() {
        notice.language.say("greeting-nameless")
    } else {
        notice.language.say_with("greeting", &[("name", &name)])
    }
}

fn subject(notice: &Notice) -> Result<String, Error> {
    let language = notice.language;
    let on = |key: &str, slot: Slot| {
        let day = short_date_text(language, &notice.zone, slot.start)?;
        Ok(language.say_with(key, &[("day", &day)]))
    };
    let many = |key: &str, slots: &[Slot]| {
        let first = slots.first().ok_or(Error::BadMoment)?;
        let day = short_date_text(language, &notice.zone, first.start)?;
        let n = slots.len().to_string();
        Ok(language.say_with(key, &[("n", &n), ("day", &day)]))
    };
    match &notice.kind {
        Kind::Booked { slot } => on("booked-subject", *slot),
        Kind::SeriesBooked { slots } => many("series-booked-subject", slots),
        Kind::SeriesCancelled { slots } => many("series-cancelled-subject", slots),
        Kind::Rescheduled { old, new } if old == new => on("moved-place-subject", *new),
        Kind::Rescheduled { new, .. } => on("rescheduled-subject", *new),
        Kind::Cancelled { slot, .. } => on("cancelled-subject", *slot),
        Kind::Restored { slot } => on("restored-subject", *slot),
        Kind::DurationChanged { new, .. } => on("duration-subject", *new),
        Kind::Reminder { slot } => on("reminder-subject", *slot),
        Kind::Invoice { number, .. } => {
            Ok(language.say_with("invoice-subject", &[("number", &clean::one_line(number))]))
        }
        Kind::Test => Ok(language.say("test-subject")),
    }
}

/// Everything after the greeting; shared with WhatsApp.
pub(crate) fn message(notice: &Notice) -> Result<Vec<Paragraph>, Error> {
    let language = notice.language;
    let when = |slot: Slot| slot_text(language, notice.hours, &notice.zone, slot);
    let say = |key: &str| Paragraph::line(language.say(key));
    let all = |page: &mut Vec<Paragraph>, what: Paragraph, slots: &[Slot]| {
        let lines = slots.iter().map(|slot| when(*slot));
        page.push(what);
        page.push(Paragraph::lines(lines.collect::<Result<_, _>>()?).strong());
        Ok::<_, Error>(())
    };
    let mut page = Vec::new();
    match &notice.kind {
        Kind::Booked { slot } => told(&mut page, say("booked"), when(*slot)?),
        Kind::SeriesBooked { slots } => all(&mut page, say("series-booked"), slots)?,
        Kind::SeriesCancelled { slots } => all(&mut page, say("series-cancelled"), slots)?,
        Kind::Restored { slot } => told(&mut page, say("restored"), when(*slot)?),
        Kind::Reminder { slot } => told(&mut page, say("reminder"), when(*slot)?),
        Kind::Rescheduled { old, new } if old == new => {
            told(&mut page, say("moved-place"), when(*new)?);
        }
        Kind::Rescheduled { old, new } => {
            told(&mut page, say("rescheduled"), when(*new)?);
            let before = language.say("rescheduled-before");
            page.push(Paragraph::lines(vec![before, when(*old)?]));
        }
        Kind::DurationChanged { old, new } => {
            told(&mut page, say("duration"), when(*new)?);
            let before = language.say("rescheduled-before");
            page.push(Paragraph::lines(vec![before, when(*old)?]));
        }
        Kind::Cancelled {
            slot,
            remark_to_client,
        } => {
            told(&mut page, say("cancelled"), when(*slot)?);
            let remark = clean::lines(remark_to_client.as_deref().unwrap_or_default());
            if !remark.is_empty() {
                page.push(titled(language.say("remark"), remark));
            }
        }
        Kind::Invoice {
            number,
            amount,
            due,
            payment,
        } => {
            let number = clean::one_line(number);
            page.push(Paragraph::line(
                language.say_with("invoice", &[("number", &number)]),
            ));
            page.push(
                Paragraph::lines(vec![
                    language.say_with("invoice-amount", &[("amount", &money_text(amount)?)]),
                    language.say_with("invoice-due", &[("date", &date_text(language, *due))]),
                ])
                .strong(),
            );
            let how = clean::lines(payment.as_deref().unwrap_or_default());
            if !how.is_empty() {
                page.push(titled(language.say("invoice-how"), how));
            }
        }
        Kind::Test => {
            let clinic = clean::one_line(&notice.clinic_name);
            page.push(Paragraph::line(
                language.say_with("test", &[("clinic", &clinic)]),
            ));
        }
    }
    if let Some(place) = place_line(notice) {
        page.push(Paragraph::line(place));
    }
    page.extend(closing(notice));
    Ok(page)
}

fn told(page: &mut Vec<Paragraph>, what: Paragraph, when: String) {
    page.push(what);
    page.push(Paragraph::line(when).strong());
}

fn titled(title: String, mut lines: Vec<String>) -> Paragraph {
    lines.insert(0, title);
    Paragraph::lines(lines)
}

/// Where it is; not for a session that does not take place, nor where there is no session.
fn place_line(notice: &Notice) -> Option<String> {
    if matches!(
        notice.kind,
        Kind::Cancelled { .. } | Kind::SeriesCancelled { .. } | Kind::Invoice { .. } | Kind::Test
    ) {
        return None;
    }
    match &notice.place {
        Place::Unsaid => None,
        Place::Online(link) => Some(
            notice
                .language
                .say_with("place-online", &[("link", &clean::one_line(link))]),
        ),
        Place::At(place) => Some(
            notice
                .language
                .say_with("place-at", &[("place", &clean::one_line(place))]),
        ),
    }
}

fn closing(notice: &Notice) -> Vec<Paragraph> {
    let mut page = Vec::new();
    if notice.kind != Kind::Test {
        let phone = clean::one_line(notice.clinic_phone.as_deref().unwrap_or_default());
        page.push(Paragraph::line(if phone.is_empty() {
            notice.language.say("questions-no-phone")
        } else {
            notice.language.say_with("questions", &[("phone", &phone)])
        }));
    }
    page.push(Paragraph::line(clean::one_line(&notice.clinic_name)));
    page
}
