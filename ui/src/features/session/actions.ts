import type { Action } from '../../generated/Action';
import type { SessionDetail } from '../../generated/SessionDetail';
import type { IconName } from '../../kit/icons';
import { sayDenial, sayInitials, sayPeople } from '../../state/say';
import { time } from '../../words/format';
import { t } from '../../words/index.svelte';
import { notifyBy } from './notify';
import { sayReminded } from './remind';

export interface ActionLine {
  action: Action;
  label: string;
  /** The second line: what it will do, or why it is not available. */
  hint: string;
  available: boolean;
  icon: IconName;
  look: 'lead' | '' | 'amb' | 'bad';
  key: string | null;
}

/** How each action looks, in the groups of the card. No Show and Cancel Session have no key on purpose. */
const LOOK: Record<Action, { icon: IconName; look: ActionLine['look']; key: string | null; group: number }> = {
  reschedule: { icon: 'move', look: 'lead', key: 'R', group: 0 },
  modify_duration: { icon: 'stretch', look: 'lead', key: 'D', group: 0 },
  restore: { icon: 'undo', look: 'lead', key: null, group: 0 },
  undo_no_show: { icon: 'undo', look: 'lead', key: null, group: 0 },
  send_email_reminder: { icon: 'mail', look: '', key: 'E', group: 1 },
  send_whatsapp_reminder: { icon: 'chat', look: '', key: 'W', group: 1 },
  no_show: { icon: 'noshow', look: 'amb', key: null, group: 2 },
  cancel: { icon: 'cancel', look: 'bad', key: null, group: 2 },
};

/** Whom a cancellation would tell by mail. */
function mailed(d: SessionDetail): string {
  const [first = '', ...others] = notifyBy(d).reached.map((one) => one.called);
  return sayPeople(first, others);
}

function hint(action: Action, d: SessionDetail, shaded: boolean): string {
  switch (action) {
    case 'reschedule':
      return t('hint-reschedule');
    case 'modify_duration':
      return t('hint-duration', { time: time(d.when.end.minute) });
    case 'send_email_reminder':
      return sayReminded(d.contact.last_email_reminder, d.now);
    case 'send_whatsapp_reminder':
      return sayReminded(d.contact.last_whatsapp_reminder, d.now);
    case 'no_show':
      return t('hint-no-show');
    case 'undo_no_show':
      return t('hint-undo-no-show');
    case 'cancel':
      // Only a mail that can go now is promised.
      return d.cancel.notify && notifyBy(d).possible && !notifyBy(d).held ? t('hint-cancel-email', { client: shaded ? sayInitials(d.client.initials, d.others) : mailed(d) }) : t('hint-cancel');
    case 'restore':
      return t('hint-restore');
  }
}

/** The lines of the Quick Actions card in their groups. What this phase has not at all (Restore of a session that stands) is left out. */
export function actionGroups(d: SessionDetail, shaded: boolean): ActionLine[][] {
  const groups: ActionLine[][] = [[], [], []];
  for (const { action, denial } of d.actions) {
    const look = LOOK[action];
    const reverse = action === 'restore' || action === 'undo_no_show';
    if (denial?.kind === 'state' && reverse) continue;
    groups[look.group]?.push({
      action,
      label: t(`action-${action}`),
      hint: denial ? sayDenial(denial) : hint(action, d, shaded),
      available: denial === null,
      icon: look.icon,
      look: look.look,
      key: look.key,
    });
  }
  return groups.filter((group) => group.length > 0);
}
