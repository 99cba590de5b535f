/** Turning a pointer's path on empty time into a slot. Pure: pixels in, minutes out. */

/** Below this a press is a click. */
export const THRESHOLD = 4;

/** The minute under a pointer, snapped down to `snap`. */
export function minuteAt(y: number, top: number, height: number, total: number, snap: number): number {
  const raw = ((y - top) / Math.max(1, height)) * total;
  return Math.max(0, Math.min(total - snap, Math.floor(raw / snap) * snap));
}

/** The slot between two minutes, whichever way it was drawn; at least one snap long. */
export function slotBetween(from: number, to: number, snap: number): { start: number; end: number } {
  const start = Math.min(from, to);
  return { start, end: Math.max(from, to) + snap };
}
