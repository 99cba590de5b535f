//! Client records: what a form may hold, how two people's changes meet, who receives, who may change.

use crate::support::*;
use safetalk_domain::decide::{ClientField, Flag, client_problems};
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::*;
use uuid::Uuid;

const NEW: ClientId = ClientId(Uuid::from_u128(0x66));

fn record() -> ClientRecord {
    ClientRecord {
        full_name: " Lim Wei ".to_owned(),
        email: Some("wei@example.org".to_owned()),
        phones: vec!["+60198765432".to_owned()],
        may_email: true,
        ..ClientRecord::default()
    }
}

fn add(record: ClientRecord) -> AddClient {
    AddClient {
        client: NEW,
        record,
    }
}

fn change<T>(value: T, read_at_revision: u32) -> Option<Change<T>> {
    Some(Change {
        value,
        read_at_revision,
    })
}

fn renamed(name: &str, read_at: u32) -> EditClient {
    EditClient {
        full_name: change(name.to_owned(), read_at),
        ..edit_client()
    }
}

#[test]
fn a_form_is_told_everything_that_is_wrong_with_it_and_nothing_when_it_is_sound() {
    let long = "a".repeat(121);
    let number = "+60198765432".to_owned();
    let wrong = ClientRecord {
        full_name: "  ".to_owned(),
        called: long.clone(),
        email: Some("wei".to_owned()),
        phones: vec![number.clone(), "12".to_owned()],
        guardian: Some(Guardian {
            name: long,
            email: Some("x@".to_owned()),
            phone: Some("1".to_owned()),
        }),
        ..record()
    };
    let too_long = Invalid::TooLong { most: 120 };
    assert_eq!(
        client_problems(&wrong),
        [
            (ClientField::FullName, Invalid::Empty),
            (ClientField::Called, too_long),
            (ClientField::Email, Invalid::NotAnEmail),
            (ClientField::Phone { index: 1 }, Invalid::NotAPhone),
            (ClientField::GuardianName, too_long),
            (ClientField::GuardianEmail, Invalid::NotAnEmail),
            (ClientField::GuardianPhone, Invalid::NotAPhone),
        ]
    );
    assert_eq!(client_problems(&record()), []);
    Desk::new().accept(add(record()));
    let many = ClientRecord {
        phones: vec![number; 6],
        ..record()
    };
    assert_eq!(
        client_problems(&many),
        [(
            ClientField::Phone { index: 5 },
            Invalid::TooLarge { most: 5 }
        )],
        "the sixth is one too many"
    );
    for form in [wrong, many] {
        assert!(
            matches!(
                Desk::new().by(OWNER, add(form)),
                Err(Refusal::Invalid { .. })
            ),
            "what is told is what is refused"
        );
    }
}

#[test]
fn a_new_client_is_trimmed_named_and_reachable_as_the_form_says() {
    let mut desk = Desk::new();
    assert_eq!(desk.accept(add(record())), []);
    let client = desk.client(NEW);
    assert_eq!(client.details.full_name.value, "Lim Wei");
    assert_eq!(
        client.details.called.value, "Lim Wei",
        "messages use the full name unless told otherwise"
    );
    let consent = Consent {
        at: desk.now,
        by: OWNER,
    };
    assert_eq!(
        (client.facts.may_email, client.facts.may_whatsapp),
        (Some(consent), None)
    );
    assert!(client.facts.has_email && client.facts.has_phone);
    assert_eq!(
        desk.refuse(add(record())),
        Refusal::Exists {
            what: Thing::Client
        }
    );
}

