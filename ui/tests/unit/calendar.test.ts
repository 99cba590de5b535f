import { describe, expect, it } from 'vitest';
import { columns, template } from '../../src/features/calendar/columns';
import { moveCursor, sessionAt } from '../../src/features/calendar/cursor';
import { minuteAt, slotBetween } from '../../src/features/calendar/select';
import { week } from '../fixtures/calendar';

const nobody: ReadonlySet<string> = new Set();

describe('the columns of a view', () => {
  it('draw one lane per therapist and narrow room lanes only in the focused day', () => {
    const blocks = columns(week, { by: 'therapist', focus: '2026-11-24', hidden: nobody });
    expect(blocks.map((b) => b.lanes.length), 'four therapists a day, three rooms more in the focused one').toEqual([4, 7, 4, 4, 4]);
    expect(blocks[1]?.lanes.map((l) => l.kind)).toEqual(['wide', 'wide', 'wide', 'wide', 'narrow', 'narrow', 'narrow']);
    expect(blocks[0]?.lanes.every((l) => l.kind === 'compact'), 'other days show initials').toBe(true);
  });

  it('draw one lane per room in the Room Calendar, with every session that has that room', () => {
    const day = { ...week, days: week.days.slice(1, 2) };
    const [block] = columns(day, { by: 'room', focus: null, hidden: nobody });
    expect(block?.lanes.map((l) => l.resource.name)).toEqual(['Willow', 'Cedar', 'Play']);
    const inRooms = day.sessions.filter((s) => s.day === '2026-11-24' && s.room !== null).length;
    expect(block?.lanes.flatMap((l) => l.sessions).length, 'online sessions stand in no room').toBe(inRooms);
  });

  it('leave out the lanes and the count of a therapist who is switched off', () => {
    const all = columns(week, { by: 'therapist', focus: null, hidden: nobody });
    const some = columns(week, { by: 'therapist', focus: null, hidden: new Set(['t-ao']) });
    expect(some[1]?.lanes.map((l) => l.resource.id)).not.toContain('t-ao');
    expect(some[1]?.count).toBeLessThan(all[1]?.count ?? 0);
  });

  it('show a taken room as taken whoever is switched off', () => {
    const everyone = new Set(week.therapists.map((one) => one.id));
    expect(columns(week, { by: 'room', focus: null, hidden: everyone }), 'the switches are those of My Calendar').toEqual(columns(week, { by: 'room', focus: null, hidden: nobody }));
  });

  it('leave a cancelled session the side of its lane, and its time to be booked beside it', () => {
    const [one] = week.sessions.filter((s) => s.room !== null);
    if (!one) throw new Error('a session');
    const gone: typeof one = { ...one, id: 'gone', status: 'cancelled' };
    const placed = (sessions: (typeof one)[]) => Object.fromEntries((columns({ ...week, sessions }, { by: 'therapist', focus: null, hidden: nobody }).flatMap((b) => b.lanes).find((l) => l.sessions.length)?.sessions ?? []).map((p) => [p.session.id, p.place]));
    expect(placed([gone]), 'the first half is free').toEqual({ gone: { lane: 1, lanes: 2 } });
    const twice = placed([gone, { ...gone, id: 'gone-too' }]);
    expect(Object.values(twice).map((place) => place.lane), 'twice cancelled it is free still').not.toContain(0);
    const beside = placed([gone, { ...gone, id: 'booked', status: 'scheduled' }]);
    expect(new Set(Object.values(beside).map((place) => place.lane)), 'what was booked anew stands beside it').toEqual(new Set([0, 1]));
  });

  it('do not count a cancelled session', () => {
    const [, tuesday] = columns(week, { by: 'therapist', focus: null, hidden: nobody });
    expect(tuesday?.count).toBe(week.sessions.filter((s) => s.day === '2026-11-24' && s.status !== 'cancelled').length);
  });

  it('give the focused day more width than the others', () => {
    expect(template(columns(week, { by: 'therapist', focus: '2026-11-24', hidden: nobody }))).toMatch(/minmax\(0,1fr\) minmax\(0,5\.5fr\)/);
  });
});

describe('what is kept around a session', () => {
  const day = { ...week, days: week.days.slice(1, 2) };
  const one = { ...(day.sessions.find((s) => s.day === '2026-11-24' && s.room === 'r-w') ?? day.sessions[0]), therapist: 't-ao', coTherapists: ['t-lf'], turnover: 10, kept: [{ before: 5, after: 20 }, { before: 0, after: 0 }] } as (typeof day.sessions)[number];
  const kept = (by: 'therapist' | 'room') =>
    Object.fromEntries((columns({ ...day, sessions: [one] }, { by, focus: null, hidden: nobody })[0]?.lanes ?? []).flatMap((l) => l.sessions.map((p) => [l.resource.id, [p.before, p.after]])));

  it('is the buffer of each who leads it, and not less than the turnover', () => {
    expect(kept('therapist')).toEqual({ 't-ao': [5, 20], 't-lf': [0, 10], 'r-w': [0, 10] });
  });

  it('is the turnover alone where rooms are drawn: nobody else has to wait for a therapist', () => {
    expect(kept('room')).toEqual({ 'r-w': [0, 10] });
  });
});

