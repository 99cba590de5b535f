/** What every screen may need to know of the clinic that is open. */
let demo = $state(false);

/** Nothing leaves a demo clinic: messages are shown instead. */
export function isDemo(): boolean {
  return demo;
}

export function setDemo(is: boolean): void {
  demo = is;
}
