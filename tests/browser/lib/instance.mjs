// An instance of `inhouse` in a folder of its own, for as long as the tests run.

import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_MS = 180_000;
const SAMPLE = fileURLToPath(new URL('../../../assets/sample', import.meta.url));

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

// Resolves once the process says that it is ready; rejects when it ends before, or takes too long.
function ready(server) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('inhouse took too long to start')), START_MS);
    const settle = (then) => (value) => {
      clearTimeout(late);
      then(value);
    };
    let said = '';
    server.stdout.on('data', (piece) => {
      said += piece;
      if (said.includes('Inhouse is ready at')) settle(resolve)();
    });
    server.once('error', settle(reject));
    server.once('exit', () => settle(reject)(new Error('inhouse ended before it was ready')));
  });
}

// The password in what `--generate` prints.
function passwordIn(text) {
  return text.match(/^Password: (.+)$/m)[1].trim();
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

// Starts one; gives its address, its people's passwords, and how to look and to stop. `settings`
// makes the text of its configuration out of its address, `sample` loads the sample company.
export async function startInstance({ sample = false, settings = () => '' } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'inhouse-browser-'));
  const address = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(data, 'inhouse.toml'), settings(address));
  const run = (...args) =>
    execFileSync(binary, ['--data', data, ...args], { env: environment, encoding: 'utf8' });
  const passwords = {};
  const addPerson = (email, ...options) => {
    passwords[email] = passwordIn(run('user', 'add', email, ...options, '--generate'));
  };
  const newPassword = (email) => {
    passwords[email] = passwordIn(run('user', 'password', email, '--generate'));
  };
  if (sample) run('demo', '--from', SAMPLE);

  const log = join(data, 'server.log');
  const server = spawn(binary, ['--data', data, 'serve', '--listen', address.slice(7)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kept = createWriteStream(log);
  for (const output of [server.stdout, server.stderr]) output.pipe(kept, { end: false });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    kept.end();
    rmSync(data, { recursive: true, force: true });
  };
  const readLog = () => readFileSync(log, 'utf8');
  try {
    await ready(server);
  } catch (error) {
    error.message += `:\n${readLog()}`;
    await stop();
    throw error;
  }
  const look = (sql) => query(data, sql);
  return { address, passwords, addPerson, newPassword, run, stop, log: readLog, query: look };
}
