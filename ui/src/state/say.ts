/**
 * What the core answers in values, said in the person's language: causes, refusals, denials, states. Pure but for the
 * language on screen. SafeTalk's three messages are word for word.
 */
import type { CauseView } from '../generated/CauseView';
import type { CheckAnswer } from '../generated/CheckAnswer';
import type { Denial } from '../generated/Denial';
import type { Field } from '../generated/Field';
import type { Invalid } from '../generated/Invalid';
import type { LineView } from '../generated/LineView';
import type { MailHold } from '../generated/MailHold';
import type { NoticeCause } from '../generated/NoticeCause';
import type { Refusal } from '../generated/Refusal';
import type { Stamp } from '../generated/Stamp';
import type { StatusWord } from '../generated/StatusWord';
import type { When } from '../generated/When';
import type { Problem } from '../host';
import type { IconName } from '../kit/icons';
import { dayFull, dayShort, daysBetween, time, timeRange, type Day } from '../words/format';
import { t } from '../words/index.svelte';

export const STATUS_ICON: Record<StatusWord, IconName> = { scheduled: 'oc', confirmed: 'okc', in_session: 'okc', completed: 'check2', no_show: 'noshow', cancelled: 'x' };
export const STATUS_TONE: Record<StatusWord, 'info' | 'ok' | 'plain' | 'outline' | 'warn'> = {
  scheduled: 'info', confirmed: 'ok', in_session: 'ok', completed: 'plain', no_show: 'warn', cancelled: 'outline',
};

/** What stands before a name and is not it. Tan is a family name as often as half a title: it is one only before Sri. */
const TITLES = new Set(['dr', 'prof', 'mr', 'mrs', 'ms', 'mx', 'miss', 'madam', 'sir', 'rev', 'encik', 'en', 'puan', 'pn', 'cik', 'tuan', 'datuk', 'dato', 'datin', 'sri', 'haji', 'hajah', 'hj', 'hjh', 'ustaz', 'ustazah', 'assoc', 'ir', 'ts']);

