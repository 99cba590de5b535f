/** What stands before a clinic is open, in both languages and both themes: the first run, the lock, every trouble. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask, demo, house } from './house.mjs';
import { answering, clean, TROUBLES } from './looks.mjs';

for (const language of ['en', 'ms'])
  describe(`the first run in ${language}`, () => {
    let home, page;
    before(async () => {
      home = await house();
      page = await home.page();
      await ask(page, 'device.choose', { setting: 'language', to: language });
      await page.reload();
      await page.waitForFunction((to) => document.documentElement.lang === to, language);
    });
    after(async () => home.close());

    // By their place and not by their words: they are the same in every language.
    const door = (n) => page.locator('.way').nth(n);
    const on = () => page.locator('.acts .btn.primary');
    const back = () => page.locator('.acts .btn:not(.primary)').first();
    const field = (n) => page.locator('.firstcard input.field').nth(n);

    it('is clean at its four doors', async () => {
      await door(3).waitFor();
      await clean(page, 'the welcome');
      await door(1).click();
      await field(2).waitFor();
      await clean(page, 'signing in');
      await page.locator('.firstcard [role=radio], .firstcard .seg button').last().click();
      await clean(page, 'an invite');
      await back().click();
      await door(3).click();
      await page.locator('textarea').waitFor();
      await clean(page, 'the restore');
      await page.locator('textarea').fill('0001 0002');
      await on().click();
      await page.locator('.err').waitFor();
      await clean(page, 'a recovery key that is mistyped');
      await page.locator('textarea').fill('');
      await back().click();
    });

    it('is clean at every step of a new clinic', async () => {
      await door(0).click();
      await field(0).fill('Thames Clinic');
      await field(1).fill('Ann Berry');
      await clean(page, 'the clinic');
      await page.getByRole('combobox').first().fill('Malaysia');
      await page.getByRole('option').first().waitFor();
      await clean(page, 'the countries');
      await page.getByRole('option').first().click();
      await page.waitForFunction(() => [...document.querySelectorAll('input')].some((one) => one.value === 'MYR'));
      await on().click();
      await page.locator('.hoursedit').waitFor();
      await clean(page, 'the hours');
      const until = page.locator('.hday .time').nth(1);
      const usual = await until.inputValue();
      await until.fill('07:00');
      await page.locator('.problem').waitFor();
      await clean(page, 'hours that cannot be');
      await until.fill(usual);
      await on().click();
      await page.locator('.rowof.room').waitFor();
      await clean(page, 'the rooms');
      await on().click();
      await page.locator('.rowof.service').waitFor();
      await page.locator('.rowof.service input').first().fill('Therapy');
      await page.locator('.rowof.service input[inputmode=decimal]').fill('a lot');
      await page.locator('.rowof.service .err').waitFor();
      await clean(page, 'the services');
      await page.locator('.rowof.service input[inputmode=decimal]').fill('80');
      await on().click();
      await page.locator('.groups').waitFor({ timeout: 60_000 });
    });

    it('is clean where the recovery key is shown, and where it is typed back', async () => {
      await clean(page, 'the recovery key');
      const groups = await page.locator('.groups code').allInnerTexts();
      await page.locator('.acts .btn.ghost').click();
      await on().click();
      await page.locator('form.form input').first().fill(groups[0] === 'AAAA' ? 'BBBB' : 'AAAA');
      await page.locator('form.form input').nth(1).fill('WRONG');
      await clean(page, 'the key typed back');
      await on().click();
      await page.locator('.err').waitFor();
      await clean(page, 'the key typed back wrong');
      assert.deepEqual(home.errors(), [], 'and without a mistake');
    });

    it('is clean in every trouble', async () => {
      assert.ok(TROUBLES.length >= 12, 'the troubles are found');
      const stands = await ask(page, 'app.state');
      let phase;
      await answering(page, { 'app.state': () => ({ ...stands, phase }) });
      // One that a person can do nothing about, one that asks for a key, one that asks for the language: Malay has no other parts.
      const every = language === 'en' ? TROUBLES : ['newer', 'no_keychain', 'key_lost'];
      for (const [trouble, isDemo] of [...every.map((one) => [one, false]), ['damaged', true], ['key_lost', false]]) {
        phase = { kind: 'trouble', trouble, demo: isDemo };
        await page.reload();
        await page.locator('.troublecard h1').waitFor();
        await clean(page, `${trouble}${isDemo ? ' of the demo' : ''}`);
      }
      await page.locator('textarea').fill('0001 0002');
      await page.locator('.acts .btn.primary').click();
      await page.locator('.err').waitFor();
      await clean(page, 'a recovery key that does not open');
      for (const [trouble, asks] of [[null, false], ['unreachable', false], ['revoked', true]]) {
        phase = { kind: 'fetching', progress: { entries: 1200, trouble, asks } };
        await page.reload();
        await page.locator('#fetching').waitFor();
        await clean(page, `the first fetching (${trouble ?? 'as it goes'})`);
      }
    });
  });

describe('the lock', () => {
  let home, page;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    await ask(page, 'lock.set_pin', { old: null, new: '4711' });
    await page.reload();
    await page.goto(home.at('settings/lock'));
  });
  after(async () => home.close());

  it('is clean where the PIN is set', async () => {
    await page.getByLabel('Old PIN').fill('4711');
    await page.getByLabel('New PIN').fill('4712');
    await page.getByLabel('PIN again').fill('1');
    await page.getByText('The two are different.').waitFor();
    await clean(page, 'two PINs that differ');
  });

  for (const language of ['en', 'ms'])
    it(`is clean in ${language}, open for a try and after a wrong one`, async () => {
      await ask(page, 'device.choose', { setting: 'language', to: language });
      await page.reload();
      await page.locator('.side').waitFor();
      await ask(page, 'lock.now');
      await page.locator('.lockpage').waitFor();
      await clean(page, 'the lock');
      await page.locator('#pin').fill('0000');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.getElementById('pin-says')?.textContent !== '');
      await clean(page, 'the lock after a wrong PIN');
      await page.locator('#pin').fill('4711');
      await page.keyboard.press('Enter');
      await page.locator('.lockpage').waitFor({ state: 'detached' });
    });

  it('is clean when it asks about what is typed behind it', async () => {
    await page.goto(home.at('dashboard'));
    await page.locator('main h1').waitFor();
    await page.keyboard.press('n');
    await page.locator('.dlg .time').fill('06:05');
    await ask(page, 'lock.now');
    await page.locator('.lockpage').waitFor();
    await home.closeWindow(page);
    await page.getByRole('alertdialog').waitFor();
    await clean(page, 'the question of the lock');
  });

  it('comes without a mistake on any page', () => assert.deepEqual(home.errors(), []));
});
