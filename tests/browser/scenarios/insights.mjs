import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { NOT_IN_DOCUMENTS } from '../company.mjs';
import { ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, EMPLOYEE, LEGAL } from '../lib/world.mjs';

async function open(page, path) {
  await page.goto(path);
  await ready(page);
}

test('what nobody could answer is listed, and a document is requested', async (world) => {
  const { as, newcomer } = world;
  await as(newcomer(), async (page) => {
    await open(page, '/');
    const exchange = await ask(page, NOT_IN_DOCUMENTS);
    await exchange.getByRole('region', { name: 'Legal', exact: true }).waitFor();
  });

  await as(LEGAL, async (page) => {
    await open(page, '/insights');
    await page.locator('.chart-frame svg').first().waitFor();
    const missing = page
      .getByRole('region', { name: 'Most frequent unanswered questions' })
      .getByRole('listitem')
      .filter({ hasText: NOT_IN_DOCUMENTS });
    await missing.getByText(/^asked \d+ times?, /).waitFor();
    const request = missing.getByRole('button', { name: 'Request a document' });
    await request.click();
    const requested = page
      .getByRole('region', { name: 'Requested documents' })
      .getByRole('listitem')
      .filter({ hasText: NOT_IN_DOCUMENTS });
    await requested.getByText('Open', { exact: true }).waitFor();
    assert.equal(await request.isEnabled(), false, 'it is requested once');
    await requested.getByRole('button', { name: 'It is there now' }).click();
    await requested.getByText('There now', { exact: true }).waitFor();
    await requested.getByRole('button', { name: 'Open it again' }).click();
    await requested.getByText('Open', { exact: true }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ]);
    const rows = readFileSync(await download.path(), 'utf8').split('\r\n');
    assert.equal(rows[0], 'section,name,figure,value,before');
    const row = rows.find((row) => row.startsWith(`missing,${NOT_IN_DOCUMENTS},questions,`));
    assert.ok(row, rows.join('\n'));
    assert.ok(Number(row.split(',').at(-2)) >= 1, row);

    await page.getByRole('link', { name: '7 days', exact: true }).click();
    await page.waitForURL(/\/insights\?days=7$/);
    await missing.getByRole('link', { name: 'Write an approved answer' }).click();
    await page.waitForURL(/\/approved\/new\?question=/);
    const question = page.getByRole('textbox', { name: 'Question', exact: true });
    await question.waitFor();
    assert.equal(await question.inputValue(), NOT_IN_DOCUMENTS);
  });
});

test('an admin sees the figures and the requests, and an employee neither', async ({ as }) => {
  await as(ADMIN, async (page) => {
    await open(page, '/insights');
    await page.getByText('Answered without a person').first().waitFor();
    await page.getByRole('region', { name: 'Requested documents' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Write an approved answer' }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'See the newest one' }).count(), 0);
  });
  await as(EMPLOYEE, async (page) => {
    assert.equal((await page.goto('/insights')).status(), 404);
  });
});
