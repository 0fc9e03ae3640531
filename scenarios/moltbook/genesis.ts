/**
 * Computes from the first days of the real platform what the study scores held-out targets by, and writes sums alone: no row of the data leaves the folder.
 *
 * Reads a folder of flat tables as `import moltbook` takes them; writes `data/moltbook/genesis.json`. *Halves*: cut at the median time of a message.
 * *First day*: the first whole day by UTC, since the platform opened in the evening with three posts. *Independent*: `baselines.ts` at the rates of
 * the whole, with as many agents as a simulated world has active ones; means over seeds. *Roles* and *cascades*: the recipe of Molt Dynamics on the whole.
 * Each part is cut by `windowOf`. Run it: node scenarios/moltbook/genesis.ts FOLDER [--agents N] [--seeds N], in a checkout.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InputError } from '../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { gatherMoltbook } from '../../sim/import/moltbook.ts';
import { readMoltbookTables } from '../../sim/import/moltbook-tables.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { independentDiscussion } from './baselines.ts';
import { discussionOfGathered, windowOf } from './discussion.ts';
import { recipeStatistics } from './recipe.ts';
import { discussionStatistics } from './statistics.ts';
import type { Discussion } from './discussion.ts';
import type { Statistics } from './statistics.ts';

const secondsPerDay = 86_400;
const streamKey = 1;

/** What is known of real data, each a table of statistics; null where one does not exist. */
export interface RealFigures {
  readonly source: string;
  readonly independentAgents: number;
  readonly independentSeeds: number;
  readonly whole: Readonly<Record<string, number | null>>;
  readonly halves: readonly Readonly<Record<string, number | null>>[];
  readonly firstDay: Readonly<Record<string, number | null>>;
  readonly independent: Readonly<Record<string, number | null>>;
}

function allOf(discussion: Discussion): Statistics {
  return { ...discussionStatistics(discussion, 1), ...recipeStatistics(discussion, 1) };
}

function printed(statistics: Statistics): Record<string, number | null> {
  const entries = Object.entries(statistics).map(([name, value]): [string, number | null] => [
    name,
    Number.isFinite(value) ? Number(value.toPrecision(6)) : null,
  ]);
  return Object.fromEntries(entries);
}

function meanOf(worlds: readonly Statistics[]): Statistics {
  const names = Object.keys(worlds[0]);
  return Object.fromEntries(
    names.map((name) => {
      const values = worlds.map((world) => world[name]).filter(Number.isFinite);
      return [name, values.reduce((sum, one) => sum + one, 0) / values.length];
    }),
  );
}

function realFigures(folder: string, agents: number, seeds: number): RealFigures {
  const gathered = gatherMoltbook(readMoltbookTables(folder));
  const whole = discussionOfGathered(gathered);
  const startMs = gathered.acts.timeMs.reduce((least, one) => Math.min(least, one), Infinity);
  const midnight = Math.ceil(startMs / (secondsPerDay * 1000)) * secondsPerDay - startMs / 1000;
  const median = Float64Array.from(whole.seconds).sort()[whole.count >> 1];
  const independent = Array.from({ length: seeds }, (_, k) =>
    allOf(independentDiscussion(whole, agents, randomStream(k + 1, streamPurposes.sample, streamKey))),
  );
  return {
    source:
      'public crawl of the MoltBook API before 30 January 2026 (Newman and Rimey, 2026): 439 posts, 2,152 comments',
    independentAgents: agents,
    independentSeeds: seeds,
    whole: printed(allOf(whole)),
    halves: [windowOf(whole, 0, median), windowOf(whole, median, Infinity)].map((half) => printed(allOf(half))),
    firstDay: printed(allOf(windowOf(whole, midnight, midnight + secondsPerDay))),
    independent: printed(meanOf(independent)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { agents: { type: 'string', default: '1000' }, seeds: { type: 'string', default: '10' } },
  });
  const folder = positionals.at(0);
  if (folder === undefined) {
    throw new InputError({
      code: 'INPUT_USAGE',
      found: 'no folder is named',
      next: 'Name one with posts.csv and comments.csv.',
    });
  }
  const figures = realFigures(folder, Number(values.agents), Number(values.seeds));
  const file = fileURLToPath(new URL('../../data/moltbook/genesis.json', import.meta.url));
  writeWhole(file, `${JSON.stringify(figures, null, 2)}\n`);
}
