//! The nearest free slots, against a search that tries every minute.

use crate::support::*;
use proptest::prelude::*;
use safetalk_domain::availability::{
    self, FreeDay, HORIZON_DAYS, NoTime, Proposal, Resource, Search, free_days, nearest,
};
use safetalk_domain::zone::Day;
use safetalk_domain::*;
use uuid::Uuid;

/// One therapist and one room, with all that can stand in the way.
#[derive(Clone, Debug)]
struct Around {
    zone: Zone,
    therapist_hours: Option<Hours>,
    room_hours: Option<Hours>,
    therapist_busy: Vec<Occupancy>,
    room_busy: Vec<Occupancy>,
    /// What a co-therapist holds who keeps ten minutes around each session, if there is one.
    co_busy: Option<Vec<Occupancy>>,
    time_off: Vec<(TimeOff, Position)>,
    closures: Vec<(TimeOff, Position)>,
    wanted: Proposal,
    not_before: Moment,
    step_minutes: u16,
}

impl Around {
    fn resource<'a>(
        &'a self,
        hours: &'a Option<Hours>,
        busy: &'a [Occupancy],
        off: bool,
    ) -> Resource<'a> {
        Resource {
            zone: self.zone,
            hours: hours.as_ref().map(|hours| (hours, 1)),
            time_off: if off { &self.time_off } else { &[] },
            closures: &self.closures,
            busy,
            buffer_minutes: 0,
            archived: false,
        }
    }

    fn search(&self, most: usize) -> Search {
        Search {
            wanted: self.wanted,
            not_before: self.not_before,
            step_minutes: self.step_minutes,
            most,
        }
    }

    fn offered(&self, most: usize) -> Vec<Interval> {
        let room = self.resource(&self.room_hours, &self.room_busy, false);
        let therapist = self.resource(&self.therapist_hours, &self.therapist_busy, true);
        let other = self.co_therapist();
        let mut therapists = vec![&therapist];
        therapists.extend(&other);
        nearest(&self.search(most), &therapists, Some(&room))
    }

    /// `n` days from the first on which something may be offered, and how free each of them is.
    fn days(&self, n: usize) -> Vec<(Day, FreeDay)> {
        let room = self.resource(&self.room_hours, &self.room_busy, false);
        let therapist = self.resource(&self.therapist_hours, &self.therapist_busy, true);
        let other = self.co_therapist();
        let mut therapists = vec![&therapist];
        therapists.extend(&other);
        let from = self.zone.date(self.search(0).window(self.zone).start);
        let days: Vec<Day> = from
            .iter_days()
            .take(n)
            .map(|date| self.zone.day(date))
            .collect();
        let free = free_days(
            &self.wanted,
            &days,
            self.not_before,
            self.step_minutes,
            &therapists,
            Some(&room),
        );
        days.into_iter().zip(free).collect()
    }

    fn co_therapist(&self) -> Option<Resource<'_>> {
        let busy = self.co_busy.as_ref()?;
        Some(Resource {
            buffer_minutes: 10,
            ..self.resource(&None, busy, false)
        })
    }

    /// Whether booking itself would say "Slot Available".
    fn available(&self, at: Interval) -> bool {
        let room = self.resource(&self.room_hours, &self.room_busy, false);
        let therapist = self.resource(&self.therapist_hours, &self.therapist_busy, true);
        let wanted = Proposal { at, ..self.wanted };
        let other = self.co_therapist();
        let free = |it: &Resource<'_>| availability::therapist(&wanted, it, false).is_empty();
        free(&therapist)
            && other.as_ref().is_none_or(free)
            && availability::room(&wanted, &room, false).is_empty()
    }

    /// Every start on the grid of the wall clock that is available, nearest first.
    fn brute_force(&self) -> Vec<Interval> {
        let window = self.search(0).window(self.zone);
        let length = self.wanted.at.minutes();
        let mut starts: Vec<_> = (0..window.minutes())
            .map(|minute| window.start.plus_minutes(minute))
            .filter(|start| {
                self.zone
                    .wall_minute(*start)
                    .is_multiple_of(self.step_minutes)
            })
            .map(|start| Interval::new(start, start.plus_minutes(length)))
            .filter(|at| at.end <= window.end && self.available(*at))
            .collect();
        starts.sort_by_key(|at| ((at.start.0 - self.wanted.at.start.0).abs(), at.start));
        starts
    }
}

/// A session of a therapist's that needs time around itself.
fn buffered(held: Occupancy, n: usize, after: u16) -> Occupancy {
    Occupancy {
        buffer_before: if n.is_multiple_of(2) { after } else { 0 },
        buffer_after: if n.is_multiple_of(3) { after } else { 0 },
        ..held
    }
}

fn held(n: usize, start: Moment, minutes: i64, turnover: u16) -> Occupancy {
    Occupancy {
        id: OccupancyId(Uuid::from_u128(n as u128)),
        session: session_id(n as u128),
        resource: Some(ResourceId(Uuid::from_u128(1))),
        at: Interval::new(start, start.plus_minutes(minutes + i64::from(turnover))),
        turnover_minutes: turnover,
        buffer_before: 0,
        buffer_after: 0,
    }
}

