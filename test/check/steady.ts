/**
 * Line 3.5: 1,000 ticks of a recorded run at 10^5 agents: heap, garbage collection in every thread, and how evenly ticks come.
 *
 * With one worker and with two, which must come to one digest. What is measured and how ticks are told apart: `test/bench/steady.ts`.
 * A plain tick is one without merge, state root or checkpoint; those are held to their own bar. Times by the clock get no verdict
 * where others used more than a tenth of a core; heaps and collections do.
 */
import { digestOf, medianOf } from '../bench/interleave.ts';
import { measureSteadyRuns } from '../bench/scaling.ts';
import { othersCoresMax } from '../bench/stopwatch.ts';
import { settingOf } from './speed.ts';
import type { Measured } from '../bench/interleave.ts';
import type { Report } from './figure.ts';

const agents = 100_000;
const ticks = 1000;

/** Runs the check. */
export async function checkSteady(report: Report): Promise<void> {
  const runs = await measureSteadyRuns(settingOf(1), agents, { warmTicks: 300, ticks });
  for (const run of runs) reportRun(report, run);
  const [one, two] = runs;
  report({
    command: `digest after ${ticks} ticks with one worker and with two`,
    figure: `${digestOf(one)}, ${digestOf(two)}`,
    bar: 'equal',
    met: digestOf(one) === digestOf(two),
  });
}

function reportRun(report: Report, run: Measured): void {
  const of = (column: string): number => medianOf(run, column);
  const share = (column: string): string => `${(of(column) * 100).toFixed(2)} %`;
  const name = `${agents} agents, ${ticks} ticks, ${run.name}`;
  const growth = Math.max(of('heapGrowthMain'), of('heapGrowthShards'));
  report({
    command: `${name}: growth of the heap`,
    figure: `main thread ${share('heapGrowthMain')}, shards ${share('heapGrowthShards')} at most; resident memory ${share('residentGrowth')}`,
    bar: 'heap below 5 %',
    met: growth < 0.05,
  });
  report({
    command: `${name}: garbage collection in ${of('threads')} threads`,
    figure: `${share('gcShare')} of wall time together, ${share('gcShareMost')} in one thread at most`,
    bar: 'below 2 % together',
    met: of('gcShare') < 0.02,
  });
  const others = of('othersCores');
  const isQuiet = others <= othersCoresMax;
  const doubt = isQuiet ? '' : `; no verdict: others used ${others.toFixed(2)} cores`;
  const times = (...columns: string[]): string => columns.map((column) => of(column).toFixed(2)).join(' and ');
  report({
    command: `${name}: plain ticks to their median of ${of('medianMs').toFixed(1)} ms`,
    figure: `99th percentile ${times('plainP99')}, longest ${times('plainMost')}${doubt}`,
    bar: '99th percentile at most 2',
    ...(isQuiet ? { met: of('plainP99') <= 2 } : {}),
  });
  const longest = Math.max(of('mergeMost'), of('rootMost'), of('checkpointMost'));
  report({
    command: `${name}: other ticks to the same median`,
    figure: `median and longest: merges ${times('mergeMedian', 'mergeMost')}, state roots ${times('rootMedian', 'rootMost')}, checkpoints ${times('checkpointMedian', 'checkpointMost')}${doubt}`,
    bar: 'at most 10',
    ...(isQuiet ? { met: longest <= 10 } : {}),
  });
}
