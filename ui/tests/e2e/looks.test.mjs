/** Every screen and every dialog, in both themes: nothing that axe knows to be wrong, contrast included. And four pictures. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { addDays, ask, booked, demo, house, OUT, people } from './house.mjs';
import { action, boxSays, openSession, quietDay } from './steps.mjs';

const AXE = axe.source;

describe('the looks', () => {
  let home, page, who, future, past, cancelled, invoice;
  before(async () => {
    home = await house();
    page = await home.page();
    await page.evaluate(AXE);
    await clean('the welcome');
    await demo(page);
    who = await people(page);
    const week = await ask(page, 'calendar.view', { from: addDays(who.today, 1), days: 14, all_cancelled: true });
    // One whose client can be reached both ways, so that every Quick Action has its dialog.
    for (const one of week.blocks.filter((block) => block.status === 'confirmed' && block.room)) {
      const { actions } = await ask(page, 'session.get', { session: one.session });
      if (actions.filter((line) => line.action.startsWith('send_')).every((line) => line.denial === null)) future ??= one.session;
    }
    const before = await ask(page, 'calendar.view', { from: addDays(who.today, -10), days: 10, all_cancelled: true });
    past = before.blocks.find((one) => one.status === 'completed').session;
    cancelled = await booked(page, { day: quietDay(who.today), minute: 600, therapist: who.clinic.member.facts.therapist, client: who.mailed[0].client.id, room: who.rooms[0].id });
    await ask(page, 'session.cancel', { session: cancelled, remark: null, remark_to_client: false, by: 'client', invoice: { kind: 'keep' }, notify: false });
    invoice = (await ask(page, 'invoice.list', { client: null, status: null, overdue: false, most: 5 })).invoices[0]?.id;
  });
  after(async () => home.close());

  async function clean(where) {
    await page.evaluate(() => document.fonts.ready);
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    const said = found.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? node.all[0]?.message ?? ''})`).join(', ')}`);
    assert.deepEqual(said, [], `axe on ${where}`);
  }

  async function theme(to) {
    await ask(page, 'device.choose', { setting: 'theme', to });
    await page.reload();
    await page.waitForFunction((want) => document.documentElement.dataset.theme === want, to);
  }

  const SCREENS = ['dashboard', 'calendar/week', 'calendar/day', 'room-calendar/day', 'room-calendar/week', 'clients', 'rooms', 'services', 'availability', 'invoices', 'messages', 'settings/clinic', 'settings/mail', 'settings/backup', 'settings/appearance', 'settings/lock'];

  for (const colours of ['light', 'dark']) {
    it(`of every screen are clean in ${colours}`, async () => {
      await theme(colours);
      for (const screen of [...SCREENS, `session/${future}`, `session/${past}`, `session/${cancelled}`, `clients/${who.mailed[0].client.id}`, ...(invoice ? [`invoices/${invoice}`] : [])]) {
        await page.goto(home.at(screen));
        await page.locator('main h1, main [role=grid]').first().waitFor();
        await page.locator('main .skeleton').waitFor({ state: 'detached' }).catch(() => undefined);
        await clean(`${screen} in ${colours}`);
      }
    });

    it(`of every dialog are clean in ${colours}`, async () => {
      const open = async (session, name, ready, typed = false) => {
        await page.goto(home.at('dashboard'));
        await openSession(page, home, session);
        await action(page, name).click();
        await page.locator('.dlg').waitFor();
        if (ready) await ready();
        await clean(`${String(name)} in ${colours}`);
        await page.keyboard.press('Escape');
        // What was typed for the picture is asked about first.
        const asked = page.getByRole('alertdialog', { name: 'Throw away what you typed?' });
        if (typed) {
          await asked.waitFor();
          await clean(`the question of ${String(name)} in ${colours}`);
          await asked.getByRole('button', { name: 'Throw away' }).click();
        }
        await page.locator('.dlg').waitFor({ state: 'detached' });
      };
      const box = () => page.locator('.dlg .msg:not([aria-busy=true]) b').first().waitFor();
      await open(future, /Reschedule Session/, box);
      await open(future, /Reschedule Session/, async () => {
        await page.getByLabel('Start time').fill('23:00');
        await page.locator('.dlg .msg b', { hasText: 'Therapist is not available' }).waitFor();
      }, true);
      await open(future, /Modify Duration/, async () => {
        await page.getByRole('button', { name: '+15' }).click();
        await page.getByRole('switch', { name: /Invoice the extension/ }).click();
      }, true);
      await open(future, /Cancel Session/);
      await open(past, /^No Show/);
      await open(cancelled, /Restore Session/, box);
      for (const [key, screen] of [['e', `session/${future}`], ['w', `session/${future}`], ['?', 'dashboard'], ['n', 'calendar/week']]) {
        await page.goto(home.at('rooms'));
        await page.goto(home.at(screen));
        await page.locator(screen.startsWith('session') ? '.qa' : 'main h1').first().waitFor();
        await page.keyboard.press(key);
        await page.locator('.dlg').waitFor();
        await clean(`the dialog of ${key} in ${colours}`);
        await page.keyboard.press('Escape');
        await page.locator('.dlg').waitFor({ state: 'detached' });
      }
      for (const [screen, name] of [['clients', 'New client'], ['rooms', 'New room'], ['services', 'New service'], ['availability', 'Add therapist']]) {
        await page.goto(home.at(screen));
        await page.getByRole('button', { name }).first().click();
        await page.locator('.dlg').waitFor();
        await clean(`${name} in ${colours}`);
        await page.keyboard.press('Escape');
        await page.locator('.dlg').waitFor({ state: 'detached' });
      }
    });
  }

  it('would not pass with a text that cannot be read', async () => {
    await theme('light');
    await page.goto(home.at('dashboard'));
    await page.locator('main h1').first().evaluate((one) => one.style.setProperty('color', 'rgb(225 225 225)'));
    await assert.rejects(clean('a pale heading'), /color-contrast/, 'axe looks at contrast');
    await page.reload();
  });

  it('are kept as pictures of the four pages', async () => {
    await theme('light');
    for (const [name, screen] of [['dashboard', 'dashboard'], ['calendar', 'calendar/week'], ['session', `session/${future}`]]) {
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
