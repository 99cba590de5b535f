/** A host for component tests: answers from a table, keeps what was asked. */
import { asProblem, type Host } from './host';

export type Answers = Record<string, (payload: unknown) => unknown>;

export interface MemoryHost extends Host {
  readonly asked: { cmd: string; payload: unknown }[];
  /** The zooms it was set to. */
  readonly zooms: number[];
  /** Tells the screens that something changed. */
  poke(change?: unknown): void;
}

export function memoryHost(answers: Answers): MemoryHost {
  const asked: { cmd: string; payload: unknown }[] = [];
  const zooms: number[] = [];
  const listeners = new Set<(change: unknown) => void>();
  return {
    asked,
    zooms,
    async call(cmd, payload) {
      asked.push({ cmd, payload });
      const answer = answers[cmd];
      if (!answer) throw asProblem({ kind: 'fault', code: 'unknown_command', retry: false, trace: cmd });
      try {
        return await Promise.resolve(answer(payload));
      } catch (raw) {
        throw asProblem(raw);
      }
    },
    onChanged(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    zoom(percent) {
      zooms.push(percent);
    },
    poke(change) {
      for (const listener of listeners) listener(change);
    },
  };
}
