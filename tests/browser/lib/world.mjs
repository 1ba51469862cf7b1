// What the scenarios share: instances, the browser, and a visitor for each person.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

// A request of the signed-in page's own, with its cookie and its cross-site token.
export async function call(page, method, path, data) {
  const me = await (await page.request.get('/api/v1/me')).json();
  const headers = { 'x-csrf-token': me.csrf_token };
  return page.request.fetch(path, { method, headers, data });
}

// Asks over the API, without waiting for what comes of it.
export async function send(page, question) {
  const { id } = await (await call(page, 'POST', '/api/v1/conversations', {})).json();
  const sent = await call(page, 'POST', `/api/v1/conversations/${id}/messages`, { question });
  assert.ok(sent.ok(), `${sent.status()}`);
}

// What visitors of one instance share.
function visitors(browser, instance) {
  const states = {};

  // Runs `visit` with a page of this person's; fails if anything went wrong on the page itself.
  // Who signs in here was told before that an AI system answers, unless `isNew`.
  async function as(person, visit, { isNew = false, ...options } = {}) {
    const visitor = await newVisitor(browser, instance.address, {
      storageState: isNew ? undefined : states[person],
      ...options,
    });
    const { page, context } = visitor;
    try {
      if (person && (isNew || !states[person])) {
        await signIn(page, person, instance.passwords[person]);
      }
      if (person && !isNew && !states[person]) {
        await call(page, 'POST', '/api/v1/me/ai-notice');
        states[person] = await context.storageState();
      }
      const result = await visit(page, visitor);
      assert.deepEqual(visitor.problems, [], 'the browser reports problems');
      return result;
    } catch (error) {
      error.stack += `\non ${page.url()}, with: ${visitor.problems.join('\n') || 'no problems'}`;
      await keepPicture(page);
      throw error;
    } finally {
      await context.close();
    }
  }

  // A new account with a name of its own, so that no test changes another's; gives its e-mail.
  let number = 0;
  function newcomer(role = 'employee') {
    number += 1;
    const email = `newcomer${number}@example.com`;
    instance.addPerson(email, '--name', `New Comer ${number}`, '--role', role);
    return email;
  }

  return { as, newcomer };
}

export async function openWorld() {
  const watched = mkdtempSync(join(tmpdir(), 'inhouse-watched-'));
  // The desk is staffed round the clock, so that its clocks run whenever the tests do.
  const settings = () =>
    `[desk]\nhours = "mon-sun 00:00-24:00"\n` +
    `[[ingest.watch]]\nfolder = "${watched}"\nset = "Contracts"\nevery_s = 1\n`;
  const instance = await startInstance({ sample: true, settings });
  const others = [];
  let browser;
  try {
    for (const person of [ADMIN, LEGAL, EMPLOYEE]) instance.newPassword(person);
    browser = await launch();
  } catch (error) {
    await instance.stop();
    throw error;
  }

  // One more instance beside the `peers` that it needs; all of them stop with the world.
  async function beside(peers, start) {
    others.push(...peers);
    const other = await start();
    others.unshift(other);
    return { instance: other, ...visitors(browser, other) };
  }

  async function close() {
    await browser.close();
    for (const running of [...others, instance]) await running.stop();
    rmSync(watched, { recursive: true, force: true });
  }
  return { instance, watched, ...visitors(browser, instance), beside, close };
}
