// Pictures of gallery pages in Debian's Chromium: node tools/shot.mjs <out folder> "Calendar" "Session&theme=dark" …
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { readFileSync } from 'node:fs';

const [out, ...pages] = process.argv.slice(2);
const server = await createServer({ configFile: new URL('../vite.gallery.config.ts', import.meta.url).pathname, server: { port: 5199, strictPort: false } });
await server.listen();
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] });
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
let bad = 0;
for (const page of pages) {
  const [query, width = '1280', height = '800'] = page.split('@');
  const tab = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
  tab.on('pageerror', (error) => { bad += 1; console.error(page, 'error:', error.message); });
  tab.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') console.error(page, m.text()); });
  await tab.goto(`${base}?show=${query}`, { waitUntil: 'networkidle' });
  await tab.evaluate(() => document.fonts.ready);
  await tab.waitForTimeout(250);
  await tab.screenshot({ path: `${out}/${query.replace(/[^\w]+/g, '-')}${width === '1280' ? '' : `-${width}`}.png` });
  await tab.evaluate(axe);
  const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const v of found.violations) { bad += 1; console.log(page, v.id, v.impact, v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any.map((a) => a.message).join(';').slice(0, 200)}`).join(' | ')); }
  await tab.close();
}
await browser.close();
await server.close();
process.exit(bad ? 1 : 0);
