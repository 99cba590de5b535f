/** What keeps messages from leaving, and a backup from being made: said where a person is, with what to do. On a real clinic with a real mail server. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { ask, booked, founded, house } from './house.mjs';
import { quietDay, toast } from './steps.mjs';

describe('messages that do not leave', () => {
  let home, page, clinic, client, day;
  before(async () => {
    home = await house({ mail: true });
    page = await home.page();
    ({ clinic, client } = await founded(page));
    day = quietDay(clinic.now.date, 3, 2);
    const { host, port, user, password } = home.post.account;
    await ask(page, 'mail.save', { host, port, security: 'implicit_tls', user, from_name: 'Willow Street Clinic', from_address: user, password, test_to: null });
  });
  after(async () => home.close());

  const told = (minute) => booked(page, { day, minute, therapist: clinic.therapists[0].id, client, room: clinic.rooms[0].id, notify: true });
  const mails = async (n) => {
    for (let tries = 0; home.post.mails().length < n && tries < 150; tries += 1) await page.waitForTimeout(100);
    assert.equal(home.post.mails().length, n);
  };
  const sidebar = () => page.getByRole('complementary', { name: 'Main' });
  const main = () => page.getByRole('main');

  it('are said to wait for the internet, calmly, and go when that is back', async () => {
    await home.post.say('away');
    await told(600);
    await page.goto(home.at('dashboard'));
    await sidebar().getByRole('link', { name: '1 message waits for the internet.' }).waitFor();
    await main().getByRole('link', { name: '1 message waits for the internet.' }).waitFor();
    await main().getByText(/The line was cut before the message was handed over\. Next try: Today/).waitFor();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(violations.map((one) => `${one.id} ${one.nodes[0]?.target.join(' ')}`), []);

    await sidebar().getByRole('link', { name: '1 message waits for the internet.' }).click();
    await main().getByRole('button', { name: 'Send now' }).waitFor();
    await home.post.say('behave');
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await mails(1);
    await sidebar().getByRole('link', { name: /waits for the internet/ }).waitFor({ state: 'detached' });
  });

  it('lead to the mail settings when the account is refused, and go when they are tried again', async () => {
    await home.post.say('refuse');
    await told(720);
    await page.goto(home.at('dashboard'));
    const card = main().getByRole('listitem').filter({ hasText: '1 message cannot leave' });
    await card.getByText('The server does not let you send from this address. Use the address of the account itself.').waitFor();
    await card.getByRole('button', { name: 'Mail settings' }).click();
    await page.getByLabel('Address of the sender').waitFor();
    await page.goto(home.at('dashboard'));
    await home.post.say('behave');
    await card.getByRole('button', { name: 'Try now' }).click();
    await mails(2);
    await card.waitFor({ state: 'detached' });
  });

  it('stand beside a backup that fails where it was asked for, with the time of the last good one', async () => {
    const backups = join(home.folder, 'outside', 'backups');
    await page.goto(home.at('dashboard'));
    await main().getByRole('button', { name: 'Choose a folder' }).click();
    await toast(page, 'The backup is made.').waitFor();
    await main().getByText('Choose a folder for backups').waitFor({ state: 'detached' });
    rmSync(backups, { recursive: true });
    writeFileSync(join(home.folder, 'outside', 'clock'), String(4 * 86_400));
    await page.reload();
    await main().getByRole('button', { name: 'Back up now' }).click();
    await toast(page, 'The folder is not there. Is the disk plugged in?').waitFor();
    const card = main().getByRole('listitem').filter({ hasText: 'The folder is not there. Is the disk plugged in?' });
    await card.getByText(/^Last backup: /).waitFor();
    mkdirSync(backups);
    await card.getByRole('button', { name: 'Back up now' }).click();
    await toast(page, 'The backup is made.').waitFor();
    await card.waitFor({ state: 'detached' });
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
