/**
 * What the calendar draws, as the core sends it. Times are minutes on the wall clock of their day, so that 09:00 stands at
 * 09:00 in every column; the core has cut what crosses midnight into one part per day.
 */
import type { Day } from '../../words/format';

export type SessionStatus = 'scheduled' | 'confirmed' | 'in_session' | 'completed' | 'no_show' | 'cancelled';

export interface CalendarSession {
  id: string;
  day: Day;
  start: number;
  end: number;
  /** Until when the room is kept after it; equal to `end` where there is no turnover. */
  turnoverEnd: number;
  therapist: string;
  room: string | null;
  client: string;
  initials: string;
  service: string;
  /** "Willow", "Online" or the place's own words. */
  place: string;
  status: SessionStatus;
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

export interface CalendarShade {
  day: Day;
  resource: string;
  start: number;
  end: number;
  /** Shown in the middle where there is space: "Lunch", "Off from 14:00". */
  label: string | null;
}

export interface CalendarDay {
  day: Day;
  /** 1380, 1440 or 1500: a clock change is drawn as the hour that is missing, or named where it comes twice. */
  minutes: number;
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
