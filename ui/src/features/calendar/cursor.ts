/**
 * The one focus of the grid, moved by keys: a lane and a minute. On a session it is the session, elsewhere an empty slot that
 * can be booked. Pure.
 */
import type { Lane } from './columns';

export interface Cursor {
  lane: string;
  minute: number;
}

/** Empty time is walked in half hours. */
const STEP = 30;
/** A page key leaps over the better part of what is in sight. */
const PAGE = 180;

/** The session the cursor stands on; of several the first in order. */
export function sessionAt(lane: Lane | undefined, minute: number): string | null {
  let best: { id: string; start: number } | null = null;
  for (const { session } of lane?.sessions ?? [])
    if (session.start <= minute && minute < session.end && (!best || session.start < best.start)) best = session;
  return best?.id ?? null;
}

/** The last half hour of the day, which has 23, 24 or 25 hours. */
const last = (lane: Lane): number => lane.minutes - STEP;

function clamp(lane: Lane, minute: number): number {
  return Math.max(0, Math.min(last(lane), minute));
}

/** Where an arrow, Home, End or a page key leads; null when the key means nothing here. */
export function moveCursor(at: Cursor, key: string, lanes: readonly Lane[], mirrored: boolean): Cursor | null {
  const index = Math.max(0, lanes.findIndex((l) => l.key === at.lane));
  const lane = lanes[index];
  if (!lane) return null;
  const here = lane.sessions.find(({ session }) => session.id === sessionAt(lane, at.minute))?.session;
  const side = (by: number): Cursor => ({ lane: (lanes[Math.max(0, Math.min(lanes.length - 1, index + by))] ?? lane).key, minute: at.minute });
  switch (key) {
    case 'ArrowDown':
      return { lane: lane.key, minute: clamp(lane, here ? here.end : nextStop(lane, at.minute, 1)) };
    case 'ArrowUp':
      return { lane: lane.key, minute: clamp(lane, nextStop(lane, here ? here.start : at.minute, -1)) };
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
