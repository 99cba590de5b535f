/** What a person does on the screens, by their visible names only. */
import assert from 'node:assert/strict';
import { ask } from './house.mjs';

export const dialog = (page, name) => page.getByRole('dialog', { name });
export const action = (page, name) => page.getByRole('region', { name: 'Quick Actions' }).getByRole('button', { name });
export const toast = (page, text) => page.locator('.toast', { hasText: text });

/** Opens Session Details and waits until the session is there. */
export async function openSession(page, house, id) {
  await page.goto(house.at(`session/${id}`));
  await page.getByRole('region', { name: 'Quick Actions' }).waitFor();
}

/** Waits for the status of the open session to read so. */
export async function statusReads(page, word) {
  await page.locator('.title .pill', { hasText: word }).waitFor();
}

/** Presses Tab until the thing with this name has the focus, as someone without a mouse does. */
export async function tabTo(page, name, { back = false, most = 80 } = {}) {
  for (let n = 0; n < most; n += 1) {
    const here = await page.evaluate(() => {
      const on = document.activeElement;
      // A dialog that has just opened has the focus itself, and the name of its title; where nothing has it, the page has.
      if (!on || on.matches('body, [role=dialog], [role=alertdialog]')) return '';
      const by = on.getAttribute('aria-labelledby');
      const label = on.getAttribute('aria-label') ?? (by ? document.getElementById(by)?.textContent : null) ?? on.closest('label')?.textContent ?? (on.id ? document.querySelector(`label[for="${on.id}"]`)?.textContent : null) ?? on.textContent;
      return (label ?? '').trim();
    });
    if (typeof name === 'string' ? here === name : name.test(here)) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`Tab never reaches ${String(name)}`);
}

/** The message box of the open dialog says exactly these lines. */
export async function boxSays(page, ...lines) {
  await page.waitForFunction((wanted) => {
    const box = [...document.querySelectorAll('.dlg .msg')].at(0);
    return box !== undefined && box.getAttribute('aria-busy') !== 'true' && JSON.stringify([...box.querySelectorAll('b')].map((b) => b.textContent)) === JSON.stringify(wanted);
  }, lines).catch(async (error) => {
    const said = await page.locator('.dlg .msg').allInnerTexts();
    throw new Error(`the message box should say ${JSON.stringify(lines)} and says ${JSON.stringify(said)}`, { cause: error });
  });
}

/** The session as the core has it. */
export const session = (page, id) => ask(page, 'session.get', { session: id });

/** A weekday far enough away that the demo clinic has nothing there: everybody is free within hours. */
export function quietDay(today, weeks = 12, weekday = 2) {
  const date = new Date(Date.parse(`${today}T00:00:00Z`) + weeks * 7 * 86_400_000);
  date.setUTCDate(date.getUTCDate() + ((weekday - date.getUTCDay() + 7) % 7));
  return date.toISOString().slice(0, 10);
}
