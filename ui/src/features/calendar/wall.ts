/**
 * Where things stand in a day against what the wall clock shows. The grid is drawn in minutes passed since the day's start; on
 * the day of a clock change the two part at the change. Pure.
 */
import type { ClockShift } from '../../generated/ClockShift';

export interface Wall {
  /** Minutes on the wall clock. */
  minute: number;
  /** The second time this time comes on that day. */
  second: boolean;
}

/** What the wall clock shows when `passed` minutes of the day have gone. */
export function wallAt(passed: number, shift: ClockShift | null): Wall {
  if (!shift || passed < shift.at_minute) return { minute: passed, second: false };
  return { minute: passed + shift.by_minutes, second: shift.by_minutes < 0 && passed < shift.at_minute - shift.by_minutes };
}
