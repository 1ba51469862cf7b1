import assert from 'node:assert/strict';
import { ask, ready, ANSWER_MS } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, EMPLOYEE, call } from '../lib/world.mjs';

const NAME = 'meals.md';
const text = (euros, more = '') =>
  `# Meals policy\n\n## 1 Allowance\n\nThe meals policy allows ${euros} euros a day.\n\n` +
  `## 2 Receipts\n\nReceipts are handed in within a month.\n${more}`;

test('a version in force from a day on, what held before, and how the two differ', async ({ as }) => {
  await as(ADMIN, async (page) => {
    const made = await call(page, 'POST', '/api/v1/document-sets', { name: 'Meals', audience: 'everyone' });
    const { id } = await made.json();
    await page.goto(`/documents/${id}`);
    await ready(page);
    const file = page.getByRole('row').filter({ hasText: NAME });
    const upload = (content) =>
      page
        .locator('#files')
        .setInputFiles({ name: NAME, mimeType: 'text/markdown', buffer: Buffer.from(content) });
    await upload(text(28));
    await file.getByText('Ready').waitFor({ timeout: ANSWER_MS });
    await upload(text(35, '\n## 3 Guests\n\nGuests are invited with written approval only.\n'));
    await file.getByText('Version 2').waitFor({ timeout: ANSWER_MS });
    await file.getByText('Ready').waitFor({ timeout: ANSWER_MS });

    await file.getByRole('link').first().click();
    await page.waitForURL(/\/documents\/[^/]+\/[^/]+$/);
    await ready(page);
    const say = async (version, first) => {
      await page.getByRole('button', { name: `When version ${version} is in force` }).click();
      await page.locator('#date-from').fill(first);
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    };
    await say(1, '2020-01-01');
    await say(2, '2025-04-01');
    const versions = page.getByRole('table', { name: 'Versions' });
    await versions.getByText('31 Mar 2025').first().waitFor();

    await page.goto('/');
    await ready(page);
    const now = await ask(page, 'How many euros a day does the meals policy allow?');
    assert.match(await now.innerText(), /35 euros/);
    assert.doesNotMatch(await now.innerText(), /28 euros/);
    await page.goto('/');
    await ready(page);
    const then = await ask(page, 'How many euros a day did the meals policy allow as of 1 March 2023?');
    const words = await then.innerText();
    assert.match(words, /28 euros/);
    assert.doesNotMatch(words, /35 euros/);
    assert.match(words, /1 Mar 2023/);

    await page.goto(`/documents/${id}`);
    await ready(page);
    await file.getByRole('link').first().click();
    await page.waitForURL(/\/documents\/[^/]+\/[^/]+$/);
    await ready(page);
    await page.getByRole('heading', { name: 'Compare two versions' }).waitFor();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForURL(/\/compare\?/);
    await ready(page);
    await page.locator('ins').filter({ hasText: '35' }).first().waitFor();
    await page.locator('del').filter({ hasText: '28' }).first().waitFor();
    await page.getByText('Guests are invited').first().waitFor();
  });
});

test('what a document says of its dates is confirmed by a person', async ({ as }) => {
  const content =
    '# Cleaning agreement\n\nThis Agreement is effective as of January 15, 2025.\n\n' +
    'It is governed by the laws of Sweden.\n';
  await as(ADMIN, async (page) => {
    const made = await call(page, 'POST', '/api/v1/document-sets', { name: 'Cleaning', audience: 'everyone' });
    const { id } = await made.json();
    await page.goto(`/documents/${id}`);
    await ready(page);
    await page
      .locator('#files')
      .setInputFiles({ name: 'cleaning.md', mimeType: 'text/markdown', buffer: Buffer.from(content) });
    const file = page.getByRole('row').filter({ hasText: 'cleaning.md' });
    await file.getByText('Needs a look').waitFor({ timeout: ANSWER_MS });
    await file.getByRole('link').first().click();
    await page.waitForURL(/\/documents\/[^/]+\/[^/]+$/);
    await ready(page);
    await page.getByText('January 15, 2025').first().waitFor();
    await page.getByRole('button', { name: /^Confirm: First day/ }).click();
    await page.getByRole('button', { name: /^Confirm: First day/ }).waitFor({ state: 'detached' });
    const versions = page.getByRole('table', { name: 'Versions' });
    await versions.getByText('15 Jan 2025').waitFor();
  });
});

test('an owner sees that a review is due and says when it was done', async ({ as, instance }) => {
  const [[document, set]] = instance.query(
    "SELECT d.id, d.set_id FROM documents d JOIN document_sets s ON s.id = d.set_id " +
      "WHERE s.audience = 'everyone' AND d.deleted_at IS NULL ORDER BY d.id LIMIT 1",
  );
  const [[owner]] = instance.query(`SELECT id FROM users WHERE email = '${EMPLOYEE}'`);
  await as(ADMIN, async (page) => {
    const facts = { owner, review_on: '2025-01-31', tags: ['yearly'] };
    const told = await call(page, 'PUT', `/api/v1/documents/${document}/facts`, facts);
    assert.equal(told.status(), 204);
  });
  await as(EMPLOYEE, async (page) => {
    await page.goto(`/documents/${set}/${document}`);
    await ready(page);
    await page.getByRole('button', { name: 'Mark as reviewed' }).click();
    await page.getByText('The review was noted').first().waitFor();
    const due = await (await page.request.get('/api/v1/me/reviews')).json();
    assert.deepEqual(due, []);
  });
});
