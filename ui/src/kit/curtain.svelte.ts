/**
 * The lock's screen stands before everything. What is open stays as it is behind it, half-typed fields and all, and neither
 * listens nor asks until the same person is back.
 *
 * It is hidden and not taken down. Most of what a person has typed lives where it was typed (a time that is no time yet, an
 * amount half way, the order of rows), and a dialog that had to be built again from kept values would keep what somebody
 * remembered to keep. Hidden (`display: none` and `inert`) it is neither drawn nor read out, and the core, which is what keeps
 * the data, answers nothing before the PIN.
 */
let drawn = $state(false);

export function isDrawn(): boolean {
  return drawn;
}

export function draw(on: boolean): void {
  drawn = on;
}