#[test]
fn what_cannot_be_in_a_client_form_is_refused_when_adding_and_when_changing() {
    type Spoil = fn(&mut ClientRecord);
    let name = Field::Name;
    let cases: [(Spoil, Field, Invalid); 11] = [
        (|form| form.full_name = " ".to_owned(), name, Invalid::Empty),
        (
            |form| form.full_name = "x".repeat(121),
            name,
            Invalid::TooLong { most: 120 },
        ),
        (
            |form| form.full_name = "a\u{0}b".to_owned(),
            name,
            Invalid::Characters,
        ),
        (
            |form| form.full_name = "a\nb".to_owned(),
            name,
            Invalid::Characters,
        ),
        (
            |form| form.called = "x".repeat(121),
            Field::Called,
            Invalid::TooLong { most: 120 },
        ),
        (
            |form| form.email = Some("wei".to_owned()),
            Field::Email,
            Invalid::NotAnEmail,
        ),
        (
            |form| form.phones = vec!["0198765432".to_owned()],
            Field::Phone,
            Invalid::NotAPhone,
        ),
        (
            |form| form.phones = vec!["+60198765432".to_owned(); 6],
            Field::Phone,
            Invalid::TooLarge { most: 5 },
        ),
        (
            |form| form.guardian = Some(Guardian::default()),
            Field::Guardian,
            Invalid::Empty,
        ),
        (
            |form| {
                form.guardian = Some(Guardian {
                    name: "Mother".to_owned(),
                    email: None,
                    phone: Some("123".to_owned()),
                });
            },
            Field::Phone,
            Invalid::NotAPhone,
        ),
        (
            |form| form.guardian_receives = true,
            Field::Guardian,
            Invalid::Empty,
        ),
    ];
    for (spoil, field, problem) in cases {
        let mut form = record();
        spoil(&mut form);
        let expected = Refusal::Invalid { field, problem };
        let mut desk = Desk::new();
        assert_eq!(desk.refuse(add(form.clone())), expected);
        let edit = EditClient {
            full_name: change(form.full_name, 0),
            called: change(form.called, 0),
            email: change(form.email, 0),
            phones: change(form.phones, 0),
            guardian: change(form.guardian, 0),
            guardian_receives: Some(form.guardian_receives),
            ..edit_client()
        };
        assert_eq!(desk.refuse(edit), expected);
    }
}

#[test]
fn an_email_address_is_one_a_mail_server_can_be_asked_for() {
    let long = format!("{}@example.org", "x".repeat(65));
    for (text, ok) in [
        ("wei@example.org", true),
        ("wei.lim+clinic@mail.example.org", true),
        ("o'neil@example.org", true),
        ("wei@example", false),
        ("@example.org", false),
        ("wei@", false),
        ("wei@@example.org", false),
        ("wei lim@example.org", false),
        (".wei@example.org", false),
        ("wei.@example.org", false),
        ("w..ei@example.org", false),
        ("wei@-example.org", false),
        ("wei@example-.org", false),
        ("wei@exa_mple.org", false),
        ("wei@example..org", false),
        ("wei@example.org\r\nBcc: all@example.org", false),
        ("<wei@example.org>", false),
        (&long, false),
    ] {
        let email = Some(text.to_owned());
        let result = Desk::new().by(OWNER, add(ClientRecord { email, ..record() }));
        assert_eq!(result.is_ok(), ok, "{text:?}: {result:?}");
    }
}

#[test]
fn a_phone_number_is_written_for_the_whole_world() {
    for (text, ok) in [
        ("+60123456789", true),
        ("+1234567", true),
        ("+123456789012345", true),
        ("+123456", false),
        ("+1234567890123456", false),
        ("+0123456789", false),
        ("60123456789", false),
        ("+60 12 345 6789", false),
        ("+６０１２３４５６", false),
        ("++60123456789", false),
    ] {
        let phones = vec![text.to_owned()];
        let result = Desk::new().by(OWNER, add(ClientRecord { phones, ..record() }));
        assert_eq!(result.is_ok(), ok, "{text:?}: {result:?}");
    }
}

#[test]
fn the_same_field_twice_keeps_the_first_and_files_the_other() {
    let mut desk = Desk::new();
    assert_eq!(desk.accept(renamed("Maya Tan Li", 0)), []);
    let flags = desk.accept(renamed("Maya Lee", 0));
    let field = "full_name".to_owned();
    assert_eq!(flags, [Flag::FieldKept { field }, Flag::AlreadySo]);
    let name = desk.client(MAYA).details.full_name;
    assert_eq!((name.value.as_str(), name.revision), ("Maya Tan Li", 1));
    assert_eq!(
        desk.accept(renamed("Maya Lee", 1)),
        [],
        "who has seen the first may change it"
    );
}

#[test]
fn the_same_value_twice_is_no_conflict() {
    let mut desk = Desk::new();
    desk.accept(renamed("Maya Lee", 0));
    assert_eq!(desk.accept(renamed("Maya Lee", 0)), [Flag::AlreadySo]);
}

