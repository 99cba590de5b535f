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
const LAST = 1440 - STEP;

/** The session the cursor stands on; of several the first in order. */
export function sessionAt(lane: Lane | undefined, minute: number): string | null {
  let best: { id: string; start: number } | null = null;
  for (const { session } of lane?.sessions ?? [])
    if (session.start <= minute && minute < session.end && (!best || session.start < best.start)) best = session;
  return best?.id ?? null;
}

function clamp(minute: number): number {
  return Math.max(0, Math.min(LAST, minute));
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
      return { lane: lane.key, minute: clamp(here ? here.end : nextStop(lane, at.minute, 1)) };
    case 'ArrowUp':
      return { lane: lane.key, minute: clamp(nextStop(lane, here ? here.start : at.minute, -1)) };
    case 'ArrowRight':
      return side(mirrored ? -1 : 1);
    case 'ArrowLeft':
      return side(mirrored ? 1 : -1);
    case 'Home':
      return { lane: lane.key, minute: lane.sessions.length ? Math.min(...lane.sessions.map((p) => p.session.start)) : 0 };
    case 'End':
      return { lane: lane.key, minute: lane.sessions.length ? Math.max(...lane.sessions.map((p) => p.session.start)) : LAST };
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
