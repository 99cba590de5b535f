/** Copies a text and says so, or that it could not be. */
import { t } from '../words/index.svelte';
import { toast } from './overlay.svelte';

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('copied');
  } catch {
    toast('failed', { text: t('not-copied') });
  }
}
