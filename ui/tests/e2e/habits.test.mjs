/** What every screen is expected to do: free time shown before it is chosen, undo in order, peeking, a change underneath said. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import axe from 'axe-core';
import { addDays, ask, booked, demo, house, people } from './house.mjs';
import { action, boxSays, dialog, openSession, quietDay, session, statusReads, toast } from './steps.mjs';

describe('the habits of the screens', () => {
  let home, page, who, day, me, willow;
  before(async () => {
    home = await house();
    page = await home.page();
    await demo(page);
    who = await people(page);
    day = quietDay(who.today, 15, 3);
    me = who.clinic.member.facts.therapist;
    willow = who.rooms[0].id;
    await page.close();
  });
  beforeEach(async () => { page = await home.page(); });
  afterEach(async () => page.close());
  after(async () => home.close());

  let used = 0;
  const fresh = async (weeks = used++) => booked(page, { day: addDays(day, 7 * weeks), minute: 600, therapist: me, client: who.mailed[4].client.id, room: willow });
  const keysOn = () => page.locator('.toast', { has: page.locator('kbd') });

  describe('the date grid', () => {
    const cell = (on) => page.locator(`.dlg [data-day="${on}"]`);

    it('shows how free each day is for this therapist, place and length, as the core has it', async () => {
      const id = await fresh();
      const { when } = await session(page, id);
      await openSession(page, home, id);
      await page.keyboard.press('r');
      await dialog(page, 'Reschedule Session').waitFor();
      const asked = { session: id, service: null, therapist: me, place: { kind: 'room', id: willow }, minutes: when.minutes, month: when.start.date };
      const { days } = await ask(page, 'session.free_days', asked);
      assert.equal(days.length, 42, 'six weeks');
      const free = days.find((one) => one.kind === 'free');
      const closed = days.find((one) => one.kind === 'closed' && one.date > when.start.date);
      await page.waitForFunction((on) => document.querySelector(`.dlg [data-day="${on}"]`)?.title.includes('free, first at'), free.date);
      assert.notEqual(await cell(free.date).evaluate((one) => one.style.getPropertyValue('--f')), '0', 'a free day has a bar');
      assert.equal(await cell(closed.date).getAttribute('title'), 'No hours', 'a day without hours says so');
      assert.equal(await cell(closed.date).evaluate((one) => one.style.getPropertyValue('--f')), '0', 'and has none');
    });

    it('tells a full day from a free one, and takes another therapist into account', async () => {
      const id = await fresh();
      const { when } = await session(page, id);
      const on = addDays(when.start.date, 1);
      const open = (await ask(page, 'session.check', { session: null, service: null, therapist: me, place: { kind: 'online' }, start: { date: on, minute: 600, second: false }, minutes: 50, end: null })).starts;
      for (const [from, to] of [[9 * 60, 13 * 60], [14 * 60, 18 * 60]]) if (open.some((one) => one.free)) await booked(page, { day: on, minute: from, therapist: me, client: who.mailed[5].client.id, minutes: to - from });
      await openSession(page, home, id);
      await page.keyboard.press('r');
      await page.waitForFunction((at) => document.querySelector(`.dlg [data-day="${at}"]`)?.title === 'Nothing free', on);
      await dialog(page, 'Reschedule Session').getByRole('combobox', { name: /^Therapist:/ }).click();
      await page.getByRole('option').filter({ hasNotText: who.therapists.find((one) => one.id === me).details.name.value }).first().click();
      await page.waitForFunction((at) => document.querySelector(`.dlg [data-day="${at}"]`)?.title !== 'Nothing free', on);
    });

    it('has the chosen day in focus and is walked by keys, month after month', async () => {
      const id = await fresh();
      const { when } = await session(page, id);
      await openSession(page, home, id);
      await page.keyboard.press('r');
      const focused = () => page.evaluate(() => document.activeElement?.dataset?.day);
      await page.waitForFunction(() => document.activeElement?.hasAttribute('data-day'));
      assert.equal(await focused(), when.start.date, 'it begins where the session stands');
      await page.keyboard.press('End');
      assert.equal(new Date(`${await focused()}T00:00:00Z`).getUTCDay(), 0, 'End is the last day of a week that begins on Monday');
      await page.keyboard.press('Home');
      assert.equal(new Date(`${await focused()}T00:00:00Z`).getUTCDay(), 1, 'Home its first');
      await page.keyboard.press('PageDown');
      const next = await focused();
      assert.notEqual(next.slice(0, 7), when.start.date.slice(0, 7), 'PageDown is the next month');
      await page.waitForFunction((at) => (document.querySelector(`.dlg [data-day="${at}"]`)?.title ?? '') !== '', next);
      await page.keyboard.press('PageUp');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await boxSays(page, 'Slot Available');
    });
  });

  it('shows Ctrl+Z on what it takes back next, goes back in order, and names what cannot be taken back', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    await page.getByRole('button', { name: 'Mark confirmed' }).click();
    await toast(page, 'Marked as confirmed.').waitFor();
    await page.keyboard.press('r');
    await page.getByLabel('Start time').fill('15:00');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await toast(page, /Moved to/).waitFor();
    assert.deepEqual(await keysOn().allInnerTexts().then((all) => all.map((one) => one.startsWith('Moved to'))), [true], 'the newest alone shows the key');

    await page.getByLabel('Add a remark').fill('By telephone');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await toast(page, 'Remark added.').waitFor();
    await page.locator('main h1').first().click();
    assert.equal(await keysOn().count(), 0, 'what comes next cannot be taken back, so no toast promises the key');
    await page.keyboard.press('Control+z');
    await toast(page, 'This cannot be taken back: Remark added.').waitFor();
    assert.equal((await session(page, id)).when.start.minute, 900, 'nothing else was taken back in its place');
    await page.keyboard.press('Control+z');
    await toast(page, 'Taken back.').waitFor();
    assert.equal((await session(page, id)).when.start.minute, 600, 'then the move');
    await page.keyboard.press('Control+z');
    await statusReads(page, 'Scheduled');
    await page.keyboard.press('Control+z');
    await page.waitForFunction(() => document.querySelectorAll('.toast').length > 0);
  });

  it('takes an older action back by its own button, and moves the key to the next', async () => {
    const [first, second] = [await fresh(), await fresh()];
    await openSession(page, home, first);
    await page.getByRole('button', { name: 'Mark confirmed' }).click();
    await toast(page, 'Marked as confirmed.').waitFor();
    await openSession(page, home, second);
    await action(page, /Cancel Session/).click();
    await page.getByRole('button', { name: 'Cancel this Session' }).click();
    await toast(page, 'Session cancelled.').waitFor();
    await toast(page, 'Marked as confirmed.').getByRole('button', { name: /^Undo/ }).click();
    await toast(page, 'Taken back.').waitFor();
    assert.equal((await session(page, first)).status, 'scheduled', 'the older one is taken back');
    assert.equal((await session(page, second)).status, 'cancelled', 'the newer one stands');
    await toast(page, 'Session cancelled.').locator('kbd').waitFor();
    await page.keyboard.press('Control+z');
    await statusReads(page, 'Scheduled');
  });

  describe('the peek card', () => {
    const card = () => page.getByRole('tooltip');
    let id, block;
    beforeEach(async () => {
      id = await fresh();
      const on = (await session(page, id)).when.start.date;
      await page.goto(home.at(`calendar/day/${on}`));
      block = page.locator(`[data-id="${id}"]`).first();
      await block.waitFor();
      await block.evaluate((one) => one.scrollIntoView({ block: 'center' }));
    });

    it('comes when a pointer rests, moves nothing, and goes when the pointer leaves', async () => {
      // A week that is still being drawn moves away from under the pointer.
      let before = null;
      for (let last = 'none'; last !== JSON.stringify(before); await page.waitForTimeout(200)) [last, before] = [JSON.stringify(before), await block.boundingBox()];
      await page.mouse.move(before.x + before.width / 2, before.y + 10, { steps: 4 });
      await page.waitForTimeout(150);
      assert.equal(await card().count(), 0, 'not in passing');
      await card().waitFor();
      await card().getByText('No reminder yet').waitFor();
      for (const text of [who.mailed[4].client.name, /10:00/, who.rooms[0].details.name.value, 'Scheduled']) await card().getByText(text).first().waitFor();
      assert.deepEqual(await block.boundingBox(), before, 'nothing moved');
      const at = await card().boundingBox();
      assert.ok(at.x >= 0 && at.y >= 0 && at.x + at.width <= 1280 && at.y + at.height <= 800, 'the whole card is in the window');
      await page.mouse.move(5, 5);
      await card().waitFor({ state: 'detached' });
    });

    it('comes with Space on the focused session, describes it, and goes with Escape', async () => {
      await block.focus();
      await page.getByRole('grid').press('ArrowDown');
      await page.getByRole('grid').press('ArrowUp');
      for (let n = 0; n < 40 && !(await block.evaluate((one) => one === document.activeElement)); n += 1) await page.keyboard.press('ArrowDown');
      await block.focus();
      await page.keyboard.press('Space');
      await card().waitFor();
      assert.equal(await block.getAttribute('aria-describedby'), await card().getAttribute('id'), 'the session is described by it');
      await page.keyboard.press('Escape');
      await card().waitFor({ state: 'detached' });
      assert.match(page.url(), /calendar\/day/, 'and the session was not opened');
      assert.equal(await block.evaluate((one) => one === document.activeElement), true, 'the focus stays');
    });

    it('keeps the name to itself under the privacy shade, and has nothing axe knows to be wrong, light and dark', async () => {
      for (const theme of ['light', 'dark']) {
        await ask(page, 'device.choose', { setting: 'theme', to: theme });
        await page.reload();
        await page.waitForFunction((want) => document.documentElement.dataset.theme === want, theme);
        await block.waitFor();
        await page.keyboard.press('Control+Shift+H');
        await block.evaluate((one) => one.scrollIntoView({ block: 'center' }));
        await block.hover();
        await card().waitFor();
        await card().getByText('No reminder yet').waitFor();
        const text = await card().innerText();
        assert.equal(text.includes(who.mailed[4].client.name), false, 'initials only');
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        assert.deepEqual(violations.map((one) => `${one.id} ${one.nodes[0]?.target.join(' ')}`), [], `axe in ${theme}`);
        await page.keyboard.press('Control+Shift+H');
        await page.mouse.move(5, 5);
      }
    });
  });

  it('says in an open dialog that the session was changed, and goes on from there with what was typed', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    await page.keyboard.press('r');
    const box = dialog(page, 'Reschedule Session');
    await box.getByLabel('Start time').fill('16:00');
    await boxSays(page, 'Slot Available');
    const { guard, when } = await session(page, id);
    await ask(page, 'session.reschedule', { session: id, guard, start: { date: when.start.date, minute: 690, second: false }, place: { kind: 'room', id: willow }, place_text: null, therapist: me, notify: false, anyway: { anyway: false, reason: null } });
    await box.getByText('This session was changed while this was open').waitFor();
    await box.getByText(/Now: .*11:30 – 12:20/).waitFor();
    await box.getByRole('button', { name: 'Reschedule', exact: false }).last().click();
    await box.getByText('The session was changed while this was open. Please look at it again.').waitFor();
    assert.equal(await box.getByLabel('Start time').inputValue(), '16:00', 'what was typed is kept');
    await box.getByRole('button', { name: 'Go on from there' }).click();
    await box.getByText('This session was changed while this was open').waitFor({ state: 'detached' });
    assert.equal(await box.getByLabel('Start time').inputValue(), '16:00', 'still');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Control+Enter');
    await toast(page, /Moved to .* 16:00/).waitFor();
  });

  it('asks before it throws away what was typed, and closes at once what was not touched', async () => {
    const id = await fresh();
    await openSession(page, home, id);
    const box = dialog(page, 'Reschedule Session');
    const question = page.getByRole('alertdialog', { name: 'Throw away what you typed?' });
    await page.keyboard.press('r');
    await boxSays(page, 'Slot Available');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });

    await page.keyboard.press('r');
    await box.getByLabel('Start time').fill('16:00');
    await page.mouse.click(8, 8);
    await boxSays(page, 'Slot Available');
    assert.equal(await question.count(), 0, 'a click beside the dialog is no wish to close it');
    for (const close of [() => page.keyboard.press('Escape'), () => box.getByRole('button', { name: 'Close' }).click()]) {
      await close();
      await question.getByRole('button', { name: 'Keep editing' }).click();
      await question.waitFor({ state: 'detached' });
      assert.equal(await box.getByLabel('Start time').inputValue(), '16:00', 'what was typed is there');
    }
    await page.keyboard.press('Escape');
    await question.getByRole('button', { name: 'Throw away' }).click();
    await box.waitFor({ state: 'detached' });
    assert.equal((await session(page, id)).when.start.minute, 600, 'and nothing was moved');
  });

  it('restores a session while its slot is free, and says why not once it is taken', async () => {
    const id = await fresh();
    const { when } = await session(page, id);
    await ask(page, 'session.cancel', { session: id, remark: null, remark_to_client: false, by: 'client', invoice: { kind: 'keep' }, notify: false });
    await booked(page, { day: when.start.date, minute: 615, therapist: me, client: who.mailed[6].client.id });
    await openSession(page, home, id);
    await action(page, /Restore Session/).click();
    await boxSays(page, 'Therapist is not available');
    assert.equal(await dialog(page, 'Restore Session').getByRole('button', { name: 'Restore' }).getAttribute('aria-disabled'), 'true', 'a taken slot is not given twice');
  });

  it('says all that is wrong with a client at once, each beside its field, and keeps what was typed', async () => {
    await page.goto(home.at('clients'));
    await page.getByRole('button', { name: 'New client' }).click();
    const form = dialog(page, 'New client');
    await form.getByLabel('Full name').fill(who.mailed[0].client.name);
    await form.getByLabel('Email').first().fill('not-an-address');
    await form.getByLabel('Phone').first().fill('12');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Email: this is not an email address.').waitFor();
    await form.getByText('Phone: this is not a phone number.').waitFor();
    assert.equal(await form.getByText('Is it one of these?').count(), 0, 'look-alikes are asked about only once the form is sound');
    assert.deepEqual(await form.locator('[aria-invalid=true]').evaluateAll((all) => all.map((one) => one.value)), ['not-an-address', '12'], 'both fields are marked and kept');
    assert.equal(await page.evaluate(() => document.activeElement.value), 'not-an-address', 'the first of them has the focus');
  });

  it('goes anywhere by G and a letter, and begins a session by N from there', async () => {
    await page.goto(home.at('dashboard'));
    await page.locator('main h1').first().waitFor();
    // D alone is the day, W the week, M nothing: after G a letter has one meaning, on the calendar too, and every time.
    for (const [key, screen] of [['c', 'calendar'], ['d', 'dashboard'], ['i', 'invoices'], ['m', 'messages'], ['l', 'clients']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.waitForURL((url) => url.hash.startsWith(`#/${screen}`));
      await page.locator('main h1, main [role=grid]').first().waitFor();
    }
    await page.keyboard.press('n');
    await dialog(page, 'New session').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page, 'New session').waitFor({ state: 'detached' });
  });

  it('made no mistake on any page', () => assert.deepEqual(home.errors(), []));
});
