import assert from 'node:assert/strict';
import { ANSWERED, OFF_TOPIC } from '../company.mjs';
import { ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { EMPLOYEE } from '../lib/world.mjs';

test('a question that the documents answer leads to the cited place', async ({ as, instance }) => {
  await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, ANSWERED.question);
    const citation = exchange.getByRole('button', { name: /^Citation \d/ }).first();
    await citation.waitFor();
    assert.match(await citation.getAttribute('aria-label'), ANSWERED.document);
    assert.match(await exchange.innerText(), ANSWERED.words);
    // Programs can tell who wrote it (AI Act 50(2)).
    await exchange.locator('[data-ai-generated=true]').first().waitFor();

    await citation.click();
    const panel = page.getByRole('complementary', { name: 'Source' });
    await panel.getByRole('heading', { name: ANSWERED.document }).first().waitFor();
    const mark = panel.locator('mark').first();
    await mark.waitFor();
    await assertInView(page, mark);
    assert.match((await panel.locator('mark').allInnerTexts()).join(' '), ANSWERED.words);

    // The panel closes by key, and the focus is where it was.
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    assert.match(await page.evaluate(() => document.activeElement.ariaLabel), /^Citation \d/);

    // Reloaded, it is all there again, drawn by the server.
    await page.reload();
    await ready(page);
    const again = page.getByRole('article').last();
    await again.getByRole('button', { name: /^Citation \d/ }).first().click();
    await panel.locator('mark').first().waitFor();
  });
  const [[calls]] = instance.query('SELECT COUNT(*) FROM model_calls WHERE completion_tokens > 0');
  assert.ok(calls >= 1, 'the call is recorded with its tokens');
});

test('what is off-topic is declined and no model call is recorded', async ({ as, instance }) => {
  const count = () => instance.query('SELECT COUNT(*) FROM model_calls')[0][0];
  const before = count();
  await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, OFF_TOPIC);
    await exchange.getByRole('heading', { level: 3 }).first().waitFor();
    assert.equal(await exchange.getByRole('button', { name: /Citation/ }).count(), 0);
  });
  assert.equal(count(), before);
  const outcomes = instance.query(
    `SELECT outcome FROM runs WHERE question = '${OFF_TOPIC}' AND outcome IS NOT NULL ORDER BY id`,
  );
  assert.deepEqual(outcomes.at(-1), ['declined']);
});

test('a draft survives a reload and Shift+Enter makes a new line', async ({ as }) => {
  await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const box = page.getByRole('textbox', { name: 'Your question' });
    await box.pressSequentially('First line');
    await box.press('Shift+Enter');
    await box.pressSequentially('second line');
    await page.reload();
    await ready(page);
    assert.equal(await box.inputValue(), 'First line\nsecond line');
    await box.fill('');
  });
});

async function assertInView(page, locator) {
  await page.waitForFunction(
    (element) => {
      const box = element.getBoundingClientRect();
      return box.bottom > 0 && box.top < window.innerHeight && box.right > 0;
    },
    await locator.elementHandle(),
  );
}
