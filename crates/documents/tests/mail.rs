//! The whole mail, read back by a parser that is not ours.

use mail_parser::{MessageParser, MimeHeaders as _, PartType};
use proptest::prelude::*;
use safetalk_documents::{Error, Invite, Language, Mail, Method, NoticeText, Slot, mail_bytes};

const ID: &str = "0198c5a2-7c1e-7abc-8def-0123456789ab";

fn mail() -> Mail {
    Mail {
        notice_id: ID.to_owned(),
        date: 1_795_000_000,
        from_name: "Klinik Taman Ümlaut".to_owned(),
        from_address: "clinic@example.org".to_owned(),
        reply_to: Some("desk@example.org".to_owned()),
        to_address: "client@example.net".to_owned(),
        text: NoticeText {
            subject: "Appointment on Thu 26 Nov – ✓".to_owned(),
            body_text: "Dear Maya,\n\n.\n..\nFrom here = there – always\n".to_owned(),
            body_html: "<p>Dear Maya – always</p>\n".to_owned(),
        },
        invites: vec![Invite {
            method: Method::Request,
            session_id: "0198c5a2-0000-7abc-8def-0123456789ab".to_owned(),
            sequence: 2,
            stamp: 1_795_000_000,
            slot: Slot {
                start: 1_795_672_800,
                end: 1_795_675_800,
            },
            zone: "Asia/Kuala_Lumpur".to_owned(),
            language: Language::English,
            location: None,
            phone: Some("+60 3-1234 5678".to_owned()),
        }],
    }
}

#[test]
fn the_structure_is_the_one_that_calendars_understand() {
    let bytes = mail_bytes(&mail()).expect("a good mail");
    let parsed = MessageParser::new().parse(&bytes).expect("it parses");
    assert_eq!(
        parsed.message_id(),
        Some(format!("{ID}@example.org").as_str())
    );
    assert_eq!(parsed.subject(), Some("Appointment on Thu 26 Nov – ✓"));
    let from = parsed
        .from()
        .and_then(|from| from.first())
        .expect("a sender");
    assert_eq!(from.name(), Some("Klinik Taman Ümlaut"));
    assert_eq!(from.address(), Some("clinic@example.org"));
    let to = parsed.to().and_then(|to| to.first()).expect("a recipient");
    assert_eq!(
        (to.name(), to.address()),
        (None, Some("client@example.net"))
    );
    assert_eq!(
        parsed.date().map(mail_parser::DateTime::to_timestamp),
        Some(1_795_000_000)
    );

    let kinds: Vec<String> = parsed
        .parts
        .iter()
        .map(|part| {
            let kind = part.content_type().expect("every part has a type");
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics"
        ]
    );
    assert_eq!(
        parsed.body_text(0).as_deref(),
        Some("Dear Maya,\r\n\r\n.\r\n..\r\nFrom here = there – always\r\n"),
        "the text arrives as it was written"
    );
    let calendar = &parsed.parts[4];
    let kind = calendar.content_type().expect("a type");
    assert_eq!(kind.attribute("method"), Some("REQUEST"));
    assert_eq!(kind.attribute("charset"), Some("utf-8"));
    let PartType::Text(inside) = &calendar.body else {
        panic!("the calendar is text");
    };
    assert!(
        inside.contains("METHOD:REQUEST\r\n"),
        "the method in the body is the one in the type"
    );
    let attached = &parsed.parts[5];
    assert_eq!(attached.attachment_name(), Some("invite.ics"));
    assert_eq!(
        attached.contents(),
        inside.as_bytes(),
        "the file and the alternative are the same object"
    );
}

#[test]
fn each_session_of_several_is_an_invitation_of_its_own() {
    let mut mail = mail();
    for (n, day) in [(1, 7), (2, 14)] {
        let mut next = mail.invites[0].clone();
        next.session_id = format!("0198c5a2-0000-7abc-8def-00000000000{n}");
        next.slot.start += day * 86_400;
        next.slot.end += day * 86_400;
        mail.invites.push(next);
    }
    let bytes = mail_bytes(&mail).expect("a good mail");
    let parsed = MessageParser::new().parse(&bytes).expect("it parses");
    let files: Vec<_> = parsed
        .attachments()
        .map(|part| {
            let inside = String::from_utf8_lossy(part.contents()).into_owned();
            (part.attachment_name().map(str::to_owned), inside)
        })
        .collect();
    assert_eq!(files.len(), 3, "one file for each session");
    for ((n, invite), (name, inside)) in (1..).zip(&mail.invites).zip(&files) {
        assert_eq!(name.as_deref(), Some(format!("invite-{n}.ics").as_str()));
        assert_eq!(inside.matches("BEGIN:VEVENT").count(), 1);
        assert!(
            inside.contains(&format!("UID:{}@safetalk\r\n", invite.session_id)),
            "a later change finds it by its own id"
        );
        assert!(inside.contains("METHOD:REQUEST\r\n"));
    }
    assert!(
        !String::from_utf8_lossy(&bytes).contains("text/calendar"),
        "none stands for the whole mail: a mail program would take that one and drop the others"
    );
}

