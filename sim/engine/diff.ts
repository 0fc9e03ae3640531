/**
 * The first difference between two recorded runs: by tick, agent and field.
 *
 * The logs are compared first. They hold what was decided and, every hundredth tick, a root of the state; what differs in the state
 * alone shows in no decision before the next root, or never. So between the last equal root and the first difference in the files
 * both runs are computed again and their states compared tick by tick, column by column.
 * Order: population, state at the start, then by ticks; within a tick a decision comes before the state it makes.
 */
import { InputError, InvariantError } from '../ground/errors.ts';
import { openRecords } from '../record/reader.ts';
import { compareLogs, populationDifference } from '../record/log-difference.ts';
import { externalId } from '../world/population.ts';
import { Replay } from './replay.ts';
import { stateDifference } from './state-difference.ts';
import type { Difference, LogComparison } from '../record/log-difference.ts';
import type { Records } from '../record/reader.ts';
import type { NamedState } from './state-difference.ts';

/** A setting that two plans have otherwise. */
export interface PlanDifference {
  /** Such as `policies[0].parameters.postShare`. */
  readonly path: string;
  readonly first: string;
  readonly second: string;
}

/** What was found. */
export interface RunComparison {
  readonly same: boolean;
  readonly difference?: Difference;
  /** What the plans say otherwise; empty too where a run has none. */
  readonly plan: readonly PlanDifference[];
  readonly warnings: readonly string[];
}

/** Compares two run directories. Throws an `InputError` where one cannot be read; a run that cannot be computed again is a warning. */
export async function diffRuns(first: string, second: string): Promise<RunComparison> {
  const [a, b] = [openRecords(first), openRecords(second)];
  const plan = planDifferences(a.manifest.plan, b.manifest.plan);
  if (a.manifest.populationDigest !== b.manifest.populationDigest) {
    const difference = populationDifference(a.population, b.population);
    if (difference !== undefined) return { same: false, difference, plan, warnings: [] };
  }
  const logs = compareLogs(a, b);
  const warnings: string[] = [];
  const difference = (await hiddenDifference(a, b, logs, warnings)) ?? logs.difference ?? besides(a, b, plan);
  return difference === undefined ? { same: true, plan, warnings } : { same: false, difference, plan, warnings };
}

/** What the logs do not show: how many ticks there are, and a plan that made no difference. */
function besides(a: Records, b: Records, plan: readonly PlanDifference[]): Difference | undefined {
  const [mine, theirs] = [a.head, b.head];
  if (mine.ticks !== theirs.ticks) {
    const tick = Math.min(mine.ticks, theirs.ticks);
    return { where: 'length', tick, field: 'ticks', first: mine.ticks, second: theirs.ticks };
  }
  if (mine.digest === theirs.digest) return undefined;
  const setting = plan.find(({ path }) => path !== 'ticks' && path !== 'module');
  if (setting === undefined)
    return { where: 'log', tick: 0, field: 'digest', first: mine.digest, second: theirs.digest };
  return { where: 'plan', tick: 0, field: `plan.${setting.path}`, first: setting.first, second: setting.second };
}

/** The first difference of the states that comes before the one in the files, if there is one. */
async function hiddenDifference(
  a: Records,
  b: Records,
  logs: LogComparison,
  warnings: string[],
): Promise<Difference | undefined> {
  const isOneStart = a.manifest.firstLink === b.manifest.firstLink;
  if (logs.difference === undefined && isOneStart) return undefined;
  try {
    return await stateDifferenceBefore(a, b, logs, warnings);
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof InvariantError)) throw error;
    warnings.push(`the states were not compared: ${error.message}`);
    return undefined;
  }
}

async function stateDifferenceBefore(
  a: Records,
  b: Records,
  { equalTicks, difference, isRoot }: LogComparison,
  warnings: string[],
): Promise<Difference | undefined> {
  const [mine, theirs] = [await Replay.open(a, equalTicks), await Replay.open(b, equalTicks)];
  if (equalTicks === 0) {
    const atStart = stateDifference(stateOf(a, mine), stateOf(b, theirs));
    if (atStart !== undefined) return { where: 'start', tick: 0, ...atStart };
  }
  // A tick that decided otherwise made another state: its decisions say why. A root alone is named by the state it is of.
  const end = difference === undefined ? equalTicks : difference.tick + (isRoot ? 1 : 0);
  while (mine.tick < end) {
    const { tick } = mine;
    await mine.step();
    await theirs.step();
    if (mine.root() === theirs.root()) continue;
    const found = stateDifference(stateOf(a, mine), stateOf(b, theirs));
    if (found !== undefined) return { where: 'state', tick, ...found };
  }
  if (difference !== undefined && mine.tick === difference.tick) {
    await mine.step();
    await theirs.step();
  }
  for (const [records, replay] of [
    [a, mine],
    [b, theirs],
  ] as const) {
    if (replay.firstDifference === undefined) continue;
    warnings.push(`${records.directory} comes out otherwise from tick ${replay.firstDifference} on: run verify`);
  }
  if (isRoot) warnings.push('both runs were computed again and their states are the same: run verify on both');
  return undefined;
}

function stateOf({ population }: Records, replay: Replay): NamedState {
  const nameOf = (ordinal: number): string => externalId(population.ids, ordinal);
  return { snapshot: replay.snapshot(), attributeNames: replay.attributeNames, nameOf };
}

/** Settings of two plans that differ, in the order of their places. */
export function planDifferences(first: unknown, second: unknown, path = ''): PlanDifference[] {
  if (!isTree(first) || !isTree(second)) {
    const [one, two] = [first, second].map((value) => (value === undefined ? 'not set' : JSON.stringify(value)));
    return one === two ? [] : [{ path, first: one, second: two }];
  }
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return names.flatMap((name) => {
    const place = Array.isArray(first) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    return planDifferences(first[name], second[name], place);
  });
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
