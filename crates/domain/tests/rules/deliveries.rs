//! What becomes of a message: drafts a person sends, steps the courier records, and what a person may say of it.

use super::notices::{stands, told, waiting};
use crate::support::*;
use NoticeState::{
    Draft, Expired, Failed, OnHold, Opened, Queued, Sending, Sent, Uncertain, Withdrawn,
};
use safetalk_domain::actions::Denial;
use safetalk_domain::decide::too_late;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::Thing;
use safetalk_domain::*;
use uuid::Uuid;

fn drafted() -> (Desk, NoticeId) {
    let mut desk = told();
    desk.accept(remind(first(), Channel::Whatsapp));
    let draft = desk.queued().expect("a draft");
    assert_eq!(draft.facts.state, Draft, "a person sends it");
    (desk, draft.id)
}

#[test]
fn a_whatsapp_draft_is_sent_only_when_a_person_says_so() {
    let (mut desk, notice) = drafted();
    let before = desk.told(first());
    desk.later(1);
    desk.accept(RecordWhatsapp {
        notice,
        became: WhatsappBecame::Opened,
        rendered: None,
    });
    assert_eq!(
        (stands(&desk, notice), desk.told(first())),
        ((Opened, None), before)
    );
    desk.later(1);
    desk.accept(RecordWhatsapp {
        notice,
        became: WhatsappBecame::Sent,
        rendered: None,
    });
    assert_eq!(stands(&desk, notice), (Sent, None));
    assert_eq!(
        desk.told(first()).expect("told").how,
        TellHow::Notice(notice)
    );
    let sent = desk.refuse(RecordWhatsapp {
        notice,
        became: WhatsappBecame::NotSent,
        rendered: None,
    });
    assert_eq!(sent, Refusal::NoticeState { state: Sent });
}

#[test]
fn what_whatsapp_was_opened_with_is_kept_and_where_it_went_stands_in_the_history() {
    let (mut desk, notice) = drafted();
    let opened = |to: &str, text: &str| RecordWhatsapp {
        notice,
        became: WhatsappBecame::Opened,
        rendered: Some(Rendered {
            to: to.to_owned(),
            subject: String::new(),
            text: text.to_owned(),
        }),
    };
    desk.accept(opened("+60123456789", "See you on Tuesday"));
    // Another number since: the line of the first one still says where that went.
    desk.accept(opened("+60129999999", "See you on Tuesday, Maya"));
    desk.accept(RecordWhatsapp {
        notice,
        became: WhatsappBecame::Sent,
        rendered: None,
    });
    let kept = desk.notice(notice).details;
    assert_eq!(kept.to.as_deref(), Some("+60129999999"));
    assert_eq!(kept.text.as_deref(), Some("See you on Tuesday, Maya"));
    let mut went: Vec<(NoticeState, Option<String>)> = desk
        .history()
        .into_iter()
        .filter_map(|what| match what {
            Happened::NoticeMoved {
                notice: of,
                to,
                address,
                ..
            } if of == notice => Some((to, address)),
            _ => None,
        })
        .collect();
    went.sort();
    assert_eq!(
        went,
        [
            (Opened, Some("+60123456789".to_owned())),
            (Opened, Some("+60129999999".to_owned())),
            (Sent, Some("+60129999999".to_owned())),
        ]
    );
}

#[test]
fn a_draft_recorded_as_sent_late_does_not_hide_what_the_client_was_told_since() {
    let (mut desk, notice) = drafted();
    desk.accept(RecordWhatsapp {
        notice,
        became: WhatsappBecame::Opened,
        rendered: None,
    });
    desk.later(1);
    let session = desk.session(first());
    desk.accept(reschedule(&session, with_ann(span("2026-03-04 10:00", 50))));
    let moved = desk.queued().expect("news").id;
    desk.deliver(moved);
    let knows = desk.told(first());
    desk.later(1);
    desk.accept(RecordWhatsapp {
        notice,
        became: WhatsappBecame::Sent,
        rendered: None,
    });
    assert_eq!(stands(&desk, notice), (Sent, None));
    assert_eq!(desk.told(first()), knows, "they heard of Wednesday since");
    desk.later(1);
    let session = desk.session(first());
    desk.accept(reschedule(&session, with_ann(span("2026-03-03 10:00", 50))));
    assert!(
        desk.queued().is_some(),
        "back on Tuesday is news, or they come on Wednesday"
    );
}

