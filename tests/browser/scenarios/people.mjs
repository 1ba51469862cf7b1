import { ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN } from '../lib/world.mjs';

test('an admin sees the people and their roles', async ({ as }) => {
  await as(ADMIN, async (page) => {
    await page.goto('/people');
    await ready(page);
    for (const person of ['emil@example.com', 'lena@example.com']) {
      await page.getByText(person).first().waitFor();
    }
  });
});
