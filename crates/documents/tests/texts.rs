//! Every text a client or a therapist reads, in both languages, as a snapshot.

use chrono::NaiveDate;
use safetalk_documents::{
    HourCycle, Kind, Language, Money, Notice, Place, RecoverySheet, Slot, notice_text,
    recovery_html, recovery_text, whatsapp_draft, whatsapp_text,
};

/// Thursday, 26 November 2026, 14:00 in Kuala Lumpur.
const THURSDAY: Slot = Slot {
    start: 1_795_672_800,
    end: 1_795_675_800,
};

/// The day after, 9:30.
const FRIDAY: Slot = Slot {
    start: 1_795_743_000,
    end: 1_795_746_000,
};

const LONGER: Slot = Slot {
    start: THURSDAY.start,
    end: THURSDAY.end + 1500,
};

fn notice(language: Language, kind: Kind) -> Notice {
    Notice {
        kind,
        language,
        hours: HourCycle::TwentyFour,
        zone: "Asia/Kuala_Lumpur".to_owned(),
        client_name: "Maya".to_owned(),
        clinic_name: "Taman Clinic".to_owned(),
        clinic_phone: Some("+60 3-1234 5678".to_owned()),
        place: Place::Unsaid,
    }
}

fn kinds() -> Vec<(&'static str, Kind)> {
    vec![
        ("booked", Kind::Booked { slot: THURSDAY }),
        (
            "series_booked",
            Kind::SeriesBooked {
                slots: vec![THURSDAY, FRIDAY],
            },
        ),
        (
            "series_cancelled",
            Kind::SeriesCancelled {
                slots: vec![THURSDAY, FRIDAY],
            },
        ),
        (
            "rescheduled",
            Kind::Rescheduled {
                old: THURSDAY,
                new: FRIDAY,
            },
        ),
        (
            "moved_place",
            Kind::Rescheduled {
                old: THURSDAY,
                new: THURSDAY,
            },
        ),
        (
            "cancelled",
            Kind::Cancelled {
                slot: THURSDAY,
                remark_to_client: None,
            },
        ),
        (
            "cancelled_with_remark",
            Kind::Cancelled {
                slot: THURSDAY,
                remark_to_client: Some("The lift is broken.\nSee you next week!".to_owned()),
            },
        ),
        ("restored", Kind::Restored { slot: THURSDAY }),
        (
            "duration",
            Kind::DurationChanged {
                old: THURSDAY,
                new: LONGER,
            },
        ),
        ("reminder", Kind::Reminder { slot: THURSDAY }),
        (
            "invoice",
            Kind::Invoice {
                number: "TC-0042".to_owned(),
                amount: Money {
                    minor: 18_000,
                    currency: "MYR".to_owned(),
                },
                due: NaiveDate::from_ymd_opt(2026, 12, 3).expect("a date"),
                payment: Some("Bank: Maybank\nAccount: 1234 5678 9012".to_owned()),
            },
        ),
        ("test", Kind::Test),
    ]
}

#[test]
fn every_notice_in_english_and_malay() {
    for language in [Language::English, Language::Malay] {
        for (name, kind) in kinds() {
            let text = notice_text(&notice(language, kind)).expect("a good notice");
            let shown = format!("Subject: {}\n\n{}", text.subject, text.body_text);
            insta::assert_snapshot!(format!("mail_{}_{name}", language.tag()), shown);
        }
    }
}

#[test]
fn every_whatsapp_text_in_english_and_malay() {
    for language in [Language::English, Language::Malay] {
        let mut all = String::new();
        for (name, kind) in kinds() {
            let text = whatsapp_text(&notice(language, kind)).expect("a good notice");
            all.push_str(&format!("=== {name}\n{text}\n"));
        }
        insta::assert_snapshot!(format!("whatsapp_{}", language.tag()), all);
    }
}

