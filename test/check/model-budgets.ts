/**
 * Line 7.3, what is spent: a hundred random caps against what the server counts, runs that a cap stops and a raised cap lets go on, and processes that are killed
 * while they wait for a batch.
 *
 * The server lives in this process, so that its counts are at hand; the runs are others. Caps are drawn with fixed seeds. A kill is SIGKILL as soon as the batch stands in
 * `answers.log`. Writes to the temporary folder.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { standInModel } from '../../sim/llm/stand-in/answers.ts';
import { startStandIn } from '../../sim/llm/stand-in/server.ts';
import { spendUnderCaps } from '../sim/llm/random-caps.ts';
import { checkout, mesocosm, objectOf, say, temporary } from './figure.ts';
import type { StandIn } from '../../sim/llm/stand-in/server.ts';
import type { Report, RunSummary } from './figure.ts';

/** Runs the three. */
export async function checkModelBudgets(report: Report): Promise<void> {
  const { rounds, stopped, most, over } = await spendUnderCaps(100);
  report({
    command: `${rounds} random caps on calls, tokens or money, a third each, 30 % mixed faults; spend as the server counts it`,
    figure: `${over} over their cap; the most that was spent of one ${(100 * most).toFixed(1)} %; ${stopped} runs stopped at it`,
    bar: '0 over',
    met: over === 0 && stopped > rounds / 2,
  });
  await checkRaisedCaps(report);
  await checkKilledBatches(report);
}

/** The mixed scenario, small. */
function runArgs(server: StandIn, out: string, set: readonly string[]): string[] {
  const small = ['population.agents=3000', 'ticks=12', 'interventions=[]', 'policies[1].archetypes.samples=2'];
  const all = [...small, `models.endpoints[0].url=${server.url}`, ...set];
  return ['run', 'thinking-few', '--out', out, ...all.flatMap((one) => ['--set', one])];
}

const cappedRuns = 12;

async function checkRaisedCaps(report: Report): Promise<void> {
  const server = await startStandIn({});
  const free = await objectOf<RunSummary>(runArgs(server, 'free', []));
  const { requests, promptTokens, completionTokens } = server.counts;
  const stream = randomStream(7, streamPurposes.sample);
  let [stops, same, over] = [0, 0, 0];
  for (let i = 0; i < cappedRuns; i++) {
    // What is reserved is a multiple of what is used, so most of these stop the run.
    const [name, most] = i % 2 === 0 ? ['calls', requests * 2] : ['tokens', (promptTokens + completionTokens) * 4];
    const cap = 1 + stream.below(most);
    const before = { ...server.counts };
    const capped = await mesocosm([...runArgs(server, `capped-${i}`, [`models.caps.${name}=${cap}`]), '--json']);
    const tokens =
      server.counts.promptTokens + server.counts.completionTokens - before.promptTokens - before.completionTokens;
    if ((name === 'calls' ? server.counts.requests - before.requests : tokens) > cap) over++;
    if (capped.status === 7) stops++;
    const resumed = await objectOf<RunSummary>(['resume', `capped-${i}`, '--set', `models.caps.${name}=1000000000`]);
    if (resumed.digest === free.digest) same++;
    say(
      `cap of ${cap} ${name}: exit ${capped.status}, ${resumed.digest === free.digest ? 'the same digest' : 'ANOTHER DIGEST'}`,
    );
  }
  await server.close();
  report({
    command: `thinking-few, 3,000 agents, 12 ticks, under ${cappedRuns} random caps, seed 7; resumed with a raised one`,
    figure: `${stops} stopped with exit 7, ${over} over their cap; ${same} end in ${free.digest.slice(0, 16)}, the digest of the run without`,
    bar: 'none over, all in one digest',
    met: over === 0 && same === cappedRuns && stops > cappedRuns / 2,
  });
}

const batchPrice = JSON.stringify([
  {
    ...{ model: standInModel, inputPerMillion: 1, outputPerMillion: 1, batchShare: 0.5 },
    ...{ currency: 'EUR', asOf: '2026-12-01', source: 'made up for this check' },
  },
]);
const inBatches = ['models.endpoints[0].batch=true', 'models.limits.batchPollMs=150', `models.prices=${batchPrice}`];

async function checkKilledBatches(report: Report): Promise<void> {
  const [lone, server] = [await startStandIn({ batchLooks: 3 }), await startStandIn({ batchLooks: 3 })];
  const whole = await objectOf<RunSummary>(runArgs(lone, 'batches', inBatches));
  let kills = 0;
  let args: string[] = runArgs(server, 'batches-killed', inBatches);
  for (let batch = 1; batch <= lone.counts.batches; batch += 3, kills++) {
    say(`kill while batch ${batch} of ${lone.counts.batches} is waited for`);
    await killAtBatch(args, join(temporary, 'batches-killed'), batch);
    args = ['resume', 'batches-killed'];
  }
  const { digest, models } = await objectOf<RunSummary & { models?: { cost: number } }>(args);
  const isSame = digest === whole.digest;
  const [taken, answered] = [server.counts.batches, server.counts.answers];
  await Promise.all([lone.close(), server.close()]);
  report({
    command:
      'thinking-few, 3,000 agents, 12 ticks, a tick a batch; SIGKILL while each third batch is waited for, and resume',
    figure: `${kills} kills; the server took ${taken} batches with ${answered} answers, ${lone.counts.batches} with ${lone.counts.answers} without kills; digest ${isSame ? 'the same' : 'DIFFERENT'}; ${(models?.cost ?? 0).toFixed(4)} EUR since the last kill`,
    bar: 'as many batches and answers, the same digest',
    met: isSame && kills > 2 && taken === lone.counts.batches && answered === lone.counts.answers,
  });
}

/** Starts the command and kills it once a batch stands in its log of answers. */
async function killAtBatch(args: readonly string[], directory: string, batch: number): Promise<void> {
  const program = join(checkout, 'scenarios/main.ts');
  const child = spawn(process.execPath, [program, ...args], { cwd: temporary, stdio: 'ignore' });
  const closed = new Promise((resolve) => child.on('close', resolve));
  const log = join(directory, 'answers.log');
  const isThere = (): boolean => existsSync(log) && readFileSync(log, 'utf8').includes(`"id":"batch-${batch}"`);
  while (child.exitCode === null && !isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await closed;
}
