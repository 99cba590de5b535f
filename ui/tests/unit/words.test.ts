// @vitest-environment node
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { idsModule, messages } from '../../tools/words.mjs';

const SRC = join(fileURLToPath(new URL('.', import.meta.url)), '../../src');

function files(dir: string, ends: RegExp): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return name === 'generated' ? [] : files(path, ends);
    return ends.test(name) ? [path] : [];
  });
}

const sources = files(SRC, /\.(svelte|ts)$/).filter((f) => !f.endsWith('ids.ts'));
const text = sources.map((f) => readFileSync(f, 'utf8')).join('\n');
const english = messages('en');
const malay = messages('ms');

describe('the words on screen', () => {
  it('stand in the generated list of ids', () => {
    expect(readFileSync(join(SRC, 'words/ids.ts'), 'utf8'), 'run npm run words').toBe(idsModule());
  });

  it('are all there in Malay, with the same arguments', () => {
    const missing = [...english].filter(([id, args]) => JSON.stringify(malay.get(id)) !== JSON.stringify(args)).map(([id]) => id);
    expect(missing, 'these would show in English on a Malay screen').toEqual([]);
    expect([...malay.keys()].filter((id) => !english.has(id)), 'Malay texts nobody shows').toEqual([]);
  });

  it('are all used', () => {
    const patterns = [...text.matchAll(/`([\w-]*)\$\{[^`]*?\}([\w-]*)`/g)].filter(([, a, b]) => (a?.length ?? 0) + (b?.length ?? 0) > 3).map(([, a, b]) => new RegExp(`^${a ?? ''}.+${b ?? ''}$`));
    const unused = [...english.keys()].filter((id) => !text.includes(`'${id}'`) && !patterns.some((p) => p.test(id)));
    expect(unused, 'texts nobody shows').toEqual([]);
  });

  it('are never written into a component', () => {
    const found: string[] = [];
    const SAID = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label']);
    interface Node { type?: string; name?: string; data?: string; [key: string]: unknown }
    const visit = (node: unknown, file: string): void => {
      if (Array.isArray(node)) return node.forEach((one) => visit(one, file));
      if (typeof node !== 'object' || node === null) return;
      const at = node as Node;
      if (at.type === 'Text' && /\p{L}{2,}/u.test(at.data ?? '')) found.push(`${file}: ${(at.data ?? '').trim()}`);
      if (at.type === 'Attribute') {
        if (at.name && SAID.has(at.name)) visit(at['value'], file);
        return;
      }
      if (at.type === 'Script' || at.type === 'StyleSheet' || at.type === 'Comment') return;
      for (const key of ['fragment', 'nodes', 'attributes', 'consequent', 'alternate', 'body', 'fallback', 'pending', 'then', 'catch']) visit(at[key], file);
    };
    for (const file of sources.filter((f) => f.endsWith('.svelte'))) visit(parse(readFileSync(file, 'utf8'), { modern: true }).fragment, file.slice(SRC.length + 1));
    expect(found.filter((line) => !/: HH:MM$|: •••$/.test(line)), 'move these into words/').toEqual([]);
  });
});