/// Zones with the first day of a fortnight in which their clocks change, and one where they never do.
const FORTNIGHTS: [(&str, &str); 7] = [
    ("Asia/Kuala_Lumpur", "2026-03-02"),
    ("Europe/London", "2026-03-25"),
    ("America/New_York", "2026-10-28"),
    ("Australia/Lord_Howe", "2026-04-01"),
    ("Australia/Lord_Howe", "2026-10-01"),
    ("America/Sao_Paulo", "2018-11-01"),
    ("Pacific/Apia", "2011-12-27"),
];

fn week() -> impl Strategy<Value = Option<Hours>> {
    let span = (0u16..20, 1u16..8).prop_map(|(from, long)| (from * 60, (from + long).min(24) * 60));
    let days = proptest::collection::vec(proptest::option::weighted(0.8, span), 7);
    proptest::option::weighted(0.8, days).prop_map(|days| {
        let spans = (0u8..).zip(days?);
        Some(Hours {
            owner: Owner::Clinic(CLINIC),
            week: spans
                .filter_map(|(weekday, span)| span.map(|(from, to)| WeekSpan { weekday, from, to }))
                .collect(),
            given_up: false,
        })
    })
}

fn around() -> impl Strategy<Value = Around> {
    let minutes = HORIZON_DAYS * 24 * 60;
    let stretch = (-300i64..minutes, 5i64..400);
    (
        (0..FORTNIGHTS.len(), week(), week()),
        proptest::collection::vec((stretch.clone(), 0u16..30), 0..25),
        proptest::collection::vec((stretch.clone(), 0u16..30), 0..25),
        proptest::collection::vec((stretch.clone(), any::<bool>(), any::<bool>()), 0..6),
        (0i64..3 * 1440, 10i64..180, 0u16..30, 0u16..30, 0u16..30),
        (
            -1440i64..4 * 1440,
            prop_oneof![Just(15u16), Just(30), Just(60), Just(50), Just(7)],
        ),
        proptest::option::of(proptest::collection::vec(
            (stretch.clone(), 0u16..30),
            0..25,
        )),
    )
        .prop_map(|(place, therapist, room, off, wanted, search, other)| {
            let (name, first_day) = FORTNIGHTS[place.0];
            let zone = zone(name);
            let day = zone.day(date(first_day)).span.start;
            let busy = |list: Vec<((i64, i64), u16)>, turnover: bool| {
                list.into_iter()
                    .enumerate()
                    .map(|(n, ((from, long), after))| {
                        let start = day.plus_minutes(from);
                        if turnover {
                            held(n, start, long, after)
                        } else {
                            buffered(held(n, start, long, 0), n, after)
                        }
                    })
                    .collect()
            };
            let (time_off, closures): (Vec<_>, Vec<_>) = off
                .into_iter()
                .map(|((from, long), closure, archived)| {
                    let start = day.plus_minutes(from);
                    let facts = TimeOffFacts {
                        owner: Owner::Clinic(CLINIC),
                        at: Interval::new(start, start.plus_minutes(long)),
                        archived,
                    };
                    let (id, details) = (time_off_id(1), TimeOffDetails::default());
                    (closure, (TimeOff { id, facts, details }, 1))
                })
                .partition(|(closure, _)| *closure);
            let start = day.plus_minutes(wanted.0);
            Around {
                zone,
                therapist_hours: place.1,
                room_hours: place.2,
                therapist_busy: busy(therapist, false),
                room_busy: busy(room, true),
                co_busy: other.map(|other| busy(other, false)),
                time_off: time_off.into_iter().map(|(_, off)| off).collect(),
                closures: closures.into_iter().map(|(_, off)| off).collect(),
                wanted: Proposal {
                    session: Some(session_id(0)),
                    at: Interval::new(start, start.plus_minutes(wanted.1)),
                    turnover_minutes: wanted.2,
                    buffer_before: wanted.3,
                    buffer_after: wanted.4,
                },
                not_before: day.plus_minutes(search.0),
                step_minutes: search.1,
            }
        })
}

proptest! {
    #![proptest_config(config(48, "tests/proptest-regressions/nearest.txt"))]

    #[test]
    fn every_offer_is_available_and_no_nearer_one_was_left_out(around in around()) {
        let expected = around.brute_force();
        prop_assert_eq!(around.offered(usize::MAX), expected.clone());
        let three: Vec<_> = expected.into_iter().take(3).collect();
        prop_assert_eq!(around.offered(3), three);
    }

    #[test]
    fn a_day_is_free_from_its_first_available_start_and_says_why_when_it_has_none(around in around()) {
        let mut expected = around.brute_force();
        expected.sort_by_key(|at| at.start);
        for (day, free) in around.days(12) {
            let first = expected.iter().find(|at| day.span.holds(at.start)).map(|at| at.start);
            prop_assert_eq!(free.first.ok(), first, "the first start on {}", day.date);
            prop_assert_eq!(free.minutes > 0, first.is_some(), "minutes are counted where something fits");
            prop_assert!(free.minutes <= day.span.minutes(), "no day is freer than it is long");
        }
    }
}

