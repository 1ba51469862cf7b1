import assert from 'node:assert/strict';
import { NOT_IN_DOCUMENTS } from '../company.mjs';
import { ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { until } from '../lib/waiting.mjs';
import { call, EMPLOYEE, LEGAL, send } from '../lib/world.mjs';

const REPLY = 'We have looked into it. Please ask for the form at the front desk.';

// A day's questions, of which two are the same but for who sent it. A rule sends them to a person.
const COMPANY = 'Nordhafen';
const ASKED = {
  Altona: 'We received a subpoena about the invoices of 2019 from Nordhafen Altona.',
  Bergen: 'We got a cease-and-desist over the colors of our logo from Nordhafen Bergen.',
  Calais: 'We received a statement of claim for steel that came too late from Nordhafen Calais.',
  Delft: 'We got a court order that freezes the bank account of Nordhafen Delft.',
  Emden: 'We received a notice of claim after an accident with a forklift from Nordhafen Emden.',
  Faro: 'We received a letter before action on unpaid commissions from Nordhafen Faro.',
  Genoa: 'We received a summons from Nordhafen Genoa. What do we do?',
  Hull: 'We received a summons from Nordhafen Hull. What do we do?',
  Izmir: 'We were sued over the license of a program by Nordhafen Izmir.',
  Jaffa: 'We got a subpoena that asks for all letters to Nordhafen Jaffa.',
};
const BRANCHES = Object.keys(ASKED);
const asked = (branch) => ASKED[branch];
// How long the keeper of the clocks, who looks once a minute, may take.
const CLOCKS_MS = 90_000;
const NEEDED_LATER = ['Calais', 'Genoa', 'Hull'];
const QUEUE = 'Proceedings';

test('what the documents do not say reaches Legal, and the reply reaches the asker', async ({ as }) => {
  const conversation = await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, NOT_IN_DOCUMENTS);
    await exchange.getByRole('region', { name: /legal/i }).waitFor();
    await page.goto('/requests');
    await page.getByRole('main').getByRole('link', { name: NOT_IN_DOCUMENTS }).waitFor();
    await page.goBack();
    return new URL(page.url()).pathname;
  });

  await as(LEGAL, async (page) => {
    await page.goto('/desk');
    await ready(page);
    await page.getByRole('main').getByRole('link', { name: NOT_IN_DOCUMENTS }).click();
    await page.getByRole('heading', { level: 1, name: NOT_IN_DOCUMENTS }).waitFor();
    await page.getByRole('textbox', { name: 'Your reply' }).fill(REPLY);
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.getByText(REPLY).first().waitFor();
  });

  await as(EMPLOYEE, async (page) => {
    await page.goto(conversation);
    await page.getByText(REPLY).first().waitFor();
    await page.goto('/requests');
    await page.getByRole('main').getByRole('link', { name: NOT_IN_DOCUMENTS }).click();
    await page.getByText(REPLY).first().waitFor();
  });
});

test('an employee cannot open the review desk', async ({ as, instance }) => {
  const id = instance.query('SELECT id FROM escalations LIMIT 1')[0]?.[0] ?? 'none';
  await as(EMPLOYEE, async (page) => {
    for (const path of ['/desk', `/desk/${id}`, '/desk/queues', '/desk/templates', '/documents', '/people']) {
      const response = await page.goto(path);
      assert.equal(response.status(), 404, path);
      assert.equal(await page.getByRole('main').getByText(NOT_IN_DOCUMENTS).count(), 0);
    }
    await page.goto('/');
    assert.equal(await page.getByRole('link', { name: /desk/i }).count(), 0);
  });
});

const rows = (page) => page.locator('.desk-rows > li');
const row = (page, branch) => rows(page).filter({ hasText: `${COMPANY} ${branch}` });

// The branch of the row that has the focus.
async function inFocus(page) {
  const text = await page.locator('.desk-rows a.row:focus .row-title').innerText();
  return BRANCHES.find((branch) => text.includes(branch));
}

async function openDesk(page, query) {
  await page.goto(`/desk?q=${COMPANY}&sort=age${query ?? ''}`);
  await ready(page);
  await rows(page).first().waitFor();
}

