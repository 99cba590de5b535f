//! The demo clinic: a made-up place to look around in, the same for everyone on the same day.

use crate::founding::{Deed, Founding, member, room, service, therapist};
use chrono::{Days, NaiveDate};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use safetalk_domain::intent::*;
use safetalk_domain::*;
use std::collections::BTreeSet;
use uuid::Uuid;

#[cfg(test)]
mod tests;

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
/// The clients were known this long before the first session. Days.
const KNOWN_BEFORE_DAYS: i64 = 30;
/// What is not paid by then is: a clinic that nobody looked after yet begins without a pile of overdue invoices. Days.
const PAID_AFTER_DAYS: i64 = 5;
/// A day, in minutes.
const DAY: i64 = 24 * 60;

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
        zone: "Asia/Kuala_Lumpur".parse().unwrap_or(Zone::UTC),
        now,
    };
    let zone = maker.zone;
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
    let me = Member {
        id: MemberId(maker.named("me")),
        ..member(THERAPISTS[0].0, Some(therapists[0].id))
    };
    let added = maker.clients(&therapists, &services, &rooms, language);
    let clients: Vec<ClientId> = added.iter().map(|add| add.client).collect();
    let known = zone
        .earliest(maker.first_day(), 0)
        .plus_minutes(-KNOWN_BEFORE_DAYS * DAY);
    let mut then: Vec<Deed> = added
        .into_iter()
        .map(|add| Deed::new(known, Body::AddClient(add)))
        .collect();
    let (day_of_leave, leave) = maker.leave(therapists[2].id);
    then.push(Deed::new(known, leave));
    let clinic_of = Staff {
        therapists: &therapists,
        rooms: &rooms,
        services: &services,
        clients: &clients,
        hours: &hours,
        away: (therapists[2].id, day_of_leave),
    };
    then.extend(maker.sessions(&clinic_of));
    then.extend(maker.groups(&clinic_of, &group));
    then.extend(maker.going_on(&clinic_of, &then));
    // As it happened: who was booked first comes first in every list of what was done, and has the lower invoice number.
    then.sort_by_key(|deed| deed.made_at);
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

/// Who and what sessions are made of.
struct Staff<'a> {
    therapists: &'a [Therapist],
    rooms: &'a [Room],
    services: &'a [Service],
    clients: &'a [ClientId],
    hours: &'a [Hours],
    /// Who has leave, and when.
    away: (TherapistId, NaiveDate),
}

/// One open stretch of a therapist's day.
struct Stretch {
    date: NaiveDate,
    span: WeekSpan,
    therapist: TherapistId,
    /// Whether they lead the group that day.
    group: bool,
    /// Whether they are away that day.
    away: bool,
}

struct Maker {
    random: StdRng,
    root: Uuid,
    made: u32,
    zone: Zone,
    now: Moment,
}

impl Maker {
    /// The next id: of the clinic, so that two demo clinics never share one.
    fn id(&mut self) -> Uuid {
        self.made += 1;
        self.named(&self.made.to_string())
    }

    fn named(&self, name: &str) -> Uuid {
        safetalk_domain::id::derive(self.root, "demo", name)
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        list.choose(&mut self.random).unwrap_or(&list[0])
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn first_day(&self) -> NaiveDate {
        let today = self.zone.date(self.now);
        today
            .checked_sub_days(Days::new(REACH_DAYS))
            .unwrap_or(today)
    }

    /// The days the demo's sessions lie on.
    fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let days = usize::try_from(REACH_DAYS * 2).unwrap_or(90);
        self.first_day().iter_days().take(days)
    }

    /// When something that had to wait for `wanted` was done: after it was booked, and never later than now.
    fn done(&self, booked: Moment, wanted: Moment) -> Moment {
        wanted.max(booked.plus_minutes(5)).min(self.now)
    }

    /// When a session at `start` was booked: some days before, and at least some hours ago.
    fn booked(&self, start: Moment) -> Moment {
        let made = i64::from(self.made);
        let days_before = 2 + made % 19;
        let hours_ago = 1 + made % 70;
        start
            .plus_minutes(-days_before * DAY - 35)
            .min(self.now.plus_hours(-hours_ago))
    }

