/** One line of Activity as a sentence: who did what, from what to what, which message went where and how it ended. */
import type { ActivityView } from '../../generated/ActivityView';
import type { SnapshotView } from '../../generated/SnapshotView';
import type { IconName } from '../../kit/icons';
import { sayWhen } from '../../state/say';
import { money } from '../../words/format';
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

/** Under the privacy `shaded` no address is named. */
export function sayActivity(line: ActivityView, shaded: boolean): ActivityLine {
  const who = line.by_me ? t('you') : (line.by ?? t('safetalk'));
  const { what } = line;
  switch (what.kind) {
    case 'booked':
      return { icon: 'plus', text: t('activity-booked', { who }) };
    case 'rescheduled':
    case 'duration_modified':
      return {
        icon: what.kind === 'rescheduled' ? 'move' : 'stretch',
        text: line.from && line.to ? t(`activity-${what.kind}`, { who, ...difference(line.from, line.to) }) : t(`activity-${what.kind}-plain`, { who }),
      };
    case 'cancelled':
      return { icon: 'cancel', text: t(what.late ? 'activity-cancelled-late' : 'activity-cancelled', { who, by: t(`cancelled-by-${what.by}`) }) };
    case 'no_show':
      return { icon: 'noshow', text: t(what.freed_rest ? 'activity-no_show-freed' : 'activity-no_show', { who }) };
    case 'confirmed':
      return { icon: 'check', text: t(what.confirmed ? 'activity-confirmed' : 'activity-unconfirmed', { who }) };
    case 'restored':
    case 'no_show_undone':
      return { icon: 'undo', text: t(`activity-${what.kind}`, { who }) };
    case 'remarked':
      return { icon: 'note', text: t('activity-remarked', { who }) };
    case 'notice_queued':
      return { icon: what.channel === 'email' ? 'mail' : 'chat', text: t('activity-notice-queued', { who, message: t(`notice-${what.notice_kind}`), channel: t(what.channel) }) };
    case 'notice_moved': {
      const ended = line.address && what.to === 'sent' ? t('activity-notice-sent-to', { address: shaded ? '•••' : line.address }) : t(`notice-state-${what.to}`);
      const message = t(`notice-${what.notice_kind}`);
      return { icon: what.channel === 'email' ? 'mail' : 'chat', text: `${message} (${t(what.channel)}): ${ended}${what.cause ? `. ${t(`notice-cause-${what.cause}`)}` : ''}` };
    }
    case 'told_personally':
      return { icon: 'phone', text: t('activity-told', { who }) };
    case 'invoice_drafted':
      return { icon: 'receipt', text: t('activity-invoice-drafted', { who, amount: money(what.amount) }) };
    case 'invoice_moved':
      return { icon: 'receipt', text: t('activity-invoice-moved', { who, status: t(`invoice-${what.to}`) }) };
    case 'client_added':
    case 'client_changed':
    case 'client_archived':
      return { icon: 'user', text: t(`activity-${what.kind}`, { who }) };
  }
}