#[test]
fn a_draft_is_not_opened_for_a_client_who_may_not_be_written_to() {
    type Change = fn(&mut Client);
    let cases: [(Change, NoReach); 2] = [
        (
            |maya| maya.facts.do_not_contact = true,
            NoReach::DoNotContact,
        ),
        (|maya| maya.facts.may_whatsapp = None, NoReach::NoConsent),
    ];
    for (change, why) in cases {
        let (mut desk, notice) = drafted();
        desk.edit_client(change);
        let channel = Channel::Whatsapp;
        assert_eq!(
            desk.refuse(RecordWhatsapp {
                notice,
                became: WhatsappBecame::Opened,
                rendered: None,
            }),
            Refusal::NoReach { channel, why }
        );
    }
}

#[test]
fn a_draft_that_could_not_be_opened_is_a_draft_as_before() {
    let (mut desk, notice) = drafted();
    let record = |became| RecordWhatsapp {
        notice,
        became,
        rendered: None,
    };
    assert_eq!(
        desk.refuse(record(WhatsappBecame::NotOpened)),
        Refusal::NoticeState { state: Draft }
    );
    desk.accept(record(WhatsappBecame::Opened));
    desk.accept(record(WhatsappBecame::NotOpened));
    assert_eq!(stands(&desk, notice), (Draft, None));
    assert!(!desk.notice(notice).facts.may_have_arrived());
}

#[test]
fn a_draft_that_was_not_sent_is_given_up() {
    let (mut desk, notice) = drafted();
    desk.accept(RecordWhatsapp {
        notice,
        became: WhatsappBecame::NotSent,
        rendered: None,
    });
    assert_eq!(
        stands(&desk, notice),
        (Withdrawn, Some(NoticeCause::Dropped))
    );
}

#[test]
fn a_draft_expires_when_the_session_it_reminds_of_starts_opened_or_not() {
    for (opened, cause) in [
        (false, NoticeCause::TooLate),
        (true, NoticeCause::NeverConfirmed),
    ] {
        let (mut desk, notice) = drafted();
        let record = |became| RecordWhatsapp {
            notice,
            became,
            rendered: None,
        };
        if opened {
            desk.accept(record(WhatsappBecame::Opened));
        }
        let facts = desk.notice(notice).facts;
        assert_eq!(too_late(&facts, kl("2026-03-03 09:59")), None);
        assert_eq!(too_late(&facts, kl("2026-03-03 10:00")), Some(cause));
        desk.now = kl("2026-03-03 10:00");
        desk.courier_because(notice, Expired, Some(cause))
            .expect("its time has passed");
        let facts = desk.notice(notice).facts;
        assert_eq!(
            facts.may_have_arrived(),
            opened,
            "what was opened may have gone, and that is not denied"
        );
        // Whoever did it in time may still say so.
        assert_eq!(
            desk.refuse(record(WhatsappBecame::Opened)),
            Refusal::NoticeState { state: Expired },
            "it is not opened any more"
        );
        desk.made_at = Some(kl("2026-03-03 09:58"));
        desk.accept(record(WhatsappBecame::Opened));
        desk.accept(record(WhatsappBecame::Sent));
        assert_eq!(stands(&desk, notice), (Sent, None));
        assert_eq!(
            desk.told(first()).expect("told").how,
            TellHow::Notice(notice)
        );
    }
}

#[test]
fn an_invoice_draft_waits_as_long_as_it_is_owed() {
    let mut desk = told();
    desk.accept(draft(1, Some(first())));
    desk.accept(IssueInvoice {
        invoice: invoice_id(1),
    });
    desk.accept(SendInvoice {
        invoice: invoice_id(1),
        channel: Channel::Whatsapp,
    });
    let bill = desk.queued().expect("a draft").facts;
    assert_eq!(
        too_late(&bill, kl("2027-03-03 10:00")),
        None,
        "money is owed after the session too"
    );
}

