/**
 * Line 6.6: all measures of a run of a million agents with ten million events, and of a discussion of 154,000 comments, in time and memory.
 *
 * The run is recorded first, which takes longer than its analysis. CPU seconds and peak memory are those of a process of its own, which
 * prints them when the analysis has ended; on a machine that does other work wall time says less than they do.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeDiscussion } from '../sim/import/sources.ts';
import { checkout, objectOf, start, temporary } from './figure.ts';
import type { Report, RunSummary } from './figure.ts';

const eventsMin = 10_000_000;
const millionBars = { seconds: 180, bytes: 6e9 };
const discussionBars = { seconds: 20, bytes: 6e9 };
const measureNames = [
  ...['network', 'cascades', 'inferred', 'adoption', 'threads', 'roles', 'cooperation', 'synergy'],
  ...['centrality', 'motifs', 'bow-tie'],
];

/** Runs the check. MESOCOSM_MILLION_RUN names a run of that size that is at hand, so that it need not be recorded again. */
export async function checkAnalyzeSize(report: Report): Promise<void> {
  writeDiscussion(join(temporary, 'talk'), { agents: 6000, posts: 17_000, comments: 154_000 });
  await objectOf(['import', 'moltbook', 'talk', '--out', 'talk-set']);
  await analyzeAll(report, 'talk-set', '17,000 posts and 154,000 comments', discussionBars);
  const given = process.env['MESOCOSM_MILLION_RUN'];
  if (given !== undefined && existsSync(given)) {
    await analyzeAll(report, given, 'a given run', millionBars);
    return;
  }
  const { counts } = await objectOf<RunSummary>(
    [
      ...['run', 'information-spreading', '--agents', '1000000', '--ticks', '700', '--seed', '7', '--index', 'none'],
      ...['--set', 'population.followsMean=20', '--set', 'population.wakesPerDayMean=36', '--out', 'million-run'],
    ],
    { shown: true },
  );
  const what = `a million agents, ${counts.granted} granted events`;
  await analyzeAll(report, 'million-run', what, millionBars, counts.granted >= eventsMin);
}

interface Usage {
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

async function analyzeAll(
  report: Report,
  source: string,
  what: string,
  bars: { readonly seconds: number; readonly bytes: number },
  isLargeEnough = true,
): Promise<void> {
  // The command runs inside a line of code that prints what the process used when it ends; of such a line no file name is expected.
  const main = pathToFileURL(join(checkout, 'scenarios/main.ts')).href;
  const code =
    `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write('\\n' + JSON.stringify({ ` +
    `cpuSeconds: (user + system) / 1e6, peakRssBytes: process.resourceUsage().maxRSS * 1024 }) + '\\n'); }); ` +
    `process.argv = [process.argv[0], 'analyze', ${JSON.stringify(source)}, '--json']; await import(${JSON.stringify(main)});`;
  const { status, stdout, stderr, seconds } = await start(process.execPath, ['--input-type=module', '-e', code]);
  if (status !== 0) throw new TypeError(`analyze ended with ${status}: ${stderr}`);
  const usage = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Usage;
  const { measures } = JSON.parse(stdout) as { measures: Record<string, { method: string }> };
  const missing = measureNames.filter((name) => !((measures[name]?.method ?? '').length > 0));
  report({
    command: `analyze, all measures: ${what}`,
    figure: `${seconds.toFixed(1)} s, ${usage.cpuSeconds.toFixed(1)} s of CPU, ${(usage.peakRssBytes / 1e9).toFixed(2)} GB resident at most${missing.length === 0 ? '' : `; without a method: ${missing.join(', ')}`}`,
    bar: `below ${bars.seconds} s and ${(bars.bytes / 1e9).toFixed(0)} GB, every measure with its method`,
    met: isLargeEnough && missing.length === 0 && seconds < bars.seconds && usage.peakRssBytes < bars.bytes,
  });
}
