// Every page of the interface, with who looks at it and how to get there.

import { ADMIN, EMPLOYEE, LEGAL } from './world.mjs';

export function pages(instance) {
  const first = (sql) => instance.query(sql)[0]?.[0];
  const conversationWith = (outcome) =>
    first(
      'SELECT r.conversation_id FROM runs r JOIN users u ON u.id = r.user_id ' +
        `WHERE r.outcome = '${outcome}' AND u.email = '${EMPLOYEE}' ORDER BY r.id DESC`,
    );
  const request = first(
    'SELECT e.id FROM escalations e JOIN runs r ON r.id = e.run_id JOIN users u ON u.id = r.user_id ' +
      `WHERE u.email = '${EMPLOYEE}' ORDER BY e.id DESC`,
  );
  const set = first('SELECT id FROM document_sets ORDER BY id');
  // The document with most versions, so that there is something to compare.
  const [document, itsSet, newest] =
    instance.query(
      'SELECT d.id, d.set_id, d.newest_version FROM documents d JOIN versions v ON v.document_id = d.id ' +
        'WHERE d.deleted_at IS NULL GROUP BY d.id, d.set_id, d.newest_version ORDER BY COUNT(*) DESC, d.id LIMIT 1',
    )[0] ?? [];
  const oldest = first(`SELECT id FROM versions WHERE document_id = '${document}' ORDER BY number`);
  const group = first('SELECT id FROM access_groups ORDER BY role IS NOT NULL, id');
  const person = first(`SELECT id FROM users WHERE email = '${EMPLOYEE}'`);
  const contradicted = first(
    'SELECT r.conversation_id FROM runs r JOIN users u ON u.id = r.user_id ' +
      `WHERE r.conflict IS NOT NULL AND u.email = '${EMPLOYEE}' ORDER BY r.id DESC`,
  );
  const questions = first('SELECT id FROM question_sets ORDER BY id');
  // Two evaluations of one set, so that there is something to compare.
  const [measured, earlier, later] =
    instance.query(
      'SELECT set_id, MIN(id), MAX(id) FROM evaluations ' +
        "WHERE state = 'done' GROUP BY set_id HAVING COUNT(*) > 1 ORDER BY set_id LIMIT 1",
    )[0] ?? [];
  // One that can be written, where there is one.
  const rules = first("SELECT id FROM rule_versions ORDER BY state = 'draft' DESC, number DESC");
  const approved = first('SELECT id FROM approved_answers ORDER BY updated_at DESC, id DESC');
  const replied = first("SELECT escalation_id FROM replies WHERE kind = 'reply' ORDER BY id");
  const list = [
    { name: 'sign-in', path: '/sign-in', person: null },
    { name: 'ask', path: '/', person: EMPLOYEE },
    { name: 'answered', path: `/c/${conversationWith('answered')}`, person: EMPLOYEE },
    { name: 'source', path: `/c/${conversationWith('answered')}`, person: EMPLOYEE, open: 'source' },
    { name: 'escalated', path: `/c/${conversationWith('escalated')}`, person: EMPLOYEE },
    { name: 'contradicted', path: `/c/${contradicted}`, person: EMPLOYEE },
    { name: 'declined', path: `/c/${conversationWith('declined')}`, person: EMPLOYEE },
    { name: 'requests', path: '/requests', person: EMPLOYEE },
    { name: 'request', path: `/requests/${request}`, person: EMPLOYEE },
    { name: 'notices', path: '/notices', person: EMPLOYEE },
    { name: 'desk', path: '/desk?state=all', person: LEGAL },
    { name: 'desk-item', path: `/desk/${request}`, person: LEGAL },
    { name: 'desk-queues', path: '/desk/queues', person: LEGAL },
    { name: 'desk-templates', path: '/desk/templates', person: LEGAL },
    { name: 'approved', path: '/approved', person: LEGAL },
    { name: 'approved-answer', path: `/approved/${approved}`, person: LEGAL },
    { name: 'approved-new', path: `/approved/new?from=${replied}`, person: LEGAL },
    { name: 'insights', path: '/insights', person: LEGAL, open: 'charts' },
    { name: 'documents', path: '/documents', person: ADMIN },
    { name: 'document-set', path: `/documents/${set}`, person: ADMIN },
    { name: 'document', path: `/documents/${itsSet}/${document}`, person: ADMIN },
    {
      name: 'compare',
      path: `/documents/${itsSet}/${document}/compare?before=${oldest}&after=${newest}`,
      person: ADMIN,
    },
    { name: 'quarantine', path: '/quarantine', person: ADMIN },
    { name: 'people', path: '/people', person: ADMIN },
    { name: 'account', path: '/account', person: EMPLOYEE },
    { name: 'account-admin', path: '/account', person: ADMIN },
    { name: 'groups', path: '/groups', person: ADMIN },
    { name: 'group', path: `/groups/${group}`, person: ADMIN },
    { name: 'trackers', path: '/trackers', person: ADMIN },
    { name: 'log', path: '/log', person: ADMIN },
    { name: 'log-open', path: '/log', person: ADMIN, open: 'log' },
    { name: 'story', path: '/log', person: ADMIN, open: 'story' },
    { name: 'privacy', path: '/privacy', person: ADMIN },
    { name: 'privacy-person', path: `/privacy?person=${person}`, person: ADMIN },
    { name: 'rules', path: '/rules', person: LEGAL },
    { name: 'rule-version', path: `/rules/versions/${rules}`, person: LEGAL, open: 'rules' },
    { name: 'quality', path: '/quality', person: ADMIN },
    { name: 'question-set', path: `/quality/${measured ?? questions}`, person: ADMIN },
    {
      name: 'evaluation',
      path: `/quality/${measured}/evaluations/${later}`,
      person: ADMIN,
      open: 'charts',
    },
    {
      name: 'comparison',
      path: `/quality/${measured}/compare?before=${earlier}&after=${later}`,
      person: ADMIN,
    },
    { name: 'law', path: '/law', person: EMPLOYEE },
    { name: 'not-found', path: '/no-such-page', person: EMPLOYEE },
  ];
  return list.filter((page) => !page.path.includes('undefined'));
}

// Brings a page of the list onto the screen.
export async function show(page, { path, open }, ready) {
  await page.goto(path);
  await ready(page);
  if (open === 'source') {
    await page.getByRole('button', { name: /^Citation \d/ }).first().click();
    await page.getByRole('complementary', { name: 'Source' }).locator('mark').first().waitFor();
  }
  if (open === 'rules') {
    await page.waitForFunction(() => document.querySelector('#rules-content')?.value !== '');
  }
  if (open === 'charts') await page.locator('.chart-frame svg').first().waitFor();
  if (open === 'log' || open === 'story') {
    await page.getByLabel('Reason').fill('A look at the pages.');
    await page.getByRole('button', { name: 'Open the log' }).click();
    await page.getByRole('heading', { name: 'Records' }).waitFor();
  }
  if (open === 'story') {
    await page.getByRole('link', { name: 'The whole question' }).first().click();
    await page.waitForURL(/\/log\/questions\//);
    await ready(page);
  }
  await page.evaluate(() => document.fonts.ready);
}
