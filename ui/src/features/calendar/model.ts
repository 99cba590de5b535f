/**
 * What the calendar draws, made from the core's answer. `start` and `end` are where a session stands: minutes passed since the
 * day's start; `clockStart` and `clockEnd` are what the wall clock shows then. They differ only on the day of a clock change.
 */
import type { Buffers } from '../../generated/Buffers';
import type { CalendarView } from '../../generated/CalendarView';
import type { ClockShift } from '../../generated/ClockShift';
import type { StatusWord } from '../../generated/StatusWord';
import { sayInitials, sayOffset, sayPeople } from '../../state/say';
import type { Day } from '../../words/format';
import { t } from '../../words/index.svelte';

export interface CalendarSession {
  id: string;
  day: Day;
  start: number;
  end: number;
  clockStart: number;
  clockEnd: number;
  /** Minutes its room is kept after it. */
  turnover: number;
  /** Minutes of each who leads it that are kept around it: the therapist's, then the co-therapists'. */
  kept: readonly Buffers[];
  therapist: string;
  /** In their lanes it is drawn as well. */
  coTherapists: string[];
  room: string | null;
  client: string;
  initials: string;
  service: string;
  /** "Willow", "Online" or the place's own words. */
  place: string;
  status: StatusWord;
  /** Not yet confirmed by a ledger that is out of reach. */
  pending: boolean;
  attention: boolean;
}

export interface CalendarResource {
  id: string;
  kind: 'therapist' | 'room';
  name: string;
  initials: string;
  /** The therapist's colour; a room has none. */
  hue: string | null;
}

/** Empty time that was chosen to be booked, on the wall clock. */
export interface BookSlot {
  day: Day;
  start: number;
  second: boolean;
  /** Its length, where it was drawn. */
  minutes: number | null;
  lane: CalendarResource;
}

export interface CalendarShade {
  day: Day;
  resource: string;
  start: number;
  end: number;
  /** A session that is somebody else's, of which nothing is known but when it is. */
  busy: boolean;
  /** Shown in the middle where there is space: "Lunch", "Off from 14:00". */
  label: string | null;
}

export interface CalendarDay {
  day: Day;
  /** 1380, 1440 or 1500: a clock change is drawn as the hour that is missing, or named where it comes twice. */
  minutes: number;
  /** Where its clocks change. */
  shift: ClockShift | null;
}

export interface CalendarData {
  days: CalendarDay[];
  today: Day;
  /** Minutes of now on today's wall clock. */
  now: number;
  /** "GMT+8" */
  zone: string;
  therapists: CalendarResource[];
  rooms: CalendarResource[];
  sessions: CalendarSession[];
  shades: CalendarShade[];
}

/** The two letters of a room's narrow lane. */
function short(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return (words.length > 1 ? words.map((w) => w[0] ?? '').join('') : (words[0] ?? '').slice(0, 1)).slice(0, 2).toLocaleUpperCase();
}

/** The core's answer as the grid draws it. */
export function fromCore(view: CalendarView): CalendarData {
  const day = (index: number): Day => view.days[index]?.date ?? view.now.date;
  const rooms = new Map(view.rooms.map((room) => [room.id, room.name]));
  return {
    days: view.days.map((d) => ({ day: d.date, minutes: d.minutes, shift: d.shift })),
    today: view.now.date,
    now: view.days.find((d) => d.now_minute !== null)?.now_minute ?? view.now.minute,
    zone: sayOffset(view.offset_minutes),
    therapists: view.therapists.map((one) => ({ id: one.id, kind: 'therapist', name: one.name, initials: one.initials, hue: one.hue })),
    rooms: view.rooms.map((one) => ({ id: one.id, kind: 'room', name: one.name, initials: short(one.name), hue: null })),
    sessions: view.blocks.map((b) => ({
      id: b.session,
      day: day(b.day),
      start: b.from,
      end: b.to,
      clockStart: b.start.minute,
      clockEnd: b.end.minute,
      // Over midnight it has a block on either side: what comes before stands at the first, what comes after at the last.
      turnover: b.end.date === day(b.day) ? b.turnover : 0,
      kept: b.kept.map((one) => ({ before: b.start.date === day(b.day) ? one.before : 0, after: b.end.date === day(b.day) ? one.after : 0 })),
      therapist: b.therapist,
      coTherapists: b.co_therapists,
      room: b.room,
      client: sayPeople(b.client_name, b.others.map((one) => one.name)),
      initials: sayInitials(b.client_initials, b.others),
      service: b.service_name,
      place: b.room ? (rooms.get(b.room) ?? '') : t(b.place.kind === 'online' ? 'online' : 'elsewhere'),
      status: b.status,
      pending: b.pending,
      attention: b.attention,
    })),
    shades: view.shades.map((s) => {
      const busy = s.kind === 'busy';
      return { day: day(s.day), resource: s.resource, start: s.from, end: s.to, busy, label: busy ? t('busy') : s.label };
    }),
  };
}

/** A week shows every day that has hours or a session; a day that was asked for alone is always shown. */
export function openDays(view: CalendarView): CalendarView {
  if (view.days.length < 2) return view;
  const kept = view.days.map((d, i) => ({ d, i })).filter(({ d }) => d.open || d.sessions > 0 || d.date === view.now.date);
  if (kept.length === view.days.length || kept.length === 0) return view;
  const place = new Map(kept.map(({ i }, at) => [i, at]));
  const move = <T extends { day: number }>(items: readonly T[]): T[] =>
    items.flatMap((item) => {
      const day = place.get(item.day);
      return day === undefined ? [] : [{ ...item, day }];
    });
  return { ...view, days: kept.map(({ d }) => d), blocks: move(view.blocks), shades: move(view.shades) };
}