#[test]
fn a_cancellation_says_so_in_both_places() {
    let mut mail = mail();
    mail.invites[0].method = Method::Cancel;
    let bytes = mail_bytes(&mail).expect("a good mail");
    let text = String::from_utf8(bytes.clone()).expect("ASCII");
    assert!(text.contains("method=CANCEL"), "in the type");
    let parsed = MessageParser::new().parse(&bytes).expect("it parses");
    let inside = String::from_utf8_lossy(parsed.parts[4].contents()).into_owned();
    assert!(inside.contains("METHOD:CANCEL\r\n"), "in the body");
    assert!(inside.contains("STATUS:CANCELLED\r\n"), "and as the state");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let first = mail_bytes(&mail()).expect("a good mail");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let second = mail_bytes(&mail()).expect("a good mail");
    assert_eq!(first, second, "a retry sends the very same message");
    insta::assert_snapshot!("mail_bytes", String::from_utf8(first).expect("ASCII"));
}

#[test]
fn without_a_session_there_is_no_calendar() {
    let mut mail = mail();
    mail.invites.clear();
    mail.reply_to = None;
    let bytes = mail_bytes(&mail).expect("a good mail");
    let parsed = MessageParser::new().parse(&bytes).expect("it parses");
    assert_eq!(parsed.parts.len(), 3, "an alternative of two texts");
    assert!(parsed.reply_to().is_none());
}

#[test]
fn bad_addresses_and_ids_are_named_by_their_role() {
    let broken = |change: fn(&mut Mail)| {
        let mut mail = mail();
        change(&mut mail);
        mail_bytes(&mail).expect_err("it must be refused")
    };
    assert_eq!(
        broken(|m| m.from_address = "clinic".to_owned()),
        Error::BadSender
    );
    assert_eq!(
        broken(|m| m.to_address = "a@example.org\r\nBcc: b@example.org".to_owned()),
        Error::BadRecipient
    );
    assert_eq!(
        broken(|m| m.reply_to = Some("a@b@c".to_owned())),
        Error::BadReplyTo
    );
    assert_eq!(
        broken(|m| m.notice_id = "x>\r\nBcc: b@example.org".to_owned()),
        Error::BadId
    );
    assert_eq!(broken(|m| m.date = -1), Error::BadMoment);
    assert_eq!(broken(|m| m.date = i64::MAX), Error::BadMoment);
}

/// Text with an eye for what breaks headers.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z\r\n:<>@\",;\\\\ é–=?]{0,120}",
        Just("x\r\nBcc: evil@example.org\r\n\r\nbody".to_owned()),
        Just("=?utf-8?q?x?=".to_owned()),
    ]
}

proptest! {
    #[test]
    fn no_input_adds_a_header_a_part_or_a_raw_line(
        name in nasty(), subject in nasty(), text in nasty(), html in nasty(), place in nasty(), phone in nasty(),
    ) {
        let mut mail = mail();
        mail.from_name = name;
        mail.text = NoticeText { subject, body_text: text, body_html: html };
        let invite = &mut mail.invites[0];
        invite.location = Some(place);
        invite.phone = Some(phone);
        let bytes = mail_bytes(&mail).expect("any text is good");

        let raw = String::from_utf8(bytes.clone()).expect("only ASCII leaves");
        prop_assert!(raw.is_ascii());
        prop_assert_eq!(raw.matches('\n').count(), raw.matches("\r\n").count(), "no bare line feed");
        prop_assert_eq!(raw.matches('\r').count(), raw.matches("\r\n").count(), "no bare return");
        prop_assert!(raw.split("\r\n").all(|line| line.len() <= 998), "no line over the limit of SMTP");

        let head = raw.split("\r\n\r\n").next().expect("a head");
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().expect("a name"))
            .collect();
        prop_assert_eq!(
            names,
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Reply-To", "MIME-Version", "Content-Type"]
        );
        let parsed = MessageParser::new().parse(&bytes).expect("it parses");
        prop_assert_eq!(parsed.parts.len(), 6, "no part was added");
        let from = parsed.from().and_then(|from| from.first()).expect("a sender");
        prop_assert_eq!(from.address(), Some("clinic@example.org"), "the sender stays the sender");
        prop_assert!(parsed.bcc().is_none() && parsed.cc().is_none(), "nobody else receives it");
    }
}
