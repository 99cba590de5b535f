/** What is typed and kept nowhere yet: the lock hides it and gives it back, and the window does not close over it unasked. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ask, booked, demo, house, people } from './house.mjs';
import { action, dialog, openSession, quietDay } from './steps.mjs';

const PIN = '4711';
const question = (page) => page.getByRole('alertdialog', { name: 'Throw away what you typed?' });

describe('behind the lock', () => {
  let home, page, who, id, secrets;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    id = await booked(page, { day: quietDay(who.today, 16, 2), minute: 600, therapist: who.clinic.member.facts.therapist, client: who.mailed[0].client.id, room: who.rooms[0].id });
    const everybody = await ask(page, 'client.list', { query: '', archived: false, most: 100 });
    secrets = [...everybody.flatMap((one) => [one.client.name, one.email]).filter(Boolean), who.clinic.clinic.details.name];
    await ask(page, 'lock.set_pin', { old: null, new: PIN });
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  /** As the tray, the computer's own lock or its sleep locks: the core says so, nobody pressed anything here. */
  async function locked() {
    await ask(page, 'lock.now');
    await page.getByRole('heading', { name: 'SafeTalk is locked' }).waitFor();
    const seen = `${await page.locator('body').innerText()}\n${await page.locator('body').ariaSnapshot()}\n${await page.title()}`;
    for (const secret of secrets) assert.ok(!seen.includes(secret), `${secret} is to be read behind the lock`);
  }

  async function unlocked() {
    const field = page.locator('.lockpage input');
    assert.equal(await field.evaluate((one) => one === document.activeElement), true, 'the PIN can be typed at once');
    await page.keyboard.type(PIN);
    await page.locator('.lockpage').getByRole('button', { name: 'Unlock' }).click();
    await page.locator('.lockpage').waitFor({ state: 'detached' });
  }

  it('New Session waits as it was left, with what is no amount yet and the hand in its field', async () => {
    await page.goto(home.at(`calendar/day/${quietDay(who.today, 17, 2)}`));
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('n');
    const form = dialog(page, 'New session');
    await form.getByRole('combobox', { name: 'Client' }).fill(who.mailed[1].client.name);
    await page.getByRole('option').first().click();
    await form.getByLabel('Start time').fill('15:00');
    await form.getByLabel('Price').fill('twelve');
    await locked();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+Enter');
    await page.locator('.lockpage input').focus();
    await unlocked();
    assert.equal(await form.getByLabel('Start time').inputValue(), '15:00');
    assert.equal(await form.getByLabel('Price').inputValue(), 'twelve', 'not even what is no amount is tidied');
    assert.equal(await form.getByRole('combobox', { name: 'Client' }).inputValue(), who.mailed[1].client.name);
    assert.equal(await form.getByLabel('Price').evaluate((one) => one === document.activeElement), true, 'the hand is where it was');
    await form.getByLabel('Price').fill('120');
    await form.locator('.msg:not([aria-busy=true]) b', { hasText: 'Slot Available' }).waitFor();
    await form.getByRole('button', { name: /^Book 15:00/ }).click();
    await page.getByRole('region', { name: 'Quick Actions' }).waitFor();
  });

  it('Reschedule waits, and answers again for a clinic that has changed meanwhile', async () => {
    await openSession(page, home, id);
    await action(page, /Reschedule Session/).click();
    const form = dialog(page, 'Reschedule Session');
    await form.getByLabel('Start time').fill('15:00');
    await form.locator('.msg:not([aria-busy=true]) b', { hasText: 'Slot Available' }).waitFor();
    await locked();
    await unlocked();
    assert.equal(await form.getByLabel('Start time').inputValue(), '15:00');
    assert.equal(await form.locator('.problem').count(), 0, 'nobody reads of the lock afterwards');
    await form.locator('.msg:not([aria-busy=true]) b', { hasText: 'Slot Available' }).waitFor();
    await form.getByRole('button', { name: /^Reschedule/ }).click();
    await form.waitFor({ state: 'detached' });
    assert.equal((await ask(page, 'session.get', { session: id })).when.start.minute, 900);
  });

  it('so do a form over a form, the form of a page and a half-written remark', async () => {
    await page.goto(home.at('settings/clinic'));
    await page.getByLabel('Address').fill('12 Jalan');
    await locked();
    await page.goBack();
    await page.getByRole('heading', { name: 'SafeTalk is locked' }).waitFor();
    await unlocked();
    assert.equal(await page.getByLabel('Address').inputValue(), '12 Jalan', 'behind the lock nobody goes anywhere');
    await page.reload();

    await openSession(page, home, id);
    await page.getByLabel('Add a remark').fill('Prefers the window');
    await page.getByRole('heading', { level: 1 }).click();
    await page.getByRole('link', { name: 'Dashboard' }).click();
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    await page.keyboard.press('n');
    await dialog(page, 'New session').getByLabel('Start time').fill('16:10');
    await dialog(page, 'New session').getByRole('button', { name: 'New client' }).click();
    await dialog(page, 'New client').getByLabel('Full name').fill('Jane Half');
    await locked();
    assert.equal((await page.locator('body').innerText()).includes('Jane'), false);
    await unlocked();
    assert.equal(await dialog(page, 'New client').getByLabel('Full name').inputValue(), 'Jane Half');
    await dialog(page, 'New client').getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await dialog(page, 'New session').getByLabel('Start time').inputValue(), '16:10');
    await page.keyboard.press('Escape');
    await question(page).getByRole('button', { name: 'Throw away' }).click();
    await openSession(page, home, id);
    assert.equal(await page.getByLabel('Add a remark').inputValue(), 'Prefers the window');
  });

  it('the window does not close over it, and names nobody when it asks', async () => {
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    await dialog(page, 'Cancel Session').getByRole('textbox', { name: /^Remark/ }).fill('Has a cold');
    await locked();
    assert.equal(await home.closeWindow(page), false);
    const asked = page.getByRole('alertdialog', { name: 'Something that was typed is not saved' });
    await asked.getByRole('button', { name: 'Do not quit' }).click();
    await asked.waitFor({ state: 'detached' });
    await page.locator('.lockpage input').focus();
    await unlocked();
    assert.equal(await dialog(page, 'Cancel Session').getByRole('textbox', { name: /^Remark/ }).inputValue(), 'Has a cold');
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});

