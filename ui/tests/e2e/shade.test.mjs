/** The privacy shade over every dialog that is about a client: no name, no address, no number, in the demo clinic. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addDays, ask, booked, demo, house, people } from './house.mjs';
import { action, boxSays, dialog, openSession, quietDay, toast } from './steps.mjs';

describe('under the privacy shade', () => {
  let home, page, who, day, me, willow, maya, jon, nobody, secrets;

  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    day = quietDay(who.today, 16, 2);
    me = who.clinic.member.facts.therapist;
    [willow] = who.rooms.map((one) => one.id);
    [maya, jon] = who.mailed;
    nobody = who.unmailed;
    const everybody = await ask(page, 'client.list', { query: '', archived: false, most: 100 });
    assert.ok(everybody.length > 20);
    secrets = everybody.flatMap((one) => [one.client.name, one.email]).filter(Boolean);
    for (const { client } of [maya, jon, nobody]) {
      const { record } = await ask(page, 'client.get', { client: client.id });
      secrets.push(record.called, ...record.phones.map((phone) => phone.slice(-7)));
    }
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  /** Everything that can be read or heard of what lies over the page. */
  const over = () => page.evaluate(() => [...document.querySelectorAll('.dlg, .pop, .toasts')].flatMap((one) => [
    one.innerText,
    ...[...one.querySelectorAll('input, textarea')].filter((field) => field.checkVisibility()).map((field) => field.value),
    ...[...one.querySelectorAll('[aria-label], [title]')].filter((at) => at.checkVisibility()).map((at) => `${at.getAttribute('aria-label') ?? ''} ${at.getAttribute('title') ?? ''}`),
  ]).join('\n'));
  const namesNobody = async (where) => {
    const text = await over();
    assert.ok(text.length > 20, `${where} says something`);
    const digits = text.replace(/[^\d\n]/g, '');
    for (const secret of secrets) assert.ok(!(/^\d+$/.test(secret) ? digits : text).includes(secret), `${where} says ${secret}`);
  };
  const shadeOn = () => page.keyboard.press('Control+Shift+h');
  let used = 0;
  const fresh = async (more = {}) => {
    const on = addDays(day, 7 * used++);
    const clinic = who.clinic;
    const service = clinic.services.find((one) => one.facts.minutes === 50) ?? clinic.services[0];
    const done = await ask(page, 'session.book', {
      client: maya.client.id, more_clients: [jon.client.id], service: service.id, therapist: me, place: { kind: 'room', id: willow }, place_text: null, start: { date: on, minute: 600, second: false }, minutes: 50,
      price: service.facts.price, invoice: true, notify: false, anyway: { anyway: false, reason: null }, repeat: null, ...more,
    });
    return { on, id: done.sessions[0] };
  };
  const opened = async (id) => {
    await openSession(page, home, id);
    await shadeOn();
    await page.getByRole('heading', { name: `${maya.client.initials}+1`, level: 1 }).waitFor();
  };

  it('every Quick Action of a couple names nobody', async () => {
    const { on, id } = await fresh();
    await booked(page, { day: on, minute: 700, therapist: me, client: nobody.client.id, room: willow });
    await opened(id);
    for (const [name, title, ready] of [
      [/Cancel Session/, 'Cancel Session', (box) => box.getByText(/get a cancellation email/).waitFor()],
      [/Reschedule Session/, 'Reschedule Session', async (box) => { await box.getByLabel('Start time').fill('17:00'); await boxSays(page, 'Slot Available'); }],
      [/Modify Duration/, 'Modify Duration', async (box) => { await box.getByRole('button', { name: '+15' }).click(); await box.getByText(new RegExp(`Next: .*${nobody.client.initials}`)).waitFor(); }],
      [/Send Email Reminder/, /Send Email Reminder/, (box) => box.getByText('Hidden by the privacy shade.').waitFor()],
    ]) {
      await action(page, name).click();
      const box = dialog(page, title);
      await ready(box);
      await namesNobody(String(title));
      await page.keyboard.press('Escape');
      const leave = page.getByRole('alertdialog', { name: 'Throw away what you typed?' });
      await Promise.race([box.waitFor({ state: 'detached' }), leave.waitFor()]);
      if (await leave.isVisible()) await leave.getByRole('button', { name: 'Throw away' }).click();
      await box.waitFor({ state: 'detached' });
    }
  });

  it('what the client reads is shown only when somebody asks', async () => {
    const { id } = await fresh();
    await opened(id);
    await action(page, /Reschedule Session/).click();
    await dialog(page, 'Reschedule Session').getByRole('button', { name: 'Preview' }).click();
    const letter = dialog(page, 'What the client reads');
    await letter.getByText('Hidden by the privacy shade.').waitFor();
    await namesNobody('the letter');
    await letter.getByRole('button', { name: 'Show' }).click();
    await letter.locator('.letter').waitFor();
    assert.ok((await over()).includes((await ask(page, 'session.get', { session: id })).contact.called), 'then it is read as it goes');
  });

  it('No Show, Restore and the toasts after them name nobody', async () => {
    let past;
    for (let n = 1; n < 15 && !past; n += 1) past = (await ask(page, 'calendar.view', { from: addDays(who.today, -n), days: 1, all_cancelled: false })).blocks.find((one) => one.status === 'completed');
    await openSession(page, home, past.session);
    await shadeOn();
    await action(page, /^No Show/).click();
    await page.getByRole('alertdialog').waitFor();
    await namesNobody('No Show');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Not a No Show' }).click();

    const { id } = await fresh({ client: nobody.client.id, more_clients: [] });
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    const cancel = dialog(page, 'Cancel Session');
    await cancel.getByText(new RegExp(`${nobody.client.initials} will NOT be told by email`)).waitFor();
    await namesNobody('Cancel Session');
    await cancel.getByRole('radio', { name: 'The clinic' }).check();
    await cancel.getByRole('button', { name: 'Cancel this Session' }).click();
    await toast(page, `${nobody.client.initials} has NOT been told.`).waitFor();
    await namesNobody('the toast');
    await action(page, /Restore Session/).click();
    await boxSays(page, 'Slot Available');
    await dialog(page, 'Restore Session').getByText(new RegExp(`${nobody.client.initials} will NOT be told by email`)).waitFor();
    await namesNobody('Restore Session');
  });

  it('New Session lists and takes clients by their initials', async () => {
    await page.goto(home.at('dashboard'));
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    await shadeOn();
    await page.keyboard.press('n');
    const box = dialog(page, 'New session');
    await box.getByRole('combobox', { name: /^Client/ }).click();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: new RegExp(`^${maya.client.initials}`) }).first().waitFor();
    await namesNobody('the list of clients');
    await page.keyboard.type(maya.client.name);
    await page.waitForFunction(() => document.querySelectorAll('[role=option]').length === 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await box.getByText('Sends to •••.').waitFor();
    await namesNobody('New session');
  });

  it('a client record opens covered, and remarks are covered with it', async () => {
    await page.goto(home.at(`clients/${maya.client.id}`));
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    await shadeOn();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const form = dialog(page, 'Edit client');
    await form.getByText('Hidden by the privacy shade.').waitFor();
    await namesNobody('Edit client');
    await form.getByRole('button', { name: 'Show' }).click();
    assert.equal(await form.getByLabel('Full name').inputValue(), maya.client.name);
    await page.keyboard.press('Escape');

    const { id } = await fresh();
    await ask(page, 'session.remark', { session: id, text: `${maya.client.name} rang` });
    await openSession(page, home, id);
    await page.getByText('Hidden by the privacy shade.').waitFor();
    assert.ok(!(await page.getByRole('main').innerText()).includes('rang'), 'the remark is covered');
    await shadeOn();
    await page.getByText(`${maya.client.name} rang`).waitFor();
  });

  it('makes no mistake on the console', () => assert.deepEqual(home.errors(), []));
});
