/** Forms on the memory host: what is no number is said and never sent, and a closed button says why it is closed. */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceSettings } from '../../src/generated/DeviceSettings';
import type { InvoiceDetail } from '../../src/generated/InvoiceDetail';
import { memoryHost, type Answers, type MemoryHost } from '../../src/host/memory';
import TherapistForm from '../../src/features/availability/TherapistForm.svelte';
import TimeOffForm from '../../src/features/availability/TimeOffForm.svelte';
import Setup from '../../src/features/firstrun/Setup.svelte';
import DraftDialog from '../../src/features/invoices/DraftDialog.svelte';
import InvoicePage from '../../src/features/invoices/InvoicePage.svelte';
import RoomForm from '../../src/features/rooms/RoomForm.svelte';
import ServiceForm from '../../src/features/services/ServiceForm.svelte';
import ClinicSettings from '../../src/features/settings/ClinicSettings.svelte';
import LockSettings from '../../src/features/settings/LockSettings.svelte';
import MailSettings from '../../src/features/settings/MailSettings.svelte';
import { mayLeave } from '../../src/kit/leaving.svelte';
import { connect } from '../../src/state/core.svelte';
import { clearOverlays } from '../../src/state/overlay.svelte';
import { sayProblem, sayRefusal } from '../../src/state/say';
import { answers } from '../fixtures/answers';
import { clinic, detail } from '../fixtures/session';

const nothing = (): void => undefined;
const acted = { intent: 'x-1', flags: [], undoable: true, notices: [], touched: [] };
const table = answers as Answers;
let host: MemoryHost;
let letGo: () => void = nothing;

beforeEach(() => {
  clearOverlays();
  letGo();
  const saves = Object.fromEntries(['room.save', 'service.save', 'therapist.save', 'clinic.save', 'invoice.draft', 'device.choose'].map((cmd) => [cmd, () => acted]));
  host = memoryHost({ ...table, ...saves });
  letGo = connect(host);
});

const asked = (cmd: string): unknown[] => host.asked.filter((one) => one.cmd === cmd).map((one) => one.payload);
const button = (name: string): HTMLElement => screen.getByRole('button', { name });

async function type(label: string, text: string): Promise<void> {
  const user = userEvent.setup();
  const field = screen.getByLabelText(label);
  await user.clear(field);
  if (text) await user.type(field, text);
}

/** The button is closed, and this is read out with it. */
async function closed(name: string, why: string): Promise<void> {
  await waitFor(() => expect(button(name).getAttribute('aria-disabled')).toBe('true'));
  expect(button(name).getAttribute('title')).toBe(why);
}

const MARKED = 'Please look at the marked fields.';
const device = { language: 'en', theme: 'light', density: 'normal', zoom: 100, lock_minutes: 10, has_pin: true } as DeviceSettings;
const [room, service, therapist] = [clinic.rooms[0] ?? null, clinic.services[0] ?? null, clinic.therapists[0] ?? null];

describe('a number that is none', () => {
  const forms: [string, () => unknown, string, string][] = [
    ['Room', () => render(RoomForm, { room, onclose: nothing }), 'Turnover', 'room.save'],
    ['Service', () => render(ServiceForm, { service, currency: 'MYR', onclose: nothing }), 'Length', 'service.save'],
    ['Therapist', () => render(TherapistForm, { therapist, taken: [], onclose: nothing }), 'Buffer around sessions', 'therapist.save'],
    ['Settings', () => render(ClinicSettings, { clinic: clinic.clinic, onstate: nothing }), 'Due after', 'clinic.save'],
  ];
  for (const [name, open, label, cmd] of forms)
    for (const typed of ['-5', '10.5'])
      it(`${typed} is marked in ${name} and never sent`, async () => {
        open();
        await type(label, typed);
        await closed('Save', MARKED);
        await userEvent.setup().click(button('Save'));
        await userEvent.setup().keyboard('{Control>}{Enter}{/Control}');
        expect(asked(cmd)).toEqual([]);
        await type(label, '10');
        await waitFor(() => expect(button('Save').getAttribute('aria-disabled')).toBeNull());
        await userEvent.setup().click(button('Save'));
        await waitFor(() => expect(asked(cmd)).toHaveLength(1));
      });

  it('is not sent as the minutes to lock after', async () => {
    render(LockSettings, { device, onstate: nothing });
    for (const typed of ['-5', '10.5', '999']) await type('After', typed);
    // On the way to a wrong one a right one was typed: what was sent is right, all of it.
    for (const one of asked('device.choose')) expect((one as { to: number }).to).toSatisfy((to: number) => Number.isInteger(to) && to >= 1 && to <= 240);
    expect(asked('device.choose').at(-1)).toMatchObject({ to: 99 });
  });

  it('holds the first run back where it stands', async () => {
    const user = userEvent.setup();
    render(Setup, { onback: nothing, onstate: nothing });
    await user.type(await screen.findByLabelText('Clinic name'), 'Willow');
    await user.type(screen.getByLabelText('Your name'), 'Ann');
    await user.click(button('Next'));
    await user.click(button('Next'));
    await type('Turnover', '10.5');
    await closed('Next', MARKED);
    await type('Turnover', '5');
    await user.click(button('Next'));
    await user.type(screen.getByLabelText('Name'), 'Talk');
    await type('Length', '-5');
    await closed('Create the clinic', MARKED);
  });
});

describe('a closed button', () => {
  it('says of a service what is missing: the name, the price that is none, the number that is not there', async () => {
    render(ServiceForm, { service: null, currency: 'MYR', onclose: nothing });
    await closed('Save', 'Please give a name.');
    await type('Name', 'Talk');
    await type('Price', 'twelve');
    await closed('Save', MARKED);
    await type('Price', '12');
    await type('Length', '');
    await closed('Save', 'Please fill in what is missing.');
  });
});

