/** What a person has typed on a page and not kept yet: it waits for them while they look elsewhere. Nothing of it is written down. */
let clinic = '';
let drafts = $state.raw<Readonly<Record<string, unknown>>>({});

/** Drafts of another clinic are none of this one's. */
export function draftsOf(of: string): void {
  if (of === clinic) return;
  clinic = of;
  drafts = {};
}

/** Whether anything waits in them. */
export function draftsHeld(): boolean {
  return Object.values(drafts).some((one) => (typeof one === 'string' ? one.trim() !== '' : one !== undefined));
}

/** One page's drafts, each under an id; the page that calls it is the only one that knows what `name` holds. */
export function draftsNamed<T>(name: string): { get: (id: string) => T | undefined; set: (id: string, to: T | undefined) => void } {
  return {
    get: (id) => drafts[`${name} ${id}`] as T | undefined,
    set: (id, to) => {
      drafts = { ...drafts, [`${name} ${id}`]: to };
    },
  };
}
