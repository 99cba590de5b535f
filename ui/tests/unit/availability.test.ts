/** Availability on the memory host: what was typed is never lost, and time off says what stands inside it. */
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import AvailabilityScreen from '../../src/features/availability/AvailabilityScreen.svelte';
import { spansOfDays, standingInside } from '../../src/features/availability/inside';
import type { Block } from '../../src/generated/Block';
import { memoryHost, type Answers } from '../../src/host/memory';
import { connect } from '../../src/state/core.svelte';
import { answers } from '../fixtures/answers';

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
