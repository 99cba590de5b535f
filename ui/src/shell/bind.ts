/** Binds the table of keys to the window. Nothing but what is wanted anywhere fires in a field, in a pop-up or under a dialog. */
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
  const guard = (run: (event: KeyboardEvent) => void, only?: () => boolean) => (event: KeyboardEvent) => {
    if (event.defaultPrevented || blocked() || typing(event.target) || (only && !only())) return;
    event.preventDefault();
    run(event);
  };
  const singles: Record<string, (event: KeyboardEvent) => void> = {};
  const anywhere: typeof singles = {};
  for (const line of KEYS)
    for (const keys of line.keys) {
      if (!line.anywhere) singles[keys] = guard(() => act(line.act), line.calendar ? calendar : undefined);
      else
        anywhere[keys] = (event) => {
          event.preventDefault();
          act(line.act);
        };
    }

  // One sequence for all sections: tinykeys forgets the first press only of the sequence that fires, so that of eleven
  // sequences every second one would be lost. It listens before everything else: after G a letter has one meaning.
  const letters = SECTIONS.map((section) => section.key).join('|');
  const unbindSections = tinykeys(
    window,
    {
      [`g (${letters})`]: guard((event) => {
        const section = SECTIONS.find((one) => one.key === event.key.toLowerCase());
        if (section) go(section.route);
      }),
    },
    { capture: true },
  );
  const unbindSingles = tinykeys(window, singles);
  // A dialog lets no key through to the window: this one is heard before it.
  const unbindAnywhere = tinykeys(window, anywhere, { capture: true, ignore: (event) => event.repeat });
  return () => {
    unbindSections();
    unbindSingles();
    unbindAnywhere();
  };
}
