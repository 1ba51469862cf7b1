// The company's mail server: npm's `smtp-server`, which keeps every mail that it is handed. It takes
// mail from its one account only, and passwords over TLS only, with a certificate of an authority
// that is made on the spot.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { makeCertificates } from './certificates.mjs';

const ACCOUNT = { user: 'inhouse', password: 'pewter-meadow-signal-31' };

// The bytes of a mail's body as text (RFC 2045, 6).
function decoded(body, encoding) {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString();
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

// A mail's headers by their names in small letters, and its text.
function read(raw) {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const encoding = headers['content-transfer-encoding'];
  return { headers, text: decoded(raw.slice(end + 4), encoding) };
}

// Starts it; gives what a client's configuration needs, and the mails that it took, the oldest first:
// to whom, as they were sent, as they are read.
export async function startSmtp() {
  const folder = mkdtempSync(join(tmpdir(), 'inhouse-smtp-'));
  const ca = makeCertificates(folder);
  const mails = [];
  const server = new SMTPServer({
    key: readFileSync(join(folder, 'server.key')),
    cert: readFileSync(join(folder, 'server.pem')),
    disableReverseLookup: true,
    onAuth({ username, password }, _, done) {
      if (username === ACCOUNT.user && password === ACCOUNT.password) {
        done(null, { user: username });
      } else {
        done(new Error('wrong name or password'));
      }
    },
    onData(stream, session, done) {
      const pieces = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('end', () => {
        const raw = Buffer.concat(pieces).toString('latin1');
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, raw, ...read(raw) });
        done();
      });
    },
  });
  // A connection that breaks is the sender's to mend.
  server.on('error', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Where a test fails to stop it, it keeps nobody waiting.
  server.server.unref();
  const stop = async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { host: 'localhost', port: server.server.address().port, ca, ...ACCOUNT, mails, stop };
}
