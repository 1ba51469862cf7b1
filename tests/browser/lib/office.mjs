// An instance with a mail server and a ticket tracker beside it, and no documents.

import { startJira } from '../peers/jira.mjs';
import { startSmtp } from '../peers/smtp.mjs';
import { startInstance } from './instance.mjs';
import { ADMIN, LEGAL } from './world.mjs';

// What the tracker's account signs in with.
export const TRACKER_TOKEN = 'Y2xvY2t3b3JrLW9yYW5nZS1kZXNr';

const settings = ({ host, port, ca, user, password }) => `
[inference]
engine = "none"

[desk]
hours = "mon-sun 00:00-24:00"

[mail]
host = "${host}"
port = ${port}
tls = "starttls"
ca_file = "${ca}"
user = "${user}"
password = "${password}"
from = "Inhouse <legal@example.com>"

[jira]
allow = ["127.0.0.0/8"]
`;

let opened;

// The office, started the first time that a test asks for it; it stops with the world.
export function office(world) {
  opened ??= (async () => {
    const [smtp, jira] = await Promise.all([startSmtp(), startJira(TRACKER_TOKEN)]);
    const start = () => startInstance({ settings: () => settings(smtp) });
    const open = await world.beside([smtp, jira], start);
    open.instance.addPerson(ADMIN, '--name', 'Ada Admin', '--role', 'admin');
    open.instance.addPerson(LEGAL, '--name', 'Lena Legal', '--role', 'legal');
    return { ...open, smtp, jira };
  })();
  return opened;
}
