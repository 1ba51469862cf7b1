import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
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
  // Not synchronously: nobody would read what the instance logs meanwhile, and it would wait.
  const said = await new Promise((resolve, reject) => {
    const program = execFile(
      'python3',
      [PROGRAM, `${instance.address}/scim/v2`],
      { env: { ...process.env, PYTHONPATH: process.env.INHOUSE_SCIM2_TESTER } },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
    program.stdin.end(token);
  });
  const { counts, failed } = JSON.parse(said);
  assert.deepEqual(failed, []);
  assert.ok(counts.SUCCESS > 50, said);
});
