/** Which session is peeked at: by a pointer that rests on it, or by Space on the focused one. Timing only; the card draws. */

export interface Peeked {
  session: string;
  /** Where its block stands in the window. */
  box: DOMRect;
  by: 'pointer' | 'key';
}

/** How long a pointer rests before the card comes, and how long it may take from the block to the card. Milliseconds. */
const REST = 400;
const GRACE = 150;

export interface Peeking {
  readonly at: Peeked | null;
  /** The pointer is over this block of a session, or over none. */
  over(block: HTMLElement | null): void;
  /** The pointer is over the card itself, which stays. */
  stay(): void;
  /** Space: shows the card of this block, or takes it away. */
  toggle(block: HTMLElement): void;
  close(): void;
}

export function peeking(): Peeking {
  let at = $state.raw<Peeked | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(what: () => void, after: number): void {
    clearTimeout(timer);
    timer = setTimeout(what, after);
  }

  function show(block: HTMLElement, by: Peeked['by']): void {
    const session = block.dataset['id'];
    if (session && block.isConnected) at = { session, box: block.getBoundingClientRect(), by };
  }

  function close(): void {
    clearTimeout(timer);
    at = null;
  }

  $effect(() => () => clearTimeout(timer));

  return {
    get at() { return at; },
    over(block) {
      if (block && block.dataset['id'] === at?.session) clearTimeout(timer);
      else if (block) later(() => show(block, 'pointer'), REST);
      else if (at?.by === 'pointer') later(close, GRACE);
      else clearTimeout(timer);
    },
    stay() { clearTimeout(timer); },
    toggle(block) {
      const same = at?.session === block.dataset['id'];
      close();
      if (!same) show(block, 'key');
    },
    close,
  };
}
