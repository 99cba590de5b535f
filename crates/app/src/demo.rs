//! The demo clinic: a made-up place to look around in, the same for everyone on the same day.

use crate::founding::{Founding, member, room, service, therapist};
use chrono::{Days, NaiveDate};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use safetalk_domain::intent::*;
use safetalk_domain::*;
use uuid::Uuid;

/// The same clinic for everyone.
const SEED: u64 = 0x5AFE_7A1C;
/// Clients of the demo.
const CLIENTS: usize = 60;
/// The group meets on this day of the week, 0 = Monday, …
const GROUP_WEEKDAY: u8 = 3;
/// … from this minute of the day …
const GROUP_FROM: u16 = 16 * 60 + 30;
/// … for this long.
const GROUP_MINUTES: u16 = 90;
/// Clients of the group.
const GROUP: [usize; 5] = [3, 14, 25, 36, 47];
/// Sessions reach this far back and ahead. Days.
const REACH_DAYS: u64 = 45;

const THERAPISTS: [(&str, Hue); 4] = [
    ("Aisyah Rahman", Hue::Sky),
    ("Daniel Lim", Hue::Violet),
    ("Priya Nair", Hue::Clay),
    ("Farid Hassan", Hue::Plum),
];
const ROOMS: [(&str, &str, u16); 4] = [
    ("Willow", "Ground floor, step-free", 10),
    ("Cedar", "First floor", 10),
    ("Maple", "Ground floor, for children", 15),
    ("Orchid", "First floor", 5),
];
const GIVEN: [&str; 20] = [
    "Nurul", "Wei Ling", "Arjun", "Siti", "Mei", "Hafiz", "Kavitha", "Jun", "Aina", "Suresh",
    "Hui Min", "Amir", "Lakshmi", "Zara", "Kelvin", "Fatimah", "Ravi", "Xin Yi", "Imran", "Grace",
];
const FAMILY: [&str; 15] = [
    "Abdullah", "Tan", "Krishnan", "Ismail", "Wong", "Osman", "Pillai", "Lee", "Yusof", "Chong",
    "Menon", "Ibrahim", "Ng", "Kaur", "Ahmad",
];

/// The demo's first intents around `now`.
pub fn founding(id: Uuid, language: Language, now: Moment) -> Founding {
    let mut maker = Maker {
        random: StdRng::seed_from_u64(SEED),
        root: id,
        made: 0,
    };
    let zone: Zone = "Asia/Kuala_Lumpur".parse().unwrap_or(Zone::UTC);
    let mut clinic = Clinic::beginning(
        ClinicId(id),
        "Willow Street Clinic".to_owned(),
        "MY".to_owned(),
        zone,
        Currency::MYR,
        0,
    );
    clinic.facts.demo = true;
    clinic.facts.mail_ready = true;
    clinic.facts.late_cancel_hours = 24;
    clinic.facts.late_cancel_fee = Some(Money::new(9_000, Currency::MYR));
    clinic.details.phone = Some("+60355550100".to_owned());
    clinic.details.from_address = Some("hello@willow.example".to_owned());
    clinic.details.payment_text = Some("DuitNow: 0355550100\nWillow Street Clinic".to_owned());
    let therapists: Vec<Therapist> = THERAPISTS
        .iter()
        .map(|(name, hue)| therapist(TherapistId(maker.id()), name, *hue, 0))
        .collect();
    let rooms: Vec<Room> = ROOMS
        .iter()
        .map(|(name, note, turnover)| room(RoomId(maker.id()), name, Some(note), *turnover))
        .collect();
    let price = |ringgit: i64| Some(Money::new(ringgit * 100, Currency::MYR));
    let mut services = vec![
        service(
            ServiceId(maker.id()),
            "Individual therapy",
            50,
            price(180),
            true,
        ),
        service(
            ServiceId(maker.id()),
            "Couples therapy",
            80,
            price(280),
            false,
        ),
        service(
            ServiceId(maker.id()),
            "First consultation",
            60,
            price(220),
            true,
        ),
    ];
    let group = service(
        ServiceId(safetalk_domain::id::derive(id, "demo", "group")),
        "Group therapy",
        GROUP_MINUTES,
        price(90),
        false,
    );
    let mut hours = vec![Hours {
        owner: Owner::Clinic(ClinicId(id)),
        week: week(&[(9 * 60, 13 * 60), (14 * 60, 18 * 60)], 0..5),
        given_up: false,
    }];
    // One begins late and works Sundays, one begins early and works Saturdays: a calendar where everyone is alike
    // teaches nothing, and whoever looks around on a weekend finds a day with sessions.
    let mut late = week(&[(11 * 60, 14 * 60), (15 * 60, 20 * 60)], 0..5);
    late.extend(week(&[(10 * 60, 13 * 60), (14 * 60, 21 * 60)], 6..7));
    hours.push(Hours {
        owner: Owner::Therapist(therapists[1].id),
        week: late,
        given_up: false,
    });
    hours.push(Hours {
        owner: Owner::Therapist(therapists[3].id),
        week: week(&[(8 * 60, 12 * 60), (13 * 60, 16 * 60)], 0..6),
        given_up: false,
    });
    let me = member(THERAPISTS[0].0, Some(therapists[0].id));
    let mut then = maker.clients(&therapists, &services, &rooms, language);
    let clients: Vec<ClientId> = then
        .iter()
        .filter_map(|body| match body {
            Body::AddClient(add) => Some(add.client),
            _ => None,
        })
        .collect();
    then.push(maker.leave(zone, now, therapists[2].id));
    then.extend(maker.sessions(zone, now, &therapists, &rooms, &services, &clients, &hours));
    then.extend(groups(
        id,
        zone,
        now,
        &therapists,
        &rooms[0],
        &group,
        &clients,
    ));
    services.push(group);
    Founding {
        set_up: SetUpClinic {
            clinic,
            member: me,
            therapists,
            rooms,
            services,
            hours,
        },
        then,
    }
}