describe('a refusal', () => {
  it('names what it is about', () => {
    expect(sayRefusal({ code: 'archived', what: 'room' })).toBe('This room was archived meanwhile. Please choose another.');
    expect(sayRefusal({ code: 'not_found', what: 'client' })).toBe('This client is no longer there.');
    expect(sayRefusal({ code: 'exists', what: 'invoice' })).toBe('This invoice is there already.');
  });

  it('says what to look at when a form could not be read', () => {
    const problem = { detail: { kind: 'fault', code: 'bad_request', retry: false, trace: 'T1' } } as Parameters<typeof sayProblem>[0];
    expect(sayProblem(problem)).toContain('Please look at the marked fields.');
  });
});

describe('time off', () => {
  it('says at the start that 25:99 is no time, and nothing of the end', async () => {
    const user = userEvent.setup();
    render(TimeOffForm, { owner: { kind: 'therapist', id: 't-ao' }, today: '2026-11-24', firstWeekday: 1, shaded: false, busy: false, onadd: () => Promise.resolve(true) });
    await user.click(screen.getByRole('checkbox', { name: 'All day' }));
    await type('Start time', '25:99');
    await user.tab();
    expect(screen.queryByText('The end must be after the start')).toBeNull();
    await closed('Add time off', MARKED);
    await type('Start time', '15:00');
    await user.tab();
    expect(await screen.findAllByText('The end must be after the start')).not.toHaveLength(0);
    await closed('Add time off', 'The end must be after the start');
  });
});

describe('a form on a page that is not saved', () => {
  const leave = async (): Promise<boolean> => {
    let gone = false;
    if (mayLeave(() => (gone = true))) return true;
    await userEvent.setup().click(await screen.findByRole('button', { name: 'Throw away' }));
    expect(gone, 'who wants to go goes').toBe(true);
    return false;
  };
  const forms: [string, () => unknown, string][] = [
    ['the clinic', () => render(ClinicSettings, { clinic: clinic.clinic, onstate: nothing }), 'Clinic name'],
    ['mail', () => render(MailSettings, { mail: null, presets: [], onsaved: nothing }), 'Server'],
    ['time off', () => render(TimeOffForm, { owner: { kind: 'clinic', id: 'k-1' }, today: '2026-11-24', firstWeekday: 1, shaded: false, busy: false, onadd: () => Promise.resolve(true) }), 'Label'],
  ];
  for (const [name, open, label] of forms)
    it(`is asked about before the person goes: ${name}`, async () => {
      open();
      expect(mayLeave(nothing), 'untouched, it lets go').toBe(true);
      await userEvent.setup().type(screen.getByLabelText(label), ' X');
      expect(await leave()).toBe(false);
    });

  it('lets go once it is saved', async () => {
    render(ClinicSettings, { clinic: clinic.clinic, onstate: nothing });
    await userEvent.setup().type(screen.getByLabelText('Clinic name'), ' X');
    await userEvent.setup().click(button('Save'));
    await waitFor(() => expect(mayLeave(nothing)).toBe(true));
  });
});

describe('Draft an invoice', () => {
  const client = detail.client;
  const paper = table['invoice.get']?.({}) as InvoiceDetail;
  const draft: InvoiceDetail = { ...paper, brief: { ...paper.brief, status: 'draft', number: null }, issued: null, due_by_terms: false };

  it('takes the price and the payer of the session, due as the clinic gives days', async () => {
    render(DraftDialog, { clinic, draft: null, session: detail, client, onclose: nothing });
    await userEvent.setup().click(button('Save draft'));
    await waitFor(() => expect(asked('invoice.draft')).toEqual([{ invoice: null, client: detail.client.id, session: 's-1', amount: { minor: 18000, currency: 'MYR' }, due: null, text: '' }]));
  });

  it('says without a session what is charged, and how much', async () => {
    render(DraftDialog, { clinic, draft: null, session: null, client, onclose: nothing });
    await closed('Save draft', 'Please type an amount.');
    await type('Amount', '50');
    await closed('Save draft', 'Please say what is charged.');
    await type('Text on the invoice', 'A letter');
    await userEvent.setup().click(button('Save draft'));
    await waitFor(() => expect(asked('invoice.draft')).toMatchObject([{ client: client.id, session: null, amount: { minor: 5000 }, text: 'A letter' }]));
  });

  it('changes a draft, and keeps the day that was typed', async () => {
    render(DraftDialog, { clinic, draft, session: detail, client, onclose: nothing });
    await type('Amount', '99.50');
    await userEvent.setup().click(button('Save draft'));
    await waitFor(() => expect(asked('invoice.draft')).toMatchObject([{ invoice: draft.brief.id, amount: { minor: 9950 }, due: draft.brief.due, text: draft.text }]));
  });

  it('asks before a payment is taken back', async () => {
    const user = userEvent.setup();
    let taken = 0;
    const props = { shaded: false, busy: false, problem: undefined, onissue: nothing, onvoid: nothing, onpay: nothing, onedit: nothing, onsend: nothing };
    render(InvoicePage, { ...props, detail: { ...paper, brief: { ...paper.brief, status: 'paid' }, paid: { on: '2026-11-24', method: 'cash' } }, ontakeback: () => (taken += 1) });
    await user.click(button('Take payment back'));
    await user.click(button('Keep payment'));
    expect(taken).toBe(0);
    await user.click(button('Take payment back'));
    const [, really] = await screen.findAllByRole('button', { name: 'Take payment back', hidden: true });
    if (really) await user.click(really);
    expect(taken).toBe(1);
  });
});
