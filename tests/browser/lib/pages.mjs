// Every page of the interface, with who looks at it and how to get there.

import { ADMIN, EMPLOYEE, LEGAL } from './world.mjs';

export function pages(instance) {
  const first = (sql) => instance.query(sql)[0]?.[0];
  const conversationWith = (outcome) =>
    first(
      'SELECT r.conversation_id FROM runs r JOIN users u ON u.id = r.user_id ' +
        `WHERE r.outcome = '${outcome}' AND u.email = '${EMPLOYEE}' ORDER BY r.id DESC`,
    );
  const request = first('SELECT id FROM escalations ORDER BY id DESC');
  const set = first('SELECT id FROM document_sets ORDER BY id');
  const list = [
    { name: 'sign-in', path: '/sign-in', person: null },
    { name: 'ask', path: '/', person: EMPLOYEE },
    { name: 'answered', path: `/c/${conversationWith('answered')}`, person: EMPLOYEE },
    { name: 'source', path: `/c/${conversationWith('answered')}`, person: EMPLOYEE, open: 'source' },
    { name: 'escalated', path: `/c/${conversationWith('escalated')}`, person: EMPLOYEE },
    { name: 'declined', path: `/c/${conversationWith('declined')}`, person: EMPLOYEE },
    { name: 'requests', path: '/requests', person: EMPLOYEE },
    { name: 'request', path: `/requests/${request}`, person: EMPLOYEE },
    { name: 'desk', path: '/desk?state=all', person: LEGAL },
    { name: 'desk-item', path: `/desk/${request}`, person: LEGAL },
    { name: 'documents', path: '/documents', person: ADMIN },
    { name: 'document-set', path: `/documents/${set}`, person: ADMIN },
    { name: 'people', path: '/people', person: ADMIN },
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
  await page.evaluate(() => document.fonts.ready);
}
