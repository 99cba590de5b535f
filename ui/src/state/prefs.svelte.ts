/**
 * How the window looks on this computer: the core's device settings put on the document, and the few choices of a member (which
 * lanes are hidden, day or week). The core keeps both, because the web view keeps nothing. No health data, ids at most.
 */
import type { DeviceSettings } from '../generated/DeviceSettings';
import type { ViewSettings } from '../generated/ViewSettings';
import { setLanguage } from '../words/index.svelte';
import { api } from './api';
import { zoom } from './core.svelte';

const USUAL: ViewSettings = { hidden: [], focus_week: true, calendar: 'week', room_calendar: 'day' };

export const prefs = $state<ViewSettings>({ ...USUAL });
let shaded = $state(false);

/** The privacy shade: initials only, until it is lifted. Never kept. */
export function shade(): boolean {
  return shaded;
}

export function setShade(on: boolean): void {
  shaded = on;
}

/** Looks as this member left it; whoever was in front before may have been another. A clinic that does not answer looks as usual. */
export async function loadPrefs(): Promise<void> {
  try {
    Object.assign(prefs, await api.view());
  } catch {
    Object.assign(prefs, USUAL);
  }
}

/** Shows a choice at once, and keeps it. That it could not be kept (a full disk) is no reason to disturb anyone now. */
export function setPrefs(to: Partial<ViewSettings>): void {
  Object.assign(prefs, to);
  api.saveView($state.snapshot(prefs)).catch(() => undefined);
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
    if (now) setLanguage(now.language);
  });
  const percent = $derived(device()?.zoom ?? 100);
  $effect(() => zoom(percent));
}
