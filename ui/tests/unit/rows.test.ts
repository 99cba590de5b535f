/** Rows of fields that come and go: what is typed in one stays with it, and the hand stays near. */
import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import Setup from '../../src/features/firstrun/Setup.svelte';
import { memoryHost, type Answers } from '../../src/host/memory';
import HoursEditor from '../../src/kit/HoursEditor.svelte';
import { connect } from '../../src/state/core.svelte';
import { answers } from '../fixtures/answers';

const nothing = (): void => undefined;

beforeEach(() => connect(memoryHost(answers as Answers)));

describe('a row of hours', () => {
  const open = (): void => void render(HoursEditor, { week: [{ weekday: 0, from: 840, to: 1080 }, { weekday: 0, from: 540, to: 780 }, { weekday: 1, from: 540, to: 600 }], firstWeekday: 0 });
  const monday = (): HTMLElement => screen.getByRole('group', { name: 'Monday' });
  const fields = (): HTMLInputElement[] => within(monday()).getAllByRole<HTMLInputElement>('textbox');
  const values = (): string[] => fields().map((one) => one.value);

  it('keeps what is typed in it when the one above it is removed, and the hand stays with the day', async () => {
    const user = userEvent.setup();
    open();
    expect(values(), 'the earliest first').toEqual(['09:00', '13:00', '14:00', '18:00']);
    const late = fields()[3];
    if (!late) throw new Error('four fields');
    await user.clear(late);
    await user.type(late, '25:99');
    await user.click(within(monday()).getAllByRole('button', { name: 'Remove' })[0] as HTMLElement);
    expect(values()).toEqual(['14:00', '25:99']);
    expect(within(monday()).getByText('This is no time of day. Type it like 14:30.')).toBeTruthy();
    expect(document.activeElement, 'the next to be pressed').toBe(within(monday()).getByRole('button', { name: 'Remove' }));
    await user.click(within(monday()).getByRole('button', { name: 'Remove' }));
    expect(document.activeElement).toBe(within(monday()).getByRole('button', { name: 'Add a stretch: Monday' }));
  });

  it('stays in its place while its time is typed, though it is then the later one', async () => {
    const user = userEvent.setup();
    open();
    const first = fields()[0];
    if (!first) throw new Error('a field');
    await user.clear(first);
    await user.type(first, '19:00');
    expect(document.activeElement, 'the hand stays').toBe(first);
    expect(values()).toEqual(['19:00', '13:00', '14:00', '18:00']);
    await user.click(within(monday()).getByRole('button', { name: 'Add a stretch: Monday' }));
    expect(values().slice(0, 4), 'a new one goes to the end').toEqual(['19:00', '13:00', '14:00', '18:00']);
  });
});

it('a room or a service of a new clinic keeps what is typed in it when the one above it is removed', async () => {
  const user = userEvent.setup();
  render(Setup, { onback: nothing, onstate: nothing });
  await user.type(await screen.findByLabelText('Clinic name'), 'Thames');
  await user.type(screen.getByLabelText('Your name'), 'Ann');
  for (let n = 0; n < 3; n += 1) await user.click(screen.getByRole('button', { name: 'Next' }));
  await user.click(screen.getByRole('button', { name: 'New service' }));
  const price = screen.getAllByLabelText<HTMLInputElement>('Price')[1];
  if (!price) throw new Error('two services');
  await user.type(price, 'a lot');
  await user.click(screen.getAllByRole('button', { name: 'Remove' })[0] as HTMLElement);
  expect(screen.getAllByLabelText<HTMLInputElement>('Price').map((one) => one.value)).toEqual(['a lot']);
});
