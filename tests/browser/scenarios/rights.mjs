import assert from 'node:assert/strict';
import { ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN } from '../lib/world.mjs';

const GROUP = 'Contract readers';
const SET = 'Legal only';

async function setsOf(page) {
  const response = await page.request.get('/api/v1/document-sets');
  return response.ok() ? (await response.json()).map((set) => set.name) : [];
}

test('a group gets a right on a set, and its people see the set at their next request', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  const [[name]] = instance.query(`SELECT name FROM users WHERE email = '${person}'`);
  await as(person, async (theirs) => {
    assert.ok(!(await setsOf(theirs)).includes(SET));
    await as(ADMIN, async (page) => {
      await page.goto('/groups');
      await ready(page);
      await page.getByText('New group').click();
      await page.getByLabel('Name').fill(GROUP);
      await page.getByRole('button', { name: 'Make group' }).click();
      await page.getByRole('heading', { level: 1, name: GROUP }).waitFor();
      await page.getByLabel('Add a person').fill(person);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('row').filter({ hasText: name }).waitFor();
      const group = new URL(page.url()).pathname;

      await page.goto('/documents');
      await ready(page);
      await page.getByRole('link', { name: SET }).click();
      await page.waitForURL(/\/documents\/.+/);
      await ready(page);
      await page.getByText('Who may see it').first().click();
      await page.getByLabel('Add a group').selectOption({ label: GROUP });
      await page.getByLabel('What it may do').selectOption({ label: 'Reads' });
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByLabel(`What ${GROUP} may do`).waitFor();
      await page.getByRole('button', { name: 'Save who may see it' }).click();
      await page.getByText('Saved').first().waitFor();
      assert.ok((await setsOf(theirs)).includes(SET));

      await page.goto(group);
      await ready(page);
      await page.getByRole('link', { name: SET }).waitFor();
      await page.getByRole('button', { name: `Remove ${name}` }).click();
      await page.getByRole('row').filter({ hasText: name }).waitFor({ state: 'detached' });
      assert.ok(!(await setsOf(theirs)).includes(SET));
    });
  });
});

test('groups are for admins', async (world) => {
  await world.as(world.newcomer(), async (page) => {
    for (const path of ['/groups', '/groups/legal-team', '/log', '/privacy']) {
      assert.equal((await page.goto(path)).status(), 404, path);
    }
  });
});
