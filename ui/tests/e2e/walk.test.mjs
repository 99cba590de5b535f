/** The way to a session as a person goes it: from the Dashboard and from both calendars, with the mouse and without. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ask, booked, demo, house, people } from './house.mjs';
import { boxSays, dialog, quietDay, session, statusReads, tabTo, toast } from './steps.mjs';

describe('a session is found and opened', () => {
  let home, page, who, day, me, client, id;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    day = quietDay(who.today, 17, 4);
    me = who.clinic.member.facts.therapist;
    client = who.mailed[5].client;
    id = await booked(page, { day, minute: 600, therapist: me, client: client.id, room: who.rooms[0].id });
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  const opened = async (which) => {
    await page.getByRole('heading', { name: client.name, level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Quick Actions' }).waitFor();
    assert.equal(new URL(page.url()).hash, `#/session/${which}`);
  };

  it('on the Dashboard, where it can be rescheduled at once', async () => {
    await page.goto(home.at('dashboard'));
    const { now } = await ask(page, 'clinic.get');
    // Today, at whatever time the test runs, and whatever the demo clinic has then.
    let done;
    for (let minute = now.minute < 1320 ? now.minute + 60 : 5; !done; minute += 10)
      done = await ask(page, 'session.book', {
        client: client.id, service: who.clinic.services.find((one) => one.facts.may_be_online).id, therapist: me, place: { kind: 'online' }, place_text: null, start: { date: now.date, minute, second: false }, minutes: 20,
        price: null, invoice: false, notify: false, anyway: { anyway: true, reason: 'Now or never' }, repeat: null,
      }).catch((error) => { if (minute > 1400 || !/"not_available"/.test(String(error))) throw error; });
    const row = page.locator('ol.line li').filter({ has: page.locator(`a[href="#/session/${done.sessions[0]}"]`) });
    // Its button comes with the pointer, unless it is the next one.
    await row.hover();
    await row.getByRole('button', { name: 'Reschedule' }).click();
    await dialog(page, 'Reschedule Session').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page, 'Reschedule Session').waitFor({ state: 'detached' });
    await row.getByRole('link', { name: client.name }).click();
    await opened(done.sessions[0]);
  });

  for (const [name, screen] of [['My Calendar', 'calendar/day'], ['a week of My Calendar', 'calendar/week'], ['the Room Calendar', 'room-calendar/day']])
    it(`by a click on it in ${name}`, async () => {
      await page.goto(home.at(`${screen}/${day}`));
      await page.locator(`[data-id="${id}"]`).click();
      await opened(id);
    });

  it('by keyboard alone: to the calendar, to the session, into it, and it is moved', async () => {
    await page.goto(home.at('dashboard'));
    await page.locator('main h1').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('grid').first().waitFor();
    // By weeks, then by days.
    const shown = () => /\d{4}-\d{2}-\d{2}$/.exec(page.url())?.[0] ?? who.today;
    const away = () => (Date.parse(day) - Date.parse(shown())) / 86_400_000;
    const press = async (key) => {
      const before = page.url();
      await page.keyboard.press(key);
      await page.waitForURL((url) => url.href !== before);
    };
    await page.keyboard.press('w');
    await page.waitForURL(/calendar\/week/);
    while (away() >= 7) await press('j');
    await press('d');
    while (away() !== 0) await press(away() > 0 ? 'j' : 'k');
    await page.locator(`[data-id="${id}"]`).waitFor();
    // The grid is one stop: its keys lead from there.
    await tabTo(page, new RegExp(client.name));
    await page.keyboard.press('PageUp');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.id ?? ''), '', 'empty time is between');
    await page.keyboard.press('PageDown');
    await page.waitForFunction((on) => document.activeElement.dataset.id === on, id);
    await page.keyboard.press('Enter');
    await opened(id);
    await page.keyboard.press('r');
    await dialog(page, 'Reschedule Session').waitFor();
    await tabTo(page, /^Start time/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('15:00');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await toast(page, /15:00/).waitFor();
    await statusReads(page, 'Scheduled');
    assert.equal((await session(page, id)).when.start.minute, 900);
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
