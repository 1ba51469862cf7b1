// Waiting for what comes from somewhere else: a mail, a call, a row of the database.

import { setTimeout as pause } from 'node:timers/promises';

// Waits until `look` gives something, no longer than `ms`; gives it.
export async function until(look, ms, what) {
  const late = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > late) throw new Error(`${what} did not come`);
    await pause(250);
  }
}
