/** Two computers of a clinic that is on a server: from the invite to one slot that both wanted while the server was away. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addDays, ask, booked, clinicServer, house } from './house.mjs';
import { clean } from './looks.mjs';
import { action, boxSays, dialog, openSession, session, toast } from './steps.mjs';

const EMAIL = 'ann@example.org';
const PASSWORD = 'correct horse battery staple';

describe('a clinic on a server', () => {
  let server, homes, first, second, day, slot;
  before(async () => {
    server = await clinicServer();
    homes = [await house(), await house()];
    [first, second] = [await homes[0].page(), await homes[1].page()];
  });
  after(async () => {
    for (const home of homes) await home.close();
    await server.close();
  });

  const dashboard = (page) => page.getByRole('heading', { name: 'Dashboard', level: 1 });
  const offline = (page) => page.getByRole('complementary', { name: 'Main' }).getByText(/^Offline since .* · 1 change waits$/);
  /** The computer is on its network again: what waits goes at once. */
  const online = (page) => page.evaluate(() => window.dispatchEvent(new Event('online')));
  const block = (page) => page.getByRole('grid').getByRole('button', { name: /Maya Redfern/ });

  it('lets in who was invited', async () => {
    await first.getByRole('button', { name: /Sign in to your clinic/ }).click();
    await first.getByRole('button', { name: 'I have an invite' }).click();
    await first.getByLabel('Invite link').fill('an invite');
    await first.getByLabel('Email').fill(EMAIL);
    await first.getByLabel('Choose a password').fill(PASSWORD);
    await first.getByRole('button', { name: 'Accept and sign in' }).click();
    await first.getByRole('alert').getByText('This is not an invite link').waitFor();
    await first.getByLabel('Invite link').fill(server.invite);
    await first.getByRole('button', { name: 'Accept and sign in' }).click();
    await dashboard(first).waitFor({ timeout: 60_000 });
    await ask(first, 'room.save', { room: null, name: 'Blue room', note: null, turnover_minutes: 0, archived: false });
    await ask(first, 'service.save', { service: null, name: 'Therapy', facts: { minutes: 50, price: null, buffer_before: 0, buffer_after: 0, may_be_online: false, step_minutes: 15, archived: false } });
    const { clinic } = await ask(first, 'clinic.get');
    const week = Array.from({ length: 7 }, (_, weekday) => ({ weekday, from: 0, to: 1440 }));
    await ask(first, 'hours.set', { owner: { kind: 'clinic', id: clinic.id }, week });
    await ask(first, 'client.save', {
      client: null, before: null, duplicates_seen: true,
      revisions: { full_name: 0, called: 0, email: 0, phones: 0, guardian: 0, facts: { guardian_receives: 0, may_email: 0, may_whatsapp: 0, do_not_contact: 0, language: 0, usual_therapist: 0, usual_service: 0, usual_room: 0 } },
      record: { full_name: 'Maya Redfern', called: 'Maya', email: null, phones: ['+60123456789'], guardian: null, guardian_receives: false, may_email: false, may_whatsapp: false, do_not_contact: false, language: 'en', usual_therapist: null, usual_service: null, usual_room: null, archived: false },
    });
  });

  it('lets in the same person on another computer, who is told what is not right', async () => {
    await second.getByRole('button', { name: /Sign in to your clinic/ }).click();
    await second.getByLabel('Address of the server').fill(server.address);
    await second.getByLabel('Email').fill(EMAIL);
    await second.getByLabel('Password').fill('not the password');
    await second.getByRole('button', { name: 'Sign in', exact: true }).click();
    await second.getByRole('alert').getByText('is not right').waitFor();
    await second.getByLabel('Password').fill(PASSWORD);
    await second.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dashboard(second).waitFor({ timeout: 60_000 });
  });

  it('shows on one what is booked on the other, with nobody asking for it', async () => {
    const view = await ask(first, 'clinic.get');
    const [client] = await ask(first, 'client.list', { query: '', archived: false, most: 10 });
    slot = { therapist: view.therapists[0].id, room: view.rooms[0].id, client: client.client.id };
    day = addDays(view.now.date, 3);
    await second.goto(homes[1].at(`calendar/day/${day}`));
    await second.getByRole('grid').waitFor();
    assert.equal(await block(second).count(), 0);
    await booked(first, { ...slot, day, minute: 600 });
    await block(second).waitFor();
  });

  it('says that it is offline, and works', async () => {
    await server.down();
    await booked(first, { ...slot, day, minute: 800 });
    await offline(first).waitFor();
    await first.goto(homes[0].at(`calendar/day/${day}`));
    await block(first).nth(1).waitFor();
  });

  it('refuses the second of two who took one slot, in front of who took it', async () => {
    const wish = await booked(second, { ...slot, day, minute: 800 });
    await offline(second).waitFor();
    assert.equal((await session(second, wish)).pending, true, 'it is not confirmed yet');
    await server.up();
    await online(first);
    await offline(first).waitFor({ state: 'detached' });
    await online(second);
    await offline(second).waitFor({ state: 'detached' });
    await second.goto(homes[1].at('dashboard'));
    await second.getByText(/Could not be done: New session · Maya Redfern/).waitFor();
    await second.getByRole('button', { name: 'Book another time' }).click();
    await boxSays(second, 'Therapist is not available', 'Room is not available');
    // What is free is one click away, and the other computer shows it too.
    await second.locator('.msg .alts').getByRole('button').first().click();
    await boxSays(second, 'Slot Available');
    await second.keyboard.press('Control+Enter');
    await toast(second, 'Session booked.').waitFor();
    const instead = new URL(second.url()).hash.split('/').at(-1);
    await first.waitForFunction(async ([of]) => {
      const response = await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cmd: 'session.get', payload: { session: of } }) });
      return response.ok;
    }, [instead]);
    await first.goto(homes[0].at('dashboard'));
    assert.equal(await first.getByText(/Could not be done/).count(), 0);
  });

  it('hands its mail account over to the server, which sends what is told of on any computer', async () => {
    const { host, port, user, password } = server.post.account;
    await first.goto(homes[0].at('settings/mail'));
    await first.getByText('The server keeps this account and sends the messages').waitFor();
    await first.getByText('Another', { exact: true }).click();
    await first.getByLabel('Name of the sender').fill('Harbour Clinic');
    await first.getByLabel('Address of the sender').fill(user);
    await first.getByLabel('Password').fill(password);
    await first.getByLabel('Server', { exact: true }).fill(host);
    await first.getByLabel('Port').fill(String(port));
    await clean(first, 'the mail account of a server');
    await first.getByRole('button', { name: 'Save' }).click();
    await toast(first, 'Saved').waitFor();
    await first.getByText('The server has one. Leave empty to keep it.').waitFor();
    const saved = await ask(first, 'client.save', {
      client: null, before: null, duplicates_seen: true,
      revisions: { full_name: 0, called: 0, email: 0, phones: 0, guardian: 0, facts: { guardian_receives: 0, may_email: 0, may_whatsapp: 0, do_not_contact: 0, language: 0, usual_therapist: 0, usual_service: 0, usual_room: 0 } },
      record: { full_name: 'Jon Mercer', called: 'Jon', email: 'jon@example.org', phones: ['+60123456700'], guardian: null, guardian_receives: false, may_email: true, may_whatsapp: false, do_not_contact: false, language: 'en', usual_therapist: null, usual_service: null, usual_room: null, archived: false },
    });
    const about = await booked(first, { ...slot, client: saved.client, day: addDays(day, 1), minute: 600 });
    await openSession(first, homes[0], about);
    await action(first, 'Cancel Session').click();
    const cancelling = dialog(first, 'Cancel Session');
    await cancelling.getByRole('radio', { name: /clinic/i }).check({ force: true });
    await cancelling.getByText(/Jon .*email/).waitFor();
    await cancelling.getByRole('button', { name: /^Cancel/ }).click();
    for (let tries = 0; !(await session(first, about)).notices.some((one) => one.state === 'sent') && tries < 150; tries += 1) await first.waitForTimeout(100);
    // The mail server puts what it has taken into its folder a moment later.
    for (let tries = 0; server.post.mails().length === 0 && tries < 150; tries += 1) await first.waitForTimeout(100);
    assert.deepEqual(server.post.mails().map((mail) => /^To: .*jon@example\.org/m.test(mail)), [true]);
    await openSession(second, homes[1], about);
    await second.locator('main').getByText(/[Ss]ent to j/).first().waitFor();
  });

  it('offers nothing that is done on the server', async () => {
    await first.goto(homes[0].at('settings/backup'));
    await first.getByText('makes its backups').waitFor();
    assert.equal(await first.locator('main').getByRole('button').count(), 0, 'no control');
    await first.goto(homes[0].at('settings/account'));
    await first.getByText(server.address).waitFor();
    await first.getByText(/^In step with the server/).waitFor();
    await clean(first, 'the account');
  });

  it('makes no mistake on the console', () => assert.deepEqual(homes.flatMap((home) => home.errors()), []));
});
