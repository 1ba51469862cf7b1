import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ANSWERED, NOT_IN_DOCUMENTS } from '../company.mjs';
import { ANSWER_MS, ready } from '../lib/browser.mjs';
import { evaluate } from '../lib/measuring.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, call, EMPLOYEE } from '../lib/world.mjs';

const CSV = `question,answerable,document,quote
"${ANSWERED.question}",yes,gifts-and-hospitality-policy.md,up to a total value of EUR 50 per partner
"${NOT_IN_DOCUMENTS}",no,,
`;

// Starts an evaluation in the open set's page and waits for its end.
async function start(page, label) {
  const add = page.locator('details').filter({ hasText: 'New evaluation' });
  if ((await add.getAttribute('open')) === null) await add.locator('summary').click();
  await add.getByRole('radio', { name: /^Search and rules/ }).check();
  await add.getByLabel(/^Label/).fill(label);
  await add.getByRole('button', { name: 'Start' }).click();
  const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: label }) });
  await row.getByText('Done', { exact: true }).waitFor({ timeout: ANSWER_MS });
  return row;
}

test('a set of questions is uploaded, run twice, and the two runs are compared', async ({ as }) => {
  await as(ADMIN, async (page) => {
    await page.goto('/quality');
    await ready(page);
    await page.getByText('New set of questions').click();
    const file = { name: 'gifts.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) };
    await page.locator('#set-file').setInputFiles(file);
    await page.waitForFunction(() => document.querySelector('#set-questions').value.includes('EUR 50'));
    assert.equal(await page.locator('#set-name').inputValue(), 'gifts');
    await page.getByRole('button', { name: 'Add the set' }).click();
    await page.waitForURL(/\/quality\/[^/]+$/);
    await page.getByRole('heading', { level: 1, name: 'gifts' }).waitFor();
    await page.getByText('2 questions').first().waitFor();

    const first = await start(page, 'As shipped');
    await first.getByText('Answered of what the documents say').waitFor();
    await first.getByRole('button', { name: 'Mark as baseline: As shipped' }).click();
    await first.getByText('Baseline', { exact: true }).waitFor();
    await start(page, 'Once more');

    await page.getByRole('region', { name: 'Compare two evaluations' }).getByRole('button').click();
    await page.waitForURL(/\/compare\?/);
    await ready(page);
    // How long things took may decide either way; the answers can't.
    await page.getByRole('heading', { name: /^The change (may|should not) go live$/ }).waitFor();
    await page.getByText('Every question came out the same.').waitFor();

    await page.getByRole('link', { name: /^Once more/ }).click();
    await page.waitForURL(/\/evaluations\//);
    await ready(page);
    const figures = page.getByRole('table', { name: 'Figures' });
    await figures.getByText('Answered of what the documents say').waitFor();
    await page.locator('.chart-frame svg').first().waitFor();
    const questions = page.getByRole('region', { name: 'Questions' });
    await questions.getByText(ANSWERED.question).waitFor();
    await questions.getByText(NOT_IN_DOCUMENTS).waitFor();
  });
});

test('too few questions fit no calibration, and the page says so', async ({ as }) => {
  await as(ADMIN, async (page) => {
    const sets = await (await page.request.get('/api/v1/question-sets')).json();
    const set = sets.find(({ name }) => name === 'gifts');
    await page.goto(`/quality/${set.id}`);
    await ready(page);
    await page.getByRole('link', { name: 'As shipped' }).click();
    await page.waitForURL(/\/evaluations\//);
    await ready(page);
    await page.getByRole('button', { name: 'Fit the calibration on it' }).click();
    await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
  });
});

test('the page says what share of wrong answers is allowed, and which calibration is in use', async ({ as }) => {
  await as(ADMIN, async (page) => {
    await page.goto('/quality');
    await ready(page);
    const part = page.getByRole('region', { name: 'When a question is answered' });
    await part.getByText(/^At most 5\.0 % of what the documents don't say is answered/).waitFor();
    const used = part.getByRole('listitem').filter({ hasText: 'In use' });
    assert.match(await used.innerText(), /Shipped with Inhouse/);
    assert.equal(await part.getByRole('button').count(), 0);
  });
});

test('the example of a set can be downloaded and is a set', async ({ as, instance }) => {
  await as(ADMIN, async (page) => {
    await page.goto('/quality');
    await ready(page);
    await page.getByText('New set of questions').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download an example' }).click(),
    ]);
    const questions = readFileSync(await download.path(), 'utf8');
    const made = await call(page, 'POST', '/api/v1/question-sets', { name: 'Example', questions });
    assert.equal(made.status(), 201);
    const { id } = await made.json();
    const done = await evaluate(page, id, { kind: 'retrieval' });
    assert.equal(done.done, done.questions);

    // It goes with its evaluations once that is confirmed.
    await page.goto(`/quality/${id}`);
    await ready(page);
    await page.getByRole('button', { name: 'Delete this set' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(/\/quality$/);
    assert.deepEqual(instance.query(`SELECT COUNT(*) FROM evaluations WHERE set_id = '${id}'`), [[0]]);
  });
});

test('nobody but admins measures', async ({ as }) => {
  await as(EMPLOYEE, async (page) => {
    const response = await page.goto('/quality');
    assert.equal(response.status(), 404);
    assert.equal(await page.getByRole('link', { name: 'Quality' }).count(), 0);
  });
});
