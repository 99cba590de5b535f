import type { IconName } from '../../kit/icons';
import type { SessionStatus } from './model';

/** Status is a shape and an icon and a word; the colour is the therapist's. */
export const STATUS_ICON: Record<SessionStatus, IconName> = {
  scheduled: 'oc',
  confirmed: 'okc',
  in_session: 'okc',
  completed: 'check2',
  no_show: 'noshow',
  cancelled: 'x',
};
