import type { Channel } from '../../generated/Channel';
import type { ClientId } from '../../generated/ClientId';
import type { NoticeText } from '../../generated/NoticeText';
import type { Reminded } from '../../generated/Reminded';
import type { Stamp } from '../../generated/Stamp';
import { tellActed, type About } from '../../state/acted';
import { api } from '../../state/api';
import { isDemo } from '../../state/house.svelte';
import { sayStamp } from '../../state/say';
import { t } from '../../words/index.svelte';

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

/** What became of the last reminder: only what was sent is called sent. */
export function sayReminded(last: Reminded | null, now: Stamp): string {
  if (!last) return t('not-sent-yet');
  const when = sayStamp(last, now);
  switch (last.state) {
    case 'sent':
      return t('last-sent', { when });
    case 'opened':
      return t('last-opened', { when });
    case 'uncertain':
      return t('last-uncertain', { when });
    default:
      return t('last-waits', { when });
  }
}
