/**
 * The words on screen. Every text comes from the Fluent files beside this module; `t` reads the current language as
 * reactive state, so that a change of language redraws what is on the screen. Knows nothing of the screens.
 */
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import type { Words } from './ids';

export type WordId = keyof Words;
export type Language = 'en' | 'ms';

const files: Record<Language, Record<string, string>> = {
  en: import.meta.glob<string>('./en/*.ftl', { query: '?raw', import: 'default', eager: true }),
  ms: import.meta.glob<string>('./ms/*.ftl', { query: '?raw', import: 'default', eager: true }),
};

function bundle(language: Language): FluentBundle {
  // No isolation marks: both languages are written left to right, and the marks would show up in copied text.
  const made = new FluentBundle(language, { useIsolating: false });
  for (const text of Object.values(files[language])) made.addResource(new FluentResource(text));
  return made;
}

const bundles: Record<Language, FluentBundle> = { en: bundle('en'), ms: bundle('ms') };

let current = $state<Language>('en');

/** The language on screen now. */
export function language(): Language {
  return current;
}

/** Switches every text on screen at once; also tells the document, for screen readers and hyphenation. */
export function setLanguage(next: Language): void {
  current = next;
  document.documentElement.lang = next;
}

type Args<K extends WordId> = keyof Words[K] extends never ? [] : [args: Words[K]];

/** The text with this id in the current language. A text that Malay lacks falls back to English (a test finds it). */
export function t<K extends WordId>(id: K, ...rest: Args<K>): string {
  const args = rest[0] as Record<string, FluentVariable> | undefined;
  for (const from of [bundles[current], bundles.en]) {
    const message = from.getMessage(id);
    if (message?.value) return from.formatPattern(message.value, args ?? null);
  }
  return id;
}
