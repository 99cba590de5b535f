/** Reading and writing amounts as a person types them; amounts are integer minor units, never floating point. */
import { LIMITS } from '../generated/limits';

/** `18000` -> `180.00` for two digits. */
export function writeMoney(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return (minor < 0 ? '-' : '') + (digits ? `${whole}.${text.slice(-digits)}` : whole);
}

/** Reads `180`, `180.5`, `1,180.50`; null when it is no amount, negative, absurdly large or finer than the currency. */
export function readMoney(text: string, digits: number): number | null {
  const found = /^\s*(\d{1,3}(?:[ ,]\d{3})+|\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (!found) return null;
  const fraction = found[2] ?? '';
  if (fraction.length > digits) return null;
  const minor = Number((found[1] ?? '').replace(/[ ,]/g, '') + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) && minor <= LIMITS.amount.max ? minor : null;
}
