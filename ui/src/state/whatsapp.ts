import { api } from './api';
import { openDialog } from './overlay.svelte';

/** Opens WhatsApp with a draft. A demo clinic opens nothing and shows what the client would read; answers whether it was opened. */
export async function openWhatsapp(notice: string): Promise<boolean> {
  const { shown_instead } = await api.openWhatsapp({ notice });
  if (shown_instead) openDialog({ kind: 'shown-instead', text: shown_instead });
  return !shown_instead;
}
