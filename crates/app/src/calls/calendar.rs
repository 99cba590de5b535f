//! The calendar and the sidebar.

use super::notice::count_notices;
use super::track;
use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::calendar::*;
use crate::directory::{Directory, client_brief};
use crate::office::Office;
use chrono::{Datelike, Days, NaiveDate};
use safetalk_domain::availability::{Resource, left_over, open_stretches};
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::invalid;
use safetalk_domain::zone::Day;
use safetalk_domain::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The most days of one view.
const MOST_DAYS: u8 = 42;
/// At most this many messages in trouble are looked at.
const MOST_TROUBLES: u32 = 200;
/// Cancelled sessions leave the calendar after this many days, unless asked for.
const CANCELLED_DAYS: i64 = 7;

/// `calendar.view`.
pub async fn view(office: &Office, request: CalendarRequest) -> Result<CalendarView, Problem> {
    if request.days == 0 || request.days > MOST_DAYS {
        return Err(invalid(
            Field::Length,
            Invalid::TooLarge {
                most: MOST_DAYS.into(),
            },
        )
        .into());
    }
    let directory = Directory::read(office).await?;
    let days: Vec<Day> = request
        .from
        .iter_days()
        .take(request.days.into())
        .map(|date| directory.zone().day(date))
        .collect();
    let window = window(&days);
    let mut sessions = office
        .replica
        .read()
        .await?
        .sessions_in(window, true)
        .await?;
    let since = directory.now.plus_hours(-24 * CANCELLED_DAYS);
    sessions.retain(|s| {
        request.all_cancelled
            || s.facts
                .cancelled
                .is_none_or(|cancelled| cancelled.at >= since)
    });
    let blocks = blocks(office, &directory, &days, &sessions).await?;
    let time = Time::read(office, window).await?;
    let used: BTreeSet<Uuid> = sessions
        .iter()
        .flat_map(|s| {
            let room = s.facts.place.room().map(|room| room.0);
            s.facts.therapists().map(|id| id.0).chain(room)
        })
        .collect();
    let therapists: Vec<_> = directory
        .therapists
        .values()
        .filter(|row| !row.facts.archived || used.contains(&row.id.0))
        .map(|row| directory.therapist(row.id))
        .collect();
    let rooms: Vec<_> = directory
        .rooms
        .values()
        .filter(|row| !row.facts.archived || used.contains(&row.id.0))
        .map(|row| directory.room(row.id))
        .collect();
    let lanes: Vec<ResourceId> = therapists
        .iter()
        .map(|t| t.id.into())
        .chain(rooms.iter().map(|r| r.id.into()))
        .collect();
    let shades = lanes
        .iter()
        .flat_map(|lane| shades(&directory, &time, &days, *lane))
        .collect();
    Ok(CalendarView {
        now: directory.stamp(directory.now),
        offset_minutes: directory.zone().offset_minutes(window.start),
        days: days
            .iter()
            .map(|day| day_view(&directory, &time, *day, &sessions))
            .collect(),
        therapists: by_name(therapists, |t| &t.name),
        rooms: by_name(rooms, |r| &r.name),
        blocks,
        shades,
    })
}

/// Blocks of `sessions` on `days`; a session over midnight has one on either side.
pub async fn blocks(
    office: &Office,
    directory: &Directory,
    days: &[Day],
    sessions: &[Session],
) -> Result<Vec<Block>, Problem> {
    let ids: Vec<ClientId> = sessions.iter().flat_map(|s| s.facts.clients()).collect();
    let clients: BTreeMap<ClientId, Client> = office
        .replica
        .read()
        .await?
        .many::<Client>(&ids)
        .await?
        .into_iter()
        .map(|client| (client.id, client))
        .collect();
    let pending = office.replica.read().await?.pending(Kind::Session).await?;
    let attention = in_trouble(office).await?;
    let mut blocks = Vec::with_capacity(sessions.len());
    for session in sessions {
        let facts = &session.facts;
        let client = clients.get(&facts.client).map(client_brief);
        for (index, day) in (0u8..)
            .zip(days)
            .filter(|(_, day)| facts.at.meets(day.span))
        {
            let (from, to) = track::minutes_in(*day, facts.at);
            blocks.push(Block {
                session: session.id,
                day: index,
                from,
                to,
                start: directory.stamp(facts.at.start),
                end: directory.stamp(facts.at.end),
                therapist: facts.therapist,
                co_therapists: facts.co_therapists.clone(),
                room: facts.place.room(),
                place: facts.place,
                client: facts.client,
                client_name: client.as_ref().map(|c| c.name.clone()).unwrap_or_default(),
                client_initials: client
                    .as_ref()
                    .map(|c| c.initials.clone())
                    .unwrap_or_default(),
                others: facts
                    .more_clients
                    .iter()
                    .filter_map(|id| clients.get(id).map(client_brief))
                    .collect(),
                service_name: directory.service(facts.service).name,
                status: facts.word(directory.now),
                strip: strip(directory, session),
                pending: pending.contains(&session.id.0),
                attention: attention.contains(&session.id),
            });
        }
    }
    Ok(blocks)
}

