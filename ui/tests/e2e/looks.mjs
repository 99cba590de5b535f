/**
 * Every screen and every dialog of the house, by the component that draws it and the way a person comes to it. The tests of the
 * looks go through this table, and one of them finds the component that is missing in it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { addDays, ask, booked, people } from './house.mjs';
import { action, dialog, openSession, quietDay, toast } from './steps.mjs';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Nothing that axe knows to be wrong, contrast included, in light and in dark. */
export async function clean(page, where) {
  await page.evaluate(() => document.fonts.ready);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const stands = await page.evaluate(() => document.documentElement.dataset.theme);
  for (const theme of ['light', 'dark']) {
    const found = await page.evaluate(async (to) => {
      const root = document.documentElement;
      root.dataset.theme = to;
      const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
      if (root.dataset.theme !== to) throw new Error('the theme was changed under the hand of the test');
      return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''})`).join(', ')}`);
    }, theme);
    assert.deepEqual(found, [], `axe on ${where} in ${theme}: ${found.join('; ')}`);
  }
  await page.evaluate((to) => { document.documentElement.dataset.theme = to; }, stands);
}

/** Answers these commands in the core's place: a function of what was asked; what it throws is a fault. */
export async function answering(page, answers) {
  await page.route('**/rpc', async (route) => {
    const { cmd, payload } = route.request().postDataJSON();
    if (!(cmd in answers)) return route.fallback();
    try {
      await route.fulfill({ json: answers[cmd](payload) });
    } catch {
      await route.fulfill({ status: 422, json: { kind: 'fault', code: 'internal', retry: true, trace: '–' } });
    }
  });
}

const fails = () => { throw new Error('it fails'); };

/** What the table needs of a demo clinic: sessions in every state, people, an invoice of each kind. */
export async function household(page) {
  const who = await people(page);
  const week = await ask(page, 'calendar.view', { from: addDays(who.today, 1), days: 14, all_cancelled: true });
  let future;
  // One whose client can be reached both ways, so that every Quick Action has its dialog.
  for (const one of week.blocks.filter((block) => block.status === 'confirmed' && block.room)) {
    const { actions } = await ask(page, 'session.get', { session: one.session });
    if (actions.filter((line) => line.action.startsWith('send_')).every((line) => line.denial === null)) future ??= one.session;
  }
  const before = await ask(page, 'calendar.view', { from: addDays(who.today, -10), days: 10, all_cancelled: true });
  const past = before.blocks.find((one) => one.status === 'completed').session;
  const cancelled = await booked(page, { day: quietDay(who.today), minute: 600, therapist: who.clinic.member.facts.therapist, client: who.mailed[0].client.id, room: who.rooms[0].id });
  await ask(page, 'session.cancel', { session: cancelled, remark: null, remark_to_client: false, by: 'client', invoice: { kind: 'keep' }, notify: false });
  const drafted = async (minor) => {
    const draft = { invoice: null, client: who.mailed[0].client.id, session: null, amount: { minor, currency: who.clinic.clinic.facts.currency }, due: null, text: 'A letter' };
    await ask(page, 'invoice.draft', draft);
    return (await ask(page, 'invoice.list', { client: draft.client, status: 'draft', overdue: false, most: 50 })).invoices.find((one) => one.amount.minor === minor).id;
  };
  const [draft, issued, paid] = [await drafted(4100), await drafted(4200), await drafted(4300)];
  for (const invoice of [issued, paid]) await ask(page, 'invoice.issue', { invoice });
  await ask(page, 'invoice.pay', { invoice: paid, paid: { on: who.today, method: 'cash' } });
  const { member } = await ask(page, 'member.save', { member: null, guard: null, name: 'Ben Lee', grants: ['own_sessions', 'manage_members'], therapist: null });
  return { who, future, past, cancelled, draft, issued, paid, member, client: who.mailed[0].client.id };
}

const settings = (tab) => ({ name: `the ${tab} settings`, go: () => `settings/${tab}` });

