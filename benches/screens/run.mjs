/**
 * The week on screen: mount and next week with 300 and 2,000 sessions, ours beside FullCalendar and EventCalendar, in Chromium and
 * WebKitGTK, in one run. `cargo xtask bench screens` runs it and brings a display.
 */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inChromium, inWebKit } from './engines.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const NAMES = { nothing: 'an empty page', ours: 'ours, focus week', 'ours-equal': 'ours, days alike', fullcalendar: 'FullCalendar 7.1 (free)', eventcalendar: 'EventCalendar 5.15' };

const folder = fileURLToPath(new URL('.', import.meta.url));
const { resolve } = createRequire(new URL('../../ui/package.json', import.meta.url));
const { build, preview } = await import(pathToFileURL(resolve('vite')).href);
const configFile = `${folder}vite.config.mjs`;

await build({ configFile });
const server = await preview({ configFile, preview: { host: '127.0.0.1', port: 0, strictPort: false } });
const url = server.resolvedUrls.local[0];

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const ms = (times) => `${Math.round(median(times))} (${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))})`;

console.log('| engine | sessions | calendar | columns | mount, ms | next week, ms |\n|---|---|---|---|---|---|');
for (const start of [inChromium, inWebKit]) {
  const engine = await start();
  try {
    for (const sessions of [300, 2_000]) {
      const all = Object.fromEntries(Object.keys(NAMES).map((who) => [who, []]));
      // One of each in turn, so that what else the machine does meets all of them alike. The first turn warms the engine's files.
      for (let round = 0; round <= ROUNDS; round += 1)
        for (const who of Object.keys(NAMES)) {
          const said = await engine.ask(url, who, sessions);
          const short = who !== 'nothing' && said.drawn.some((n) => n < sessions);
          if (short) throw new Error(`${who} drew ${said.drawn.join(' and ')} of ${sessions} sessions`);
          if (round > 0) all[who].push(said);
        }
      for (const [who, said] of Object.entries(all))
        console.log(`| ${engine.version} | ${sessions} | ${NAMES[who]} | ${said[0].columns} | ${ms(said.map((one) => one.mount))} | ${ms(said.map((one) => one.next))} |`);
    }
  } finally {
    await engine.end();
  }
}
await server.close();
