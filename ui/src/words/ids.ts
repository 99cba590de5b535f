// Written by tools/words.mjs from en/*.ftl; do not edit.
export interface Words {
  'close': Record<never, never>;
  'current-day': Record<never, never>;
  'free-time': Record<never, never>;
  'next-month': Record<never, never>;
  'previous-month': Record<never, never>;
  'today': Record<never, never>;
  'tomorrow': Record<never, never>;
  'undo': Record<never, never>;
  'yesterday': Record<never, never>;
}
