import assert from 'node:assert/strict';
import { ask, ready, ANSWER_MS } from '../lib/browser.mjs';
import { pdf } from '../lib/pdf.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN } from '../lib/world.mjs';

const FILE = 'Warehouse agreement.pdf';
const LINES = [
  'Warehouse Agreement',
  '',
  '1. Term',
  'This Warehouse Agreement is made between Northwind Storage and the company.',
  'Either party may terminate this Agreement with a notice period of 75 days',
  'given in writing to the other party.',
];
const QUESTION = 'With what notice period may a party terminate the Warehouse Agreement?';

test('an admin uploads a PDF and asks about it', async ({ as }) => {
  await as(ADMIN, async (page) => {
    await page.goto('/documents');
    await ready(page);
    await page.getByRole('link', { name: 'Contracts' }).click();
    await page.waitForURL(/\/documents\/.+/);
    await ready(page);
    await page.locator('input[type=file]').setInputFiles([
      { name: FILE, mimeType: 'application/pdf', buffer: pdf(LINES) },
      { name: 'program.txt', mimeType: 'text/plain', buffer: Buffer.from('\x7fELF\x02\x01\x01\0\0\0') },
    ]);
    // One file is refused with its reason; the other goes its way.
    await page.getByText('program.txt').first().waitFor();
    const row = page.getByRole('row').filter({ hasText: FILE });
    await row.getByText('Ready').waitFor({ timeout: ANSWER_MS });

    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, QUESTION);
    const citation = exchange.getByRole('button', { name: /^Citation \d/ }).first();
    await citation.waitFor();
    assert.match(await exchange.innerText(), /75 days/);
    await citation.click();
    const panel = page.getByRole('complementary', { name: 'Source' });
    await panel.locator('mark').filter({ hasText: /75 days/ }).first().waitFor();
  });
});
