import type { SessionDetail } from '../../generated/SessionDetail';
import type { About } from '../../state/acted';
import { t } from '../../words/index.svelte';

export interface Notify {
  /** A mail could be sent at all. */
  possible: boolean;
  /** The switch as the dialog opens: on for future sessions of a client who may be mailed. */
  preselected: boolean;
  address: string;
  /** Why not, if not. */
  why: string;
}

/** Whether and where a change of this session would be told by mail. */
export function notifyBy(d: SessionDetail): Notify {
  const { contact } = d;
  const why = contact.no_email ? t(`no-reach-email-${contact.no_email}`) : contact.mail_ready ? '' : t('mail-not-set-up');
  const possible = why === '' && contact.email !== null;
  return { possible, preselected: possible && d.phase === 'future', address: contact.email ?? '', why };
}

/** Whom to ring when a message does not tell it. */
export function aboutClient(d: SessionDetail): About {
  return { client: d.contact.called, phone: d.contact.phone };
}
