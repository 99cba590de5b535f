/**
 * A clinic of its own for every test file: the real core behind the browser host, on a fresh folder, in Debian's Chromium.
 * Nothing here knows the screens; what a person does on them stands in the tests.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const OUT = fileURLToPath(new URL('out/', import.meta.url));
/** The machine may be busy building; nothing here waits this long when all is well. */
const PATIENCE = 15_000;

/** Starts a program of the tests and waits for its one line. It ends with its input, that is, with this process. */
async function start(program, args, env = {}) {
  const path = program === 'browser-host' ? (process.env['SAFETALK_BROWSER_HOST'] ?? join(ROOT, 'target/debug', program)) : join(ROOT, 'target/debug', program);
  if (!existsSync(path)) throw new Error(`${path} is missing: cargo build -p safetalk-tests --bins`);
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${String(code)}`)));
  });
  /** Says something to it and waits for its answer. */
  const tell = (words) => new Promise((resolve) => {
    lines.once('line', resolve);
    child.stdin.write(`${words}\n`);
  });
  return { child, line, tell };
}

/** A real mail server on loopback, and what it has been given so far. */
async function mailServer(folder) {
  const { child, line, tell } = await start('mail-server', ['--folder', folder]);
  return {
    child,
    account: { host: 'localhost', port: Number(line), user: 'clinic@example.org', password: 'open sesame' },
    trusted: join(folder, 'authority.pem'),
    mails: () => readdirSync(folder).filter((name) => name.endsWith('.eml')).sort((a, b) => parseInt(a) - parseInt(b)).map((name) => readFileSync(join(folder, name), 'utf8')),
    /** Turns every message away for now, hangs up, refuses the sender, or takes messages again, from when this resolves. */
    say: tell,
  };
}

/** A real server with one clinic on it, whose first member has an invite, and a mail server that it trusts. `down` ends it as a crash would; `up` starts it again where it was. */
export async function clinicServer() {
  const folder = mkdtempSync(join(tmpdir(), 'safetalk-server-'));
  const data = ['--data', join(folder, 'data')];
  const post = await mailServer(join(folder, 'mail'));
  const begin = (listen) => start('safetalk-server', [...data, '--listen', listen, '--mail-inside'], { SAFETALK_LOG: 'error', SSL_CERT_FILE: post.trusted });
  let { child, line } = await begin('127.0.0.1:0');
  const address = line.split(' ').at(-1);
  const asked = [...data, 'admin', 'create-clinic', '--name', 'Harbour Clinic', '--owner', 'Ann Berry', '--email', 'ann@example.org'];
  const said = execFileSync(join(ROOT, 'target/debug/safetalk-server'), asked, { encoding: 'utf8' });
  const end = async (signal) => {
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await over;
  };
  return {
    address,
    invite: /invite\s+(\S+)/.exec(said)?.[1] ?? '',
    /** The mail server. */
    post,
    down: () => end('SIGKILL'),
    async up() {
      ({ child, line } = await begin(new URL(address).host));
    },
    async close() {
      await end('SIGTERM');
      post.child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a house, with a mail server beside it if asked. `page` opens a tab of it; `close` ends everything and says what went wrong on the pages. */
export async function house({ mail = false } = {}) {
  mkdirSync(OUT, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'safetalk-e2e-'));
  const post = mail ? await mailServer(join(folder, 'mail')) : null;
  const { child, line: url } = await start(
    'browser-host',
    ['--data-dir', join(folder, 'data'), '--outside', join(folder, 'outside'), '--ui', join(ROOT, 'ui/dist'), '--tethered', 'yes'],
    post ? { SSL_CERT_FILE: post.trusted } : {},
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const browser = await chromium.launch({
    executablePath: process.env['SAFETALK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const errors = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE);

  return {
    folder,
    /** The mail server, if there is one. */
    post,
    /** A tab on the screens. */
    async page() {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        // A refused command is answered with 422; the browser notes that on the console, and it is no fault.
        if (message.type() === 'error' && !message.text().includes('422')) errors.push(message.text());
      });
      await page.goto(url);
      await page.locator('#app main').first().waitFor();
      return page;
    },
    /** Where an address of the screens is. */
    at: (route) => `${new URL(url).origin}/#/${route}`,
    /** What the computer around the app holds, or null. */
    outside(name) {
      const path = join(folder, 'outside', name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    /** Presses the cross in the window's frame; answers whether the program ends by it. */
    closeWindow: (page) => page.evaluate(async () => (await (await fetch('/close', { method: 'POST' })).json()).closes),
    /** Resolves when the program has ended. */
    ended,
    /** Mistakes of the pages so far: there must be none. */
    errors: () => errors,
    async close() {
      await browser.close();
      child.stdin.end();
      await ended;
      post?.child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks the core as the screens do. A refusal is thrown. */
export function ask(page, cmd, payload = {}) {
  return page.evaluate(
    async ([name, body]) => {
      const response = await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cmd: name, payload: body }) });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${name}: ${JSON.stringify(answer)}`);
      return answer;
    },
    [cmd, payload],
  );
}

/** Makes the demo clinic and waits for the Dashboard. */
export async function demo(page) {
  await page.getByRole('button', { name: /Look around with a demo clinic/ }).click();
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor({ timeout: 60_000 });
}

export function addDays(day, n) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);
}

export function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Founds a real clinic by the core alone: one room, one service, and Maya, who may be mailed. Answers what it has. */
export async function founded(page) {
  const defaults = await ask(page, 'setup.defaults', { country: 'MY' });
  const state = await ask(page, 'setup.create', {
    clinic_name: 'Willow Street Clinic', your_name: 'Ann Berry', phone: null, country: 'MY', zone: 'Asia/Kuala_Lumpur', currency: 'MYR', first_weekday: 0, week: defaults.week,
    rooms: [{ name: 'Willow', turnover_minutes: 0 }], services: [{ name: 'Therapy', minutes: 50, price_minor: null, may_be_online: false }],
  });
  const { groups, ask: asked } = state.phase;
  await ask(page, 'setup.confirm_recovery', { groups: asked.map((n) => groups[n]) });
  await page.reload();
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
  const saved = await ask(page, 'client.save', {
    client: null, before: null, duplicates_seen: true,
    revisions: { full_name: 0, called: 0, email: 0, phones: 0, guardian: 0, facts: { guardian_receives: 0, may_email: 0, may_whatsapp: 0, do_not_contact: 0, language: 0, usual_therapist: 0, usual_service: 0, usual_room: 0 } },
    record: {
      full_name: 'Maya Redfern', called: 'Maya', email: 'maya@example.org', phones: ['+60123456789'], guardian: null, guardian_receives: false, may_email: true, may_whatsapp: false, do_not_contact: false,
      language: 'en', usual_therapist: null, usual_service: null, usual_room: null, archived: false,
    },
  });
  return { clinic: await ask(page, 'clinic.get'), client: saved.client };
}

/** Books a session by the core alone, so that a test begins with what it is about. Answers its id. */
export async function booked(page, { day, minute, therapist, client, room, minutes = 50, notify = false }) {
  const clinic = await ask(page, 'clinic.get');
  const service = clinic.services.find((one) => one.facts.minutes === 50) ?? clinic.services[0];
  const done = await ask(page, 'session.book', {
    client, service: service.id, therapist, place: room ? { kind: 'room', id: room } : { kind: 'online' }, place_text: null, start: { date: day, minute, second: false }, minutes,
    price: service.facts.price, invoice: false, notify, anyway: { anyway: false, reason: null }, repeat: null,
  });
  return done.sessions[0];
}

/** Who and what the demo clinic has, with a client who may be mailed and one who may not. */
export async function people(page) {
  const clinic = await ask(page, 'clinic.get');
  const clients = await ask(page, 'client.list', { query: '', archived: false, most: 100 });
  return {
    clinic,
    today: clinic.now.date,
    mailed: clients.filter((one) => one.email && !one.no_email),
    unmailed: clients.find((one) => one.no_email),
    therapists: clinic.therapists,
    rooms: clinic.rooms,
  };
}

/** A day from `from` on and a minute when this therapist and this room are free for so long; found by asking the core. */
export async function freeSlot(page, { from, therapist, room, minutes = 50, also = () => true }) {
  for (let n = 0; n < 21; n += 1) {
    const day = addDays(from, n);
    const answer = await ask(page, 'session.check', { session: null, service: null, therapist, place: { kind: 'room', id: room }, start: { date: day, minute: 600, second: false }, minutes, end: null });
    for (const start of answer.starts) if (start.free && (await also(day, start.at.minute))) return { day, minute: start.at.minute };
  }
  throw new Error('no free slot in three weeks');
}