/// Sessions with a message that a person has to look at.
async fn in_trouble(office: &Office) -> Result<BTreeSet<SessionId>, Problem> {
    let states = [
        NoticeState::Failed,
        NoticeState::Uncertain,
        NoticeState::Expired,
    ];
    let notices = office
        .replica
        .read()
        .await?
        .notices_in(&states, MOST_TROUBLES)
        .await?;
    Ok(notices
        .iter()
        .filter_map(|notice| notice.facts.session)
        .collect())
}

/// Time off that meets `window`, of anyone.
pub async fn time_off_between(office: &Office, window: Interval) -> Result<Vec<TimeOff>, Problem> {
    let mut off = office.replica.read().await?.all::<TimeOff>().await?;
    off.retain(|off| !off.facts.archived && off.facts.at.meets(window));
    Ok(off)
}

/// Minutes drawn below a session: the room's turnover or the therapist's buffer, whichever is longer.
fn strip(directory: &Directory, session: &Session) -> u16 {
    if session.facts.status == SessionStatus::Cancelled {
        return 0;
    }
    let therapist = session
        .facts
        .therapists()
        .filter_map(|id| directory.therapists.get(&id))
        .map(|row| row.facts.buffer_minutes)
        .max()
        .unwrap_or(0);
    let service = directory
        .services
        .get(&session.facts.service)
        .map_or(0, |row| row.facts.buffer_after);
    session.facts.turnover_minutes.max(therapist).max(service)
}

/// Hours and time off around some days.
pub struct Time {
    hours: BTreeMap<Uuid, Hours>,
    off: Vec<(TimeOff, Position)>,
}

impl Time {
    /// Reads them.
    pub async fn read(office: &Office, window: Interval) -> Result<Self, Problem> {
        let hours = office
            .replica
            .read()
            .await?
            .all::<Hours>()
            .await?
            .into_iter()
            .map(|row| (row.owner.uuid(), row))
            .collect();
        let off = time_off_between(office, window)
            .await?
            .into_iter()
            .map(|off| (off, 0))
            .collect();
        Ok(Self { hours, off })
    }

    fn of(&self, owner: Uuid) -> Vec<(TimeOff, Position)> {
        self.off
            .iter()
            .filter(|(off, _)| off.facts.owner.uuid() == owner)
            .cloned()
            .collect()
    }

    /// The week that holds for a therapist or room.
    fn week(&self, directory: &Directory, resource: ResourceId) -> Option<&Hours> {
        let own = self.hours.get(&resource.0);
        let room = directory.rooms.contains_key(&RoomId(resource.0));
        if room {
            own
        } else {
            own.or_else(|| self.hours.get(&directory.clinic.id.0))
        }
    }
}

fn shades(directory: &Directory, time: &Time, days: &[Day], lane: ResourceId) -> Vec<Shade> {
    let mut shades = Vec::new();
    let (off, closures) = (time.of(lane.0), time.of(directory.clinic.id.0));
    for (index, day) in (0u8..).zip(days) {
        let mut shade = |at: Interval, kind, label: Option<&str>| {
            let (from, to) = track::minutes_in(*day, at);
            let label = label.filter(|label| !label.is_empty()).map(str::to_owned);
            shades.push(Shade {
                day: index,
                from,
                to,
                resource: lane,
                kind,
                label,
            });
        };
        if let Some(hours) = time.week(directory, lane) {
            for gap in left_over(day.span, &open_stretches(directory.zone(), hours, day.span)) {
                shade(gap, ShadeKind::OutsideHours, None);
            }
        }
        for (list, kind) in [(&off, ShadeKind::TimeOff), (&closures, ShadeKind::Closed)] {
            for (off, _) in list.iter().filter(|(off, _)| off.facts.at.meets(day.span)) {
                shade(off.facts.at, kind, Some(&off.details.label));
            }
        }
    }
    shades
}

