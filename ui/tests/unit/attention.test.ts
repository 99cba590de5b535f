/** What needs a person, as cards: what each says and what it offers. */
import { describe, expect, it } from 'vitest';
import { attentionCard } from '../../src/features/dashboard/attention';
import { verbsOf } from '../../src/features/messages/states';
import type { LineTrouble } from '../../src/generated/LineTrouble';
import type { MailHold } from '../../src/generated/MailHold';
import type { NoticeBrief } from '../../src/generated/NoticeBrief';
import type { RefusedChange } from '../../src/generated/RefusedChange';
import type { Unconfirmed } from '../../src/generated/Unconfirmed';
import { sayHold, sayLine } from '../../src/state/say';
import { notices } from '../fixtures/answers';
import { detail, stamp, when } from '../fixtures/session';

const now = stamp('2026-11-24', 684);
const refused: RefusedChange = {
  intent: 'x-1', at: stamp('2026-11-24', 678), wanted: 'reschedule', when: when('2026-11-26', 690, 740), session: 's-1', client_id: 'c-0', client: 'Maya Redfern', phone: '+60123456789', invoice: null, thing: null, again: null,
  refusal: { code: 'stale', now: detail.guard },
};

describe('a change that could not be done', () => {
  it('says what was wanted, for whom, for when, why not and when it was asked for', () => {
    const { title, text, acts, phone } = attentionCard({ kind: 'refused', refused }, now, false);
    expect(title).toBe('Could not be done: Reschedule Session · Maya Redfern · Thu 26 Nov, 11:30 – 12:20');
    expect(text).toBe('The session was changed while this was open. Please look at it again. · Asked for: Today 11:18');
    expect(phone).toBe('+60123456789');
    expect(acts.map((act) => act.kind)).toEqual(['go', 'close']);
    expect(attentionCard({ kind: 'refused', refused }, now, true).title).not.toContain('Maya');
  });

  it('begins another booking with what was wanted of the one that was not made', () => {
    const booked: RefusedChange = { ...refused, wanted: 'book', session: null, again: { therapist: 't-ao', room: 'r-w' } };
    const [first, close] = attentionCard({ kind: 'refused', refused: booked }, now, false).acts;
    expect(first).toEqual({ kind: 'book', label: 'Book another time', prefill: { day: '2026-11-26', start: 690, minutes: 50, therapist: 't-ao', room: 'r-w', client: 'c-0' } });
    expect(close?.kind).toBe('close');
  });

  it('names the room or service where no client is concerned, and leads nowhere', () => {
    const room: RefusedChange = { ...refused, wanted: 'room', when: null, session: null, client_id: null, client: null, phone: null, thing: 'Willow' };
    const { title, acts, to } = attentionCard({ kind: 'refused', refused: room }, now, false);
    expect(title).toBe('Could not be done: Room · Willow');
    expect([acts.map((act) => act.kind), to]).toEqual([['close'], null]);
  });
});

describe('messages that do not leave', () => {
  const hold: MailHold = { waiting: 2, cause: 'host_not_found', until: stamp('2026-11-24', 690), passes: true };

  it('wait for the internet in one calm line, with its reason and the next try behind it', () => {
    expect(sayHold(hold, now)).toEqual({ line: '2 messages wait for the internet.', why: 'The server\'s name was not found. Check this computer\'s internet and the server\'s name. Next try: Today 11:30.' });
    expect(sayHold({ ...hold, waiting: 1 }, now).line).toBe('1 message waits for the internet.');
    expect(sayHold({ ...hold, cause: 'server_busy', until: null }, now), 'a server that answers is no matter of the internet').toEqual({ line: '2 messages wait.', why: 'The server asked to come back later. It is tried again by itself.' });
  });

  it('lead to the mail settings and may be tried now where a person has to mend something', () => {
    const held = (cause: MailHold['cause']): string[] => attentionCard({ kind: 'mail_held', hold: { ...hold, cause, passes: false } }, now, false).acts.map((act) => ('label' in act ? act.label : act.kind));
    expect(held('wrong_password')).toEqual(['Mail settings', 'Try now']);
    expect(held('disk_unwritable'), 'no matter of the account').toEqual(['Try now']);
    expect(attentionCard({ kind: 'mail_held', hold: { ...hold, passes: false } }, now, false).title).toBe('2 messages cannot leave');
  });

  it('can be sent now once they have been tried, and left alone once it is too late', () => {
    const notice = (more: Partial<NoticeBrief>): NoticeBrief => ({ ...(notices[0] as NoticeBrief), ...more });
    expect(verbsOf(notice({ state: 'queued', cause: null }))).toEqual(['read', 'drop']);
    expect(verbsOf(notice({ state: 'queued', cause: 'silent' }))).toEqual(['read', 'send_now', 'drop']);
    expect(verbsOf(notice({ state: 'expired', cause: 'too_late' }))).toEqual(['read', 'told', 'leave']);
  });
});

