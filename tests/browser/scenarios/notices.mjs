import assert from 'node:assert/strict';
import { ask, ready } from '../lib/browser.mjs';
import { office } from '../lib/office.mjs';
import { test } from '../lib/runner.mjs';
import { until } from '../lib/waiting.mjs';
import { LEGAL } from '../lib/world.mjs';

// A rule sends it to Legal.
const QUESTION = 'We received a summons about the Stavanger herring. What do we do?';
const REPLY = 'Please bring it to the storeroom of Legal.';
const ADDED = 'The envelope was opened by the porter.';
const AGAIN = 'There is a second envelope.';
const PRAISE = 'Quick and kind.';
// Words that stand in no mail.
const WORDS = /summons|stavanger|herring|storeroom|envelope|porter/i;
const MAIL_MS = 30_000;

const bell = (page) => page.getByRole('link', { name: /^Notices/ });
const told = (page, what) => page.getByRole('main').getByRole('link', { name: what });
const said = (page, words) => page.getByRole('status').filter({ hasText: words }).first().waitFor();
const stands = (page, state) => page.locator('.page-head .tag', { hasText: state }).waitFor();

async function open(page, path) {
  await page.goto(path);
  await ready(page);
}

// Resolves the request of the open page; the page gives way to the next one.
async function resolve(page) {
  await page.getByRole('button', { name: 'Resolve without a reply' }).click();
  await page.getByRole('heading', { level: 1, name: QUESTION }).waitFor({ state: 'detached' });
}

test('an asker is told of a reply, by mail too, and has the last word on a request', async (world) => {
  const { as, instance, newcomer, smtp } = await office(world);
  const asker = newcomer();
  await as(asker, async (page) => {
    await open(page, '/');
    assert.equal(await bell(page).locator('.badge').count(), 0);
    const exchange = await ask(page, QUESTION);
    await exchange.getByRole('region', { name: 'Legal', exact: true }).waitFor();
    await open(page, '/requests');
    await page.getByRole('main').getByRole('link', { name: QUESTION }).click();
    await page.getByText(/^Legal usually answers by /).waitFor();
  });
  const [[id]] = instance.query(
    'SELECT e.id FROM escalations e JOIN runs r ON r.id = e.run_id ' +
      `WHERE r.question = '${QUESTION}'`,
  );
  const [request, item] = [`/requests/${id}`, `/desk/${id}`];

  await as(LEGAL, async (page) => {
    await open(page, '/desk');
    await page.getByRole('main').getByRole('link', { name: QUESTION }).click();
    await page.getByRole('textbox', { name: 'Your reply' }).fill(REPLY);
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.locator('.reply:not(.internal)').getByText(REPLY).waitFor();
  });

  const subject = 'An answer from Legal is there';
  const mail = await until(
    () => smtp.mails.find(({ to, headers }) => to.includes(asker) && headers.subject === subject),
    MAIL_MS,
    'the mail',
  );
  assert.ok(mail.text.includes(`${instance.address}${request}`), mail.text);
  assert.equal(mail.headers['auto-submitted'], 'auto-generated');

  await as(asker, async (page) => {
    await open(page, '/');
    await bell(page).locator('.badge', { hasText: /^\s*1\s*$/ }).waitFor();
    await page.getByRole('link', { name: /^Notices.*1 unread notice/ }).click();
    await page.waitForURL(/\/notices$/);
    const notice = told(page, /^Legal has replied to your question/);
    await notice.getByText('New', { exact: true }).waitFor();
    await notice.filter({ hasText: QUESTION }).click();
    await page.waitForURL((url) => url.pathname === request);
    await page.getByText(REPLY).first().waitFor();
    // Who has seen it need not be told any more.
    await bell(page).locator('.badge').waitFor({ state: 'detached' });

    await page.getByLabel('Your message to Legal').fill(ADDED);
    await page.getByRole('button', { name: 'Add a message' }).click();
    await said(page, 'Legal has your message');
    await page.locator('.reply.by-asker').getByText(ADDED).waitFor();
    await stands(page, 'Open');
  });

  await as(LEGAL, async (page) => {
    await open(page, '/notices');
    await told(page, /^An asker added a message/).click();
    await page.waitForURL((url) => url.pathname === item);
    await page.locator('.reply.by-asker').getByText(ADDED).waitFor();
    await resolve(page);
  });

  await as(asker, async (page) => {
    await open(page, request);
    await page.getByText('Legal has resolved this.').waitFor();
    await page.getByLabel('What is still open?').fill(AGAIN);
    await page.getByRole('button', { name: 'Open it again' }).click();
    await said(page, 'Legal looks at it again');
    await stands(page, 'Open');
  });

  await as(LEGAL, async (page) => {
    await open(page, '/notices');
    await told(page, /^An asker opened a question again/).click();
    await page.waitForURL((url) => url.pathname === item);
    await page.locator('.reply.by-asker').getByText(AGAIN).waitFor();
    await resolve(page);
  });

  await as(asker, async (page) => {
    await open(page, request);
    await page.getByRole('radio', { name: '4, well' }).check();
    await page.getByLabel('What was good, what was missing?').fill(PRAISE);
    await page.getByRole('button', { name: 'Send the rating' }).click();
    await said(page, 'Your rating was sent');
  });
  await as(LEGAL, async (page) => {
    await open(page, item);
    await page.getByText('The asker rated it 4 of 5.').waitFor();
    await page.getByText(PRAISE).waitFor();
  });
  for (const { raw, text } of smtp.mails) assert.doesNotMatch(raw + text, WORDS);
});

test('who wants no mail says so on the account page', async (world) => {
  const { as, instance, newcomer } = await office(world);
  const person = newcomer();
  await as(person, async (page) => {
    await open(page, '/account');
    const choice = page
      .getByRole('region', { name: 'Mail', exact: true })
      .getByRole('checkbox', { name: 'Also tell me by mail' });
    assert.ok(await choice.isChecked());
    await choice.click();
    await said(page, 'Saved');
    await page.reload();
    await ready(page);
    assert.equal(await choice.isChecked(), false);
  });
  const [[off]] = instance.query(`SELECT no_mail FROM users WHERE email = '${person}'`);
  assert.equal(off, 1);
});