fn day_view(directory: &Directory, time: &Time, day: Day, sessions: &[Session]) -> DayView {
    let open = directory
        .therapists
        .values()
        .filter(|row| !row.facts.archived)
        .any(|row| {
            let hours = time.week(directory, row.id.into());
            hours.is_none_or(|hours| {
                open_stretches(directory.zone(), hours, day.span)
                    .iter()
                    .any(|stretch| stretch.meets(day.span))
            })
        });
    let now = day
        .span
        .holds(directory.now)
        .then(|| directory.now.minutes_since(day.span.start));
    DayView {
        date: day.date,
        minutes: u16::try_from(day.minutes()).unwrap_or(0),
        now_minute: now.and_then(|minute| u16::try_from(minute).ok()),
        start: directory.stamp(day.span.start),
        open,
        sessions: count(
            sessions
                .iter()
                .filter(|s| stands(s) && day.span.holds(s.facts.at.start))
                .count(),
        ),
        shift: shift(directory.zone(), day),
    }
}

/// Where the clocks change on `day`: the first minute at which they show something else than what has passed.
fn shift(zone: Zone, day: Day) -> Option<ClockShift> {
    let before = zone.offset_minutes(day.span.start);
    let by = zone.offset_minutes(day.span.end) - before;
    if by == 0 {
        return None;
    }
    let (mut low, mut high) = (0, day.minutes());
    while low + 1 < high {
        let middle = (low + high) / 2;
        if zone.offset_minutes(day.span.start.plus_minutes(middle)) == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(ClockShift {
        at_minute: u16::try_from(high).ok()?,
        by_minutes: i16::try_from(by).ok()?,
    })
}

/// Whether a session takes place or took place.
pub fn stands(session: &Session) -> bool {
    session.facts.status != SessionStatus::Cancelled
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

pub(super) fn window(days: &[Day]) -> Interval {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => Interval::new(first.span.start, last.span.end),
        _ => Interval::new(Moment(0), Moment(0)),
    }
}

/// Sorted the way people read names.
pub fn by_name<T>(mut list: Vec<T>, name: impl Fn(&T) -> &String) -> Vec<T> {
    list.sort_by_key(|item| name(item).to_lowercase());
    list
}

/// Six weeks that hold the month of `date`, beginning with the clinic's first weekday.
pub(super) fn six_weeks(directory: &Directory, date: NaiveDate) -> Vec<Day> {
    let first = date.with_day(1).unwrap_or(date);
    let before = (7 + Zone::weekday(first) - directory.clinic.facts.first_weekday.min(6)) % 7;
    first
        .checked_sub_days(Days::new(before.into()))
        .unwrap_or(first)
        .iter_days()
        .take(42)
        .map(|date| directory.zone().day(date))
        .collect()
}

/// `calendar.month`.
pub async fn month(office: &Office, request: MonthRequest) -> Result<MonthView, Problem> {
    let directory = Directory::read(office).await?;
    let first = NaiveDate::from_ymd_opt(request.year, request.month.into(), 1)
        .ok_or_else(|| invalid(Field::Start, Invalid::Unknown))?;
    let days = six_weeks(&directory, first);
    let starts = office
        .replica
        .read()
        .await?
        .starts_in(window(&days))
        .await?;
    let mut per_day: BTreeMap<NaiveDate, u16> = BTreeMap::new();
    for start in starts {
        *per_day.entry(directory.zone().date(start)).or_default() += 1;
    }
    Ok(MonthView {
        today: directory.today(),
        days: days
            .iter()
            .map(|day| MonthDay {
                date: day.date,
                inside: day.date.month() == first.month(),
                sessions: per_day.get(&day.date).copied().unwrap_or(0),
            })
            .collect(),
    })
}

/// `sidebar.get`.
pub async fn sidebar(office: &Office, _: Nothing) -> Result<SidebarView, Problem> {
    let directory = Directory::read(office).await?;
    let today = directory.zone().day(directory.today());
    let sessions: Vec<Session> = office
        .replica
        .read()
        .await?
        .sessions_in(today.span, true)
        .await?
        .into_iter()
        .filter(stands)
        .collect();
    let time = Time::read(office, today.span).await?;
    let therapists = directory
        .therapists
        .values()
        .filter(|row| !row.facts.archived)
        .map(|row| TherapistToday {
            therapist: directory.therapist(row.id),
            sessions: count(
                sessions
                    .iter()
                    .filter(|s| s.facts.is_seen_by(row.id) && today.span.holds(s.facts.at.start))
                    .count(),
            ),
            away: away(&directory, &time, today, row.id.into()),
        });
    let therapists = therapists.collect();
    let mut rooms: Vec<RoomNow> = directory
        .rooms
        .values()
        .filter(|row| !row.facts.archived)
        .map(|row| room_now(&directory, &sessions, row.id))
        .collect();
    rooms.sort_by_key(|room| room.room.name.to_lowercase());
    let attention = super::dashboard::attention(office, &directory).await?.len();
    Ok(SidebarView {
        clinic: directory.clinic.details.name.clone(),
        member: directory.member.details.name.clone(),
        demo: office.demo,
        now: directory.stamp(directory.now),
        first_weekday: directory.clinic.facts.first_weekday,
        therapists: by_name(therapists, |today: &TherapistToday| &today.therapist.name),
        rooms,
        attention: u32::try_from(attention).unwrap_or(u32::MAX),
        messages_waiting: count_notices(
            office,
            &[
                NoticeState::Queued,
                NoticeState::OnHold,
                NoticeState::Sending,
            ],
        )
        .await?,
    })
}

/// Nothing of the rest of the day is open.
fn away(directory: &Directory, time: &Time, today: Day, lane: ResourceId) -> bool {
    let (off, closures) = (time.of(lane.0), time.of(directory.clinic.id.0));
    let resource = Resource {
        zone: directory.zone(),
        hours: time.week(directory, lane).map(|hours| (hours, 0)),
        time_off: &off,
        closures: &closures,
        busy: &[],
        buffer_minutes: 0,
        archived: false,
    };
    let mut closed = track::closed(today, &resource);
    closed.sort_by_key(|gap| gap.start);
    left_over(Interval::new(directory.now, today.span.end), &closed).is_empty()
}

fn room_now(directory: &Directory, sessions: &[Session], room: RoomId) -> RoomNow {
    let mut held: Vec<Interval> = sessions
        .iter()
        .filter(|s| s.facts.place == Place::Room(room))
        .map(|s| s.facts.at.extended(s.facts.turnover_minutes.into()))
        .filter(|at| at.end > directory.now)
        .collect();
    held.sort_by_key(|at| at.start);
    let busy = held.iter().find(|at| at.holds(directory.now));
    RoomNow {
        room: directory.room(room),
        busy_until: busy.map(|at| directory.stamp(at.end)),
        free_until: held
            .iter()
            .find(|at| at.start > directory.now)
            .filter(|_| busy.is_none())
            .map(|at| directory.stamp(at.start)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift_of(zone: &str, date: (i32, u32, u32)) -> Option<ClockShift> {
        let zone: Zone = zone.parse().expect("a known zone");
        let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).expect("a date");
        shift(zone, zone.day(date))
    }

    #[test]
    fn a_day_tells_where_its_clocks_change() {
        let forward = ClockShift {
            at_minute: 60,
            by_minutes: 60,
        };
        assert_eq!(
            shift_of("Europe/London", (2026, 3, 29)),
            Some(forward),
            "at 01:00 the clocks show 02:00"
        );
        let back = ClockShift {
            at_minute: 120,
            by_minutes: -60,
        };
        assert_eq!(
            shift_of("Europe/London", (2026, 10, 25)),
            Some(back),
            "at 02:00 they show 01:00 again"
        );
        let half = ClockShift {
            at_minute: 120,
            by_minutes: 30,
        };
        assert_eq!(
            shift_of("Australia/Lord_Howe", (2026, 10, 4)),
            Some(half),
            "Lord Howe moves by half an hour"
        );
        assert_eq!(
            shift_of("Asia/Kuala_Lumpur", (2026, 3, 29)),
            None,
            "Malaysia does not change its clocks"
        );
    }
}
