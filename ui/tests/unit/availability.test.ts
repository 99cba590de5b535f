/** Availability on the memory host: what was typed is never lost, and time off says what stands inside it. */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import AvailabilityScreen from '../../src/features/availability/AvailabilityScreen.svelte';
import { spansOfDays, standingInside } from '../../src/features/availability/inside';
import type { Block } from '../../src/generated/Block';
import { memoryHost, type Answers } from '../../src/host/memory';
import { connect } from '../../src/state/core.svelte';
import { shownToasts } from '../../src/state/overlay.svelte';
import { answers } from '../fixtures/answers';
import { clinic, stamp } from '../fixtures/session';

let letGo: () => void = () => undefined;

function on(more: Answers): void {
  letGo();
  letGo = connect(memoryHost({ ...(answers as Answers), ...more }));
}

beforeEach(() => on({}));

describe('weekly hours', () => {
  it('stand as they were typed when they could not be saved, and say why', async () => {
    on({ 'hours.set': () => { throw Object.assign(new Error(), { kind: 'fault', code: 'disk_full', retry: true, trace: '' }); } });
    const user = userEvent.setup();
    render(AvailabilityScreen);
    const [first] = await screen.findAllByLabelText<HTMLInputElement>('From');
    if (!first) throw new Error('no hours on the screen');
    const before = first.value;
    await user.clear(first);
    await user.type(first, '07:35');
    await user.tab();
    await user.click(screen.getByRole('button', { name: 'Save hours' }));
    expect((await screen.findByRole('alert')).textContent).not.toBe('');
    const [after] = screen.getAllByLabelText<HTMLInputElement>('From');
    expect(before).not.toBe('07:35');
    expect(after?.value, 'it does not jump back').toBe('07:35');
  });
});

describe('what was put away', () => {
  const asked: Record<string, unknown>[] = [];
  const acted = { intent: 'x-1', flags: [], undoable: true, notices: [], touched: [] };
  const lena = { kind: 'therapist', id: 't-lf' } as const;
  beforeEach(() => {
    asked.length = 0;
    const gone = clinic.therapists.map((one) => (one.id === 't-ao' ? { ...one, facts: { ...one.facts, archived: true } } : one));
    const keep = (of: unknown): unknown => { asked.push(of as Record<string, unknown>); return acted; };
    const hours = { hours: [{ owner: lena, week: [{ weekday: 0, from: 540, to: 600 }] }], time_off: [{ id: 'o-9', owner: lena, start: stamp('2026-12-01', 0), end: stamp('2026-12-02', 0), label: 'Leave', sessions: 0 }] };
    on({ 'clinic.get': () => ({ ...clinic, member: { ...clinic.member, facts: { therapist: 't-lf' } }, therapists: gone }), 'hours.get': () => hours, 'therapist.save': keep, 'hours.set': keep, 'time_off.remove': keep });
  });

  it('comes back: a therapist who was archived', async () => {
    const user = userEvent.setup();
    render(AvailabilityScreen);
    await user.click(await screen.findByRole('checkbox', { name: 'Show archived' }));
    await user.click(screen.getByRole('button', { name: /^Edit\s*Amara Osei/ }));
    await user.click(await screen.findByRole('checkbox', { name: 'Archive this therapist', checked: true }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(asked).toMatchObject([{ therapist: 't-ao', archived: false }]));
  });

  it("comes back: the clinic's hours for who had their own", async () => {
    render(AvailabilityScreen);
    await userEvent.setup().click(await screen.findByRole('button', { name: "Follow the clinic's hours again" }));
    await waitFor(() => expect(asked).toEqual([{ owner: lena, week: null }]));
  });

  it('comes back: time off that was removed, by the toast', async () => {
    render(AvailabilityScreen);
    await userEvent.setup().click((await screen.findAllByRole('button', { name: 'Remove' })).at(-1) as HTMLElement);
    await waitFor(() => expect(asked).toEqual([{ time_off: 'o-9' }]));
    expect(shownToasts().at(-1)).toMatchObject({ kind: 'time-off-removed', undo: 'x-1' });
  });
});

describe('time off', () => {
  const block = (session: string, date: string, from: number, to: number, more: Partial<Block> = {}): Block =>
    ({ session, status: 'confirmed', therapist: 't-1', co_therapists: [], room: 'r-1', start: { at: Date.parse(date) / 1000 + from * 60, date, minute: from }, end: { at: Date.parse(date) / 1000 + to * 60, date, minute: to }, ...more }) as Block;
  const whole = [{ date: '2026-11-30', minute: 0 }, { date: '2026-11-30', minute: 1440 }] as const;

  it('names the sessions of that therapist or room which overlap it, and no cancelled one', () => {
    const blocks = [block('a', '2026-11-30', 600, 650), block('b', '2026-11-30', 700, 750, { status: 'cancelled' }), block('c', '2026-12-01', 600, 650), block('d', '2026-11-30', 540, 590, { therapist: 't-2', co_therapists: ['t-1'] })];
    expect(standingInside(blocks, { kind: 'therapist', id: 't-1' }, ...whole).map((one) => one.session), 'in their order, co-therapists too').toEqual(['d', 'a']);
    expect(standingInside(blocks, { kind: 'therapist', id: 't-3' }, ...whole)).toEqual([]);
    expect(standingInside(blocks, { kind: 'room', id: 'r-1' }, ...whole).length).toBe(2);
  });

  it('does not count a session that ends as it begins', () => {
    const blocks = [block('a', '2026-11-30', 600, 650)];
    const from = (minute: number) => standingInside(blocks, { kind: 'therapist', id: 't-1' }, { date: '2026-11-30', minute }, { date: '2026-11-30', minute: 900 }).length;
    expect([from(650), from(649)]).toEqual([0, 1]);
  });

  it('asks for every day of a long leave, no more than the core answers at once', () => {
    const spans = spansOfDays('2026-11-01', '2027-01-31');
    expect(spans.map((one) => one.days).reduce((a, b) => a + b)).toBe(92);
    expect(Math.max(...spans.map((one) => one.days))).toBeLessThanOrEqual(42);
    expect(spans.map((one) => one.from)).toEqual(['2026-11-01', '2026-12-13', '2027-01-24']);
  });
});
