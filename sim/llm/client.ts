/**
 * The model client of one run: answers one tick's requests, each with exactly one outcome, within the run's caps, all on record before use.
 *
 * Order: requests are joined and numbered in canonical order; answers on record and in the cache are taken; the rest reserves its worst case in that order,
 * which alone decides who gets BUDGET; reservations are on record before the first request leaves; answers are recorded as they
 * arrive; when all are there, the account is settled, the estimate calibrated and the cache filled, in canonical order again.
 * Invariant: `outcomes[i]` answers `requests[i]`, whenever it came. Oracle: a loop over single calls, `test/sim/llm/client.test.ts`.
 */
import { assertInvariant } from '../ground/errors.ts';
import { createBudget, noSpend, spendOf } from './budget.ts';
import { promptOf } from './journal.ts';
import { createCalibration, estimatePromptTokens } from './tokens.ts';
import { createPriceTable } from './prices.ts';
import { createStepCache } from './step-cache.ts';
import { createTally } from './tally.ts';
import { failure, makeCall, worstCase } from './call.ts';
import { joinRequests } from './tick-requests.ts';
import { makeBatch } from './batch.ts';
import { noUsage } from './outcome.ts';
import { outcomeOfRecord } from './replay.ts';
import { stopOf } from './stop.ts';
import type { AnswerRecord, FindBatchLines, FindRecorded, Journal, RecordedLine } from './journal.ts';
import type { Budget, Spend } from './budget.ts';
import type { CallResult } from './call.ts';
import type { CallStatistics } from './statistics.ts';
import type { Caps } from './settings.ts';
import type { Endpoint } from './endpoint.ts';
import type { ModelPool } from './pool.ts';
import type { ModelRequest, PlacedRequest } from './request.ts';
import type { Outcome } from './outcome.ts';
import type { PriceTable } from './prices.ts';
import type { StepCache } from './step-cache.ts';
import type { Stop } from './stop.ts';
import type { Tally } from './tally.ts';

/** Answers of one tick. */
export interface Answers {
  /** One a request, in the order of the requests. */
  readonly outcomes: readonly Outcome[];
  /** Why the run should not go on, if it should not. */
  readonly stop?: Stop;
}

/** What both the live client and a replay do. */
export interface ModelClient {
  /** Answers one tick's requests, which stand in canonical order. */
  answerAll(requests: readonly ModelRequest[]): Promise<Answers>;
}

/** A client that asks. */
export interface LiveClient extends ModelClient {
  /** Booked by this run, with what it had spent before. */
  spent(): Spend;
  /** Reported over estimated prompt tokens of a model; for print and dry runs. */
  calibration(model: string): number;
  statistics(): CallStatistics;
}

/** What belongs to one run. */
export interface RunOfClient {
  readonly seed: number;
  readonly journal: Journal;
  /** Caps of the run; those of the settings by default. */
  readonly caps?: Caps;
  /** What the run spent before it was resumed, lost reservations included. */
  readonly spentBefore?: Spend;
  /** Answers that a resumed run has already: they are not bought again. */
  readonly findRecorded?: FindRecorded;
  /** Batches of an earlier process that were on their way when it died: they are waited for and not bought again. */
  readonly findBatchLines?: FindBatchLines;
  /**
   * What a call does where nobody listens at any endpoint of its model: wait for the probes of the breaker (the default), or fail at once, with
   * all others of the tick; the next tick begins with one probe.
   */
  readonly whenRefused?: 'wait' | 'fail';
  /** Told each thing once: a model that answers under another name, an endpoint that is left. */
  readonly note?: (text: string) => void;
}

interface Run {
  readonly pool: ModelPool;
  readonly given: RunOfClient;
  readonly budget: Budget;
  readonly prices: PriceTable;
  readonly cache: StepCache<Outcome>;
  readonly calibration: ReturnType<typeof createCalibration>;
  readonly tally: Tally;
  /** The tick at hand and when its first requests came. */
  readonly begun: { tick: number; ms: number };
}

