/**
 * What runs share: endpoints, their limits, one queue a model, the retry allowance. Any number of clients, each of one run, may queue into one pool.
 *
 * A request waits until an endpoint that serves its model may be asked; of several the least loaded is. Which endpoint served is recorded but
 * not hashed, so it may depend on load. Nothing waits for other runs: a slow answer holds up its own run alone.
 * Invariant: retries <= allowed ones + their share of first attempts, over all runs together.
 */
import { InputError } from '../ground/errors.ts';
import { createEndpoint } from './endpoint.ts';
import { createPromptQueue } from './prompt-order.ts';
import { createRedaction, Secret } from './redaction.ts';
import { createTransport } from './transport.ts';
import { openConnection } from './connection.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Endpoint, Left } from './endpoint.ts';
import type { Exchange } from './transport.ts';
import type { Message } from './request.ts';
import type { ModelSettings } from './settings.ts';
import type { PoolStatistics } from './statistics.ts';
import type { PromptQueue, QueuedPrompt } from './prompt-order.ts';
import type { Redact } from './redaction.ts';
import type { Verdict } from './reply.ts';

/** What a pool is given from outside. */
export interface PoolPorts {
  readonly clock?: Clock;
  /** Where keys are read: the process's environment by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A turn on an endpoint. */
export interface Slot {
  readonly kind: 'slot';
  readonly endpoint: Endpoint;
  /** Must be called once, with what came back and what it meant. */
  returned(exchange: Exchange, verdict: Verdict): void;
  /** Must be called once, after that: the place goes to the next. */
  release(): void;
}

/** No endpoint will serve the request. */
export interface NoSlot {
  readonly kind: 'none';
  readonly left: Left;
}

/** A request for a turn. */
export interface Turn {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stepsToExecution: number;
  /** Estimated tokens of prompt and answer. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly isFirstAttempt: boolean;
  /** Does not wait where every endpoint of the model has refused a connection since then; without it, waits for what the breaker's probes find. */
  readonly failsFromMs?: number | undefined;
}

/** What several runs share. */
export interface ModelPool {
  readonly settings: ModelSettings;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly endpoints: readonly Endpoint[];
  /** Resolves when an endpoint may be asked, or when none ever will. */
  acquire(turn: Turn): Promise<Slot | NoSlot>;
  /** Whether every endpoint of a model has refused a connection since then, so that asking again brings nothing before the next tick. */
  isRefused(model: string, failsFromMs: number | undefined): boolean;
  /** Counts first attempts that need no turn: those of a batch. */
  countFirstAttempts(count: number): void;
  /** Takes one further attempt out of the allowance, or says that there is none left. */
  allowRetry(): boolean;
  statistics(): PoolStatistics;
  /** Closes idle connections. Requests on the wire are not waited for. */
  close(): void;
}

interface Waiting extends QueuedPrompt {
  readonly turn: Turn;
  readonly resolve: (slot: Slot | NoSlot) => void;
}

/** Opens a pool. Throws an `InputError` when the variable of a key is empty. Nothing is sent yet. */
export function createModelPool(settings: ModelSettings, ports: PoolPorts = {}): ModelPool {
  const clock = ports.clock ?? systemClock;
  const keys = readKeys(settings, ports.environment ?? process.env);
  const sockets = settings.endpoints.reduce((sum, { concurrencyMax }) => sum + concurrencyMax, 8);
  const transport = createTransport(clock, sockets);
  const endpoints = settings.endpoints.map((one) =>
    createEndpoint(one, openConnection(one, keys.get(one.name), transport, settings.limits), clock, settings.limits),
  );
  const counts = {
    ...{ inFlight: 0, inFlightPeak: 0, queuedPeak: 0 },
    ...{ firsts: 0, retries: 0, sent: 0, shared: 0 },
  };
  const queue = createTurnQueue(endpoints, clock, counts);
  return {
    settings,
    clock,
    redact: createRedaction([...keys.values()]),
    endpoints,
    acquire: (turn) => queue.acquire(turn),
    isRefused: (model, failsFromMs) =>
      failsFromMs !== undefined && choose(endpoints, { model, tokens: 0, failsFromMs }).kind === 'never',
    countFirstAttempts(count) {
      counts.firsts += count;
    },
    allowRetry() {
      const { retryShareMax, retriesAlwaysAllowed } = settings.limits;
      if (counts.retries + 1 > retriesAlwaysAllowed + retryShareMax * counts.firsts) return false;
      counts.retries++;
      return true;
    },
    statistics: () => ({
      inFlight: counts.inFlight,
      inFlightPeak: counts.inFlightPeak,
      queued: queue.length(),
      queuedPeak: counts.queuedPeak,
      firstAttempts: counts.firsts,
      retries: counts.retries,
      promptTokensSent: counts.sent,
      sharedPrefixTokens: counts.shared,
      sharedPrefixShare: counts.sent === 0 ? 0 : Math.min(1, counts.shared / counts.sent),
      endpoints: endpoints.map((endpoint) => endpoint.statistics()),
    }),
    close: () => transport.close(),
  };
}

function readKeys(
  { endpoints }: ModelSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Map<string, Secret> {
  const keys = new Map<string, Secret>();
  const empty = endpoints.filter(({ name, apiKeyEnv }) => {
    const key = apiKeyEnv === undefined ? '' : (environment[apiKeyEnv] ?? '').trim();
    if (key !== '') keys.set(name, new Secret(key));
    return apiKeyEnv !== undefined && key === '';
  });
  if (empty.length === 0) return keys;
  throw new InputError(
    empty.map(({ name, apiKeyEnv }) => ({
      code: 'INPUT_REQUIRED',
      found: `the environment variable ${apiKeyEnv} of the endpoint ${name} is not set`,
      next: 'Set it to the key, or take apiKeyEnv out if the endpoint needs none.',
    })),
  );
}

interface PoolCounts {
  inFlight: number;
  inFlightPeak: number;
  queuedPeak: number;
  firsts: number;
  sent: number;
  shared: number;
}

interface TurnQueue {
  acquire(turn: Turn): Promise<Slot | NoSlot>;
  length(): number;
}

function createTurnQueue(endpoints: readonly Endpoint[], clock: Clock, counts: PoolCounts): TurnQueue {
  const queues = new Map<string, PromptQueue<Waiting>>();
  let arrivals = 0;
  let isScheduled = false;
  let cancelTimer: (() => void) | undefined;

  const start = ({ turn, resolve }: Waiting, endpoint: Endpoint): void => {
    const sent = endpoint.sent(turn.model, turn.messages, turn.tokens);
    counts.shared += sent.sharedTokens;
    counts.sent += turn.promptTokens;
    if (turn.isFirstAttempt) counts.firsts++;
    counts.inFlightPeak = Math.max(counts.inFlightPeak, ++counts.inFlight);
    const returned = (exchange: Exchange, verdict: Verdict): void => {
      endpoint.returned(turn.model, sent, exchange, verdict);
      // What it meant may free others: a probe that came through, an endpoint that is left.
      schedule();
    };
    const release = (): void => {
      counts.inFlight--;
      endpoint.freed();
      schedule();
    };
    resolve({ kind: 'slot', endpoint, returned, release });
  };

  /** Starts what may start. Returns in how many milliseconds to look again. */
  const pump = (): number => {
    let againMs = Infinity;
    for (const queue of queues.values()) {
      for (let first = queue.peek(); first !== undefined; first = queue.peek()) {
        const place = choose(endpoints, first.turn);
        if (place.kind === 'wait') {
          againMs = Math.min(againMs, place.ms);
          break;
        }
        queue.pop();
        if (place.kind === 'go') start(first, place.endpoint);
        else first.resolve({ kind: 'none', left: place.left });
      }
    }
    return againMs;
  };

  // One look for all that arrives together, so that a tick's requests leave in the order of their prompts and not of their arrival.
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => {
      isScheduled = false;
      cancelTimer?.();
      const ms = pump();
      cancelTimer = ms === Infinity ? undefined : clock.timer(Math.max(1, ms), 'pause', schedule);
    });
  };

