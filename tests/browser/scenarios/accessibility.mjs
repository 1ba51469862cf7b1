import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { ready } from '../lib/browser.mjs';
import { pages, show } from '../lib/pages.mjs';
import { test } from '../lib/runner.mjs';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LOOKS = [
  { name: 'light, wide', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark, phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

test('no page has an accessibility violation or a console message', async ({ as, instance }) => {
  const found = [];
  for (const entry of pages(instance)) {
    for (const { name: look, ...options } of LOOKS) {
      await as(
        entry.person,
        async (page) => {
          await show(page, entry, ready);
          const results = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
          for (const violation of results.violations) {
            const where = violation.nodes.map((node) => node.target.join(' ')).join('; ');
            found.push(`${entry.name} (${look}): ${violation.id}: ${violation.help}: ${where}`);
          }
        },
        options,
      );
    }
  }
  assert.deepEqual(found, []);
});

test('no page is wider than a phone', async ({ as, instance }) => {
  const wide = [];
  for (const entry of pages(instance)) {
    await as(
      entry.person,
      async (page) => {
        await show(page, entry, ready);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > 390) wide.push(`${entry.name}: ${width} px`);
      },
      { viewport: { width: 390, height: 844 } },
    );
  }
  assert.deepEqual(wide, []);
});
