// What the scenarios share: the instance, the browser, and a visitor for each person.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { launch, newVisitor, signIn } from './browser.mjs';
import { startInstance } from './instance.mjs';

export const ADMIN = 'ada@example.com';
export const LEGAL = 'lena@example.com';
export const EMPLOYEE = 'emil@example.com';

// A picture of what was on the screen when a test failed, where INHOUSE_PICTURES names a folder.
async function keepPicture(page) {
  const folder = process.env.INHOUSE_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${Date.now()}.png`) }).catch(() => {});
}

export async function openWorld() {
  const instance = await startInstance();
  let browser;
  try {
    browser = await launch();
  } catch (error) {
    await instance.stop();
    throw error;
  }
  const states = {};

  // Runs `visit` with a page of this person's; fails if anything went wrong on the page itself.
  async function as(person, visit, options = {}) {
    const visitor = await newVisitor(browser, instance.address, {
      storageState: states[person],
      ...options,
    });
    try {
      if (person && !states[person]) {
        await signIn(visitor.page, person, instance.passwords[person]);
        states[person] = await visitor.context.storageState();
      }
      const result = await visit(visitor.page, visitor);
      assert.deepEqual(visitor.problems, [], 'the browser reports problems');
      return result;
    } catch (error) {
      error.stack += `\non ${visitor.page.url()}, with: ${visitor.problems.join('\n') || 'no problems'}`;
      await keepPicture(visitor.page);
      throw error;
    } finally {
      await visitor.context.close();
    }
  }

  async function close() {
    await browser.close();
    await instance.stop();
  }
  return { instance, as, close };
}
