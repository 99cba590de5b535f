/** Notices that nobody is at the computer: no key, no pointer for some time. */

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Calls `act` once nobody has touched anything for so many minutes; returns the way to stop. Counted by the clock and not by the
 * timer, so that a computer that slept is locked the moment it wakes.
 */
export function whenIdle(minutes: number, act: () => void): () => void {
  const limit = minutes * 60_000;
  let last = Date.now();
  let timer: ReturnType<typeof setTimeout>;
  const seen = (): void => {
    last = Date.now();
  };
  const look = (): void => {
    const left = last + limit - Date.now();
    if (left > 0) timer = setTimeout(look, left);
    else act();
  };
  for (const sign of SIGNS) window.addEventListener(sign, seen, { passive: true, capture: true });
  timer = setTimeout(look, limit);
  return () => {
    clearTimeout(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, seen, { capture: true });
  };
}
