import { browserHost } from './browser';
import type { Host } from './host';
import { tauriHost } from './tauri';

export { asProblem, Problem, type Host } from './host';

/** The host this page runs in. */
export function pickHost(): Host {
  return '__TAURI_INTERNALS__' in window ? tauriHost() : browserHost();
}
