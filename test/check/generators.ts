/**
 * Lines 5.4.thousand, 5.4.million and 5.4.cost: each generator of follow graphs at a thousand and at a million agents beside its theory or a
 * library's graphs, and what a million agents with some 20 million ties cost beside the C++ generator.
 *
 * The C++ program grows a graph by copying with 5 to 35 ties a newcomer; its twin here is `barabasi-albert` with 20: attachment in proportion to
 * ties, as many of them, no tie twice. The others have another law; of them the ratio is stated. Its time has the sorting of degrees and the
 * file in it, ours the start of the process. Rounds run in turns; the figure is the median of their ratios.
 */
import { fileURLToPath } from 'node:url';
import { modelCases } from '../sim/social-graph/generators/model-cases.ts';
import { compareModel, pLeast, textOf } from '../sim/social-graph/generators/model-comparison.ts';
import { compileReference } from '../bench/reference.ts';
import { median, say, start } from './figure.ts';
import type { Reference } from '../bench/reference.ts';
import type { Report } from './figure.ts';

const agents = 1_000_000;
const rounds = 3;
const ratioMost = 3;
const twin = 'barabasi-albert';
const others = [
  ...['erdos-renyi', 'watts-strogatz', 'configuration', 'stochastic-block', 'star-topic', 'degree-corrected'],
  'forest-fire',
];

/** Line 5.4.thousand. */
export function checkThousand(report: Report): Promise<void> {
  compareAll('thousand', 30, report);
  return Promise.resolve();
}

/** Line 5.4.million. */
export function checkMillion(report: Report): Promise<void> {
  compareAll('million', 5, report);
  return Promise.resolve();
}

function compareAll(size: 'thousand' | 'million', replicates: number, report: Report): void {
  for (const model of modelCases(size)) {
    for (const comparison of compareModel(model, replicates)) {
      const { quantity, pValue } = comparison;
      const [side, least] = model.tail;
      const what = quantity === 'degreeTail' ? `degreeTail (${side} >= ${least})` : quantity;
      report({
        command: `${model.name}, ${model.count} agents, ${replicates} graphs: ${what}`,
        figure: textOf(comparison),
        bar: pValue === undefined ? 'stated' : `p above ${pLeast}`,
        ...(pValue === undefined ? {} : { met: pValue > pLeast }),
      });
    }
  }
}

/** Line 5.4.cost. */
export async function checkCost(report: Report): Promise<void> {
  const reference = compileReference();
  if (typeof reference === 'string') {
    report({ command: 'generators beside the C++ generator', figure: reference, bar: 'the reference' });
    return;
  }
  try {
    for (const name of [twin, ...others]) await checkRatio(name, reference, report);
  } finally {
    reference.remove();
  }
}

async function checkRatio(name: string, reference: Reference, report: Report): Promise<void> {
  const cases = [reference.graphCaseOf(agents), { run: () => drawn(name) }] as const;
  const ratios: number[] = [];
  let ours = { cpuMs: 0, ties: 0 };
  for (let round = 0; round < rounds; round++) {
    const theirs = await cases[0].run();
    ours = await cases[1].run();
    ratios.push(ours.cpuMs / theirs.cpuMs);
    say(`${name}: ${(ours.cpuMs / 1000).toFixed(2)} s beside ${(theirs.cpuMs / 1000).toFixed(2)} s`);
  }
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const isTwin = name === twin;
  report({
    command: `${name}${isTwin ? ', the twin' : ''}, ${agents} agents: CPU time to the C++ generator`,
    figure: `${median(ratios).toFixed(2)} (${range}); ${(ours.ties / 1e6).toFixed(1)} million ties, ${(ours.cpuMs / 1000).toFixed(2)} s`,
    bar: isTwin ? `at most ${ratioMost}` : 'stated',
    ...(isTwin ? { met: median(ratios) <= ratioMost } : {}),
  });
}

/** Draws in a process of its own, as the C++ program does. */
async function drawn(name: string): Promise<{ cpuMs: number; ties: number }> {
  const task = fileURLToPath(new URL('generator-task.ts', import.meta.url));
  const { status, stdout, stderr } = await start(process.execPath, [task, name, String(agents)]);
  if (status !== 0) throw new TypeError(`drawing ${name} ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as { cpuMs: number; ties: number };
}
