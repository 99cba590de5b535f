/** The connection to the core: one host for the whole window, and questions that ask again when something changed. */
import type { Changed } from '../generated/Changed';
import { asProblem, type Host, type Problem } from '../host';
import { isDrawn } from '../kit/curtain.svelte';

let host: Host | undefined;
let changes = $state(0);
/** How often the screens have come before the person. */
let openings = $state(0);
let behind: readonly (() => void)[] = [];
let onShut: () => void = () => undefined;

let listeners: readonly ((change: Changed) => void)[] = [];

/** Called once by the root (or a test) before anything is drawn; returns the way to let go. */
export function connect(to: Host): () => void {
  host = to;
  return to.onChanged((change) => {
    const told = change as Changed | undefined;
    // Where the app stands elsewhere now, the root looks where before anything else asks: it may be behind the lock.
    if (!told?.state) changes += 1;
    if (told) for (const listener of listeners) listener(told);
  });
}

/** Hears every change the core tells of; returns the way to stop. */
export function onChange(listener: (change: Changed) => void): () => void {
  listeners = [...listeners, listener];
  return () => (listeners = listeners.filter((one) => one !== listener));
}

/** The root says what is to be done when an answer shows that the lock has closed. */
export function whenShut(look: () => void): () => void {
  onShut = look;
  return () => (onShut = () => undefined);
}

/** The screens are before the person: whatever is on them is asked again, for meanwhile anything may have changed. */
export function reopened(): void {
  changes += 1;
  openings += 1;
  const all = behind;
  behind = [];
  for (const one of all) one();
}

/** Whether questions of the screens are answered now. Whoever reads it in an effect asks again when they are. */
export function answering(): boolean {
  void openings;
  return !isDrawn();
}

/** Whether a question failed only because the lock closed over it. Nobody has to read of that: it is asked again. */
export function isShut(problem: Problem): boolean {
  const shut = problem.detail.kind === 'fault' && problem.detail.code === 'locked';
  if (shut) onShut();
  return shut;
}

/** Asks once; a question that meets the lock waits behind it. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (raw) {
      const problem = asProblem(raw);
      if (problem.detail.kind !== 'fault' || problem.detail.code !== 'locked') throw problem;
      const opening = new Promise<void>((resolve) => (behind = [...behind, resolve]));
      onShut();
      await opening;
    }
  }
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
    if (!answering()) {
      stale = true;
      return;
    }
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
        const met = asProblem(raw);
        if (isShut(met)) return;
        problem = met;
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
