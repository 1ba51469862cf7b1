// A scripted Jira Data Center with one project and one issue type, which needs a cost center. It takes
// what Atlassian documents and refuses everything else, and calls a signed webhook of what happens.
// Shapes: https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/

import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const CONTEXT = '/jira';
const API = `${CONTEXT}/rest/api/2`;
const TYPE = { id: '10001', name: 'Task', subtask: false };
const COST_CENTER = 'customfield_10010';
// Statuses with their categories, and the transitions that lead to each from every other one.
const STATUSES = [
  { id: '11', name: 'To Do', category: 'new' },
  { id: '21', name: 'In Progress', category: 'indeterminate' },
  { id: '31', name: 'Done', category: 'done' },
];

const field = (id, name, required, hasDefaultValue = false) => ({
  fieldId: id,
  name,
  required,
  hasDefaultValue,
});
const FIELDS = [
  field('project', 'Project', true),
  field('issuetype', 'Issue Type', true),
  field('summary', 'Summary', true),
  field('description', 'Description', false),
  field('labels', 'Labels', false),
  field('reporter', 'Reporter', true, true),
  field('priority', 'Priority', false, true),
  field('duedate', 'Due date', false),
  field(COST_CENTER, 'Cost center', true),
];

// A reply that says no.
class Refusal extends Error {
  constructor(status, name, why) {
    super(`${name}: ${why}`);
    this.status = status;
    this.body = { errorMessages: [], errors: { [name]: why } };
  }
}

// `2026-05-04T09:00:00.000+0000`, as Jira writes times.
const moment = (at) => at.toISOString().replace('Z', '+0000');
const listed = (values) => ({ startAt: 0, maxResults: 100, total: values.length, values });
const statusOf = (issue) => {
  const { id, name, category } = STATUSES.find(({ name }) => name === issue.status);
  return { id, name, statusCategory: { key: category } };
};
const fieldsOf = (issue) => ({
  summary: issue.fields.summary,
  labels: issue.fields.labels,
  status: statusOf(issue),
  updated: moment(issue.updated),
});
const commentOf = ({ id, author, body }) => ({ id, author: { displayName: author }, body });

// The fields of a new issue, if a Jira would take them.
function checked({ fields = {} }) {
  const unknown = Object.keys(fields).find((id) => !FIELDS.some(({ fieldId }) => fieldId === id));
  if (unknown) throw new Refusal(400, unknown, 'It is not on the appropriate screen, or unknown.');
  if (fields.project?.key !== 'LEGAL') throw new Refusal(400, 'project', 'project is required');
  if (fields.issuetype?.name !== TYPE.name) throw new Refusal(400, 'issuetype', 'no such type');
  if (!fields.summary || /[\r\n]/.test(fields.summary)) throw new Refusal(400, 'summary', 'invalid');
  if (typeof fields.description !== 'string') throw new Refusal(400, 'description', 'no string');
  if (!fields[COST_CENTER]?.value) throw new Refusal(400, COST_CENTER, 'Cost center is required.');
  return fields;
}

async function bodyOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text === '' ? {} : JSON.parse(text);
}

