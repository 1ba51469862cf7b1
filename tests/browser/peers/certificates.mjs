// Certificates for peers that speak TLS.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

// An authority and a certificate of its own for this machine, as files in a folder: `server.pem` and
// `server.key` are the server's; given back is the authority's certificate, which clients get.
export function makeCertificates(folder) {
  const file = (name) => join(folder, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl(
    ...[...request, '-subj', '/CN=Example authority', '-keyout', file('ca.key'), '-out', file('ca.pem')],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
  );
  openssl(
    ...[...request, '-subj', '/CN=localhost', '-keyout', file('server.key'), '-out', file('server.pem')],
    ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-addext', 'basicConstraints=CA:FALSE'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'extendedKeyUsage=serverAuth'],
  );
  return file('ca.pem');
}
