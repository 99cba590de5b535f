/** A couple's session with a co-therapist, from booking to cancelling: everybody is in it, and everybody is told. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ask, booked, demo, house, people } from './house.mjs';
import { action, boxSays, dialog, openSession, quietDay, session, statusReads, tabTo, toast } from './steps.mjs';

describe('Couples, groups and co-therapists', () => {
  let home, page, who, day, lead, other, maya, jon, id;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    // A weekday on which no group of the demo meets.
    day = quietDay(who.today, 14, 2);
    lead = who.therapists.find((one) => one.id === who.clinic.member.facts.therapist);
    other = who.therapists.find((one) => one.id !== lead.id);
    [maya, jon] = who.mailed.map((one) => one.client);
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  const box = () => dialog(page, 'New session');
  const names = (of) => of.details.name.value;
  const lane = (of) => page.locator(`[data-lane^="${day}|${of.id}"]`);

  it('books two clients with two therapists, by keyboard', async () => {
    await page.goto(home.at(`calendar/day/${day}`));
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('n');
    await box().waitFor();
    await tabTo(page, /^Client/);
    await page.keyboard.type(maya.name);
    await page.getByRole('option', { name: new RegExp(maya.name) }).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Add client');
    await page.keyboard.press('Enter');
    await page.keyboard.type(jon.name);
    await page.getByRole('option', { name: new RegExp(jon.name) }).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await box().getByRole('button', { name: `Remove ${jon.name}` }).waitFor();
    await box().getByRole('combobox', { name: /^Therapist:/ }).click();
    await page.getByRole('option', { name: names(lead) }).click();
    await tabTo(page, 'Add co-therapist');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: names(other) }).click();
    await box().getByRole('button', { name: `Remove ${names(other)}` }).waitFor();
    await box().getByLabel('Start time').fill('11:30');
    await boxSays(page, 'Slot Available');
    await box().getByText(new RegExp(`Sends to .*${who.mailed[0].email}, ${who.mailed[1].email}`)).waitFor();
    await page.keyboard.press('Control+Enter');
    await toast(page, 'Session booked.').waitFor();
    await page.getByRole('heading', { name: `${maya.name} & ${jon.name}`, level: 1 }).waitFor();
    id = new URL(page.url()).hash.split('/').at(-1);
    const now = await session(page, id);
    assert.deepEqual([now.client.id, ...now.others.map((one) => one.client.id)], [maya.id, jon.id], 'both come');
    assert.deepEqual([now.therapist.id, ...now.co_therapists.map((one) => one.id)], [lead.id, other.id], 'both lead it');
    for (const one of [maya, jon]) await page.getByRole('listitem').filter({ hasText: one.name }).getByRole('link', { name: one.name }).waitFor();
  });

  it('stands in the lane of each therapist, and neither can be booked over', async () => {
    await page.goto(home.at(`calendar/day/${day}`));
    for (const one of [lead, other]) await lane(one).getByRole('button', { name: new RegExp(`${maya.name} & ${jon.name}.*${names(lead)}, ${names(other)}`) }).waitFor();
    await page.keyboard.press('n');
    await box().waitFor();
    await box().getByRole('combobox', { name: /^Therapist:/ }).click();
    await page.getByRole('option', { name: names(other) }).click();
    const { place } = await session(page, id);
    await box().getByRole('combobox', { name: /^Room:/ }).click();
    await page.getByRole('option', { name: place.name }).click();
    await box().getByLabel('Start time').fill('11:30');
    await boxSays(page, 'Therapist is not available', 'Room is not available');
  });

  it('says which of several therapists is not available', async () => {
    const alone = await booked(page, { day, minute: 960, therapist: other.id, client: who.mailed[4].client.id });
    assert.ok(alone);
    await openSession(page, home, id);
    await page.keyboard.press('r');
    const move = dialog(page, 'Reschedule Session');
    await move.getByRole('button', { name: `Remove ${names(other)}` }).waitFor();
    await move.getByLabel('Start time').fill('16:00');
    await boxSays(page, 'Therapist is not available');
    await move.getByText(new RegExp(`${names(other)} has another session 16:00`)).waitFor();
    await move.getByRole('button', { name: `Remove ${names(other)}` }).click();
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog', { name: 'Throw away what you typed?' }).getByRole('button', { name: 'Throw away' }).click();
    await move.waitFor({ state: 'detached' });
  });

  it('lists the session with each client, beside the other', async () => {
    for (const [one, beside] of [[maya, jon], [jon, maya]]) {
      await page.goto(home.at(`clients/${one.id}`));
      await page.getByRole('row').filter({ hasText: beside.name }).getByText(names(other)).waitFor();
    }
  });

  it('is drawn by initials under the privacy shade', async () => {
    await page.goto(home.at(`calendar/day/${day}`));
    await lane(lead).getByRole('button', { name: new RegExp(maya.name) }).waitFor();
    await page.keyboard.press('Control+Shift+h');
    await lane(lead).getByText(`${maya.initials}+1`).first().waitFor();
    const seen = await page.getByRole('grid').innerText();
    assert.ok(!seen.includes(maya.name) && !seen.includes(jon.name), 'no name is left on the grid');
    await page.keyboard.press('Control+Shift+h');
  });

  it('reminds everyone who can be reached, and shows who that is before', async () => {
    await openSession(page, home, id);
    await action(page, /Send Email Reminder/).click();
    const reach = page.getByRole('dialog').getByRole('list', { name: 'To whom' });
    for (const [one, row] of [[maya, who.mailed[0]], [jon, who.mailed[1]]]) await reach.getByRole('listitem').filter({ hasText: one.name }).getByText(row.email).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await page.waitForFunction(async ([of]) => {
      const response = await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cmd: 'session.get', payload: { session: of } }) });
      return (await response.json()).notices.filter((one) => one.kind === 'reminder').length === 2;
    }, [id]);
  });

  it('is cancelled once, and each of them is told on their own', async () => {
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    const cancel = dialog(page, 'Cancel Session');
    await cancel.getByText(/get.* a cancellation email now/).waitFor();
    await cancel.getByRole('button', { name: 'Cancel this Session' }).click();
    await toast(page, 'cancelled').waitFor();
    await statusReads(page, 'Cancelled');
    const { notices } = await session(page, id);
    const told = notices.filter((one) => one.kind === 'cancelled');
    assert.deepEqual(told.map((one) => one.client).sort(), [maya.id, jon.id].sort(), 'one message to each');
    for (const one of told) {
      const text = JSON.stringify(await ask(page, 'notice.text', { notice: one.id }));
      const beside = one.client === maya.id ? jon : maya;
      assert.ok(!text.includes(beside.name), 'and none names the other');
    }
  });

  it('makes no mistake on the console', () => assert.deepEqual(home.errors(), []));
});
