import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout, overlaps, type Span } from '../../src/features/calendar/layout';

const spans = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1400 }), fc.integer({ min: 1, max: 180 })), { maxLength: 60 })
  .map((list): Span[] => list.map(([start, length], i) => ({ id: `s${String(i)}`, start, end: start + length })));

/** The most spans that stand at any one minute among `list`. */
function concurrency(list: readonly Span[]): number {
  return Math.max(0, ...list.map((at) => list.filter((s) => s.start <= at.start && at.start < s.end).length));
}

/** The connected cluster of overlapping spans that holds `of`. */
function cluster(of: Span, all: readonly Span[]): Span[] {
  const found = new Set([of]);
  let before = 0;
  while (found.size !== before) {
    before = found.size;
    for (const one of all) if ([...found].some((f) => overlaps(f, one))) found.add(one);
  }
  return [...found];
}

describe('the layout of a column', () => {
  it('never puts two sessions that overlap into the same lane', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const places = layout(list);
        for (const a of list)
          for (const b of list)
            if (a !== b && overlaps(a, b)) expect(places.get(a.id)?.lane, `${a.id} and ${b.id} overlap and would cover each other`).not.toBe(places.get(b.id)?.lane);
      }),
    );
  });

  it('never uses more lanes than there are sessions at once', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const places = layout(list);
        for (const one of list) expect(places.get(one.id)?.lanes, 'a wider split than needed makes names unreadable').toBe(concurrency(cluster(one, list)));
      }),
    );
  });

  it('keeps every session inside its lanes', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const places = layout(list);
        expect(places.size, 'every session has a place').toBe(list.length);
        for (const { lane, lanes } of places.values()) expect(lane).toBeLessThan(lanes);
      }),
    );
  });

  it('does not depend on the order in which sessions come', () => {
    fc.assert(
      fc.property(spans.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }))), ([list, shuffled]) => {
        expect(layout(shuffled), 'the same day must look the same after every reload').toEqual(layout(list));
      }),
    );
  });

  it('lets one session follow another without sharing the width', () => {
    const places = layout([{ id: 'a', start: 540, end: 590 }, { id: 'b', start: 590, end: 640 }]);
    expect([...places.values()]).toEqual([{ lane: 0, lanes: 1 }, { lane: 0, lanes: 1 }]);
  });
});
