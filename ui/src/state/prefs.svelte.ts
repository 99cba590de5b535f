/** How this person likes the window on this computer. Kept in the web view's store: no health data, ids at most. */
import { setFormats } from '../words/locale.svelte';
import { setLanguage, type Language } from '../words/index.svelte';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'normal' | 'compact' | 'roomy';

export interface Prefs {
  theme: Theme;
  density: Density;
  /** Percent, 80 to 150. */
  zoom: number;
  language: Language;
  clock: 12 | 24;
  /** Therapists whose lanes are switched off. */
  hidden: string[];
  /** The week with one day drawn wide. */
  focusWeek: boolean;
}

const KEY = 'safetalk.prefs';
const USUAL: Prefs = { theme: 'system', density: 'normal', zoom: 100, language: 'en', clock: 24, hidden: [], focusWeek: true };

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

/** Puts the preferences on the document and keeps them, now and whenever they change. Call once, from the root. */
export function applyPrefs(): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  let system = $state(dark.matches);
  dark.addEventListener('change', (event) => (system = event.matches));
  $effect(() => {
    const root = document.documentElement;
    root.dataset['theme'] = prefs.theme === 'system' ? (system ? 'dark' : 'light') : prefs.theme;
    root.dataset['density'] = prefs.density;
    root.style.fontSize = `${String(0.16 * prefs.zoom)}px`;
    setLanguage(prefs.language);
    setFormats({ clock: prefs.clock });
    localStorage.setItem(KEY, JSON.stringify(prefs));
  });
}
