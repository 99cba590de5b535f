/** The country whose order and separators dates, times and money follow, and the 12 or 24 hour clock: the clinic's. */
let country = $state('MY');
let clock = $state<12 | 24>(24);

export function formats(): { country: string; clock: 12 | 24 } {
  return { country, clock };
}

export function setFormats(of: { country?: string; clock?: 12 | 24 }): void {
  if (of.country) country = of.country;
  if (of.clock) clock = of.clock;
}
