import type { ClientBrief } from '../../generated/ClientBrief';
import type { ContactView } from '../../generated/ContactView';
import type { SessionDetail } from '../../generated/SessionDetail';
import type { About } from '../../state/acted';
import type { Choice } from '../../kit/choice';
import { sayPeople } from '../../state/say';
import { hidden, veiled } from '../../state/veil';
import { money, phone } from '../../words/format';
import { t } from '../../words/index.svelte';

/** One client of a session as the dialogs see them. */
export interface Person {
  client: ClientBrief;
  contact: ContactView;
  /** Why a mail does not reach them; empty where it does. */
  why: string;
  /** As the screen may name them: in full, or by initials under the privacy shade. */
  name: string;
  /** By the name messages use, or in full where two are called the same. */
  called: string;
  /** Where mail goes, as the screen may show it; empty where there is none. */
  email: string;
  /** Where WhatsApp goes and whom to ring, as the screen may show it; empty where there is none. */
  phone: string;
}

export interface Notify {
  /** A mail could be sent to someone at all. */
  possible: boolean;
  /** The switch as the dialog opens: on for future sessions of a client who may be mailed. */
  preselected: boolean;
  /** Why not, if not. */
  why: string;
  /** What stands under the switch: the addresses, and who is left out. */
  hint: string;
  /** Why nobody is told any more, whatever changes. Empty where somebody should be. */
  over: string;
  /** Why no mail can leave at the moment; empty where it can. */
  held: string;
  /** Who is told. */
  reached: Person[];
  /** Who is not, although others may be. */
  left: Person[];
  /** Whom no mail tells, or none for now. */
  untold: Person[];
}

/** Everyone who comes, the one who is named first before the others. */
export function people(d: SessionDetail): Person[] {
  const all = [{ client: d.client, contact: d.contact }, ...d.others];
  return all.map(({ client, contact }) => ({
    client,
    contact,
    why: whyNot(contact),
    name: veiled(client.name, client.initials),
    called: veiled(calledAmong(all, { client, contact }), client.initials),
    email: hidden(contact.email ?? ''),
    phone: hidden(contact.phone ? phone(contact.phone) : ''),
  }));
}

/** How messages call one of them: by their name for it, or in full where two are called the same. */
export function calledAmong(all: readonly Pick<Person, 'client' | 'contact'>[], one: Pick<Person, 'client' | 'contact'>): string {
  const { called } = one.contact;
  return all.some((other) => other.client.id !== one.client.id && other.contact.called === called) ? one.client.name : called;
}

function whyNot(contact: ContactView): string {
  if (contact.no_email) return t(`no-reach-email-${contact.no_email}`);
  return contact.mail_ready ? '' : t('mail-not-set-up');
}

/** Why nobody is told any more, whatever changes: the core tells of what is to come. Empty where it still does. */
function late(d: SessionDetail, end: number): string {
  if (end <= d.now.at) return t('denied-state-ended');
  return d.phase === 'cancelled' && d.when.start.at <= d.now.at ? t('denied-state-running') : '';
}

/** Whether and where a change of this session would be told by mail; `end` is when it would be over, in UTC seconds. */
export function notifyBy(d: SessionDetail, end: number = d.when.end.at): Notify {
  const all = people(d);
  const reached = all.filter((one) => one.why === '' && one.contact.email !== null);
  const left = all.filter((one) => !reached.includes(one));
  const over = late(d, end);
  const possible = reached.length > 0 && over === '';
  const address = reached.map((one) => one.email).join(', ');
  const why = possible ? '' : over || (left[0]?.why ?? '');
  const names = left.map((one) => one.name).join(', ');
  const hint = possible ? [t('sends-to', { address }), left.length ? t('not-reached', { names }) : ''].filter(Boolean).join(' ') : why;
  const stops = d.contact.mail_held;
  const held = stops ? t(`notice-cause-${stops}`) : '';
  return { possible, preselected: possible && d.when.start.at > d.now.at, why, hint, over, held, reached, left, untold: held ? all : left };
}

/** Whether a mail is asked for: not where the person has told everyone it would reach, who else would hear it twice. */
export function mails(told: Notify, wanted: boolean, said: readonly string[]): boolean {
  return wanted && told.reached.some((one) => !said.includes(one.client.id));
}

/** Everyone of the session in a few words, for the heads of dialogs. */
export function together(d: SessionDetail): string {
  const [first, ...others] = people(d).map((one) => one.name);
  return sayPeople(first ?? '', others);
}

/** Everyone who leads it. */
export function leaders(d: SessionDetail): string {
  return [d.therapist, ...d.co_therapists].map((one) => one.name).join(', ');
}

/** Whom to ring when a message does not tell it. */
export function aboutClient(d: SessionDetail): About {
  const all = people(d);
  const each = all.map((one) => ({ id: one.client.id, client: calledAmong(all, one), initials: one.client.initials, phone: one.contact.phone }));
  return { client: d.contact.called, initials: d.client.initials, phone: d.contact.phone, each };
}

/** Who of the clients can be billed; who was, is chosen. Nothing to choose where only one comes. */
export function payers(d: SessionDetail): { choices: Choice[]; chosen: string } {
  const choices = people(d).map(({ client, name }) => ({ value: client.id, label: name }));
  const billed = d.invoices.find((one) => one.kind === 'session')?.client.id;
  return { choices, chosen: billed ?? d.client.id };
}

/** What was paid for the session already: it counts towards a fee. */
export function paidHint(d: SessionDetail): string | undefined {
  const paid = d.invoices.filter((one) => one.kind === 'session' && one.status === 'paid').map((one) => one.amount);
  const [first] = paid;
  if (!first) return undefined;
  return t('paid-counts', { amount: money({ ...first, minor: paid.reduce((sum, one) => sum + one.minor, 0) }) });
}