/** Makes the client of a run. Several runs may share a pool. */
export function createModelClient(pool: ModelPool, given: RunOfClient): LiveClient {
  const prices = createPriceTable(pool.settings.prices);
  const run: Run = {
    pool,
    given,
    prices,
    budget: createBudget(given.caps ?? pool.settings.caps, given.spentBefore ?? noSpend),
    cache: createStepCache(pool.settings.cacheEntries),
    calibration: createCalibration(),
    tally: createTally(prices, given.note),
    begun: { tick: -1, ms: 0 },
  };
  return {
    answerAll: (requests) => answerTick(run, requests),
    spent: () => run.budget.spent(),
    calibration: (model) => run.calibration.factor(model),
    statistics: () => run.tally.statistics(),
  };
}

/** A distinct call of the tick and how far it is. */
interface Call {
  readonly placed: PlacedRequest;
  /** Reserved; absent for what is not sent. */
  worst?: Spend;
  /** Lines of batches that an earlier process sent for it. */
  underWay: readonly RecordedLine[];
  result?: CallResult;
  isRecorded: boolean;
}

async function answerTick(run: Run, requests: readonly ModelRequest[]): Promise<Answers> {
  const { distinct, callOf } = joinRequests(run.pool.settings, run.given.seed, requests);
  const calls = distinct.map((placed): Call => ({ placed, underWay: [], isRecorded: false }));
  const tick = requests[0]?.key.tick ?? run.begun.tick;
  if (tick !== run.begun.tick) Object.assign(run.begun, { tick, ms: run.pool.clock.nowMs() });
  for (const call of calls) takeKnown(run, call);
  const refused = calls.filter((call) => call.result === undefined && !reserve(run, call));
  const sent = calls.filter(({ worst }) => worst !== undefined);
  const fresh = sent.filter(({ underWay }) => underWay.length === 0);
  if (fresh.length > 0) {
    await run.given.journal.reserve(
      fresh.map(({ placed, worst = noSpend }) => {
        const { digest, model } = placed;
        return { key: placed.request.key, digest, model, worst, prompt: promptOf(placed) };
      }),
    );
  }
  const known = calls.filter(({ result, isRecorded }) => result !== undefined && !isRecorded);
  await allOf([...new Set([...refused, ...known])].map((call) => commit(run, call)));
  await allOf([...sendBatches(run, sent), ...sendSingly(run, sent)]);
  for (const call of calls) settle(run, call);
  const outcomes = requests.map((request, i) => outcomeFor(run, request, calls[callOf[i]]));
  const stop = stopOf(outcomes);
  return { outcomes, ...(stop === undefined ? {} : { stop }) };
}

/** All, even if one fails: what is on the wire is still recorded. Then the first failure. */
async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Takes an answer that is on record or in the cache. */
function takeKnown(run: Run, call: Call): void {
  const { placed } = call;
  const recorded = run.given.findRecorded?.(placed.request.key);
  if (recorded !== undefined) {
    call.isRecorded = true;
    call.result = known(outcomeOfRecord(placed, recorded));
    return;
  }
  if (run.pool.settings.cacheEntries === 0) return;
  const cached = run.cache.get(placed.digest);
  if (cached === undefined) return;
  const { key } = placed.request;
  call.result = known({ ...cached, key, usage: noUsage, attempts: 0, latencyMs: 0, isCached: true });
}

function known(outcome: Outcome): CallResult {
  return { outcome, toolCallsDropped: 0, reportedPromptTokens: undefined };
}

/** Reserves the worst case, or makes the outcome that says which cap is reached. */
function reserve(run: Run, call: Call): boolean {
  const { placed } = call;
  const { attemptsMax } = run.pool.settings.limits;
  const endpoint = batchEndpoint(run, placed);
  const underWay = endpoint === undefined ? [] : linesUnderWay(run, placed, endpoint);
  const worst = underWay[0]?.worst ?? worstCase(placed, attemptsMax, run.prices, endpoint !== undefined);
  if (underWay.length > 0) run.budget.reclaim(worst);
  const cap = run.budget.reserve(worst);
  // Still under way, and still spent.
  if (cap !== undefined && underWay.length > 0) run.budget.settle(noSpend, worst);
  if (cap === undefined) {
    call.worst = worst;
    call.underWay = underWay;
    return true;
  }
  const fixed = { usage: noUsage, attempts: 0, latencyMs: 0, model: placed.model, isShared: false, isCached: false };
  call.result = known({ key: placed.request.key, ...failure(cap, undefined), ...fixed });
  return false;
}

