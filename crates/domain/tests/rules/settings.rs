//! Setting a clinic up, and its therapists, rooms, services, hours and time off.

use crate::support::*;
use safetalk_domain::decide::Flag;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;
use uuid::Uuid;

fn invalid(field: Field, problem: Invalid) -> Refusal {
    Refusal::Invalid { field, problem }
}

fn set_up() -> SetUpClinic {
    SetUpClinic {
        clinic: clinic(),
        member: Member {
            details: MemberDetails {
                name: "Ann".to_owned(),
            },
            ..member(OWNER, Some(ANN), &Grant::ALL)
        },
        therapists: vec![therapist(ANN)],
        rooms: vec![room(ROOM_1, 10)],
        services: vec![service(TALK, 50, true)],
        hours: vec![every_day(Owner::Clinic(CLINIC), 540, 1080)],
    }
}

fn empty() -> Desk {
    let mut desk = Desk::new();
    desk.rows.clear();
    desk
}

#[test]
fn the_first_intent_of_a_history_sets_the_clinic_up_once() {
    let mut desk = empty();
    assert_eq!(desk.accept(set_up()), []);
    assert_eq!(desk.rows.len(), 6);
    assert_eq!(
        desk.refuse(set_up()),
        Refusal::Exists {
            what: Thing::Clinic
        }
    );
}

#[test]
fn before_the_set_up_there_is_nothing_to_do() {
    let mut desk = empty();
    assert_eq!(
        desk.refuse(tuesday_at_ten()),
        Refusal::NotFound {
            what: Thing::Member
        }
    );
    assert_eq!(
        desk.refuse_from(NOBODY, set_up()),
        Refusal::NotFound {
            what: Thing::Member
        },
        "whoever sets up is the first member"
    );
}

#[test]
fn a_set_up_is_trimmed_as_saving_would_trim_it() {
    let mut desk = empty();
    let mut body = set_up();
    let padded = |text: &str| format!("  {text}\t");
    body.clinic.details.name = padded("Harbour");
    body.clinic.details.address = Some(padded("1 Jalan Satu\r\nKuala Lumpur"));
    body.clinic.details.payment_text = Some("  ".to_owned());
    body.clinic.details.from_address = Some(padded("hello@clinic.example"));
    body.therapists[0].details.name.value = padded("Ann");
    body.therapists[0].details.link = Some(" ".to_owned());
    body.rooms[0].details.name.value = padded("Blue");
    body.rooms[0].details.note = Some(padded("First floor"));
    body.services[0].details.name.value = padded("Talk");
    desk.accept(body);
    let world = desk.world();
    let clinic = world.clinic.expect("it is set up").details;
    assert_eq!(clinic.name, "Harbour");
    assert_eq!(
        clinic.address.as_deref(),
        Some("1 Jalan Satu\nKuala Lumpur")
    );
    assert_eq!(clinic.payment_text, None, "blank is nothing");
    assert_eq!(clinic.from_address.as_deref(), Some("hello@clinic.example"));
    let ann = &world.therapists[&ANN].details;
    assert_eq!((ann.name.value.as_str(), &ann.link), ("Ann", &None));
    let room = &world.rooms[&ROOM_1].details;
    assert_eq!(
        (room.name.value.as_str(), room.note.as_deref()),
        ("Blue", Some("First floor"))
    );
    assert_eq!(world.services[&TALK].details.name.value, "Talk");
}

