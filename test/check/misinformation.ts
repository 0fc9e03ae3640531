/**
 * Line 9.5: misinformation among a million agents, 60 steps, analysed and reported: one pair of mirrored worlds.
 *
 * The bar is half an hour of wall time on two cores, of a machine that does nothing else. OASIS states 27 GPUs and 18 hours a step
 * for its run of that size, whose agents are language models; these follow rules.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { objectOf, temporary } from './figure.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Report } from './figure.ts';

interface Study {
  readonly seconds: number;
  readonly report: string;
  readonly main: { readonly logRatio: Readonly<Record<'reached' | 'spreaders', Estimate>> };
  readonly worlds: readonly {
    readonly seed: number;
    readonly digest: string;
    readonly first: { readonly reached: number };
    readonly second: { readonly reached: number };
    readonly counts: { readonly awake: number; readonly exposures: number; readonly posts: number };
    readonly seconds: { readonly setup: number; readonly ticks: number; readonly analysis: number };
    readonly rssBytes: number;
  }[];
}

const secondsMax = 1800;

/** Runs the check. */
export async function checkMisinformation(report: Report): Promise<void> {
  const args = ['study', 'misinformation', '--agents', '1000000', '--replicates', '1', '--arms', 'main', '--seed', '1'];
  const begun = performance.now();
  const out = ['--workers', String(Math.min(2, cpus().length)), '--out', join(temporary, 'misinformation')];
  const { main, worlds } = await objectOf<Study>([...args, ...out], { shown: true });
  const seconds = (performance.now() - begun) / 1000;
  const memory = Math.max(...worlds.map(({ rssBytes }) => rssBytes));
  report({
    command: args.join(' '),
    figure: `${seconds.toFixed(0)} s, ${(memory / 1e9).toFixed(1)} GB resident in all; ${worlds.map(({ counts }) => counts.exposures).join(' and ')} exposures`,
    bar: `below ${secondsMax} s`,
    met: seconds < secondsMax,
  });
  for (const [i, { digest, seconds: parts, first, second }] of worlds.entries()) {
    const [rumours, truths] = i === 0 ? [second, first] : [first, second];
    report({
      command: i === 0 ? 'the world of seed 1' : 'the same with roles exchanged',
      figure: `${parts.setup.toFixed(0)} s before, ${parts.ticks.toFixed(0)} s for 60 steps, ${parts.analysis.toFixed(0)} s to measure; rumours reached ${rumours.reached}, truths ${truths.reached}; digest ${digest}`,
      bar: 'stated',
    });
  }
  const ratio = ({ value }: Estimate): string => Math.exp(value).toFixed(3);
  report({
    command: 'rumours over truths, both worlds',
    figure: `reached ${ratio(main.logRatio.reached)}, spreaders ${ratio(main.logRatio.spreaders)}; one pair, no interval`,
    bar: 'stated, growth not assumed',
  });
}