function linesUnderWay(run: Run, { request, digest }: PlacedRequest, endpoint: Endpoint): readonly RecordedLine[] {
  const lines = run.given.findBatchLines?.(request.key) ?? [];
  return lines.every((line) => line.digest === digest && line.endpoint === endpoint.settings.name) ? lines : [];
}

/** The endpoint that takes a model's requests in batches, if that is how it is served; vectors are never asked for so. */
function batchEndpoint(run: Run, { model, request }: PlacedRequest): Endpoint | undefined {
  if (request.embedding !== undefined) return undefined;
  const serving = run.pool.endpoints.filter(({ settings }) => settings.models.includes(model));
  return serving.every(({ settings }) => settings.batch) ? serving[0] : undefined;
}

function sendSingly(run: Run, sent: readonly Call[]): Promise<void>[] {
  return sent
    .filter(({ placed }) => batchEndpoint(run, placed) === undefined)
    .map((call) =>
      makeCall(
        call.placed,
        run.pool,
        run.prices,
        (result) => {
          call.result = result;
          return commit(run, call);
        },
        run.given.whenRefused === 'fail' ? run.begun.ms : undefined,
      ),
    );
}

function sendBatches(run: Run, sent: readonly Call[]): Promise<void>[] {
  const byModel = Map.groupBy(
    sent.filter(({ placed }) => placed.request.embedding === undefined),
    ({ placed }) => placed.model,
  );
  return [...byModel.values()].flatMap((calls) => {
    const endpoint = batchEndpoint(run, calls[0].placed);
    return endpoint === undefined ? [] : [sendBatch(run, calls, endpoint)];
  });
}

function sendBatch(run: Run, calls: readonly Call[], endpoint: Endpoint): Promise<void> {
  return makeBatch(calls, endpoint, run.pool, run.prices, {
    waitsMs: run.given.whenRefused === 'fail' ? 0 : run.pool.settings.limits.downAfterMs,
    submitted: (batch) => run.given.journal.submitted(batch),
    commit: (ends) =>
      allOf(
        [...ends].map(([i, result]) => {
          calls[i].result = result;
          return commit(run, calls[i]);
        }),
      ),
  });
}

function commit(run: Run, { placed, result }: Call): Promise<void> {
  const record: AnswerRecord = { digest: placed.digest, outcome: outcomeOf(result) };
  return run.given.journal.commit(record);
}

function outcomeOf(result: CallResult | undefined): Outcome {
  assertInvariant(result !== undefined, 'a call to a model has no outcome');
  return result.outcome;
}

/** Books a call, once all of the tick are there. */
function settle(run: Run, { placed, worst, result }: Call): void {
  if (worst === undefined || result === undefined) return;
  const { outcome, toolCallsDropped, reportedPromptTokens } = result;
  run.budget.settle(worst, spendOf(outcome.attempts, outcome.usage));
  run.tally.addCall(outcome, toolCallsDropped);
  if (reportedPromptTokens !== undefined) {
    run.calibration.note(placed.model, estimatePromptTokens(placed.request.messages), reportedPromptTokens);
  }
}

function outcomeFor(run: Run, request: ModelRequest, call: Call): Outcome {
  const outcome = outcomeOf(call.result);
  const isFirst = call.placed.request === request;
  run.tally.addRequest(outcome, { isShared: !isFirst, isRecorded: call.isRecorded });
  if (isFirst && outcome.kind === 'ANSWERED' && run.pool.settings.cacheEntries > 0) {
    run.cache.set(call.placed.digest, outcome, request.key.tick + (request.nextUseTicks ?? 1));
  }
  return isFirst ? outcome : { ...outcome, key: request.key, usage: noUsage, attempts: 0, isShared: true };
}
