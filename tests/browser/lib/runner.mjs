// Runs named tests one after the other and closes with one line.

const all = [];

export function test(name, body) {
  all.push({ name, body });
}

// Runs every test with `world`; `only` keeps those whose names have these words. Gives whether
// all passed.
export async function runAll(world, only) {
  const chosen = all.filter(({ name }) => !only || name.includes(only));
  let failed = 0;
  for (const { name, body } of chosen) {
    const started = Date.now();
    try {
      await body(world);
      console.log(`ok    ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n${indented(error.stack ?? String(error))}`);
    }
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 && chosen.length > 0;
}

function indented(text) {
  return text.replaceAll(/^/gm, '      ');
}
