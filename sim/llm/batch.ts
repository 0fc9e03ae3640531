/**
 * Batch mode: the requests of one tick for one model are one batch (`/v1/files`, `/v1/batches`), at the price of batches.
 *
 * Same verdicts, same outcomes and same bookings as calls one by one; what must be asked again (a form to repair, a lost line) goes into a next batch, at
 * most three in all. Lines are numbered by canonical place, and results are found by that number, since a provider returns them in any order.
 * An endpoint that cannot be reached is asked again until it counts as down, where the run can wait. The wait for a batch is not the deadline of a call: it has its own bound. What the provider calls a batch is on record before it is waited for, so a process that dies
 * while it waits loses nothing: the tick waits for the same batch when it is run again, and goes through the same rounds. Only a batch whose name was still on the wire
 * is lost; the caps count it. Custom ids are numbers: no agent's name leaves the machine but in prompts.
 */
import { addUsage, noUsage } from './outcome.ts';
import { answered, bookedUsage, failure, nextShape } from './call.ts';
import { chatBody } from './connection.ts';
import { judgeReply } from './reply.ts';
import { pause } from './clock.ts';
import { z } from 'zod';
import type { AttemptShape } from './connection.ts';
import type { BatchRecord, RecordedLine } from './journal.ts';
import type { CallResult, OutcomeEnd } from './call.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './transport.ts';
import type { ModelPool } from './pool.ts';
import type { OutcomeReason, Usage } from './outcome.ts';
import type { PlacedRequest } from './request.ts';
import type { PriceTable } from './prices.ts';
import type { Verdict } from './reply.ts';

/** Most bytes of a batch's results. */
const resultBytesMax = 512 * 1024 * 1024;

/** A request, and where it stands in batches of an earlier process, by round. */
export interface BatchCall {
  readonly placed: PlacedRequest;
  readonly underWay: readonly RecordedLine[];
}

/** What is kept of batches, each before anything comes of it, and how patient they are. */
export interface BatchKeeping {
  /** How long an endpoint that takes no batch now is asked again; 0 where rules go on at once. */
  readonly waitsMs: number;
  submitted(batch: BatchRecord): Promise<void>;
  /** Results by the number of their call: as soon as a round has ended them. */
  commit(ends: ReadonlyMap<number, CallResult>): Promise<void>;
}

interface Line extends BatchCall {
  shape: AttemptShape;
  attempts: number;
  usage: Usage;
  toolCallsDropped: number;
  reportedPromptTokens: number | undefined;
  servedModel: string | undefined;
  end: OutcomeEnd | undefined;
}

/** Asks all requests, which are of one model that `endpoint` serves, and hands each result to `commit` once. */
export async function makeBatch(
  all: readonly BatchCall[],
  endpoint: Endpoint,
  pool: ModelPool,
  prices: PriceTable,
  keeping: BatchKeeping,
): Promise<void> {
  const begunMs = pool.clock.nowMs();
  const { attemptsMax } = pool.settings.limits;
  const lines = all.map(({ placed, underWay }): Line => {
    const known = { reportedPromptTokens: undefined, servedModel: undefined, end: undefined };
    const nothing = { shape: { isShortened: false }, attempts: 0, usage: noUsage, toolCallsDropped: 0 };
    return { placed, underWay, ...nothing, ...known };
  });
  pool.countFirstAttempts(lines.length);
  for (let round = 1; round <= attemptsMax; round++) {
    const open = lines.filter(({ end }) => end === undefined);
    if (open.length === 0) break;
    // Those of earlier processes each where they are; what is new, or was lost before it had a name, in one batch.
    const groups = [...Map.groupBy(open, (line) => lineOf(line, round)?.id ?? '')];
    const took = groups.map(async ([id, group]) => {
      const replies = await (id === ''
        ? runBatch(group, round, endpoint, pool, keeping)
        : readBatch(
            { id, status: '' },
            group.map((line) => lineOf(line, round)?.at ?? 0),
            endpoint,
            pool,
            keeping,
          ));
      group.forEach((line, i) => takeReply(line, replies[i], round, pool, prices));
    });
    await Promise.all(took);
    const latencyMs = pool.clock.nowMs() - begunMs;
    const ends = lines.flatMap((line, i) =>
      line.end === undefined || !open.includes(line)
        ? []
        : [[i, resultOf(line, line.end, endpoint, latencyMs)] as const],
    );
    await keeping.commit(new Map(ends));
  }
}

