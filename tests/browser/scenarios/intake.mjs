import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, ready, ANSWER_MS } from '../lib/browser.mjs';
import { pdf } from '../lib/pdf.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, LEGAL, call } from '../lib/world.mjs';

// A set of the test's own, open in the page.
async function openSet(page, name) {
  const made = await call(page, 'POST', '/api/v1/document-sets', { name, audience: 'everyone' });
  assert.equal(made.status(), 201);
  const { id } = await made.json();
  await page.goto(`/documents/${id}`);
  await ready(page);
  return id;
}

const row = (page, words) => page.getByRole('row').filter({ hasText: words });

test('a folder is uploaded with what is in it, and its progress survives a reload', async ({ as }) => {
  const folder = mkdtempSync(join(tmpdir(), 'inhouse-upload-'));
  const long = 'The tenant keeps the storage room dry and reports damage in writing. ';
  mkdirSync(join(folder, 'leases/2025'), { recursive: true });
  mkdirSync(join(folder, 'leases/2026'));
  writeFileSync(join(folder, 'leases/2025/lease.txt'), `The lease of 2025.\n\n${long.repeat(6000)}`);
  writeFileSync(join(folder, 'leases/2026/lease.txt'), 'The lease of 2026 ends on 31 May 2027.');
  try {
    await as(ADMIN, async (page) => {
      await openSet(page, 'Folders');
      await page.locator('#folder').setInputFiles(join(folder, 'leases'));
      await page.getByText('leases/2025').first().waitFor();
      await page.getByText('leases/2026').first().waitFor();
      // The long one is on its way, in this tab and in the next.
      await page.locator('tbody .tag-open').first().waitFor();
      await page.reload();
      await ready(page);
      await row(page, 'lease.txt').first().waitFor();
      await page.locator('tbody .tag-open').first().waitFor();
      const stop = page.getByRole('button', { name: /^Stop lease/ }).first();
      await stop.click();
      await page.locator('tbody').getByText('Stopped').first().waitFor({ timeout: ANSWER_MS });
      const retry = page.getByRole('button', { name: /^Retry / }).first();
      await retry.waitFor();
      await page.locator('tbody').getByText('Ready').first().waitFor({ timeout: ANSWER_MS });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a scanned page is read and its words are found', async ({ as }) => {
  const words = 'The parking permit of Lindgren costs 64 euros a month.';
  let picture;
  await as(null, async (page) => {
    await page.setViewportSize({ width: 1200, height: 400 });
    await page.setContent(
      `<body style="margin:40px;font:32px serif;background:#fff;color:#000"><h1>Parking rules</h1><p>${words}</p>`,
    );
    picture = await page.screenshot();
  });
  await as(ADMIN, async (page) => {
    await openSet(page, 'Scans');
    await page
      .locator('#files')
      .setInputFiles({ name: 'parking.png', mimeType: 'image/png', buffer: picture });
    await row(page, 'parking.png').getByText('Ready').waitFor({ timeout: ANSWER_MS });
    await row(page, 'parking.png').getByRole('link').first().click();
    await page.waitForURL(/\/documents\/[^/]+\/[^/]+$/);
    await ready(page);
    await page.getByRole('heading', { name: 'How it was read' }).waitFor();
    assert.match(await page.locator('main').innerText(), /tesseract/i);
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, 'How much is the parking permit of Lindgren a month?');
    assert.match(await exchange.innerText(), /64 euros/);
  });
});

test('a file that is not readable says why and is read again in another way', async ({ as }) => {
  const broken = pdf(['cut off']).subarray(0, 200);
  await as(ADMIN, async (page) => {
    await openSet(page, 'Broken');
    await page
      .locator('#files')
      .setInputFiles({ name: 'torn.pdf', mimeType: 'application/pdf', buffer: broken });
    await row(page, 'torn.pdf').getByText('Not readable').waitFor({ timeout: ANSWER_MS });
    await page.goto('/quarantine');
    await ready(page);
    const file = page.getByRole('listitem').filter({ hasText: 'torn.pdf' });
    assert.match(await file.innerText(), /damaged/);
    const download = page.waitForEvent('download');
    await file.getByRole('link', { name: /Download/ }).click();
    assert.equal((await download).suggestedFilename(), 'torn.pdf');
    await file.getByText('In another way').click();
    await file.getByLabel('Read by').selectOption({ index: 2 });
    await file.getByRole('button', { name: /^Retry/ }).click();
    await page.getByText(/torn\.pdf/).first().waitFor();
    await page.goto('/quarantine');
    await ready(page);
  });
  // Who reads the desk manages no set, and has no such page.
  await as(LEGAL, async (page) => {
    const answer = await page.request.get('/quarantine');
    assert.equal(answer.status(), 404);
  });
});

test('a watched folder keeps its set: new, changed, removed', async ({ as, instance, watched }) => {
  const path = join(watched, 'rules/watched.md');
  mkdirSync(join(watched, 'rules'), { recursive: true });
  writeFileSync(path, '# Watched rules\n\nVisitors of the Malmberg site wear a blue badge.\n');
  const set = instance.query("SELECT id FROM document_sets WHERE name = 'Contracts'")[0][0];
  await as(ADMIN, async (page) => {
    await page.goto('/documents');
    await ready(page);
    await page.getByRole('heading', { name: 'Watched folders' }).waitFor();
    await page.goto(`/documents/${set}`);
    await ready(page);
    const file = row(page, 'watched.md');
    await file.getByText('Ready').waitFor({ timeout: ANSWER_MS });
    writeFileSync(path, '# Watched rules\n\nVisitors of the Malmberg site wear a yellow badge, always.\n');
    await row(page, 'Version 2').filter({ hasText: 'watched.md' }).waitFor({ timeout: ANSWER_MS });
    rmSync(path);
    await file.waitFor({ state: 'detached', timeout: ANSWER_MS });
  });
});
