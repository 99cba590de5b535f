import type { Step, Toast } from '../state/overlay.svelte';
import { t } from '../words/index.svelte';

/** The words of a toast; its params are plain data, so each kind names the ones it needs. */
export function toastText({ kind, params }: Toast | Step): string {
  switch (kind) {
    case 'rescheduled':
      return t('toast-rescheduled', { when: params['when'] ?? '' });
    case 'duration':
      return t('toast-duration', { time: params['time'] ?? '' });
    case 'booked':
      return t('toast-booked', { n: params['n'] ?? 1 });
    case 'reassigned':
      return t('toast-reassigned', { n: params['n'] ?? 0 });
    case 'cannot-undo':
      return t('toast-cannot-undo', { what: params['what'] ?? '' });
    case 'failed':
      return t('toast-failed', { text: params['text'] ?? '' });
    default:
      return t(`toast-${kind}`);
  }
}
