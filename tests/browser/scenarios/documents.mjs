import assert from 'node:assert/strict';
import { ask, ready, ANSWER_MS } from '../lib/browser.mjs';
import { pdf } from '../lib/pdf.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN } from '../lib/world.mjs';

const FILE = 'Storage agreement.pdf';
const LINES = [
  'Storage Agreement',
  '',
  '1. Parties',
  'This Storage Agreement is made between Northwind Storage and the company.',
  '',
  '2. Fee',
  'The monthly storage fee is EUR 1,250.',
  '',
  '3. Termination',
  'Either party may terminate this Storage Agreement with a notice period',
  'of 75 days given in writing to the other party.',
];
const QUESTION = 'How much is the monthly storage fee under the Storage Agreement?';
const WORDS = /EUR 1,250/;

test('an admin uploads a PDF and asks about it', async ({ as }) => {
  await as(ADMIN, async (page) => {
    await page.goto('/documents');
    await ready(page);
    await page.locator('a.row', { hasText: 'Contracts' }).click();
    await page.waitForURL(/\/documents\/.+/);
    await ready(page);
    await page.locator('#files').setInputFiles([
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
    assert.match(await exchange.innerText(), WORDS);
    await citation.click();
    const panel = page.getByRole('complementary', { name: 'Source' });
    await panel.locator('mark').filter({ hasText: WORDS }).first().waitFor();
  });
});