#[test]
fn a_mail_is_not_a_whatsapp_draft_and_the_courier_takes_no_draft() {
    let mut desk = waiting();
    let mail = desk.queued().expect("waits").id;
    let refusal = desk.refuse(RecordWhatsapp {
        notice: mail,
        became: WhatsappBecame::Sent,
        rendered: None,
    });
    assert_eq!(refusal, Refusal::NoticeState { state: Queued });
    let (mut desk, draft) = drafted();
    for state in [Queued, Sending, Sent, Failed, Uncertain] {
        let refusal = desk.courier(draft, state).expect_err("a person sends it");
        assert_eq!(refusal, Refusal::NoticeState { state: Draft });
    }
}

const ALL: [NoticeState; 10] = [
    OnHold, Queued, Draft, Opened, Sending, Sent, Failed, Uncertain, Withdrawn, Expired,
];

fn set(desk: &mut Desk, id: NoticeId, state: NoticeState) {
    let mut notice = desk.notice(id);
    notice.facts.state = state;
    desk.put(notice);
}

#[test]
fn the_courier_records_only_steps_that_can_happen() {
    let allowed: &[(NoticeState, &[NoticeState])] = &[
        (OnHold, &[Queued, Sending, Withdrawn, Expired, Failed]),
        (Queued, &[Queued, Sending, Withdrawn, Expired, Failed]),
        (
            Sending,
            &[Queued, Sent, Failed, Uncertain, Withdrawn, Expired],
        ),
        (Draft, &[Expired]),
        (Opened, &[Expired]),
    ];
    for from in ALL {
        for to in ALL {
            let mut desk = waiting();
            let id = desk.queued().expect("waits").id;
            set(&mut desk, id, from);
            let may = allowed
                .iter()
                .any(|(state, next)| *state == from && next.contains(&to));
            let result = desk.courier(id, to).map(drop);
            let expected = if may {
                Ok(())
            } else {
                Err(Refusal::NoticeState { state: from })
            };
            assert_eq!(result, expected, "{from:?} to {to:?}");
            assert_eq!(desk.notice(id).facts.state, if may { to } else { from });
            assert_eq!(
                desk.told(first()).is_some(),
                may && to == Sent,
                "known when sent"
            );
        }
    }
}

#[test]
fn the_courier_writes_down_what_it_rendered_and_when_it_tries_again() {
    let mut desk = waiting();
    let notice = desk.queued().expect("waits").id;
    desk.courier(notice, Sending).expect("taken");
    let later = desk.now.plus_minutes(5);
    let body = RecordDelivery {
        with: Vec::new(),
        notice,
        state: Queued,
        cause: Some(NoticeCause::ServerBusy),
        not_before: Some(later),
        counted: true,
        rendered: Some(Rendered {
            to: "maya@example.org".to_owned(),
            subject: "Your appointment".to_owned(),
            text: "Tuesday".to_owned(),
        }),
    };
    desk.act(Actor::Courier, body.body()).expect("a back-off");
    let stored = desk.notice(notice);
    assert_eq!(
        (stored.facts.not_before, stored.facts.cause),
        (later, Some(NoticeCause::ServerBusy))
    );
    assert_eq!(
        stored.details.text.as_deref(),
        Some("Tuesday"),
        "a retry is byte-equal"
    );
    assert!(stored.facts.attempts > 0);
    desk.courier(notice, Sending).expect("again");
    assert_eq!(desk.notice(notice).details, stored.details);
}

#[test]
fn a_demo_clinic_shows_the_message_and_the_client_counts_as_told() {
    let mut desk = waiting();
    let notice = desk.queued().expect("waits").id;
    desk.courier_because(notice, Withdrawn, Some(NoticeCause::Demo))
        .expect("shown");
    assert!(desk.told(first()).is_some());
}

#[test]
fn a_demo_clinic_closes_a_draft_that_it_showed() {
    let (mut desk, notice) = drafted();
    desk.courier_because(notice, Withdrawn, Some(NoticeCause::Demo))
        .expect("shown");
    assert_eq!(stands(&desk, notice), (Withdrawn, Some(NoticeCause::Demo)));
    assert_eq!(
        desk.told(first()).expect("told").how,
        TellHow::Notice(notice)
    );
}

