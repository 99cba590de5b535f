import { isDrawn } from '../kit/curtain.svelte';
import { mayLeave } from '../kit/leaving.svelte';
import { clearDialogs } from './overlay.svelte';
import { readRoute, writeRoute, type Route } from './route';

let current = $state<Route>(readRoute(location.hash));
window.addEventListener('hashchange', () => {
  const to = readRoute(location.hash);
  if (writeRoute(to) === writeRoute(current)) return;
  // Back and forward leave the page a dialog was about; so does a link in it. The address has changed already: it goes back
  // while the person is asked, and behind the lock nobody goes anywhere.
  if (isDrawn() || !leave(to)) history.pushState(null, '', writeRoute(current));
});

/** Goes elsewhere, once what is filled in here was asked about; says whether at once. */
export function leave(to: Route): boolean {
  if (!mayLeave(() => void leave(to))) return false;
  clearDialogs();
  go(to);
  return true;
}

/** Where the person is now. */
export function route(): Route {
  return current;
}

export function go(to: Route): void {
  location.hash = writeRoute(to);
  current = to;
}

/** Changes the address without a step in the history: for a view that follows the person's paging. */
export function replace(to: Route): void {
  history.replaceState(null, '', writeRoute(to));
  current = to;
}