/** Every screen of an open clinic. */
export const SCREENS = [
  { name: 'the Dashboard', of: ['dashboard/DashboardScreen', 'dashboard/DashboardPage'], go: () => 'dashboard' },
  { name: 'the week', of: ['calendar/CalendarScreen', 'calendar/CalendarPage'], go: () => 'calendar/week' },
  { name: 'the day', of: [], go: () => 'calendar/day' },
  { name: 'the day by room', of: [], go: () => 'room-calendar/day' },
  { name: 'the week by room', of: [], go: () => 'room-calendar/week' },
  { name: 'the clients', of: ['clients/ClientsScreen', 'clients/ClientsPage'], go: () => 'clients' },
  { name: 'a client', of: ['clients/ClientPage'], go: (of) => `clients/${of.client}` },
  { name: 'the rooms', of: ['rooms/RoomsScreen', 'rooms/RoomsPage'], go: () => 'rooms' },
  { name: 'the services', of: ['services/ServicesScreen', 'services/ServicesPage'], go: () => 'services' },
  { name: 'the availability', of: ['availability/AvailabilityScreen', 'availability/AvailabilityPage'], go: () => 'availability' },
  { name: 'the invoices', of: ['invoices/InvoicesScreen', 'invoices/InvoicesPage'], go: () => 'invoices' },
  { name: 'an invoice in draft', of: ['invoices/InvoicePage'], go: (of) => `invoices/${of.draft}` },
  { name: 'an issued invoice', of: [], go: (of) => `invoices/${of.issued}` },
  { name: 'a paid invoice', of: [], go: (of) => `invoices/${of.paid}` },
  { name: 'the messages', of: ['messages/MessagesScreen', 'messages/MessagesPage'], go: () => 'messages' },
  { name: 'the members', of: ['organization/OrganizationScreen', 'organization/MembersPage'], go: () => 'organization' },
  { name: 'a member', of: ['organization/MemberPage'], go: (of) => `organization/${of.member}` },
  { name: 'the subscription', of: ['organization/SubscriptionPage'], go: () => 'organization/subscription' },
  { ...settings('clinic'), of: ['settings/SettingsScreen', 'settings/ClinicSettings'] },
  { ...settings('mail'), of: ['settings/MailSettings'] },
  { ...settings('backup'), of: ['settings/BackupSettings'] },
  { ...settings('appearance'), of: ['settings/Appearance'] },
  { ...settings('lock'), of: ['settings/LockSettings'] },
  { name: 'a session to come', of: ['session/SessionScreen', 'session/SessionPage'], go: (of) => `session/${of.future}`, malay: true },
  { name: 'a session that is over', of: [], go: (of) => `session/${of.past}`, malay: true },
  { name: 'a cancelled session', of: [], go: (of) => `session/${of.cancelled}`, malay: true },
];

/** Opens a Quick Action of a session. */
async function quick(at, session, name) {
  await openSession(at.page, at.home, at.of[session]);
  await action(at.page, name).click();
  await at.page.locator('.dlg').waitFor();
}

/** Presses a button of a screen that opens a dialog. */
async function pressed(at, screen, name) {
  await at.page.goto(at.home.at(screen));
  await at.page.getByRole('button', { name }).first().click();
  await at.page.locator('.dlg').waitFor();
}

/** The same, where the core cannot read what the dialog is about. */
async function unread(at, screen, name, what = 'clinic.get') {
  await at.page.goto(at.home.at(screen));
  const button = at.page.getByRole('button', { name }).first();
  await button.waitFor();
  await answering(at.page, { [what]: fails });
  await button.click();
  await at.page.locator('.dlg .problem').waitFor();
}

const answered = (page) => page.locator('.dlg .msg:not([aria-busy=true]) b').first().waitFor();

