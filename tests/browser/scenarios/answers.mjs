import assert from 'node:assert/strict';
import { ANSWERED, CONTRADICTED } from '../company.mjs';
import { ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { EMPLOYEE, LEGAL } from '../lib/world.mjs';

const QUOTES_ONLY = /Quotes only: the documents' own words/;

// Chooses how the reader is answered, on their account's page.
async function choose(page, name) {
  await page.goto('/account');
  await ready(page);
  const part = page.getByRole('region', { name: 'How you are answered' });
  await part.getByRole('radio', { name }).check();
  await part.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  return part;
}

async function askAnew(page, question) {
  await page.goto('/');
  await ready(page);
  return ask(page, question);
}

test('who chose quotes is answered in the documents own words, without a model', async (world) => {
  const { as, instance } = world;
  const calls = () => instance.query('SELECT COUNT(*) FROM model_calls')[0][0];
  const before = calls();
  await as(world.newcomer(), async (page) => {
    const part = await choose(page, /^Quotes only/);
    await page.reload();
    await ready(page);
    assert.ok(await part.getByRole('radio', { name: /^Quotes only/ }).isChecked());

    const exchange = await askAnew(page, ANSWERED.question);
    const quote = exchange.locator('.quoted blockquote').filter({ hasText: ANSWERED.words }).first();
    await quote.waitFor();
    await exchange.getByText(QUOTES_ONLY).waitFor();
    assert.equal(await exchange.locator('[data-ai-generated]').count(), 0);
    await quote.getByRole('button', { name: /^Citation \d/ }).first().click();
    const panel = page.getByRole('complementary', { name: 'Source' });
    const marked = panel.locator('mark').first();
    await marked.waitFor();
    assert.match((await panel.locator('mark').allInnerTexts()).join(' '), ANSWERED.words);
  });
  assert.equal(calls(), before, 'no model was asked');
});

test('each sentence shows which checks it passed', async (world) => {
  await world.as(world.newcomer(), async (page) => {
    await choose(page, /^Quotes only/);
    const exchange = await askAnew(page, ANSWERED.question);
    const opener = exchange.getByRole('button', { name: 'What was checked of sentence 1' });
    await opener.click();
    const checks = exchange.locator('.sentence-checks').first();
    await checks.getByText('cites a passage').waitFor();
    assert.equal(await opener.getAttribute('aria-expanded'), 'true');
    await opener.click();
    await checks.waitFor({ state: 'hidden' });
  });
});

test('a follow-up says what was searched for', async (world) => {
  await world.as(world.newcomer(), async (page) => {
    await choose(page, /^Quotes only/);
    const first = await askAnew(page, ANSWERED.question);
    assert.equal(await first.getByText(/^Searched for:/).count(), 0);
    const second = await ask(page, 'And from a customer?');
    await second.getByText(/^Searched for: .*customer/i).waitFor();
    await page.reload();
    await ready(page);
    await page.getByText(/^Searched for: .*customer/i).waitFor();
  });
});

test('documents that contradict each other are shown side by side, and Legal has it', async ({ as }) => {
  const both = async (page) => {
    const part = page.getByRole('region', { name: /^What your documents say differently/ });
    await part.getByRole('listitem').first().waitFor();
    assert.equal(await part.getByRole('listitem').count(), CONTRADICTED.values.length);
    const words = await part.innerText();
    for (const value of CONTRADICTED.values) assert.match(words, value);
    assert.ok((await part.locator('blockquote mark').count()) > 0);
    return part;
  };
  await as(EMPLOYEE, async (page) => {
    const exchange = await askAnew(page, CONTRADICTED.question);
    await exchange.getByText('Your documents contradict each other. Legal has your question.').waitFor();
    assert.equal(await exchange.locator('.sentence').count(), 0);
    const part = await both(page);
    await part.getByRole('button', { name: /^Open the source/ }).first().click();
    await page.getByRole('complementary', { name: 'Source' }).locator('mark').first().waitFor();
    await page.reload();
    await ready(page);
    await both(page);
  });
  await as(LEGAL, async (page) => {
    await page.goto('/desk');
    await ready(page);
    await page.getByRole('main').getByRole('link', { name: CONTRADICTED.question }).first().click();
    await page.getByRole('heading', { level: 1, name: CONTRADICTED.question }).waitFor();
    await page.getByText('Documents in force contradict each other.').waitFor();
    await both(page);
  });
});