#[test]
fn different_fields_are_both_taken() {
    let mut desk = Desk::new();
    desk.accept(renamed("Maya Lee", 0));
    let flags = desk.accept(EditClient {
        email: change(Some("lee@example.org".to_owned()), 0),
        full_name: change("Maya Ng".to_owned(), 0),
        ..edit_client()
    });
    let field = "full_name".to_owned();
    assert_eq!(flags, [Flag::FieldKept { field }]);
    let details = desk.client(MAYA).details;
    assert_eq!(details.full_name.value, "Maya Lee");
    assert_eq!(details.email.value.as_deref(), Some("lee@example.org"));
    assert_eq!((details.email.revision, details.phones.revision), (1, 0));
}

#[test]
fn consent_keeps_when_and_by_whom_it_was_first_given_until_it_is_taken_back() {
    let mut desk = Desk::new();
    let given = desk.client(MAYA).facts.may_email;
    let may = |may| EditClient {
        may_email: Some(may),
        ..edit_client()
    };
    desk.later(60);
    assert_eq!(desk.accept(may(true)), [Flag::AlreadySo]);
    assert_eq!(desk.client(MAYA).facts.may_email, given);
    desk.accept(EditClient {
        do_not_contact: Some(true),
        ..may(true)
    });
    assert_eq!(
        desk.client(MAYA).facts.may_email,
        given,
        "saved along with something else"
    );
    desk.accept(may(false));
    assert_eq!(desk.client(MAYA).facts.may_email, None);
    let taken_back = Consent {
        at: desk.now,
        by: OWNER,
    };
    assert_eq!(desk.client(MAYA).facts.email_withdrawn, Some(taken_back));
    desk.later(60);
    desk.accept(may(false));
    assert_eq!(
        desk.client(MAYA).facts.email_withdrawn,
        Some(taken_back),
        "when it was first taken back"
    );
    desk.accept(EditClient {
        read_at: Some(desk.client(MAYA).facts.revisions),
        ..may(true)
    });
    let anew = Consent {
        at: desk.now,
        by: OWNER,
    };
    let facts = desk.client(MAYA).facts;
    assert_eq!((facts.may_email, facts.email_withdrawn), (Some(anew), None));
}

/// As the form was filled in before anybody else saved.
fn read_first(edit: EditClient) -> EditClient {
    EditClient {
        read_at: Some(FactRevisions::default()),
        ..edit
    }
}

fn kept(field: &str) -> Vec<Flag> {
    let field = field.to_owned();
    vec![Flag::FieldKept { field }, Flag::AlreadySo]
}

#[test]
fn every_fact_of_a_form_has_its_own_revision_and_the_first_change_stands() {
    type Set = fn(&mut EditClient);
    type Read = fn(&ClientFacts) -> String;
    let cases: [(&str, Set, Set, Read); 5] = [
        (
            "language",
            |edit| edit.language = Some(Language::Ms),
            |edit| edit.language = Some(Language::En),
            |facts| format!("{:?}", facts.language),
        ),
        (
            "usual_therapist",
            |edit| edit.usual_therapist = Some(Some(ANN)),
            |edit| edit.usual_therapist = Some(Some(BEN)),
            |facts| format!("{:?}", facts.usual_therapist),
        ),
        (
            "usual_service",
            |edit| edit.usual_service = Some(Some(TALK)),
            |edit| edit.usual_service = Some(None),
            |facts| format!("{:?}", facts.usual_service),
        ),
        (
            "usual_room",
            |edit| edit.usual_room = Some(Some(ROOM_1)),
            |edit| edit.usual_room = Some(Some(ROOM_2)),
            |facts| format!("{:?}", facts.usual_room),
        ),
        (
            "guardian",
            |edit| edit.guardian_receives = Some(true),
            |edit| edit.guardian_receives = Some(false),
            |facts| format!("{:?}", facts.guardian_receives),
        ),
    ];
    for (field, first, second, read) in cases {
        let mut desk = Desk::new();
        desk.edit_client(|client| {
            client.facts.usual_therapist = None;
            client.details.guardian = Detail::new(Some(Guardian {
                name: "Mother".to_owned(),
                ..Guardian::default()
            }));
        });
        let edit = |set: Set| {
            let mut edit = read_first(edit_client());
            set(&mut edit);
            edit
        };
        assert_eq!(desk.accept(edit(first)), [], "{field}");
        let stands = read(&desk.client(MAYA).facts);
        assert_eq!(desk.accept(edit(first)), [Flag::AlreadySo], "{field} twice");
        assert_eq!(desk.accept(edit(second)), kept(field));
        assert_eq!(read(&desk.client(MAYA).facts), stands, "the first {field}");
        let now = desk.client(MAYA).facts.revisions;
        assert_eq!(
            desk.accept(EditClient {
                read_at: Some(now),
                ..edit(second)
            }),
            [],
            "who has seen the first {field} may change it"
        );
        assert_ne!(read(&desk.client(MAYA).facts), stands);
    }
}

