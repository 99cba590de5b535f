/**
 * Where sessions stand beside each other in a column: interval colouring. Pure. Its invariants (property-tested): no two
 * that overlap share a lane, a cluster never has more lanes than sessions at once, and the order of the input means nothing.
 */

export interface Span {
  id: string;
  start: number;
  end: number;
}

/** The place of a session in its column: lane `lane` of `lanes`. */
export interface Place {
  lane: number;
  lanes: number;
}

/** Half-open overlap: one that ends at 10:00 and one that starts at 10:00 do not touch. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Gives every span its lane. Spans of one connected cluster share the same number of lanes, so their widths agree. */
export function layout(spans: readonly Span[]): Map<string, Place> {
  const ordered = [...spans].sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
  const placed = new Map<string, Place>();
  let cluster: { id: string; lane: number }[] = [];
  let ends: number[] = [];
  let reach = -Infinity;

  const close = (): void => {
    for (const one of cluster) placed.set(one.id, { lane: one.lane, lanes: ends.length });
    cluster = [];
    ends = [];
  };

  for (const span of ordered) {
    if (span.start >= reach) close();
    const free = ends.findIndex((end) => end <= span.start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = span.end;
    reach = cluster.length ? Math.max(reach, span.end) : span.end;
    cluster.push({ id: span.id, lane });
  }
  close();
  return placed;
}

/** What free time beside cancelled sessions is called: before every id of a session, so that it stands first. */
const FREE = '!';

/**
 * The same where some of them were cancelled. Their time is free again: where nothing that stands lies beside them, the first
 * lane is left empty, so that it can be booked.
 */
export function layoutBesideFree(standing: readonly Span[], cancelled: readonly Span[]): Map<string, Place> {
  const free: Span[] = [];
  for (const one of [...cancelled].sort((a, b) => a.start - b.start)) {
    const before = free.at(-1);
    if (before && one.start < before.end) before.end = Math.max(before.end, one.end);
    else free.push({ id: `${FREE}${one.id}`, start: one.start, end: one.end });
  }
  const alone = free.filter((stretch) => !standing.some((one) => overlaps(one, stretch)));
  const placed = layout([...standing, ...cancelled, ...alone]);
  for (const { id } of alone) placed.delete(id);
  return placed;
}