/** Where a call stands in the batch of a round of an earlier process. */
function lineOf({ underWay }: BatchCall, round: number): RecordedLine | undefined {
  return underWay.find((line) => line.round === round);
}

function resultOf(line: Line, end: OutcomeEnd, { settings }: Endpoint, latencyMs: number): CallResult {
  return {
    toolCallsDropped: line.toolCallsDropped,
    reportedPromptTokens: line.reportedPromptTokens,
    outcome: {
      key: line.placed.request.key,
      ...end,
      usage: line.usage,
      attempts: line.attempts,
      latencyMs,
      model: line.placed.model,
      ...(line.servedModel === undefined ? {} : { servedModel: line.servedModel }),
      endpoint: settings.name,
      isShared: false,
      isCached: false,
    },
  };
}

/** A line's exchange as the batch's results tell it, or why the batch told nothing. */
type Reply = Exchange | { readonly reason: OutcomeReason; readonly detail: string; readonly isCharged: boolean };

function takeReply(line: Line, reply: Reply, round: number, pool: ModelPool, prices: PriceTable): void {
  const verdict: Verdict =
    'reason' in reply
      ? { sign: 'error', isCharged: reply.isCharged, result: { kind: 'fault', next: 'give-up', ...reply } }
      : judgeReply(reply, line.placed.request.form, pool.redact, pool.settings.limits.retryAfterMsMax);
  line.attempts++;
  line.usage = addUsage(line.usage, bookedUsage(line.placed, verdict, prices, true));
  line.toolCallsDropped += verdict.toolCallCount ?? 0;
  line.servedModel = verdict.servedModel ?? line.servedModel;
  if (line.attempts === 1) line.reportedPromptTokens = verdict.usage?.promptTokens;
  const { result } = verdict;
  if (result.kind === 'answer') {
    line.end = answered(result);
    return;
  }
  const next = nextShape(line.shape, result, line.placed);
  const isLast = round === pool.settings.limits.attemptsMax;
  // What was asked again before the process died was allowed then.
  const isAllowed = (): boolean => lineOf(line, round + 1) !== undefined || pool.allowRetry();
  if (isLast || next === undefined || !isAllowed()) line.end = failure(result.reason, result.detail);
  else line.shape = next;
}

const fileSchema = z.object({ id: z.string().min(1).max(500) });
const batchSchema = z.object({
  id: z.string().min(1).max(500),
  status: z.string(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
});
const resultSchema = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
  error: z.unknown().optional(),
});

/** One batch, from upload to results, by place. */
async function runBatch(
  open: readonly Line[],
  round: number,
  endpoint: Endpoint,
  pool: ModelPool,
  keeping: BatchKeeping,
): Promise<Reply[]> {
  const { connection, settings } = endpoint;
  const input = open.map(({ placed, shape }, i) =>
    JSON.stringify({
      custom_id: String(i),
      method: 'POST',
      url: '/v1/chat/completions',
      body: chatBody(placed.request, placed.model, settings, shape),
    }),
  );
  const none = (step: string, exchange: Exchange, isCharged: boolean): Reply[] =>
    open.map(() => noReply(step, exchange, isCharged, pool));
  const uploaded = await untilTaken(() => connection.uploadBatchInput(input.join('\n') + '\n'), pool, keeping);
  const file = readJson(uploaded, fileSchema);
  if (file === undefined) return none('the upload', uploaded, false);
  const created = await untilTaken(() => connection.createBatch(file.id), pool, keeping);
  const batch = readJson(created, batchSchema);
  // An answer that was lost may have been of a batch that runs.
  if (batch === undefined)
    return none('the batch', created, created.failure !== 'NOT_CONNECTED' && created.status < 400);
  const lines = open.map(({ placed: { request, digest } }) => ({ key: request.key, digest }));
  await keeping.submitted({ endpoint: settings.name, id: batch.id, round, lines });
  return readBatch(
    batch,
    open.map((_, i) => i),
    endpoint,
    pool,
    keeping,
  );
}

/** Takes a step of a batch again while the endpoint certainly has not taken it: it cannot be reached, or says that it is full. */
async function untilTaken(
  step: () => Promise<Exchange>,
  { clock, redact, settings }: ModelPool,
  { waitsMs }: BatchKeeping,
): Promise<Exchange> {
  const { backOffMs, breakerProbeMs, retryAfterMsMax } = settings.limits;
  const endMs = clock.nowMs() + waitsMs;
  for (let tries = 0; ; tries++) {
    const exchange = await step();
    const { result } = judgeReply(exchange, undefined, redact, retryAfterMsMax);
    const isFull = exchange.failure === undefined && [429, 503, 529].includes(exchange.status);
    if (result.kind === 'answer' || result.next !== 'retry' || (exchange.failure !== 'NOT_CONNECTED' && !isFull))
      return exchange;
    const waitMs = result.retryAfterMs ?? Math.min(breakerProbeMs, backOffMs * (1 << Math.min(tries, 10)));
    if (clock.nowMs() + waitMs > endMs) return exchange;
    await pause(clock, waitMs);
  }
}

