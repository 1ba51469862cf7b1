import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { company, OWNER } from '../lib/company.mjs';
import { test } from '../lib/runner.mjs';
import { call } from '../lib/world.mjs';

const PROGRAM = fileURLToPath(new URL('../peers/scim.py', import.meta.url));

test("SCIM is as PyPI's scim2-tester wants it", async (world) => {
  const { as, instance } = await company(world);
  const token = await as(OWNER, async (page) => {
    const program = { name: 'scim2-tester', scopes: ['scim'], days: 1 };
    return (await (await call(page, 'POST', '/api/v1/tokens', program)).json()).token;
  });
  const said = execFileSync('python3', [PROGRAM, `${instance.address}/scim/v2`], {
    input: token,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: process.env.INHOUSE_SCIM2_TESTER },
  });
  const { counts, failed } = JSON.parse(said);
  assert.deepEqual(failed, []);
  assert.ok(counts.SUCCESS > 50, said);
});
