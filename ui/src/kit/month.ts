/** The days a month's page shows, and where the arrow keys lead. Pure; the grid only draws it. */
import { addDays, addMonths, weekStart, type Day } from '../words/format';

export interface MonthWeek {
  start: Day;
  days: Day[];
}

/** The weeks that hold the month of `day`, whole weeks, `first` = 0 for Sunday or 1 for Monday; always six, so nothing jumps. */
export function monthWeeks(day: Day, first: number): MonthWeek[] {
  const start = weekStart(`${day.slice(0, 7)}-01`, first);
  return Array.from({ length: 6 }, (_, w) => {
    const from = addDays(start, w * 7);
    return { start: from, days: Array.from({ length: 7 }, (_, d) => addDays(from, d)) };
  });
}

/** Where a key leads from `day` in a date grid; null when the key means nothing here. */
export function dayByKey(day: Day, key: string, shift: boolean, first: number): Day | null {
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1);
    case 'ArrowRight':
      return addDays(day, 1);
    case 'ArrowUp':
      return addDays(day, -7);
    case 'ArrowDown':
      return addDays(day, 7);
    case 'Home':
      return weekStart(day, first);
    case 'End':
      return addDays(weekStart(day, first), 6);
    case 'PageUp':
      return addMonths(day, shift ? -12 : -1);
    case 'PageDown':
      return addMonths(day, shift ? 12 : 1);
    default:
      return null;
  }
}
