/** New Session from everywhere it can be begun, and clients. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addDays, ask, booked, demo, house, people } from './house.mjs';
import { boxSays, dialog, quietDay, session, tabTo, toast } from './steps.mjs';

describe('New Session', () => {
  let home, page, who, day, me, willow;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    day = quietDay(who.today, 14, 4);
    me = who.clinic.member.facts.therapist;
    willow = who.rooms[0].id;
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  const box = () => dialog(page, 'New session');
  const idOnScreen = () => new URL(page.url()).hash.split('/').at(-1);
  async function chooseClient(name) {
    await box().getByRole('combobox', { name: 'Client' }).fill(name);
    await page.getByRole('option', { name: new RegExp(name) }).first().click();
  }

  it('begins with N, is filled in by keyboard, and books', async () => {
    const client = who.mailed[0].client;
    await page.goto(home.at(`calendar/day/${day}`));
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('n');
    await box().waitFor();
    await tabTo(page, /^Client/);
    await page.keyboard.type(client.name);
    await page.getByRole('option', { name: new RegExp(client.name) }).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await tabTo(page, /^Start time/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('10:00');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await toast(page, 'Session booked.').waitFor();
    await page.getByRole('heading', { name: client.name, level: 1 }).waitFor();
    const now = await session(page, idOnScreen());
    assert.deepEqual([now.client.id, now.when.start.date, now.when.start.minute], [client.id, day, 600], 'this client at this time');
  });

  it('proposes the first free time of another day, but not over a time that is about to be typed', async () => {
    const on = addDays(day, 21);
    await page.goto(home.at(`calendar/day/${on}`));
    await page.getByRole('grid').waitFor();
    // Every answer about the day waits for the hand that is in the field already.
    let answer = () => {};
    const reached = new Promise((resolve) => { answer = resolve; });
    await page.route('**/rpc', async (route) => {
      if (route.request().postDataJSON().cmd === 'session.check') await reached;
      await route.continue();
    });
    await page.keyboard.press('n');
    await box().waitFor();
    const time = box().getByLabel('Start time');
    const before = await time.inputValue();
    await time.focus();
    await time.selectText();
    answer();
    await box().locator('.msg:not([aria-busy=true]) b').first().waitFor();
    assert.equal(await time.inputValue(), before, 'what is about to be typed over stays selected');
    await page.keyboard.type('10:00');
    assert.equal(await time.inputValue(), '10:00');
    await boxSays(page, 'Slot Available');
    await page.unroute('**/rpc');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog', { name: 'Throw away what you typed?' }).getByRole('button', { name: 'Throw away' }).click();
    await box().waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await box().waitFor();
    await boxSays(page, 'Slot Available');
    await box().getByRole('button', { name: /^Book \d/ }).waitFor();
  });

  it('takes the client whom Enter finds when the answer comes after the last letter', async () => {
    const client = who.mailed[2].client;
    await page.goto(home.at(`calendar/day/${day}`));
    await page.getByRole('grid').waitFor();
    let answer = () => {};
    const typed = new Promise((resolve) => { answer = resolve; });
    await page.route('**/rpc', async (route) => {
      const { cmd, payload } = route.request().postDataJSON();
      if (cmd !== 'client.list') return route.continue();
      if (payload.query) await typed;
      return payload.query === client.name ? route.continue() : route.fulfill({ json: [] });
    });
    await page.keyboard.press('n');
    await box().waitFor();
    await tabTo(page, /^Client/);
    await page.keyboard.type(client.name);
    assert.equal(await page.getByRole('option').count(), 0, 'nobody is found before the answer');
    await page.keyboard.press('Enter');
    answer();
    await page.locator('[role=option][data-highlighted]').filter({ hasText: client.name }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('option').first().waitFor({ state: 'detached' });
    assert.equal(await box().getByRole('combobox', { name: 'Client' }).inputValue(), client.name);
  });

  it('takes therapist, day and time from a click on an empty slot of the calendar', async () => {
    const on = addDays(day, 7);
    await page.goto(home.at(`calendar/day/${on}`));
    const lane = page.locator(`[data-lane^="${on}|${me}"]`);
    await lane.waitFor();
    const hour = await lane.evaluate((one) => one.getBoundingClientRect().height / 24);
    await lane.evaluate((one) => one.scrollIntoView({ block: 'start' }));
    await page.locator('.gs').evaluate((one, top) => (one.scrollTop = top), 8 * hour);
    const at = await lane.boundingBox();
    await page.mouse.click(at.x + at.width / 2, at.y + 11 * hour + 3);
    await box().waitFor();
    assert.equal(await box().getByLabel('Start time').inputValue(), '11:00', 'the time under the pointer');
    await box().getByRole('combobox', { name: new RegExp(who.therapists.find((one) => one.id === me).details.name.value) }).waitFor();
    await chooseClient(who.mailed[1].client.name);
    await boxSays(page, 'Slot Available');
    await box().getByRole('button', { name: /^Book/ }).click();
    await toast(page, 'Session booked.').waitFor();
    await page.getByRole('heading', { name: who.mailed[1].client.name, level: 1 }).waitFor();
    assert.equal((await session(page, idOnScreen())).when.start.minute, 660, 'it stands where the click was');
  });

  it('takes the length from a drag over empty time in the Room Calendar', async () => {
    const on = addDays(day, 14);
    await page.goto(home.at(`room-calendar/day/${on}`));
    const lane = page.locator(`[data-lane^="${on}|${willow}"]`);
    await lane.waitFor();
    const hour = await lane.evaluate((one) => one.getBoundingClientRect().height / 24);
    await page.locator('.gs').evaluate((one, top) => (one.scrollTop = top), 8 * hour);
    const at = await lane.boundingBox();
    await page.mouse.move(at.x + at.width / 2, at.y + 9 * hour + 3);
    await page.mouse.down();
    await page.mouse.move(at.x + at.width / 2, at.y + 10 * hour + 3, { steps: 4 });
    await page.mouse.up();
    await box().waitFor();
    assert.equal(await box().getByLabel('Start time').inputValue(), '09:00', 'where the drag began');
    assert.equal(await box().getByLabel('Length').inputValue(), '75', 'as long as was drawn');
    await box().getByRole('combobox', { name: `Room: ${who.rooms[0].details.name.value}` }).waitFor();
  });

  it('repeats weekly: every occurrence is shown with its availability before anything is saved', async () => {
    const on = addDays(day, 21);
    await booked(page, { day: addDays(on, 14), minute: 600, therapist: me, client: who.mailed[2].client.id, room: willow });
    await page.goto(home.at(`calendar/day/${on}`));
    await page.getByRole('grid').waitFor();
    await page.getByRole('button', { name: 'Quick Create' }).click();
    await chooseClient(who.mailed[0].client.name);
    await box().getByLabel('Start time').fill('10:00');
    await box().getByRole('combobox', { name: /^Therapist:/ }).click();
    await page.getByRole('option', { name: who.therapists.find((one) => one.id === me).details.name.value }).click();
    await box().getByRole('radio', { name: 'Weekly', exact: true }).check({ force: true });
    await box().getByLabel('How many sessions').fill('4');
    await box().getByText('4 sessions, 3 available.').waitFor();
    const third = box().getByRole('row').nth(3);
    await third.getByText(/Therapist is not available/).waitFor();
    assert.equal(await box().getByRole('button', { name: /^Book/ }).getAttribute('aria-disabled'), 'true', 'not while one of them clashes');
    await third.getByRole('checkbox').uncheck({ force: true });
    await box().getByRole('button', { name: 'Book 3' }).click();
    await toast(page, '3 sessions booked.').waitFor();
    const weeks = await Promise.all([0, 7, 14, 21].map(async (n) => (await ask(page, 'calendar.view', { from: addDays(on, n), days: 1, all_cancelled: false })).blocks.filter((one) => one.client === who.mailed[0].client.id).length));
    assert.deepEqual(weeks, [1, 1, 0, 1], 'all but the one that was left out');
  });

  it('begins with what is usual for the client, on the first free time of the day, and keeps what was chosen', async () => {
    const record = async (of) => (await ask(page, 'client.get', { client: of.client.id })).record;
    const name = (list, id) => list.find((one) => one.id === id).details.name.value;
    let usual, one;
    // Whoever leads a session for nobody else: the client's usual therapist is another than the one the form begins with.
    for (one of who.mailed) if ((usual = await record(one)).usual_therapist !== me) break;
    await page.goto(home.at(`calendar/day/${addDays(day, 28)}`));
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('n');
    await box().waitFor();
    await boxSays(page, 'Slot Available');
    await chooseClient(one.client.name);
    for (const [label, list, id] of [['Therapist', who.therapists, usual.usual_therapist], ['Service', who.clinic.services, usual.usual_service], ['Room', who.rooms, usual.usual_room]]) {
      await box().getByRole('combobox', { name: `${label}: ${name(list, id)}` }).waitFor();
    }
    await boxSays(page, 'Slot Available');
    await box().getByRole('button', { name: 'Cancel', exact: true }).click();

    await page.keyboard.press('n');
    await box().getByRole('combobox', { name: /^Therapist:/ }).click();
    const chosen = who.therapists.find((of) => of.id !== me && of.id !== usual.usual_therapist);
    await page.getByRole('option', { name: chosen.details.name.value }).click();
    await chooseClient(one.client.name);
    await box().getByRole('combobox', { name: `Service: ${name(who.clinic.services, usual.usual_service)}` }).waitFor();
    await box().getByRole('combobox', { name: `Therapist: ${chosen.details.name.value}` }).waitFor();
  });

  it('books no price where none can be read, and a repetition of two at least', async () => {
    await page.goto(home.at(`calendar/day/${addDays(day, 35)}`));
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('n');
    await box().waitFor();
    await chooseClient(who.mailed[0].client.name);
    await boxSays(page, 'Slot Available');
    const button = box().getByRole('button', { name: /^Book/ });
    await box().getByLabel('Price').fill('-5');
    await box().getByText(/This is no amount/).waitFor();
    assert.equal(await button.getAttribute('title'), 'Please type an amount.');
    await box().getByLabel('Price').fill('150');
    await box().getByRole('radio', { name: 'Weekly', exact: true }).check({ force: true });
    await box().getByLabel('How many sessions').fill('1');
    await box().getByText('A whole number from 2 to 52, please.').waitFor();
    assert.equal(await button.getAttribute('title'), 'Please type how many sessions, at least 2.');
    assert.equal(await box().getByText(/0 sessions/).count(), 0, 'no empty table');
  });

  it('does not promise a mail to a client who may not be mailed', async () => {
    await page.keyboard.press('n');
    await box().waitFor();
    await chooseClient(who.unmailed.client.name);
    const notify = box().getByRole('switch', { name: /Notify Client via Email/ });
    await page.waitForFunction(() => document.querySelector('.dlg footer [role=switch]')?.getAttribute('aria-disabled') === 'true' || document.querySelector('.dlg footer [role=switch]')?.hasAttribute('disabled'));
    assert.equal(await notify.getAttribute('aria-checked'), 'false', 'the switch is off');
  });

  it('warns of a client who is there already, and says what is wrong with an address or a number', async () => {
    const known = who.mailed[0];
    await page.goto(home.at('clients'));
    await page.getByRole('button', { name: 'New client' }).click();
    const form = dialog(page, 'New client');
    await form.getByLabel('Full name').fill('Somebody New');
    await form.getByLabel('Email').first().fill('not-an-address');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Email: this is not an email address.').waitFor();
    await form.getByLabel('Email').first().fill('somebody.new@example.org');
    await form.getByLabel('Phone').first().fill('12');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Phone: this is not a phone number.').waitFor();
    await form.getByLabel('Full name').fill(known.client.name);
    await form.getByLabel('Email').first().fill(known.email);
    await form.getByLabel('Phone').first().fill('012-345 6789');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Is it one of these?').waitFor();
    await form.getByRole('button', { name: 'No, another person' }).click();
    await toast(page, 'Saved.').waitFor();
    const found = await ask(page, 'client.list', { query: known.client.name, archived: false, most: 10 });
    assert.deepEqual(found.map((one) => one.phone).filter((one) => one === '+60123456789').length, 1, 'the number is kept with the country in front');
  });

  it('says when a name is too long', async () => {
    await page.goto(home.at('rooms'));
    await page.getByRole('button', { name: 'New room' }).first().click();
    const form = dialog(page, 'New room');
    // The field itself stops at its length, so the overlong name is put in as a program would.
    await form.getByLabel('Name', { exact: true }).evaluate((input) => { input.removeAttribute('maxlength'); });
    await form.getByLabel('Name', { exact: true }).fill('x'.repeat(500));
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText(/Name: at most \d+ characters\./).waitFor();
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