#[test]
fn a_set_up_that_cannot_be_is_refused_whole() {
    type Spoil = fn(&mut SetUpClinic);
    let cases: [(Spoil, Refusal); 22] = [
        (
            |body| body.clinic.details.name.clear(),
            invalid(Field::Name, Invalid::Empty),
        ),
        (
            |body| body.member.details.name.clear(),
            invalid(Field::Name, Invalid::Empty),
        ),
        (
            |body| body.clinic.details.phone = Some("12".to_owned()),
            invalid(Field::Phone, Invalid::NotAPhone),
        ),
        (
            |body| body.clinic.details.invoice_prefix = "x".repeat(13),
            invalid(Field::InvoicePrefix, Invalid::TooLong { most: 12 }),
        ),
        (
            |body| body.clinic.details.invoice_prefix = "A\n".repeat(2),
            invalid(Field::InvoicePrefix, Invalid::Characters),
        ),
        (
            |body| body.clinic.facts.country = "my".to_owned(),
            invalid(Field::Country, Invalid::Unknown),
        ),
        (
            |body| body.clinic.facts.first_weekday = 7,
            invalid(Field::Weekday, Invalid::TooLarge { most: 6 }),
        ),
        (
            |body| body.clinic.facts.due_days = 366,
            invalid(Field::DueDays, Invalid::TooLarge { most: 365 }),
        ),
        (
            |body| body.clinic.facts.no_show_fee = Some(Money::new(-1, Currency::MYR)),
            invalid(Field::Amount, Invalid::TooSmall { least: 0 }),
        ),
        (
            |body| body.therapists[0].facts.buffer_minutes = 121,
            invalid(Field::Buffer, Invalid::TooLarge { most: 120 }),
        ),
        (
            |body| body.rooms[0].facts.turnover_minutes = 121,
            invalid(Field::Turnover, Invalid::TooLarge { most: 120 }),
        ),
        (
            |body| body.services[0].facts.minutes = 4,
            invalid(Field::Length, Invalid::TooSmall { least: 5 }),
        ),
        (
            |body| body.clinic.details.address = Some("x".repeat(2_001)),
            invalid(Field::Address, Invalid::TooLong { most: 2_000 }),
        ),
        (
            |body| body.clinic.details.payment_text = Some("DuitNow\u{0}".to_owned()),
            invalid(Field::PaymentText, Invalid::Characters),
        ),
        (
            |body| body.clinic.details.from_address = Some("clinic".to_owned()),
            invalid(Field::Email, Invalid::NotAnEmail),
        ),
        (
            |body| body.clinic.facts.next_invoice = 0,
            invalid(Field::InvoiceNumber, Invalid::TooSmall { least: 1 }),
        ),
        (
            |body| body.therapists[0].details.name.value = " ".to_owned(),
            invalid(Field::Name, Invalid::Empty),
        ),
        (
            |body| body.therapists[0].details.link = Some("a\nb".to_owned()),
            invalid(Field::Link, Invalid::Characters),
        ),
        (
            |body| body.rooms[0].details.name.value = "x".repeat(121),
            invalid(Field::Name, Invalid::TooLong { most: 120 }),
        ),
        (
            |body| body.rooms[0].details.note = Some("x".repeat(301)),
            invalid(Field::Place, Invalid::TooLong { most: 300 }),
        ),
        (
            |body| body.services[0].details.name.value.clear(),
            invalid(Field::Name, Invalid::Empty),
        ),
        (
            |body| body.hours[0].week[0].to = 540,
            invalid(Field::Hours, Invalid::EndBeforeStart),
        ),
    ];
    for (spoil, expected) in cases {
        let mut body = set_up();
        spoil(&mut body);
        assert_eq!(empty().refuse(body), expected);
    }
}

