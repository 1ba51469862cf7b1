import assert from 'node:assert/strict';
import { letIn, tryToSignIn } from '../lib/browser.mjs';
import { company, IN_DIRECTORY, OWNER } from '../lib/company.mjs';
import { test } from '../lib/runner.mjs';

const { petra, otto } = IN_DIRECTORY;

async function me(page) {
  return (await page.request.get('/api/v1/me')).json();
}

test('the directory signs in, with a role and a group that are deep in groups', async (world) => {
  const { as, instance } = await company(world);
  await as(null, async (page) => {
    await tryToSignIn(page, 'petra', petra.password);
    await letIn(page);
    const { email, name, role } = await me(page);
    assert.deepEqual({ email, name, role }, { email: petra.mail, name: petra.name, role: 'legal' });
    await page.goto('/account');
    await page.getByText(/with the company's directory/).first().waitFor();
  });
  // By e-mail it is the same person.
  await as(null, async (page) => {
    await tryToSignIn(page, otto.mail, otto.password);
    await letIn(page);
    assert.equal((await me(page)).name, otto.name);
  });
  const groups = instance.query(
    'SELECT u.email, g.name FROM access_groups g JOIN group_members m ON m.group_id = g.id ' +
      "JOIN users u ON u.id = m.user_id WHERE u.source = 'ldap' ORDER BY u.email, g.name",
  );
  assert.deepEqual(groups, [
    [otto.mail, 'Buying'],
    [otto.mail, 'Lawyers'],
    [petra.mail, 'Lawyers'],
  ]);
});

test('a wrong password and a login that would be a filter get in nowhere', async (world) => {
  const { as } = await company(world);
  for (const [login, password] of [
    ['petra', otto.password],
    ['*', petra.password],
    ['petra)(uid=*', petra.password],
    ['uid=petra,ou=people,dc=example,dc=com', petra.password],
  ]) {
    await as(null, async (page) => {
      await tryToSignIn(page, login, password);
      await page.getByText(/don't match/).waitFor();
      assert.equal((await page.request.get('/api/v1/me')).status(), 401);
    });
  }
});

test('an empty password is no password', async (world) => {
  const { instance } = await company(world);
  const response = await fetch(`${instance.address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'petra', password: '' }),
  });
  assert.ok([400, 401].includes(response.status), String(response.status));
});

test('accounts with a password here stay beside the directory', async (world) => {
  const { as } = await company(world);
  await as(OWNER, async (page) => {
    assert.equal((await me(page)).role, 'admin');
  });
});
