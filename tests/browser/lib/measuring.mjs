// Measuring over the API.

import { setTimeout as pause } from 'node:timers/promises';
import { ANSWER_MS } from './browser.mjs';
import { call } from './world.mjs';

// Starts an evaluation of a set and waits until it has ended; gives it as it is then.
export async function evaluate(page, set, what) {
  const started = await call(page, 'POST', `/api/v1/question-sets/${set}/evaluations`, what);
  const { id } = await started.json();
  const late = Date.now() + ANSWER_MS;
  for (;;) {
    const { evaluation } = await (await page.request.get(`/api/v1/evaluations/${id}`)).json();
    if (evaluation.state !== 'running') return evaluation;
    if (Date.now() > late) throw new Error(`the evaluation is at ${evaluation.done} only`);
    await pause(250);
  }
}
