import assert from 'node:assert/strict';
import { company, OWNER } from '../lib/company.mjs';
import { letIn, ready } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { call } from '../lib/world.mjs';

// Leaves our sign-in page for the provider's.
async function leave(page) {
  await page.goto('/sign-in');
  await ready(page);
  await page.getByRole('link', { name: 'Sign in with Example Company' }).click();
  await page.getByRole('heading', { name: 'Example Company' }).waitFor();
}

async function signInAs(page, login) {
  await leave(page);
  await page.getByLabel('Login').fill(login);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function me(page) {
  return (await page.request.get('/api/v1/me')).json();
}

function groupsOf(instance, email) {
  const rows = instance.query(
    'SELECT g.name FROM access_groups g JOIN group_members m ON m.group_id = g.id ' +
      `JOIN users u ON u.id = m.user_id WHERE u.email = '${email}' ORDER BY g.name`,
  );
  return rows.map(([name]) => name);
}

test('the company account signs in, with its role and its groups', async (world) => {
  const { as, instance, oidc } = await company(world);
  await as(
    null,
    async (page) => {
      await signInAs(page, 'clara');
      await letIn(page);
      const { email, name, role } = await me(page);
      assert.deepEqual({ email, name, role }, { email: 'clara@example.com', name: 'Clara Holm', role: 'legal' });
      assert.deepEqual(groupsOf(instance, 'clara@example.com'), ['Contracts']);
      await page.getByRole('link', { name: /desk/i }).waitFor();
      await page.goto('/account');
      await page.getByText(/through the company/).first().waitFor();
    },
    { provider: oidc.issuer },
  );
});

test('a role and a group that end at the provider end here at the next sign-in', async (world) => {
  const { as, instance, oidc } = await company(world);
  const clara = { ...oidc.people.clara };
  const visit = async (page) => {
    await signInAs(page, 'clara');
    await letIn(page);
    return (await me(page)).role;
  };
  const options = { provider: oidc.issuer };
  assert.equal(await as(null, visit, options), 'legal');
  Object.assign(oidc.people.clara, { roles: [], groups: [] });
  assert.equal(await as(null, visit, options), 'employee');
  assert.deepEqual(groupsOf(instance, clara.email), []);
  Object.assign(oidc.people.clara, clara);
});

test('new keys at the provider sign nobody out and let everybody in', async (world) => {
  const { as, oidc } = await company(world);
  const options = { provider: oidc.issuer };
  await as(
    null,
    async (page) => {
      await signInAs(page, 'clara');
      await letIn(page);
      // The claims now stand in the ID token itself.
      oidc.changeKeys({ claimsInToken: true });
      await as(
        null,
        async (second) => {
          await signInAs(second, 'clara');
          await letIn(second);
          assert.equal((await me(second)).role, 'legal');
        },
        options,
      );
      assert.equal((await me(page)).email, 'clara@example.com');
    },
    options,
  );
});

test('who stops at the provider, and who has the e-mail of another account, is told so', async (world) => {
  const { as, oidc } = await company(world);
  const options = { provider: oidc.issuer };
  await as(
    null,
    async (page) => {
      await leave(page);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText("You stopped at your company's sign-in.").waitFor();
    },
    options,
  );
  await as(
    null,
    async (page) => {
      await signInAs(page, 'owner');
      await page.getByText(/isn't linked to your company's sign-in/).waitFor();
      assert.equal((await page.request.get('/api/v1/me')).status(), 401);
    },
    options,
  );
});

test('an answer of the provider is good in the browser that asked for it, and once', async (world) => {
  const { as, oidc } = await company(world);
  const options = { provider: oidc.issuer };
  let answer;
  await as(
    null,
    async (page, { context }) => {
      // What a redirect leads to passes no route: the provider's are followed by hand.
      await context.route('**/interaction/**', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        let from = route.request().url();
        let response = await route.fetch({ maxRedirects: 0 });
        for (;;) {
          from = new URL(response.headers().location, from).href;
          if (from.includes('/sign-in/oidc/callback')) break;
          response = await context.request.get(from, { maxRedirects: 0 });
        }
        answer = from;
        return route.fulfill({ body: 'kept back', contentType: 'text/plain' });
      });
      await signInAs(page, 'clara');
      await page.getByText('kept back').waitFor();
      await as(null, async (thief) => {
        await thief.goto(answer);
        await thief.getByText(/begun in another browser/).waitFor();
        assert.equal((await thief.request.get('/api/v1/me')).status(), 401);
      });
      await context.unrouteAll();
      await page.goto(answer);
      await letIn(page);
      const again = await page.request.get(answer, { maxRedirects: 0 });
      assert.match(again.headers().location, /^\/sign-in\?error=/);
    },
    options,
  );
});

test('somebody whom SCIM made comes by the provider, and is out when SCIM says so', async (world) => {
  const { as, instance, oidc } = await company(world);
  const token = await as(OWNER, async (page) => {
    const program = { name: 'Directory', scopes: ['scim'], days: 1 };
    return (await (await call(page, 'POST', '/api/v1/tokens', program)).json()).token;
  });
  const scim = async (method, path, body) => {
    const response = await fetch(`${instance.address}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, await response.clone().text());
    return response.json();
  };
  const made = await scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'dora@example.com',
    displayName: 'Dora Lind',
    emails: [{ value: 'dora@example.com', type: 'work', primary: true }],
    active: true,
  });
  await as(
    null,
    async (page, { context }) => {
      await signInAs(page, 'dora');
      await letIn(page);
      assert.equal((await me(page)).id, made.id, 'it is the account that SCIM made');
      await scim('PATCH', `/Users/${made.id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      });
      await page.goto('/requests');
      await page.waitForURL(/\/sign-in/);
      await context.clearCookies();
      await signInAs(page, 'dora');
      await page.getByText(/disabled/).waitFor();
    },
    { provider: oidc.issuer },
  );
});
