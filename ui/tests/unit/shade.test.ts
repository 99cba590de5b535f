/** The privacy shade: what needs attention, and who, without a name, a number or an address. */
import { describe, expect, it } from 'vitest';
import { attentionCard } from '../../src/features/dashboard/attention';
import type { DashboardView } from '../../src/generated/DashboardView';
import { answers } from '../fixtures/answers';

const dashboard = (answers as Record<string, (of: unknown) => unknown>)['dashboard.get']?.({}) as DashboardView;
const NAMES = dashboard.attention.flatMap((one) => (one.kind === 'untold' ? [one.client] : one.kind === 'message' || one.kind === 'whatsapp' ? [one.notice.client_name] : one.kind === 'overdue' ? [one.invoice.client.name] : []));

describe('what needs attention', () => {
  const words = (shaded: boolean): string => dashboard.attention.map((one) => { const { title, text } = attentionCard(one, dashboard.now, shaded); return `${title} ${text}`; }).join('\n');

  it('names nobody under the privacy shade, and everybody without it', () => {
    expect(NAMES.length).toBeGreaterThan(3);
    for (const name of NAMES) {
      expect(words(false), name).toContain(name);
      expect(words(true), name).not.toContain(name);
    }
  });

  it('asks for a folder where there is none, and speaks of the last good backup only where there was one', () => {
    const title = (last_good: typeof dashboard.now | null, folder_chosen: boolean): string => attentionCard({ kind: 'old_backup', last_good, folder_chosen }, dashboard.now, false).title;
    expect(title(null, false)).toBe('Choose a folder for backups');
    expect(title(null, true)).toBe('There is no backup yet');
    expect(title(dashboard.now, true)).toBe('The last good backup is older than three days');
  });
});
