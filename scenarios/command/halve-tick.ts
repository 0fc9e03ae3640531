/**
 * `verify RUN --halve-tick`: the same scenario with ticks of half the length, on other seeds, and whether headline measures stay
 * within their intervals: rates are per hour, so the tick's length should not show.
 *
 * Several wakings within one tick count once, so shorter ticks see a few more of them: a ratio of 1.03 at ticks of three minutes and
 * one waking an hour is expected, and 5 in 100 are tolerated.
 * Unit of replication: the world. Each seed is run at both lengths in memory; the interval is of the mean ratio.
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
import { dataFile } from '../load.ts';
import { note, printResult } from './output.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { ScenarioData } from '../../sim/scenario/schema.ts';
import type { Plan } from '../../sim/engine/plan.ts';

interface Headlines {
  readonly awakePerHour: number;
  readonly postsPerHour: number;
  readonly exposuresPerHour: number;
  readonly meanCascadeSize: number;
}

const worldCount = 6;
const tolerated = { low: 0.95, high: 1.05 } as const;

/** Runs the comparison. Returns the exit status: 3 where the interval of a ratio lies wholly outside `tolerated`. */
export async function halveTickCommand(run: string, flags: { json?: boolean }): Promise<number> {
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
  const ratios: Record<keyof Headlines, number[]> = {
    awakePerHour: [],
    postsPerHour: [],
    exposuresPerHour: [],
    meanCascadeSize: [],
  };
  for (let world = 1; world <= worldCount; world++) {
    const seed = data.seed + world;
    const whole = await headlinesOf({ ...data, seed }, manifest.plan.module);
    const halved = await headlinesOf(halve({ ...data, seed }), manifest.plan.module);
    for (const name of Object.keys(ratios) as (keyof Headlines)[]) ratios[name].push(halved[name] / whole[name]);
    note(`world ${world} of ${worldCount}`);
  }
  const measures = Object.fromEntries(Object.entries(ratios).map(([name, values]) => [name, meanInterval(values)]));
  const within = Object.values(measures).every(
    ({ interval }) => interval[0] <= tolerated.high && interval[1] >= tolerated.low,
  );
  printResult(flags.json === true, { run, worlds: worldCount, ratios: measures, within }, () => describe(measures));
  return within ? 0 : 3;
}

function describe(measures: Record<string, Estimate>): string {
  const lines = Object.entries(measures).map(
    ([name, { value, interval }]) =>
      `${name}: ${value.toFixed(3)} [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]`,
  );
  return [
    `half the tick over the whole tick, mean ratio of ${worldCount} worlds with its 95 % interval`,
    ...lines,
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

async function headlinesOf(data: ScenarioData, module: string | undefined): Promise<Headlines> {
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
    meanCascadeSize: size.reduce((sum, one) => sum + one, 0) / size.length,
  };
}
