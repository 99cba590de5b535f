// Writes src/words/ids.ts: every text id of en/*.ftl with the arguments it needs. `node tools/words.mjs --check` only compares.
import { FluentResource } from '@fluent/bundle';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('../src/words/', import.meta.url);

function variables(node, found = new Set()) {
  if (Array.isArray(node)) for (const part of node) variables(part, found);
  else if (node && typeof node === 'object') {
    if (node.type === 'var') found.add(node.name);
    for (const part of Object.values(node)) variables(part, found);
  }
  return found;
}

export function messages(language) {
  const dir = new URL(`${language}/`, folder);
  const all = new Map();
  for (const name of readdirSync(dir).filter((n) => n.endsWith('.ftl')).sort())
    for (const entry of new FluentResource(readFileSync(new URL(name, dir), 'utf8')).body) {
      if (all.has(entry.id)) throw new Error(`the text ${entry.id} stands twice`);
      all.set(entry.id, [...variables(entry.value)].sort());
    }
  return all;
}

export function idsModule() {
  const lines = [...messages('en')].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, args]) =>
    `  '${id}': ${args.length ? `{ ${args.map((a) => `${/^\w+$/.test(a) ? a : `'${a}'`}: string | number`).join('; ')} }` : 'Record<never, never>'};`);
  return `// Written by tools/words.mjs from en/*.ftl; do not edit.\nexport interface Words {\n${lines.join('\n')}\n}\n`;
}

if (process.argv[1]?.endsWith('words.mjs')) {
  const path = new URL('ids.ts', folder);
  if (process.argv.includes('--check')) {
    if (readFileSync(path, 'utf8') !== idsModule()) { console.error('src/words/ids.ts is old: npm run words'); process.exit(1); }
  } else writeFileSync(path, idsModule());
}
