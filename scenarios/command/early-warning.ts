/**
 * `run --early-warning`: polarization, diversity and inequality of a sample of agents after every tick, while the run is under way.
 *
 * An observer: it reads the tables of a finished tick, which nobody writes until the tick is handed over, and columns that never change (keys, authors); opinions it
 * follows by what was granted. So it cannot change a digest, and gives the same for any number of workers.
 * The sample is of at most `sampledMost` agents, drawn by key: those with the least hashes, so that it depends on neither seed nor rows. A tick costs a pass over who is awake and what was
 * attempted, and work on the sample. Writes `early-warning.csv` in the run's directory, some ticks at a time; it is a view: `analyze` measures the whole.
 * `flag`: an index lies more than four standard deviations from its mean over the 24 ticks before. That many ticks give false flags now and then: it says look, not that something is wrong.
 * Order: ticks ascending. Oracle: `analyze RUN polarization` where all agents are in the sample, in `test/command/early-warning.test.ts`.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { categoryDiversity } from '../../analysis/estimators/diversity.ts';
import { gini } from '../../analysis/estimators/inequality.ts';
import { spreadOf } from '../../analysis/estimators/polarization.ts';
import { estebanRayOf } from '../../analysis/measures/polarization.ts';
import { opinionName } from '../../analysis/measures/opinion-course.ts';
import { mix32 } from '../../sim/ground/random.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { counts } from '../../sim/exchange/tables.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { postRow } from '../../sim/world/posts.ts';
import type { AgentRow } from '../../sim/ground/ids.ts';
import type { FinishedTick, Observer, Progress } from '../../sim/exchange/ports.ts';
import type { IntentRow, PerceptRow } from '../../sim/exchange/tables.ts';
import type { Compiled } from '../../sim/engine/compile.ts';

/** Name of the file in a run's directory. */
export const earlyWarningFile = 'early-warning.csv';

/** Agents of the sample. */
export const sampledMost = 2000;
const ticksAtOnce = 64;
const ticksBefore = 24;
const deviations = 4;

/** Indices of one tick; null where there is nothing to take them of. */
export interface WarningRow {
  readonly tick: number;
  /** Standard deviation of the sample’s opinions, in units of the attribute. */
  readonly spread: number | null;
  /** Esteban and Ray’s index of the sample, at most 0.25. */
  readonly polarization: number | null;
  /** Effective number of authors that the sample was shown in this tick. */
  readonly effectiveSources: number | null;
  /** Gini coefficient over those authors of how often they were shown. */
  readonly attentionGini: number | null;
  readonly flag: string;
}

/** An observer that also keeps what it saw; `flush` writes what is not written yet. */
export interface EarlyWarning extends Observer {
  readonly rows: readonly WarningRow[];
  readonly sampled: number;
  flush(): void;
}

const columns = ['tick', 'spread', 'polarization', 'effectiveSources', 'attentionGini', 'flag'] as const;

/** Observes a run before `told`, and writes to `directory`, if there is one. */
export function earlyWarning(
  { plan, population }: Compiled,
  directory: string | undefined,
  told?: Observer,
): EarlyWarning {
  const trait = population.traits?.find(({ name, labels }) => name === opinionName && labels === undefined);
  const attribute = plan.attributes.findIndex(({ from }) => from === opinionName);
  const sampleBelow = Math.min(1, sampledMost / population.count) * 0x1_0000_0000;
  const isSampled = Uint8Array.from(population.keyLo, (lo, ordinal) =>
    mix32(lo ^ mix32(population.keyHi[ordinal] ^ 0x2c1b3c6d)) >>> 0 < sampleBelow ? 1 : 0,
  );
  const held = new Map<number, number>();
  isSampled.forEach((one, ordinal) => {
    if (one === 1) held.set(ordinal, trait?.value[ordinal] ?? 0);
  });
  const scale = scaleOf(plan, trait?.value);
  const rows: WarningRow[] = [];
  let written = 0;
  const flush = (): void => {
    if (directory === undefined || written === rows.length) return;
    const file = join(directory, earlyWarningFile);
    if (written === 0) writeFileSync(file, `${columns.join(',')}\n`);
    appendFileSync(file, rows.slice(written).map(csvLine).join(''));
    written = rows.length;
  };
  return {
    rows,
    sampled: held.size,
    flush,
    onTick(progress: Progress, finished?: FinishedTick) {
      if (finished !== undefined) {
        if (attribute >= 0) followLeanings(finished, attribute, held);
        const opinions = trait === undefined ? undefined : Float64Array.from(held.values());
        rows.push(
          flagged(rows, {
            ...opinionPart(opinions, scale),
            ...sourcePart(finished, isSampled),
            tick: progress.tick - 1,
          }),
        );
        if (rows.length - written >= ticksAtOnce) flush();
      }
      told?.onTick(progress, finished);
    },
  };
}

