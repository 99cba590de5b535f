/** One thing that needs attention, as a sentence with its one action. */
import type { Attention } from '../../generated/Attention';
import type { RefusedChange } from '../../generated/RefusedChange';
import type { Stamp } from '../../generated/Stamp';
import type { Unconfirmed } from '../../generated/Unconfirmed';
import type { IconName } from '../../kit/icons';
import type { Prefill } from '../../state/overlay.svelte';
import { initials } from '../../state/places';
import type { Route } from '../../state/route';
import { sayHold, sayInitials, sayPeople, sayRefusal, sayStamp, sayWhen } from '../../state/say';
import { dayFull, money } from '../../words/format';
import { t } from '../../words/index.svelte';

export type AttentionAct =
  | { kind: 'go'; label: string; to: Route }
  | { kind: 'told'; label: string; session: string; client: string }
  | { kind: 'whatsapp'; notice: string }
  | { kind: 'open'; label: string; notice: string }
  | { kind: 'close'; label: string; intent: string }
  | { kind: 'book'; label: string; prefill: Prefill }
  | { kind: 'confirm'; label: string; session: string }
  | { kind: 'retry_mail'; label: string }
  | { kind: 'backup'; label: string; choose: boolean };

export interface AttentionCard {
  key: string;
  icon: IconName;
  tone: 'warn' | 'bad' | 'info';
  title: string;
  text: string;
  phone: string | null;
  /** What can be done, the likeliest first. */
  acts: readonly AttentionAct[];
  /** Where the title leads. */
  to: Route | null;
}

/** Under the privacy shade it names nobody: initials only. */
export function attentionCard(one: Attention, now: Stamp, shaded: boolean): AttentionCard {
  const who = (name: string): string => (shaded ? initials(name) : name);
  switch (one.kind) {
    case 'untold':
      return {
        key: `untold-${one.session}-${one.client_id}`, icon: 'phone', tone: 'bad', title: one.waiting ? t('told-waiting', { client: who(one.client) }) : t('not-told', { client: who(one.client) }),
        text: `${sayWhen(one.when)} · ${t(`status-${one.status}`)}`, phone: one.phone, acts: [{ kind: 'told', label: t('told-them-myself'), session: one.session, client: one.client_id }], to: { screen: 'session', id: one.session },
      };
    case 'message':
      return {
        key: `message-${one.notice.id}`, icon: 'mail', tone: 'bad', title: `${t(`notice-${one.notice.kind}`)} · ${who(one.notice.client_name)}: ${t(`notice-state-${one.notice.state}`)}`,
        text: one.notice.cause ? t(`notice-cause-${one.notice.cause}`) : sayStamp(one.notice.since, now), phone: one.notice.phone,
        acts: [{ kind: 'go', label: t('open-message'), to: { screen: 'messages', id: one.notice.id } }], to: one.notice.session ? { screen: 'session', id: one.notice.session } : null,
      };
    case 'whatsapp':
      return {
        key: `whatsapp-${one.notice.id}`, icon: 'chat', tone: 'warn', title: t('was-whatsapp-sent', { client: who(one.notice.client_name) }),
        text: `${t(`notice-${one.notice.kind}`)} · ${sayStamp(one.notice.since, now)}`, phone: null, acts: [{ kind: 'whatsapp', notice: one.notice.id }], to: one.notice.session ? { screen: 'session', id: one.notice.session } : null,
      };
    case 'draft':
      return {
        key: `draft-${one.notice.id}`, icon: 'chat', tone: 'warn', title: t('draft-not-opened', { client: who(one.notice.client_name) }),
        text: `${t(`notice-${one.notice.kind}`)} · ${sayStamp(one.notice.since, now)}`, phone: null, acts: [{ kind: 'open', label: t('open-whatsapp'), notice: one.notice.id }], to: one.notice.session ? { screen: 'session', id: one.notice.session } : null,
      };
    case 'refused':
      return refusedCard(one.refused, now, who);
    case 'overdue':
      return {
        key: `overdue-${one.invoice.id}`, icon: 'receipt', tone: 'warn', title: t('overdue-invoice', { number: one.invoice.number ?? t('invoice-draft'), client: who(one.invoice.client.name) }),
        text: t('overdue-text', { amount: money(one.invoice.amount), date: dayFull(one.invoice.due) }), phone: null, acts: [{ kind: 'go', label: t('open-invoice'), to: { screen: 'invoices', id: one.invoice.id } }], to: null,
      };
    case 'unconfirmed':
      return unconfirmedCard(one.sessions, now, shaded);
    case 'old_backup': {
      const choose = one.trouble === 'no_folder';
      return {
        key: 'backup', icon: 'lock', tone: 'warn', title: one.trouble && !choose ? t(`backup-trouble-${one.trouble}`) : one.last_good ? t('backup-old') : choose ? t('backup-choose') : t('backup-never'),
        text: one.last_good ? t('backup-last', { when: sayStamp(one.last_good, now) }) : t('backup-why'), phone: null,
        acts: [{ kind: 'backup', label: choose ? t('choose-folder') : t('back-up-now'), choose }], to: { screen: 'settings', tab: 'backup' },
      };
    }
    case 'mail_not_set_up':
      return { key: 'mail', icon: 'mail', tone: 'warn', title: t('mail-not-set-up'), text: t('messages-wait', { n: one.waiting }), phone: null, acts: [{ kind: 'go', label: t('set-up-mail'), to: { screen: 'settings', tab: 'mail' } }], to: null };
    case 'line': {
      const again = one.trouble === 'signed_out' || one.trouble === 'revoked';
      const to: Route = { screen: 'settings', tab: 'account' };
      return {
        key: 'line', icon: 'cloudoff', tone: 'bad', title: again ? t('sign-in-again') : t('line-needs-you'), text: [t(`line-${one.trouble}`), one.waiting && `${t('changes-wait', { n: one.waiting })}.`].filter(Boolean).join(' '), phone: null,
        acts: again ? [{ kind: 'go', label: t('sign-in-again'), to }] : [], to,
      };
    }
    case 'mail_held': {
      // A disk that cannot be written is no matter of the account.
      const settings: AttentionAct[] = one.hold.cause === 'disk_unwritable' ? [] : [{ kind: 'go', label: t('mail-settings'), to: { screen: 'settings', tab: 'mail' } }];
      return { key: 'held', icon: 'mail', tone: 'bad', title: t('mail-held', { n: one.hold.waiting }), text: sayHold(one.hold, now).why, phone: null, acts: [...settings, { kind: 'retry_mail', label: t('try-now') }], to: { screen: 'messages', id: null } };
    }
    case 'choose_waiting':
      return { key: 'choose', icon: 'tray', tone: 'warn', title: t('choose-waiting'), text: t('messages-wait', { n: one.waiting }), phone: null, acts: [{ kind: 'go', label: t('open-messages'), to: { screen: 'messages', id: null } }], to: null };
  }
}