type Batch = z.output<typeof batchSchema>;

/** Waits for a batch and reads the replies of some of its lines. A batch that was found on record is looked at at once: its status is not known. */
async function readBatch(
  begun: Batch,
  places: readonly number[],
  endpoint: Endpoint,
  pool: ModelPool,
  { waitsMs }: BatchKeeping,
): Promise<Reply[]> {
  const { connection } = endpoint;
  const none = (step: string, exchange: Exchange | undefined): Reply[] =>
    places.map(() => noReply(step, exchange, true, pool));
  let batch = begun;
  let reachedMs = pool.clock.nowMs();
  const endMs = pool.clock.nowMs() + pool.settings.limits.batchMsMax;
  while (!/^(completed|failed|expired|cancelled)$/.test(batch.status)) {
    if (pool.clock.nowMs() >= endMs) return none(`the batch is still ${batch.status.slice(0, 20)}`, undefined);
    if (batch.status !== '') await pause(pool.clock, pool.settings.limits.batchPollMs);
    const looked = await connection.readBatch(batch.id);
    if (isGone(looked)) return none('the batch', looked);
    const now = pool.clock.nowMs();
    if (looked.failure !== 'NOT_CONNECTED') reachedMs = now;
    if (waitsMs === 0 && now - reachedMs >= pool.settings.limits.downAfterMs) return none('the batch', looked);
    // Another look that fails is no news about the batch: look again until its bound.
    batch = readJson(looked, batchSchema) ?? { ...batch, status: 'unknown' };
  }
  const replies = new Map<string, Exchange>();
  for (const id of [batch.output_file_id, batch.error_file_id]) {
    if (typeof id === 'string' && id !== '') readResults(await connection.readFile(id, resultBytesMax), replies);
  }
  const missing = noReply(`the batch ended as ${batch.status.slice(0, 20)}`, undefined, true, pool);
  return places.map((place) => replies.get(String(place)) ?? missing);
}

/** Whether the endpoint says that it will never tell of this batch. */
function isGone({ failure, status }: Exchange): boolean {
  return failure === undefined && [401, 403, 404, 410].includes(status);
}

function noReply(step: string, exchange: Exchange | undefined, isCharged: boolean, pool: ModelPool): Reply {
  if (exchange === undefined) return { reason: 'BATCH_FAILED', detail: `${step} without a result`, isCharged };
  const { result } = judgeReply(exchange, undefined, pool.redact, 0);
  const said = result.kind === 'fault' ? result : { reason: 'BATCH_FAILED' as const, detail: undefined };
  const isTelling = said.reason === 'KEY_REFUSED' || said.reason === 'QUOTA_EXHAUSTED';
  const isDown = said.reason === 'NOT_CONNECTED';
  return {
    reason: isTelling ? said.reason : isDown ? 'ENDPOINT_DOWN' : 'BATCH_FAILED',
    detail: `${step}: ${said.detail ?? 'unreadable'}`,
    isCharged,
  };
}

function readJson<Shape>({ status, body, failure }: Exchange, schema: z.ZodType<Shape>): Shape | undefined {
  if (failure !== undefined || status < 200 || status > 299) return undefined;
  try {
    return schema.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Lines of a result file as exchanges, so that one judge serves both modes. A line that cannot be read answers nothing. */
function readResults({ body, failure, status }: Exchange, into: Map<string, Exchange>): void {
  if (failure !== undefined || status !== 200) return;
  for (const text of body.toString('utf8').split('\n')) {
    if (text.trim() === '') continue;
    let read: z.output<typeof resultSchema> | undefined;
    try {
      read = resultSchema.safeParse(JSON.parse(text)).data;
    } catch {
      continue;
    }
    if (read?.response === undefined || read.response === null || into.has(read.custom_id)) continue;
    const bytes = Buffer.from(JSON.stringify(read.response.body ?? null), 'utf8');
    into.set(read.custom_id, { status: read.response.status_code, headers: {}, body: bytes, latencyMs: 0 });
  }
}
