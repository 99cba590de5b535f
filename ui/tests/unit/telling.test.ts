/** Who is told of a change, by whom, and what of it is kept: in the dialogs of a session and in its Activity. */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import CancelDialog from '../../src/features/session/CancelDialog.svelte';
import DashboardScreen from '../../src/features/dashboard/DashboardScreen.svelte';
import DurationDialog from '../../src/features/session/DurationDialog.svelte';
import RescheduleDialog from '../../src/features/session/RescheduleDialog.svelte';
import RestoreDialog from '../../src/features/session/RestoreDialog.svelte';
import { actionGroups } from '../../src/features/session/actions';
import { sayActivity } from '../../src/features/session/activity';
import type { Acted } from '../../src/generated/Acted';
import type { ActivityView } from '../../src/generated/ActivityView';
import type { CheckRequest } from '../../src/generated/CheckRequest';
import type { NoticeBrief } from '../../src/generated/NoticeBrief';
import type { SessionDetail } from '../../src/generated/SessionDetail';
import { memoryHost, type Answers, type MemoryHost } from '../../src/host/memory';
import { connect } from '../../src/state/core.svelte';
import { clearOverlays, shownToasts } from '../../src/state/overlay.svelte';
import { setShade } from '../../src/state/prefs.svelte';
import { answers } from '../fixtures/answers';
import { clinic, detail, free, stamp, when } from '../fixtures/session';

const nothing = (): void => undefined;
const acted: Acted = { intent: 'x-1', flags: [], undoable: true, notices: [], touched: [] };
const unreachable: SessionDetail = { ...detail, contact: { ...detail.contact, no_email: 'no_consent', phone: '+60123456789' } };
let host: MemoryHost;
let letGo: () => void = nothing;

function on(more: Answers): void {
  letGo();
  host = memoryHost({ ...(answers as Answers), ...more });
  letGo = connect(host);
}

const asked = (cmd: string): unknown[] => host.asked.filter((one) => one.cmd === cmd).map((one) => one.payload);

beforeEach(() => {
  clearOverlays();
  on({ 'told.personally': () => acted, 'session.modify_duration': () => acted, 'session.restore': () => acted });
});
afterEach(() => setShade(false));

async function type(label: string, text: string): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  const field = screen.getByRole('textbox', { name: label });
  await user.clear(field);
  await user.type(field, text);
  return user;
}

