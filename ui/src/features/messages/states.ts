/** How a message's state looks and what a person can do about it. */
import type { NoticeBrief } from '../../generated/NoticeBrief';
import type { NoticeState } from '../../generated/NoticeState';
import type { IconName } from '../../kit/icons';

export type Verb = 'read' | 'retry' | 'send_now' | 'drop' | 'leave' | 'open' | 'was_sent' | 'not_sent' | 'told';

const LOOK: Record<NoticeState, { tone: 'plain' | 'ok' | 'info' | 'warn' | 'bad' | 'outline'; icon: IconName }> = {
  on_hold: { tone: 'info', icon: 'clock' },
  queued: { tone: 'info', icon: 'clock' },
  draft: { tone: 'info', icon: 'chat' },
  opened: { tone: 'warn', icon: 'chat' },
  sending: { tone: 'info', icon: 'mail' },
  sent: { tone: 'ok', icon: 'check' },
  failed: { tone: 'bad', icon: 'warn' },
  uncertain: { tone: 'warn', icon: 'warn' },
  withdrawn: { tone: 'outline', icon: 'x' },
  expired: { tone: 'warn', icon: 'clock' },
};

export function looksOf(state: NoticeState): (typeof LOOK)[NoticeState] {
  return LOOK[state];
}

export function verbsOf(notice: NoticeBrief): Verb[] {
  switch (notice.state) {
    case 'on_hold':
      return ['read', 'drop'];
    case 'queued':
      // One that has been tried and could not leave may be tried now.
      return notice.cause ? ['read', 'send_now', 'drop'] : ['read', 'drop'];
    case 'draft':
      return ['open', 'drop'];
    case 'opened':
      return ['was_sent', 'not_sent'];
    case 'failed':
    case 'uncertain':
      return ['read', 'retry', ...(notice.session ? (['told'] as const) : []), 'drop'];
    case 'expired':
      // An opened draft may have gone: whoever knows may still say so.
      if (notice.cause === 'never_confirmed') return ['was_sent', 'not_sent'];
      if (notice.channel === 'whatsapp') return ['read'];
      return ['read', ...(notice.session ? (['told'] as const) : []), 'leave'];
    case 'sending':
    case 'sent':
    case 'withdrawn':
      return ['read'];
  }
}
