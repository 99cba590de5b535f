/** Walking a month's page by keys: the day that is reached has the focus. */
import { tick } from 'svelte';
import type { Day } from '../words/format';
import { dayByKey } from './month';

/** Hears a key on `at`; a key that leads to another day goes there and takes the focus along in `root`. */
export async function walkDays(event: KeyboardEvent, at: Day, firstWeekday: number, root: HTMLElement | undefined, go: (to: Day) => void): Promise<void> {
  const to = dayByKey(at, event.key, event.shiftKey, firstWeekday);
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  go(to);
  await tick();
  root?.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
}