describe('sessions that nobody confirmed', () => {
  const one = (session: string, client: string, minute: number): Unconfirmed => ({ session, client, others: [], when: when('2026-11-24', minute, minute + 50) });

  it('are marked confirmed where there is one, and lead to their day where there are several', () => {
    const alone = attentionCard({ kind: 'unconfirmed', sessions: [one('s-1', 'Maya Redfern', 840)] }, now, false);
    expect([alone.title, alone.text]).toEqual(['1 session within 24 hours is not confirmed', 'Today 14:00 Maya Redfern']);
    expect(alone.acts).toEqual([{ kind: 'confirm', label: 'Mark confirmed', session: 's-1' }]);
    const four = [one('s-1', 'Maya Redfern', 840), { ...one('s-2', 'Theo Brandt', 900), others: ['Ann Berry'] }, one('s-3', 'Hana Sato', 960), one('s-4', 'Jon Bell', 1020)];
    const several = attentionCard({ kind: 'unconfirmed', sessions: four }, now, false);
    expect(several.text).toBe('Today 14:00 Maya Redfern · Today 15:00 Theo Brandt & Ann Berry · Today 16:00 Hana Sato · …');
    expect(several.acts).toEqual([{ kind: 'go', label: 'Open the day', to: { screen: 'calendar', view: 'day', day: '2026-11-24' } }]);
    expect(attentionCard({ kind: 'unconfirmed', sessions: four }, now, true).text).toBe('Today 14:00 MR · Today 15:00 TB+1 · Today 16:00 HS · …');
  });
});

describe('a clinic on a server', () => {
  const since = stamp('2026-11-24', 600);

  it('says in one calm line that it is offline, since when, and how much waits', () => {
    const { line, why } = sayLine({ waiting: 3, trouble: 'unreachable', asks: false, since }, now);
    expect(line).toBe('Offline since 10:00 · 3 changes wait');
    expect(why).toBe('The server is out of reach. Is this computer on the network?');
    expect(sayLine({ waiting: 0, trouble: 'unreachable', asks: false, since: stamp('2026-11-23', 1100) }, now).line).toBe('Offline since Mon 23 Nov 18:20');
    expect(sayLine({ waiting: 0, trouble: 'timed_out', asks: false, since: null }, now).line).toBe('Offline');
    expect(sayLine({ waiting: 1, trouble: 'suspended', asks: true, since }, now).line).toBe('Not in step with the server · 1 change waits');
    expect(sayLine({ waiting: 0, trouble: null, asks: false, since }, now).line).toBe('In step with the server · 10:00');
  });

  it('offers to sign in again where that helps, and nothing where it does not', () => {
    const card = (trouble: LineTrouble) => attentionCard({ kind: 'line', trouble, waiting: 2 }, now, false);
    const to = { screen: 'settings', tab: 'account' };
    expect(card('signed_out').acts).toEqual([{ kind: 'go', label: 'Sign in again', to }]);
    expect(card('revoked').text).toMatch(/signed out by a person .* 2 changes wait\.$/);
    expect(card('suspended').acts).toEqual([]);
    expect(card('too_old').title).toBe('Changes do not reach the server');
  });
});