describe('a client whom no mail tells', () => {
  it('is named in Reschedule with the number to call, and noted as told by whoever rang', async () => {
    const copied: string[] = [];
    render(RescheduleDialog, { detail: unreachable, clinic, onclose: nothing, oncopy: (text) => copied.push(text) });
    expect(screen.queryByText(/will NOT be told/), 'nothing has changed yet').toBeNull();
    const user = await type('Start time', '15:30');
    expect(await screen.findByText('Maya will NOT be told by email. Call +60 12-345 6789.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(copied).toEqual(['+60123456789']);
    await user.click(screen.getByRole('checkbox', { name: 'I told them myself' }));
    await user.click(screen.getByRole('button', { name: /^Reschedule/ }));
    await waitFor(() => expect(asked('told.personally')).toEqual([{ session: 's-1', client: 'c-mr' }]));
    expect(asked('session.reschedule')).toMatchObject([{ notify: false }]);
    expect(shownToasts().at(-1)?.notes, 'and is not called untold').toEqual([]);
  });

  it('stands in the toast where nobody rang, by initials under the shade', async () => {
    render(RestoreDialog, { detail: { ...unreachable, phase: 'cancelled', status: 'cancelled' }, onclose: nothing, oncopy: nothing });
    await screen.findByText('Maya will NOT be told by email. Call +60 12-345 6789.');
    const restore = screen.getByRole('button', { name: 'Restore' });
    await waitFor(() => expect(restore.getAttribute('aria-disabled')).toBeNull());
    await userEvent.setup().click(restore);
    await waitFor(() => expect(shownToasts().at(-1)).toMatchObject({ notes: ['Maya has NOT been told. Call +60 12-345 6789.'], shadedNotes: ['MR has NOT been told. Call •••.'] }));
  });

  it('is rung while mail cannot leave, and who was told by voice does not hear it again by mail', async () => {
    const held: SessionDetail = { ...detail, contact: { ...detail.contact, phone: '+60123456789', mail_held: 'wrong_password' } };
    on({ 'session.check': () => ({ ...free('2026-11-26', 840), slot: when('2026-11-26', 840, 870) }), 'session.modify_duration': () => acted, 'told.personally': () => acted });
    render(DurationDialog, { detail: held, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    const user = await type('End Time', '14:30');
    expect(await screen.findByText('The message to Maya cannot leave now. Call +60 12-345 6789.')).toBeTruthy();
    expect(screen.getByText(/^The mail server did not accept the name and password/)).toBeTruthy();
    await user.click(screen.getByRole('checkbox', { name: 'I told them myself' }));
    // Pressed before the answer is there, it would say so and do nothing.
    const modify = screen.getByRole('button', { name: 'Modify' });
    await waitFor(() => expect(modify.getAttribute('aria-disabled')).toBeNull(), { timeout: 5000 });
    await user.click(modify);
    await waitFor(() => expect(asked('told.personally')).toHaveLength(1), { timeout: 5000 });
    expect(asked('session.modify_duration'), 'no message waits that might go a moment before it is taken back').toMatchObject([{ notify: false }]);
  });

  it('gets no mail "now" while none can leave', async () => {
    render(CancelDialog, { detail: { ...detail, contact: { ...detail.contact, mail_held: 'silent' } }, onclose: nothing, oncopy: nothing });
    expect(await screen.findByText(/^The message to Maya cannot leave now\./)).toBeTruthy();
    expect(screen.queryByText(/gets a cancellation email now/)).toBeNull();
  });

  it('is promised no mail by the Quick Action', () => {
    const hint = (of: SessionDetail): string | undefined => actionGroups(of, false).flat().find((one) => one.action === 'cancel')?.hint;
    expect(hint(detail)).toBe('Opens the slot and emails Maya');
    expect(hint({ ...detail, contact: { ...detail.contact, mail_ready: false } }), 'while mail is not set up').toBe('Opens the slot');
    expect(hint({ ...detail, contact: { ...detail.contact, mail_held: 'silent' } }), 'while mail cannot leave').toBe('Opens the slot');
  });
});

describe('a session that is over', () => {
  it('is told of when it is moved to where it is still to come, only if somebody asks', async () => {
    const over: SessionDetail = { ...detail, phase: 'ended', status: 'completed', when: when('2026-11-23', 540, 590) };
    on({ 'session.check': (of) => free((of as CheckRequest).start.date, (of as CheckRequest).start.minute) });
    render(RescheduleDialog, { detail: over, clinic, onclose: nothing, oncopy: nothing });
    const notify = screen.getByRole('switch', { name: 'Notify Client via Email' });
    await type('Start time', '10:00');
    await screen.findByText('Slot Available', { selector: 'b' });
    expect(notify.getAttribute('aria-disabled'), 'still over').toBe('true');
    const user = userEvent.setup();
    const friday = document.querySelector('[data-day="2026-11-27"]');
    if (!friday) throw new Error('the month has a Friday');
    await user.click(friday);
    await waitFor(() => expect(notify.getAttribute('aria-disabled')).toBeNull());
    expect(notify.getAttribute('aria-checked'), 'nobody asked yet').toBe('false');
    await user.click(notify);
    await user.click(screen.getByRole('button', { name: /^Reschedule/ }));
    await waitFor(() => expect(asked('session.reschedule')).toMatchObject([{ start: { date: '2026-11-27' }, notify: true }]));
  });
});

const draft: NoticeBrief = { id: 'n-9', with: [], kind: 'invoice', channel: 'whatsapp', state: 'draft', cause: null, queued: detail.now, since: detail.now, to: '+60123456789', client: 'c-mr', client_name: 'Maya Redfern', phone: null, session: 's-1', session_when: detail.when, invoice: 'i-9', next_try: null };

describe('a WhatsApp draft that nobody opened', () => {
  it('stands in Needs attention, and is opened from there', async () => {
    const dashboard = (answers as unknown as Record<string, () => object>)['dashboard.get']?.();
    on({ 'dashboard.get': () => ({ ...dashboard, attention: [{ kind: 'draft', notice: draft }] }), 'notice.open_whatsapp': () => ({ shown_instead: null }) });
    render(DashboardScreen);
    await screen.findByText('The WhatsApp to Maya Redfern has not been opened');
    setShade(true);
    await screen.findByText('The WhatsApp to MR has not been opened');
    await userEvent.setup().click(screen.getByRole('button', { name: 'Open WhatsApp' }));
    await waitFor(() => expect(asked('notice.open_whatsapp')).toEqual([{ notice: 'n-9' }]));
  });
});

describe('an extension invoiced by WhatsApp', () => {
  it('opens its draft, and says so before', async () => {
    on({
      'session.check': () => ({ ...free('2026-11-26', 840), slot: when('2026-11-26', 840, 910), extension_price: { minor: 7200, currency: 'MYR' }, extension_due: '2026-12-01' }),
      'session.modify_duration': () => ({ ...acted, notices: ['n-8', 'n-9'] }),
      'session.get': () => ({ ...detail, notices: [{ ...draft, id: 'n-8', channel: 'email', state: 'queued' }, draft] }),
      'notice.open_whatsapp': () => ({ shown_instead: null }),
    });
    render(DurationDialog, { detail, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    const user = await type('End Time', '15:10');
    await user.click(await screen.findByRole('switch', { name: /Invoice the extension/ }));
    await user.click(screen.getByRole('checkbox', { name: 'By WhatsApp' }));
    expect(screen.getByText(/A WhatsApp draft with the invoice opens\./)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Modify' }));
    await waitFor(() => expect(asked('notice.open_whatsapp')).toEqual([{ notice: 'n-9' }]));
    expect(asked('session.modify_duration')).toMatchObject([{ invoice: { send: ['email', 'whatsapp'] } }]);
  });
});

describe('Activity', () => {
  const [first] = detail.activity;
  const line = (what: ActivityView['what'], more: Partial<ActivityView> = {}): ActivityView => ({ at: stamp('2026-11-24', 600), by: 'Nadia Koné', by_me: false, what, from: null, to: null, address: null, client: null, pending: false, ...more });
  const snapshot = first?.what.kind === 'rescheduled' ? first.what.to : undefined;

  it('says why a rule gave way, and not under the shade', () => {
    if (!snapshot) throw new Error('the fixture begins with a reschedule');
    for (const what of [{ kind: 'booked', to: snapshot, anyway: 'Maya asked' }, { kind: 'restored', anyway: 'Maya asked' }, { kind: 'rescheduled', from: snapshot, to: snapshot, anyway: 'Maya asked' }, { kind: 'duration_modified', from: snapshot, to: snapshot, anyway: 'Maya asked' }] as const) {
      expect(sayActivity(line(what), false).text, what.kind).toMatch(/\. Booked anyway: Maya asked$/);
      expect(sayActivity(line(what), true).text, what.kind).not.toContain('Maya');
      expect(sayActivity(line({ ...what, anyway: undefined } as ActivityView['what']), false).text, what.kind).not.toContain('anyway');
    }
  });

  it('says which message went where, and where it ended', () => {
    const moved = (channel: 'email' | 'whatsapp', to: 'sent' | 'failed' | 'opened'): ActivityView['what'] => ({ kind: 'notice_moved', notice: 'n-1', notice_kind: 'reminder', channel, to, cause: null });
    const at = { address: 'maya@example.org' };
    expect(sayActivity(line(moved('email', 'sent'), at), false).text).toBe('Reminder (Email): Sent to maya@example.org');
    expect(sayActivity(line(moved('email', 'failed'), at), false).text).toBe('Reminder (Email): Failed, to maya@example.org');
    expect(sayActivity(line(moved('whatsapp', 'opened'), { address: '+60123456789' }), false).text).toBe('Reminder (WhatsApp): Opened, not confirmed, to +60 12-345 6789');
    const queued: ActivityView['what'] = { kind: 'notice_queued', notice: 'n-1', notice_kind: 'reminder', channel: 'email' };
    expect(sayActivity(line(queued, at), false).text).toBe('Nadia Koné asked for Reminder by Email to maya@example.org');
    for (const what of [queued, moved('email', 'sent'), moved('email', 'failed')]) expect(sayActivity(line(what, at), true).text).not.toContain('example.org');
  });

  it('calls another link what it is, and no move', () => {
    if (!first?.to || first.what.kind !== 'rescheduled') throw new Error('the fixture begins with a reschedule');
    expect(sayActivity({ ...first, from: first.to }, false).text).toBe('You changed the link or address');
    expect(sayActivity(first, false).text).toBe('You moved it from Cedar to Willow');
  });
});
