/** The privacy shade: what needs attention, and who, without a name, a number or an address. */
import { describe, expect, it } from 'vitest';
import { attentionCard } from '../../src/features/dashboard/attention';
import type { BackupTrouble } from '../../src/generated/BackupTrouble';
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

  it('asks for a folder where there is none, and says there is no backup only where that is known', () => {
    const said = (last_good: typeof dashboard.now | null, trouble: BackupTrouble | null): string[] => {
      const { title, text, acts } = attentionCard({ kind: 'old_backup', last_good, trouble }, dashboard.now, false);
      return [title, text, ...acts.map((act) => (act.kind === 'backup' ? act.label : ''))];
    };
    const why = 'Without one, a broken disk takes everything along.';
    expect(said(null, 'no_folder')).toEqual(['Choose a folder for backups', why, 'Choose a folder']);
    expect(said(null, null)).toEqual(['There is no backup yet', why, 'Back up now']);
    expect(said(dashboard.now, null)[0]).toBe('The last good backup is older than three days');
    expect(said(null, 'folder_missing')).toEqual(['The folder is not there. Is the disk plugged in?', why, 'Back up now']);
    expect(said(dashboard.now, 'disk_full').slice(0, 2)).toEqual(['The disk of the folder is full.', expect.stringContaining('Last backup: ')]);
  });
});