#[test]
fn facts_that_two_people_changed_apart_are_both_taken() {
    let mut desk = Desk::new();
    desk.accept(read_first(EditClient {
        language: Some(Language::Ms),
        ..edit_client()
    }));
    assert_eq!(
        desk.accept(read_first(EditClient {
            usual_room: Some(Some(ROOM_2)),
            ..edit_client()
        })),
        []
    );
    let facts = desk.client(MAYA).facts;
    assert_eq!(
        (facts.language, facts.usual_room),
        (Language::Ms, Some(ROOM_2))
    );
    assert_eq!(
        (facts.revisions.language, facts.revisions.usual_room),
        (1, 1)
    );
}

#[test]
fn what_takes_a_permission_away_wins_over_what_gives_it_in_either_order() {
    type Set = fn(&mut EditClient, bool);
    type Reach = fn(&ClientFacts) -> bool;
    let cases: [(&str, Set, Reach); 3] = [
        (
            "may_email",
            |edit, may| edit.may_email = Some(may),
            |facts| facts.may_email.is_some(),
        ),
        (
            "may_whatsapp",
            |edit, may| edit.may_whatsapp = Some(may),
            |facts| facts.may_whatsapp.is_some(),
        ),
        (
            "do_not_contact",
            |edit, may| edit.do_not_contact = Some(!may),
            |facts| !facts.do_not_contact,
        ),
    ];
    for (field, set, may) in cases {
        let edit = |give: bool| {
            let mut edit = read_first(edit_client());
            set(&mut edit, give);
            edit
        };
        // Whoever gives and whoever takes looked at the same record: without the permission, or with it.
        for (had, take_first) in [(false, true), (false, false), (true, true), (true, false)] {
            let mut desk = Desk::new();
            desk.edit_client(|client| {
                client.facts.do_not_contact = !had;
                if !had {
                    client.facts.may_email = None;
                    client.facts.may_whatsapp = None;
                }
            });
            for give in if take_first {
                [false, true]
            } else {
                [true, false]
            } {
                desk.accept(edit(give));
            }
            let facts = desk.client(MAYA).facts;
            let somebody_took_it = had || !take_first;
            assert_eq!(
                may(&facts),
                !somebody_took_it,
                "{field}: had {had}, taken first {take_first}: {facts:?}"
            );
        }
        // Another one gave it back meanwhile: what is taken is taken all the same.
        let mut desk = Desk::new();
        desk.accept(edit(false));
        let seen = desk.client(MAYA).facts.revisions;
        desk.accept(EditClient {
            read_at: Some(seen),
            ..edit(true)
        });
        assert!(
            may(&desk.client(MAYA).facts),
            "{field}: given with open eyes"
        );
        desk.accept(edit(false));
        assert!(
            !may(&desk.client(MAYA).facts),
            "{field}: taken by somebody who had seen neither"
        );
    }
}

#[test]
fn an_edit_of_an_older_build_is_taken_but_gives_back_nothing_that_was_taken() {
    let mut desk = Desk::new();
    desk.accept(read_first(EditClient {
        language: Some(Language::Ms),
        may_email: Some(false),
        ..edit_client()
    }));
    assert_eq!(
        desk.accept(EditClient {
            language: Some(Language::En),
            may_email: Some(true),
            ..edit_client()
        }),
        [Flag::FieldKept {
            field: "may_email".to_owned()
        }]
    );
    let facts = desk.client(MAYA).facts;
    assert_eq!((facts.language, facts.may_email), (Language::En, None));
}