test('a day at the desk', async (world) => {
  const { as, instance, newcomer } = world;
  const [[lena]] = instance.query(`SELECT name FROM users WHERE email = '${LEGAL}'`);
  const askers = [newcomer(), newcomer()];
  for (const [at, asker] of askers.entries()) {
    await as(asker, async (page) => {
      for (const branch of BRANCHES.filter((_, number) => number % 2 === at)) {
        await send(page, asked(branch));
      }
    });
  }

  await as(LEGAL, async (page) => {
    const there = async () => {
      const list = await page.request.get(`/api/v1/escalations?q=${COMPANY}`);
      return (await list.json()).length === BRANCHES.length;
    };
    await until(there, 30_000, 'the ten questions');
    await makeQueue(page);
    await triage(page, lena);
    await changeMany(page);
    await saveView(page);
    await replyAndPublish(page);
    await mergeDuplicate(page);
  });

  // The reply to the one reached who asked the other.
  await as(askers[1], async (page) => {
    await page.goto('/requests');
    await page.getByRole('main').getByRole('link', { name: asked('Hull') }).click();
    await page.getByText(`${REPLY} For both.`).first().waitFor();
    assert.equal(await page.getByText('Ask the court first.').count(), 0, 'a note stays at the desk');
  });

  // Whose time is over is told to whom it is assigned.
  const warned = () =>
    instance.query(
      'SELECT COUNT(*) FROM notices n JOIN users u ON u.id = n.user_id ' +
        `WHERE u.email = '${LEGAL}' AND n.kind IN ('warned', 'breached')`,
    )[0][0] > 0;
  await until(warned, CLOCKS_MS, 'the warning');
});

// A queue whose first reply is due within a minute.
async function makeQueue(page) {
  await page.goto('/desk/queues');
  await ready(page);
  await page.getByText('New queue').click();
  const form = page.locator('details.add').last();
  await form.getByLabel('Key').fill('proceedings');
  await form.getByLabel('Name').fill(QUEUE);
  await form.getByLabel('First reply within').fill('0.02');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 2, name: QUEUE }).waitFor();
}

// Ten questions, without a mouse.
async function triage(page, me) {
  await openDesk(page);
  assert.equal(await rows(page).count(), BRANCHES.length);
  for (let number = 0; number < BRANCHES.length; number += 1) {
    await page.keyboard.press('j');
    const branch = await inFocus(page);
    await page.keyboard.press('a');
    await row(page, branch).getByText(`Assigned to ${me}`).waitFor();
    assert.equal(await inFocus(page), branch, 'the focus stays');
  }
  // Back to the first: urgent, and to the queue that hurries.
  for (let number = 1; number < BRANCHES.length; number += 1) await page.keyboard.press('k');
  const first = await inFocus(page);
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Urgent' }).waitFor();
  await page.keyboard.press('1');
  await row(page, first).getByText('Urgent').waitFor();
  await page.keyboard.press('q');
  await page.getByRole('dialog').getByRole('button', { name: QUEUE }).click();
  await row(page, first).getByText(QUEUE).waitFor();
  // Its clock says so in words, whether there is little time or none.
  await row(page, first).getByText(/First reply: (over by|less than a minute left)/).waitFor();
  await until(
    async () => {
      await openDesk(page);
      return (await row(page, first).getByText(/First reply: over by/).count()) > 0;
    },
    CLOCKS_MS,
    'the breach',
  );
  // Put off, and out of the list until then.
  await page.keyboard.press('j');
  do await page.keyboard.press('j');
  while (NEEDED_LATER.includes(await inFocus(page)));
  const late = await inFocus(page);
  await page.keyboard.press('s');
  await page.getByRole('dialog').getByRole('button', { name: 'In an hour' }).waitFor();
  await page.keyboard.press('1');
  await row(page, late).waitFor({ state: 'detached' });
  await openDesk(page, '&snoozed=yes');
  await row(page, late).getByText('Snoozed until').waitFor();
}

// Three at once: seen before, told item by item, taken back.
async function changeMany(page) {
  await openDesk(page);
  const chosen = [];
  for (let number = 0; number < 3; number += 1) {
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    chosen.push(await inFocus(page));
  }
  await page.getByText('3 selected').waitFor();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog');
  // The first of them is urgent already.
  await dialog.getByRole('button', { name: 'Urgent' }).click();
  await dialog.getByText('2 of 3 will change').waitFor();
  await dialog.getByRole('button', { name: 'Change 2' }).press('Enter');
  for (const branch of chosen) await row(page, branch).getByText('Urgent').waitFor();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await page.keyboard.press('z');
  await row(page, chosen[2]).getByText('Urgent').waitFor({ state: 'detached' });
  await row(page, chosen[0]).getByText('Urgent').waitFor();
}

