/** From the first start to an open clinic, and what a clinic that can reach nobody says. The clinic is in London, for its clocks. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addDays, ask, house } from './house.mjs';
import { action, boxSays, dialog, openSession, session, statusReads, toast } from './steps.mjs';

/** The last Sunday of a month, when Britain changes its clocks. */
function lastSunday(year, month) {
  const date = new Date(Date.UTC(year, month, 0));
  date.setUTCDate(date.getUTCDate() - date.getUTCDay());
  return date.toISOString().slice(0, 10);
}

describe('the first run', () => {
  let home, page, clinic, client;
  before(async () => {
    home = await house();
    page = await home.page();
  });
  after(async () => home.close());

  it('speaks Malay when asked to, and English again', async () => {
    await page.getByRole('button', { name: 'Bahasa Melayu' }).click();
    await page.getByRole('heading', { name: 'Selamat datang ke SafeTalk' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'ms', 'screen readers are told');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Welcome to SafeTalk' }).waitFor();
  });

  it('asks for clinic, hours, rooms and services, one step at a time', async () => {
    await page.getByRole('button', { name: /Use on this computer/ }).click();
    await page.getByLabel('Clinic name').fill('Thames Clinic');
    await page.getByLabel('Your name').fill('Ann Berry');
    await page.getByRole('combobox', { name: 'Country' }).fill('United Kingdom');
    await page.getByRole('option', { name: /United Kingdom/ }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((one) => one.value === 'GBP'));
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/London');
    await page.getByRole('option', { name: 'Europe/London' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: 'When are you open?' }).waitFor();
    const monday = page.getByRole('group', { name: 'Monday' });
    await monday.getByLabel('Until').first().fill('08:00');
    await page.getByText('Two stretches overlap or end before they start.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Next' }).getAttribute('aria-disabled'), 'true', 'an end before its start is not taken');
    await monday.getByLabel('Until').first().fill('17:00');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: 'Your rooms' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Blue room');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: 'What do you offer?' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Therapy');
    await page.getByLabel('Price').fill('80');
    await page.getByRole('button', { name: 'Create the clinic' }).click();
    await page.getByRole('heading', { name: 'Your recovery key' }).waitFor({ timeout: 60_000 });
  });

  it('has the recovery key kept and two groups of it typed back before the clinic opens', async () => {
    const groups = await page.locator('.groups code').allInnerTexts();
    assert.equal(groups.length >= 8, true, 'the key stands there in groups');
    assert.equal(await page.getByRole('button', { name: 'Next' }).getAttribute('aria-disabled'), 'true', 'not before it is kept somewhere');
    await page.getByRole('button', { name: 'Print' }).click();
    const paper = page.getByRole('button', { name: 'I have it on paper' });
    await paper.waitFor();
    assert.equal(home.outside('printed'), '1', 'it was printed');
    assert.equal(await page.getByRole('button', { name: 'Next' }).getAttribute('aria-disabled'), 'true', 'a dialog that was closed leaves nothing on paper');
    await page.emulateMedia({ media: 'print' });
    const sheet = await page.locator('.firstcard').innerText();
    for (const part of ['Thames Clinic', String(new Date().getUTCFullYear()), ...groups]) assert.ok(sheet.includes(part), `the paper says ${part}: ${sheet}`);
    assert.equal(await page.locator('.onpaper p').count() >= 4, true, 'and what it is for');
    assert.equal(await page.getByRole('button', { name: 'Print' }).isVisible(), false, 'no buttons on paper');
    await page.emulateMedia({ media: 'screen' });
    await paper.click();
    await page.getByRole('button', { name: 'Next' }).click();
    const asked = await page.getByLabel(/^Group \d+$/).evaluateAll((inputs) => inputs.map((one) => Number(document.querySelector(`label[for="${one.id}"]`).textContent.match(/\d+/)[0])));
    const fields = page.getByLabel(/^Group \d+$/);
    await fields.nth(0).fill(groups[asked[0] - 1]);
    await fields.nth(1).fill('WRONG');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText(/is mistyped|This is not what was shown/).waitFor();
    await fields.nth(1).fill(groups[asked[1] - 1]);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    await page.getByText('No sessions today').waitFor();
    clinic = await ask(page, 'clinic.get');
    assert.deepEqual([clinic.clinic.facts.zone, clinic.clinic.facts.currency, clinic.clinic.facts.demo], ['Europe/London', 'GBP', false], 'the clinic is as it was described');
  });

  it('adds the first client', async () => {
    await page.goto(home.at('clients'));
    await page.getByText('No clients yet').waitFor();
    await page.getByRole('button', { name: 'New client' }).first().click();
    const form = dialog(page, 'New client');
    await form.getByLabel('Full name').fill('Maya Redfern');
    await form.getByLabel('Email').first().fill('maya@example.org');
    await form.getByLabel('Phone').first().fill('020 7946 0000');
    await form.getByRole('checkbox', { name: 'May be emailed' }).check({ force: true });
    await form.getByRole('checkbox', { name: /WhatsApp/ }).check({ force: true });
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Maya Redfern', level: 1 }).waitFor();
    [{ client }] = await ask(page, 'client.list', { query: 'Maya', archived: false, most: 5 });
  });

  it('says that a time does not exist, or comes twice, on the days when the clocks change', async () => {
    const year = Number(clinic.now.date.slice(0, 4)) + 1;
    await page.goto(home.at(`calendar/day/${lastSunday(year, 3)}`));
    await page.getByText('Clocks forward 01:00').waitFor();
    await page.keyboard.press('n');
    const form = dialog(page, 'New session');
    await form.getByLabel('Start time').fill('01:30');
    await boxSays(page, 'This time does not exist on that day');
    await form.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.goto(home.at(`calendar/day/${lastSunday(year, 10)}`));
    await page.getByText('Clocks back 02:00').waitFor();
    await page.keyboard.press('n');
    await form.getByLabel('Start time').fill('01:30');
    await form.getByText('This time comes twice on that day').waitFor();
    await form.getByRole('button', { name: 'The second' }).click();
    await form.getByRole('button', { name: 'Cancel', exact: true }).click();
  });

  let id;
  it('books, and says at once that the client was not told, for mail is not set up', async () => {
    const day = addDays(clinic.now.date, 1);
    await page.goto(home.at(`calendar/day/${day}`));
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('n');
    const form = dialog(page, 'New session');
    await form.getByRole('combobox', { name: 'Client' }).fill('Maya');
    await page.getByRole('option', { name: /Maya Redfern/ }).click();
    await form.getByLabel('Start time').fill('06:00');
    await boxSays(page, 'Therapist is not available');
    await form.getByRole('switch', { name: /Book anyway/ }).click();
    await form.getByRole('button', { name: /^Book 06:00/ }).click();
    await page.getByRole('region', { name: 'Quick Actions' }).waitFor();
    id = new URL(page.url()).hash.split('/').at(-1);
    await action(page, /Send Email Reminder/).getByText('Mail is not set up yet').waitFor();
    await action(page, /Cancel Session/).click();
    await dialog(page, 'Cancel Session').getByText(/Maya will NOT be told by email/).waitFor();
    await page.getByRole('radio', { name: 'The clinic' }).check();
    await page.getByRole('button', { name: 'Cancel this Session' }).click();
    await statusReads(page, 'Cancelled');
  });

  it('opens a WhatsApp draft in a program of the computer, and asks whether it went', async () => {
    const day = addDays(clinic.now.date, 2);
    const service = clinic.services[0];
    const done = await ask(page, 'session.book', {
      client: client.id, service: service.id, therapist: clinic.therapists[0].id, place: { kind: 'room', id: clinic.rooms[0].id }, place_text: null, start: { date: day, minute: 360, second: false }, minutes: 50, price: null,
      invoice: false, notify: false, anyway: { anyway: true, reason: null }, repeat: null,
    });
    id = done.sessions[0];
    await openSession(page, home, id);
    await action(page, /Send WhatsApp Reminder/).click();
    await toast(page, 'WhatsApp opened. Send the message there.').waitFor();
    const [line] = home.outside('opened.jsonl').trim().split('\n');
    assert.match(line, /442079460000/, 'the draft is for the number of the client');
    assert.equal(line.includes('Redfern'), false, 'and its address holds no name');
    await page.goto(home.at('dashboard'));
    await page.getByText('Was the WhatsApp to Maya Redfern sent?').waitFor();
    await page.getByRole('button', { name: 'It was sent' }).click();
    await page.getByText('Was the WhatsApp to Maya Redfern sent?').waitFor({ state: 'detached' });
  });

  it('explains the steps of a mail provider, keeps the account, and then asks before a second reminder', async () => {
    await page.goto(home.at('settings/mail'));
    await page.getByText(/turn on 2-Step Verification/).waitFor();
    await page.getByRole('radio', { name: 'Microsoft 365' }).check({ force: true });
    assert.equal(await page.getByLabel('Server').inputValue(), 'smtp.office365.com', 'the preset fills the server in');
    await page.getByText(/Authenticated SMTP/).waitFor();
    await page.getByRole('radio', { name: 'Another' }).check({ force: true });
    await page.getByLabel('Server').fill('127.0.0.1');
    await page.getByLabel('Port').fill('9');
    await page.getByLabel('Address of the sender').fill('clinic@example.org');
    await page.getByLabel('Name of the sender').fill('Thames Clinic');
    await page.getByLabel('Password').fill('not a real one');
    await page.getByRole('button', { name: 'Send a test message' }).click();
    await page.getByText('It did not go').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await toast(page, 'Saved.').waitFor();
    assert.equal(JSON.stringify(await ask(page, 'mail.get')).includes('not a real one'), false, 'the password is never given back');
    await openSession(page, home, id);
    await action(page, /Send Email Reminder/).click();
    await toast(page, 'Email reminder queued.').waitFor();
    await action(page, /Send Email Reminder/).getByText(/Waits since Today/).waitFor();
    await action(page, /Send Email Reminder/).click();
    await dialog(page, 'Send Email Reminder').getByText(/A reminder went or waits already/).waitFor();
    assert.equal((await session(page, id)).notices.filter((one) => one.channel === 'email').length, 1, 'a second one waits for the answer');
    await dialog(page, 'Send Email Reminder').getByRole('button', { name: 'Cancel' }).click();
  });

  it('changes language, theme and density at once, and keeps them', async () => {
    await page.goto(home.at('settings/appearance'));
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await page.getByRole('radio', { name: 'Bahasa Melayu' }).check({ force: true });
    await page.getByRole('heading', { name: 'Tetapan' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Tetapan' }).waitFor();
    await page.getByRole('radio', { name: 'English' }).check({ force: true });
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  it('backs up to the chosen folder', async () => {
    await page.goto(home.at('settings/backup'));
    await page.getByRole('button', { name: 'Choose a folder' }).click();
    await page.getByText(/outside\/backups/).waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.locator('dd', { hasText: /^Today \d\d:\d\d$/ }).waitFor();
  });

  it('names the system\'s own dialogs in the language of the screen', async () => {
    await ask(page, 'device.choose', { setting: 'language', to: 'ms' });
    await page.reload();
    await page.locator('main .rowacts button').first().click();
    await page.waitForFunction(() => document.querySelector('main .rowacts button')?.getAttribute('aria-busy') !== 'true');
    await ask(page, 'device.choose', { setting: 'language', to: 'en' });
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    assert.deepEqual(home.outside('dialogs').trim().split('\n'), ['Folder for backups', 'Folder untuk sandaran']);
  });

  it('locks with a PIN and opens with it, and with no other', async () => {
    await page.goto(home.at('settings/lock'));
    await page.getByLabel('PIN', { exact: true }).fill('4711');
    await page.getByLabel('PIN again').fill('4711');
    await page.getByRole('button', { name: 'Set the PIN' }).click();
    await toast(page, 'Saved.').waitFor();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('heading', { name: 'SafeTalk is locked' }).waitFor();
    assert.equal((await page.locator('body').innerText()).includes('Thames'), false, 'nothing of the clinic is left on the screen');
    // The settings behind it have fields for a PIN as well.
    const lock = page.locator('.lockpage');
    await lock.getByLabel('PIN').fill('0000');
    await lock.getByRole('button', { name: 'Unlock' }).click();
    await lock.getByText('This is not the PIN.').waitFor();
    await lock.getByLabel('PIN').fill('4711');
    await lock.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('navigation', { name: 'Sections' }).waitFor();
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
