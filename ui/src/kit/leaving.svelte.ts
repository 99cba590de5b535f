/** What stands in the way of going away: a filled form asks first, whatever the way out was. */
import { untrack } from 'svelte';

export interface Guard {
  /** Something typed would be lost. */
  holds: () => boolean;
  /** Asks the person, and calls `go` if they want it still. */
  ask: (go: () => void) => void;
  /** It waits while the person looks at other pages; only the end of the program takes it away. */
  outlivesPage?: boolean;
}

let guards = $state.raw<readonly Guard[]>([]);

/** Asks `guard` before the page is left, and before the program ends; returns the way to stop. */
export function guardLeaving(guard: Guard): () => void {
  // Mostly called by an effect, which must not begin again because there is one guard more.
  untrack(() => (guards = [...guards, guard]));
  return () => untrack(() => (guards = guards.filter((one) => one !== guard)));
}

function free(among: readonly Guard[], go: () => void): boolean {
  const last = among.findLast((one) => one.holds());
  last?.ask(go);
  return last === undefined;
}

/** Whether the page may be left at once. If not, the person is being asked, and `go` is called if they want it still. */
export function mayLeave(go: () => void): boolean {
  return free(guards.filter((one) => !one.outlivesPage), go);
}

/** The same of the program as a whole. */
export function mayQuit(go: () => void): boolean {
  return free(guards, go);
}

/** Whether anything stands there that may hold typed words: for whoever has to know before they ask. */
export function guarded(): boolean {
  return guards.length > 0;
}

/** Whether something typed would be lost now. Asks nobody. */
export function holdsWords(): boolean {
  return guards.some((one) => one.holds());
}
