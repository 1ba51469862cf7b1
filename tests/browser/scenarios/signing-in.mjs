import assert from 'node:assert/strict';
import { ready, signIn } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { EMPLOYEE } from '../lib/world.mjs';

test('a page that needs a sign-in leads there and back again', async ({ as, instance }) => {
  await as(null, async (page) => {
    await page.goto('/requests');
    await page.waitForURL(/\/sign-in/);
    await ready(page);
    await page.getByLabel(/e-?mail/i).fill(EMPLOYEE);
    await page.getByLabel(/password/i).fill(instance.passwords[EMPLOYEE]);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/requests$/);
    await page.getByRole('heading', { level: 1, name: /requests/i }).waitFor();
  });
});

test('a wrong password is told at the form, and the way on is open', async ({ as, instance }) => {
  await as(null, async (page) => {
    await page.goto('/sign-in');
    await ready(page);
    await page.getByLabel(/e-?mail/i).fill(EMPLOYEE);
    await page.getByLabel(/password/i).fill('not the password');
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByText(/don't match/).waitFor();
    await signIn(page, EMPLOYEE, instance.passwords[EMPLOYEE]);
  });
});

test('signing out ends the session for this browser and its copies', async ({ as, instance }) => {
  await as(null, async (page, { context }) => {
    await signIn(page, EMPLOYEE, instance.passwords[EMPLOYEE]);
    const copy = await context.cookies();
    const session = copy.find((cookie) => cookie.name.includes('session'));
    assert.ok(session.httpOnly && session.sameSite !== 'None');
    await page.getByRole('button', { name: /sign out/i }).click();
    await page.waitForURL(/\/sign-in/);
    await context.addCookies(copy);
    await page.goto('/requests');
    await page.waitForURL(/\/sign-in/);
  });
});

test('the theme is kept and drawn by the server', async ({ as }) => {
  await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const colors = {};
    for (const theme of ['light', 'dark']) {
      await page.getByRole('radio', { name: new RegExp(theme, 'i') }).check({ force: true });
      await page.reload({ waitUntil: 'domcontentloaded' });
      colors[theme] = await background();
      await ready(page);
    }
    assert.notEqual(colors.light, colors.dark);
  });
});
