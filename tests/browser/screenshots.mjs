// Pictures of every page, light and dark, wide and phone: `node screenshots.mjs [FOLDER]`.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWERED, CONTRADICTED, NOT_IN_DOCUMENTS, OFF_TOPIC } from './company.mjs';
import { ask, ready } from './lib/browser.mjs';
import { evaluate } from './lib/measuring.mjs';
import { pages, show } from './lib/pages.mjs';
import { ADMIN, call, EMPLOYEE, LEGAL, openWorld } from './lib/world.mjs';

const WIDTHS = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

const folder = process.argv[2] ?? 'screenshots';
mkdirSync(folder, { recursive: true });
const world = await openWorld();
try {
  await world.as(EMPLOYEE, async (page) => {
    for (const question of [ANSWERED.question, CONTRADICTED.question, NOT_IN_DOCUMENTS, OFF_TOPIC]) {
      await page.goto('/');
      await ready(page);
      await ask(page, question);
    }
  });
  await world.as(ADMIN, async (page) => {
    const [set] = await (await page.request.get('/api/v1/question-sets')).json();
    await evaluate(page, set.id, { kind: 'rules', label: 'As shipped' });
    await evaluate(page, set.id, { kind: 'rules', label: 'Once more' });
  });
  await world.as(LEGAL, async (page) => {
    const { content } = await (await page.request.get('/api/v1/rules')).json();
    const changed = content.replace('Question too long', 'A question that is too long');
    const draft = { content: changed, note: 'A plainer title.' };
    await call(page, 'POST', '/api/v1/rules/versions', draft);
    const asked = await (await page.request.get('/api/v1/escalations')).json();
    const { id, question } = asked.find(({ question }) => question === NOT_IN_DOCUMENTS);
    const body = 'No, and none is planned. The prices are those of the order form.';
    await call(page, 'POST', `/api/v1/escalations/${id}/replies`, { body, state: 'answered' });
    const answer = { question, body, everyone: true, escalation: id };
    await call(page, 'POST', '/api/v1/approved-answers', answer);
  });
  for (const entry of pages(world.instance)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const [width, viewport] of Object.entries(WIDTHS)) {
        await world.as(
          entry.person,
          async (page) => {
            await show(page, entry, ready);
            const path = join(folder, `${entry.name}-${colorScheme}-${width}.png`);
            await page.screenshot({ path, animations: 'disabled', fullPage: true });
          },
          { colorScheme, viewport },
        );
      }
    }
  }
  console.log(`Pictures are in ${folder}.`);
} finally {
  await world.close();
}
