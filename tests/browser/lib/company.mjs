// A company with a provider and a directory of its own, and an instance that people of both sign
// in to.

import { startLdap } from '../peers/ldap.mjs';
import { startOidc } from '../peers/oidc.mjs';
import { startInstance } from './instance.mjs';

export const OWNER = 'owner@example.com';

// What the provider says of its people; none of them has a password in the directory.
const person = (name, more = {}) => ({
  name,
  email: `${name.split(' ')[0].toLowerCase()}@example.com`,
  email_verified: true,
  department: 'Sales',
  roles: [],
  groups: [],
  ...more,
});
const AT_PROVIDER = {
  clara: person('Clara Holm', { roles: ['lawyers'], groups: ['dept-contracts', 'chess'] }),
  dora: person('Dora Lind'),
  // Somebody who took the e-mail of an account that isn't theirs.
  owner: person('Owner Else'),
};

export const IN_DIRECTORY = {
  petra: { name: 'Petra Ek', mail: 'petra@example.com', department: 'Finance', password: 'violet-anchor-tundra-5' },
  otto: { name: 'Otto Ny', mail: 'otto@example.com', department: 'Stores', password: 'copper-window-harbor-8' },
};
// Petra is a lawyer by way of a group in a group; the groups also lead back to themselves.
const GROUPS = {
  'contract-lawyers': ['petra'],
  'all-lawyers': ['@contract-lawyers', '@everybody'],
  everybody: ['@all-lawyers', 'otto'],
  buyers: ['otto'],
};

function settings({ oidc, client, ldap }) {
  return `
[inference]
engine = "none"

[oidc]
issuer = "${oidc.issuer}"
client_id = "${client.id}"
client_secret = "${client.secret}"
label = "Example Company"
allow = ["127.0.0.0/8"]
roles = [{ value = "lawyers", role = "legal" }]
groups = [{ value = "dept-contracts", group = "Contracts" }]

[ldap]
url = "${ldap.url}"
ca_file = "${ldap.ca}"
bind_dn = "${ldap.bindDn}"
bind_password = "${ldap.bindPassword}"
base = "${ldap.base}"
group_base = "${ldap.groupBase}"
roles = [{ value = "contract-lawyers", role = "legal" }, { value = "all-lawyers", role = "legal" }]
groups = [{ value = "buyers", group = "Buying" }, { value = "all-lawyers", group = "Lawyers" }]
`;
}

let opened;

// The company, started the first time that a test asks for it; it stops with the world.
export function company(world) {
  opened ??= (async () => {
    const oidc = await startOidc(AT_PROVIDER);
    const ldap = await startLdap({ people: IN_DIRECTORY, groups: GROUPS });
    const start = () =>
      startInstance({
        settings: (address) => {
          const client = oidc.register(`${address}/sign-in/oidc/callback`);
          return settings({ oidc, client, ldap });
        },
      });
    const open = await world.beside([oidc, ldap], start);
    open.instance.addPerson(OWNER, '--name', 'Olga Owner', '--role', 'admin');
    return { ...open, oidc };
  })();
  return opened;
}
