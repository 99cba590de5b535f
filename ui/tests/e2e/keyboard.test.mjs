/** Every Quick Action without touching the mouse. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addDays, ask, booked, demo, house, people } from './house.mjs';
import { boxSays, dialog, openSession, quietDay, session, statusReads, tabTo, toast } from './steps.mjs';

describe('by keyboard alone, Session Details', () => {
  let home, page, who, day, me, willow;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    day = quietDay(who.today, 13, 3);
    me = who.clinic.member.facts.therapist;
    willow = who.rooms[0].id;
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  let used = 0;
  const fresh = async () => booked(page, { day: addDays(day, 7 * used++), minute: 600, therapist: me, client: who.mailed[3].client.id, room: willow });

  it('cancels and restores', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    await tabTo(page, /^Cancel Session/);
    await page.keyboard.press('Enter');
    await dialog(page, 'Cancel Session').waitFor();
    await tabTo(page, /^Remark/);
    await page.keyboard.type('By telephone');
    await tabTo(page, 'Cancel this Session');
    await page.keyboard.press('Enter');
    await statusReads(page, 'Cancelled');
    await tabTo(page, /^Restore Session/);
    await page.keyboard.press('Enter');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await statusReads(page, 'Scheduled');
  });

  it('reschedules: R, type the time, Ctrl+Enter', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    await page.keyboard.press('r');
    await dialog(page, 'Reschedule Session').waitFor();
    await tabTo(page, /^Start time/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('15:30');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await toast(page, /Moved to .* 15:30/).waitFor();
    assert.equal((await session(page, id)).when.start.minute, 930, 'it moved');
    await page.keyboard.press('Control+z');
    await toast(page, 'Taken back.').waitFor();
    assert.equal((await session(page, id)).when.start.minute, 600, 'and Ctrl+Z took it back');
  });

  it('reschedules to another day and another room with arrows', async () => {
    const id = await fresh();
    const from = (await session(page, id)).when.start.date;
    await openSession(page, home, id);
    await page.keyboard.press('r');
    await dialog(page, 'Reschedule Session').waitFor();
    await tabTo(page, /26|.*Current Day.*/i);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await tabTo(page, /^Room:/);
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await toast(page, /Moved to/).waitFor();
    const now = await session(page, id);
    assert.deepEqual([now.when.start.date, now.place.place.id === willow], [addDays(from, 1), false], 'a day later, in another room');
  });

  it('modifies the duration and invoices the extension', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    await page.keyboard.press('d');
    await dialog(page, 'Modify Duration').waitFor();
    await tabTo(page, /^End Time/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('11:10');
    await boxSays(page, 'Slot Available');
    await tabTo(page, /^Invoice the extension/);
    await page.keyboard.press('Space');
    await page.getByRole('textbox', { name: 'Amount' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await toast(page, 'The session now ends at 11:10.').waitFor();
    const now = await session(page, id);
    assert.equal(now.when.minutes, 70, 'twenty minutes were added');
    assert.equal(now.invoices.some((one) => one.kind === 'extension'), true, 'and invoiced');
  });

  it('marks No Show and takes it back', async () => {
    let past;
    for (let n = 1; n < 15 && !past; n += 1) past = (await ask(page, 'calendar.view', { from: addDays(who.today, -n), days: 1, all_cancelled: false })).blocks.find((one) => one.status === 'completed');
    await openSession(page, home, past.session);
    await tabTo(page, /^No Show/);
    await page.keyboard.press('Enter');
    // The dialog takes the focus itself; a person presses Tab after that.
    await page.waitForFunction(() => document.activeElement?.closest('[role=alertdialog]') !== null);
    await tabTo(page, 'No Show');
    await page.keyboard.press('Enter');
    await statusReads(page, 'No Show');
    await tabTo(page, /^Undo No Show/);
    await page.keyboard.press('Enter');
    await statusReads(page, 'Completed');
  });

  it('sends the reminders: E and W open a small question with the text, Enter sends', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    await page.keyboard.press('e');
    await dialog(page, 'Send Email Reminder').getByText(/reminder of your appointment/).waitFor();
    await page.keyboard.press('Enter');
    await dialog(page, 'What the client reads').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page, 'What the client reads').waitFor({ state: 'detached' });
    await page.keyboard.press('w');
    await dialog(page, 'Send WhatsApp Reminder').getByText(/reminder of your appointment/).waitFor();
    await page.keyboard.press('Enter');
    await dialog(page, 'What the client reads').waitFor();
    const kinds = (await session(page, id)).notices.map((one) => one.channel).sort();
    assert.deepEqual(kinds, ['email', 'whatsapp'], 'one of each was asked for');
  });

  it('shows the sheet of keys with ?, and the privacy shade with Ctrl+Shift+H', async () => {
    const id = await fresh();
    const name = (await session(page, id)).client.name;
    await openSession(page, home, id);
    await page.keyboard.press('?');
    await dialog(page, 'Keyboard').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page, 'Keyboard').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.keyboard.press('Control+Shift+H');
    await page.getByRole('heading', { name, level: 1 }).waitFor({ state: 'detached' });
    assert.equal((await page.locator('main').innerText()).includes(name), false, 'only initials are left');
    await page.keyboard.press('Control+Shift+H');
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