  const length = (): number => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  return {
    length,
    acquire: (turn) =>
      new Promise((resolve) => {
        const queue = queueOf(queues, turn);
        const { messages, stepsToExecution } = turn;
        queue.push({ turn, resolve, messages, stepsToExecution, arrival: arrivals++ });
        counts.queuedPeak = Math.max(counts.queuedPeak, queue.length);
        schedule();
      }),
  };
}

/** One queue a model. Those that do not wait for probes have one of their own, so that they stand behind nobody who does. */
function queueOf(
  queues: Map<string, PromptQueue<Waiting>>,
  { model, failsFromMs }: Pick<Turn, 'model' | 'failsFromMs'>,
): PromptQueue<Waiting> {
  const name = `${failsFromMs === undefined ? 'waits' : 'fails'} ${model}`;
  const queue = queues.get(name) ?? createPromptQueue<Waiting>();
  queues.set(name, queue);
  return queue;
}

type Choice =
  | { readonly kind: 'go'; readonly endpoint: Endpoint }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'never'; readonly left: Left };

/** The least loaded endpoint that may be asked now; else how long to wait; else why nobody should. */
function choose(
  endpoints: readonly Endpoint[],
  { model, tokens, failsFromMs }: Pick<Turn, 'model' | 'tokens' | 'failsFromMs'>,
): Choice {
  const states = endpoints
    .filter(({ settings }) => settings.models.includes(model))
    .map((endpoint) => ({ endpoint, state: endpoint.readiness(model, tokens, failsFromMs) }));
  const ready = states
    .filter(({ state }) => state.kind === 'now')
    .sort((a, b) => a.endpoint.load() - b.endpoint.load());
  if (ready.length > 0) return { kind: 'go', endpoint: ready[0].endpoint };
  const waits = states.flatMap(({ state }) =>
    state.kind === 'in' ? [state.ms] : state.kind === 'busy' ? [Infinity] : [],
  );
  if (waits.length > 0) return { kind: 'wait', ms: Math.min(...waits) };
  const down = states.find(({ state }) => state.kind === 'down');
  if (down !== undefined) {
    return { kind: 'never', left: { reason: 'ENDPOINT_DOWN', detail: `${down.endpoint.settings.name} is down` } };
  }
  const left = states.flatMap(({ state }) => (state.kind === 'never' ? [state.left] : []))[0];
  return { kind: 'never', left: left ?? { reason: 'MODEL_UNKNOWN', detail: `no endpoint serves ${model}` } };
}