#[test]
fn the_clinics_settings_change_field_by_field_and_are_checked() {
    let edit = EditClinic::default();
    let mut desk = Desk::new();
    desk.accept(EditClinic {
        name: Some(" Riverside ".to_owned()),
        phone: Some(Some("+60312345678".to_owned())),
        due_days: Some(14),
        late_cancel_fee: Some(None),
        ..edit.clone()
    });
    let clinic = desk.the_clinic();
    assert_eq!(
        (clinic.details.name.as_str(), clinic.facts.due_days),
        ("Riverside", 14)
    );
    assert_eq!(
        (clinic.facts.late_cancel_fee, clinic.facts.no_show_fee),
        (None, Some(ringgit(90)))
    );
    for (body, expected) in [
        (
            EditClinic {
                name: Some(String::new()),
                ..edit.clone()
            },
            invalid(Field::Name, Invalid::Empty),
        ),
        (
            EditClinic {
                phone: Some(Some("x".to_owned())),
                ..edit.clone()
            },
            invalid(Field::Phone, Invalid::NotAPhone),
        ),
        (
            EditClinic {
                address: Some(Some("x".repeat(2001))),
                ..edit.clone()
            },
            invalid(Field::Address, Invalid::TooLong { most: 2000 }),
        ),
        (
            EditClinic {
                payment_text: Some(Some("\u{1b}[2J".to_owned())),
                ..edit.clone()
            },
            invalid(Field::PaymentText, Invalid::Characters),
        ),
        (
            EditClinic {
                late_cancel_hours: Some(673),
                ..edit.clone()
            },
            invalid(Field::NoticeHours, Invalid::TooLarge { most: 672 }),
        ),
        (
            EditClinic {
                mail: Some(Some("clinic".to_owned())),
                ..edit.clone()
            },
            invalid(Field::Email, Invalid::NotAnEmail),
        ),
        (
            EditClinic {
                no_show_fee: Some(Some(Money::new(1, Currency::new("SGD").expect("capitals")))),
                ..edit.clone()
            },
            invalid(Field::Amount, Invalid::OtherCurrency),
        ),
    ] {
        assert_eq!(desk.refuse(body), expected);
    }
    desk.accept(EditClinic {
        mail: Some(None),
        ..edit.clone()
    });
    assert!(
        !desk.the_clinic().facts.mail_ready,
        "without a mailbox nothing can go out"
    );
    desk.accept(EditClinic {
        mail: Some(Some("us@example.org".to_owned())),
        ..edit
    });
    assert!(desk.the_clinic().facts.mail_ready);
}

fn save_therapist() -> SaveTherapist {
    SaveTherapist {
        therapist: ANN,
        name: "Ann Lim".to_owned(),
        hue: Hue::Teal,
        link: None,
        buffer_minutes: 10,
        archived: false,
    }
}

fn save_room() -> SaveRoom {
    SaveRoom {
        room: ROOM_1,
        name: "Blue".to_owned(),
        note: None,
        turnover_minutes: 10,
        archived: false,
    }
}

fn save_service() -> SaveService {
    SaveService {
        service: TALK,
        name: "Talk".to_owned(),
        facts: service(TALK, 50, true).facts,
    }
}

#[test]
fn therapists_rooms_and_services_are_saved_with_bounds() {
    let mut desk = Desk::new();
    desk.accept(SaveTherapist {
        buffer_minutes: 120,
        ..save_therapist()
    });
    desk.accept(SaveRoom {
        turnover_minutes: 120,
        archived: true,
        ..save_room()
    });
    desk.accept(save_service());
    let world = desk.world();
    assert_eq!(
        world.therapists[&ANN].details.name,
        Detail {
            value: "Ann Lim".to_owned(),
            revision: 1
        }
    );
    assert!(world.rooms[&ROOM_1].facts.archived);
    let control = "a\u{7f}".to_owned();
    let facts = |change: fn(&mut ServiceFacts)| {
        let mut body = save_service();
        change(&mut body.facts);
        body.body()
    };
    for (body, expected) in [
        (
            SaveTherapist {
                buffer_minutes: 121,
                ..save_therapist()
            }
            .body(),
            invalid(Field::Buffer, Invalid::TooLarge { most: 120 }),
        ),
        (
            SaveTherapist {
                name: control.clone(),
                ..save_therapist()
            }
            .body(),
            invalid(Field::Name, Invalid::Characters),
        ),
        (
            SaveTherapist {
                link: Some("x".repeat(301)),
                ..save_therapist()
            }
            .body(),
            invalid(Field::Link, Invalid::TooLong { most: 300 }),
        ),
        (
            SaveRoom {
                turnover_minutes: 121,
                ..save_room()
            }
            .body(),
            invalid(Field::Turnover, Invalid::TooLarge { most: 120 }),
        ),
        (
            SaveRoom {
                note: Some(control),
                ..save_room()
            }
            .body(),
            invalid(Field::Place, Invalid::Characters),
        ),
        (
            facts(|it| it.minutes = 1441),
            invalid(Field::Length, Invalid::TooLarge { most: 1440 }),
        ),
        (
            facts(|it| it.buffer_before = 121),
            invalid(Field::Buffer, Invalid::TooLarge { most: 120 }),
        ),
        (
            facts(|it| it.buffer_after = 121),
            invalid(Field::Buffer, Invalid::TooLarge { most: 120 }),
        ),
        (
            facts(|it| it.step_minutes = 4),
            invalid(Field::Step, Invalid::TooSmall { least: 5 }),
        ),
        (
            facts(|it| it.price = Some(Money::new(-1, Currency::MYR))),
            invalid(Field::Amount, Invalid::TooSmall { least: 0 }),
        ),
        (
            SaveService {
                name: " ".to_owned(),
                ..save_service()
            }
            .body(),
            invalid(Field::Name, Invalid::Empty),
        ),
    ] {
        assert_eq!(desk.refuse(Raw(body)), expected);
    }
}