/** Every dialog of an open clinic, and every way it can look that has colours or fields of its own. */
export const DIALOGS = [
  { name: 'Reschedule', of: ['features/session/RescheduleDialog'], show: async (at) => { await quick(at, 'future', /Reschedule Session/); await answered(at.page); } },
  {
    name: 'Reschedule onto what is not free', of: ['kit/Dialog'],
    show: async (at) => { await quick(at, 'future', /Reschedule Session/); await at.page.getByLabel('Start time').fill('23:00'); await at.page.locator('.dlg .msg b', { hasText: 'Therapist is not available' }).waitFor(); },
    // What was typed for the picture is asked about.
    then: async (at) => { await at.page.keyboard.press('Escape'); await at.page.getByRole('alertdialog', { name: 'Throw away what you typed?' }).waitFor(); },
  },
  { name: 'Reschedule of a session that cannot be read', of: ['features/session/SessionDialog'], show: (at) => unread(at, `session/${at.of.future}`, /Reschedule Session/) },
  { name: 'Modify Duration with an invoice', of: ['features/session/DurationDialog'], show: async (at) => { await quick(at, 'future', /Modify Duration/); await at.page.getByRole('button', { name: '+15' }).click(); await at.page.getByRole('switch', { name: /Invoice the extension/ }).click(); } },
  { name: 'Cancel Session', of: ['features/session/CancelDialog'], show: (at) => quick(at, 'future', /Cancel Session/) },
  { name: 'No Show', of: ['features/session/NoShowDialog'], show: (at) => quick(at, 'past', /^No Show/) },
  { name: 'Restore Session', of: ['features/session/RestoreDialog'], show: async (at) => { await quick(at, 'cancelled', /Restore Session/); await answered(at.page); } },
  { name: 'Send Email Reminder', of: ['features/session/ReminderDialog'], show: async (at) => { await openSession(at.page, at.home, at.of.future); await at.page.keyboard.press('e'); await at.page.locator('.dlg .letter').waitFor(); } },
  { name: 'Send WhatsApp Reminder', of: [], show: async (at) => { await openSession(at.page, at.home, at.of.future); await at.page.keyboard.press('w'); await at.page.locator('.dlg .letter').waitFor(); } },
  { name: 'what the client reads', of: ['shell/Letter'], show: async (at) => { await quick(at, 'future', /Cancel Session/); await at.page.getByRole('button', { name: 'Preview' }).click(); await dialog(at.page, 'What the client reads').locator('.letter').waitFor(); } },
  { name: 'New session', of: ['features/booking/BookDialog'], show: async (at) => { await at.page.goto(at.home.at('calendar/week')); await at.page.getByRole('grid').waitFor(); await at.page.keyboard.press('n'); await answered(at.page); } },
  {
    name: 'New session, every week, with the list of clients open', of: [],
    show: async (at) => {
      await at.page.goto(at.home.at(`calendar/day/${quietDay(at.of.who.today)}`));
      await at.page.getByRole('grid').waitFor();
      await at.page.keyboard.press('n');
      await at.page.getByRole('combobox', { name: 'Client' }).fill('a');
      await at.page.getByRole('option').first().waitFor();
    },
    then: async (at) => {
      await at.page.getByRole('option').first().click();
      await at.page.getByRole('radio', { name: 'Weekly' }).check({ force: true });
      await at.page.locator('.dlg .repeat td').first().waitFor();
    },
  },
  {
    name: 'New session with the days of a month', of: [],
    show: async (at) => {
      await at.page.goto(at.home.at('dashboard'));
      await at.page.locator('main h1').waitFor();
      await at.page.keyboard.press('n');
      await at.page.getByRole('button', { name: /^Date/ }).click();
      await at.page.locator('.pop .cal').waitFor();
    },
    then: async (at) => {
      await at.page.keyboard.press('Escape');
      await at.page.locator('.pop').waitFor({ state: 'detached' });
      await at.page.locator('.dlg button.field[aria-haspopup=listbox]').first().click();
      await at.page.getByRole('option').first().waitFor();
    },
  },
  { name: 'New client', of: ['features/clients/ClientForm'], show: async (at) => { await pressed(at, 'clients', 'New client'); await at.page.getByRole('checkbox', { name: 'Has a guardian' }).check({ force: true }); } },
  {
    name: 'New client who looks like another', of: [],
    show: async (at) => {
      await pressed(at, 'clients', 'New client');
      const form = dialog(at.page, 'New client');
      await form.getByLabel('Full name').fill(at.of.who.mailed[0].client.name);
      await form.getByLabel('Email').first().fill('nobody');
      await form.getByRole('button', { name: 'Save' }).click();
      await form.locator('[aria-invalid=true]').first().waitFor();
    },
    then: async (at) => {
      const form = dialog(at.page, 'New client');
      await form.getByLabel('Email').first().fill(at.of.who.mailed[0].email);
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Is it one of these?').waitFor();
    },
  },
  { name: 'Edit client', of: [], show: (at) => pressed(at, `clients/${at.of.client}`, /^Edit$/) },
  { name: 'a client that cannot be read', of: ['features/clients/ClientDialog'], show: (at) => unread(at, `clients/${at.of.client}`, /^Edit$/, 'client.get') },
  { name: 'Draft an invoice', of: ['features/invoices/DraftDialog'], show: (at) => pressed(at, `clients/${at.of.client}`, 'Draft an invoice') },
  { name: 'a draft that cannot be read', of: ['features/invoices/DraftScreen'], show: (at) => unread(at, `invoices/${at.of.draft}`, 'Edit draft', 'client.get') },
  { name: 'Make void', of: ['features/invoices/InvoicePage'], show: (at) => pressed(at, `invoices/${at.of.issued}`, 'Make void') },
  { name: 'Take payment back', of: [], show: (at) => pressed(at, `invoices/${at.of.paid}`, 'Take payment back') },
  { name: 'New room', of: ['features/rooms/RoomForm'], show: (at) => pressed(at, 'rooms', 'New room') },
  { name: 'Edit room with a mistake', of: [], show: async (at) => { await pressed(at, 'rooms', /^Edit/); await dialog(at.page, 'Edit room').getByLabel('Turnover').fill('999'); await dialog(at.page, 'Edit room').locator('.err').waitFor(); } },
  { name: 'New service', of: ['features/services/ServiceForm'], show: (at) => pressed(at, 'services', 'New service') },
  { name: 'a room that cannot be read', of: ['features/rooms/RoomDialog'], show: (at) => unread(at, 'rooms', 'New room') },
  { name: 'a service that cannot be read', of: ['features/services/ServiceDialog'], show: (at) => unread(at, 'services', 'New service') },
  { name: 'a booking that cannot be begun', of: ['features/booking/BookScreen'], show: (at) => unread(at, 'dashboard', 'Quick Create') },
  { name: 'Add therapist', of: ['features/availability/TherapistForm'], show: (at) => pressed(at, 'availability', 'Add therapist') },
  { name: 'the end of the demo', of: ['features/settings/ClinicSettings'], show: (at) => pressed(at, 'settings/clinic', 'Throw the demo clinic away') },
  {
    name: 'the question of a page that is not saved', of: ['kit/Unsaved'],
    show: async (at) => {
      await at.page.goto(at.home.at('settings/clinic'));
      await at.page.getByLabel('Clinic name').fill('Another');
      await at.page.getByRole('link', { name: 'Clients', exact: true }).click();
      await at.page.getByRole('alertdialog', { name: 'Throw away what you typed?' }).waitFor();
    },
  },
  { name: 'Edit Access', of: ['features/organization/MemberForm'], show: (at) => pressed(at, `organization/${at.of.member}`, 'Edit Access') },
  { name: 'Edit Access that cannot be read', of: ['features/organization/MemberDialog'], show: (at) => unread(at, `organization/${at.of.member}`, 'Edit Access', 'member.list') },
  { name: 'the question before a member is suspended', of: ['features/organization/MemberPage'], show: (at) => pressed(at, `organization/${at.of.member}`, 'Suspend') },
  { name: 'Change subscription', of: ['features/organization/PlanForm'], show: (at) => pressed(at, 'organization/subscription', 'Change subscription') },
  { name: 'Change subscription that cannot be read', of: ['features/organization/PlanDialog'], show: (at) => unread(at, 'organization/subscription', 'Change subscription', 'member.list') },
  { name: 'the sheet of keys', of: ['shell/KeySheet'], show: async (at) => { await at.page.goto(at.home.at('dashboard')); await at.page.locator('main h1').waitFor(); await at.page.keyboard.press('?'); await at.page.locator('.dlg').waitFor(); } },
  {
    name: 'a client who knows', of: ['shell/ClientKnows'],
    show: async (at) => {
      await answering(at.page, { 'act.undo': () => ({ kind: 'client_knows' }) });
      await openSession(at.page, at.home, at.of.future);
      await at.page.getByRole('button', { name: 'Mark not confirmed' }).click();
      await toast(at.page, 'Marked as not confirmed.').getByRole('button', { name: /^Undo/ }).click();
      await at.page.getByRole('alertdialog', { name: 'The client has been told already' }).waitFor();
    },
    then: async (at) => { await ask(at.page, 'session.confirm', { session: at.of.future, confirmed: true }); },
  },
  {
    name: 'messages that are not sent at the end', of: ['shell/Unsent'],
    show: async (at) => {
      await at.page.route('**/changed', (route) => route.fulfill({ contentType: 'text/event-stream', body: `data: ${JSON.stringify({ tables: [], state: false, ask_quit: 2 })}\n\n` }));
      await at.page.reload();
      await at.page.getByRole('dialog', { name: 'Messages are not sent yet' }).waitFor();
    },
    then: async (at) => {
      await at.page.getByRole('button', { name: 'Keep running in the tray' }).click();
      await at.page.getByText('This computer has no tray').waitFor();
    },
  },
];