fn quiet_day() -> Around {
    let start = kl("2026-03-03 10:00");
    Around {
        zone: zone("Asia/Kuala_Lumpur"),
        therapist_hours: Some(every_day(Owner::Clinic(CLINIC), 9 * 60, 18 * 60)),
        room_hours: None,
        therapist_busy: vec![held(1, start, 50, 0)],
        room_busy: vec![held(1, start, 50, 15)],
        co_busy: None,
        time_off: Vec::new(),
        closures: Vec::new(),
        wanted: Proposal {
            session: None,
            at: Interval::new(start, start.plus_minutes(50)),
            turnover_minutes: 15,
            buffer_before: 0,
            buffer_after: 0,
        },
        not_before: kl("2026-03-02 08:00"),
        step_minutes: 15,
    }
}

#[test]
fn the_nearest_slots_come_first_and_of_two_as_near_the_earlier() {
    let starts: Vec<_> = quiet_day().offered(3).iter().map(|at| at.start).collect();
    assert_eq!(
        starts,
        [
            // 09:00 to 09:50 would need the room until 10:05.
            kl("2026-03-03 11:15"),
            kl("2026-03-03 11:30"),
            kl("2026-03-03 11:45"),
        ]
    );
    let mut without_turnover = quiet_day();
    without_turnover.wanted.turnover_minutes = 0;
    without_turnover.room_busy[0] = held(1, kl("2026-03-03 10:00"), 50, 0);
    let starts: Vec<_> = without_turnover
        .offered(2)
        .iter()
        .map(|at| at.start)
        .collect();
    assert_eq!(starts, [kl("2026-03-03 09:00"), kl("2026-03-03 11:00")]);
}

#[test]
fn a_day_without_time_says_whether_it_is_over_closed_off_or_full() {
    let mut around = quiet_day();
    let now = around.not_before;
    let week = |from, to| Some(every_day(Owner::Clinic(CLINIC), from, to));
    let first = |around: &Around| around.days(1)[0].1.first;

    assert_eq!(first(&around), Ok(kl("2026-03-03 11:15")));
    around.therapist_busy = vec![held(1, kl("2026-03-03 09:30"), 480, 0)];
    assert_eq!(
        first(&around),
        Err(NoTime::Taken),
        "half an hour is too short"
    );
    around.wanted.at.end = around.wanted.at.start.plus_minutes(30);
    around.room_busy.clear();
    assert_eq!(
        first(&around),
        Ok(kl("2026-03-03 09:00")),
        "but enough for less"
    );

    let facts = TimeOffFacts {
        owner: Owner::Clinic(CLINIC),
        at: Interval::new(kl("2026-03-03 00:00"), kl("2026-03-04 00:00")),
        archived: false,
    };
    let (id, details) = (time_off_id(1), TimeOffDetails::default());
    around.time_off = vec![(TimeOff { id, facts, details }, 1)];
    assert_eq!(first(&around), Err(NoTime::TimeOff));
    around.not_before = kl("2026-03-03 18:00");
    let today = around.days(1)[0].1;
    assert_eq!(today.first, Err(NoTime::Past), "nothing of it is left");
    around.not_before = now;
    around.room_hours = week(18 * 60, 20 * 60);
    assert_eq!(first(&around), Err(NoTime::Closed), "never open together");
}

#[test]
fn the_free_minutes_of_a_day_leave_out_what_is_too_short() {
    let mut around = quiet_day();
    // 09:00 to 09:45 is too short: the room has to be ready at 10:00. 11:05 to 18:00 counts.
    around.therapist_busy = vec![held(1, kl("2026-03-03 10:00"), 50, 0)];
    assert_eq!(around.days(1)[0].1.minutes, 6 * 60 + 45);
    around.wanted.at.end = around.wanted.at.start.plus_minutes(45);
    assert_eq!(around.days(1)[0].1.minutes, 6 * 60 + 45 + 45, "both sides");
}

#[test]
fn nothing_is_offered_in_the_past_beyond_a_fortnight_or_of_what_is_archived() {
    let mut around = quiet_day();
    around.not_before = kl("2026-03-03 16:40");
    let offers = around.offered(usize::MAX);
    let earliest = offers.iter().map(|at| at.start).min();
    assert_eq!(earliest, Some(kl("2026-03-03 16:45")));
    let window = around.search(0).window(around.zone);
    assert!(
        offers.iter().all(|at| window.covers(*at)),
        "only what was gathered is known to be free"
    );
    let mut therapist = around.resource(&around.therapist_hours, &around.therapist_busy, true);
    therapist.archived = true;
    assert_eq!(nearest(&around.search(3), &[&therapist], None), []);
    assert_eq!(
        nearest(&around.search(3), &[], None),
        [],
        "without a therapist nothing takes place"
    );
}

#[test]
fn a_slot_of_its_own_does_not_keep_a_session_from_moving_by_a_little() {
    let mut around = quiet_day();
    around.wanted.session = Some(session_id(1));
    assert_eq!(
        around.offered(1),
        [around.wanted.at],
        "its own stretch does not count"
    );
}