#[test]
fn a_week_runs_forwards_on_days_that_exist_and_never_overlaps_itself() {
    let span = |weekday, from, to| WeekSpan { weekday, from, to };
    for (week, problem) in [
        (vec![span(7, 0, 60)], Some(Invalid::Unknown)),
        (vec![span(0, 0, 1441)], Some(Invalid::Unknown)),
        (vec![span(0, 60, 60)], Some(Invalid::EndBeforeStart)),
        (vec![span(0, 120, 60)], Some(Invalid::EndBeforeStart)),
        (
            vec![span(0, 60, 120), span(0, 119, 180)],
            Some(Invalid::Overlap),
        ),
        (
            vec![span(0, 119, 180), span(0, 60, 120)],
            Some(Invalid::Overlap),
        ),
        (vec![span(0, 60, 120), span(0, 120, 180)], None),
        (vec![span(6, 0, 1440), span(0, 0, 1440)], None),
        (vec![], None),
    ] {
        let owner = Owner::Therapist(ANN);
        let result = Desk::new()
            .by(
                OWNER,
                SetHours {
                    owner,
                    week: Some(week.clone()),
                },
            )
            .map(drop);
        let expected = problem.map_or(Ok(()), |problem| Err(invalid(Field::Hours, problem)));
        assert_eq!(result, expected, "{week:?}");
    }
}

#[test]
fn an_empty_week_is_never_open() {
    let mut desk = Desk::new();
    desk.accept(SetHours {
        owner: Owner::Therapist(ANN),
        week: Some(Vec::new()),
    });
    assert!(matches!(
        desk.refuse(tuesday_at_ten()),
        Refusal::NotAvailable { .. }
    ));
}

#[test]
fn who_gives_up_hours_of_their_own_follows_the_clinic_again() {
    let of_ann = |week| SetHours {
        owner: Owner::Therapist(ANN),
        week,
    };
    let mut desk = Desk::new();
    assert_eq!(
        desk.accept(of_ann(None)),
        [Flag::AlreadySo],
        "there was nothing to give up"
    );
    desk.accept(of_ann(Some(Vec::new())));
    desk.refuse(tuesday_at_ten());
    let seen = desk.position;
    desk.accept(of_ann(None));
    desk.accept(tuesday_at_ten());
    // Whoever looked before her hours were given up saw none, and may not be held to the clinic's.
    let night = book(session_id(2), with_ann(span("2026-03-04 22:00", 50)));
    desk.refuse(night.clone());
    desk.seen = Some(seen);
    assert!(
        matches!(desk.accept(night)[..], [Flag::SoftRuleChanged { .. }, ..]),
        "the rule is as young as the giving up"
    );
    desk.seen = None;
    desk.accept(of_ann(Some(Vec::new())));
    assert!(
        matches!(
            desk.refuse(book(session_id(3), with_ann(span("2026-03-05 10:00", 50)))),
            Refusal::NotAvailable { .. }
        ),
        "she may have hours of her own again"
    );
    assert_eq!(
        desk.refuse(SetHours {
            owner: Owner::Clinic(CLINIC),
            week: None,
        }),
        invalid(Field::Hours, Invalid::Empty),
        "the clinic follows nobody"
    );
}

