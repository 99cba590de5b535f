/**
 * The keys, in one table: what binds them also writes the `?` sheet. Keys of a screen (Session Details, the grid) are bound
 * there and only named here.
 */
import type { WordId } from '../words/index.svelte';

export type KeyAct = 'new' | 'sheet' | 'shade' | 'undo' | 'today' | 'day' | 'week' | 'focus' | 'previous' | 'next';

export interface KeyLine {
  /** As tinykeys reads them; several do the same. */
  keys: readonly string[];
  /** As people read them. */
  shown: string;
  word: WordId;
  act: KeyAct;
  /** Only where a calendar is on the screen. */
  calendar?: boolean;
  /** In fields and under dialogs too: no letter of a text, and wanted at once when somebody looks over the shoulder. */
  anywhere?: boolean;
}

export const KEYS: readonly KeyLine[] = [
  { keys: ['n'], shown: 'N', word: 'new-session', act: 'new' },
  { keys: ['Shift+?', '?'], shown: '?', word: 'keys-sheet', act: 'sheet' },
  { keys: ['$mod+Shift+h'], shown: 'Ctrl Shift H', word: 'keys-shade', act: 'shade', anywhere: true },
  { keys: ['$mod+z'], shown: 'Ctrl Z', word: 'undo', act: 'undo' },
  { keys: ['t'], shown: 'T', word: 'today', act: 'today', calendar: true },
  { keys: ['d'], shown: 'D', word: 'day', act: 'day', calendar: true },
  { keys: ['w'], shown: 'W', word: 'week', act: 'week', calendar: true },
  { keys: ['f'], shown: 'F', word: 'focus-week', act: 'focus', calendar: true },
  { keys: ['k'], shown: 'K', word: 'keys-previous', act: 'previous', calendar: true },
  { keys: ['j'], shown: 'J', word: 'keys-next', act: 'next', calendar: true },
];

/** Bound by their own screens; named for the sheet. */
export const SCREEN_KEYS: readonly { shown: string; word: WordId }[] = [
  { shown: 'R', word: 'action-reschedule' },
  { shown: 'D', word: 'action-modify_duration' },
  { shown: 'E', word: 'action-send_email_reminder' },
  { shown: 'W', word: 'action-send_whatsapp_reminder' },
];

export const GRID_KEYS: readonly { shown: string; word: WordId }[] = [
  { shown: '↑ ↓ ← →', word: 'keys-move' },
  { shown: '⏎', word: 'keys-open' },
  { shown: 'Space', word: 'keys-peek' },
];

/** Where single keys mean text or belong to a pop-up. A switch takes none but the space bar. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=listbox], [role=menu]') !== null;
}
