/**
 * `verify RUN --halve-tick`: the same scenario with ticks of half the length, on other seeds, and whether headline measures stay
 * within their intervals: rates are per hour, so the tick's length should not show.
 *
 * Each seed is run at both lengths in memory; the unit of replication is the world. *Ratios* of flows: the 95 % interval of the mean ratio has to reach
 * 0.95 to 1.05. *Headlines* are the own cascades' users, depth and greatest breadth, and for false-business-0 the error against the real curve: the mean at
 * half the tick has to lie within the interval at the whole tick for the mean of as many other worlds (t, variance 2 s²/n), or within 5 in 100 of it
 * (of the error: 0.01). *Awake* is a count of ticks, no flow: several wakings within one tick count once, so shorter ticks see more of them (1.03 at
 * three minutes and one waking an hour). It is printed and decides nothing.
 */
import { measureCascades } from '../../analysis/estimators/cascade.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { sharingOf } from '../../analysis/measures/from-records.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { refuseDataSet } from '../../sim/record/data-set-reader.ts';
import { readSealed } from '../../sim/record/manifest.ts';
import { compareMinutes, comparedMinutes, readMinuteCascade } from '../information-spreading/comparison.ts';
import { reduceWorld } from '../information-spreading/world.ts';
import { dataFile } from '../load.ts';
import { note, printResult } from './output.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { ScenarioData } from '../../sim/scenario/schema.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Flows, as ratios: half the tick over the whole tick. */
type Flow = 'postsPerHour' | 'exposuresPerHour' | 'meanCascadeSize' | 'awakePerHour';
/** What a study claims of a scenario. NaN where a world has none. */
type Headline = 'users' | 'depth' | 'breadth' | 'scaleError';

type Numbers = Readonly<Record<Flow | Headline, number>>;

/** A headline at both lengths. */
interface HeadlineResult {
  readonly whole: Estimate;
  readonly halved: Estimate;
  /** Where the mean of as many other worlds at the whole tick is expected. */
  readonly expected: [number, number];
  readonly within: boolean;
}

const flows: readonly Flow[] = ['awakePerHour', 'postsPerHour', 'exposuresPerHour', 'meanCascadeSize'];
const headlines: readonly Headline[] = ['users', 'depth', 'breadth', 'scaleError'];
const tolerated = { low: 0.95, high: 1.05 } as const;
const errorTolerated = 0.01;
const worldsDefault = 6;

/** Flags of the comparison. */
export interface HalveTickFlags {
  readonly worlds?: number;
  readonly json?: boolean;
}

/** Runs the comparison. Returns the exit status: 3 where a ratio or a headline lies outside. */
export async function halveTickCommand(run: string, flags: HalveTickFlags): Promise<number> {
  const manifest = readSealed<Plan>(run);
  refuseDataSet(manifest, run);
  if (manifest.data === undefined) {
    throw new InputError({
      code: 'INPUT_NOT_A_RUN',
      place: { file: run },
      found: 'the records hold no scenario',
      next: 'Name a directory that mesocosm run wrote.',
    });
  }
  const data = manifest.data as ScenarioData;
  const worlds = flags.worlds ?? worldsDefault;
  const pairs: { whole: Numbers; halved: Numbers }[] = [];
  for (let world = 1; world <= worlds; world++) {
    const seed = data.seed + world;
    const whole = await numbersOf({ ...data, seed }, manifest.plan.module);
    const halved = await numbersOf(halve({ ...data, seed }), manifest.plan.module);
    pairs.push({ whole, halved });
    note(`world ${world} of ${worlds}`);
  }
  const ratioOf = (name: Flow): Estimate => meanInterval(pairs.map(({ whole, halved }) => halved[name] / whole[name]));
  const ratios = Object.fromEntries(flows.map((name) => [name, ratioOf(name)])) as Record<Flow, Estimate>;
  const found = headlinesOf(pairs);
  const areRatiosWithin = flows.every((name) => name === 'awakePerHour' || reachesTolerance(ratios[name]));
  const within = areRatiosWithin && Object.values(found).every((one) => one.within);
  const result = { run, worlds, ratios, headlines: found, within };
  printResult(flags.json === true, result, () => describe(worlds, ratios, found));
  return within ? 0 : 3;
}

function reachesTolerance({ interval }: Estimate): boolean {
  return interval[0] <= tolerated.high && interval[1] >= tolerated.low;
}

