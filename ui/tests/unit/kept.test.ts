/** What is typed stays where it was typed: when the lock closes, and when the window is to be closed. */
import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryHost, type Answers, type MemoryHost } from '../../src/host/memory';
import App from '../../src/shell/App.svelte';
import { connect } from '../../src/state/core.svelte';
import { clearOverlays, openDialog, openDialogs } from '../../src/state/overlay.svelte';
import { answers, appState } from '../fixtures/answers';

const nothing = (): void => undefined;
let host: MemoryHost;
let letGo: () => void = nothing;

function on(more: Answers = {}): void {
  letGo();
  host = memoryHost({ ...(answers as Answers), ...more });
  letGo = connect(host);
}

const asked = (cmd: string): unknown[] => host.asked.filter((one) => one.cmd === cmd).map((one) => one.payload);

beforeEach(() => {
  clearOverlays();
  on();
});

describe('behind the lock', () => {
  const open = appState();
  let phase: typeof open.phase;
  beforeEach(() => {
    // jsdom has no media queries.
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: nothing }));
    phase = open.phase;
    const shut = { kind: 'fault', code: 'locked', retry: false, trace: '' };
    const behind = Object.fromEntries(Object.entries(answers as Answers).map(([cmd, answer]) => [cmd, (of: unknown) => { if (phase.kind === 'locked') throw Object.assign(new Error(), shut); return answer(of); }]));
    on({ ...behind, 'app.state': () => ({ ...open, phase }), 'app.holding': () => ({}), 'app.quit': () => ({ unsent: 0, cause: null, choose: false, no_tray: false }), 'view.get': () => ({ hidden: [], focus_week: true, calendar: 'week', room_calendar: 'day' }) });
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  const to = async (kind: 'locked' | 'open'): Promise<void> => {
    phase = kind === 'locked' ? { kind } : open.phase;
    host.poke({ tables: [], state: true, ask_quit: null });
    if (kind === 'locked') await screen.findByRole('heading', { name: 'SafeTalk is locked' });
    else await waitFor(() => expect(screen.queryByRole('heading', { name: 'SafeTalk is locked' })).toBeNull());
  };

  it('a dialog keeps what was typed, nobody asks anything, and it is asked again afterwards', async () => {
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('heading', { name: 'Dashboard' });
    openDialog({ kind: 'room', id: null });
    await user.type(await screen.findByLabelText('Name'), 'Blue');
    await to('locked');
    expect(screen.getByLabelText('Name'), 'hidden with its pop-up').not.toBeVisible();
    const before = host.asked.length;
    host.poke({ tables: ['session'], state: false, ask_quit: null });
    host.poke({ tables: ['notice'], state: false, ask_quit: null });
    await user.keyboard('{Escape}{Control>}{Enter}{/Control}n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(host.asked.slice(before).map((one) => one.cmd), 'the core has nothing to refuse').toEqual([]);
    const dashboards = asked('dashboard.get').length;
    await to('open');
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Blue');
    expect(openDialogs()).toHaveLength(1);
    await waitFor(() => expect(asked('dashboard.get').length, 'anything may have changed').toBeGreaterThan(dashboards));
    expect(screen.queryByText(/SafeTalk was locked/), 'nobody reads of it').toBeNull();
  });

  it('says to the core when closing has to be asked about, and quits by itself where nothing would be lost', async () => {
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('heading', { name: 'Dashboard' });
    await waitFor(() => expect(asked('app.holding')).toEqual([{ holds: false }]));
    openDialog({ kind: 'room', id: null });
    await user.type(await screen.findByLabelText('Name'), 'Blue');
    await waitFor(() => expect(asked('app.holding').at(-1)).toEqual({ holds: true }));
    await to('locked');
    host.poke({ tables: [], state: false, ask_quit: 0 });
    await user.click(await screen.findByRole('button', { name: 'Do not quit' }));
    expect(asked('app.quit')).toEqual([]);
    await to('open');
    await user.clear(screen.getByLabelText('Name'));
    host.poke({ tables: [], state: false, ask_quit: 0 });
    await waitFor(() => expect(asked('app.quit')).toEqual([{ how: 'quit', tray: null }]));
  });

  it('asks once about messages that have not gone, however often the window is closed', async () => {
    render(App);
    await screen.findByRole('heading', { name: 'Dashboard' });
    for (let n = 0; n < 3; n += 1) host.poke({ tables: [], state: false, ask_quit: 2 });
    expect(openDialogs()).toEqual([{ kind: 'unsent', count: 2 }]);
  });

  it('in the tray nothing is lost, but quitting asks about the form below', async () => {
    const user = userEvent.setup();
    render(App);
    await screen.findByRole('heading', { name: 'Dashboard' });
    openDialog({ kind: 'room', id: null });
    await user.type(await screen.findByLabelText('Name'), 'Blue');
    host.poke({ tables: [], state: false, ask_quit: 1 });
    await user.click(await screen.findByRole('button', { name: 'Quit' }));
    await user.click(await screen.findByRole('button', { name: 'Keep editing' }));
    expect(asked('app.quit')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Quit', hidden: true }));
    await user.click(await screen.findByRole('button', { name: 'Throw away' }));
    await waitFor(() => expect(asked('app.quit')).toMatchObject([{ how: 'quit' }]));
    expect(openDialogs().map(({ kind }) => kind), 'the question about messages stands still').toEqual(['unsent']);
  });
});
