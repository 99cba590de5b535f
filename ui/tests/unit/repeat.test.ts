/** A repetition in New Session: what its table says of each date, and what is sent. */
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import BookDialog from '../../src/features/booking/BookDialog.svelte';
import RepeatTable from '../../src/features/booking/RepeatTable.svelte';
import type { CauseView } from '../../src/generated/CauseView';
import type { Occurrence } from '../../src/generated/Occurrence';
import type { SeriesRequest } from '../../src/generated/SeriesRequest';
import { memoryHost, type Answers, type MemoryHost } from '../../src/host/memory';
import { connect } from '../../src/state/core.svelte';
import { clearOverlays } from '../../src/state/overlay.svelte';
import { addDays } from '../../src/words/format';
import { answers } from '../fixtures/answers';
import { clinic, when } from '../fixtures/session';

const nothing = (): void => undefined;
let host: MemoryHost;
let letGo: () => void = nothing;

function on(more: Answers): void {
  letGo();
  host = memoryHost({ ...(answers as Answers), ...more });
  letGo = connect(host);
}

const asked = (cmd: string): unknown[] => host.asked.filter((one) => one.cmd === cmd).map((one) => one.payload);
const hours = (date: string, therapist: string | null): CauseView => ({ kind: 'outside_hours', from: null, until: null, minutes: null, open: [when(date, 480, 720)], client: null, therapist });
const occurrence = (number: number, date: string, more: Partial<Occurrence> = {}): Occurrence => ({ number, when: when(date, 540, 590), available: true, therapist: [], room: [], may_book_anyway: false, reason_needed: false, moved: false, ...more });

beforeEach(clearOverlays);

describe('the table of a repetition', () => {
  const table = (occurrences: Occurrence[]): void => void render(RepeatTable, { occurrences, waiting: false, problem: undefined, leaveOut: [], therapist: 'Amara Osei', room: 'Willow', minute: 150 });

  it('names the one of several therapists who is busy', () => {
    table([occurrence(1, '2026-12-01', { available: false, therapist: [hours('2026-12-01', 'Lena Fischer')] })]);
    expect(screen.getByText(/Lena Fischer is open/)).toBeTruthy();
    expect(screen.queryByText(/Amara Osei/)).toBeNull();
  });

  it('says where the clocks leave a time out, and when it begins instead', () => {
    table([occurrence(1, '2026-12-01'), { ...occurrence(2, '2026-12-08', { moved: true }), when: when('2026-12-08', 180, 230) }]);
    expect(screen.getAllByText(/does not exist that day/)).toHaveLength(1);
    expect(screen.getByText(/02:30 does not exist that day; it begins at 03:00\./)).toBeTruthy();
  });
});

describe('New Session, weekly', () => {
  const book = async (preview: (of: SeriesRequest) => Occurrence[]): Promise<ReturnType<typeof userEvent.setup>> => {
    on({ 'session.preview_series': (of) => preview(of as SeriesRequest), 'session.book': () => ({ acted: { intent: 'x-1', flags: [], undoable: true, notices: [], touched: [] }, sessions: ['s-1', 's-2'] }) });
    const user = userEvent.setup();
    render(BookDialog, { clinic, prefill: { client: 'c-0', day: '2026-12-01', start: 540, therapist: 't-ao', room: 'r-w' }, onclose: nothing, onbooked: nothing });
    await user.click(screen.getByRole('radio', { name: 'Weekly' }));
    await screen.findByRole('table');
    return user;
  };
  const three = ({ start }: SeriesRequest): Occurrence[] => [0, 7, 14].map((ahead, i) => occurrence(i + 1, addDays(start.date, ahead)));
  const send = (): HTMLElement => screen.getByRole('button', { name: /^Book / });

  it('asks for a draft invoice for each session, where there is a price', async () => {
    const user = await book(three);
    const invoice = screen.getByRole('switch', { name: 'Draft an invoice' });
    await user.click(invoice);
    const price = screen.getByRole('textbox', { name: 'Price' });
    for (const nothing of ['0', '']) {
      await user.clear(price);
      if (nothing) await user.type(price, nothing);
      expect([invoice.getAttribute('aria-checked'), invoice.getAttribute('aria-disabled')], `at a price of "${nothing}"`).toEqual(['false', 'true']);
      expect(screen.getByText('Please type a price first.')).toBeTruthy();
    }
    await user.clear(price);
    await user.type(price, '90');
    expect(invoice.getAttribute('aria-checked')).toBe('true');
    await user.click(send());
    await waitFor(() => expect(asked('session.book')).toMatchObject([{ invoice: true, price: { minor: 9000 }, repeat: { every_weeks: 1 } }]));
  });

  it('forgets what was left out as soon as its number is another day', async () => {
    const user = await book(three);
    await user.click(within(screen.getByRole('table')).getByRole('checkbox', { name: '2' }));
    expect(send().textContent).toContain('Book 2');
    await user.click(screen.getByRole('radio', { name: 'Every two weeks' }));
    await waitFor(() => expect(send().textContent).toContain('Book 3'));
  });

  it('books anyway only with the reason that one of its dates asks for', async () => {
    const user = await book(({ start }) => [occurrence(1, start.date), occurrence(2, addDays(start.date, 7), { available: false, may_book_anyway: true, reason_needed: true, therapist: [hours(start.date, null)] })]);
    await user.click(await screen.findByRole('switch', { name: /Book anyway/ }));
    await user.click(send());
    expect(asked('session.book'), 'it would be refused').toEqual([]);
    expect(send().title).toBe('Please give a line of reason.');
    await user.type(screen.getByRole('textbox', { name: 'Reason' }), 'Asked for it');
    await user.click(send());
    await waitFor(() => expect(asked('session.book')).toMatchObject([{ anyway: { anyway: true, reason: 'Asked for it' } }]));
  });
});