#[test]
fn a_person_may_try_again_what_failed_is_uncertain_or_waits() {
    for state in ALL {
        let mut desk = waiting();
        let id = desk.queued().expect("waits").id;
        set(&mut desk, id, state);
        let result = desk.by(OWNER, RetryNotice { notice: id }).map(drop);
        let may = matches!(state, Failed | Uncertain | Queued | OnHold);
        let expected = if may {
            Ok(())
        } else {
            Err(Refusal::NoticeState { state })
        };
        assert_eq!(result, expected, "retry {state:?}");
        if may {
            let facts = desk.notice(id).facts;
            assert_eq!(
                (facts.state, facts.cause, facts.attempts),
                (Queued, None, 0)
            );
            assert_eq!(facts.not_before, desk.now);
            assert_eq!(
                facts.round,
                u32::from(state == Failed || state == Uncertain),
                "{state:?}: what never came to its end is the same promise"
            );
        }
    }
}

#[test]
fn a_person_may_give_up_whatever_is_neither_gone_nor_settled() {
    for state in ALL {
        let mut desk = waiting();
        let id = desk.queued().expect("waits").id;
        set(&mut desk, id, state);
        let result = desk.by(OWNER, DropNotice { notice: id }).map(drop);
        let settled = matches!(state, Sending | Sent | Withdrawn);
        let expected = if settled {
            Err(Refusal::NoticeState { state })
        } else {
            Ok(())
        };
        assert_eq!(result, expected, "drop {state:?}");
    }
}

#[test]
fn trying_again_asks_again_whether_the_client_may_be_written_to() {
    type Change = fn(&mut Desk);
    let channel = Channel::Email;
    let cases: [(Change, Refusal); 2] = [
        (
            |desk| desk.edit_client(|maya| maya.facts.may_email = None),
            Refusal::NoReach {
                channel,
                why: NoReach::NoConsent,
            },
        ),
        (
            |desk| desk.edit_clinic(|clinic| clinic.facts.plan.email = false),
            Refusal::Denied {
                denial: Denial::Plan { channel },
            },
        ),
    ];
    for (change, expected) in cases {
        let mut desk = waiting();
        let notice = desk.queued().expect("waits").id;
        desk.courier(notice, Failed).expect("failed");
        change(&mut desk);
        assert_eq!(desk.refuse(RetryNotice { notice }), expected);
    }
}

#[test]
fn the_courier_takes_nothing_for_a_client_who_may_no_longer_be_written_to() {
    let mut desk = waiting();
    let notice = desk.queued().expect("waits").id;
    desk.edit_client(|maya| maya.facts.do_not_contact = true);
    let refusal = Refusal::NoReach {
        channel: Channel::Email,
        why: NoReach::DoNotContact,
    };
    assert_eq!(desk.courier(notice, Sending), Err(refusal));
    assert_eq!(stands(&desk, notice), (Queued, None));
}

#[test]
fn messages_belong_to_whoever_may_act_on_the_session() {
    let mut desk = waiting();
    let notice = desk.queued().expect("waits").id;
    let refusal = Refusal::NotPermitted {
        grant: Grant::OrganisationSessions,
    };
    for body in [
        RetryNotice { notice }.body(),
        DropNotice { notice }.body(),
        RecordWhatsapp {
            notice,
            became: WhatsappBecame::Sent,
            rendered: None,
        }
        .body(),
        told_myself(first()).body(),
        remind(first(), Channel::Email).body(),
    ] {
        assert_eq!(desk.refuse_from(BEN_SIGNED_IN, Raw(body)), refusal);
    }
}

#[test]
fn a_message_that_does_not_exist_is_named() {
    let notice = NoticeId(Uuid::from_u128(1));
    let missing = Refusal::NotFound {
        what: Thing::Notice,
    };
    let mut desk = Desk::new();
    assert_eq!(desk.refuse(RetryNotice { notice }), missing);
    assert_eq!(desk.refuse(DropNotice { notice }), missing);
    assert_eq!(
        desk.refuse(RecordWhatsapp {
            notice,
            became: WhatsappBecame::Sent,
            rendered: None,
        }),
        missing
    );
    assert_eq!(desk.courier(notice, Sent), Err(missing));
}
