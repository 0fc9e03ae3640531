/**
 * Lines 7.2 and 7.5: the whole mixed scenario against the stand-in, recorded once, replayed with the server gone, and run with it gone from
 * the beginning; and a key that the server repeats wherever it can, looked for in every byte that a run leaves.
 *
 * The server lives in this process, the runs in others. Writes to the temporary folder.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startStandIn } from '../../sim/llm/stand-in/server.ts';
import { mesocosm, temporary } from './figure.ts';
import type { Finished, Report, RunSummary } from './figure.ts';

const scenario = 'thinking-few';
const url = (address: string): string[] => ['--set', `models.endpoints[0].url=${address}`];

/** Line 7.2. */
export async function checkThinking(report: Report): Promise<void> {
  const server = await startStandIn({});
  const address = server.url;
  const recorded = await mesocosm(['run', scenario, '--out', 'thinking', ...url(address), '--json'], { shown: true });
  const { requests } = server.counts;
  await server.close();
  const live = summaryOf(recorded);
  report({
    command: `run ${scenario} against the stand-in`,
    figure: `exit ${recorded.status}, ${requests} requests, ${recorded.seconds.toFixed(0)} s, digest ${live.digest.slice(0, 16)}`,
    bar: 'exit 0',
    met: recorded.status === 0,
  });
  const replay = ['run', scenario, '--replay', 'thinking', '--out', 'thinking-replay', ...url(address), '--json'];
  const replayed = await mesocosm(replay, { shown: true });
  const same = summaryOf(replayed).digest === live.digest;
  report({
    command: `run ${scenario} --replay, the server gone`,
    figure: `exit ${replayed.status}, digest ${same ? 'the same' : 'DIFFERENT'}, 0 requests could be made`,
    bar: 'the same digest',
    met: replayed.status === 0 && same,
  });
  const down = await mesocosm(['run', scenario, '--out', 'thinking-down', ...url(address)], { shown: true });
  const [first = ''] = down.stdout.split('\n');
  report({
    command: `run ${scenario}, no server from the beginning to the end`,
    figure: `exit ${down.status}, ${down.seconds.toFixed(0)} s, first line: ${first}`,
    bar: 'exit 6, DEGRADED',
    met: down.status === 6 && first.startsWith('DEGRADED'),
  });
}

function summaryOf({ status, stdout, stderr }: Finished): RunSummary {
  if (!stdout.startsWith('{')) throw new TypeError(`the run ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as RunSummary;
}

const canary = 'sk-canary-4d1c7f3a99';
const keyName = 'MESOCOSM_CHECK_KEY';

/** Line 7.5. */
export async function checkCanary(report: Report): Promise<void> {
  const misbehaves = [
    { fault: 'content-is', argument: `I say ${canary}`, share: 0.3 },
    { fault: 'other-model', argument: canary, share: 0.2 },
    { fault: 'echo-key', share: 0.1 },
  ];
  const server = await startStandIn({ apiKey: canary, misbehaves });
  process.env[keyName] = canary;
  const set = ['population.agents=3000', 'ticks=24', 'interventions=[]', `models.endpoints[0].apiKeyEnv=${keyName}`];
  const settings = set.flatMap((one) => ['--set', one]);
  const outputs: string[] = [];
  for (const args of [
    ['run', scenario, '--out', 'canary', ...url(server.url), ...settings, '--index', 'full'],
    ['analyze', 'canary', '--json'],
    ['inspect', 'canary', 'user-1', '--json'],
    ['report', 'canary'],
  ]) {
    const { stdout, stderr } = await mesocosm(args, { shown: false });
    outputs.push(stdout, stderr);
  }
  const { requests } = server.counts;
  await server.close();
  process.env[keyName] = '';
  const files = filesUnder(join(temporary, 'canary'));
  const leaks = [
    ...files.filter((file) => readFileSync(file).includes(canary)),
    ...outputs.filter((text) => text.includes(canary)).map(() => 'an output'),
  ];
  report({
    command: `a key that the server repeats, in ${files.length} files of a run, its report and four outputs`,
    figure: `${leaks.length} leaks after ${requests} requests${leaks.length === 0 ? '' : `: ${leaks.join(', ')}`}`,
    bar: 'in no byte',
    met: leaks.length === 0 && requests > 0 && files.some((file) => file.endsWith('report.html')),
  });
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
