import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { OFF_TOPIC } from '../company.mjs';
import { ready, tryToSignIn } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, call, EMPLOYEE } from '../lib/world.mjs';

const REASON = 'Case 2031-7: who asked what about the lease.';

// Asks over the API and waits for the end; no model is needed for it.
async function askOffTopic(page) {
  const conversation = await (await call(page, 'POST', '/api/v1/conversations', {})).json();
  const path = `/api/v1/conversations/${conversation.id}/messages`;
  const run = await (await call(page, 'POST', path, { question: OFF_TOPIC })).json();
  await (await page.request.get(`/api/v1/runs/${run.id}/events`)).text();
  return run.id;
}

async function openLog(page) {
  await page.goto('/log');
  await ready(page);
  await page.getByLabel('Reason').fill(REASON);
  await page.getByRole('button', { name: 'Open the log' }).click();
  await page.getByRole('heading', { name: 'Records' }).waitFor();
}

test('the log opens with a reason, which stands in it, and its chain holds', async (world) => {
  const { as, instance } = world;
  await as(ADMIN, async (page) => {
    await openLog(page);
    await page.getByText('opened the log').first().waitFor();
    await page.getByRole('button', { name: 'Verify the whole chain' }).click();
    await page.getByText(/records fit/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'JSON Lines' }).click(),
    ]);
    // The file is checked without the database.
    const key = instance.run('audit', 'public-key').match(/[A-Za-z0-9+/]{43}=/)[0];
    const file = await download.path();
    const list = 'import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist())';
    const names = execFileSync('python3', ['-c', list, file], { encoding: 'utf8' });
    for (const name of ['records.jsonl', 'checkpoints.jsonl', 'manifest.json', 'README.txt']) {
      assert.ok(names.includes(name), names);
    }
    instance.run('audit', 'verify', '--file', file, '--public-key', key);
  });
  instance.run('audit', 'verify');
});

test('a question has its whole story on one page', async (world) => {
  const { as } = world;
  const person = world.newcomer();
  const run = await as(person, askOffTopic);
  await as(ADMIN, async (page) => {
    await openLog(page);
    await page.getByLabel('Kind').selectOption({ label: 'Questions' });
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.waitForURL(/action=run/);
    await ready(page);
    await page.locator(`a[href*="${run}"]`).first().click();
    await page.waitForURL(/\/log\/questions\//);
    await ready(page);
    await page.getByText(OFF_TOPIC).first().waitFor();
    await page.getByText('Declined').first().waitFor();
  });
});

test('a person is erased; what the log held of them is gone and its chain holds', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  const password = instance.passwords[person];
  await as(person, askOffTopic);
  const [[id]] = instance.query(`SELECT id FROM users WHERE email = '${person}'`);
  await as(ADMIN, async (page) => {
    await page.goto(`/privacy?person=${id}`);
    await ready(page);
    await page.getByRole('button', { name: 'See what erasing would do' }).click();
    await page.getByText('Would be removed for good').waitFor();
    await page.getByLabel('Reason, for the record').fill('Request 12 of this year.');
    await page.getByLabel("The person's e-mail, typed again").fill(person);
    await page.getByRole('button', { name: 'Erase for good' }).click();
    await page.getByText('The person was erased').first().waitFor();
  });
  await as(null, async (page) => {
    await tryToSignIn(page, person, password);
    await page.getByText(/don't match/).waitFor();
  });
  assert.deepEqual(instance.query(`SELECT COUNT(*) FROM users WHERE email = '${person}'`), [[0]]);
  assert.deepEqual(instance.query(`SELECT COUNT(*) FROM runs WHERE user_id = '${id}'`), [[0]]);
  instance.run('audit', 'verify');
});

test('a legal hold stands against erasing, until it is lifted', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  const [[id]] = instance.query(`SELECT id FROM users WHERE email = '${person}'`);
  await as(ADMIN, async (page) => {
    const hold = { kind: 'person', person: id, reason: 'The case about the lease.' };
    const placed = await (await call(page, 'POST', '/api/v1/holds', hold)).json();
    await page.goto(`/privacy?person=${id}`);
    await ready(page);
    await page.getByRole('button', { name: 'See what erasing would do' }).click();
    await page.getByText('A legal hold stands against it').waitFor();
    const erase = { confirm: person, reason: 'Request 13 of this year.' };
    const path = `/api/v1/people/${id}/erase`;
    const refused = await call(page, 'POST', path, erase);
    assert.ok(!refused.ok() || !(await refused.json()).done);
    assert.ok((await call(page, 'DELETE', `/api/v1/holds/${placed.id}`)).ok());
    assert.ok((await (await call(page, 'POST', path, erase)).json()).done);
  });
});

test('the page of the law names every article and what meets it', async ({ as }) => {
  await as(EMPLOYEE, async (page) => {
    await page.goto('/law');
    await ready(page);
    await page.getByRole('heading', { level: 1, name: 'Which law is met by what' }).waitFor();
    const text = await page.getByRole('main').innerText();
    for (const article of [5, 12, 15, 17, 20, 25, 30, 32, 35, 13, 14, 19, 26, 50]) {
      assert.match(text, new RegExp(`Article ${article}\\b`));
    }
  });
});

test('who is new is told that an AI system answers, once', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  const seen = () => instance.query(`SELECT ai_notice_at FROM users WHERE email = '${person}'`)[0][0];
  const told = (page) => page.getByRole('region', { name: 'An AI system answers here' });
  await as(
    person,
    async (page) => {
      await page.goto('/');
      await ready(page);
      await told(page).waitFor();
      assert.equal(seen(), null);
      await page.getByRole('button', { name: 'I understand' }).click();
      await told(page).waitFor({ state: 'detached' });
      assert.ok(seen() > 0);
    },
    { isNew: true },
  );
  await as(
    person,
    async (page) => {
      await page.goto('/');
      await ready(page);
      assert.equal(await told(page).count(), 0);
    },
    { isNew: true },
  );
});

test("a decision about somebody's employment goes to a person", async ({ as, instance }) => {
  const count = () => instance.query('SELECT COUNT(*) FROM model_calls')[0][0];
  const before = count();
  await as(EMPLOYEE, async (page) => {
    const conversation = await (await call(page, 'POST', '/api/v1/conversations', {})).json();
    const question = 'Should we dismiss this employee for being late?';
    const path = `/api/v1/conversations/${conversation.id}/messages`;
    const run = await (await call(page, 'POST', path, { question })).json();
    const events = await (await page.request.get(`/api/v1/runs/${run.id}/events`)).text();
    assert.match(events, /"outcome":"escalated"/);
  });
  assert.equal(count(), before, 'no model was asked');
});
