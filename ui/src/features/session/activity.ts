/** One line of Activity as a sentence: who did what, from what to what, which message went where and how it ended. */
import type { ActivityView } from '../../generated/ActivityView';
import type { SnapshotView } from '../../generated/SnapshotView';
import type { IconName } from '../../kit/icons';
import { sayWhen } from '../../state/say';
import { HIDDEN } from '../../state/veil';
import { money, phone } from '../../words/format';
import { t } from '../../words/index.svelte';

export interface ActivityLine {
  icon: IconName;
  text: string;
}

function place(of: SnapshotView): string {
  if (of.place.name) return of.place.name;
  return t(of.place.place.kind === 'online' ? 'online' : 'elsewhere');
}

function leaders(of: SnapshotView): string {
  return [of.therapist, ...of.co_therapists].join(', ');
}

/** What of a session is different: only that is said. */
function difference(from: SnapshotView, to: SnapshotView): { from: string; to: string } {
  const parts: [string, string][] = [];
  if (from.when.start.at !== to.when.start.at || from.when.minutes !== to.when.minutes) parts.push([sayWhen(from.when), sayWhen(to.when)]);
  if (place(from) !== place(to)) parts.push([place(from), place(to)]);
  if (leaders(from) !== leaders(to)) parts.push([leaders(from), leaders(to)]);
  return { from: parts.map(([a]) => a).join(' · '), to: parts.map(([, b]) => b).join(' · ') };
}

/** A change of time, place or person. Where all of these are as before, it was the link or the address alone. */
function moved(kind: 'rescheduled' | 'duration_modified', who: string, { from, to }: ActivityView): string {
  if (!from || !to) return t(`activity-${kind}-plain`, { who });
  const parts = difference(from, to);
  return parts.from === '' ? t('activity-place-text', { who }) : t(`activity-${kind}`, { who, ...parts });
}

const ICON = { email: 'mail', whatsapp: 'chat' } as const;

/** Where a message went or goes; empty where nobody knows. */
function where(address: string | null, channel: keyof typeof ICON, shaded: boolean): string {
  if (!address) return '';
  if (shaded) return HIDDEN;
  return channel === 'whatsapp' ? phone(address) : address;
}

/** Under the privacy `shaded` no address is named, and no reason: it may name somebody. */
export function sayActivity(line: ActivityView, shaded: boolean): ActivityLine {
  const who = line.by_me ? t('you') : (line.by ?? t('safetalk'));
  const { what } = line;
  const anyway = (text: string, reason: string | null | undefined): string => (reason ? `${text}. ${t('activity-anyway', { reason: shaded ? HIDDEN : reason })}` : text);
  switch (what.kind) {
    case 'booked':
      return { icon: 'plus', text: anyway(t('activity-booked', { who }), what.anyway) };
    case 'rescheduled':
    case 'duration_modified':
      return { icon: what.kind === 'rescheduled' ? 'move' : 'stretch', text: anyway(moved(what.kind, who, line), what.anyway) };
    case 'cancelled':
      return { icon: 'cancel', text: t(what.late ? 'activity-cancelled-late' : 'activity-cancelled', { who, by: t(`cancelled-by-${what.by}`) }) };
    case 'no_show':
      return { icon: 'noshow', text: t(what.freed_rest ? 'activity-no_show-freed' : 'activity-no_show', { who }) };
    case 'confirmed':
      return { icon: 'check', text: t(what.confirmed ? 'activity-confirmed' : 'activity-unconfirmed', { who }) };
    case 'restored':
      return { icon: 'undo', text: anyway(t('activity-restored', { who }), what.anyway) };
    case 'no_show_undone':
      return { icon: 'undo', text: t('activity-no_show_undone', { who }) };
    case 'remarked':
      return { icon: 'note', text: t('activity-remarked', { who }) };
    case 'notice_queued': {
      const asked = { who, message: t(`notice-${what.notice_kind}`), channel: t(what.channel) };
      const address = where(line.address, what.channel, shaded);
      return { icon: ICON[what.channel], text: address ? t('activity-notice-queued-to', { ...asked, address }) : t('activity-notice-queued', asked) };
    }
    case 'notice_moved': {
      const address = where(line.address, what.channel, shaded);
      const state = t(`notice-state-${what.to}`);
      const ended = !address ? state : what.to === 'sent' ? t('activity-notice-sent-to', { address }) : t('activity-notice-to', { state, address });
      const message = t(`notice-${what.notice_kind}`);
      return { icon: ICON[what.channel], text: `${message} (${t(what.channel)}): ${ended}${what.cause ? `. ${t(`notice-cause-${what.cause}`)}` : ''}` };
    }
    case 'told_personally':
      return { icon: 'phone', text: t('activity-told', { who }) };
    case 'invoice_drafted':
      return { icon: 'receipt', text: t('activity-invoice-drafted', { who, amount: money(what.amount) }) };
    case 'payment_taken_back':
      return { icon: 'receipt', text: t('activity-payment-taken-back', { who }) };
    case 'invoice_moved':
      return { icon: 'receipt', text: t('activity-invoice-moved', { who, status: t(`invoice-${what.to}`) }) };
    case 'client_added':
    case 'client_changed':
    case 'client_archived':
    case 'client_reassigned':
    case 'member_added':
    case 'member_changed':
    case 'member_stands':
    case 'plan_changed':
      return { icon: 'user', text: t(`activity-${what.kind}`, { who }) };
  }
}
