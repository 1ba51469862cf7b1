// An instance of `inhouse` in a folder of its own, with the sample company loaded, for as long as
// the tests run.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const START_MS = 180_000;
const SAMPLE = fileURLToPath(new URL('../../../assets/sample', import.meta.url));
const PEOPLE = ['ada@example.com', 'lena@example.com', 'emil@example.com'];

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'inhouse');
const target = process.env.CARGO_TARGET_DIR ?? join(cache, 'target');
const binary = process.env.INHOUSE_BIN ?? join(target, 'release/inhouse');

const environment = {
  ...process.env,
  INHOUSE_SERVER__SITE: process.env.INHOUSE_SITE ?? join(target, 'site'),
  INHOUSE_MODELS__DIR: process.env.INHOUSE_MODELS ?? join(cache, 'models'),
};

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

// Starts it; gives its address, its people's passwords, and how to look and to stop.
export async function startInstance() {
  const data = mkdtempSync(join(tmpdir(), 'inhouse-browser-'));
  const inhouse = (...args) =>
    execFileSync(binary, ['--data', data, ...args], { env: environment, encoding: 'utf8' });
  inhouse('demo', '--from', SAMPLE);
  const passwords = {};
  for (const person of PEOPLE) {
    const said = inhouse('user', 'password', person, '--generate');
    passwords[person] = passwordIn(said);
  }

  const address = `http://127.0.0.1:${await freePort()}`;
  const log = join(data, 'server.log');
  const output = openSync(log, 'w');
  const server = spawn(binary, ['--data', data, 'serve', '--listen', address.slice(7)], {
    env: environment,
    stdio: ['ignore', output, output],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  const readLog = () => readFileSync(log, 'utf8');
  const limit = Date.now() + START_MS;
  while (!(await answers(`${address}/readyz`))) {
    if (server.exitCode !== null || Date.now() > limit) {
      const said = readLog();
      await stop();
      throw new Error(`inhouse did not start:\n${said}`);
    }
    await pause(100);
  }
  return { address, passwords, stop, log: readLog, query: (sql) => query(data, sql) };
}

// The password in what `user password --generate` prints: its last word without spaces.
function passwordIn(text) {
  const words = text.trim().split(/\s+/);
  return words[words.length - 1];
}

// Rows of the instance's database: what is recorded is looked up where it is recorded.
function query(data, sql) {
  const program =
    'import json, sqlite3, sys\n' +
    "database = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)\n" +
    'print(json.dumps(database.execute(sys.argv[2]).fetchall()))';
  const path = join(data, 'inhouse.db');
  return JSON.parse(execFileSync('python3', ['-c', program, path, sql], { encoding: 'utf8' }));
}