/**
 * What stands before a clinic is open, each drawn by its own component: the test of the doors goes through them. The account, the
 * second step, computers and invites are looked at where a clinic is on a server.
 */
export const DOORS = ['features/settings/SecondStep', 'features/settings/OwnComputers', 'kit/Computers', 'features/organization/InviteDialog', 'features/settings/AccountSettings', 'features/firstrun/FirstRun', 'features/firstrun/SignIn', 'features/firstrun/Fetching', 'features/firstrun/Setup', 'features/firstrun/RecoveryKey', 'features/lock/LockScreen', 'features/trouble/TroubleScreen', 'shell/App'];

/** Every trouble a clinic can be in, read from the type the core gives the screens. */
export const TROUBLES = [...readFileSync(join(SRC, 'generated/Trouble.ts'), 'utf8').matchAll(/"(\w+)"/g)].map(([, name]) => name);

function components(folder = '') {
  return readdirSync(join(SRC, folder), { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name);
    return one.isDirectory() ? components(path) : path.endsWith('.svelte') ? [path] : [];
  });
}

/** Components that draw a dialog or a whole screen, and those of the table: both must be the same. */
export function drawn() {
  const screen = /^features\/(settings\/\w+|firstrun\/\w+|\w+\/\w*(Screen|Page))\.svelte$/;
  const needed = components().filter((path) => screen.test(path) || /Dialog\.svelte$/.test(path) || /from '[^']*\/(Alert)?Dialog\.svelte'/.test(readFileSync(join(SRC, path), 'utf8')));
  const names = needed.map((path) => path.replace(/\.svelte$/, '')).filter((path) => path !== 'kit/AlertDialog');
  return { needed: new Set(names), shown: new Set([...SCREENS.flatMap(({ of }) => of.map((one) => `features/${one}`)), ...DIALOGS.flatMap(({ of }) => of), ...DOORS]) };
}
