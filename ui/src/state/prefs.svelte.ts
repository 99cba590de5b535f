/**
 * How the window looks on this computer: the core's device settings put on the document, and the few choices of a view (which
 * lanes are hidden) that the web view itself keeps. No health data, ids at most.
 */
import type { DeviceSettings } from '../generated/DeviceSettings';
import { setLanguage } from '../words/index.svelte';

export interface Prefs {
  /** Therapists whose lanes are switched off. */
  hidden: string[];
  /** The week with one day drawn wide. */
  focusWeek: boolean;
}

const KEY = 'safetalk.view';
const USUAL: Prefs = { hidden: [], focusWeek: true };

function read(): Prefs {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return { ...USUAL, ...(typeof kept === 'object' ? kept : {}) };
  } catch {
    return { ...USUAL };
  }
}

export const prefs = $state<Prefs>(read());
let shaded = $state(false);

/** The privacy shade: initials only, until it is lifted. Never kept. */
export function shade(): boolean {
  return shaded;
}

export function setShade(on: boolean): void {
  shaded = on;
}

/** Puts the settings on the document now and whenever they change. Call once, from the root. */
export function applyPrefs(device: () => DeviceSettings | undefined): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  let system = $state(dark.matches);
  dark.addEventListener('change', (event) => (system = event.matches));
  $effect(() => {
    const now = device();
    const root = document.documentElement;
    const theme = now?.theme ?? 'system';
    root.dataset['theme'] = theme === 'system' ? (system ? 'dark' : 'light') : theme;
    root.dataset['density'] = now?.density ?? 'normal';
    root.style.fontSize = `${String(0.16 * (now?.zoom ?? 100))}px`;
    if (now) setLanguage(now.language);
  });
  $effect(() => localStorage.setItem(KEY, JSON.stringify(prefs)));
}
