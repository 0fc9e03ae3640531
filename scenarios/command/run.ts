/**
 * `run SCENARIO`: compiles, runs, records, and says what happened.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compileScenario } from '../../sim/engine/compile.ts';
import { estimateCosts } from '../../sim/engine/model-costs.ts';
import { modelsOrderOf } from '../../sim/engine/models.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { loadScenario } from '../load.ts';
import { note, printResult } from './output.ts';
import { progressView } from './progress.ts';
import { databaseBehind } from './behind.ts';
import { describeWarning, earlyWarning } from './early-warning.ts';
import { watched } from './watched.ts';
import type { EmbeddingsSummary, InvariantReport, Manifest } from '../../sim/record/manifest.ts';
import type { Compiled } from '../../sim/engine/compile.ts';
import type { ModelCosts } from '../../sim/engine/model-costs.ts';
import type { ModelsOrder } from '../../sim/engine/models.ts';

/** Flags of `run`. */
export interface RunFlags {
  readonly agents?: number;
  readonly ticks?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly set: readonly string[];
  readonly out?: string;
  readonly index?: string;
  readonly layout: string;
  readonly mergeTicks: number;
  readonly checkpointTicks: number;
  readonly dryRun?: boolean;
  readonly replay?: string;
  readonly allowCode?: boolean;
  readonly serve?: boolean;
  readonly port?: number;
  readonly earlyWarning?: boolean;
  readonly json?: boolean;
}

const indexAgentsMax = 200_000;
const indexLevels = ['none', 'core', 'full'] as const;
const layouts = ['degree', 'key', 'scrambled'] as const;

/** Runs the command. Returns its exit status. */
export async function runCommand(named: string, flags: RunFlags): Promise<number> {
  const json = flags.json === true;
  const loaded = await loadScenario(named, { set: settingsOf(flags), allowCode: flags.allowCode === true });
  const asked = choose('--index', flags.index, indexLevels);
  const layout = choose('--layout', flags.layout, layouts) ?? 'degree';
  const compiled = compileScenario(loaded.data, loaded.find, loaded.module);
  refuseWithoutModels(compiled);
  const directory = flags.out ?? join('runs', `${loaded.data.name}-${loaded.data.seed}`);
  if (flags.dryRun === true) return await dryRunCommand(compiled, directory, json);
  const workers = flags.workers ?? defaultWorkers(compiled.population.count);
  const bar = progressView(loaded.data.name, compiled.plan.ticks);
  const level = asked ?? (compiled.population.count <= indexAgentsMax ? 'core' : 'none');
  const database = databaseBehind(directory, level, bar);
  const stopper = stopOnSignals();
  const watch = flags.serve === true ? watched(directory, flags.port ?? 0, stopper.signal, database) : undefined;
  const seen = watch ?? database;
  const warning = flags.earlyWarning === true ? earlyWarning(compiled, directory, seen) : undefined;
  try {
    const manifest = await recordRun({
      compiled,
      placement: { workers, layout, mergeTicks: flags.mergeTicks, checkpointTicks: flags.checkpointTicks },
      directory,
      source: loaded.source,
      ...(loaded.moduleSource === undefined ? {} : { module: loaded.moduleSource }),
      exposureSampleShare: loaded.data.exposureSampleShare,
      isPopulationSpent: true,
      ...(flags.replay === undefined ? {} : { replay: flags.replay }),
      observer: warning ?? seen,
      ...(watch === undefined ? {} : { gate: watch.gate }),
      signal: stopper.signal,
    });
    watch?.ended();
    bar.stop();
    warning?.flush();
    if (warning !== undefined) note(describeWarning(warning));
    const left = await database.finish(stopper.signal);
    printResult(json, { run: directory, ...summaryOf(manifest) }, () => describe(directory, manifest));
    await watch?.lookedAt(stopper.signal);
    return sayHowToGoOn(directory, manifest, left) ? statusOf(manifest, stopper.status()) : statusOf(manifest, 0);
  } finally {
    bar.stop();
    watch?.close();
    await database.leave();
    stopper.release();
  }
}

/** Says how to go on with what a signal stopped, if one did. Going on with the run goes on with its database. */
export function sayHowToGoOn(directory: string, { outcome, stop }: Manifest, left: string | undefined): boolean {
  if (stop !== undefined) note(`${stop.message}; nothing of the next tick counts`);
  if (outcome === 'stopped') note(`go on with: mesocosm resume ${directory}`);
  else if (left !== undefined) note(left);
  return outcome === 'stopped' || left !== undefined;
}

