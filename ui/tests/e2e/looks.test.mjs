/** Every screen, in both themes: nothing that axe knows to be wrong, contrast included. And four pictures. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ask, demo, house, OUT } from './house.mjs';
import { clean, drawn, household, SCREENS } from './looks.mjs';
import { boxSays } from './steps.mjs';

describe('the looks', () => {
  let home, page, of;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    of = await household(page);
    await ask(page, 'device.choose', { setting: 'theme', to: 'light' });
    await page.reload();
  });
  after(async () => home.close());

  const ready = async () => {
    await page.locator('main h1, main [role=grid]').first().waitFor();
    await page.locator('main .skeleton').waitFor({ state: 'detached' }).catch(() => undefined);
  };

  it('are looked at wherever a component draws a screen or a dialog', () => {
    const { needed, shown } = drawn();
    assert.ok(needed.size > 40, 'the components are found');
    assert.deepEqual([...needed].filter((one) => !shown.has(one)), [], 'missing in the table of tests/e2e/looks.mjs');
    assert.deepEqual([...shown].filter((one) => !needed.has(one)), [], 'in the table and not in the house');
  });

  it('of every screen are clean in light and dark', async () => {
    for (const { name, go } of SCREENS) {
      await page.goto(home.at(go(of)));
      await ready();
      await clean(page, name);
    }
  });

  it('of Session Details and Reschedule are clean in Malay too', async () => {
    await ask(page, 'device.choose', { setting: 'language', to: 'ms' });
    await page.reload();
    for (const { name, go } of SCREENS.filter(({ malay }) => malay)) {
      await page.goto(home.at(go(of)));
      await ready();
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'ms');
      await clean(page, `${name} in Malay`);
    }
    await page.goto(home.at(`session/${of.future}`));
    await page.locator('.qa').waitFor();
    await page.keyboard.press('r');
    await page.locator('.dlg .msg:not([aria-busy=true]) b').first().waitFor();
    await clean(page, 'Reschedule in Malay');
    await page.locator('.dlg .time').fill('23:00');
    await page.locator('.dlg .msg.bad').waitFor();
    await clean(page, 'Reschedule in Malay, onto what is not free');
    await ask(page, 'device.choose', { setting: 'language', to: 'en' });
    await page.reload();
  });

  it('would not pass with a text that cannot be read', async () => {
    await page.goto(home.at('dashboard'));
    await page.locator('main h1').first().evaluate((one) => one.style.setProperty('color', 'rgb(225 225 225)'));
    await assert.rejects(clean(page, 'a pale heading'), /color-contrast/, 'axe looks at contrast');
    await page.reload();
    await page.locator('main h1').first().evaluate((one) => one.style.setProperty('color', 'rgb(40 40 40)'));
    await assert.rejects(clean(page, 'a black heading'), /in dark/, 'and in the dark as well');
    await page.reload();
  });

  it('are kept as pictures of the four pages', async () => {
    for (const [name, screen] of [['dashboard', 'dashboard'], ['calendar', 'calendar/week'], ['session', `session/${of.future}`]]) {
      await page.goto(home.at(screen));
      await page.locator('main h1, main [role=grid]').first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(OUT, `${name}.png`) });
    }
    await page.keyboard.press('r');
    await boxSays(page, 'Slot Available');
    await page.screenshot({ path: join(OUT, 'reschedule.png') });
  });

  it('come without a mistake on any page', () => assert.deepEqual(home.errors(), []));
});
