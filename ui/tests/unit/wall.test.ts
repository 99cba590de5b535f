import { describe, expect, it } from 'vitest';
import { wallAt } from '../../src/features/calendar/wall';
import { phone } from '../../src/words/format';

describe('the clock of a day', () => {
  it('is the minutes passed on a day without a change', () => expect(wallAt(600, null)).toEqual({ minute: 600, second: false }));
  it('skips the hour that is missing in spring', () => {
    const spring = { at_minute: 60, by_minutes: 60 };
    expect(wallAt(59, spring).minute).toBe(59);
    expect(wallAt(60, spring), 'the clocks jump').toEqual({ minute: 120, second: false });
  });
  it('shows one hour twice in autumn, and knows which one it is', () => {
    const autumn = { at_minute: 120, by_minutes: -60 };
    expect(wallAt(90, autumn)).toEqual({ minute: 90, second: false });
    expect(wallAt(150, autumn), 'half past one again').toEqual({ minute: 90, second: true });
    expect(wallAt(180, autumn), 'from two on there is one time only').toEqual({ minute: 120, second: false });
  });
});

describe('a telephone number', () => {
  it('is written as the clinic\'s country writes it', () => {
    expect(phone('+60123456789')).toBe('+60 12-345 6789');
    expect(phone('+60321234567')).toBe('+60 3-2123 4567');
  });
  it('is grouped where the country is another, and left alone where it is unknown', () => {
    expect(phone('+442079460000')).toMatch(/^\+44 \d+ \d+ \d+$/);
    expect(phone('extension 5')).toBe('extension 5');
  });
});
