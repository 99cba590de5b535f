/** The connection to the core: one host for the whole window, and questions that ask again when something changed. */
import type { Changed } from '../generated/Changed';
import { asProblem, type Host, type Problem } from '../host';

let host: Host | undefined;
let changes = $state(0);

let listeners: readonly ((change: Changed) => void)[] = [];

/** Called once by the root (or a test) before anything is drawn; returns the way to let go. */
export function connect(to: Host): () => void {
  host = to;
  return to.onChanged((change) => {
    changes += 1;
    for (const listener of listeners) listener(change as Changed);
  });
}

/** Hears every change the core tells of; returns the way to stop. */
export function onChange(listener: (change: Changed) => void): () => void {
  listeners = [...listeners, listener];
  return () => (listeners = listeners.filter((one) => one !== listener));
}

export function call(cmd: string, payload: unknown): Promise<unknown> {
  if (!host) throw new Error('connect() comes first');
  return host.call(cmd, payload);
}

/** Shows everything larger or smaller, in percent. */
export function zoom(percent: number): void {
  host?.zoom(percent);
}

export interface Query<T> {
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  /** True until the first answer. */
  readonly waiting: boolean;
  /** True while what is shown is not yet the answer to the last question. */
  readonly stale: boolean;
  again(): void;
}

/**
 * A question whose answer is on the screen: asked now, asked again when what it depends on changes or the core says that
 * something changed. An answer that is overtaken by a later question is dropped. Call while a component is set up.
 */
export function query<T>(ask: () => Promise<T>): Query<T> {
  let data = $state.raw<T>();
  let problem = $state.raw<Problem>();
  let waiting = $state(true);
  let stale = $state(true);
  let times = $state(0);
  let asked = 0;
  $effect(() => {
    void changes;
    void times;
    const mine = ++asked;
    stale = true;
    ask().then(
      (answer) => {
        if (mine !== asked) return;
        data = answer;
        problem = undefined;
        waiting = false;
        stale = false;
      },
      (raw: unknown) => {
        if (mine !== asked) return;
        problem = asProblem(raw);
        waiting = false;
        stale = false;
      },
    );
  });
  return {
    get data() { return data; },
    get problem() { return problem; },
    get waiting() { return waiting; },
    get stale() { return stale; },
    again() { times += 1; },
  };
}
