/**
 * Dialogs and toasts as plain data. Anyone may open one; only the shell's root knows which component draws it, so that no
 * feature needs another feature.
 */
import type { NoticeText } from '../generated/NoticeText';
import type { PreviewRequest } from '../generated/PreviewRequest';
import type { Day } from '../words/format';

export interface Prefill {
  day?: Day;
  /** Minutes on the wall clock. */
  start?: number;
  /** The second time `start` comes on a day when the clocks go back. */
  second?: boolean;
  minutes?: number;
  therapist?: string;
  room?: string;
  client?: string;
}

export type DialogSpec =
  | { kind: 'cancel' | 'reschedule' | 'duration' | 'no-show' | 'restore'; session: string }
  | { kind: 'reminder'; session: string; channel: 'email' | 'whatsapp' }
  | { kind: 'book'; prefill: Prefill }
  | { kind: 'client'; id: string | null; onsaved?: (client: string) => void }
  | { kind: 'draft'; invoice: string | null; session: string | null; client: string }
  | { kind: 'room'; id: string | null }
  | { kind: 'service'; id: string | null }
  | { kind: 'member'; id: string | null }
  | { kind: 'invite'; member: string; name: string; onsaved: () => void }
  | { kind: 'plan' }
  | { kind: 'preview'; request: PreviewRequest }
  | { kind: 'shown-instead' | 'letter'; text: NoticeText }
  | { kind: 'unsent'; count: number }
  | { kind: 'client-knows'; intent: string | null }
  | { kind: 'keys' };

export interface Toast {
  id: number;
  /** Names the text `toast-<kind>`. */
  kind: ToastKind;
  params: Record<string, string | number>;
  /** The intent an Undo would take back. */
  undo?: string;
  /** What the person should know although it was done, in whole sentences. */
  notes: readonly string[];
  /** The same under the privacy shade: nobody is named. */
  shadedNotes: readonly string[];
  /** A message it queued, which can be read. */
  letter?: string;
}

export type ToastKind =
  | 'cancelled' | 'rescheduled' | 'duration' | 'no-show' | 'undone' | 'reminder-email' | 'reminder-whatsapp' | 'booked' | 'restored' | 'confirmed' | 'unconfirmed' | 'told' | 'remark' | 'invoice-email' | 'invoice-whatsapp' | 'invoice-issued' | 'invoice-void' | 'invoice-paid' | 'invoice-unpaid' | 'invoice-drafted' | 'time-off-removed' | 'saved' | 'reassigned' | 'signed-in' | 'backed-up' | 'copied' | 'nothing-to-undo' | 'cannot-undo' | 'failed';

/** An action of this sitting, for Ctrl+Z, which goes back through them one by one. */
export interface Step {
  id: number;
  /** Named as its toast is. */
  kind: ToastKind;
  params: Toast['params'];
  /** The intent to take back; an action without one cannot be. */
  undo?: string;
}

let dialogs = $state.raw<readonly DialogSpec[]>([]);
let toasts = $state<Toast[]>([]);
let steps = $state<Step[]>([]);
let next = 1;

/** How far back Ctrl+Z goes. */
const DEPTH = 50;

/** How long a toast stands, in milliseconds; one with an Undo stands longer. */
const STAND = { plain: 5000, undo: 10_000, notes: 20_000 } as const;

export function openDialogs(): readonly DialogSpec[] {
  return dialogs;
}

export function openDialog(spec: DialogSpec): void {
  dialogs = [...dialogs, spec];
}

/** Closes this one, whatever lies over it. */
export function closeDialog(spec: DialogSpec): void {
  dialogs = dialogs.filter((one) => one !== spec);
}

export function shownToasts(): readonly Toast[] {
  return toasts;
}

export function toast(kind: ToastKind, params: Toast['params'] = {}, { undo, notes = [], shadedNotes = notes, letter }: Partial<Pick<Toast, 'undo' | 'notes' | 'shadedNotes' | 'letter'>> = {}): void {
  const id = next++;
  toasts = [...toasts.slice(-2), { id, kind, params, undo, notes, shadedNotes, letter }];
  setTimeout(() => closeToast(id), notes.length ? STAND.notes : undo ? STAND.undo : STAND.plain);
}

export function clearDialogs(): void {
  dialogs = [];
}

/** When another clinic is in front of the screen, or none: nothing of the last one stays. */
export function clearOverlays(): void {
  clearDialogs();
  toasts = [];
  steps = [];
}

export function closeToast(id: number): void {
  toasts = toasts.filter((one) => one.id !== id);
}

/** Notes an action that was done, so that Ctrl+Z comes to it in its turn. */
export function step(kind: ToastKind, params: Toast['params'], undo?: string): void {
  steps = [...steps, { id: next++, kind, params, undo }].slice(-DEPTH);
}

/** What Ctrl+Z comes to next: the newest action that has not been taken back. */
export function lastStep(): Step | undefined {
  return steps.at(-1);
}

export function forgetStep(id: number): void {
  steps = steps.filter((one) => one.id !== id);
}

/** An action that was taken back, or no longer can be: neither a toast nor Ctrl+Z offers it again. */
export function forgetUndo(intent: string): void {
  steps = steps.filter((one) => one.undo !== intent);
  toasts = toasts.filter((one) => one.undo !== intent);
}