async function saveView(page) {
  await openDesk(page);
  await page.getByRole('button', { name: 'Save this view' }).click();
  await page.getByLabel('Name of the view').fill('The summons');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const view = page.getByRole('link', { name: 'The summons' });
  await view.waitFor();
  await page.goto('/desk');
  await ready(page);
  await view.click();
  await page.waitForURL(new RegExp(`q=${COMPANY}`));
  await row(page, 'Hull').waitFor();
}

// A reply and a note; what somebody else did meanwhile stops the reply and loses nothing.
async function replyAndPublish(page) {
  await openDesk(page);
  await row(page, 'Calais').getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: asked('Calais') }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  const box = page.getByRole('textbox', { name: 'Your reply' });
  const told = page.waitForResponse((response) => response.url().endsWith('/presence'));
  await page.keyboard.press('r');
  await page.keyboard.type(REPLY);
  await told;
  await page.reload();
  await ready(page);
  assert.equal(await box.inputValue(), REPLY, 'what is written survives a reload');

  await page.keyboard.press('n');
  await page.keyboard.type('Ask the court first.');
  await page.getByRole('button', { name: 'Add note' }).click();
  await page.locator('.reply.internal').getByText('Ask the court first.').waitFor();

  const changed = await call(page, 'POST', `/api/v1/escalations/${id}/change`, { priority: 'high' });
  assert.ok(changed.ok());
  await page.getByRole('button', { name: 'Send reply' }).click();
  await page.getByRole('alert').getByText(/changed this meanwhile/).waitFor();
  assert.equal(await box.inputValue(), REPLY, 'what is written is kept');
  await page.getByRole('button', { name: 'Send reply' }).click();
  await page.locator('.reply:not(.internal)').getByText(REPLY).waitFor();
  assert.equal(await box.inputValue(), '');
  await page.getByRole('link', { name: 'Publish as approved answer' }).click();
  await page.waitForURL(new RegExp(`/approved/new\\?from=${id}`));
}

async function mergeDuplicate(page) {
  await openDesk(page);
  await row(page, 'Genoa').getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: asked('Genoa') }).waitFor();
  const other = page.locator('.cases > li').filter({ hasText: asked('Hull') });
  await other.getByRole('button', { name: 'Merge it into this one' }).click();
  const duplicates = page.getByRole('region', { name: 'Duplicates' });
  await duplicates.getByRole('link', { name: asked('Hull') }).waitFor();
  await page.getByRole('textbox', { name: 'Your reply' }).fill(`${REPLY} For both.`);
  await page.getByRole('button', { name: 'Send and resolve' }).click();
  // On to the next of the list.
  await page.getByRole('heading', { level: 1, name: asked('Genoa') }).waitFor({ state: 'detached' });
  await openDesk(page);
  assert.equal(await row(page, 'Genoa').count(), 0);
  assert.equal(await row(page, 'Hull').count(), 0);
}

test('a template is written once and fills itself in', async ({ as, instance }) => {
  await as(LEGAL, async (page) => {
    await page.goto('/desk/templates');
    await ready(page);
    await page.getByText('New template').click();
    const form = page.locator('details.add').last();
    await form.getByLabel('Title').fill('Received');
    await form.getByLabel('Reply').fill('Dear {asker}, we have your question. {me}');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 2, name: 'Received' }).waitFor();

    const [[id, asker]] = instance.query(
      'SELECT e.id, u.name FROM escalations e JOIN runs r ON r.id = e.run_id ' +
        "JOIN users u ON u.id = r.user_id WHERE e.state = 'open' AND e.merged_into IS NULL LIMIT 1",
    );
    await page.goto(`/desk/${id}`);
    await ready(page);
    await page.getByLabel('Insert a template').selectOption({ label: 'Received' });
    const box = page.getByRole('textbox', { name: 'Your reply' });
    assert.match(await box.inputValue(), new RegExp(`^Dear ${asker}, we have your question\\.`));
    await box.fill('');
  });
});
