/**
 * Dates, times and money as people read them. All zone arithmetic is done in Rust: a day comes as `YYYY-MM-DD`, a time as
 * minutes on that day's wall clock, and this module only formats them. Intl objects are kept, because making one costs
 * more than using it a thousand times.
 */
import { language } from './index.svelte';
import { formats } from './locale.svelte';

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

function tag(): string {
  return `${language()}-${formats().country}`;
}

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = tag() + JSON.stringify(options);
  let made = dates.get(key);
  if (!made) dates.set(key, (made = new Intl.DateTimeFormat(tag(), { ...options, timeZone: 'UTC' })));
  return made;
}

/** Midnight UTC of a day: only for counting days and for Intl in UTC. */
export function utc(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function dayOf(date: Date): Day {
  return date.toISOString().slice(0, 10);
}

/** The day n days later (or earlier). */
export function addDays(day: Day, n: number): Day {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + n);
  return dayOf(date);
}

/** The same day of the month n months later, clamped to that month's last day. */
export function addMonths(day: Day, n: number): Day {
  const date = utc(day);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + n);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return dayOf(date);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: Day): number {
  return utc(day).getUTCDay();
}

/** The first day of the week that holds `day`; `first` is 0 for Sunday, 1 for Monday. */
export function weekStart(day: Day, first: number): Day {
  return addDays(day, -((weekday(day) - first + 7) % 7));
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / 86_400_000);
}

/** ISO week number. */
export function weekNumber(day: Day): number {
  const thursday = addDays(weekStart(day, 1), 3);
  return 1 + Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7);
}

function parts(day: Day, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of dateFormat(options).formatToParts(utc(day))) if (part.type !== 'literal') found[part.type] = part.value;
  return found;
}

/** `Thu 26 Nov` */
export function dayShort(day: Day): string {
  const p = parts(day, { weekday: 'short', day: 'numeric', month: 'short' });
  return `${p['weekday'] ?? ''} ${p['day'] ?? ''} ${p['month'] ?? ''}`;
}

/** `Thursday 26 November` */
export function dayLong(day: Day): string {
  const p = parts(day, { weekday: 'long', day: 'numeric', month: 'long' });
  return `${p['weekday'] ?? ''} ${p['day'] ?? ''} ${p['month'] ?? ''}`;
}

/** `26 November 2026` */
export function dayFull(day: Day): string {
  const p = parts(day, { day: 'numeric', month: 'long', year: 'numeric' });
  return `${p['day'] ?? ''} ${p['month'] ?? ''} ${p['year'] ?? ''}`;
}

/** `November 2026` */
export function monthName(day: Day): string {
  const p = parts(day, { month: 'long', year: 'numeric' });
  return `${p['month'] ?? ''} ${p['year'] ?? ''}`;
}

export function dayNumber(day: Day): string {
  return String(utc(day).getUTCDate());
}

export function weekdayName(day: Day, width: 'long' | 'short' | 'narrow' = 'long'): string {
  return dateFormat({ weekday: width }).format(utc(day));
}

/** The names of the seven weekdays from `first` on, with their numbers (0 = Sunday). */
export function weekdays(first: number, width: 'long' | 'short' | 'narrow' = 'long'): { number: number; name: string }[] {
  return Array.from({ length: 7 }, (_, i) => {
    const number = (first + i) % 7;
    return { number, name: weekdayName(addDays('2026-11-01', number), width) };
  });
}

/** `23 – 27 November 2026`, shortened where month or year are the same. */
export function dayRange(from: Day, to: Day): string {
  if (from === to) return `${weekdayName(from, 'long')} ${dayFull(from)}`;
  if (from.slice(0, 7) === to.slice(0, 7)) return `${dayNumber(from)} – ${dayFull(to)}`;
  if (from.slice(0, 4) === to.slice(0, 4)) {
    const p = parts(from, { day: 'numeric', month: 'long' });
    return `${p['day'] ?? ''} ${p['month'] ?? ''} – ${dayFull(to)}`;
  }
  return `${dayFull(from)} – ${dayFull(to)}`;
}

const pad = (n: number): string => String(n).padStart(2, '0');

/** Minutes on the wall clock as `14:05`, or `2:05 pm`. */
export function time(minutes: number): string {
  const m = ((Math.round(minutes) % 1440) + 1440) % 1440;
  if (formats().clock === 24) return `${pad(Math.floor(m / 60))}:${pad(m % 60)}`;
  const hour = Math.floor(m / 60);
  return `${String(hour % 12 || 12)}:${pad(m % 60)} ${hour < 12 ? 'am' : 'pm'}`;
}

/** `14:00 – 14:50` */
export function timeRange(from: number, to: number): string {
  return `${time(from)} – ${time(to)}`;
}

/** Money in integer minor units with its ISO 4217 currency, as the clinic's country writes it. */
export function money(amount: { minor: number; currency: string }): string {
  const key = tag() + amount.currency;
  let made = numbers.get(key);
  if (!made) numbers.set(key, (made = new Intl.NumberFormat(tag(), { style: 'currency', currency: amount.currency })));
  const digits = made.resolvedOptions().maximumFractionDigits ?? 2;
  return made.format(amount.minor / 10 ** digits).replace(/\u00a0/g, ' ');
}

/** How many digits the currency has after the point. */
export function currencyDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** The currency as amounts show it: `RM`, `£`. */
export function currencySign(currency: string): string {
  return new Intl.NumberFormat(tag(), { style: 'currency', currency }).formatToParts(0).find((part) => part.type === 'currency')?.value ?? currency;
}

/** A country by its ISO 3166 code, in the language of the screen. */
export function countryName(code: string): string {
  return new Intl.DisplayNames([language()], { type: 'region' }).of(code) ?? code;
}

/** Which of two names comes first in the language of the screen. */
export function inOrder(a: string, b: string): number {
  return a.localeCompare(b, language());
}

/** A number in E.164 as the clinic's country writes it: `+60 12-345 6789`. What it does not know stays as it is. */
export function phone(number: string): string {
  const malaysian = /^\+60(1\d|[3-9]|8\d)(\d{3,4})(\d{4})$/.exec(number);
  if (malaysian) return `+60 ${malaysian[1] ?? ''}-${malaysian[2] ?? ''} ${malaysian[3] ?? ''}`;
  const other = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{2,4})(\d{3})(\d{3,4})$/.exec(number);
  return other ? `+${other.slice(1).join(' ')}` : number;
}
