import assert from 'node:assert/strict';
import { ANSWER_MS, ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, call, EMPLOYEE, LEGAL } from '../lib/world.mjs';

const FILE = 'sponsoring.md';
const policy = (euros) =>
  '# Sponsoring policy\n\n## 1 Clubs\n\n' +
  `A branch may sponsor a sports club with up to ${euros} euros a year.\n\n` +
  '## 2 Register\n\nEach sponsoring is entered in the register of the branch.\n';

const QUESTION = 'Up to which amount may a branch sponsor a sports club?';
const PHRASING = 'How much may we spend on sponsoring a sports club?';
const REPLY =
  'A branch may sponsor a sports club with up to 800 euros a year. Enter it in the register first.';
// The same in words that nobody wrote down.
const IN_OTHER_WORDS = 'How much may our branch spend on sponsoring a sports club?';
// As near to the other ways to ask as that one, and something else.
const NEAR_MISS = 'How much may a supplier spend on sponsoring a sports club?';

const given = (exchange) => exchange.getByRole('region', { name: /^Approved by Legal on / });

async function open(page, path) {
  await page.goto(path);
  await ready(page);
}

async function askAnew(page, question) {
  await open(page, '/');
  return ask(page, question);
}

// Who asks on is answered in quotes: this is not about what a model writes.
async function chooseQuotes(page) {
  const chosen = await call(page, 'PUT', '/api/v1/me/answers', { mode: 'quotes' });
  assert.equal(chosen.status(), 204);
}

// Uploads the policy into the open set and waits until it is read.
async function upload(page, euros, more) {
  const buffer = Buffer.from(policy(euros));
  await page.locator('#files').setInputFiles({ name: FILE, mimeType: 'text/markdown', buffer });
  const row = page.getByRole('row').filter({ hasText: FILE });
  if (more) await row.getByText(more).waitFor({ timeout: ANSWER_MS });
  await row.getByText('Ready').waitFor({ timeout: ANSWER_MS });
}

// Replies at the desk and publishes the reply; gives the answer's page.
async function publish(page) {
  await open(page, '/desk');
  await page.getByRole('main').getByRole('link', { name: QUESTION }).click();
  await page.getByRole('textbox', { name: 'Your reply' }).fill(REPLY);
  await page.getByRole('button', { name: 'Send reply' }).click();
  await page.getByRole('link', { name: 'Publish as approved answer' }).click();
  await page.waitForURL(/\/approved\/new\?from=/);
  await page.getByRole('textbox', { name: 'Other ways to ask the same' }).fill(PHRASING);
  const written = (name) => page.getByRole('textbox', { name, exact: true }).inputValue();
  assert.equal(await written('Question'), QUESTION);
  assert.equal(await written('Answer'), REPLY);
  const places = page.getByRole('group', { name: 'What it stands on' });
  await places.getByRole('checkbox', { name: /sponsoring/i }).first().check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/approved\/(?!new)[^/]+$/);

  await page.locator('.page-head .tag', { hasText: 'Draft' }).waitFor();
  const steps = page.getByRole('region', { name: 'Where it stands' });
  await steps.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.locator('.page-head .tag', { hasText: 'In use' }).waitFor();
  return new URL(page.url()).pathname;
}

test('a reply becomes an approved answer, until what it stands on changes', async (world) => {
  const { as, instance, newcomer } = world;
  const set = await as(ADMIN, async (page) => {
    const set = { name: 'Sponsoring', audience: 'everyone' };
    const made = await call(page, 'POST', '/api/v1/document-sets', set);
    const { id } = await made.json();
    await open(page, `/documents/${id}`);
    await upload(page, 800);
    return `/documents/${id}`;
  });
  await as(newcomer(), async (page) => {
    await chooseQuotes(page);
    const exchange = await askAnew(page, QUESTION);
    const legal = exchange.getByRole('region', { name: 'Legal', exact: true });
    // Whatever the documents gave: a person is to say it.
    const button = exchange.getByRole('button', { name: 'Send to Legal' });
    if ((await legal.count()) === 0) {
      await button.click();
      await exchange.locator('form').getByRole('button', { name: 'Send to Legal' }).click();
    }
    await legal.waitFor();
  });
  const answer = await as(LEGAL, publish);

  const asker = newcomer();
  const calls = () => instance.query('SELECT COUNT(*) FROM model_calls')[0][0];
  const before = calls();
  await as(asker, async (page) => {
    const exchange = await askAnew(page, IN_OTHER_WORDS);
    const shown = given(exchange);
    await shown.getByText(REPLY).waitFor();
    assert.equal(await exchange.locator('[data-ai-generated]').count(), 0);
    await shown.getByRole('button', { name: /^Citation 1: .*sponsoring/i }).click();
    const source = page.getByRole('complementary', { name: 'Source' });
    await source.locator('mark').filter({ hasText: '800 euros' }).first().waitFor();
    await page.reload();
    await ready(page);
    await given(page.getByRole('article').last()).getByText(REPLY).waitFor();
  });
  assert.equal(calls(), before, 'no model was asked');
  await as(asker, async (page) => {
    await chooseQuotes(page);
    const exchange = await askAnew(page, NEAR_MISS);
    assert.equal(await given(exchange).count(), 0, 'it asks something else');
  });

  await as(ADMIN, async (page) => {
    await open(page, set);
    await upload(page, 500, 'Version 2');
  });
  await as(asker, async (page) => {
    const exchange = await askAnew(page, IN_OTHER_WORDS);
    assert.equal(await given(exchange).count(), 0, 'it is out of use');
  });
  await as(LEGAL, async (page) => {
    await open(page, '/approved?state=review');
    const row = page.getByRole('main').getByRole('listitem').filter({ hasText: QUESTION });
    await row.getByText('Up for review', { exact: true }).waitFor();
    await row.getByText('Given once').waitFor();
    await open(page, '/notices');
    const notice = page.getByRole('link', { name: /^An approved answer needs a review/ });
    await notice.filter({ hasText: QUESTION }).click();
    await page.waitForURL((url) => url.pathname === answer);
    await page.getByText('Out of use:').waitFor();
    await page.getByRole('button', { name: 'Approve again' }).waitFor();
  });
});

test('an employee sees no list of approved answers', async ({ as, instance }) => {
  const id = instance.query('SELECT id FROM approved_answers LIMIT 1')[0]?.[0] ?? 'none';
  await as(EMPLOYEE, async (page) => {
    for (const path of ['/approved', '/approved/new', `/approved/${id}`]) {
      assert.equal((await page.goto(path)).status(), 404, path);
    }
  });
});
