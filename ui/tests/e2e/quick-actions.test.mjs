/** Every Quick Action of Session Details with the mouse, in the demo clinic. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addDays, ask, booked, demo, house, people } from './house.mjs';
import { action, boxSays, dialog, openSession, quietDay, session, statusReads, toast } from './steps.mjs';

describe('with the mouse, Session Details', () => {
  let home, page, who, day, me, other, willow, cedar, client;

  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    day = quietDay(who.today);
    me = who.clinic.member.facts.therapist;
    other = who.therapists.find((one) => one.id !== me).id;
    [willow, cedar] = who.rooms.map((one) => one.id);
    client = who.mailed[0].client;
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  /** A session of its own for every test, each on another day, so that no test stands in another's way. */
  let used = 0;
  const fresh = async (more = {}) => {
    const on = addDays(day, 7 * used++);
    return { on, id: await booked(page, { day: on, minute: 600, therapist: me, client: client.id, room: willow, ...more }) };
  };

  it('cancels: the slot is free in the same instant, and Restore takes it back', async () => {
    const { on, id } = await fresh();
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    await dialog(page, 'Cancel Session').getByRole('textbox', { name: /Remark/ }).fill('Asked by telephone');
    await page.getByRole('button', { name: 'Cancel this Session' }).click();
    await toast(page, 'Session cancelled. The slot is open.').waitFor();
    await statusReads(page, 'Cancelled');
    const slot = { session: null, service: null, therapist: me, place: { kind: 'room', id: willow }, start: { date: on, minute: 600, second: false }, minutes: 50, end: null };
    assert.equal((await ask(page, 'session.check', slot)).available, true, 'therapist and room can be booked at once');
    assert.deepEqual((await session(page, id)).remarks.map((one) => one.text), ['Asked by telephone'], 'the remark is kept in the record');

    await action(page, /Restore Session/).click();
    await boxSays(page, 'Slot Available');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await toast(page, 'Session restored.').waitFor();
    await statusReads(page, 'Scheduled');
    assert.equal((await ask(page, 'session.check', slot)).available, false, 'and the slot is taken again');
  });

  it('says all three messages while one reschedules, both lines when both fail, and moves onto the free slot', async () => {
    const { on, id } = await fresh();
    await booked(page, { day: on, minute: 660, therapist: me, client: who.mailed[1].client.id, room: willow });
    await booked(page, { day: on, minute: 900, therapist: other, client: who.mailed[2].client.id, room: willow });
    await openSession(page, home, id);
    await action(page, /Reschedule Session/).click();
    const box = dialog(page, 'Reschedule Session');
    const time = box.getByLabel('Start time');
    await time.fill('11:00');
    await boxSays(page, 'Therapist is not available', 'Room is not available');
    await time.fill('15:00');
    await boxSays(page, 'Room is not available');
    await box.getByRole('combobox', { name: /^Room:/ }).click();
    await page.getByRole('option', { name: who.rooms[1].details.name.value }).click();
    await boxSays(page, 'Slot Available');
    await time.fill('11:00');
    await boxSays(page, 'Therapist is not available');
    const button = box.getByRole('button', { name: /^Reschedule/ });
    assert.equal(await button.getAttribute('aria-disabled'), 'true', 'a taken slot cannot be sent');
    await time.fill('16:30');
    await boxSays(page, 'Slot Available');
    await button.click();
    await toast(page, /Moved to .* 16:30/).waitFor();
    const now = await session(page, id);
    assert.deepEqual([now.when.start.minute, now.place.place.id], [990, cedar], 'it stands at the new time in the new room');
  });

  it('books anyway where only the hours stand against it', async () => {
    const { id } = await fresh();
    await openSession(page, home, id);
    await action(page, /Reschedule Session/).click();
    const box = dialog(page, 'Reschedule Session');
    await box.getByLabel('Start time').fill('20:00');
    await boxSays(page, 'Therapist is not available');
    await box.getByRole('switch', { name: /Book anyway/ }).click();
    await box.getByRole('button', { name: /^Reschedule/ }).click();
    await toast(page, /Moved to .* 20:00/).waitFor();
    assert.equal((await session(page, id)).when.start.minute, 1200, 'the soft rule gave way to the person');
  });

  it('extends and invoices the extension', async () => {
    const { id } = await fresh();
    await openSession(page, home, id);
    await action(page, /Modify Duration/).click();
    const box = dialog(page, 'Modify Duration');
    await box.getByRole('button', { name: '+30' }).click();
    await boxSays(page, 'Slot Available');
    await box.getByRole('switch', { name: /Invoice the extension/ }).click();
    await box.getByRole('textbox', { name: 'Amount' }).fill('99.50');
    await box.getByRole('button', { name: 'Modify', exact: true }).click();
    await toast(page, 'The session now ends at 11:20.').waitFor();
    const now = await session(page, id);
    assert.equal(now.when.minutes, 80, 'thirty minutes were added');
    const [invoice] = now.invoices.filter((one) => one.kind === 'extension');
    assert.equal(invoice?.amount.minor, 9950, 'the extension is invoiced as typed');
    await page.getByText('RM 99.50').first().waitFor();
  });

  it('marks No Show on a session that has begun, and takes it back', async () => {
    let past;
    for (let n = 1; n < 15 && !past; n += 1) past = (await ask(page, 'calendar.view', { from: addDays(who.today, -n), days: 1, all_cancelled: false })).blocks.find((one) => one.status === 'completed');
    await openSession(page, home, past.session);
    await action(page, /^No Show/).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'No Show', exact: true }).click();
    await toast(page, 'Marked as No Show.').waitFor();
    await statusReads(page, 'No Show');
    await action(page, /Undo No Show/).click();
    await statusReads(page, 'Completed');
  });

  it('does not offer No Show before the session, and says why', async () => {
    const { id } = await fresh();
    await openSession(page, home, id);
    const button = action(page, /^No Show/);
    assert.equal(await button.getAttribute('aria-disabled'), 'true', 'nobody can miss what has not begun');
    await button.getByText('Not before the session has started.').waitFor();
  });

  it('shows the email reminder instead of sending it, as this is a demo', async () => {
    const { id } = await fresh();
    await openSession(page, home, id);
    await action(page, /Send Email Reminder/).click();
    const shown = dialog(page, 'What the client reads');
    await shown.getByText('This is a demo clinic: nothing is sent.').waitFor();
    await shown.getByText(/reminder of your appointment/).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForFunction(async (session) => {
      const answer = await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cmd: 'session.get', payload: { session } }) });
      return (await answer.json()).notices.every((one) => one.state !== 'sent');
    }, id);
  });

  it('shows the WhatsApp draft instead of opening WhatsApp, as this is a demo', async () => {
    const { id } = await fresh();
    await openSession(page, home, id);
    await action(page, /Send WhatsApp Reminder/).click();
    await dialog(page, 'What the client reads').getByText(/reminder of your appointment/).waitFor();
    assert.equal(home.outside('opened.jsonl'), null, 'no program of the computer was opened');
  });

  it('takes a cancellation back by the toast, and a move by Ctrl+Z', async () => {
    const { id } = await fresh();
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    await page.getByRole('button', { name: 'Cancel this Session' }).click();
    // It reads Scheduled before, too: only after Cancelled does that tell of the Undo.
    await statusReads(page, 'Cancelled');
    await toast(page, 'Session cancelled').getByRole('button', { name: /Undo/ }).click();
    await statusReads(page, 'Scheduled');

    await action(page, /Reschedule Session/).click();
    await page.getByLabel('Start time').fill('15:00');
    await boxSays(page, 'Slot Available');
    await dialog(page, 'Reschedule Session').getByRole('button', { name: /^Reschedule/ }).click();
    await toast(page, /Moved to/).waitFor();
    await dialog(page, 'Reschedule Session').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    // Activity names the old time too, so the page's text alone does not tell that the move was taken back.
    await page.waitForFunction(async (session) => {
      const answer = await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cmd: 'session.get', payload: { session } }) });
      return (await answer.json()).when.start.minute === 600;
    }, id);
    await page.getByText(/10:00 – 10:50/).first().waitFor();
  });

  it('tells a person when the session changed under the open dialog, and changes nothing', async () => {
    const { on, id } = await fresh();
    const second = await home.page();
    await openSession(page, home, id);
    await action(page, /Reschedule Session/).click();
    await page.getByLabel('Start time').fill('16:00');
    await boxSays(page, 'Slot Available');
    await openSession(second, home, id);
    await action(second, /Reschedule Session/).click();
    await second.getByLabel('Start time').fill('11:00');
    await boxSays(second, 'Slot Available');
    await dialog(second, 'Reschedule Session').getByRole('button', { name: /^Reschedule/ }).click();
    await toast(second, /Moved to/).waitFor();
    await second.close();
    await dialog(page, 'Reschedule Session').getByRole('button', { name: /^Reschedule/ }).click();
    await page.getByText('The session was changed while this was open. Please look at it again.').waitFor();
    const now = await session(page, id);
    assert.deepEqual([now.when.start.date, now.when.start.minute], [on, 660], 'the first change stands');
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