// Starts it; its account is known by `token`. `issues` are those that were made; `refused` says what
// was sent that no Jira takes, and what went wrong with its webhook.
export async function startJira(token) {
  const issues = [];
  const refused = [];
  let hook;

  const issueOf = (key) => {
    const issue = issues.find((issue) => issue.key === key);
    if (!issue) throw new Refusal(404, 'key', 'Issue Does Not Exist');
    return issue;
  };

  // Calls the webhook and gives the status of its reply; nothing where there is none.
  async function tell(webhookEvent, issue, more = {}) {
    if (!hook) return undefined;
    const about = { key: issue.key, fields: fieldsOf(issue) };
    const body = JSON.stringify({ timestamp: Date.now(), webhookEvent, issue: about, ...more });
    const code = createHmac('sha256', hook.secret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'x-atlassian-webhook-identifier': randomUUID(),
      'x-hub-signature': `sha256=${code}`,
    };
    const reply = await fetch(hook.address, { method: 'POST', headers, body });
    return reply.status;
  }

  function change(issue, what) {
    Object.assign(issue, what, { updated: new Date() });
  }

  // What anybody changes is told, who came by the API among them.
  function tellLater(...what) {
    tell(...what).catch((error) => refused.push(String(error)));
  }

  function create(_, body) {
    const fields = checked(body);
    const key = `LEGAL-${issues.length + 1}`;
    const now = new Date();
    issues.push({ key, fields, status: 'To Do', comments: [], updated: now });
    return [201, { id: String(10_000 + issues.length), key }];
  }

  function search(_, { jql }) {
    const [, label] = /^labels = "([\w-]+)" ORDER BY created ASC$/.exec(jql) ?? [];
    if (!label) throw new Refusal(400, 'jql', `not understood: ${jql}`);
    const found = issues.filter(({ fields }) => fields.labels.includes(label));
    const shown = found.map((issue) => ({ key: issue.key, fields: fieldsOf(issue) }));
    return [200, { startAt: 0, maxResults: 50, total: shown.length, issues: shown }];
  }

  function transitions([key]) {
    const others = STATUSES.filter(({ name }) => name !== issueOf(key).status);
    const ways = others.map(({ id, name, category }) => ({
      id,
      name,
      to: { name, statusCategory: { key: category } },
      fields:
        category === 'done'
          ? { resolution: { required: true, allowedValues: [{ name: 'Fixed' }] } }
          : {},
    }));
    return [200, { transitions: ways }];
  }

  function move([key], { transition, fields }) {
    const issue = issueOf(key);
    const to = STATUSES.find(({ id }) => id === transition?.id);
    if (!to) throw new Refusal(400, 'transition', 'no such transition');
    if (to.category === 'done' && fields?.resolution?.name !== 'Fixed') {
      throw new Refusal(400, 'resolution', 'Resolution is required.');
    }
    change(issue, { status: to.name });
    tellLater('jira:issue_updated', issue);
    return [204];
  }

  function comment(issue, author, body) {
    const added = { id: String(20_000 + issue.comments.length), author, body };
    change(issue, { comments: [...issue.comments, added] });
    return added;
  }

  const one = `${API}/issue/(LEGAL-\\d+)`;
  const types = `${API}/issue/createmeta/LEGAL/issuetypes`;
  const routes = [
    ['GET', `${API}/myself`, () => [200, { displayName: 'Inhouse at Example' }]],
    ['GET', types, () => [200, listed([TYPE])]],
    ['GET', `${types}/${TYPE.id}`, () => [200, listed(FIELDS)]],
    ['POST', `${API}/issue`, create],
    ['POST', `${API}/search`, search],
    ['GET', one, ([key]) => [200, { key, fields: fieldsOf(issueOf(key)) }]],
    ['GET', `${one}/transitions`, transitions],
    ['POST', `${one}/transitions`, move],
    [
      'GET',
      `${one}/comment`,
      ([key]) => {
        const comments = issueOf(key).comments.map(commentOf);
        return [200, { startAt: 0, total: comments.length, comments }];
      },
    ],
    [
      'POST',
      `${one}/comment`,
      ([key], { body }) => {
        const added = comment(issueOf(key), 'Inhouse at Example', body);
        tellLater('comment_created', issueOf(key), { comment: commentOf(added) });
        return [201, commentOf(added)];
      },
    ],
  ].map(([method, path, answer]) => ({ method, path: new RegExp(`^${path}$`), answer }));

  async function answer(request) {
    if (request.headers.authorization !== `Bearer ${token}`) return [401, {}];
    const { pathname } = new URL(request.url, 'http://jira');
    const route = routes.find(({ method, path }) => method === request.method && path.test(pathname));
    if (route) return route.answer(route.path.exec(pathname).slice(1), await bodyOf(request));
    throw new Refusal(404, 'path', `${request.method} ${pathname}`);
  }

  const server = createServer(async (request, response) => {
    let reply;
    try {
      reply = await answer(request);
    } catch (error) {
      refused.push(String(error));
      reply = [error.status ?? 500, error.body ?? {}];
    }
    const [status, body] = reply;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body && JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Where a test fails to stop it, it keeps nobody waiting.
  server.unref();

  return {
    address: `http://127.0.0.1:${server.address().port}${CONTEXT}`,
    issues,
    refused,
    // Its admin sets up where it calls, and the secret that it signs with.
    call(address, secret) {
      hook = { address, secret };
    },
    // Somebody there moves an issue; gives what the webhook replied.
    setStatus(key, status) {
      change(issueOf(key), { status });
      return tell('jira:issue_updated', issueOf(key));
    },
    // Somebody there comments on an issue; gives what the webhook replied.
    comment(key, author, text) {
      const added = comment(issueOf(key), author, text);
      return tell('comment_created', issueOf(key), { comment: commentOf(added) });
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