/// A group that two therapists lead every week.
fn groups(
    root: Uuid,
    zone: Zone,
    now: Moment,
    therapists: &[Therapist],
    room: &Room,
    service: &Service,
    clients: &[ClientId],
) -> Vec<Body> {
    let today = zone.date(now);
    let first = today
        .checked_sub_days(Days::new(REACH_DAYS))
        .unwrap_or(today);
    let dates = first
        .iter_days()
        .take(usize::try_from(REACH_DAYS * 2).unwrap_or(90))
        .filter(|date| Zone::weekday(*date) == GROUP_WEEKDAY);
    dates
        .map(|date| {
            let start = zone.earliest(date, GROUP_FROM);
            let id = safetalk_domain::id::derive(root, "demo", &format!("group/{date}"));
            Body::BookSession(BookSession {
                session: SessionId(id),
                client: clients[GROUP[0]],
                more_clients: GROUP[1..].iter().map(|n| clients[*n]).collect(),
                service: service.id,
                slot: Slot {
                    at: Interval::new(start, start.plus_minutes(GROUP_MINUTES.into())),
                    place: Place::Room(room.id),
                    therapist: therapists[1].id,
                    co_therapists: vec![therapists[0].id],
                    place_text: None,
                },
                price: service.facts.price,
                invoice: None,
                bill: None,
                notify: false,
                anyway: Anyway {
                    anyway: true,
                    reason: Some("demo".to_owned()),
                },
            })
        })
        .collect()
}

fn week(spans: &[(u16, u16)], days: std::ops::Range<u8>) -> Vec<WeekSpan> {
    days.flat_map(|weekday| {
        spans.iter().map(move |(from, to)| WeekSpan {
            weekday,
            from: *from,
            to: *to,
        })
    })
    .collect()
}

struct Maker {
    random: StdRng,
    root: Uuid,
    made: u32,
}

