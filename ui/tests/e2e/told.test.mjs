/** What a client was told by real mail, and what taking back then means. A real clinic with a real mail server on loopback. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask, booked, founded, house } from './house.mjs';
import { action, dialog, openSession, quietDay, session, statusReads, toast } from './steps.mjs';

describe('a client who has been told', () => {
  let home, page, clinic, client, day;
  before(async () => {
    home = await house({ mail: true });
    page = await home.page();
    ({ clinic, client } = await founded(page));
    day = quietDay(clinic.now.date, 3, 2);
  });
  after(async () => home.close());

  const fresh = (minute) => booked(page, { day, minute, therapist: clinic.therapists[0].id, client, room: clinic.rooms[0].id });
  const mails = async (n) => {
    for (let tries = 0; home.post.mails().length < n && tries < 150; tries += 1) await page.waitForTimeout(100);
    return home.post.mails();
  };

  it('has the mail account tried and kept by hand', async () => {
    const { host, port, user, password } = home.post.account;
    await page.goto(home.at('settings/mail'));
    await page.getByRole('radio', { name: 'Gmail' }).waitFor();
    await page.getByRole('radio', { name: 'Another' }).check({ force: true });
    await page.getByLabel('Server').fill(host);
    await page.getByLabel('Port').fill(String(port));
    await page.getByLabel('Name of the sender').fill('Willow Street Clinic');
    // Whoever leaves the address with no user name typed finds it filled in.
    await page.getByLabel('Address of the sender').fill(user);
    await page.getByLabel('Password').focus();
    assert.equal(await page.getByLabel('User name').inputValue(), user, 'the usual user name is the address');
    await page.getByLabel('Password').fill(password);
    await page.getByLabel('To', { exact: true }).fill('ann@example.org');
    await page.getByRole('button', { name: 'Send a test message' }).click();
    await page.getByText('The test message went to ann@example.org.').waitFor();
    assert.equal((await mails(1)).length, 1, 'the test message is at the server');
    await page.getByRole('button', { name: 'Save' }).click();
    await toast(page, 'Saved.').waitFor();
  });

  it('is asked about before an undo says the opposite to them, and hears of it once', async () => {
    const id = await fresh(600);
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    await dialog(page, 'Cancel Session').getByText(/Maya gets a cancellation email now/).waitFor();
    await page.getByRole('button', { name: 'Cancel this Session' }).click();
    await statusReads(page, 'Cancelled');
    const [, cancelled] = await mails(2);
    assert.match(cancelled, /METHOD:CANCEL|method=CANCEL/i, 'the cancellation is a real mail');
    await page.waitForFunction(() => document.body.innerText.includes('Cancellation notice'));
    for (let tries = 0; (await session(page, id)).notices[0].state !== 'sent' && tries < 100; tries += 1) await page.waitForTimeout(100);

    await page.locator('main h1').first().click();
    await page.keyboard.press('Control+z');
    const asks = page.getByRole('alertdialog', { name: 'The client has been told already' });
    await asks.waitFor();
    await asks.getByRole('button', { name: 'Leave it' }).click();
    assert.equal((await session(page, id)).status, 'cancelled', 'leaving it changes nothing');
    assert.equal(home.post.mails().length, 2, 'and nobody is told anything');

    await page.keyboard.press('Control+z');
    await asks.getByRole('button', { name: 'Take back and tell' }).click();
    await toast(page, 'Taken back.').waitFor();
    await statusReads(page, 'Scheduled');
    const all = await mails(3);
    assert.equal(all.length, 3, 'the opposite goes out once');
    assert.match(all[2], /METHOD:REQUEST|method=REQUEST/i, 'as an invitation again');
  });

  it('is rung instead while mail cannot go: Call and Copy work, and who told them says so in the popup', async () => {
    const id = await fresh(720);
    const page2 = await ask(page, 'client.get', { client });
    await ask(page, 'client.save', { client, before: page2.record, revisions: page2.revisions, duplicates_seen: true, record: { ...page2.record, may_email: false } });
    await openSession(page, home, id);
    await action(page, /Cancel Session/).click();
    const popup = dialog(page, 'Cancel Session');
    await popup.getByText(/Maya will NOT be told by email\. Call/).waitFor();
    await popup.getByRole('button', { name: 'Copy' }).click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '+60123456789', 'the number is on the clipboard');
    await popup.getByRole('button', { name: 'Call', exact: true }).click();
    for (let tries = 0; !home.outside('opened.jsonl') && tries < 50; tries += 1) await page.waitForTimeout(100);
    assert.match(home.outside('opened.jsonl'), /tel:\+60123456789/, 'the number went to the program that makes calls');
    await popup.getByRole('radio', { name: 'The clinic' }).check();
    await popup.getByRole('checkbox', { name: 'I told them myself' }).check({ force: true });
    await popup.getByRole('button', { name: 'Cancel this Session' }).click();
    await statusReads(page, 'Cancelled');
    const now = await session(page, id);
    assert.deepEqual([now.told.kind, now.told.personally], ['up_to_date', true], 'nobody is called untold');
    await page.getByText('You told the client personally').waitFor();
    assert.equal(home.post.mails().length, 3, 'and no mail went');
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