/** Headlines that the worlds have, at both lengths. */
function headlinesOf(
  pairs: readonly { readonly whole: Numbers; readonly halved: Numbers }[],
): Partial<Record<Headline, HeadlineResult>> {
  const found: Partial<Record<Headline, HeadlineResult>> = {};
  for (const name of headlines) {
    const whole = meanInterval(pairs.map((pair) => pair.whole[name]));
    if (Number.isNaN(whole.value)) continue;
    const halved = meanInterval(pairs.map((pair) => pair.halved[name]));
    const half = Math.SQRT2 * (whole.interval[1] - whole.value);
    const expected: [number, number] = [whole.value - half, whole.value + half];
    const isNear =
      name === 'scaleError'
        ? Math.abs(halved.value - whole.value) <= errorTolerated
        : halved.value >= tolerated.low * whole.value && halved.value <= tolerated.high * whole.value;
    const within = isNear || (halved.value >= expected[0] && halved.value <= expected[1]);
    found[name] = { whole, halved, expected, within };
  }
  return found;
}

function describe(
  worlds: number,
  ratios: Readonly<Record<Flow, Estimate>>,
  found: Partial<Record<Headline, HeadlineResult>>,
): string {
  const shown = (values: readonly number[]): string => `[${values.map((one) => one.toFixed(3)).join(', ')}]`;
  return [
    `half the tick over the whole tick, mean ratio of ${worlds} worlds with its 95 % interval`,
    ...flows.map((name) => `${name}: ${ratios[name].value.toFixed(3)} ${shown(ratios[name].interval)}`),
    ...(Object.keys(found).length === 0
      ? []
      : ['headlines at the whole tick, with the interval for as many other worlds']),
    ...Object.entries(found).map(
      ([name, { whole, halved, expected, within }]) =>
        `${name}: ${whole.value.toFixed(3)} ${shown(expected)}, half the tick ${halved.value.toFixed(3)}: ${within ? 'within' : 'outside'}`,
    ),
  ].join('\n');
}

/** The same hours in twice as many ticks. */
function halve(data: ScenarioData): ScenarioData {
  const { sources, failures } = data;
  return {
    ...data,
    ticks: data.ticks * 2,
    tickSeconds: data.tickSeconds / 2,
    interventions: data.interventions.map(({ everyTicks, ...one }) => ({
      ...one,
      tick: one.tick * 2,
      ...(everyTicks === undefined ? {} : { everyTicks: everyTicks * 2 }),
    })),
    ...(failures === undefined ? {} : { failures: failures.map((one) => ({ ...one, tick: one.tick * 2 })) }),
    ...(sources === undefined ? {} : { sources: halvedSources(sources) }),
  };
}

function halvedSources(sources: NonNullable<ScenarioData['sources']>): NonNullable<ScenarioData['sources']> {
  const { firstTick, everyTicks, moderation } = sources;
  return {
    ...sources,
    ...{ firstTick: firstTick * 2, everyTicks: everyTicks * 2 },
    ...(moderation === undefined ? {} : { moderation: { ...moderation, afterTicks: moderation.afterTicks * 2 } }),
  };
}

async function numbersOf(data: ScenarioData, module: string | undefined): Promise<Numbers> {
  const find = (relative: string): string => {
    if (relative.startsWith('mesocosm:')) return dataFile(relative.slice('mesocosm:'.length));
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: relative },
      found: 'the population comes from a file beside the scenario',
      next: 'Compare scenarios whose population is generated or comes with the package.',
    });
  };
  const compiled = compileScenario(data, find, module);
  const records = await runInMemory(compiled, await loadOwnCode(module));
  const hours = (data.ticks * data.tickSeconds) / 3600;
  const { awake, posts, exposures } = records.manifest.counts;
  const { size } = measureCascades(sharingOf(records).columns);
  return {
    awakePerHour: awake / hours,
    postsPerHour: posts / hours,
    exposuresPerHour: exposures / hours,
    meanCascadeSize: meanInterval(size).value,
    ...ownNumbers(data, records),
  };
}

/** Of the cascades of the scenario's own posts. */
function ownNumbers(data: ScenarioData, records: Records): Pick<Numbers, Headline> {
  const isCurve = data.name === 'false-business-0';
  const world = reduceWorld(records, { curveMinutes: isCurve ? comparedMinutes : 0, largest: false });
  const real = isCurve ? readMinuteCascade(dataFile('cascades/false-business-0.json')) : undefined;
  return {
    users: meanInterval(world.users).value,
    depth: meanInterval(world.depth).value,
    breadth: meanInterval(world.breadth).value,
    scaleError: real === undefined ? Number.NaN : compareMinutes(real, [world]).scale.value,
  };
}
