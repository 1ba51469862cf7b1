// Chromium, and pages that remember everything that went wrong on them.

import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// How long anything on a page may take; a model that writes on two cores is slow.
export const PATIENCE_MS = 60_000;
export const ANSWER_MS = 240_000;

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
  });
}

// What a page may say on its console although nothing is wrong: the browser itself reports each
// response with an error status, and these are part of what is tested.
const EXPECTED = /Failed to load resource: the server responded with a status of (400|401|404|409)/;

// A browser of somebody's own: no cookies but theirs. `problems` collects console errors and
// warnings, uncaught exceptions, violations of the content security policy, requests to elsewhere;
// `provider` is the address of a place where people sign in.
export async function newVisitor(browser, address, { provider, ...options } = {}) {
  const context = await browser.newContext({
    baseURL: address,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const problems = [];
  const watch = (page) => {
    page.on('console', (message) => {
      const grave = ['error', 'warning', 'assert'].includes(message.type());
      if (grave && !EXPECTED.test(message.text())) {
        problems.push(`${new URL(page.url()).pathname}: ${message.type()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`));
  };
  context.on('page', watch);
  context.on('request', (request) => {
    const url = new URL(request.url());
    const known = [address, provider].includes(url.origin);
    const local = known || ['data:', 'blob:'].includes(url.protocol);
    if (!local) problems.push(`request to elsewhere: ${request.url()}`);
  });
  const page = await context.newPage();
  return { context, page, problems };
}

// Fills in the sign-in page and sends it.
export async function tryToSignIn(page, email, password) {
  await page.goto('/sign-in');
  await ready(page);
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/password/i).fill(password);
  await page.getByRole('button', { name: /sign in/i }).click();
}

// Waits until the sign-in page has let its visitor in.
export async function letIn(page) {
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  await ready(page);
}

// Signs in through the page, as a person does.
export async function signIn(page, email, password) {
  await tryToSignIn(page, email, password);
  await letIn(page);
}

// Waits until the page's script has taken over: its buttons work then.
export async function ready(page) {
  await page.locator('html[data-ready=true]').waitFor({ state: 'attached' });
}

// Asks in the open page and waits until the run has ended; gives the last exchange.
export async function ask(page, question) {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.waitForURL(/\/c\//);
  const exchange = page.getByRole('article').last();
  await exchange.getByRole('heading', { level: 2, name: question }).waitFor();
  await exchange.and(page.locator(':not([aria-busy])')).waitFor({ timeout: ANSWER_MS });
  return exchange;
}
