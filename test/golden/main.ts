/**
 * `npm run -s golden > test/data/golden-digests.json`: the digests of the golden scenarios as they are now, to be pinned.
 *
 * They move only when the behaviour of the engine is meant to move, and then in the same commit; `test/sim/engine/golden.test.ts`
 * compares. Options: --workers N, --stagger MS (shards sleep up to so long before each phase). Any Node that strips types runs it,
 * which is how `npm run check -- --only 3.8` compares versions. Writes one JSON object to standard output.
 */
import { parseArgs } from 'node:util';
import { golden, goldenScenarios } from './scenarios.ts';
import type { Golden } from './scenarios.ts';

const { values } = parseArgs({
  options: { workers: { type: 'string', default: '1' }, stagger: { type: 'string', default: '0' } },
});
const placement = { workers: Number(values.workers), staggerMsMax: Number(values.stagger) };
const found: Record<string, Golden> = {};
for (const scenario of goldenScenarios) found[scenario.data.name] = await golden(scenario, placement);
process.stdout.write(JSON.stringify(found, null, 2) + '\n');
