// The company's directory: Debian's `slapd` with a few people, groups in groups, and a certificate
// of an authority that is made on the spot. It takes passwords over TLS only.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.mjs';

const SUFFIX = 'dc=example,dc=com';
const READER = `cn=reader,${SUFFIX}`;
const START_MS = 60_000;

const PROGRAMS = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };

const dn = {
  person: (uid) => `uid=${uid},ou=people,${SUFFIX}`,
  group: (name) => `cn=${name},ou=groups,${SUFFIX}`,
};

function entry(name, attributes) {
  const lines = Object.entries(attributes).flatMap(([attribute, values]) =>
    [values].flat().map((value) => `${attribute}: ${value}`),
  );
  return [`dn: ${name}`, ...lines, ''].join('\n');
}

// People by login, each with a password; groups by name, each with its members: logins, and names
// of groups after a `@`.
function contents({ people, groups, readerPassword }) {
  const member = (name) => (name.startsWith('@') ? dn.group(name.slice(1)) : dn.person(name));
  return [
    entry(SUFFIX, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' }),
    entry(`ou=people,${SUFFIX}`, { objectClass: 'organizationalUnit', ou: 'people' }),
    entry(`ou=groups,${SUFFIX}`, { objectClass: 'organizationalUnit', ou: 'groups' }),
    entry(READER, {
      objectClass: ['organizationalRole', 'simpleSecurityObject'],
      cn: 'reader',
      userPassword: readerPassword,
    }),
    ...Object.entries(people).map(([uid, { name, mail, department, password }]) =>
      entry(dn.person(uid), {
        objectClass: 'inetOrgPerson',
        uid,
        cn: name,
        sn: name.split(' ').at(-1),
        mail,
        departmentNumber: department,
        userPassword: password,
      }),
    ),
    ...Object.entries(groups).map(([name, members]) =>
      entry(dn.group(name), { objectClass: 'groupOfNames', cn: name, member: members.map(member) }),
    ),
  ].join('\n');
}

function settings(folder) {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/server.pem
TLSCertificateKeyFile ${folder}/server.key
security simple_bind=128
sizelimit 50
database mdb
maxsize 10485760
suffix "${SUFFIX}"
directory ${folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${READER}" read by anonymous auth by * none
`;
}

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

// Resolves once the server says that it has started; rejects with what it said before it ended.
function started(server) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`slapd does not start:\n${said}`)), START_MS);
    server.stderr.on('data', (piece) => {
      said = (said + piece).slice(-4000);
      if (said.includes('slapd starting')) {
        clearTimeout(late);
        resolve();
      }
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`slapd ended:\n${said}`)));
  });
}

// Starts it; gives what a client's configuration needs.
export async function startLdap({ people, groups }) {
  const folder = mkdtempSync(join(tmpdir(), 'inhouse-ldap-'));
  const readerPassword = 'quiet-heron-ledger-17';
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'slapd.conf'), settings(folder));
  const ca = makeCertificates(folder);
  const slapd = (program, ...args) =>
    execFileSync(program, ['-f', join(folder, 'slapd.conf'), ...args], {
      env: PROGRAMS,
      input: contents({ people, groups, readerPassword }),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  slapd('slapadd', '-q');
  const port = await freePort();
  // With a level of logging it stays in the foreground, and says when it has started. It ends with
  // this process, however that ends.
  const options = ['-f', join(folder, 'slapd.conf'), '-h', `ldap://127.0.0.1:${port}`, '-d', 'stats'];
  const server = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'slapd', ...options], {
    env: PROGRAMS,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await started(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `ldap://localhost:${port}`,
    ca,
    bindDn: READER,
    bindPassword: readerPassword,
    base: `ou=people,${SUFFIX}`,
    groupBase: `ou=groups,${SUFFIX}`,
    stop,
  };
}
