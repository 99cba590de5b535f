import { render, waitFor } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import { memoryHost, type Answers } from '../../src/host/memory';
import App from '../../src/shell/App.svelte';
import { connect } from '../../src/state/core.svelte';
import { answers, appState } from '../fixtures/answers';

it('the window is zoomed by its host, as this computer keeps it, and again when that changes', async () => {
  // jsdom has no media queries.
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
  let zoom = 130;
  const app = appState();
  const host = memoryHost({ ...(answers as Answers), 'app.state': () => ({ ...app, phase: { kind: 'locked' }, device: { ...app.device, zoom } }) });
  const letGo = connect(host);
  render(App);
  await waitFor(() => expect(host.zooms.at(-1)).toBe(130));
  zoom = 80;
  host.poke({ state: true, ask_quit: null });
  await waitFor(() => expect(host.zooms.at(-1)).toBe(80));
  expect(document.documentElement.style.fontSize, 'text alone is never enlarged').toBe('');
  letGo();
  vi.unstubAllGlobals();
});
