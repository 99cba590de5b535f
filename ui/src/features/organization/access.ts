/** Whether a member can sign in, as far as the server knows. */
import type { AccessView } from '../../generated/AccessView';
import type { Stamp } from '../../generated/Stamp';
import { sayStamp } from '../../state/say';
import { t } from '../../words/index.svelte';

export function sayAccess(access: AccessView | null, now: Stamp): string {
  if (access?.signs_in) return t(access.second_step ? 'has-account-and-code' : 'has-account');
  if (access?.invited_until) return t('invited-until', { when: sayStamp(access.invited_until, now) });
  return t('no-account');
}
