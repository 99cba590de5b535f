/** What stands in the way of leaving the page: a filled form asks first, whatever the way out was. */
type Guard = (go: () => void) => boolean;

let guards: readonly Guard[] = [];

/** Asks `guard` before the page is left; it says whether the way is free, or asks the person and calls `go` itself. */
export function guardLeaving(guard: Guard): () => void {
  guards = [...guards, guard];
  return () => {
    guards = guards.filter((one) => one !== guard);
  };
}

/** Whether the page may be left at once. If not, the person is being asked, and `go` is called if they want it still. */
export function mayLeave(go: () => void): boolean {
  return guards.toReversed().every((guard) => guard(go));
}
