/**
 * From starting the program to a painted, usable screen, and the memory it then takes: SafeTalk on its demo clinic beside an empty
 * Tauri window. `cargo xtask bench start` builds what it needs and runs it inside a session bus with an open keychain.
 *
 * A released SafeTalk cannot be driven from outside, so nothing is asked of it: the display itself is watched. Xvfb keeps it in a
 * file; "painted" is the first moment from which the display stays as it ends.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, readdirSync, fstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { driveWebKit } from './engines.mjs';

const [, , safetalk, driven, empty] = process.argv;
const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
/** So much of the display may still differ from how it ends: a caret, the now line, a minute that passes. */
const ALIKE = 0.002;
const WATCH_MS = 6_000;

const home = mkdtempSync(join(tmpdir(), 'safetalk-start-'));
const environment = { ...process.env, SAFETALK_DATA_DIR: join(home, 'clinic'), NO_AT_BRIDGE: '1', GDK_SCALE: '1' };

function display() {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-fbdir', home], { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.stdout.once('data', (text) => done({ name: `:${String(text).trim()}`, end: () => server.kill() }));
  });
}

/** The pixels as they are now. */
function watcher() {
  const file = openSync(join(home, 'Xvfb_screen0'));
  const { size } = fstatSync(file);
  return () => {
    const picture = Buffer.allocUnsafe(size);
    readSync(file, picture, 0, size, 0);
    return picture;
  };
}

function difference(one, other) {
  let differs = 0;
  const [a, b] = [new Uint32Array(one.buffer, one.byteOffset, one.length >> 2), new Uint32Array(other.buffer, other.byteOffset, other.length >> 2)];
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) differs += 1;
  return differs / a.length;
}

/** Bytes of the program and everything it started, pages shared with others counted by share. */
function memory(root) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      parents.set(pid, readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) . /, '').split(' ')[0]);
    } catch { /* it has ended */ }
  const ours = (pid) => pid === String(root) || (parents.has(pid) && ours(parents.get(pid)));
  let bytes = 0;
  for (const pid of parents.keys())
    if (ours(pid)) bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  return bytes;
}

/** Starts a program on a fresh display and watches until it has stood still. */
async function started(program) {
  const screen = await display();
  await sleep(500);
  const look = watcher();
  const begun = performance.now();
  const child = spawn(program, { env: { ...environment, DISPLAY: screen.name }, stdio: 'ignore' });
  const seen = [{ at: 0, picture: look() }];
  while (performance.now() - begun < WATCH_MS) {
    const picture = look();
    const at = performance.now() - begun;
    if (!picture.equals(seen.at(-1).picture)) seen.push({ at, picture });
    await sleep(5);
  }
  const bytes = memory(child.pid);
  const last = seen.at(-1).picture;
  const settled = seen.findLastIndex(({ picture }) => difference(picture, last) > ALIKE) + 1;
  const blank = difference(seen[0].picture, last) < 0.1;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill();
  await ended;
  screen.end();
  if (blank) throw new Error(`${program} painted nothing`);
  return { painted: seen[settled].at, bytes };
}

/** A demo clinic, made once through the window of a build that can be driven. */
async function makeDemo() {
  const screen = await display();
  const page = await driveWebKit(driven, { ...environment, DISPLAY: screen.name, TAURI_WEBVIEW_AUTOMATION: 'true' });
  const said = await page.ask(`const done = arguments[0];
    const begin = () => '__TAURI_INTERNALS__' in window && document.readyState === 'complete'
      ? window.__TAURI_INTERNALS__.invoke('rpc', { cmd: 'setup.demo', payload: {} }).then(() => done('done'), (no) => done(JSON.stringify(no)))
      : setTimeout(begin, 50);
    begin();`);
  if (said !== 'done') throw new Error(`no demo clinic: ${said}`);
  await sleep(1_000);
  await page.end();
  screen.end();
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
await makeDemo();
console.log('| program | started to painted, ms: median (least–most) | memory, MiB |\n|---|---|---|');
const rows = [['an empty Tauri window', empty], ['SafeTalk, demo clinic, Dashboard', safetalk]];
const all = new Map(rows.map(([name]) => [name, []]));
for (let round = 0; round <= ROUNDS; round += 1)
  for (const [name, program] of rows) {
    const one = await started(program);
    // The first turn warms the files.
    if (round > 0) all.get(name).push(one);
  }
for (const [name, list] of all) {
  const times = list.map((one) => one.painted);
  console.log(`| ${name} | ${Math.round(median(times))} (${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))}) | ${Math.round(median(list.map((one) => one.bytes)) / 2 ** 20)} |`);
}
process.exit(0);