/** The exit status of a run: what models said, else that it is degraded, else what a signal says. */
export function statusOf({ stop, degraded }: Manifest, status: number): number {
  return stop?.exitCode ?? (status === 0 && degraded ? degradedStatus : status);
}

const degradedStatus = 6;

function settingsOf(flags: RunFlags): string[] {
  const named: [string, number | undefined][] = [
    ['population.agents', flags.agents],
    ['ticks', flags.ticks],
    ['seed', flags.seed],
  ];
  return [...named.flatMap(([path, value]) => (value === undefined ? [] : [`${path}=${value}`])), ...flags.set];
}

function choose<Name extends string>(
  flag: string,
  value: string | undefined,
  names: readonly Name[],
): Name | undefined {
  if (value === undefined) return undefined;
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    place: { file: flag },
    found: `${echo(value)} is not a choice`,
    next: `Choose one of ${names.join(', ')}.`,
  });
}

/** One shard where more would only wait for one another, else one a core. */
export function defaultWorkers(agents: number): number {
  return agents < 20_000 ? 1 : Math.min(8, availableParallelism());
}

/** The first signal ends what is under way at the next tick, and the second at once. */
export function stopOnSignals(): { signal: AbortSignal; status(): number; release(): void } {
  const controller = new AbortController();
  let status = 130;
  const stop = (name: NodeJS.Signals): void => {
    status = name === 'SIGTERM' ? 143 : 130;
    if (controller.signal.aborted) process.exit(status);
    note('stopping; what is recorded stays');
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    status: () => status,
    release() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

/** What `--json` holds: see the README. */
export function summaryOf(manifest: Manifest) {
  const { scenario, seed, agents, ticks, workers, digest, outcome, degraded, counts, seconds } = manifest;
  const { intents, granted, refused, posts, exposures, awake, asked = 0, unanswered = 0 } = counts;
  return {
    ...{ scenario, seed, agents, ticks, workers, digest, outcome, degraded },
    counts: { intents, granted, refused, posts, exposures, awake, asked, unanswered },
    ...(manifest.models === undefined ? {} : { models: manifest.models }),
    ...(manifest.stop === undefined ? {} : { stop: manifest.stop }),
    seconds,
    cpuSeconds: manifest.cpuSeconds,
    agentTicksPerSecond: seconds.ticks > 0 ? Math.round((agents * ticks) / seconds.ticks) : 0,
    peakRssBytes: manifest.peakRssBytes,
    ...(manifest.invariants === undefined ? {} : { invariants: manifest.invariants }),
  };
}

/** The first line of a run of which too much failed. */
export function degradedLine({ degraded, counts }: Manifest): string[] {
  const { asked = 0, unanswered = 0 } = counts;
  if (!degraded) return [];
  const share = ((unanswered / asked) * 100).toFixed(1);
  return [`DEGRADED: ${unanswered} of ${asked} calls to models brought nothing (${share} %); rules decided instead`];
}

function modelLines({ models, counts }: Manifest): string[] {
  if (models === undefined) return [];
  const { attempts, promptTokens, cachedTokens, replyTokens, cost, currency, sharedPrefixShare } = models;
  const money = currency === undefined ? ', money unknown (no price is given)' : `, ${cost.toFixed(4)} ${currency}`;
  const cached = promptTokens === 0 ? 0 : cachedTokens / promptTokens;
  const prefix = `${(sharedPrefixShare * 100).toFixed(0)} % of prompt tokens in shared prefixes, ${(cached * 100).toFixed(0)} % from servers' caches as they say`;
  return [
    `${counts.asked ?? 0} calls to models (${counts.unanswered ?? 0} without an answer), ${attempts} attempts, ${promptTokens} + ${replyTokens} tokens${money}; ${prefix}`,
    ...(models.embeddings === undefined ? [] : [embeddingLine(models.embeddings)]),
    ...models.notes,
  ];
}

function embeddingLine({ model, texts, requests }: EmbeddingsSummary): string {
  return `${texts} texts embedded by ${model} in ${requests} requests`;
}

function describe(directory: string, manifest: Manifest): string {
  const { counts, seconds } = manifest;
  return [
    ...degradedLine(manifest),
    `${manifest.outcome}: ${manifest.scenario}, seed ${manifest.seed}, ${manifest.agents} agents, ${manifest.ticks} ticks`,
    `${counts.intents} intents: ${counts.granted} granted, ${counts.refused} refused; ${counts.posts} posts; ${counts.exposures} exposures`,
    `setup ${seconds.setup.toFixed(1)} s, ticks ${seconds.ticks.toFixed(1)} s, CPU ${manifest.cpuSeconds.toFixed(1)} s, peak ${(manifest.peakRssBytes / 2 ** 20).toFixed(0)} MiB`,
    ...modelLines(manifest),
    ...(manifest.invariants ?? []).map(invariantLine),
    `digest ${manifest.digest}`,
    `recorded in ${directory}`,
  ].join('\n');
}

/** What became of an invariant, of the run or of how many of its agents. */
function invariantLine({ code, kind, scope, holds, fails, undecided }: InvariantReport): string {
  const head = `invariant ${code} (${kind}):`;
  if (scope === 'world') return `${head} ${holds > 0 ? 'holds' : fails > 0 ? 'fails' : 'undecided'}`;
  return `${head} holds of ${holds} agents, fails of ${fails}, undecided of ${undecided}`;
}

/** Agents that think need somebody to ask. A judge does not: without one, rules settle what it would have. */
function refuseWithoutModels({ plan }: Compiled): void {
  const index = plan.policies.findIndex(({ kind }) => kind === 'model' || kind === 'archetypes');
  if (index < 0 || plan.models !== undefined) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: plan.scenario },
    found: `policies[${index}] asks models, and the scenario names none`,
    next: 'Add models with an endpoint; mesocosm stand-in serves one to try with.',
  });
}

