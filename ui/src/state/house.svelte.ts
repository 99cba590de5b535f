/** What every screen may need to know of the clinic that is open. */
let demo = $state(false);
let connected = $state(false);

/** Nothing leaves a demo clinic: messages are shown instead. */
export function isDemo(): boolean {
  return demo;
}

export function setDemo(is: boolean): void {
  demo = is;
}

/** Its ledger is on a server: what only its keeper does is done there. */
export function isConnected(): boolean {
  return connected;
}

export function setConnected(is: boolean): void {
  connected = is;
}