describe('the cursor of the grid', () => {
  const lanes = columns({ ...week, days: week.days.slice(1, 2) }, { by: 'therapist', focus: null, hidden: nobody })[0]?.lanes.filter((l) => l.kind !== 'narrow') ?? [];
  const amara = lanes[0]?.key ?? '';

  it('walks empty time in half hours and stops at the edge of a session', () => {
    expect(moveCursor({ lane: amara, minute: 450 }, 'ArrowDown', lanes, false)).toEqual({ lane: amara, minute: 480 });
    expect(moveCursor({ lane: amara, minute: 495 }, 'ArrowDown', lanes, false), 'the session at 08:30 is not jumped over').toEqual({ lane: amara, minute: 510 });
  });

  it('leaps three hours by a page key, and reaches the last half hour of a day of 25 hours', () => {
    expect(moveCursor({ lane: amara, minute: 60 }, 'PageDown', lanes, false)?.minute).toBe(240);
    expect(moveCursor({ lane: amara, minute: 60 }, 'PageUp', lanes, false)?.minute).toBe(0);
    const long = lanes.map((lane) => ({ ...lane, minutes: 1500, sessions: [] }));
    expect(moveCursor({ lane: amara, minute: 1440 }, 'ArrowDown', long, false)?.minute).toBe(1470);
    expect(moveCursor({ lane: amara, minute: 1470 }, 'ArrowDown', long, false)?.minute).toBe(1470);
  });

  it('leaves a session at its end and finds it again from below', () => {
    const after = moveCursor({ lane: amara, minute: 510 }, 'ArrowDown', lanes, false);
    expect(after).toEqual({ lane: amara, minute: 560 });
    expect(sessionAt(lanes[0], moveCursor({ lane: amara, minute: 565 }, 'ArrowUp', lanes, false)?.minute ?? 0), 'Up leads back onto the session').not.toBeNull();
  });

  it('goes to the neighbouring lane at the same time, mirrored in right-to-left text', () => {
    expect(moveCursor({ lane: amara, minute: 600 }, 'ArrowRight', lanes, false)?.lane).toBe(lanes[1]?.key);
    expect(moveCursor({ lane: lanes[1]?.key ?? '', minute: 600 }, 'ArrowRight', lanes, true)?.lane).toBe(amara);
  });

  it('walks what was cancelled after the time it left free, or after what was booked there since', () => {
    const [empty] = lanes.map((lane) => ({ ...lane, sessions: [] }));
    const [one] = lanes[0]?.sessions ?? [];
    if (!empty || !one) throw new Error('a lane with a session');
    const put = (id: string, status: 'cancelled' | 'scheduled') => ({ ...one, session: { ...one.session, id, status, start: 600, end: 650 } });
    const freed = [{ ...empty, sessions: [put('old', 'cancelled')] }];
    const walk = (on: typeof freed, minute: number, keys: string[]) => {
      let at: { lane: string; minute: number; session?: string | undefined } = { lane: amara, minute };
      return keys.map((key) => {
        at = moveCursor(at, key, on, false) ?? at;
        return sessionAt(on[0], at.minute, at.session) ?? at.minute;
      });
    };
    expect(walk(freed, 570, ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']), 'the free time can be booked').toEqual([600, 'old', 650, 630]);
    expect(walk(freed, 600, ['ArrowDown', 'ArrowUp'])).toEqual(['old', 600]);
    const anew = [{ ...empty, sessions: [put('old', 'cancelled'), put('new', 'scheduled')] }];
    expect(walk(anew, 570, ['ArrowDown', 'ArrowDown', 'ArrowDown'])).toEqual(['new', 'old', 650]);
    expect(walk(anew, 600, ['ArrowDown', 'ArrowUp', 'ArrowUp'])).toEqual(['old', 'new', 570]);
  });

  it('never leaves the day or the lanes', () => {
    expect(moveCursor({ lane: amara, minute: 0 }, 'ArrowUp', lanes, false)?.minute).toBe(0);
    expect(moveCursor({ lane: amara, minute: 1410 }, 'ArrowDown', lanes, false)?.minute).toBe(1410);
    expect(moveCursor({ lane: amara, minute: 600 }, 'ArrowLeft', lanes, false)?.lane).toBe(amara);
  });
});

describe('drawing a slot', () => {
  it('snaps the pointer down to the step', () => {
    expect(minuteAt(100, 0, 240, 1440, 15), 'y 100 of 240 px is minute 600').toBe(600);
    expect(minuteAt(101, 0, 240, 1440, 15)).toBe(600);
    expect(minuteAt(-5, 0, 240, 1440, 15)).toBe(0);
    expect(minuteAt(999, 0, 240, 1440, 15)).toBe(1425);
  });

  it('is the same drawn upwards and downwards', () => {
    expect(slotBetween(600, 645, 15)).toEqual(slotBetween(645, 600, 15));
  });
});
