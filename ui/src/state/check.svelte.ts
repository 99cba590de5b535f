/** The live answer of the message box: asked while a person types, an overtaken answer dropped by its number. */
import type { Anyway } from '../generated/Anyway';
import type { CheckAnswer } from '../generated/CheckAnswer';
import type { CheckRequest } from '../generated/CheckRequest';
import { tick } from 'svelte';
import { asProblem, type Problem } from '../host';
import { api } from './api';
import { answering, isShut } from './core.svelte';

/** Long enough for a typed digit to be followed by the next, short enough to feel at once. Milliseconds. */
const PAUSE = 60;

export interface Checking {
  /** The answer to the last question; the one before while a new one is under way. */
  readonly answer: CheckAnswer | undefined;
  /** True while the answer shown is not the answer to what stands in the fields. */
  readonly stale: boolean;
  readonly problem: Problem | undefined;
  /** Resolves when what stands in the fields has its answer: for whoever types and sends in one breath. */
  settled(): Promise<void>;
}

/** Whether the slot may be sent: it is free, or only a soft rule stands against it and the person says so, with a reason where one is needed. */
export function fits(check: Checking, anyway: boolean, reason: string): boolean {
  const { answer, stale } = check;
  if (!answer || stale) return false;
  return answer.available || (anyway && answer.may_book_anyway && (!answer.reason_needed || reason.trim() !== ''));
}

/** "Book anyway" as it is sent. */
export function anywayOf(anyway: boolean, reason: string): Anyway {
  return { anyway, reason: anyway && reason.trim() ? reason.trim() : null };
}

/** Asks whenever what `request` reads changes; null asks nothing. Call while a component is set up. */
export function checking(request: () => CheckRequest | null): Checking {
  let answer = $state.raw<CheckAnswer>();
  let problem = $state.raw<Problem>();
  let stale = $state(true);
  let asked = 0;
  let waiting: (() => void)[] = [];
  const settle = (): void => {
    for (const one of waiting) one();
    waiting = [];
  };
  $effect(() => {
    const wanted = request();
    const mine = ++asked;
    stale = true;
    // Behind the lock nothing is asked; it is when that opens, for the slot may be taken by then.
    if (!wanted || !answering()) {
      settle();
      return;
    }
    const timer = setTimeout(() => {
      api.check(wanted).then(
        (got) => {
          if (mine !== asked) return;
          answer = got;
          problem = undefined;
          stale = false;
          settle();
        },
        (raw: unknown) => {
          if (mine !== asked) return;
          const met = asProblem(raw);
          if (!isShut(met)) problem = met;
          settle();
        },
      );
    }, PAUSE);
    return () => clearTimeout(timer);
  });
  return {
    get answer() { return answer; },
    get stale() { return stale; },
    get problem() { return problem; },
    async settled() {
      // A field that was typed in this very instant is asked about in the next.
      await tick();
      if (stale && !problem) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