    fn clients(
        &mut self,
        therapists: &[Therapist],
        services: &[Service],
        rooms: &[Room],
        language: Language,
    ) -> Vec<AddClient> {
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
                AddClient {
                    client: ClientId(self.id()),
                    record,
                }
            })
            .collect()
    }

    /// A day of leave next week.
    fn leave(&mut self, therapist: TherapistId) -> (NaiveDate, Body) {
        let today = self.zone.date(self.now);
        let day = today.checked_add_days(Days::new(8)).unwrap_or(today);
        let at = self.zone.day(day).span;
        let leave = Body::AddTimeOff(AddTimeOff {
            time_off: TimeOffId(self.id()),
            owner: Owner::Therapist(therapist),
            at,
            label: "Leave".to_owned(),
        });
        (day, leave)
    }

    fn sessions(&mut self, staff: &Staff<'_>) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for date in self.days() {
            for (index, therapist) in staff.therapists.iter().enumerate() {
                let own = staff
                    .hours
                    .iter()
                    .find(|h| h.owner == Owner::Therapist(therapist.id))
                    .unwrap_or(&staff.hours[0]);
                for span in own
                    .week
                    .iter()
                    .filter(|span| span.weekday == Zone::weekday(date))
                {
                    let stretch = Stretch {
                        date,
                        span: *span,
                        therapist: therapist.id,
                        group: index < 2 && span.weekday == GROUP_WEEKDAY,
                        away: staff.away == (therapist.id, date),
                    };
                    self.half_day(staff, &stretch, &staff.rooms[index], &mut deeds);
                }
            }
        }
        deeds
    }

    /// Fills one open stretch with sessions and gaps. Each therapist keeps to a room, so that nothing can clash; who leads
    /// the group that day leaves its time free, and who is away has nobody.
    fn half_day(
        &mut self,
        staff: &Staff<'_>,
        stretch: &Stretch,
        room: &Room,
        deeds: &mut Vec<Deed>,
    ) {
        let (services, clients) = (staff.services, staff.clients);
        let mut minute = stretch.span.from + 15 * self.random.random_range(0..3u16);
        loop {
            let service = if self.chance(80) {
                &services[0]
            } else {
                self.one(services)
            };
            let end = minute + service.facts.minutes;
            if end > stretch.span.to {
                return;
            }
            if self.chance(62) {
                let online = service.facts.may_be_online && self.chance(15);
                let place = if online {
                    Place::Online
                } else {
                    Place::Room(room.id)
                };
                let start = self.zone.earliest(stretch.date, minute);
                let at = Interval::new(start, start.plus_minutes(service.facts.minutes.into()));
                let session = SessionId(self.id());
                let client = *self.one(clients);
                // A couple is two: the other one is chosen without drawing lots, so that all else stays as it was.
                let couple = service.id == services[1].id;
                let more_clients = clients
                    .iter()
                    .position(|id| *id == client)
                    .filter(|_| couple)
                    .map(|n| clients[(n + CLIENTS / 2) % CLIENTS]);
                let clear = room.facts.turnover_minutes;
                let in_the_way = stretch.group
                    && minute < GROUP_FROM + GROUP_MINUTES + clear
                    && end + clear > GROUP_FROM;
                // Lots are drawn for what is left out too, so that all else stays as it was.
                let mut left_out = Vec::new();
                let deeds = if in_the_way || stretch.away {
                    &mut left_out
                } else {
                    &mut *deeds
                };
                let invoice = (at.end < self.now).then(|| InvoiceId(self.id()));
                let booked = self.booked(start);
                let booking = BookSession {
                    more_clients: more_clients.into_iter().collect(),
                    invoice,
                    ..booking(session, client, service, at, place, stretch.therapist)
                };
                deeds.push(Deed::new(booked, Body::BookSession(booking)));
                self.fate(session, at, booked, invoice, deeds);
            }
            // The room's turnover, rounded up to the next quarter.
            let gap = if self.chance(30) { 40 } else { 0 };
            minute = (end + room.facts.turnover_minutes + gap).div_ceil(15) * 15;
        }
    }

    /// What became of a session: every status there is.
    fn fate(
        &mut self,
        session: SessionId,
        at: Interval,
        booked: Moment,
        invoice: Option<InvoiceId>,
        deeds: &mut Vec<Deed>,
    ) {
        let roll = self.random.random_range(0..100);
        let past = at.end < self.now;
        let long_ago = at.end.plus_minutes(PAID_AFTER_DAYS * DAY) < self.now;
        match roll {
            0..=5 => {
                let by = if self.chance(70) {
                    CancelledBy::Client
                } else {
                    CancelledBy::Clinic
                };
                // Some in good time, some late.
                let before = if roll % 2 == 0 { 40 } else { 5 };
                let made_at = self.done(booked, at.start.plus_hours(-before));
                let cancel = CancelSession {
                    session,
                    remark: None,
                    remark_to_client: false,
                    by,
                    invoice: InvoiceFate::Void,
                    bill: None,
                    notify: false,
                };
                deeds.push(Deed::new(made_at, Body::CancelSession(cancel)));
            }
            6..=9 if past => {
                let made_at = self.done(booked, at.start.plus_minutes(20));
                let no_show = MarkNoShow {
                    session,
                    invoice: InvoiceFate::Keep,
                    bill: None,
                    free_rest: false,
                };
                deeds.push(Deed::new(made_at, Body::MarkNoShow(no_show)));
                if let Some(invoice) = invoice.filter(|_| long_ago) {
                    deeds.push(self.paid(invoice, made_at.plus_minutes(3 * DAY)));
                }
            }
            10..=69 if !past => {
                let made_at = self.done(booked, at.start.plus_minutes(-DAY));
                let confirm = ConfirmSession {
                    session,
                    confirmed: true,
                };
                deeds.push(Deed::new(made_at, Body::ConfirmSession(confirm)));
            }
            10..=92 => {
                if let Some(invoice) = invoice {
                    let issued = self.done(booked, at.end.plus_minutes(2));
                    let issue = Body::IssueInvoice(IssueInvoice { invoice });
                    deeds.push(Deed::new(issued, issue));
                    if roll < 85 {
                        deeds.push(self.paid(invoice, issued.plus_minutes(4)));
                    } else if long_ago {
                        deeds.push(self.paid(invoice, issued.plus_minutes(3 * DAY)));
                    }
                }
            }
            _ => {}
        }
    }

    fn paid(&mut self, invoice: InvoiceId, at: Moment) -> Deed {
        let at = at.min(self.now);
        let method = *self.one(&[PayMethod::Qr, PayMethod::Transfer, PayMethod::Cash]);
        let paid = Some(Paid {
            on: self.zone.date(at),
            method,
        });
        Deed::new(at, Body::PayInvoice(PayInvoice { invoice, paid }))
    }

    /// A group that two therapists lead every week.
    fn groups(&self, staff: &Staff<'_>, service: &Service) -> Vec<Deed> {
        self.days()
            .filter(|date| Zone::weekday(*date) == GROUP_WEEKDAY)
            .map(|date| {
                let start = self.zone.earliest(date, GROUP_FROM);
                let at = Interval::new(start, start.plus_minutes(GROUP_MINUTES.into()));
                let session = SessionId(self.named(&format!("group/{date}")));
                let place = Place::Room(staff.rooms[0].id);
                let lead = staff.therapists[1].id;
                let mut group = booking(session, staff.clients[GROUP[0]], service, at, place, lead);
                group.more_clients = GROUP[1..].iter().map(|n| staff.clients[*n]).collect();
                group.slot.co_therapists = vec![staff.therapists[0].id];
                Deed::new(self.booked(start), Body::BookSession(group))
            })
            .collect()
    }

    /// A session that goes on now, where chance and the hour left none: whoever looks around at night sees one too. It is
    /// with the therapist who has the longest time for it.
    fn going_on(&self, staff: &Staff<'_>, so_far: &[Deed]) -> Option<Deed> {
        let quarter = 15 * 60;
        let begun = Moment((self.now.0.div_euclid(quarter) - 1) * quarter);
        // Booked at the last moment: what was cancelled before leaves its time free, what is cancelled later held it still.
        let made_at = begun.plus_minutes(-15);
        let off: BTreeSet<SessionId> = so_far
            .iter()
            .filter_map(|deed| match &deed.body {
                Body::CancelSession(cancel) if deed.made_at < made_at => Some(cancel.session),
                _ => None,
            })
            .collect();
        let held: Vec<&Slot> = so_far
            .iter()
            .filter_map(|deed| match &deed.body {
                Body::BookSession(book) if !off.contains(&book.session) => Some(&book.slot),
                _ => None,
            })
            .collect();
        if held.iter().any(|slot| slot.at.holds(self.now)) {
            return None;
        }
        let service = &staff.services[0];
        let whole = Interval::new(begun, begun.plus_minutes(service.facts.minutes.into()));
        let free = |therapist: TherapistId| {
            let own = held
                .iter()
                .filter(|slot| slot.therapists().any(|one| one == therapist));
            own.fold(whole, |free, slot| {
                if slot.at.end <= self.now {
                    Interval::new(free.start.max(slot.at.end), free.end)
                } else {
                    Interval::new(free.start, free.end.min(slot.at.start))
                }
            })
        };
        let (therapist, at) = staff
            .therapists
            .iter()
            .map(|therapist| (therapist.id, free(therapist.id)))
            .filter(|(_, at)| at.holds(self.now))
            .max_by_key(|(_, at)| at.minutes())?;
        let session = SessionId(self.named("going on"));
        let booking = booking(
            session,
            staff.clients[GROUP[0] + 1],
            service,
            at,
            Place::Online,
            therapist,
        );
        Some(Deed::new(made_at, Body::BookSession(booking)))
    }
}

/// A session as it was booked: nobody is told, for nobody is there.
fn booking(
    session: SessionId,
    client: ClientId,
    service: &Service,
    at: Interval,
    place: Place,
    therapist: TherapistId,
) -> BookSession {
    let link = "https://meet.example/willow";
    BookSession {
        session,
        client,
        more_clients: Vec::new(),
        service: service.id,
        slot: Slot {
            at,
            place,
            therapist,
            co_therapists: Vec::new(),
            place_text: (place == Place::Online).then(|| link.to_owned()),
        },
        price: service.facts.price,
        invoice: None,
        bill: None,
        notify: false,
        anyway: Anyway::default(),
    }
}
