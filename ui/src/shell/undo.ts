/** Taking back: by the button of a toast, whichever, or by Ctrl+Z, the newest first. */
import { asProblem } from '../host';
import { sayFlag } from '../state/acted';
import { api } from '../state/api';
import { forgetStep, forgetUndo, lastStep, openDialog, toast } from '../state/overlay.svelte';
import { sayProblem } from '../state/say';
import { toastText } from './toasts';

/** What is being taken back right now: a second click on the same button does nothing. */
const running = new Set<string | null>();

/** Takes an action back, the core's latest for null; where the client has been told already, the person is asked first. */
export async function undo(intent: string | null, toldIsKnown = false): Promise<void> {
  if (running.has(intent)) return;
  running.add(intent);
  try {
    const done = await api.undo({ intent, told_is_known: toldIsKnown });
    if (done.kind === 'client_knows') {
      openDialog({ kind: 'client-knows', intent });
      return;
    }
    if (intent) forgetUndo(intent);
    if (done.kind === 'done') toast('undone', {}, { notes: [...new Set(done.acted.flags.map((flag) => sayFlag(flag)).filter((one) => one !== null))] });
    else toast('nothing-to-undo');
  } catch (raw) {
    // The newest that cannot be taken back never will be: Ctrl+Z goes on to the one before. An older one may, after the newer.
    if (intent && intent === lastStep()?.undo) forgetUndo(intent);
    toast('failed', { text: sayProblem(asProblem(raw)) });
  } finally {
    running.delete(intent);
  }
}

/** Ctrl+Z. An action that cannot be taken back is named, never skipped over in silence; the next press goes on. */
export async function undoLast(): Promise<void> {
  const last = lastStep();
  if (last && last.undo === undefined) {
    forgetStep(last.id);
    toast('cannot-undo', { what: toastText(last) });
    return;
  }
  // After the screens were loaded anew only the core knows what came last.
  await undo(last?.undo ?? null);
}
