/** Which sessions stand inside time off that is about to be added. Pure: the calendar's blocks in, theirs out. */
import type { Block } from '../../generated/Block';
import type { Owner } from '../../generated/Owner';
import { addDays, daysBetween, type Day } from '../../words/format';

export interface At {
  date: Day;
  minute: number;
}

/** The core answers so many days of a calendar at once. */
const MOST_DAYS = 42;
/** Nobody plans more than a year of time off with sessions already booked in it. */
const FURTHEST = 366;

/** The questions that cover all days from `from` to `until`. */
export function spansOfDays(from: Day, until: Day): { from: Day; days: number }[] {
  const all = Math.min(FURTHEST, daysBetween(from, until) + 1);
  return Array.from({ length: Math.ceil(all / MOST_DAYS) }, (_, i) => ({ from: addDays(from, i * MOST_DAYS), days: Math.min(MOST_DAYS, all - i * MOST_DAYS) }));
}

const before = (a: At, b: At): boolean => a.date < b.date || (a.date === b.date && a.minute < b.minute);

function has(block: Block, owner: Owner): boolean {
  switch (owner.kind) {
    case 'therapist':
      return block.therapist === owner.id || block.co_therapists.includes(owner.id);
    case 'room':
      return block.room === owner.id;
    default:
      return true;
  }
}

/** Those of `owner` that overlap it, each once, in their order. One that ends as it begins is not inside. */
export function standingInside(blocks: readonly Block[], owner: Owner, start: At, end: At): Block[] {
  const found = new Map<string, Block>();
  for (const block of blocks) if (block.status !== 'cancelled' && has(block, owner) && before(block.start, end) && before(start, block.end)) found.set(block.session, block);
  return [...found.values()].sort((a, b) => a.start.at - b.start.at);
}
