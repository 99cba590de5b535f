import type { Channel } from '../../generated/Channel';
import type { NoticeText } from '../../generated/NoticeText';
import { api } from '../../state/api';
import { toast } from '../../state/overlay.svelte';

/** Sends the reminder, or opens its WhatsApp draft. In a demo clinic the text comes back to be shown instead. */
export async function remind(session: string, channel: Channel, again: boolean): Promise<{ shown: NoticeText | null }> {
  const done = await api.remind({ session, channel, again });
  const notice = done.notices[0];
  if (channel === 'whatsapp' && notice) {
    const { shown_instead } = await api.openWhatsapp({ notice });
    toast('reminder-whatsapp', {}, done.undoable ? done.intent : undefined);
    return { shown: shown_instead };
  }
  toast('reminder-email', {}, done.undoable ? done.intent : undefined);
  return { shown: null };
}

/** A reminder that went or waits within this many hours is asked about before another goes. */
export const RECENT_HOURS = 12;