/** The name in one word, for a track's narrow label: `Amara` of "Dr. Amara Osei". */
export function shortName(name: string): string {
  const words = name.replace(/^tan sri\s+/i, '').split(/\s+/).filter(Boolean);
  const bare = (word: string): string => word.toLocaleLowerCase().replace(/[.’']/g, '');
  // The last word is taken whatever it is: it is all there is.
  return words.find((word, i) => i === words.length - 1 || !TITLES.has(bare(word))) ?? name;
}

/** Everyone of a session, as space allows: `Maya`, `Maya & Jon`, `Group (5)`. */
export function sayPeople(first: string, others: readonly string[]): string {
  const [second] = others;
  if (second === undefined) return first;
  return others.length === 1 ? t('two-people', { first, second }) : t('group-of', { n: others.length + 1 });
}

/** Initials for narrow columns: `MR`, `MR+4`. */
export function sayInitials(first: string, others: readonly unknown[]): string {
  return others.length ? `${first}+${String(others.length)}` : first;
}

/** `Thu 26 Nov, 14:00 – 14:50` */
export function sayWhen(when: When): string {
  return `${dayShort(when.start.date)}, ${timeRange(when.start.minute, when.end.minute)}`;
}

/** `Today 11:18`, `Yesterday 09:42`, `5 Nov 16:10`, with the year where it is another. */
export function sayStamp(stamp: Stamp, now: Stamp): string {
  const days = daysBetween(stamp.date, now.date);
  const clock = time(stamp.minute);
  if (days === 0) return `${t('today')} ${clock}`;
  if (days === 1) return `${t('yesterday')} ${clock}`;
  if (days === -1) return `${t('tomorrow')} ${clock}`;
  return `${stamp.date.slice(0, 4) === now.date.slice(0, 4) ? dayShort(stamp.date) : dayFull(stamp.date)} ${clock}`;
}

/** What passes when the computer is back on a network, as one calls it: the internet. */
const INTERNET = new Set<NoticeCause>(['no_internet', 'host_not_found', 'connection_refused', 'silent', 'line_cut']);

/** Why messages do not leave, as one calm line, and what is behind it. */
export function sayHold(hold: MailHold, now: Stamp): { line: string; why: string } {
  const line = INTERNET.has(hold.cause) ? t('waits-for-internet', { n: hold.waiting }) : t('messages-wait', { n: hold.waiting });
  return { line, why: [t(`notice-cause-${hold.cause}`), hold.until && t('next-try', { when: sayStamp(hold.until, now) })].filter(Boolean).join(' ') };
}

/** How this computer stands with its server, as one calm line, and what is behind it. */
export function sayLine({ trouble, asks, waiting, since }: LineView, now: Stamp): { line: string; why: string } {
  // In the middle of a line: today needs no word.
  const when = since && (since.date === now.date ? time(since.minute) : `${dayShort(since.date)} ${time(since.minute)}`);
  if (!trouble) return { line: when ? t('in-step-since', { when }) : t('in-step'), why: '' };
  const how = asks ? t('not-in-step') : when ? t('offline-since', { when }) : t('offline');
  return { line: [how, waiting && t('changes-wait', { n: waiting })].filter(Boolean).join(' · '), why: t(`line-${trouble}`) };
}

/** `Today`, `Tomorrow`, `In 2 days`, `3 days ago`. */
export function sayDistance(day: Day, today: Day): string {
  const n = daysBetween(today, day);
  if (n === 0) return t('today');
  if (n === 1) return t('tomorrow');
  if (n === -1) return t('yesterday');
  return n > 0 ? t('in-days', { n }) : t('days-ago', { n: -n });
}

/** The zone in the corner: `GMT+8`, `GMT+5:30`. */
export function sayOffset(minutes: number): string {
  const sign = minutes < 0 ? '−' : '+';
  const m = Math.abs(minutes);
  return minutes === 0 ? 'GMT' : `GMT${sign}${String(Math.floor(m / 60))}${m % 60 ? `:${String(m % 60).padStart(2, '0')}` : ''}`;
}

/** One line of cause, about `who`: a therapist's or a room's name. */
export function sayCause(cause: CauseView, who: string, room: boolean): string {
  const from = cause.from ? time(cause.from.minute) : '';
  const until = cause.until ? time(cause.until.minute) : '';
  switch (cause.kind) {
    case 'taken':
      return from ? t(room ? 'cause-room-taken' : 'cause-therapist-taken', { who, from, until }) : t('cause-taken-until', { who, until });
    case 'turnover':
      return t('cause-turnover', { who, until });
    case 'archived':
      return t('cause-archived', { who });
    case 'outside_hours':
      return cause.open.length
        ? t('cause-outside-hours', { who, open: cause.open.map((w) => timeRange(w.start.minute, w.end.minute)).join(', ') })
        : t('cause-no-hours', { who });
    case 'time_off':
      return until ? t('cause-time-off-until', { who, until: cause.until ? `${dayShort(cause.until.date)} ${until}` : until }) : t('cause-time-off', { who });
    case 'closed':
      return t('cause-closed');
    case 'buffer':
      return t('cause-buffer', { who, n: cause.minutes ?? 0 });
  }
}

export interface AnswerBox {
  kind: 'ok' | 'bad' | 'warn' | 'wait';
  lines: string[];
  text: string[];
  alternatives: { id: string; label: string }[];
}

/** The message box: SafeTalk's exact words, one line of cause each, the nearest free slots as buttons. */
export function answerBox(answer: CheckAnswer, names: { therapist: string; room: string | null }): AnswerBox {
  if (answer.start.kind === 'never' || answer.end?.kind === 'never') return { kind: 'bad', lines: [t('time-never')], text: [t('time-never-why')], alternatives: [] };
  if (!answer.slot) return { kind: 'bad', lines: [t('end-before-start')], text: [], alternatives: [] };
  const { start, end } = answer.slot;
  if (answer.available) {
    const slot = `${dayShort(start.date)}, ${time(start.minute)}–${time(end.minute)}`;
    const text = [names.room ? t('both-free', { therapist: names.therapist, room: names.room, slot }) : t('therapist-free', { therapist: names.therapist, slot })];
    return { kind: 'ok', lines: [t('slot-available')], text, alternatives: [] };
  }
  const lines: string[] = [];
  const text: string[] = [];
  const [therapist, room] = [answer.therapist[0], answer.room[0]];
  if (therapist) {
    lines.push(t('therapist-not-available'));
    // Of several therapists the first cause of each: it says whose it is.
    const said = new Set<string | null>();
    for (const cause of answer.therapist) {
      if (said.has(cause.therapist)) continue;
      said.add(cause.therapist);
      text.push(sayCause(cause, cause.therapist ?? names.therapist, false));
    }
  }
  if (room) {
    lines.push(t('room-not-available'));
    text.push(sayCause(room, names.room ?? '', true));
  }
  const rooms = therapist ? [] : answer.free_rooms.slice(0, 3).map((r) => ({ id: `room:${r.id}`, label: r.name }));
  const times = answer.alternatives.slice(0, Math.max(0, 3 - rooms.length)).map((w) => ({
    id: `time:${w.start.date}:${String(w.start.minute)}${w.start.second ? ':second' : ''}`,
    label: w.start.date === start.date ? time(w.start.minute) : `${dayShort(w.start.date)} ${time(w.start.minute)}`,
  }));
  const alternatives = [...rooms, ...times];
  if (alternatives.length) text.push(rooms.length ? t('free-instead') : t('next-free-times'));
  return { kind: 'bad', lines, text, alternatives };
}

/** The time that an alternative of the message box stands for; null where it is a room. */
export function pickedTime(id: string): { date: Day; minute: number; second: boolean } | null {
  const [kind, date, minute, second] = id.split(':');
  return kind === 'time' && date && minute ? { date, minute: Number(minute), second: second === 'second' } : null;
}

/** Why a Quick Action may not be used. */
export function sayDenial(denial: Denial): string {
  switch (denial.kind) {
    case 'permission':
      return t('denied-permission');
    case 'state':
      return t(`denied-state-${denial.phase}`);
    case 'plan':
      return t('denied-plan');
    case 'reach':
      return t(`no-reach-${denial.channel}-${denial.why}`);
    case 'mail_not_set_up':
      return t('mail-not-set-up');
  }
}

function sayInvalid(problem: Invalid): string {
  switch (problem.kind) {
    case 'too_long':
      return t('invalid-too_long', { most: problem.most });
    case 'too_small':
      return t('invalid-too_small', { least: problem.least });
    case 'too_large':
      return t('invalid-too_large', { most: problem.most });
    default:
      return t(`invalid-${problem.kind}`);
  }
}

/** What is wrong with a field: `Email: this is not an email address.` */
export function sayField(field: Field, problem: Invalid): string {
  return `${t(`field-${field}`)}: ${sayInvalid(problem)}`;
}

/** A refusal as one calm sentence. */
export function sayRefusal(refusal: Refusal): string {
  switch (refusal.code) {
    case 'denied':
      return sayDenial(refusal.denial);
    case 'not_permitted':
      return t('denied-permission');
    case 'not_available':
      return [refusal.unavailable.therapist.length || refusal.unavailable.co_therapists?.length ? t('therapist-not-available') : '', refusal.unavailable.room.length ? t('room-not-available') : ''].filter(Boolean).join('. ');
    case 'series_not_available':
      return t('refused-series', { n: refusal.numbers.length });
    case 'stale':
      return t('refused-stale');
    case 'not_found':
    case 'exists':
    case 'archived':
      return t(`refused-${refusal.code}`, { what: t(`thing-${refusal.what}`) });
    case 'invalid':
      return sayField(refusal.field, refusal.problem);
    case 'no_reach':
      return t(`no-reach-${refusal.channel}-${refusal.why}`);
    case 'invoice_state':
      return t(`refused-invoice-${refusal.status}`);
    case 'seats_taken':
      return t('refused-seats_taken', { seats: refusal.seats });
    case 'session_state':
      return t(`denied-state-${refusal.phase}`);
    case 'reason_needed':
    case 'recently_reminded':
    case 'notice_state':
    case 'not_done':
    case 'courier_only':
    case 'member_stale':
    case 'last_manager':
    case 'not_oneself':
    case 'therapist_taken':
    case 'too_new':
      return t(`refused-${refusal.code}`);
  }
}

/** Whatever a call failed with, as one sentence for the dialog it failed in. */
export function sayProblem(problem: Problem): string {
  const { detail } = problem;
  if (detail.kind === 'refused') return sayRefusal(detail.refusal);
  if (detail.kind === 'line') return t(`line-${detail.trouble}`);
  switch (detail.code) {
    case 'disk_full':
    case 'read_only':
    case 'locked':
    case 'not_open':
    case 'keychain':
    case 'no_keychain':
    case 'no_program':
    case 'on_server':
    case 'server_away':
    case 'server_sends_none':
    case 'bad_request':
      return t(`fault-${detail.code}`);
    default:
      return t('fault-internal', { trace: detail.trace || '–' });
  }
}
