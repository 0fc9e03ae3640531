/**
 * `diff RUN RUN`: the first difference between two recorded runs, by tick, agent and field.
 */
import { diffRuns } from '../../sim/engine/diff.ts';
import { note, printResult } from './output.ts';
import type { Difference } from '../../sim/record/log-difference.ts';
import type { RunComparison } from '../../sim/engine/diff.ts';

const differs = 3;

/** Runs the command. Returns its exit status: 3 where the runs differ. */
export async function diffCommand(first: string, second: string, flags: { json?: boolean }): Promise<number> {
  const comparison = await diffRuns(first, second);
  const { same, difference, plan, warnings } = comparison;
  for (const warning of warnings) note(warning);
  printResult(flags.json === true, { first, second, same, difference: difference ?? null, plan, warnings }, () =>
    describe(comparison),
  );
  return same ? 0 : differs;
}

/** Where a difference lies, in words. */
const places: Record<Difference['where'], (tick: number) => string> = {
  population: () => 'before the first tick, in the population',
  plan: () => 'before the first tick, in the plan alone',
  start: () => 'before the first tick, in the state',
  state: (tick) => `tick ${tick}, in the state after it`,
  log: (tick) => `tick ${tick}, in what was decided`,
  length: (tick) => `tick ${tick}, which one of them does not have`,
};

function describe({ difference, plan }: RunComparison): string {
  const settings = plan.map(({ path, first, second }) => `plan: ${path}: ${first} against ${second}`);
  if (difference === undefined) return ['same', ...settings].join('\n');
  const { where, tick, agent, field, first, second } = difference;
  const who = agent === undefined ? '' : `agent ${agent}, `;
  return [`first difference: ${places[where](tick)}: ${who}${field}: ${first} against ${second}`, ...settings].join(
    '\n',
  );
}
