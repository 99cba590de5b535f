/** Binds the table of keys to the window. Nothing fires in a field, in a pop-up or under a dialog. */
import { tinykeys } from 'tinykeys';
import type { Route } from '../state/route';
import { KEYS, typing, type KeyAct } from './keys';
import { SECTIONS } from './sections';

interface Bound {
  act: (what: KeyAct) => void;
  go: (to: Route) => void;
  blocked: () => boolean;
  calendar: () => boolean;
}

export function bind({ act, go, blocked, calendar }: Bound): () => void {
  const table: Record<string, (event: KeyboardEvent) => void> = {};
  const guard = (run: () => void, only?: () => boolean) => (event: KeyboardEvent) => {
    if (event.defaultPrevented || blocked() || typing(event.target) || (only && !only())) return;
    event.preventDefault();
    run();
  };
  for (const line of KEYS) for (const keys of line.keys) table[keys] = guard(() => act(line.act), line.calendar ? calendar : undefined);
  for (const section of SECTIONS) table[`g ${section.key}`] = guard(() => go(section.route));
  return tinykeys(window, table);
}
