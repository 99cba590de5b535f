/** A week of opening hours as stretches per weekday. Pure. Weekdays are counted from Monday = 0, as the core counts them. */
export interface Span {
  weekday: number;
  /** Minutes after midnight. */
  from: number;
  to: number;
}

/** Day by day, the earliest first. */
export function inOrder(week: readonly Span[]): Span[] {
  return week.toSorted((a, b) => a.weekday - b.weekday || a.from - b.from);
}

function spansOf(week: readonly Span[], weekday: number): Span[] {
  return inOrder(week).filter((s) => s.weekday === weekday);
}

/** Whether every stretch ends after it starts and none of a day meet. */
export function sound(week: readonly Span[]): boolean {
  for (let day = 0; day < 7; day += 1) {
    const spans = spansOf(week, day);
    for (const [i, span] of spans.entries()) {
      if (span.to <= span.from) return false;
      const next = spans[i + 1];
      if (next && next.from < span.to) return false;
    }
  }
  return true;
}

/** A sensible next stretch for a day: the usual day if it is empty, else two hours after the last. */
export function nextSpan(week: readonly Span[], weekday: number): Span {
  const last = spansOf(week, weekday).at(-1);
  if (!last) return { weekday, from: 9 * 60, to: 17 * 60 };
  const from = Math.min(22 * 60, last.to + 60);
  return { weekday, from, to: Math.min(24 * 60, from + 120) };
}
