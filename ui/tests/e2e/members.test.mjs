/** Members of a clinic on a server: added, invited, signed in, given access, suspended; their computers; and the second step. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ask, clinicServer, house } from './house.mjs';
import { clean } from './looks.mjs';
import { dialog, toast } from './steps.mjs';

const ANN = 'ann@example.org';
const BEN = 'ben@example.org';
const PASSWORD = 'correct horse battery staple';

/** The six digits an authenticator app shows for this key. */
function digits(key, step = Math.floor(Date.now() / 30_000)) {
  const bits = [...key.replace(/[\s=]/g, '')].map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const code = mac.readUInt32BE(mac[19] & 15) & 0x7f_ff_ff_ff;
  return String(code % 1_000_000).padStart(6, '0');
}

describe('the members of a clinic on a server', () => {
  let server, homes, ann, ben, link;
  before(async () => {
    server = await clinicServer();
    homes = [await house(), await house()];
    [ann, ben] = [await homes[0].page(), await homes[1].page()];
    await ask(ann, 'setup.accept_invite', { link: server.invite, email: ANN, password: PASSWORD });
    await ann.reload();
    await dashboard(ann).waitFor({ timeout: 60_000 });
  });
  after(async () => {
    for (const home of homes) await home.close();
    await server.close();
  });

  const dashboard = (page) => page.getByRole('heading', { name: 'Dashboard', level: 1 });
  const heading = (page, name) => page.getByRole('heading', { name, level: 1 });
  const pill = (page, text) => page.locator('main .pill', { hasText: text });
  const bens = async () => (await ask(ann, 'member.list')).members.find((one) => one.name === 'Ben Lee');
  const question = (page) => page.getByRole('alertdialog');

  it('are added with the access they are given', async () => {
    await ann.getByRole('link', { name: 'Organization' }).click();
    await ann.getByRole('row', { name: /Ann Berry you .*Active Has an account/ }).waitFor();
    await ann.getByRole('button', { name: 'Add member' }).click();
    await dialog(ann, 'Add member').getByLabel('Name').fill('Ben Lee');
    for (const access of ['Sessions of the organization', 'View clients across the organization']) await dialog(ann, 'Add member').getByRole('switch', { name: access }).click();
    await ann.keyboard.press('Control+Enter');
    await heading(ann, 'Ben Lee').waitFor();
    assert.deepEqual((await bens()).grants, ['own_sessions', 'organisation_sessions', 'view_clients']);
    await ann.getByText('Not invited yet').waitFor();
  });

  it('are invited by a link that is handed over', async () => {
    await ann.getByRole('button', { name: 'Invite' }).click();
    await dialog(ann, 'Invite Ben Lee').getByLabel('Email').fill(BEN);
    await clean(ann, 'an invite');
    await dialog(ann, 'Invite Ben Lee').getByRole('button', { name: 'Invite' }).click();
    const field = dialog(ann, 'Invite Ben Lee').getByLabel('Link');
    link = await field.inputValue();
    assert.ok(link.startsWith(`${server.address}/invite#`), 'the whole link, where this computer reaches the server');
    await clean(ann, 'an invite that was made');
    await dialog(ann, 'Invite Ben Lee').getByRole('button', { name: 'Done' }).click();
    await ann.getByText(/^Invited, until/).waitFor();
  });

  it('sign in with it, see who works here, and change nothing of that', async () => {
    await ben.getByRole('button', { name: /Sign in to your clinic/ }).click();
    await ben.getByRole('button', { name: 'I have an invite' }).click();
    await ben.getByLabel('Invite link').fill(link);
    await ben.getByLabel('Email').fill(BEN);
    await ben.getByLabel('Choose a password').fill(PASSWORD);
    await ben.getByRole('button', { name: 'Accept and sign in' }).click();
    await dashboard(ben).waitFor({ timeout: 60_000 });
    await ben.goto(homes[1].at('organization'));
    await ben.getByRole('row', { name: /Ben Lee you/ }).waitFor();
    assert.equal(await ben.getByRole('button', { name: 'Add member' }).count(), 0);
    await ben.getByRole('link', { name: 'Ann Berry' }).click();
    await heading(ben, 'Ann Berry').waitFor();
    assert.equal(await ben.locator('main').getByRole('button').count(), 0, 'nothing to press');
  });

  it('are given more, which their computer shows by itself', async () => {
    await ben.goto(homes[1].at('organization'));
    await ann.reload();
    await heading(ann, 'Ben Lee').waitFor();
    await ann.getByRole('button', { name: 'Edit Access' }).click();
    const form = dialog(ann, 'Edit Access');
    await form.getByRole('switch', { name: 'Manage members' }).click();
    await form.getByRole('switch', { name: 'Own sessions' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await toast(ann, 'Saved.').waitFor();
    await ben.getByRole('button', { name: 'Add member' }).waitFor();
    assert.deepEqual((await bens()).grants, ['organisation_sessions', 'view_clients', 'manage_members']);
  });

  it('cannot take away the last one who manages them', async () => {
    const mine = (await ask(ann, 'member.list')).members.find((one) => one.name === 'Ann Berry');
    const { grants } = await bens();
    const save = (row, to) => ask(ann, 'member.save', { member: row.id, guard: { grants: row.grants, therapist: row.therapist?.id ?? null }, name: row.name, grants: to, therapist: row.therapist?.id ?? null });
    await save(await bens(), grants.filter((one) => one !== 'manage_members'));
    await assert.rejects(save(mine, mine.grants.filter((one) => one !== 'manage_members')), /last_manager/);
  });

  it('have computers, and one that is revoked is let in no more', async () => {
    await ann.reload();
    await ann.getByRole('heading', { name: 'Computers' }).waitFor();
    await ann.getByRole('button', { name: /^Revoke/ }).click();
    await clean(ann, 'the question before a computer is revoked');
    await question(ann).getByRole('radio', { name: /Lost or stolen/ }).waitFor();
    await question(ann).getByRole('button', { name: 'Revoke' }).click();
    await pill(ann, 'Signed out').waitFor();
    await clean(ann, 'a member on a server');
    await ben.evaluate(() => window.dispatchEvent(new Event('online')));
    await ben.goto(homes[1].at('settings/account'));
    await ben.getByText('This computer was signed out').first().waitFor();
  });

  it('get a new password by a link, and sign in again with it', async () => {
    await ann.getByRole('button', { name: 'New password' }).click();
    const reset = await ann.getByLabel('Link').inputValue();
    assert.ok(reset.startsWith(`${server.address}/reset#`));
    await ben.getByLabel('Email').fill(BEN);
    await ben.getByLabel('Password', { exact: true }).fill('another long password');
    await ben.getByLabel('I have a link for a new password').check({ force: true });
    await ben.getByLabel('Link for a new password', { exact: true }).fill(reset);
    await clean(ben, 'signing in again with a link');
    await ben.getByRole('button', { name: 'Sign in again' }).click();
    await toast(ben, 'Signed in.').waitFor();
    await ben.getByText(/^In step with the server/).waitFor();
  });

  it('are suspended, and brought back', async () => {
    await ann.getByRole('button', { name: 'Suspend' }).click();
    await question(ann).getByRole('button', { name: 'Suspend' }).click();
    await pill(ann, 'Suspended').waitFor();
    await ben.getByText('You may not work in this clinic at the moment').first().waitFor();
    await ann.getByRole('button', { name: 'Bring back' }).click();
    await question(ann).getByRole('button', { name: 'Bring back' }).click();
    await pill(ann, 'Active').waitFor();
  });

  it('are as many as the plan has seats for', async () => {
    await ann.goto(homes[0].at('organization/subscription'));
    await ann.getByText('2 seats taken, without a limit').waitFor();
    await ann.getByRole('button', { name: 'Change subscription' }).click();
    const form = dialog(ann, 'Change subscription');
    await form.getByLabel('As many seats as you like').uncheck({ force: true });
    await form.getByLabel('Seats', { exact: true }).fill('2');
    await form.getByRole('switch', { name: 'WhatsApp to clients' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await ann.getByText('2 of 2 seats taken').waitFor();
    await ann.getByText('Not included').waitFor();
    await ann.getByRole('link', { name: 'Members' }).click();
    await ann.getByRole('button', { name: 'Add member' }).click();
    await dialog(ann, 'Add member').getByLabel('Name').fill('Cara Desk');
    await ann.keyboard.press('Control+Enter');
    await dialog(ann, 'Add member').getByRole('alert').getByText('The plan has 2 seats, and all are taken.').waitFor();
    await ann.keyboard.press('Escape');
    await question(ann).getByRole('button', { name: 'Throw away' }).click();
  });

  it('give their clients to another therapist, and keep their sessions', async () => {
    const { member } = await ask(ann, 'clinic.get');
    await ask(ann, 'therapist.save', { therapist: null, name: 'Dr. Dee', hue: 'clay', link: null, buffer_minutes: 0, archived: false });
    const record = { full_name: 'Maya Redfern', called: 'Maya', email: null, phones: ['+60123456789'], guardian: null, guardian_receives: false, may_email: false, may_whatsapp: false, do_not_contact: false, language: 'en', usual_therapist: member.facts.therapist, usual_service: null, usual_room: null, archived: false };
    const revisions = { full_name: 0, called: 0, email: 0, phones: 0, guardian: 0, facts: { guardian_receives: 0, may_email: 0, may_whatsapp: 0, do_not_contact: 0, language: 0, usual_therapist: 0, usual_service: 0, usual_room: 0 } };
    const { client } = await ask(ann, 'client.save', { client: null, before: null, duplicates_seen: true, revisions, record });
    await ann.getByRole('link', { name: 'Ann Berry' }).click();
    await ann.getByText('Sessions that are booked stay with Ann Berry').waitFor();
    await ann.getByLabel(/^To: /).click();
    await ann.getByRole('option', { name: 'Dr. Dee' }).click();
    await ann.getByRole('button', { name: 'Reassign clients' }).click();
    await toast(ann, '1 client reassigned. No session was moved.').waitFor();
    assert.equal((await ask(ann, 'client.get', { client })).usual_therapist.name, 'Dr. Dee');
  });

  it('turn the second step on and off', async () => {
    await ann.goto(homes[0].at('settings/account'));
    await ann.getByRole('heading', { name: 'Your computers' }).waitFor();
    await ann.getByText('This computer', { exact: true }).waitFor();
    await clean(ann, 'the account');
    await ann.getByRole('button', { name: 'Turn on' }).click();
    const key = await ann.getByLabel('Key', { exact: true }).inputValue();
    await clean(ann, 'the key of a second step');
    await ann.getByLabel('Code', { exact: true }).fill('000000');
    await ann.getByRole('button', { name: 'Turn on' }).click();
    await ann.getByRole('alert').getByText('This code is not right').waitFor();
    await ann.getByLabel('Code', { exact: true }).fill(digits(key));
    await ann.getByRole('button', { name: 'Turn on' }).click();
    const codes = ann.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
    await codes.first().waitFor();
    assert.equal(await codes.count(), 10);
    await clean(ann, 'the recovery codes');
    const paper = await codes.first().innerText();
    await ann.getByRole('button', { name: 'I have kept them' }).click();
    await ann.getByText('10 recovery codes are left').waitFor();
    await ann.getByLabel('Code', { exact: true }).fill(paper);
    await ann.getByRole('button', { name: 'Turn off' }).click();
    await ann.getByText('asks for your password only').waitFor();
  });

  it('are still listed while the server is out of reach, and what it alone knows is said to be asked of it', async () => {
    await server.down();
    await ann.goto(homes[0].at('organization'));
    await ann.reload();
    await ann.getByRole('row', { name: /Ben Lee/ }).waitFor();
    await ann.getByText('This is asked of the server.').waitFor();
    await clean(ann, 'the members without their server');
    await server.up();
  });

  it('makes no mistake on the console', () => assert.deepEqual(homes.flatMap((home) => home.errors()), []));
});
