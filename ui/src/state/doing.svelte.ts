/** One thing a dialog does: busy while it runs, with the problem it ended in. A second click while it runs does nothing. */
import { untrack } from 'svelte';
import { asProblem, type Problem } from '../host';
import { patiently } from './core.svelte';

export interface Doing {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  /** Runs it; undefined when it failed or something runs already. */
  run<T>(work: () => Promise<T>): Promise<T | undefined>;
  clear(): void;
}

export function doing(): Doing {
  let busy = $state(false);
  let problem = $state.raw<Problem>();
  return {
    get busy() { return busy; },
    get problem() { return problem; },
    async run(work) {
      if (busy) return undefined;
      busy = true;
      problem = undefined;
      try {
        return await work();
      } catch (raw) {
        problem = asProblem(raw);
        return undefined;
      } finally {
        busy = false;
      }
    },
    clear() { problem = undefined; },
  };
}

/** What a dialog works on, as it stood when the dialog was opened: a change underneath must not move under the hand. */
export function opened<T>(ask: () => Promise<T>): { readonly data: T | undefined; readonly problem: Problem | undefined } {
  let data = $state.raw<T>();
  let problem = $state.raw<Problem>();
  patiently(ask).then(
    (answer) => (data = answer),
    (raw: unknown) => (problem = asProblem(raw)),
  );
  return {
    get data() { return data; },
    get problem() { return problem; },
  };
}

/** A value as it stands now, for a dialog that must not move under the hand when it changes later. */
export function atOpening<T>(read: () => T): T {
  return untrack(read);
}
