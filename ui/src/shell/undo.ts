import { asProblem } from '../host';
import { sayFlag } from '../state/acted';
import { api } from '../state/api';
import { openDialog, toast } from '../state/overlay.svelte';
import { sayProblem } from '../state/say';

/** Takes an action back; where the client has been told already, the person is asked first. */
export async function undo(intent: string | null, toldIsKnown = false): Promise<void> {
  try {
    const done = await api.undo({ intent, told_is_known: toldIsKnown });
    if (done.kind === 'done') toast('undone', {}, undefined, done.acted.flags.map((flag) => sayFlag(flag)).filter((one) => one !== null));
    else if (done.kind === 'client_knows') openDialog({ kind: 'client-knows', intent });
    else toast('nothing-to-undo');
  } catch (raw) {
    toast('failed', { text: sayProblem(asProblem(raw)) });
  }
}
