/** The two engines: each opens a page afresh, runs one measurement in it, and gives what it said. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const { chromium } = createRequire(new URL('../../ui/package.json', import.meta.url))('playwright-core');
const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

/** Debian's Chromium, without a window. */
export async function inChromium() {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] });
  return {
    version: `Chromium ${browser.version()}`,
    async ask(url, who, sessions) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(url);
      await page.waitForFunction(() => 'measured' in globalThis);
      const said = await page.evaluate(([who, sessions]) => globalThis.measured(who, sessions), [who, sessions]);
      await page.close();
      return said;
    },
    end: () => browser.close(),
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A web view of WebKitGTK inside some program, driven. */
export async function driveWebKit(binary, environment, args = []) {
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore', env: environment });
  const send = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  for (let tries = 0; ; tries += 1) {
    try { await send('GET', '/status'); break; } catch (error) { if (tries > 100) throw error; await sleep(100); }
  }
  const { sessionId, capabilities } = await send('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } } });
  const session = `/session/${sessionId}`;
  await send('POST', `${session}/timeouts`, { script: 300_000, pageLoad: 60_000 });
  return {
    version: capabilities.browserVersion,
    size: (width, height) => send('POST', `${session}/window/rect`, { x: 0, y: 0, width, height }),
    go: (url) => send('POST', `${session}/url`, { url }),
    /** What a script hands to its last argument. */
    ask: (script, ...args) => send('POST', `${session}/execute/async`, { script, args }),
    async end() {
      await send('DELETE', session).catch(() => undefined);
      driver.kill();
    },
  };
}

/** WebKitGTK as Tauri uses it, in the small browser that comes with it; needs a display. */
export async function inWebKit() {
  let version = 'WebKitGTK';
  return {
    get version() { return version; },
    async ask(url, who, sessions) {
      const page = await driveWebKit(MINI_BROWSER, process.env, ['--automation']);
      version = `WebKitGTK ${page.version}`;
      try {
        await page.size(1280, 800);
        await page.go(url);
        return await page.ask(
          `const [who, sessions, done] = arguments;
           const begin = () => 'measured' in globalThis ? globalThis.measured(who, sessions).then(done) : setTimeout(begin, 20);
           begin();`,
          who, sessions,
        );
      } finally {
        await page.end();
      }
    },
    end: async () => undefined,
  };
}
