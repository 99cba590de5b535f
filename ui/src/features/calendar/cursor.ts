/**
 * The one focus of the grid, moved by keys: a lane and a minute. On a session it is the session, elsewhere an empty slot that
 * can be booked. Pure.
 */
import type { Lane } from './columns';
import type { CalendarSession } from './model';

export interface Cursor {
  lane: string;
  minute: number;
  /** The session meant, where a cancelled one shares the minute with what stands or with time that is free again. */
  session?: string | undefined;
}

/** Empty time is walked in half hours. */
const STEP = 30;
/** A page key leaps over the better part of what is in sight. */
const PAGE = 180;

const stands = (session: CalendarSession): boolean => session.status !== 'cancelled';
const covers = (session: CalendarSession, minute: number): boolean => session.start <= minute && minute < session.end;
const meets = (one: CalendarSession, other: CalendarSession): boolean => one.start < other.end && other.start < one.end;

/** The sessions of a lane in the order they are walked: by time, and what stands before what was cancelled. */
function walked(lane: Lane): CalendarSession[] {
  const all = lane.sessions.map((placed) => placed.session);
  return all.sort((a, b) => a.start - b.start || Number(stands(b)) - Number(stands(a)) || (a.id < b.id ? -1 : 1));
}

/** The session the cursor stands on: the one it means, else the one that stands there. A cancelled one leaves its time free. */
export function sessionAt(lane: Lane | undefined, minute: number, meant?: string): string | null {
  if (!lane) return null;
  const all = walked(lane);
  return (all.find((one) => one.id === meant) ?? all.find((one) => stands(one) && covers(one, minute)))?.id ?? null;
}

/** The last half hour of the day, which has 23, 24 or 25 hours. */
const last = (lane: Lane): number => lane.minutes - STEP;

function clamp(lane: Lane, minute: number): number {
  return Math.max(0, Math.min(last(lane), minute));
}

/** One down: what was cancelled is walked after what shares its time, or after the free time it left. */
function down(lane: Lane, at: Cursor, here: CalendarSession | undefined): Cursor {
  const all = walked(lane);
  const next = here ? all.slice(all.indexOf(here) + 1).find((one) => !stands(one) && meets(one, here)) : all.find((one) => !stands(one) && covers(one, at.minute));
  if (next) return { lane: lane.key, minute: next.start, session: next.id };
  if (!here) return { lane: lane.key, minute: clamp(lane, nextStop(lane, at.minute, 1)) };
  // What stands beside a cancelled one was walked before it.
  const over = stands(here) ? here.end : Math.max(here.end, ...all.filter((one) => stands(one) && meets(one, here) && one.start <= here.start).map((one) => one.end));
  return { lane: lane.key, minute: clamp(lane, over) };
}

/** One up, the same way back: from what was cancelled to what shares its time, or to the free time it left. */
function up(lane: Lane, at: Cursor, here: CalendarSession | undefined): Cursor {
  if (here && !stands(here)) {
    const beside = walked(lane).findLast((one) => stands(one) && meets(one, here));
    return { lane: lane.key, minute: beside?.start ?? here.start };
  }
  return { lane: lane.key, minute: clamp(lane, nextStop(lane, here ? here.start : at.minute, -1)) };
}

/** Where an arrow, Home, End or a page key leads; null when the key means nothing here. */
export function moveCursor(at: Cursor, key: string, lanes: readonly Lane[], mirrored: boolean): Cursor | null {
  const index = Math.max(0, lanes.findIndex((l) => l.key === at.lane));
  const lane = lanes[index];
  if (!lane) return null;
  const on = sessionAt(lane, at.minute, at.session);
  const here = walked(lane).find((session) => session.id === on);
  const side = (by: number): Cursor => ({ lane: (lanes[Math.max(0, Math.min(lanes.length - 1, index + by))] ?? lane).key, minute: at.minute });
  switch (key) {
    case 'ArrowDown':
      return down(lane, at, here);
    case 'ArrowUp':
      return up(lane, at, here);
    case 'ArrowRight':
      return side(mirrored ? -1 : 1);
    case 'ArrowLeft':
      return side(mirrored ? 1 : -1);
    case 'PageDown':
      return { lane: lane.key, minute: clamp(lane, at.minute + PAGE) };
    case 'PageUp':
      return { lane: lane.key, minute: clamp(lane, at.minute - PAGE) };
    case 'Home':
      return { lane: lane.key, minute: lane.sessions.length ? Math.min(...lane.sessions.map((p) => p.session.start)) : 0 };
    case 'End':
      return { lane: lane.key, minute: lane.sessions.length ? Math.max(...lane.sessions.map((p) => p.session.start)) : last(lane) };
    default:
      return null;
  }
}

/** The next half hour, or the edge of a session before it, whichever comes first. */
function nextStop(lane: Lane, minute: number, direction: 1 | -1): number {
  const step = direction > 0 ? Math.floor(minute / STEP) * STEP + STEP : Math.ceil(minute / STEP) * STEP - STEP;
  const starts = lane.sessions.map((p) => p.session.start);
  if (direction > 0) return Math.min(step, ...starts.filter((s) => s > minute));
  return Math.max(step, ...starts.filter((s) => s < minute && s > step));
}
