/** Every dialog, in both themes: nothing that axe knows to be wrong, contrast included. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { demo, house } from './house.mjs';
import { clean, DIALOGS, household } from './looks.mjs';

describe('the looks of the dialogs', () => {
  let home, page, of;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    of = await household(page);
  });
  after(async () => home.close());

  for (const { name, show, then } of DIALOGS)
    it(`are clean: ${name}`, async () => {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.goto(home.at('rooms'));
      // What the last one has left half filled is gone with its page.
      await page.reload();
      await page.locator('main h1').waitFor();
      const at = { home, page, of };
      await show(at);
      await clean(page, name);
      if (then) {
        await then(at);
        await clean(page, `${name}, and then`);
      }
    });

  it('come without a mistake on any page', () => assert.deepEqual(home.errors(), []));
});
