import type { Channel } from '../../generated/Channel';
import type { ClientId } from '../../generated/ClientId';
import type { NoticeText } from '../../generated/NoticeText';
import { tellActed, type About } from '../../state/acted';
import { api } from '../../state/api';
import { isDemo } from '../../state/house.svelte';

/** Sends the reminder to everyone it reaches, or opens the WhatsApp draft for one `client`. In a demo clinic the text comes back to be shown instead. */
export async function remind(session: string, channel: Channel, again: boolean, client?: ClientId, about?: About): Promise<{ shown: NoticeText | null }> {
  const done = await api.remind({ session, channel, again, ...(client ? { client } : {}) });
  const notice = done.notices[0];
  if (channel === 'whatsapp' && notice) {
    const { shown_instead } = await api.openWhatsapp({ notice });
    if (!shown_instead) tellActed('reminder-whatsapp', {}, done);
    return { shown: shown_instead };
  }
  if (isDemo() && notice) return { shown: await api.noticeText({ notice }) };
  tellActed('reminder-email', {}, done, about);
  return { shown: null };
}

/** A reminder that went or waits within this many hours is asked about before another goes. */
export const RECENT_HOURS = 12;
