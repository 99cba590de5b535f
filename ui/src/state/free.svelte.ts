/** How free each day of a month is: the bars of the date grid, asked in one call for the month that is open. */
import type { FreeDaysRequest } from '../generated/FreeDaysRequest';
import type { FreeDayView } from '../generated/FreeDayView';
import { time, type Day } from '../words/format';
import { t } from '../words/index.svelte';
import { api } from './api';
import { query } from './core.svelte';

/** A day of the grid: how long its bar is, 0 to 5, and the same in words. */
export interface FreeDay {
  bars: number;
  says: string;
}

/** So many free minutes fill a bar: a whole working day. */
const FULL = 480;

export function freeDay(day: FreeDayView): FreeDay {
  if (!day.first) return { bars: 0, says: t(`day-${day.kind}`) };
  const [hours, minutes] = [Math.floor(day.minutes / 60), day.minutes % 60];
  return {
    bars: Math.max(1, Math.min(5, Math.round((day.minutes / FULL) * 5))),
    says: t('day-free', { span: [hours ? t('hours-short', { n: hours }) : '', minutes ? t('minutes-short', { n: minutes }) : ''].filter(Boolean).join(' '), first: time(day.first.minute) }),
  };
}

/**
 * Asks for the month of `request().month`, again when anything of it or in the clinic changes. A day that has not been asked
 * about yet has no entry: nothing is claimed of it. Null asks nothing. Call while a component is set up.
 */
export function freeDays(request: () => FreeDaysRequest | null): { readonly days: Readonly<Record<Day, FreeDay>> } {
  const answer = query(async () => {
    const wanted = request();
    return wanted ? (await api.freeDays(wanted)).days : [];
  });
  const days = $derived(Object.fromEntries((answer.data ?? []).map((day) => [day.date, freeDay(day)])));
  return {
    get days() { return days; },
  };
}
