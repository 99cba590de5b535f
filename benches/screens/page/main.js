/**
 * One measurement per page: `measured(who, sessions)` mounts a week and goes to the next. A time is from the call to the second
 * animation frame after it: by then the first has been painted. The weeks' data is made before the clock starts.
 */
import { clinicOf, week } from './clinic.js';

const frame = () => new Promise((done) => requestAnimationFrame(done));
const painted = async () => { await frame(); await frame(); };
/** Some draw in steps: what they have drawn is counted once it stands still. */
const still = () => new Promise((done) => setTimeout(done, 300));

const nothing = () => ({ next: () => undefined, columns: () => 0, drawn: () => 0, end: () => undefined });
// Each with its own styles, so that only one of them is on a page.
const candidates = {
  nothing: async () => nothing,
  ours: async () => (await import('./ours.js')).ours(true),
  'ours-equal': async () => (await import('./ours.js')).ours(false),
  fullcalendar: async () => (await import('./fullcalendar.js')).fullcalendar,
  eventcalendar: async () => (await import('./eventcalendar.js')).eventcalendar,
};

async function timed(work) {
  await painted();
  const begun = performance.now();
  const result = work();
  await painted();
  return [performance.now() - begun, result];
}

globalThis.measured = async (who, sessions) => {
  const target = document.getElementById('app');
  const clinic = clinicOf(sessions);
  const [first, second] = [week(clinic, 0), week(clinic, 1)];
  const draw = await candidates[who]();
  // The page has shown text before: an engine's first look for a font is not the calendar's.
  target.textContent = 'Thursday 26 November 14:00';
  await painted();
  await document.fonts.ready;
  await painted();
  target.textContent = '';
  const [mount, page] = await timed(() => draw(target, first));
  await still();
  const drawn = page.drawn();
  const [next] = await timed(() => page.next(second));
  await still();
  return { mount, next, columns: page.columns(), drawn: [drawn, page.drawn()] };
};
