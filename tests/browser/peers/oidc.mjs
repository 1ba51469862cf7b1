// The company's OpenID provider: npm's certified `oidc-provider`, with people of its own, and keys
// that can be changed while it runs.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const SCOPES = 'openid profile email';

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

// `people`: by login, the claims that the provider tells of each; in the ID token too, or at the
// userinfo endpoint alone.
function configuration({ client, people, keys, cookieKey, claimsInToken }) {
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirect],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'department', 'roles', 'groups'],
    },
    conformIdTokenClaims: !claimsInToken,
    jwks: { keys },
    cookies: { keys: [cookieKey] },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, login) =>
      people[login] && { accountId: login, claims: () => ({ sub: login, ...people[login] }) },
    // Nobody is asked twice: the company has agreed for them.
    async loadExistingGrant(context) {
      const { client: asking, provider, session } = context.oidc;
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
  };
}

const page = (body) =>
  `<!doctype html><html lang="en"><head><title>Example Company</title>` +
  `<link rel="icon" href="data:,"></head><body><main>${body}</main></body></html>`;

const form = page(
  '<h1>Example Company</h1><form method="post">' +
    '<label>Login <input name="login"></label> ' +
    '<button name="go" value="yes">Log in</button> ' +
    '<button name="go" value="no">Cancel</button></form>',
);

async function fields(request) {
  let body = '';
  for await (const piece of request) body += piece;
  return new URLSearchParams(body);
}

// The provider's own login page.
async function interact(provider, people, request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(form);
    return;
  }
  const sent = await fields(request);
  const login = sent.get('login');
  const result =
    sent.get('go') === 'yes' && people[login]
      ? { login: { accountId: login } }
      : { error: 'access_denied', error_description: 'the person said no' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

// Starts it; `people` may be changed while it runs. It answers once a client was registered.
export async function startOidc(people) {
  const cookieKey = randomUUID();
  let client;
  let handle;
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Where a test fails to stop it, it keeps nobody waiting.
  server.unref();
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const asked = [];

  // From now on it signs with a new key, and knows no other.
  function changeKeys({ claimsInToken = false } = {}) {
    const keys = [signingKey()];
    const options = configuration({ client, people, keys, cookieKey, claimsInToken });
    const provider = new Provider(issuer, options);
    const answer = provider.callback();
    handle = async (request, response) => {
      asked.push(new URL(request.url, issuer).pathname);
      if (request.url.startsWith('/interaction/')) {
        await interact(provider, people, request, response);
      } else {
        await answer(request, response);
      }
    };
  }

  function register(redirect) {
    client = { id: 'inhouse', secret: randomUUID(), redirect };
    changeKeys();
    return client;
  }

  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { issuer, asked, people, register, changeKeys, stop };
}
