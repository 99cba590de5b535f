/** What is typed and not kept yet: no way out of a page takes it along unasked, and no mistyped hour is kept for another. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addDays, ask, booked, demo, house, people } from './house.mjs';
import { action, dialog, openSession, quietDay, session, toast } from './steps.mjs';

describe('what is typed and not kept yet', () => {
  let home, page, id, other;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    const who = await people(page);
    const day = quietDay(who.today, 16, 2);
    const like = { minute: 600, therapist: who.clinic.member.facts.therapist, client: who.mailed[4].client.id, room: who.rooms[0].id };
    id = await booked(page, { day, ...like });
    other = await booked(page, { day: addDays(day, 7), ...like });
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  const cancelling = () => dialog(page, 'Cancel Session');
  const question = () => page.getByRole('alertdialog', { name: 'Throw away what you typed?' });

  it('is asked about when the person goes back, and the dialog stays until they answer', async () => {
    await openSession(page, home, other);
    await openSession(page, home, id);
    await action(page, 'Cancel Session').click();
    await cancelling().getByRole('textbox', { name: /^Remark/ }).fill('Has a cold');
    await page.goBack();
    await question().waitFor();
    assert.equal(new URL(page.url()).hash, `#/session/${id}`, 'the page is still this one');
    await question().getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await cancelling().getByRole('textbox', { name: /^Remark/ }).inputValue(), 'Has a cold');
    await page.goBack();
    await question().getByRole('button', { name: 'Throw away' }).click();
    await page.waitForURL((url) => url.hash === `#/session/${other}`);
    await cancelling().waitFor({ state: 'detached' });
  });

  it('does not hold up who typed nothing', async () => {
    await openSession(page, home, other);
    await openSession(page, home, id);
    await action(page, 'Cancel Session').click();
    await cancelling().waitFor();
    await page.goBack();
    await page.waitForURL((url) => url.hash === `#/session/${other}`);
    await cancelling().waitFor({ state: 'detached' });
  });

  it('keeps a half-written remark with its session while the person looks at other pages', async () => {
    await openSession(page, home, id);
    await page.getByLabel('Add a remark').fill('Prefers the window');
    await page.getByRole('link', { name: 'Clients', exact: true }).click();
    await page.getByRole('heading', { name: 'Clients', level: 1 }).waitFor();
    await openSession(page, home, other);
    assert.equal(await page.getByLabel('Add a remark').inputValue(), '', 'it is of one session alone');
    await openSession(page, home, id);
    assert.equal(await page.getByLabel('Add a remark').inputValue(), 'Prefers the window');
  });

  it('keeps changed hours while another owner is looked at, and saves no hour where none is typed', async () => {
    await page.goto(home.at('availability'));
    const monday = page.getByRole('group', { name: 'Monday' });
    const until = monday.getByLabel('Until').first();
    await until.waitFor();
    const before = await ask(page, 'hours.get', {});
    await until.fill('25:99');
    await until.blur();
    await monday.getByText('This is no time of day.').waitFor();
    await monday.getByLabel('From').first().fill('09:40');
    const save = page.getByRole('button', { name: 'Save hours' });
    assert.equal(await save.isDisabled(), true, 'what stands there is not what would be kept');
    assert.deepEqual((await ask(page, 'hours.get', {})).hours, before.hours);
    await until.fill('13:20');
    await page.getByRole('combobox', { name: /^Hours of/ }).click();
    await page.getByRole('option', { name: 'The whole clinic' }).click();
    assert.notEqual(await until.inputValue(), '13:20', 'the clinic has its own hours');
    await page.getByRole('combobox', { name: /^Hours of/ }).click();
    await page.getByRole('option').nth(1).click();
    assert.equal(await until.inputValue(), '13:20');
    await save.click();
    await toast(page, 'Saved.').waitFor();
    assert.equal(await save.isDisabled(), true, 'nothing is left to save');
    const own = (await ask(page, 'hours.get', {})).hours.flatMap((one) => one.week);
    assert.ok(own.some((span) => span.from === 580 && span.to === 800), 'they are kept as they were typed');
  });

  it('is hidden with the rest by Ctrl+Shift+H, from inside a field of a dialog', async () => {
    await openSession(page, home, id);
    await action(page, 'Cancel Session').click();
    await cancelling().getByRole('textbox', { name: /^Remark/ }).focus();
    const { name } = (await session(page, id)).client;
    const heading = page.locator('h1').filter({ hasText: name });
    await heading.waitFor();
    await page.keyboard.press('Control+Shift+H');
    await heading.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+H');
    await heading.waitFor();
    assert.equal(await cancelling().getByRole('textbox', { name: /^Remark/ }).evaluate((one) => one === document.activeElement), true, 'and the hand stays where it was');
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
