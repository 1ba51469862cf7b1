import assert from 'node:assert/strict';
import { ask, ready } from '../lib/browser.mjs';
import { office, TRACKER_TOKEN } from '../lib/office.mjs';
import { test } from '../lib/runner.mjs';
import { until } from '../lib/waiting.mjs';
import { ADMIN, LEGAL, send } from '../lib/world.mjs';

const NAME = 'Company Jira';
const SECRET = 'lantern-quarry-velvet-harbor';
// A rule sends both to Legal and wants a ticket of them.
const CLOSED_THERE = 'We received a subpoena about the harbor cranes.';
const CLOSED_HERE = 'We got a cease-and-desist over our logo with the lighthouse.';
const COMMENT = 'The file is in cabinet nine.';
// Two looks of those who send, and a tracker in no hurry.
const SENT_MS = 30_000;

// Fills in the form of a new tracker, which lacks a field that the tracker requires.
async function describe(form, jira) {
  const fill = (label, words) => form.getByLabel(label, { exact: true }).fill(words);
  await fill('Name', NAME);
  await form.getByLabel('Kind', { exact: true }).selectOption({ label: 'Jira Data Center' });
  await fill('Address', jira.address);
  await fill('Project key', 'LEGAL');
  await fill('Issue type or request type', 'Task');
  await fill('Token, or the secret that signs a webhook', TRACKER_TOKEN);
  await form
    .getByLabel('What happens there comes back', { exact: true })
    .selectOption({ label: 'The tracker calls Inhouse' });
  await fill('Secret of what the tracker sends us', SECRET);
}

// Sets the tracker up and gives the address that it calls.
async function setUp(page, jira) {
  await page.goto('/trackers');
  await ready(page);
  const none = page.getByText('No tracker is set up here.');
  await none.waitFor();
  await page.getByText('Add a tracker').click();
  const form = page.locator('details.add form');
  await describe(form, jira);
  const missing = /requires fields that are not filled: Cost center \(customfield_10010\)/;
  await form.getByRole('button', { name: 'Check only' }).click();
  await form.getByRole('status').getByText(missing).waitFor();
  await form.getByRole('button', { name: 'Check and save' }).click();
  await form.getByRole('alert').filter({ hasText: missing }).waitFor();
  assert.ok(await none.isVisible(), 'what can make no issues is not saved');

  await form
    .getByLabel('Further fields', { exact: true })
    .fill('customfield_10010 = {"value": "Legal"}');
  await form.getByRole('button', { name: 'Check only' }).click();
  await form.getByRole('status').getByText(/project LEGAL, as Inhouse at Example/).waitFor();
  await form.getByRole('button', { name: 'Check and save' }).click();
  const row = page.locator('.things > li').filter({ hasText: NAME });
  await row.locator('.tag', { hasText: 'Switched on' }).waitFor();
  await row.getByText('Settings', { exact: true }).click();
  return row.locator('code').innerText();
}

test('a question becomes an issue, and what is closed on one side is closed on the other', async (world) => {
  const { as, instance, jira, newcomer } = await office(world);
  const hook = await as(ADMIN, (page) => setUp(page, jira));
  assert.ok(hook.startsWith(`${instance.address}/hooks/trackers/`), hook);
  const saved = instance.query('SELECT * FROM trackers').flat().join(' ');
  assert.ok(!saved.includes(TRACKER_TOKEN) && !saved.includes(SECRET), 'secrets are sealed');
  jira.call(hook, SECRET);

  const asker = newcomer();
  await as(asker, async (page) => {
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, CLOSED_THERE);
    await exchange.getByRole('region', { name: 'Legal', exact: true }).waitFor();
    await send(page, CLOSED_HERE);
  });
  const escalation = (question) =>
    instance.query(
      'SELECT e.id, e.ticket_key FROM escalations e JOIN runs r ON r.id = e.run_id ' +
        `WHERE r.question = '${question}' AND e.ticket_key IS NOT NULL`,
    )[0];
  const [there, key] = await until(() => escalation(CLOSED_THERE), SENT_MS, 'the first issue');
  const [here, other] = await until(() => escalation(CLOSED_HERE), SENT_MS, 'the second issue');
  const issue = (key) => jira.issues.find((issue) => issue.key === key);

  // A reference and a link, without a word of the question.
  const { fields } = issue(key);
  assert.match(fields.description, new RegExp(`${instance.address}/desk/${there}`));
  assert.deepEqual(fields.customfield_10010, { value: 'Legal' });
  assert.doesNotMatch(JSON.stringify(fields), /subpoena|harbor|cranes/i);

  // What nobody signed is not there.
  const forged = { 'x-hub-signature': `sha256=${'0'.repeat(64)}` };
  const refused = await fetch(hook, { method: 'POST', headers: forged, body: '{}' });
  assert.equal(refused.status, 404);
  assert.equal(await jira.comment(key, 'Jana Vogt', COMMENT), 204);
  assert.equal(await jira.setStatus(key, 'Done'), 204);

  await as(LEGAL, async (page) => {
    await page.goto(`/desk/${there}`);
    await ready(page);
    await page.locator('.page-head .tag', { hasText: 'Resolved' }).waitFor();
    const link = page.getByRole('link', { name: key, exact: true });
    assert.equal(await link.getAttribute('href'), `${jira.address}/browse/${key}`);
    const done = page.getByRole('region', { name: 'What was done' });
    await done.getByText("saw that its issue is now 'Done'").waitFor();
    const comment = page.locator('.reply.internal').filter({ hasText: 'From the ticket' });
    await comment.getByText(`Jana Vogt: ${COMMENT}`).waitFor();

    await page.goto(`/desk/${here}`);
    await ready(page);
    await page.getByRole('button', { name: 'Resolve without a reply' }).click();
    await until(() => issue(other).status === 'Done', SENT_MS, 'the transition');
  });
  await as(asker, async (page) => {
    await page.goto(`/requests/${there}`);
    await ready(page);
    await page.getByText('Legal has resolved this.').waitFor();
    assert.equal(await page.getByText(COMMENT).count(), 0, 'a comment there is for the desk');
  });
  assert.deepEqual(jira.refused, []);
});

test('nobody but admins sets trackers up', async ({ as }) => {
  await as(LEGAL, async (page) => {
    assert.equal((await page.goto('/trackers')).status(), 404);
    assert.equal(await page.getByRole('link', { name: 'Ticket trackers' }).count(), 0);
  });
  // Where the operator lists no host, the page says so.
  await as(ADMIN, async (page) => {
    await page.goto('/trackers');
    await ready(page);
    await page.getByText(/has to list its host in jira\.allow/).waitFor();
  });
});
