/**
 * The port between the screens and the core. The same screens run in the window (Tauri) and in a browser on loopback
 * (tests only), so everything they may ask for goes through this one function and this one event.
 */

import type { LineTrouble } from '../generated/LineTrouble';
import type { Refusal } from '../generated/Refusal';

/** Why a request was not done. A refusal is the clinic's rules saying no; a line is the server's, or none to it; a fault is something that broke. */
export type ProblemDetail =
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'line'; trouble: LineTrouble }
  | { kind: 'fault'; code: string; retry: boolean; trace: string };

/** What a failed `call` rejects with. Its message holds a code only: never a name, an address or a text. */
export class Problem extends Error {
  constructor(readonly detail: ProblemDetail) {
    super(detail.kind === 'fault' ? `fault ${detail.code}` : detail.kind);
    this.name = 'Problem';
  }
}

export interface Host {
  /** Asks the core; rejects with a `Problem`. */
  call(cmd: string, payload: unknown): Promise<unknown>;
  /** Calls back with what changed, batched by the core; returns the way to stop. */
  onChanged(callback: (change: unknown) => void): () => void;
  /** Shows everything larger or smaller, in percent. */
  zoom(percent: number): void;
}

/** Makes a Problem of whatever came back; what is not one of ours is a fault without a code to act on. */
export function asProblem(raw: unknown): Problem {
  if (raw instanceof Problem) return raw;
  if (typeof raw === 'object' && raw !== null && 'kind' in raw) {
    const detail = raw as Partial<Record<'kind' | 'refusal' | 'trouble' | 'code' | 'retry' | 'trace', unknown>>;
    if (detail.kind === 'refused') return new Problem({ kind: 'refused', refusal: detail.refusal as Refusal });
    if (detail.kind === 'line') return new Problem({ kind: 'line', trouble: detail.trouble as LineTrouble });
    if (detail.kind === 'fault')
      return new Problem({ kind: 'fault', code: String(detail.code), retry: detail.retry === true, trace: typeof detail.trace === 'string' ? detail.trace : '' });
  }
  return new Problem({ kind: 'fault', code: 'unreachable', retry: true, trace: '' });
}