#[test]
fn html_says_the_same_and_escapes_what_people_wrote() {
    let mut notice = notice(
        Language::English,
        Kind::Cancelled {
            slot: THURSDAY,
            remark_to_client: Some("<script>alert('x')</script> & \"more\"".to_owned()),
        },
    );
    notice.client_name = "<b>Maya</b>".to_owned();
    let text = notice_text(&notice).expect("a good notice");
    assert!(
        !text.body_html.contains("<script") && !text.body_html.contains("<b>Maya"),
        "what a person wrote is text, not HTML"
    );
    assert!(
        !text.body_html.contains("http") && !text.body_html.contains("src="),
        "a mail loads nothing, so nobody learns that it was read"
    );
    insta::assert_snapshot!("mail_html", text.body_html);
}

#[test]
fn a_place_is_said_only_where_the_client_goes() {
    let online = |kind| {
        let mut notice = notice(Language::English, kind);
        notice.place = Place::Online("https://meet.example.org/abc".to_owned());
        notice_text(&notice).expect("a good notice").body_text
    };
    assert!(
        online(Kind::Reminder { slot: THURSDAY }).contains("Online: https://meet.example.org/abc"),
        "an online session needs its link"
    );
    let cancelled = Kind::Cancelled {
        slot: THURSDAY,
        remark_to_client: None,
    };
    assert!(
        !online(cancelled).contains("meet.example.org"),
        "nobody should go to a cancelled session"
    );
    let mut elsewhere = notice(Language::Malay, Kind::Booked { slot: THURSDAY });
    elsewhere.place = Place::At("12 Jalan Bukit".to_owned());
    let text = notice_text(&elsewhere).expect("a good notice").body_text;
    assert!(text.contains("Tempat: 12 Jalan Bukit"), "{text}");
}

#[test]
fn subjects_tell_neither_the_client_nor_the_clinic() {
    for language in [Language::English, Language::Malay] {
        for (name, kind) in kinds() {
            let subject = notice_text(&notice(language, kind))
                .expect("a good notice")
                .subject;
            assert!(
                !subject.contains("Maya") && !subject.contains("Taman"),
                "the subject of {name} shows on a locked screen: {subject}"
            );
        }
    }
}

#[test]
fn a_draft_names_nobody() {
    for language in [Language::English, Language::Malay] {
        for (name, kind) in kinds() {
            let text = whatsapp_text(&notice(language, kind)).expect("a good notice");
            let draft = whatsapp_draft("+60123456789", &text).expect("a good number");
            for uri in [draft.app_uri, draft.web_uri] {
                assert!(
                    !uri.to_lowercase().contains("maya"),
                    "addresses stay in histories and logs: {name}"
                );
            }
        }
    }
}

#[test]
fn a_missing_name_or_phone_leaves_no_hole() {
    let mut notice = notice(Language::English, Kind::Reminder { slot: THURSDAY });
    notice.client_name = " \u{202e} ".to_owned();
    notice.clinic_phone = None;
    notice.hours = HourCycle::Twelve;
    insta::assert_snapshot!(
        "mail_en_without_name_and_phone",
        notice_text(&notice).expect("a good notice").body_text
    );
}

#[test]
fn a_name_cannot_add_a_line() {
    let mut notice = notice(Language::English, Kind::Test);
    notice.client_name = "Maya\r\n\r\nYour session was cancelled".to_owned();
    let text = notice_text(&notice).expect("a good notice").body_text;
    assert!(
        text.starts_with("Dear Maya Your session was cancelled,\n"),
        "a name stays inside its line: {text}"
    );
}

#[test]
fn the_recovery_sheet_in_english_and_malay() {
    for language in [Language::English, Language::Malay] {
        let sheet = RecoverySheet {
            language,
            clinic_name: "Taman <Clinic>".to_owned(),
            made_on: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date"),
            groups: ["7K2M", "QX9D", "ABCD", "2345"].map(str::to_owned).to_vec(),
        };
        let tag = language.tag();
        insta::assert_snapshot!(format!("recovery_{tag}"), recovery_text(&sheet));
        insta::assert_snapshot!(format!("recovery_html_{tag}"), recovery_html(&sheet));
    }
}
