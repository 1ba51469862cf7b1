// The browser tests: `node run.mjs [WORDS]` runs those whose names have the words, else all.

import { runAll } from './lib/runner.mjs';
import { openWorld } from './lib/world.mjs';

import './scenarios/signing-in.mjs';
import './scenarios/asking.mjs';
import './scenarios/answers.mjs';
import './scenarios/desk.mjs';
import './scenarios/approved.mjs';
import './scenarios/notices.mjs';
import './scenarios/insights.mjs';
import './scenarios/trackers.mjs';
import './scenarios/documents.mjs';
import './scenarios/intake.mjs';
import './scenarios/versions.mjs';
import './scenarios/people.mjs';
import './scenarios/account.mjs';
import './scenarios/rights.mjs';
import './scenarios/record.mjs';
import './scenarios/quality.mjs';
import './scenarios/rules.mjs';
import './scenarios/provider.mjs';
import './scenarios/directory.mjs';
import './scenarios/provisioning.mjs';
import './scenarios/accessibility.mjs';

const world = await openWorld();
let passed = false;
try {
  passed = await runAll(world, process.argv[2]);
} finally {
  if (!passed) console.log(`The server's log ends with:\n${world.instance.log().slice(-4000)}`);
  await world.close();
}
process.exitCode = passed ? 0 : 1;