function scaleOf({ policies }: Compiled['plan'], values: ArrayLike<number> | undefined): readonly [number, number] {
  for (const one of policies) {
    if (one.kind === 'rules' && one.parameters.opinion !== undefined)
      return [one.parameters.opinion.least, one.parameters.opinion.most];
  }
  const sorted = Int32Array.from(values ?? [0, 1]).sort();
  return [sorted[0], Math.max(sorted[0] + 1, sorted[sorted.length - 1])];
}

/** What the sample’s agents leant to in the tick. */
function followLeanings({ state, all }: FinishedTick, attribute: number, held: Map<number, number>): void {
  for (const { intents, count } of all) {
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (intents.verb[row] !== verbs.lean || intents.outcome[row] !== outcomes.granted) continue;
      const ordinal = state.agents.ordinal[intents.actor[row] as AgentRow];
      if (intents.target[row] === attribute && held.has(ordinal)) held.set(ordinal, intents.amount[row]);
    }
  }
}

function opinionPart(
  opinions: Float64Array | undefined,
  scale: readonly [number, number],
): Pick<WarningRow, 'spread' | 'polarization'> {
  if (opinions === undefined || opinions.length === 0) return { spread: null, polarization: null };
  return { spread: Math.sqrt(spreadOf(opinions).variance), polarization: estebanRayOf(opinions, ...scale) };
}

/** Whom the sample’s agents were shown. Counts stand in the order of authors, so that no order of shards can be seen in a sum. */
function sourcePart(
  { state, all }: FinishedTick,
  isSampled: Uint8Array,
): Pick<WarningRow, 'effectiveSources' | 'attentionGini'> {
  const shown = new Map<number, number>();
  const { feedLength } = state.sizes;
  for (const { percepts, items, count } of all) {
    for (let percept = 0 as PerceptRow; percept < count[counts.percepts]; percept++) {
      if (isSampled[state.agents.ordinal[percepts.agent[percept] as AgentRow]] === 0) continue;
      for (let k = 0; k < percepts.itemCount[percept]; k++) {
        const origin = (items.origin as unknown as Int32Array)[percept * feedLength + k];
        const author = state.agents.ordinal[state.posts.author[postRow(state.posts, origin)] as AgentRow];
        shown.set(author, (shown.get(author) ?? 0) + 1);
      }
    }
  }
  if (shown.size === 0) return { effectiveSources: null, attentionGini: null };
  const list = [...shown].sort((x, y) => x[0] - y[0]).map(([, times]) => times);
  return { effectiveSources: categoryDiversity(list).effectiveNumber, attentionGini: gini(list) };
}

function flagged(before: readonly WarningRow[], row: Omit<WarningRow, 'flag'>): WarningRow {
  const names = (['spread', 'polarization', 'effectiveSources', 'attentionGini'] as const).filter((name) => {
    const past = before.slice(-ticksBefore).flatMap((one) => one[name] ?? []);
    const value = row[name];
    if (value === null || past.length < ticksBefore) return false;
    const { variance } = spreadOf(past);
    const mean = past.reduce((sum, one) => sum + one, 0) / past.length;
    return Math.abs(value - mean) > deviations * Math.sqrt(variance);
  });
  return { ...row, flag: names.join(' ') };
}

function csvLine(row: WarningRow): string {
  return `${columns.map((column) => row[column] ?? '').join(',')}\n`;
}

/** The last row in words. */
export function describeWarning({ rows, sampled }: EarlyWarning): string {
  const last = rows.at(-1);
  const shown = (value: number | null | undefined): string => value?.toPrecision(4) ?? '–';
  const flags = rows.filter(({ flag }) => flag !== '').length;
  return [
    `early warning, ${sampled} sampled agents, from the first tick to the last: spread ${shown(rows[0]?.spread)} to ${shown(last?.spread)}`,
    `polarization ${shown(rows[0]?.polarization)} to ${shown(last?.polarization)}`,
    `sources ${shown(rows[0]?.effectiveSources)} to ${shown(last?.effectiveSources)}; ${flags} of ${rows.length} ticks flagged`,
  ].join(', ');
}
