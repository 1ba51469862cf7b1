import assert from 'node:assert/strict';
import { NOT_IN_DOCUMENTS } from '../company.mjs';
import { ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { EMPLOYEE, LEGAL } from '../lib/world.mjs';

const REPLY = 'We have looked into it. Please ask for the form at the front desk.';

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
    for (const path of ['/desk', `/desk/${id}`, '/documents', '/people']) {
      const response = await page.goto(path);
      assert.equal(response.status(), 404, path);
      assert.equal(await page.getByRole('main').getByText(NOT_IN_DOCUMENTS).count(), 0);
    }
    await page.goto('/');
    assert.equal(await page.getByRole('link', { name: /desk/i }).count(), 0);
  });
});
