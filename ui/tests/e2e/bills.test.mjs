/** Invoices by hand: drafted where the session is, changed, issued, paid, and the payment taken back. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ask, booked, demo, freeSlot, house, people } from './house.mjs';
import { dialog, openSession, quietDay, session, toast } from './steps.mjs';

describe('An invoice', () => {
  let home, page, who, id;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    const [therapist, room] = [who.clinic.member.facts.therapist, who.rooms[0].id];
    const slot = await freeSlot(page, { from: quietDay(who.today, 18), therapist, room });
    id = await booked(page, { ...slot, therapist, room, client: who.mailed[0].client.id });
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  const invoice = async () => (await session(page, id)).invoices[0];

  it('is drafted for a session that was booked without one, changed, issued, paid, and owed again by Ctrl+Z', async () => {
    await openSession(page, home, id);
    await page.getByRole('button', { name: 'Draft an invoice' }).click();
    await dialog(page, 'Draft an invoice').getByRole('button', { name: 'Save draft' }).click();
    await toast(page, 'Draft saved.').waitFor();
    const made = await invoice();
    assert.equal(made.amount.minor, (await session(page, id)).price.minor, 'the price of the session');

    await page.goto(home.at(`invoices/${made.id}`));
    await page.getByRole('button', { name: 'Edit draft' }).click();
    const amount = dialog(page, 'Edit draft').getByLabel('Amount');
    await amount.fill('-5');
    assert.equal(await dialog(page, 'Edit draft').getByRole('button', { name: 'Save draft' }).getAttribute('title'), 'Please look at the marked fields.');
    await amount.fill('99.50');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('cell', { name: /99\.50/ }).first().waitFor();
    assert.equal((await invoice()).amount.minor, 9950);

    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    await page.getByRole('button', { name: 'Mark paid' }).click();
    await toast(page, 'Payment recorded.').waitFor();
    assert.equal((await invoice()).status, 'paid');
    await page.keyboard.press('Control+z');
    await page.getByRole('button', { name: 'Mark paid' }).waitFor();
    assert.equal((await invoice()).status, 'issued');
    await openSession(page, home, id);
    await page.getByText(/took the payment back/).waitFor();
  });

  it('stays as it was issued when the clinic is called otherwise', async () => {
    await page.goto(home.at(`invoices/${(await invoice()).id}`));
    const paper = page.getByRole('region', { name: 'Invoice', exact: true });
    await paper.waitFor();
    const before = await paper.innerText();
    const { facts, details } = (await ask(page, 'clinic.get')).clinic;
    await ask(page, 'clinic.save', { ...facts, ...details, name: 'Another Name', address: 'Elsewhere', payment_text: 'Another bank' });
    await page.reload();
    await paper.waitFor();
    assert.equal(await paper.innerText(), before);
  });
});

describe('A form of the settings', () => {
  let home, page;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
  });
  after(async () => home.close());

  it('says of a number that is none so, and asks before it is left', async () => {
    await page.goto(home.at('settings/clinic'));
    const due = page.getByLabel('Due after');
    for (const typed of ['-5', '10.5']) {
      await due.fill(typed);
      await page.getByText('A whole number from 0 to 365, please.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Save' }).getAttribute('title'), 'Please look at the marked fields.');
    }
    await page.locator('nav.tabs a').nth(1).click();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await due.inputValue(), '10.5', 'what was typed stands');
    await page.locator('nav.tabs a').nth(1).click();
    await page.getByRole('button', { name: 'Throw away' }).click();
    await due.waitFor({ state: 'detached' });
  });
});
