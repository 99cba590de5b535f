/** How an action that was done is told: a toast with its Undo, and what the person should know although it was accepted. */
import type { Acted } from '../generated/Acted';
import type { Flag } from '../generated/Flag';
import { phone } from '../words/format';
import { t } from '../words/index.svelte';
import { step, toast, type ToastKind } from './overlay.svelte';
import { HIDDEN } from './veil';

/** Whom a change was about, for "Maya has NOT been told. Call +60…". */
export interface About extends Named {
  /** Where several come: each of them, so that the one who is not told is named. */
  each?: readonly (Named & { id: string })[];
}

interface Named {
  client: string;
  /** What stands for the name under the privacy shade. */
  initials: string;
  phone: string | null;
}

/** The label of a client's field, by the name it has in a flag. */
function fieldName(field: string): string {
  switch (field) {
    case 'full_name':
      return t('full-name');
    case 'called':
      return t('called');
    case 'email':
      return t('email');
    case 'phones':
      return t('phone');
    case 'may_email':
      return t('may-email');
    case 'may_whatsapp':
      return t('may-whatsapp');
    case 'do_not_contact':
      return t('do-not-contact');
    case 'language':
      return t('language');
    case 'usual_therapist':
      return t('usual-therapist');
    case 'usual_service':
      return t('usual-service');
    case 'usual_room':
      return t('usual-room');
    default:
      return t('guardian');
  }
}

/** A flag as a whole sentence; null where it is no news to the person (they chose it, or nobody expects a message). Under the privacy `shaded` it names nobody. */
export function sayFlag(flag: Flag, about?: About, shaded = false): string | null {
  const name = (of: Named): string => (shaded ? of.initials : of.client);
  switch (flag.kind) {
    case 'already_so':
      return t('flag-already_so');
    case 'soft_rule_changed':
      return t('flag-soft_rule_changed', { why: t(`flag-cause-${flag.cause.kind}`) });
    case 'booked_anyway':
      return null;
    case 'not_told': {
      if (flag.why.kind === 'past') return null;
      if (!about) return t('not-told-plain');
      const who = about.each?.find((one) => one.id === flag.client) ?? about;
      return who.phone ? t('not-told-call', { client: name(who), phone: shaded ? HIDDEN : phone(who.phone) }) : t('not-told', { client: name(who) });
    }
    case 'told_the_opposite':
      return about ? t('flag-told_the_opposite', { client: name(about) }) : t('flag-told_the_opposite-plain');
    case 'field_kept':
      return t('flag-field_kept', { field: fieldName(flag.field) });
    case 'fee_not_charged':
      return t('flag-fee_not_charged');
    case 'fee_covered':
      return t('flag-fee_covered');
  }
}

/** The toast of an action that was done, and its place in what Ctrl+Z goes back through. */
export function tellActed(kind: ToastKind, params: Record<string, string | number>, done: Acted, about?: About): void {
  const says = (shaded: boolean): string[] => [...new Set(done.flags.map((flag) => sayFlag(flag, about, shaded)).filter((one) => one !== null))];
  const undo = done.undoable ? done.intent : undefined;
  step(kind, params, undo);
  toast(kind, params, { undo, notes: says(false), shadedNotes: says(true), letter: done.notices[0] });
}