#[test]
fn time_off_runs_forwards_is_added_once_and_taken_back_once() {
    let owner = Owner::Therapist(ANN);
    let mut desk = Desk::new();
    let off = span("2026-03-03 09:00", 60);
    for minutes in [0, -60] {
        let body = time_off(1, owner, span("2026-03-03 09:00", minutes));
        assert_eq!(
            desk.refuse(body),
            invalid(Field::End, Invalid::EndBeforeStart)
        );
    }
    let label = AddTimeOff {
        label: "x".repeat(301),
        ..time_off(1, owner, off)
    };
    assert_eq!(
        desk.refuse(label),
        invalid(Field::Label, Invalid::TooLong { most: 300 })
    );
    desk.accept(time_off(1, owner, off));
    assert_eq!(
        desk.refuse(time_off(1, owner, off)),
        Refusal::Exists {
            what: Thing::TimeOff
        }
    );
    let back = RemoveTimeOff {
        time_off: time_off_id(1),
    };
    assert_eq!(desk.accept(back.clone()), []);
    assert_eq!(desk.accept(back), [Flag::AlreadySo]);
    let unknown = RemoveTimeOff {
        time_off: time_off_id(2),
    };
    assert_eq!(
        desk.refuse(unknown),
        Refusal::NotFound {
            what: Thing::TimeOff
        }
    );
}

#[test]
fn time_off_of_anyone_can_be_taken_back() {
    for owner in [
        Owner::Therapist(BEN),
        Owner::Room(ROOM_1),
        Owner::Clinic(CLINIC),
    ] {
        let mut desk = Desk::new();
        desk.accept(time_off(1, owner, span("2026-03-03 09:00", 60)));
        let back = RemoveTimeOff {
            time_off: time_off_id(1),
        };
        assert_eq!(desk.accept(back), [], "{owner:?}");
    }
}

#[test]
fn ones_own_time_is_ones_own_and_the_rest_needs_the_grant() {
    let grant = Refusal::NotPermitted {
        grant: Grant::ManageClinic,
    };
    let off = span("2026-03-03 09:00", 60);
    let mut desk = Desk::new();
    desk.by(BEN_SIGNED_IN, time_off(1, Owner::Therapist(BEN), off))
        .expect("his own");
    desk.by(
        BEN_SIGNED_IN,
        RemoveTimeOff {
            time_off: time_off_id(1),
        },
    )
    .expect("his own");
    desk.by(
        BEN_SIGNED_IN,
        SetHours {
            owner: Owner::Therapist(BEN),
            week: Some(Vec::new()),
        },
    )
    .expect("his own");
    desk.accept(time_off(2, Owner::Therapist(ANN), off));
    for body in [
        time_off(3, Owner::Therapist(ANN), off).body(),
        time_off(3, Owner::Room(ROOM_1), off).body(),
        time_off(3, Owner::Clinic(CLINIC), off).body(),
        RemoveTimeOff {
            time_off: time_off_id(2),
        }
        .body(),
        SetHours {
            owner: Owner::Clinic(CLINIC),
            week: Some(Vec::new()),
        }
        .body(),
        SetHours {
            owner: Owner::Room(ROOM_1),
            week: Some(Vec::new()),
        }
        .body(),
        save_therapist().body(),
        save_room().body(),
        save_service().body(),
        EditClinic::default().body(),
    ] {
        assert_eq!(desk.refuse_from(BEN_SIGNED_IN, Raw(body)), grant);
    }
}

#[test]
fn hours_belong_to_someone_who_exists() {
    let nobody = Uuid::from_u128(0xdead);
    for (owner, what) in [
        (Owner::Clinic(ClinicId(nobody)), Thing::Clinic),
        (Owner::Therapist(TherapistId(nobody)), Thing::Therapist),
        (Owner::Room(RoomId(nobody)), Thing::Room),
    ] {
        let missing = Refusal::NotFound { what };
        let mut desk = Desk::new();
        assert_eq!(
            desk.refuse(SetHours {
                owner,
                week: Some(Vec::new())
            }),
            missing
        );
        assert_eq!(
            desk.refuse(time_off(1, owner, span("2026-03-03 09:00", 60))),
            missing
        );
    }
}
