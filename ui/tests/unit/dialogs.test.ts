/** Dialogs on the memory host: what they ask the core for, what they refuse to send, and what they say of its answers. */
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Acted } from '../../src/generated/Acted';
import type { CheckRequest } from '../../src/generated/CheckRequest';
import type { PreviewRequest } from '../../src/generated/PreviewRequest';
import { memoryHost, type Answers, type MemoryHost } from '../../src/host/memory';
import CancelDialog from '../../src/features/session/CancelDialog.svelte';
import DurationDialog from '../../src/features/session/DurationDialog.svelte';
import ReminderDialog from '../../src/features/session/ReminderDialog.svelte';
import RescheduleDialog from '../../src/features/session/RescheduleDialog.svelte';
import SessionPage from '../../src/features/session/SessionPage.svelte';
import Unsent from '../../src/shell/Unsent.svelte';
import { undo } from '../../src/shell/undo';
import { sayFlag } from '../../src/state/acted';
import { connect } from '../../src/state/core.svelte';
import { whenIdle } from '../../src/state/idle';
import { clearOverlays, openDialogs, shownToasts } from '../../src/state/overlay.svelte';
import { answers } from '../fixtures/answers';
import { clinic, detail, free, roomTaken, therapistOff, when } from '../fixtures/session';

const nothing = (): void => undefined;
const acted: Acted = { intent: 'x-1', flags: [], undoable: true, notices: [], touched: [] };
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
  on({});
});

