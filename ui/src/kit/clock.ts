/** Reading and writing times of day as a person types them. Minutes are counted from midnight on the wall clock. */

const pad = (n: number): string => String(n).padStart(2, '0');

/** `850` -> `14:10` */
export function writeTime(minutes: number): string {
  const m = ((minutes % 1440) + 1440) % 1440;
  return `${pad(Math.floor(m / 60))}:${pad(m % 60)}`;
}

/** Reads `14:05`, `14.05`, `1405`, `9`, `930`, `2pm`, `2:30 pm`; null when it is no time of day. */
export function readTime(text: string): number | null {
  const found = /^\s*(\d{1,2})(?:[:.h]?([0-5]\d))?\s*(am|pm|a|p)?\s*$/i.exec(text);
  if (!found) return null;
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? '0');
  const half = found[3]?.toLowerCase();
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.startsWith('p') ? 12 : 0);
  }
  return hour > 23 ? null : hour * 60 + minute;
}

/** The next multiple of `step` after (or before) `minutes`, kept inside the day. */
export function stepTime(minutes: number, step: number, direction: 1 | -1): number {
  const next = direction > 0 ? Math.floor(minutes / step) * step + step : Math.ceil(minutes / step) * step - step;
  return Math.max(0, Math.min(1439 - (1439 % step), next));
}
