/** The privacy shade in words. Whatever is drawn with these follows the shade when it is put on or lifted. */
import { shade } from './prefs.svelte';

/** What stands where an address or a number is hidden. */
export const HIDDEN = '•••';

/** A person by name; by initials under the shade. */
export function veiled(name: string, initials: string): string {
  return shade() ? initials : name;
}

/** An address, a number or a text that names somebody; nothing of it under the shade. */
export function hidden(text: string): string {
  return shade() && text !== '' ? HIDDEN : text;
}
