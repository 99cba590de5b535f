//! Who is there: a clinic in Kuala Lumpur, open every day from 09:00 to 18:00.

use super::times::{kl, zone};
use safetalk_domain::*;
use std::collections::BTreeSet;
use uuid::Uuid;

pub const CLINIC: ClinicId = ClinicId(Uuid::from_u128(0x10));
/// Has every grant and is therapist Ann.
pub const OWNER: MemberId = MemberId(Uuid::from_u128(0x20));
/// Is therapist Ben, with the grant on own sessions only.
pub const BEN_SIGNED_IN: MemberId = MemberId(Uuid::from_u128(0x21));
/// At the front desk: everyone's sessions, no therapist, may not book outside availability.
pub const DESK: MemberId = MemberId(Uuid::from_u128(0x22));
pub const NOBODY: MemberId = MemberId(Uuid::from_u128(0x2f));
pub const ANN: TherapistId = TherapistId(Uuid::from_u128(0x30));
pub const BEN: TherapistId = TherapistId(Uuid::from_u128(0x31));
/// Needs nothing after a session.
pub const ROOM_1: RoomId = RoomId(Uuid::from_u128(0x40));
/// Needs 15 minutes after a session.
pub const ROOM_2: RoomId = RoomId(Uuid::from_u128(0x41));
/// 50 minutes, may be online, no buffers.
pub const TALK: ServiceId = ServiceId(Uuid::from_u128(0x50));
/// 60 minutes, in a room only.
pub const PLAY: ServiceId = ServiceId(Uuid::from_u128(0x51));
/// May be mailed and written to by WhatsApp.
pub const MAYA: ClientId = ClientId(Uuid::from_u128(0x60));

/// As easily reached as Maya.
pub const JON: ClientId = ClientId(Uuid::from_u128(0x61));

pub fn session_id(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(0x7000 + n))
}

pub fn invoice_id(n: u128) -> InvoiceId {
    InvoiceId(Uuid::from_u128(0x8000 + n))
}

pub fn time_off_id(n: u128) -> TimeOffId {
    TimeOffId(Uuid::from_u128(0x9000 + n))
}

/// The first session of a test.
pub fn first() -> SessionId {
    session_id(1)
}

pub fn ringgit(amount: i64) -> Money {
    Money::new(amount * 100, Currency::MYR)
}

pub fn everyone() -> Vec<Row> {
    vec![
        clinic().into(),
        member(OWNER, Some(ANN), &Grant::ALL).into(),
        member(BEN_SIGNED_IN, Some(BEN), &[Grant::OwnSessions]).into(),
        member(DESK, None, &[Grant::OrganisationSessions]).into(),
        therapist(ANN).into(),
        therapist(BEN).into(),
        room(ROOM_1, 0).into(),
        room(ROOM_2, 15).into(),
        service(TALK, 50, true).into(),
        service(PLAY, 60, false).into(),
        maya().into(),
        jon().into(),
        every_day(Owner::Clinic(CLINIC), 9 * 60, 18 * 60).into(),
    ]
}

pub fn clinic() -> Clinic {
    Clinic {
        id: CLINIC,
        facts: ClinicFacts {
            country: "MY".to_owned(),
            zone: zone("Asia/Kuala_Lumpur"),
            currency: Currency::MYR,
            first_weekday: 0,
            plan: Plan::FULL,
            mail_ready: true,
            mail_since: None,
            demo: false,
            due_days: 7,
            next_invoice: 1,
            late_cancel_hours: 24,
            late_cancel_fee: Some(ringgit(80)),
            no_show_fee: Some(ringgit(90)),
        },
        details: ClinicDetails {
            name: "Harbour Clinic".to_owned(),
            invoice_prefix: "INV-".to_owned(),
            ..ClinicDetails::default()
        },
    }
}

pub fn member(id: MemberId, therapist: Option<TherapistId>, grants: &[Grant]) -> Member {
    Member {
        id,
        facts: MemberFacts {
            grants: grants.iter().copied().collect::<BTreeSet<_>>(),
            standing: Standing::Active,
            therapist,
        },
        details: MemberDetails::default(),
    }
}

pub fn therapist(id: TherapistId) -> Therapist {
    Therapist {
        id,
        facts: TherapistFacts {
            buffer_minutes: 0,
            archived: false,
        },
        details: TherapistDetails {
            name: Detail::new("Ann".to_owned()),
            hue: Hue::Sky,
            link: None,
        },
    }
}

pub fn room(id: RoomId, turnover_minutes: u16) -> Room {
    Room {
        id,
        facts: RoomFacts {
            turnover_minutes,
            archived: false,
        },
        details: RoomDetails {
            name: Detail::new("Room".to_owned()),
            note: None,
        },
    }
}

pub fn service(id: ServiceId, minutes: u16, may_be_online: bool) -> Service {
    Service {
        id,
        facts: ServiceFacts {
            minutes,
            price: Some(ringgit(150)),
            buffer_before: 0,
            buffer_after: 0,
            may_be_online,
            step_minutes: 15,
            archived: false,
        },
        details: ServiceDetails {
            name: Detail::new("Talk".to_owned()),
        },
    }
}

pub fn maya() -> Client {
    let consent = Some(Consent {
        at: kl("2026-01-05 10:00"),
        by: OWNER,
    });
    Client {
        id: MAYA,
        facts: ClientFacts {
            may_email: consent,
            may_whatsapp: consent,
            has_email: true,
            has_phone: true,
            ..ClientFacts::default()
        },
        details: ClientDetails {
            full_name: Detail::new("Maya Tan".to_owned()),
            called: Detail::new("Maya".to_owned()),
            email: Detail::new(Some("maya@example.org".to_owned())),
            phones: Detail::new(vec!["+60123456789".to_owned()]),
            guardian: Detail::new(None),
        },
    }
}

pub fn jon() -> Client {
    let mut jon = maya();
    jon.id = JON;
    jon.details.full_name = Detail::new("Jon Lim".to_owned());
    jon.details.called = Detail::new("Jon".to_owned());
    jon.details.email = Detail::new(Some("jon@example.org".to_owned()));
    jon
}

pub fn every_day(owner: Owner, from: u16, to: u16) -> Hours {
    Hours {
        owner,
        week: (0..7)
            .map(|weekday| WeekSpan { weekday, from, to })
            .collect(),
        given_up: false,
    }
}