async function dryRunCommand(compiled: Compiled, directory: string, json: boolean): Promise<number> {
  const models = modelsOrderOf(compiled.data);
  const code = await loadOwnCode(compiled.plan.module);
  const costs = models === undefined ? undefined : await estimateCosts(compiled, code, models);
  const value = { ...dryRun(compiled, directory), ...(costs === undefined ? {} : { models: costs }) };
  const words = (): string =>
    [describeDryRun(compiled, directory), ...costLines(costs), ...capLines(models)].join('\n');
  printResult(json, value, words);
  return 0;
}

function costLines(costs: ModelCosts | undefined): string[] {
  if (costs === undefined) return [];
  const { ticksLookedAt, calls, tokens, money, worst, currency, prices, unpriced } = costs;
  const price = (amount: number): string =>
    currency === undefined ? ', money unknown' : `, ${amount.toFixed(4)} ${currency}`;
  const counted = (number: number): string => Math.round(number).toLocaleString('en-US');
  return [
    `models, at the rate of the first ${ticksLookedAt} ticks with nobody answering: ${counted(calls)} calls, ${counted(tokens)} tokens${price(money)}`,
    `at worst, with every attempt at its bound: ${counted(worst.calls)} calls, ${counted(worst.tokens)} tokens${price(worst.money)}`,
    ...prices.map(
      (one) =>
        `price of ${one.model}: ${one.inputPerMillion} ${one.currency} a million tokens in, ${one.outputPerMillion} out, read on ${one.asOf} (${one.source})`,
    ),
    ...unpriced.map((model) => `unknown price: ${model}. Money leaves it out; write what you pay under models.prices`),
  ];
}

/** A run that asks models without any cap may cost anything. */
function capLines(models: ModelsOrder | undefined): string[] {
  if (models === undefined || Object.keys(models.settings.caps).length > 0) return [];
  return ['no cap is set on calls, tokens or money: models.caps sets one'];
}

function dryRun(compiled: Compiled, directory: string) {
  const { plan, population } = compiled;
  return {
    run: directory,
    scenario: plan.scenario,
    seed: plan.seed,
    agents: population.count,
    ties: population.followee.length,
    ticks: plan.ticks,
  };
}

function describeDryRun(compiled: Compiled, directory: string): string {
  const { plan, population } = compiled;
  const hours = (plan.ticks * plan.tickSeconds) / 3600;
  return `${plan.scenario}: ${population.count} agents, ${population.followee.length} ties, ${plan.ticks} ticks of ${plan.tickSeconds} s (${hours.toFixed(1)} h), would be recorded in ${directory}`;
}