#[test]
fn a_guardian_receives_instead_and_without_an_address_nobody_does() {
    let guardian = |email: Option<&str>| Guardian {
        name: "Mother".to_owned(),
        email: email.map(str::to_owned),
        phone: None,
    };
    let mut desk = Desk::new();
    desk.accept(EditClient {
        guardian: change(Some(guardian(Some("mother@example.org"))), 0),
        guardian_receives: Some(true),
        ..edit_client()
    });
    let maya = desk.client(MAYA);
    assert_eq!(
        maya.details.address(true, Channel::Email),
        Some("mother@example.org")
    );
    assert_eq!(maya.details.greeted(true), "Mother");
    assert_eq!(maya.details.greeted(false), "Maya");
    assert!(
        maya.facts.has_email && !maya.facts.has_phone,
        "Maya's own phone does not count"
    );
    assert_eq!(maya.facts.reach(Channel::Whatsapp), Err(NoReach::NoAddress));
    desk.accept(EditClient {
        guardian: change(Some(guardian(None)), 1),
        ..edit_client()
    });
    assert!(
        !desk.client(MAYA).facts.has_email,
        "never Maya's address instead"
    );
    let problem = Invalid::Empty;
    let gone = EditClient {
        guardian: change(None, 2),
        ..edit_client()
    };
    assert_eq!(
        desk.refuse(gone),
        Refusal::Invalid {
            field: Field::Guardian,
            problem
        }
    );
}

#[test]
fn history_names_the_fields_and_never_their_texts() {
    let mut desk = Desk::new();
    desk.accept(EditClient {
        do_not_contact: Some(true),
        ..renamed("Maya Lee", 0)
    });
    desk.accept(EditClient {
        archived: Some(true),
        ..edit_client()
    });
    let history = desk.history();
    let fields = vec!["full_name".to_owned(), "do_not_contact".to_owned()];
    assert!(history.contains(&Happened::ClientChanged { fields }));
    assert!(history.contains(&Happened::ClientArchived { archived: true }));
    assert!(!format!("{history:?}").contains("Lee"));
}

#[test]
fn one_changes_ones_own_clients_and_others_with_the_grant() {
    let usual = |desk: &mut Desk, therapist| {
        desk.edit_client(|maya| maya.facts.usual_therapist = therapist)
    };
    let grant = Grant::ManageClients;
    let mut desk = Desk::new();
    usual(&mut desk, Some(ANN));
    assert_eq!(
        desk.refuse_from(BEN_SIGNED_IN, renamed("Lee", 0)),
        Refusal::NotPermitted { grant }
    );
    let anns = add(ClientRecord {
        usual_therapist: Some(ANN),
        ..record()
    });
    assert_eq!(
        desk.refuse_from(BEN_SIGNED_IN, anns),
        Refusal::NotPermitted { grant }
    );
    usual(&mut desk, Some(BEN));
    desk.by(BEN_SIGNED_IN, renamed("Lee", 0))
        .expect("his own client");
    let mut open = Desk::new();
    open.by(BEN_SIGNED_IN, renamed("Lee", 0))
        .expect("nobody's client yet");
    let unknown = EditClient {
        client: NEW,
        ..renamed("Lee", 0)
    };
    assert_eq!(
        desk.refuse(unknown),
        Refusal::NotFound {
            what: Thing::Client
        }
    );
}

#[test]
fn giving_a_client_away_needs_its_own_grant() {
    let to = |therapist| EditClient {
        usual_therapist: Some(therapist),
        ..edit_client()
    };
    let mut desk = Desk::new();
    desk.edit_client(|maya| maya.facts.usual_therapist = Some(BEN));
    let grant = Grant::ReassignClients;
    for other in [Some(ANN), None] {
        assert_eq!(
            desk.refuse_from(BEN_SIGNED_IN, to(other)),
            Refusal::NotPermitted { grant }
        );
    }
    assert_eq!(
        desk.by(BEN_SIGNED_IN, to(Some(BEN)))
            .expect("no change")
            .flags,
        [Flag::AlreadySo]
    );
    desk.accept(to(Some(ANN)));
    assert_eq!(desk.client(MAYA).facts.usual_therapist, Some(ANN));
}
