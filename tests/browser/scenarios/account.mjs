import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as OTPAuth from 'otpauth';
import { letIn, ready, tryToSignIn } from '../lib/browser.mjs';
import { test } from '../lib/runner.mjs';
import { ADMIN } from '../lib/world.mjs';

const STEP_MS = 30_000;

async function account(page) {
  await page.goto('/account');
  await ready(page);
}

// The code that an authenticator shows, so many steps from now.
function codeOf(secret, steps = 0) {
  const totp = new OTPAuth.TOTP({ secret: OTPAuth.Secret.fromBase32(secret) });
  return totp.generate({ timestamp: Date.now() + steps * STEP_MS });
}

// Sets up a second factor as its owner does; gives the secret and the recovery codes.
async function enrol(page) {
  await account(page);
  const part = page.getByRole('region', { name: 'Second factor' });
  await part.getByRole('button', { name: 'Set up' }).click();
  await part.getByRole('img', { name: /QR code/ }).waitFor();
  await part.getByText("Can't scan it?").click();
  const secret = (await part.locator('.secret code').innerText()).replaceAll(/\s/g, '');
  await part.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
  await part.getByRole('button', { name: 'Turn on' }).click();
  await part.getByRole('heading', { name: 'Recovery codes' }).waitFor();
  const codes = await part.locator('.codes code').allInnerTexts();
  await part.getByRole('button', { name: 'I have kept them' }).click();
  await part.getByText('On', { exact: true }).waitFor();
  return { secret, codes };
}

async function giveCode(page, code) {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a second factor is set up, asked for, and each code is good once', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  const password = instance.passwords[person];
  const { secret, codes } = await as(person, enrol);
  assert.ok(codes.length >= 8);

  // The code of this step was used to set it up; a clock may be one step ahead.
  const next = codeOf(secret, 1);
  await as(null, async (page) => {
    await tryToSignIn(page, person, password);
    await page.getByText(/Your password is right/).first().waitFor();
    assert.equal((await page.request.get('/api/v1/me')).status(), 401);
    await giveCode(page, '000000');
    await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
    await giveCode(page, next);
    await letIn(page);
  });
  await as(null, async (page) => {
    await tryToSignIn(page, person, password);
    await giveCode(page, next);
    await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
    await giveCode(page, codes[0]);
    await letIn(page);
  });
  const [[sealed]] = instance.query(`SELECT totp_sealed FROM users WHERE email = '${person}'`);
  assert.ok(!sealed.includes(secret), 'the secret is kept sealed');
});

test('an admin takes away a second factor whose device is lost', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  await as(person, enrol);
  const [[name]] = instance.query(`SELECT name FROM users WHERE email = '${person}'`);
  await as(ADMIN, async (page) => {
    await page.goto('/people');
    await ready(page);
    await page.getByRole('button', { name: `More of ${name}` }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Remove the second factor' }).click();
    await page.getByText(`${name} has no second factor anymore`).first().waitFor();
  });
  await as(null, async (page) => {
    await tryToSignIn(page, person, instance.passwords[person]);
    await letIn(page);
  });
});

test('a token works for a program as far as its scopes reach, until it is revoked', async (world) => {
  const { as, instance } = world;
  const status = async (token, path) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${instance.address}${path}`, { headers })).status;
  };
  await as(world.newcomer(), async (page) => {
    await account(page);
    const part = page.getByRole('region', { name: 'Access for programs' });
    await part.getByText('New token').click();
    await part.getByLabel('Name').fill('Weekly export');
    await part.getByRole('checkbox', { name: /^Ask/ }).check();
    await part.getByRole('button', { name: 'Make token' }).click();
    const token = await part.locator('.made code').innerText();
    assert.equal(await status(token, '/api/v1/conversations'), 200);
    assert.equal(await status(token, '/api/v1/me/export'), 404);
    assert.equal(await status(token, '/api/v1/document-sets'), 404);
    await part.getByRole('button', { name: 'Done' }).click();

    // It is shown once.
    await page.reload();
    await ready(page);
    assert.ok(!(await page.content()).includes(token));
    await part.getByRole('button', { name: 'Revoke Weekly export' }).click();
    await part.getByText('No program works in your name.').waitFor();
    assert.equal(await status(token, '/api/v1/conversations'), 401);
  });
});

test('a session that is ended elsewhere is over at its next request', async (world) => {
  const { as } = world;
  const person = world.newcomer();
  await as(person, async (here) => {
    await as(
      person,
      async (there) => {
        await account(here);
        const part = here.getByRole('region', { name: 'Where you are signed in' });
        await part.getByText('This browser').waitFor();
        await part.getByRole('button', { name: /^End the session of/ }).click();
        await part.getByRole('button', { name: /^End the session of/ }).waitFor({ state: 'detached' });
        await there.goto('/requests');
        await there.waitForURL(/\/sign-in/);
      },
      { isNew: true },
    );
    await here.goto('/requests');
    await here.getByRole('heading', { level: 1, name: /requests/i }).waitFor();
  });
});

test('an admin signs a person out everywhere', async (world) => {
  const { as, instance } = world;
  const person = world.newcomer();
  const [[name]] = instance.query(`SELECT name FROM users WHERE email = '${person}'`);
  await as(person, async (theirs) => {
    await as(ADMIN, async (page) => {
      await page.goto('/people');
      await ready(page);
      await page.getByRole('button', { name: `More of ${name}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByText(`${name} was signed out everywhere`).first().waitFor();
    });
    await theirs.goto('/requests');
    await theirs.waitForURL(/\/sign-in/);
  });
});

test('everybody downloads what is held on them', async (world) => {
  const { as } = world;
  await as(world.newcomer(), async (page) => {
    await account(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download my data' }).click(),
    ]);
    const list = 'import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist())';
    const names = execFileSync('python3', ['-c', list, await download.path()], { encoding: 'utf8' });
    assert.match(names, /data\.json/);
    assert.match(names, /index\.html/);
  });
});
