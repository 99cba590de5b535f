import { asProblem } from '../host';
import { api } from './api';
import { toast } from './overlay.svelte';
import { sayProblem } from './say';

/** Hands a number to the program of this computer that makes calls, and says so where there is none. */
export async function ring(phone: string): Promise<void> {
  try {
    await api.call({ phone });
  } catch (raw) {
    toast('failed', { text: sayProblem(asProblem(raw)) });
  }
}