/** How many sessions the card of those that nobody confirmed names. */
const NAMED = 3;

/** Sessions that nobody confirmed, in one card however many they are: what is urgent must not drown among them. */
function unconfirmedCard(sessions: readonly Unconfirmed[], now: Stamp, shaded: boolean): AttentionCard {
  const who = ({ client, others }: Unconfirmed): string => (shaded ? sayInitials(initials(client), others) : sayPeople(client, others));
  const named = sessions.slice(0, NAMED).map((one) => `${sayStamp(one.when.start, now)} ${who(one)}`);
  const [first] = sessions;
  const acts: AttentionAct[] = [];
  if (first && sessions.length === 1) acts.push({ kind: 'confirm', label: t('mark-confirmed'), session: first.session });
  else if (first) acts.push({ kind: 'go', label: t('open-day'), to: { screen: 'calendar', view: 'day', day: first.when.start.date } });
  return {
    key: 'unconfirmed', icon: 'oc', tone: 'info', title: t('unconfirmed', { n: sessions.length }), text: [...named, ...(sessions.length > NAMED ? ['…'] : [])].join(' · '), phone: null,
    acts, to: first ? { screen: 'session', id: first.session } : null,
  };
}

/** A refused change: what was wanted, for whom and when, why not, and what can be done instead. */
function refusedCard(refused: RefusedChange, now: Stamp, who: (name: string) => string): AttentionCard {
  const { wanted, when, client, thing, again, session, client_id, invoice } = refused;
  const what = [t(`wanted-${wanted}`), client ? who(client) : thing, when && sayWhen(when)].filter(Boolean).join(' · ');
  const to: Route | null = session ? { screen: 'session', id: session } : invoice ? { screen: 'invoices', id: invoice } : client_id ? { screen: 'clients', id: client_id } : null;
  const acts: AttentionAct[] = [];
  if (again && when) {
    const prefill: Prefill = { day: when.start.date, start: when.start.minute, minutes: when.minutes, therapist: again.therapist };
    if (again.room) prefill.room = again.room;
    if (client_id) prefill.client = client_id;
    acts.push({ kind: 'book', label: t('book-again'), prefill });
  } else if (to) acts.push({ kind: 'go', label: t(to.screen === 'session' ? 'open-session' : to.screen === 'invoices' ? 'open-invoice' : 'open-client'), to });
  return {
    key: `refused-${refused.intent}`, icon: 'xc', tone: 'bad', title: t('could-not-be-done', { what }), text: `${sayRefusal(refused.refusal)} · ${t('wanted-when', { when: sayStamp(refused.at, now) })}`, phone: refused.phone,
    acts: [...acts, { kind: 'close', label: t('dealt-with'), intent: refused.intent }], to,
  };
}