describe('Reschedule Session', () => {
  it('sends nothing while the room is taken, and takes a room that is offered instead', async () => {
    on({ 'session.check': (of) => { const { start, place } = of as CheckRequest; return place.kind === 'room' && place.id === 'r-c' ? free(start.date, start.minute) : roomTaken(start.date, start.minute); } });
    const user = userEvent.setup();
    render(RescheduleDialog, { detail, clinic, onclose: nothing, oncopy: nothing });
    const time = screen.getByLabelText('Start time');
    await user.clear(time);
    await user.type(time, '15:30');
    await screen.findByText('Room is not available', { selector: 'b' });
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(asked('session.reschedule'), 'a hard conflict is never sent').toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Cedar' }));
    await screen.findByText('Slot Available', { selector: 'b' });
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(asked('session.reschedule')).toMatchObject([{ place: { kind: 'room', id: 'r-c' }, start: { minute: 930 }, guard: detail.guard, notify: true }]));
  });

  it('sends what was typed in the same breath, once its answer is there', async () => {
    let answer: (value: unknown) => void = nothing;
    on({ 'session.check': () => new Promise((resolve) => (answer = resolve)) });
    const user = userEvent.setup();
    render(RescheduleDialog, { detail, clinic, onclose: nothing, oncopy: nothing });
    const time = screen.getByLabelText('Start time');
    await user.clear(time);
    await user.type(time, '15:30');
    await waitFor(() => expect(asked('session.check').at(-1)).toMatchObject({ start: { minute: 930 } }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(asked('session.reschedule'), 'not before it is known to be free').toEqual([]);
    answer(free('2026-11-26', 930));
    await waitFor(() => expect(asked('session.reschedule')).toHaveLength(1));
  });

  it('books anyway only when a person says so', async () => {
    on({ 'session.check': (of) => therapistOff((of as CheckRequest).start.date, (of as CheckRequest).start.minute) });
    const user = userEvent.setup();
    render(RescheduleDialog, { detail, clinic, onclose: nothing, oncopy: nothing });
    const time = screen.getByLabelText('Start time');
    await user.clear(time);
    await user.type(time, '20:00');
    await user.click(await screen.findByRole('switch', { name: /Book anyway/ }));
    await user.click(screen.getByRole('button', { name: /^Reschedule/ }));
    await waitFor(() => expect(asked('session.reschedule')).toMatchObject([{ anyway: { anyway: true } }]));
  });

  it('changes the link of an online session alone, and does not touch it when only the time moves', async () => {
    const online = { ...detail, place: { place: { kind: 'online' as const }, name: null, note: 'https://meet.example/1' } };
    on({ 'session.check': (of) => free((of as CheckRequest).start.date, (of as CheckRequest).start.minute) });
    const user = userEvent.setup();
    const { unmount } = render(RescheduleDialog, { detail: online, clinic, onclose: nothing, oncopy: nothing });
    const link = await screen.findByLabelText('Link for the client');
    await user.clear(link);
    await user.type(link, 'https://meet.example/2');
    await screen.findByText('Slot Available', { selector: 'b' });
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(asked('session.reschedule').at(-1)).toMatchObject({ place: { kind: 'online' }, place_text: 'https://meet.example/2', start: { minute: 840 } }));
    unmount();
    render(RescheduleDialog, { detail: online, clinic, onclose: nothing, oncopy: nothing });
    const time = screen.getByLabelText('Start time');
    await user.clear(time);
    await user.type(time, '15:30');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(asked('session.reschedule').at(-1)).toMatchObject({ place_text: null, start: { minute: 930 } }));
  });

  it('keeps the later of two equal times on the clock when only the room changes, and asks anew of another time', async () => {
    const again = { ...detail, when: { ...detail.when, start: { ...detail.when.start, second: true } } };
    on({
      'session.check': (of) => {
        const { start, place } = of as CheckRequest;
        const answer = place.kind === 'room' && place.id === 'r-c' ? free(start.date, start.minute) : roomTaken(start.date, start.minute);
        return { ...answer, start: { kind: 'twice', first: 0, second: 3600 } };
      },
    });
    const user = userEvent.setup();
    render(RescheduleDialog, { detail: again, clinic, onclose: nothing, oncopy: nothing });
    const second = await screen.findByRole('button', { name: 'The second' });
    expect(second.getAttribute('aria-pressed'), 'it stands at the second').toBe('true');
    expect(screen.getByRole('button', { name: /^Reschedule/ }).title, 'and nothing is moved').toBe('Nothing has changed yet.');
    await user.click(screen.getByRole('button', { name: 'Cedar' }));
    await screen.findByText('Slot Available', { selector: 'b' });
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(asked('session.reschedule').at(-1)).toMatchObject({ place: { id: 'r-c' }, start: { minute: 840, second: true } }));
    const time = screen.getByLabelText('Start time');
    await user.clear(time);
    await user.type(time, '15:30');
    await waitFor(() => expect(asked('session.check').at(-1), 'what was said of one time says nothing of another').toMatchObject({ start: { minute: 930, second: false } }));
    await user.click(screen.getByRole('button', { name: 'The second' }));
    await waitFor(() => expect(asked('session.check').at(-1)).toMatchObject({ start: { minute: 930, second: true } }));
  });

  it('keeps the dialog and says in it why a stale change was refused', async () => {
    on({ 'session.reschedule': () => { throw { kind: 'refused', refusal: { code: 'stale', now: detail.guard } }; } });
    const user = userEvent.setup();
    const onclose = vi.fn();
    render(RescheduleDialog, { detail, clinic, onclose, oncopy: nothing });
    const time = screen.getByLabelText('Start time');
    await user.clear(time);
    await user.type(time, '15:30');
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect((await screen.findByRole('alert')).textContent).toContain('changed while this was open');
    expect(onclose, 'what was typed is still there').not.toHaveBeenCalled();
  });
});

describe('Cancel Session', () => {
  it('says that nobody will be told, with the number to call, where the client may not be mailed', async () => {
    const unreachable = { ...detail, contact: { ...detail.contact, no_email: 'no_consent' as const, phone: '+60123456789' } };
    render(CancelDialog, { detail: unreachable, onclose: nothing, oncopy: nothing });
    expect(await screen.findByText('Maya will NOT be told by email. Call +60 12-345 6789.')).toBeTruthy();
    const user = userEvent.setup();
    const cancel = screen.getByRole('button', { name: 'Cancel this Session' });
    expect(cancel.getAttribute('aria-disabled'), 'nobody knows who cancelled, and with it whether they have to be rung').toBe('true');
    await user.click(screen.getByRole('radio', { name: 'The client' }));
    expect(screen.getByText('Maya said so and knows it.')).toBeTruthy();
    expect(screen.queryByText(/will NOT be told/), 'who cancelled themselves is not rung').toBeNull();
    await user.click(screen.getByRole('radio', { name: 'The clinic' }));
    expect(screen.getByText(/will NOT be told/)).toBeTruthy();
    await user.click(cancel);
    await waitFor(() => expect(asked('session.cancel')).toMatchObject([{ notify: false, by: 'clinic' }]));
  });

  it('puts the remark into the mail only when that is ticked', async () => {
    const user = userEvent.setup();
    render(CancelDialog, { detail, onclose: nothing, oncopy: nothing });
    await user.type(screen.getByRole('textbox', { name: /Remark/ }), 'Moved away');
    await user.click(screen.getByRole('button', { name: 'Cancel this Session' }));
    await waitFor(() => expect(asked('session.cancel')).toMatchObject([{ remark: 'Moved away', remark_to_client: false, notify: true }]));
  });
});

