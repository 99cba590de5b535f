/** `npm run e2e`: the screens on the real core, one process and one clinic per file, two at a time. Ends with one plain line that counts. */
import { readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((one) => name.includes(one)))).map((name) => folder + name);
if (files.length === 0) throw new Error('no test file has this name');

let passed = 0;
let failed = 0;
const stream = run({ files, concurrency: 2, timeout: 240_000 });
stream.on('test:pass', ({ details, skip, todo }) => { if (details.type !== 'suite' && skip === undefined && todo === undefined) passed += 1; });
stream.on('test:fail', ({ details }) => { if (details.type !== 'suite') failed += 1; });
stream.compose(new spec()).on('end', () => {
  // A run in which nothing ran has not passed.
  console.log(`\n${String(passed)} passed, ${String(failed)} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}).pipe(process.stdout);
