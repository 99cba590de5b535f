//! A whole mail as bytes.

use std::time::{Duration, SystemTime};

use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::calendar::{Invite, calendar_part};
use crate::clean::{is_id, one_line};
use crate::error::Error;
use crate::notice::NoticeText;

/// Everything a mail is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The notice's id: the Message-ID is made of it and of the sender's domain.
    pub notice_id: String,
    /// The Date header, UTC seconds: when it was rendered first.
    pub date: i64,
    /// The name the client reads as the sender.
    pub from_name: String,
    /// The sender's address.
    pub from_address: String,
    /// Where replies go, if not to the sender.
    pub reply_to: Option<String>,
    /// The client's address. Their name is not written: it would stand in the server's log.
    pub to_address: String,
    /// What it says.
    pub text: NoticeText,
    /// The calendar parts: one for each session it tells of.
    pub invites: Vec<Invite>,
}

/// The bytes to hand to a server: CRLF lines, ASCII only, the same for the same input.
///
/// The structure is what Outlook, Gmail and Apple's Mail all take for an invitation: the calendar both as
/// an alternative of the text and as an attached file. Of several sessions each is an attached file of its own
/// and none an alternative: one iTIP request names one session (RFC 5546), and a mail program that is given
/// more takes the first and drops the others.
///
/// # Errors
/// When an address, an id, the zone or a moment is not good.
pub fn mail_bytes(mail: &Mail) -> Result<Vec<u8>, Error> {
    if !is_id(&mail.notice_id) {
        return Err(Error::BadId);
    }
    let from: Address = mail.from_address.parse().map_err(|_| Error::BadSender)?;
    let to: Address = mail.to_address.parse().map_err(|_| Error::BadRecipient)?;
    let seconds = u64::try_from(mail.date).map_err(|_| Error::BadMoment)?;
    // Past the year 9999 the header's type would panic.
    crate::zone::local(chrono_tz::Tz::UTC, mail.date)?;
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let domain = from.domain().to_owned();
    let name = Some(one_line(&mail.from_name)).filter(|name| !name.is_empty());

    let mut builder = Message::builder()
        .from(Mailbox::new(name, from))
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.text.subject))
        .date(date)
        .message_id(Some(format!("<{}@{domain}>", mail.notice_id)))
        // No answering machine should answer it (RFC 3834).
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(reply_to) = &mail.reply_to {
        let address: Address = reply_to.parse().map_err(|_| Error::BadReplyTo)?;
        builder = builder.reply_to(Mailbox::new(None, address));
    }

    // "=_" never occurs in quoted-printable or base64, so no text can contain a boundary.
    let boundary = |part: &str| format!("=_{part}_{}", mail.notice_id);
    let mut alternative = MultiPart::alternative()
        .boundary(boundary("a"))
        .singlepart(quoted(ContentType::TEXT_PLAIN, &mail.text.body_text))
        .singlepart(quoted(ContentType::TEXT_HTML, &mail.text.body_html));
    let attached = |name: &str, calendar: String| {
        SinglePart::builder()
            .content_type(content_type(&format!("application/ics; name=\"{name}\"")))
            .header(ContentDisposition::attachment(name))
            .header(ContentTransferEncoding::Base64)
            .body(calendar)
    };
    let body = match mail.invites.as_slice() {
        [] => alternative,
        [invite] => {
            let calendar = calendar_part(invite, &mail.from_address, &mail.to_address)?;
            let method = invite.method.word();
            let typed = format!("text/calendar; method={method}; charset=utf-8");
            alternative = alternative.singlepart(
                SinglePart::builder()
                    .content_type(content_type(&typed))
                    .header(ContentTransferEncoding::Base64)
                    .body(calendar.clone()),
            );
            MultiPart::mixed()
                .boundary(boundary("m"))
                .multipart(alternative)
                .singlepart(attached("invite.ics", calendar))
        }
        several => {
            let mut mixed = MultiPart::mixed()
                .boundary(boundary("m"))
                .multipart(alternative);
            for (n, invite) in (1..).zip(several) {
                let calendar = calendar_part(invite, &mail.from_address, &mail.to_address)?;
                mixed = mixed.singlepart(attached(&format!("invite-{n}.ics"), calendar));
            }
            mixed
        }
    };
    let message = builder
        .multipart(body)
        .expect("a sender and a recipient are set, which is all a message needs");
    Ok(message.formatted())
}

fn quoted(content_type: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .content_type(content_type)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

fn content_type(text: &str) -> ContentType {
    ContentType::parse(text).expect("written in this file and well formed")
}