describe('Modify Duration', () => {
  it('invoices the extension with the suggested amount and due date, and nothing when the session gets shorter', async () => {
    on({
      'session.check': (of) => {
        const { end } = of as CheckRequest;
        const minutes = (end?.minute ?? 890) - 840;
        const answer = free('2026-11-26', 840);
        return { ...answer, slot: answer.slot && { ...answer.slot, minutes }, extension_price: minutes > 50 ? { minor: 7200, currency: 'MYR' } : null, extension_due: minutes > 50 ? '2026-12-01' : null };
      },
      'session.modify_duration': () => acted,
    });
    const user = userEvent.setup();
    render(DurationDialog, { detail, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    const end = screen.getByRole('textbox', { name: 'End Time' });
    await user.clear(end);
    await user.type(end, '15:10');
    await user.click(await screen.findByRole('switch', { name: /Invoice the extension/ }));
    await user.click(screen.getByRole('button', { name: 'Modify' }));
    await waitFor(() => expect(asked('session.modify_duration')).toMatchObject([{ end: { minute: 910 }, invoice: { amount: { minor: 7200, currency: 'MYR' }, due: '2026-12-01' } }]));
    await user.clear(end);
    await user.type(end, '14:30');
    await waitFor(() => expect(screen.queryByRole('switch', { name: /Invoice the extension/ })).toBeNull());
    await user.click(screen.getByRole('button', { name: 'Modify' }));
    await waitFor(() => expect(asked('session.modify_duration').at(-1)).toMatchObject({ end: { minute: 870 }, invoice: null }));
  });

  it('takes an end before the start for what it is, and one in the night for the next day', async () => {
    on({
      'session.check': (of) => {
        const { start, end } = of as CheckRequest;
        const backwards = end !== null && (end.date < start.date || (end.date === start.date && end.minute <= start.minute));
        return { ...free(start.date, start.minute), slot: backwards ? null : when(start.date, start.minute, end?.minute ?? 0) };
      },
    });
    const user = userEvent.setup();
    const evening = { ...detail, when: when('2026-11-26', 1320, 1380) };
    const { unmount } = render(DurationDialog, { detail, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    const end = (): HTMLElement => screen.getByRole('textbox', { name: 'End Time' });
    await user.clear(end());
    await user.type(end(), '13:30');
    expect(await screen.findByText('The end must be after the start', { selector: 'b' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Modify' }));
    expect(asked('session.modify_duration'), 'nothing is sent').toEqual([]);
    unmount();
    render(DurationDialog, { detail: evening, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    await user.clear(end());
    await user.type(end(), '00:30');
    await waitFor(() => expect(asked('session.check').at(-1)).toMatchObject({ start: { date: '2026-11-26', minute: 1320 }, end: { date: '2026-11-27', minute: 30 } }));
    await user.clear(end());
    await user.type(end(), '21:30');
    expect(await screen.findByText('The end must be after the start', { selector: 'b' })).toBeTruthy();
  });

  it('asks which end is meant where the clocks go back over it, and opens with the one that stands', async () => {
    const again = { ...detail, when: { ...detail.when, end: { ...detail.when.end, second: true } } };
    on({ 'session.check': (of) => ({ ...free('2026-11-26', 840), end: { kind: 'twice', first: 0, second: 3600 }, slot: { ...when('2026-11-26', 840, 890), minutes: (of as CheckRequest).end?.second ? 110 : 50 } }), 'session.modify_duration': () => acted });
    const user = userEvent.setup();
    render(DurationDialog, { detail: again, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    await waitFor(() => expect(asked('session.check').at(-1)).toMatchObject({ end: { minute: 890, second: true } }));
    expect(screen.getByRole('button', { name: 'Modify' }).title).toBe('Nothing has changed yet.');
    await user.click(await screen.findByRole('button', { name: 'The first' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Modify' }).getAttribute('aria-disabled')).toBeNull());
    await user.click(screen.getByRole('button', { name: 'Modify' }));
    await waitFor(() => expect(asked('session.modify_duration')).toMatchObject([{ end: { minute: 890, second: false } }]));
  });

  it('invoices no other amount than the one that was typed, and says why it cannot', async () => {
    on({ 'session.check': () => ({ ...free('2026-11-26', 840), slot: when('2026-11-26', 840, 910), extension_price: { minor: 7200, currency: 'MYR' }, extension_due: '2026-12-01' }), 'session.modify_duration': () => acted });
    const user = userEvent.setup();
    render(DurationDialog, { detail, currency: 'MYR', firstWeekday: 1, onclose: nothing, oncopy: nothing });
    const end = screen.getByRole('textbox', { name: 'End Time' });
    await user.clear(end);
    await user.type(end, '15:10');
    await user.click(await screen.findByRole('switch', { name: /Invoice the extension/ }));
    const amount = screen.getByRole('textbox', { name: 'Amount' });
    for (const [typed, said] of [['-40', 'This is no amount. Type it like 180.00.'], ['', null]] as const) {
      await user.clear(amount);
      if (typed) await user.type(amount, typed);
      await user.keyboard('{Control>}{Enter}{/Control}');
      if (said) expect(screen.getByText(said)).toBeTruthy();
      expect(screen.getByRole('button', { name: 'Modify' }).title, `with "${typed}" in the field`).toBe('Please type an amount.');
    }
    expect(asked('session.modify_duration')).toEqual([]);
    await user.type(amount, '40');
    await user.click(screen.getByRole('button', { name: 'Modify' }));
    await waitFor(() => expect(asked('session.modify_duration')).toMatchObject([{ invoice: { amount: { minor: 4000 } } }]));
  });
});

describe('a reminder by WhatsApp to one of a couple', () => {
  it('shows the number and the text of whoever is chosen', async () => {
    const jon = { client: { id: 'c-jl', name: 'Jon Lim', initials: 'JL' }, contact: { ...detail.contact, called: 'Jon', phone: '+60123450000' }, told: detail.told, attendance: detail.attendance };
    on({ 'notice.preview': (of) => { const jons = (of as PreviewRequest).client === 'c-jl'; return { to: jons ? '+60123450000' : '+60123456789', subject: null, text: jons ? 'Hello Jon' : 'Hello Maya' }; } });
    render(ReminderDialog, { detail: { ...detail, others: [jon] }, channel: 'whatsapp', onclose: nothing, onshown: nothing });
    await screen.findByText('Hello Maya');
    await userEvent.setup().click(screen.getByRole('radio', { name: /Jon Lim/ }));
    await screen.findByText('Hello Jon');
    expect(screen.getByText('+60 12-345 0000', { selector: 'b' })).toBeTruthy();
    expect(screen.queryByText(/Each of them gets an email/), 'nothing is said of mail').toBeNull();
  });
});

describe('a remark on a session', () => {
  const page = { shaded: false, onaction: nothing, onconfirm: nothing, onopen: nothing, oncopy: nothing, ontold: nothing };
  it('stays in the field until it is kept, and with the session it was typed for', async () => {
    const onremark = vi.fn().mockResolvedValueOnce(false).mockResolvedValue(true);
    const user = userEvent.setup();
    const { rerender } = render(SessionPage, { ...page, detail, onremark });
    const field = (): HTMLInputElement => screen.getByLabelText('Add a remark');
    await user.type(field(), 'By telephone');
    await rerender({ detail: { ...detail, id: 's-2' } });
    expect(field().value, 'another session has not got it').toBe('');
    await rerender({ detail });
    expect(field().value).toBe('By telephone');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect(field().value, 'it was not kept').toBe('By telephone');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(field().value).toBe(''));
    expect(onremark.mock.calls).toEqual([['s-1', 'By telephone'], ['s-1', 'By telephone']]);
  });
});

describe('closing with unsent messages', () => {
  it('offers three ways, and stays open when there is no tray', async () => {
    on({ 'app.quit': () => ({ unsent: 0, cause: null, choose: false, no_tray: true }) });
    const user = userEvent.setup();
    const onclose = vi.fn();
    render(Unsent, { count: 2, onclose });
    const box = await screen.findByRole('dialog', { name: 'Messages are not sent yet' });
    expect(within(box).getByText('2 messages to clients have not left yet.')).toBeTruthy();
    await user.click(within(box).getByRole('button', { name: 'Keep running in the tray' }));
    await within(box).findByText('This computer has no tray to keep SafeTalk running in.');
    expect(onclose).not.toHaveBeenCalled();
    await user.click(within(box).getByRole('button', { name: 'Send and quit' }));
    await user.click(within(box).getByRole('button', { name: 'Quit' }));
    expect(asked('app.quit'), 'each way is the one that was clicked').toMatchObject([{ how: 'keep_running', tray: { open: 'Open SafeTalk', quit: 'Quit' } }, { how: 'send_and_quit' }, { how: 'quit' }]);
  });
});

describe('sending before the end', () => {
  it('says why they did not go, and leads to them', async () => {
    let choose = false;
    on({ 'app.quit': () => ({ unsent: 1, cause: choose ? null : 'silent', choose, no_tray: false }) });
    const user = userEvent.setup();
    const onclose = vi.fn();
    render(Unsent, { count: 2, onclose });
    await user.click(await screen.findByRole('button', { name: 'Send and quit' }));
    expect((await screen.findByRole('alert')).textContent).toBe('They did not go. The server did not answer in time. It is tried again by itself.');
    expect(screen.getByText('1 message to a client has not left yet.'), 'one of the two went').toBeTruthy();
    choose = true;
    await user.click(screen.getByRole('button', { name: 'Send and quit' }));
    await screen.findByText('They have waited long: someone has to choose first what still goes.');
    await user.click(screen.getByRole('button', { name: 'Open messages' }));
    expect(onclose).toHaveBeenCalled();
    expect(location.hash).toBe('#/messages');
  });
});

describe('taking back', () => {
  it('asks first where the client has been told, and says so when it is done', async () => {
    on({ 'act.undo': (of) => ((of as { told_is_known: boolean }).told_is_known ? { kind: 'done', acted: { ...acted, flags: [{ kind: 'told_the_opposite' }] } } : { kind: 'client_knows' }) });
    await undo('x-1');
    expect(openDialogs(), 'a person decides').toEqual([{ kind: 'client-knows', intent: 'x-1' }]);
    expect(shownToasts()).toEqual([]);
    await undo('x-1', true);
    expect(shownToasts().map((one) => one.notes)).toEqual([['The client had been told already and is told the opposite now.']]);
  });
});

describe('what a person should know although it was done', () => {
  const maya = { client: 'Maya', initials: 'MR', phone: '+60123456789' };
  it('names whom to call when a message did not tell it', () => {
    expect(sayFlag({ kind: 'not_told', why: { kind: 'reach', why: 'no_address' } }, maya)).toBe('Maya has NOT been told. Call +60 12-345 6789.');
    expect(sayFlag({ kind: 'not_told', why: { kind: 'reach', why: 'no_address' } }, maya, true), 'under the privacy shade').toBe('MR has NOT been told. Call •••.');
    expect(sayFlag({ kind: 'not_told', why: { kind: 'reach', why: 'no_address' } }), 'an undo knows of no name, and is not silent').toBe('The client has NOT been told. See Needs attention on the Dashboard.');
    expect(sayFlag({ kind: 'not_told', why: { kind: 'past' } }, maya), 'nobody expects a message about the past').toBeNull();
  });
  it('says what changed meanwhile, and whose value stands', () => {
    expect(sayFlag({ kind: 'soft_rule_changed', cause: { kind: 'archived' } })).toContain('archived meanwhile');
    expect(sayFlag({ kind: 'field_kept', field: 'email' })).toBe('Email: someone else changed it first. Theirs stands.');
    expect(sayFlag({ kind: 'already_so' })).toContain('so already');
  });
});

describe('the lock by itself', () => {
  it('comes after the minutes without a sign of anybody, and every sign puts it off', () => {
    vi.useFakeTimers();
    const lock = vi.fn();
    const stop = whenIdle(2, lock);
    vi.advanceTimersByTime(110_000);
    window.dispatchEvent(new KeyboardEvent('keydown'));
    vi.advanceTimersByTime(110_000);
    expect(lock, 'somebody typed').not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(lock).toHaveBeenCalledTimes(1);
    stop();
    vi.useRealTimers();
  });
});
