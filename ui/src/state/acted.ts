/** How an action that was done is told: a toast with its Undo, and what the person should know although it was accepted. */
import type { Acted } from '../generated/Acted';
import type { Flag } from '../generated/Flag';
import { phone } from '../words/format';
import { t } from '../words/index.svelte';
import { toast, type ToastKind } from './overlay.svelte';

/** Whom a change was about, for "Maya has NOT been told. Call +60…". */
export interface About {
  client: string;
  phone: string | null;
}

/** A flag as a whole sentence; null where it is no news to the person (they chose it, or nobody expects a message). */
export function sayFlag(flag: Flag, about?: About): string | null {
  switch (flag.kind) {
    case 'already_so':
      return t('flag-already_so');
    case 'soft_rule_changed':
      return t('flag-soft_rule_changed', { why: t(`flag-cause-${flag.cause.kind}`) });
    case 'booked_anyway':
      return null;
    case 'not_told':
      if (flag.why.kind === 'past' || !about) return null;
      return about.phone ? t('not-told-call', { client: about.client, phone: phone(about.phone) }) : t('not-told', { client: about.client });
    case 'told_the_opposite':
      return about ? t('flag-told_the_opposite', { client: about.client }) : t('flag-told_the_opposite-plain');
    case 'field_kept':
      return t('flag-field_kept', { field: flag.field === 'full_name' ? t('full-name') : flag.field === 'called' ? t('called') : flag.field === 'email' ? t('email') : flag.field === 'phones' ? t('phone') : t('guardian') });
    case 'fee_not_charged':
      return t('flag-fee_not_charged');
  }
}

/** The toast of an action that was done. */
export function tellActed(kind: ToastKind, params: Record<string, string | number>, done: Acted, about?: About): void {
  const notes = done.flags.map((flag) => sayFlag(flag, about)).filter((one) => one !== null);
  toast(kind, params, done.undoable ? done.intent : undefined, [...new Set(notes)], done.notices[0]);
}