describe('the window', () => {
  let home, page;
  beforeEach(async () => {
    home = await house();
    page = await home.page();
  });
  afterEach(async () => home.close());

  it('asks before it closes over a filled dialog, and closes when it may', async () => {
    await demo(page);
    await page.keyboard.press('n');
    const form = dialog(page, 'New session');
    await form.getByLabel('Start time').fill('06:05');
    assert.equal(await home.closeWindow(page), false, 'not over what is typed');
    await question(page).getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await form.getByLabel('Start time').inputValue(), '06:05');
    assert.equal(await home.closeWindow(page), false);
    await question(page).getByRole('button', { name: 'Throw away' }).click();
    await home.ended;
  });

  it('closes at once over a dialog in which nothing was typed', async () => {
    await demo(page);
    await page.keyboard.press('n');
    await dialog(page, 'New session').getByLabel('Start time').focus();
    await page.keyboard.press('Tab');
    await home.closeWindow(page);
    await home.ended;
  });

  it('asks about a remark that is half written on a page nobody looks at any more', async () => {
    await demo(page);
    const who = await people(page);
    const [one] = (await ask(page, 'calendar.view', { from: who.today, days: 14, all_cancelled: false })).blocks;
    await openSession(page, home, one.session);
    await page.getByLabel('Add a remark').fill('Prefers');
    await page.getByRole('link', { name: 'Clients', exact: true }).click();
    await page.getByRole('heading', { name: 'Clients', level: 1 }).waitFor();
    assert.equal(await question(page).count(), 0, 'it waits: going elsewhere loses nothing');
    assert.equal(await home.closeWindow(page), false);
    await question(page).getByRole('button', { name: 'Throw away' }).click();
    await home.ended;
  });

  it('asks about a clinic that is half described, and so does the demo that would take its place', async () => {
    await page.locator('.way').first().click();
    await page.getByLabel('Clinic name').fill('Thames Clinic');
    assert.equal(await home.closeWindow(page), false);
    await question(page).getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await page.getByLabel('Clinic name').inputValue(), 'Thames Clinic');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: /Look around with a demo clinic/ }).click();
    await question(page).getByRole('button', { name: 'Keep editing' }).click();
    await page.locator('.way').first().click();
    assert.equal(await page.getByLabel('Clinic name').inputValue(), 'Thames Clinic');
    assert.equal(await home.closeWindow(page), false);
    await question(page).getByRole('button', { name: 'Throw away' }).click();
    await home.ended;
  });

  it('closes at the first run where nothing was typed', async () => {
    await page.locator('.way').first().click();
    await page.getByLabel('Clinic name').waitFor();
    assert.equal(await home.closeWindow(page), true);
    await home.ended;
  });
});
