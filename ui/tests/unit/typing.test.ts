import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTime, stepTime, writeTime } from '../../src/kit/clock';
import { LIMITS } from '../../src/generated/limits';
import { readMoney, writeMoney } from '../../src/kit/money';
import { dayByKey, monthWeeks } from '../../src/kit/month';
import { nextSpan, sound } from '../../src/kit/week';
import { addDays, addMonths, dayRange, weekNumber } from '../../src/words/format';
import { shortName } from '../../src/state/say';
import { readRoute, writeRoute, type Route } from '../../src/state/route';

describe('typed times', () => {
  it.each([['14:05', 845], ['14.05', 845], ['1405', 845], ['9', 540], ['930', 570], ['2pm', 840], ['2:30 pm', 870], ['12am', 0], ['12 PM', 720], ['0:00', 0]])('reads %s', (text, minutes) => {
    expect(readTime(text)).toBe(minutes);
  });

  it.each(['', '25', '24:00', '9:60', '13pm', 'noon', '14:5', '-1'])('takes "%s" for no time', (text) => {
    expect(readTime(text)).toBeNull();
  });

  it('reads back every time it writes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1439 }), (m) => { expect(readTime(writeTime(m))).toBe(m); }));
  });

  it('steps to the next five minutes and stays inside the day', () => {
    expect(stepTime(843, 5, 1)).toBe(845);
    expect(stepTime(843, 5, -1)).toBe(840);
    expect(stepTime(845, 5, -1)).toBe(840);
    expect(stepTime(0, 5, -1)).toBe(0);
    expect(stepTime(1435, 5, 1)).toBe(1435);
  });
});

describe('the one word of a name', () => {
  it.each([['Amara Osei', 'Amara'], ['Dr. Amara Osei', 'Amara'], ['Dr Lim', 'Lim'], ['Prof. Dr. Siti Aminah', 'Siti'], ["Dato' Farid Hassan", 'Farid'], ['Tan Sri Kamal', 'Kamal'], ['Tan Mei Ling', 'Tan'], ['Puan', 'Puan']])('of %s is %s', (name, word) => {
    expect(shortName(name)).toBe(word);
  });
});

describe('typed amounts', () => {
  it('reads back every amount it writes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: LIMITS.amount.max }), fc.constantFrom(0, 2, 3), (minor, digits) => { expect(readMoney(writeMoney(minor, digits), digits)).toBe(minor); }));
  });

  it.each(['', '-5', '1.234', 'abc', '1e9', '99999999999'])('takes "%s" for no amount of ringgit', (text) => {
    expect(readMoney(text, 2)).toBeNull();
  });

  it('reads thousands as people write them', () => {
    expect(readMoney('1,180.50', 2)).toBe(118_050);
  });
});

describe('the date grid', () => {
  it('shows six whole weeks that hold the month', () => {
    const weeks = monthWeeks('2026-11-15', 1);
    expect(weeks).toHaveLength(6);
    expect(weeks[0]?.days[0]).toBe('2026-10-26');
    expect(weeks.flatMap((w) => w.days)).toContain('2026-11-30');
  });

  it('pages by months, clamped to the last day', () => {
    expect(dayByKey('2026-01-31', 'PageDown', false, 1)).toBe('2026-02-28');
    expect(dayByKey('2026-11-24', 'PageUp', true, 1)).toBe('2025-11-24');
    expect(dayByKey('2026-11-25', 'Home', false, 1)).toBe('2026-11-23');
    expect(dayByKey('2026-11-25', 'a', false, 1)).toBeNull();
  });

  it('adds days and months without losing any', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
    expect(weekNumber('2026-11-24')).toBe(48);
    expect(weekNumber('2027-01-01'), 'the first of January 2027 belongs to week 53 of 2026').toBe(53);
    expect(dayRange('2026-11-23', '2026-11-27')).toBe('23 – 27 November 2026');
  });
});

describe('opening hours', () => {
  it('are unsound when two stretches meet or one ends before it starts', () => {
    expect(sound([{ weekday: 0, from: 540, to: 720 }, { weekday: 0, from: 720, to: 1020 }])).toBe(true);
    expect(sound([{ weekday: 0, from: 540, to: 721 }, { weekday: 0, from: 720, to: 1020 }])).toBe(false);
    expect(sound([{ weekday: 0, from: 540, to: 540 }])).toBe(false);
    expect(sound([{ weekday: 0, from: 540, to: 720 }, { weekday: 1, from: 600, to: 700 }]), 'other days do not meet').toBe(true);
  });

  it('grow by a stretch that is sound', () => {
    const week = [{ weekday: 2, from: 540, to: 720 }];
    expect(sound([...week, nextSpan(week, 2)])).toBe(true);
    expect(nextSpan([], 3)).toEqual({ weekday: 3, from: 540, to: 1020 });
  });
});

describe('addresses', () => {
  const routes: Route[] = [
    { screen: 'dashboard' }, { screen: 'calendar', view: 'week', day: '2026-11-24' }, { screen: 'room-calendar', view: 'day', day: null }, { screen: 'session', id: 'a-1' },
    { screen: 'clients', id: null }, { screen: 'invoices', id: 'x' }, { screen: 'settings', tab: 'mail' },
  ];
  it.each(routes.map((r) => [writeRoute(r), r] as const))('read back %s', (hash, route) => {
    expect(readRoute(hash)).toEqual(route);
  });

  it('lead to the Dashboard when they are not known', () => {
    expect(readRoute('#/nowhere')).toEqual({ screen: 'dashboard' });
    expect(readRoute('')).toEqual({ screen: 'dashboard' });
    expect(readRoute('#/calendar/month/yesterday')).toEqual({ screen: 'calendar', view: null, day: null });
  });
});
