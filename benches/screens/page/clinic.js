// @ts-check
/**
 * A clinic of any size, week by week, as the core answers `calendar.view`. The same week always holds the same sessions. Its
 * shape is held by the types of the screens (`npm run check` in `ui`): what they read and it lacks would be measured as an error.
 *
 * @typedef {import('../../../ui/src/generated/CalendarView').CalendarView} CalendarView
 * @typedef {import('../../../ui/src/generated/Stamp').Stamp} Stamp
 * @typedef {{ sessions: number, therapists: number, from: number, every: number }} Size
 */

/** @type {import('../../../ui/src/generated/Hue').Hue[]} */
const HUES = ['sky', 'violet', 'clay', 'plum', 'teal', 'ochre', 'indigo', 'slate'];
const FIRST = ['Maya', 'Noah', 'Inès', 'Theo', 'Adaeze', 'Karim', 'Sofía', 'Jonas', 'Hana', 'Milo', 'Grace', 'Oliver'];
const LAST = ['Redfern', 'Lindqvist', 'Caron', 'Brandt', 'Eke', 'Haddad', 'Marín', 'Weber', 'Sato', 'Petrov', 'Obi', 'Quist'];
/** Monday, 23 November 2026. */
const MONDAY = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

/** @type {(date: string, minute: number) => Stamp} */
const stamp = (date, minute) => ({ at: Date.parse(`${date}T00:00:00Z`) / 1000 + minute * 60, date, minute, second: false });
/** @type {<T>(n: number, make: (i: number) => T) => T[]} */
const many = (n, make) => Array.from({ length: n }, (_, i) => make(i));

/**
 * How a clinic with so many sessions a week looks: from when on, and every how many minutes, each therapist has one.
 * @param {number} sessions
 * @returns {Size}
 */
export function clinicOf(sessions) {
  return sessions <= 300
    ? { sessions, therapists: 4, from: 8 * 60, every: 60 }
    : { sessions, therapists: 12, from: 0, every: 60 };
}

/**
 * Week `n` from that Monday on.
 * @param {Size} clinic
 * @param {number} n
 * @returns {CalendarView}
 */
export function week(clinic, n) {
  const dates = many(7, (day) => new Date(MONDAY + (n * 7 + day) * DAY).toISOString().slice(0, 10));
  const therapists = many(clinic.therapists, (i) => ({ id: `t-${i}`, name: `${FIRST[i]} ${LAST[11 - i]}`, initials: `${FIRST[i][0]}${LAST[11 - i][0]}`, hue: HUES[i % HUES.length], archived: false }));
  const rooms = many(clinic.therapists, (i) => ({ id: `r-${i}`, name: `Room ${i + 1}`, archived: false }));
  /** @type {import('../../../ui/src/generated/StatusWord').StatusWord[]} */
  const states = n > 0 ? ['confirmed', 'scheduled', 'confirmed'] : ['completed', 'confirmed', 'scheduled', 'no_show'];
  /** @type {CalendarView['blocks']} */
  const blocks = [];
  for (let i = 0; blocks.length < clinic.sessions; i += 1) {
    const who = i % clinic.therapists;
    const day = Math.floor(i / clinic.therapists) % 7;
    const from = clinic.from + Math.floor(i / clinic.therapists / 7) * clinic.every;
    const [first, last] = [FIRST[(i * 5 + n) % 12], LAST[(i * 7 + day) % 12]];
    blocks.push({
      session: `s-${n}-${i}`, day, from, to: from + 50, start: stamp(dates[day], from), end: stamp(dates[day], from + 50),
      therapist: therapists[who].id, room: rooms[(who + day) % rooms.length].id, place: { kind: 'room', id: rooms[(who + day) % rooms.length].id },
      client: `c-${i % 144}`, client_name: `${first} ${last}`, client_initials: `${first[0]}${last[0]}`, others: [], co_therapists: [], service_name: 'Individual therapy',
      status: states[(i + day) % states.length], turnover: 10, kept: [{ before: 0, after: 0 }], pending: false, attention: false,
    });
  }
  const closed = clinic.from > 0 ? [[0, clinic.from], [19 * 60, 1440]] : [];
  /** @type {CalendarView['shades']} */
  const shades = [...therapists, ...rooms].flatMap((lane) => dates.flatMap((_, day) => closed.map(([from, to]) => ({ day, from, to, resource: lane.id, kind: 'outside_hours', label: null }))));
  return {
    now: stamp('2026-11-24', 684),
    offset_minutes: 480,
    days: dates.map((date) => ({ date, minutes: 1440, now_minute: date === '2026-11-24' ? 684 : null, start: stamp(date, 0), open: true, sessions: Math.round(clinic.sessions / 7), shift: null })),
    therapists, rooms, blocks, shades,
  };
}

/**
 * The same week as other calendars take it.
 * @param {CalendarView} view
 * @param {boolean} resources
 */
export function events(view, resources) {
  /** @type {(stamp: Stamp) => string} */
  const at = (stamp) => `${stamp.date}T${String(Math.floor(stamp.minute / 60)).padStart(2, '0')}:${String(stamp.minute % 60).padStart(2, '0')}:00`;
  return view.blocks.map((block) => ({ id: block.session, title: block.client_name, start: at(block.start), end: at(block.end), ...(resources ? { resourceIds: [block.therapist] } : {}) }));
}
