import assert from 'node:assert/strict';
import { OFF_TOPIC } from '../company.mjs';
import { ANSWER_MS, ask, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN, call, EMPLOYEE, LEGAL } from '../lib/world.mjs';

const MASCOT = "Where is the company's mascot kept?";
const TOLD = 'The mascot is a secret.';
const RULE = `[[rule]]
id = "mascot"
title = "The mascot"
stage = "question"
condition = 'question.contains("mascot")'
action = "decline"
message = "${TOLD}"

[[rule.test]]
question = "${MASCOT}"
expect = "this"

`;
const [ACTION_LINE] = RULE.split('\n').flatMap((line, at) => (line.startsWith('action') ? [at + 1] : []));
const ALL_PASS = /^No faults, and all \d+ tests pass\.$/;

// The rules in force as a version that was published, so that there is one to come back to.
async function publishAsTheyAre(page) {
  const { content } = await (await page.request.get('/api/v1/rules')).json();
  const made = await call(page, 'POST', '/api/v1/rules/versions', { content, note: 'As shipped.' });
  assert.equal(made.status(), 201, await made.text());
  const path = `/rules/versions/${(await made.json()).id}`;
  const published = await call(page, 'POST', `/api/v1${path}/state`, { state: 'live' });
  assert.equal(published.status(), 200, await published.text());
  return path;
}

// Tries a question on the rules that the page is about.
async function tryOut(page, question) {
  const part = page.getByRole('region', { name: 'Try a question' });
  await part.getByRole('textbox', { name: 'A question' }).fill(question);
  await part.getByRole('checkbox', { name: /^Judge the question only/ }).check();
  await part.getByRole('button', { name: 'Try', exact: true }).click();
  return part;
}

// Puts the version of the page into force, by the button of this name.
async function publish(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Put these rules into force?' });
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('main').getByText('In force', { exact: true }).waitFor({ timeout: ANSWER_MS });
}

test('Legal writes a rule, mends its fault, publishes it, and rolls it back', async ({ as }) => {
  let before;
  let written;
  await as(LEGAL, async (page) => {
    before = await publishAsTheyAre(page);
    await page.goto('/rules');
    await ready(page);
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
    await page.getByText(/^In force is version \d+\.$/).waitFor();
    const rules = page.getByRole('region', { name: 'The rules in force' });
    await rules.getByText('Attack on the assistant').waitFor();
    const tried = await tryOut(page, OFF_TOPIC);
    await tried.getByText(/^It would be declined\./).waitFor();

    await page.getByRole('button', { name: 'Write a new version' }).click();
    await page.waitForURL(/\/rules\/versions\//);
    written = new URL(page.url()).pathname;
    assert.notEqual(written, before);
    const editor = page.getByRole('textbox', { name: 'Rules as TOML' });
    await page.waitForFunction(() => document.querySelector('#rules-content')?.value.includes('[[rule]]'));
    const shipped = await editor.inputValue();

    // The fault is named with its line, and the link leads there.
    await editor.fill(RULE.replace('"decline"', 'decline') + shipped);
    const checks = page.getByRole('region', { name: 'Checks' });
    const line = checks.getByRole('link', { name: `Line ${ACTION_LINE}`, exact: true });
    await line.waitFor({ timeout: ANSWER_MS });
    await line.click();
    const cursor = await editor.evaluate((field) => ({
      line: field.value.slice(0, field.selectionStart).split('\n').length,
      focused: document.activeElement === field,
    }));
    assert.deepEqual(cursor, { line: ACTION_LINE, focused: true });
    assert.equal(await page.getByRole('button', { name: 'Publish', exact: true }).isEnabled(), false);

    // What is typed survives a reload.
    await editor.fill(RULE + shipped);
    await checks.getByText(ALL_PASS).waitFor({ timeout: ANSWER_MS });
    await page.reload();
    await ready(page);
    await page.waitForFunction(() => document.querySelector('#rules-content')?.value.includes('mascot'));
    const draft = await tryOut(page, MASCOT);
    await draft.getByText("It would be declined. The rule 'The mascot' decided.").waitFor();
    await draft.getByText(TOLD).waitFor();

    await page.getByRole('textbox', { name: 'What changes and why' }).fill('The mascot is nobody’s business.');
    await page.getByRole('button', { name: 'Save the draft' }).click();
    const differs = page.getByRole('region', { name: 'Compared with the rules in force' });
    await differs.getByText('id = "mascot"').waitFor({ timeout: ANSWER_MS });
    await checks.getByText(ALL_PASS).waitFor({ timeout: ANSWER_MS });
    await publish(page, 'Publish');
    await differs.getByText('They are the same.').waitFor();
  });

  await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, MASCOT);
    await exchange.getByText(TOLD).waitFor();
  });

  await as(LEGAL, async (page) => {
    await page.goto(before);
    await ready(page);
    await page.getByRole('main').getByText('Was in force', { exact: true }).waitFor();
    const changes = page.getByRole('region', { name: 'What would have changed' });
    await changes.getByRole('button', { name: 'Judge them anew' }).click();
    await changes.getByText('declined: The mascot').first().waitFor({ timeout: ANSWER_MS });
    await publish(page, 'Put into force again');
    await page.goto(written);
    await ready(page);
    await page.getByRole('main').getByText('Was in force', { exact: true }).waitFor();
    // One that is begun and left, as the pages are looked at later.
    await page.getByRole('button', { name: 'Write a new version from these' }).click();
    await page.getByRole('main').getByText('Draft', { exact: true }).waitFor();
  });

  await as(EMPLOYEE, async (page) => {
    await page.goto('/');
    await ready(page);
    const exchange = await ask(page, MASCOT);
    assert.equal(await exchange.getByText(TOLD).count(), 0);
  });
});

test('an admin reads the rules and changes none, and nobody else sees them', async ({ as, instance }) => {
  const id = instance.query('SELECT id FROM rule_versions ORDER BY number DESC')[0]?.[0] ?? 'none';
  const pages = ['/rules', `/rules/versions/${id}`];
  await as(ADMIN, async (page) => {
    for (const path of pages) {
      const response = await page.goto(path);
      assert.equal(response.status(), 200, path);
      await ready(page);
      assert.equal(await page.getByRole('button', { name: /version|Publish|Propose|Try/ }).count(), 0);
      assert.equal(await page.getByRole('main').getByRole('textbox').count(), 0);
    }
  });
  await as(EMPLOYEE, async (page) => {
    for (const path of pages) assert.equal((await page.goto(path)).status(), 404, path);
  });
});
