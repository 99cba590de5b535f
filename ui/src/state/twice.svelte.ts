import type { Stamp } from '../generated/Stamp';
import type { Day } from '../words/format';

/** A time as it stands in the fields of a dialog. */
interface Wall {
  date: Day;
  minute: number | null;
}

/** Whether the fields hold this very reading of the clock. */
export function reads(at: Wall, stamp: Stamp): boolean {
  return at.date === stamp.date && at.minute === stamp.minute;
}

/**
 * Which of the two is meant where the clocks go back over a time: what the person has said of this very time, else what
 * `usually` holds. What was said of another time says nothing of this one.
 */
export function twice(at: () => Wall, usually: (at: Wall) => boolean): { readonly second: boolean; choose(second: boolean): void } {
  let said = $state.raw<Wall & { second: boolean }>();
  const second = $derived.by(() => {
    const now = at();
    return said && said.date === now.date && said.minute === now.minute ? said.second : usually(now);
  });
  return {
    get second() { return second; },
    choose(to) { said = { ...at(), second: to }; },
  };
}