impl Maker {
    /// The next id: of the clinic, so that two demo clinics never share one.
    fn id(&mut self) -> Uuid {
        self.made += 1;
        safetalk_domain::id::derive(self.root, "demo", &self.made.to_string())
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        list.choose(&mut self.random).unwrap_or(&list[0])
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn clients(
        &mut self,
        therapists: &[Therapist],
        services: &[Service],
        rooms: &[Room],
        language: Language,
    ) -> Vec<Body> {
        (0..CLIENTS)
            .map(|n| {
                let given = GIVEN[n % GIVEN.len()];
                let family = FAMILY[(n * 7 + n / GIVEN.len()) % FAMILY.len()];
                let reachable = self.chance(90);
                let record = ClientRecord {
                    full_name: format!("{given} {family}"),
                    called: given.to_owned(),
                    email: reachable.then(|| format!("client{n:02}@demo.example")),
                    // 012-000 xxxx is not given to anyone.
                    phones: vec![format!("+60120000{n:03}")],
                    may_email: reachable,
                    may_whatsapp: self.chance(70),
                    do_not_contact: n == 41,
                    language,
                    usual_therapist: Some(self.one(therapists).id),
                    usual_service: Some(services[0].id),
                    usual_room: Some(self.one(rooms).id),
                    ..ClientRecord::default()
                };
                Body::AddClient(AddClient {
                    client: ClientId(self.id()),
                    record,
                })
            })
            .collect()
    }

    /// A day of leave next week.
    fn leave(&mut self, zone: Zone, now: Moment, therapist: TherapistId) -> Body {
        let day = zone
            .date(now)
            .checked_add_days(Days::new(8))
            .unwrap_or(zone.date(now));
        let at = zone.day(day).span;
        Body::AddTimeOff(AddTimeOff {
            time_off: TimeOffId(self.id()),
            owner: Owner::Therapist(therapist),
            at,
            label: "Leave".to_owned(),
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a session is made of all of these"
    )]
    fn sessions(
        &mut self,
        zone: Zone,
        now: Moment,
        therapists: &[Therapist],
        rooms: &[Room],
        services: &[Service],
        clients: &[ClientId],
        hours: &[Hours],
    ) -> Vec<Body> {
        let today = zone.date(now);
        let first = today
            .checked_sub_days(Days::new(REACH_DAYS))
            .unwrap_or(today);
        let mut bodies = Vec::new();
        for date in first
            .iter_days()
            .take(usize::try_from(REACH_DAYS * 2).unwrap_or(90))
        {
            for (index, therapist) in therapists.iter().enumerate() {
                let own = hours
                    .iter()
                    .find(|h| h.owner == Owner::Therapist(therapist.id))
                    .unwrap_or(&hours[0]);
                for span in own
                    .week
                    .iter()
                    .filter(|span| span.weekday == Zone::weekday(date))
                {
                    let group = index < 2 && span.weekday == GROUP_WEEKDAY;
                    self.half_day(
                        zone,
                        now,
                        date,
                        *span,
                        therapist.id,
                        group,
                        &rooms[index],
                        services,
                        clients,
                        &mut bodies,
                    );
                }
            }
        }
        bodies
    }

    /// Fills one open stretch with sessions and gaps. Each therapist keeps to a room, so that nothing can clash; who leads
    /// the `group` that day leaves its time free.
    #[expect(
        clippy::too_many_arguments,
        reason = "a session is made of all of these"
    )]
    fn half_day(
        &mut self,
        zone: Zone,
        now: Moment,
        date: NaiveDate,
        span: WeekSpan,
        therapist: TherapistId,
        group: bool,
        room: &Room,
        services: &[Service],
        clients: &[ClientId],
        bodies: &mut Vec<Body>,
    ) {
        let mut minute = span.from + 15 * self.random.random_range(0..3u16);
        loop {
            let service = if self.chance(80) {
                &services[0]
            } else {
                self.one(services)
            };
            let end = minute + service.facts.minutes;
            if end > span.to {
                return;
            }
            if self.chance(62) {
                let online = service.facts.may_be_online && self.chance(15);
                let place = if online {
                    Place::Online
                } else {
                    Place::Room(room.id)
                };
                let start = zone.earliest(date, minute);
                let at = Interval::new(start, start.plus_minutes(service.facts.minutes.into()));
                let session = SessionId(self.id());
                let slot = Slot {
                    at,
                    place,
                    therapist,
                    co_therapists: Vec::new(),
                    place_text: online.then(|| "https://meet.example/willow".to_owned()),
                };
                let client = *self.one(clients);
                // A couple is two: the other one is chosen without drawing lots, so that all else stays as it was.
                let couple = service.id == services[1].id;
                let more_clients = clients
                    .iter()
                    .position(|id| *id == client)
                    .filter(|_| couple)
                    .map(|n| clients[(n + CLIENTS / 2) % CLIENTS]);
                let clear = room.facts.turnover_minutes;
                let in_the_way = group
                    && minute < GROUP_FROM + GROUP_MINUTES + clear
                    && end + clear > GROUP_FROM;
                let mut left_out = Vec::new();
                let bodies = if in_the_way {
                    &mut left_out
                } else {
                    &mut *bodies
                };
                let invoice = (at.end < now).then(|| InvoiceId(self.id()));
                bodies.push(Body::BookSession(BookSession {
                    session,
                    client,
                    more_clients: more_clients.into_iter().collect(),
                    service: service.id,
                    slot,
                    price: service.facts.price,
                    invoice,
                    bill: None,
                    notify: false,
                    anyway: Anyway {
                        anyway: true,
                        reason: Some("demo".to_owned()),
                    },
                }));
                self.fate(zone, now, session, at, invoice, bodies);
            }
            // The room's turnover, rounded up to the next quarter.
            let gap = if self.chance(30) { 40 } else { 0 };
            minute = (end + room.facts.turnover_minutes + gap).div_ceil(15) * 15;
        }
    }

    /// What became of a session: every status there is.
    fn fate(
        &mut self,
        zone: Zone,
        now: Moment,
        session: SessionId,
        at: Interval,
        invoice: Option<InvoiceId>,
        bodies: &mut Vec<Body>,
    ) {
        let roll = self.random.random_range(0..100);
        let past = at.end < now;
        match roll {
            0..=5 => bodies.push(Body::CancelSession(CancelSession {
                session,
                remark: None,
                remark_to_client: false,
                by: if self.chance(70) {
                    CancelledBy::Client
                } else {
                    CancelledBy::Clinic
                },
                invoice: InvoiceFate::Void,
                bill: None,
                notify: false,
            })),
            6..=9 if past => bodies.push(Body::MarkNoShow(MarkNoShow {
                session,
                invoice: InvoiceFate::Keep,
                bill: None,
                free_rest: false,
            })),
            10..=69 if !past => bodies.push(Body::ConfirmSession(ConfirmSession {
                session,
                confirmed: true,
            })),
            10..=92 => {
                if let Some(invoice) = invoice {
                    bodies.push(Body::IssueInvoice(IssueInvoice { invoice }));
                    if roll < 85 {
                        let on = zone.date(at.end);
                        let method =
                            *self.one(&[PayMethod::Qr, PayMethod::Transfer, PayMethod::Cash]);
                        bodies.push(Body::PayInvoice(PayInvoice {
                            invoice,
                            paid: Some(Paid { on, method }),
                        }));
                    }
                }
            }
            _ => {}
        }
    }
}
