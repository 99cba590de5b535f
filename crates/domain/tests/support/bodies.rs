//! What a person can want, with everything but what a test is about filled in.

use super::people::*;
use super::times::{date, span};
use safetalk_domain::intent::*;
use safetalk_domain::*;
use uuid::Uuid;

/// `Ann` in room 1 at `at`.
pub fn with_ann(at: Interval) -> Slot {
    slot(at, ANN, Place::Room(ROOM_1))
}

pub fn slot(at: Interval, therapist: TherapistId, place: Place) -> Slot {
    Slot {
        at,
        place,
        therapist,
        co_therapists: Vec::new(),
        place_text: None,
    }
}

pub fn anyway(reason: Option<&str>) -> Anyway {
    Anyway {
        anyway: true,
        reason: reason.map(str::to_owned),
    }
}

pub fn book(session: SessionId, slot: Slot) -> BookSession {
    BookSession {
        session,
        client: MAYA,
        more_clients: Vec::new(),
        service: TALK,
        slot,
        price: Some(ringgit(150)),
        invoice: None,
        bill: None,
        notify: true,
        anyway: Anyway::default(),
    }
}

pub fn series(slots: Vec<Slot>) -> BookSeries {
    BookSeries {
        series: SeriesId(Uuid::from_u128(0x5e)),
        client: MAYA,
        more_clients: Vec::new(),
        service: TALK,
        sessions: (1..).map(session_id).zip(slots).collect(),
        price: None,
        invoices: Vec::new(),
        bill: None,
        notify: true,
        anyway: Anyway::default(),
    }
}

/// Takes [`series`] back.
pub fn cancel_series(n: u128) -> CancelSeries {
    CancelSeries {
        series: SeriesId(Uuid::from_u128(0x5e)),
        sessions: (1..=n).map(session_id).collect(),
        by: CancelledBy::Clinic,
        notify: true,
    }
}

pub fn cancel(session: SessionId) -> CancelSession {
    CancelSession {
        session,
        remark: None,
        remark_to_client: false,
        by: CancelledBy::Client,
        invoice: InvoiceFate::Keep,
        bill: None,
        notify: true,
    }
}

pub fn restore(session: SessionId) -> RestoreSession {
    RestoreSession {
        session,
        notify: true,
        anyway: Anyway::default(),
    }
}

/// A reschedule by someone who looks at the session as it stands.
pub fn reschedule(session: &Session, to: Slot) -> RescheduleSession {
    RescheduleSession {
        session: session.id,
        guard: session.facts.guard(),
        to,
        notify: true,
        hold_seconds: 0,
        anyway: Anyway::default(),
    }
}

pub fn lengthen(session: &Session, end: Moment) -> ModifyDuration {
    ModifyDuration {
        session: session.id,
        guard: session.facts.guard(),
        end,
        notify: true,
        invoice: None,
        anyway: Anyway::default(),
    }
}

pub fn extension(n: u128, amount: Money, send: &[Channel]) -> ExtensionInvoice {
    ExtensionInvoice {
        invoice: invoice_id(n),
        amount,
        due: date("2026-03-09"),
        text: "Added time".to_owned(),
        send: send.to_vec(),
        bill: None,
    }
}

pub fn no_show(session: SessionId) -> MarkNoShow {
    MarkNoShow {
        session,
        invoice: InvoiceFate::Keep,
        bill: None,
        free_rest: false,
    }
}

pub fn undo_no_show(session: SessionId) -> UndoNoShow {
    UndoNoShow { session }
}

pub fn remind(session: SessionId, channel: Channel) -> SendReminder {
    SendReminder {
        session,
        channel,
        again: false,
        client: None,
    }
}

pub fn time_off(n: u128, owner: Owner, at: Interval) -> AddTimeOff {
    AddTimeOff {
        time_off: time_off_id(n),
        owner,
        at,
        label: "Leave".to_owned(),
    }
}

/// "I told them myself", of everyone who comes.
pub fn told_myself(session: SessionId) -> TellPersonally {
    TellPersonally {
        session,
        client: None,
    }
}

pub fn draft(n: u128, session: Option<SessionId>) -> DraftInvoice {
    DraftInvoice {
        invoice: invoice_id(n),
        client: MAYA,
        session,
        amount: ringgit(150),
        due: None,
        text: String::new(),
    }
}

pub fn edit_client() -> EditClient {
    EditClient {
        client: MAYA,
        full_name: None,
        called: None,
        email: None,
        phones: None,
        guardian: None,
        guardian_receives: None,
        may_email: None,
        may_whatsapp: None,
        do_not_contact: None,
        language: None,
        usual_therapist: None,
        usual_service: None,
        usual_room: None,
        archived: None,
        read_at: None,
    }
}

/// Maya and Jon with Ann and Ben, in room 1 at `at`.
pub fn together(session: SessionId, at: Interval) -> BookSession {
    BookSession {
        more_clients: vec![JON],
        ..book(
            session,
            Slot {
                co_therapists: vec![BEN],
                ..with_ann(at)
            },
        )
    }
}

/// A session with Ann in room 1 on Tuesday at 10:00, booked by the owner without telling anyone.
pub fn tuesday_at_ten() -> BookSession {
    BookSession {
        notify: false,
        ..book(first(), with_ann(span("2026-03-03 10:00", 50)))
    }
}

/// Somebody new at the clinic, who may do nothing yet.
pub fn new_member(n: u128) -> SaveMember {
    SaveMember {
        member: MemberId(Uuid::from_u128(0x2a00 + n)),
        guard: None,
        name: "Cara".to_owned(),
        grants: [].into(),
        therapist: None,
    }
}

/// The form of a member, as it opens.
pub fn save_as_is(desk: &super::Desk, member: MemberId) -> SaveMember {
    let known = &desk.world().members[&member];
    SaveMember {
        member,
        guard: Some(known.facts.guard()),
        name: "Somebody".to_owned(),
        grants: known.facts.grants.clone(),
        therapist: known.facts.therapist,
    }
}

/// Any of the bodies, so that a test names only what it is about.
pub trait Wish {
    fn body(self) -> Body;
}

macro_rules! wishes {
    ($($name:ident)*) => {$(
        impl Wish for $name {
            fn body(self) -> Body {
                Body::$name(self)
            }
        }
    )*};
}

wishes! {
    SetUpClinic EditClinic SaveTherapist SaveRoom SaveService SetHours AddTimeOff RemoveTimeOff AddClient EditClient
    BookSession BookSeries CancelSeries CancelSession RestoreSession RescheduleSession ModifyDuration MarkNoShow UndoNoShow
    ConfirmSession AddRemark SendReminder RecordWhatsapp TellPersonally RetryNotice DropNotice DraftInvoice
    IssueInvoice PayInvoice VoidInvoice SendInvoice RecordDelivery SaveMember SetStanding ReassignClients SetPlan
}

/// A body of a kind that is only known when the test runs.
pub struct Raw(pub Body);

impl Wish for Raw {
    fn body(self) -> Body {
        self.0
    }
}
