/**
 * Models of a run: the port through which the tick asks, wired to the client, to the log of answers, or to a log alone.
 *
 * Live: each answer is in `answers.log` before it is used, and what stands there already is not bought again, so a run that crashed in the
 * middle of a tick pays at most for what was on the wire. Replay, `verify`, `diff` and `inspect` read the log and make no request.
 * A study's own model is recorded the same way, where it answers in words. Requests without a prompt are the own model's alone.
 * What a client says should end the run (a cap, an endpoint that is gone) ends it before the tick: `ModelStop`. Where the scenario says that
 * rules go on, an endpoint that is gone is an outcome like any other.
 */
import { messagesOf } from '../exchange/prompts.ts';
import { externalId } from '../world/population.ts';
import { createModelClient } from '../llm/client.ts';
import { answerForm } from '../llm/answer-form.ts';
import { noSpend } from '../llm/budget.ts';
import { promptOf } from '../llm/journal.ts';
import { embeddingPurpose } from '../llm/embedding-book.ts';
import { createModelPool } from '../llm/pool.ts';
import { checkEndpoints } from '../llm/preflight.ts';
import { createReplayClient, outcomeOfRecord } from '../llm/replay.ts';
import { compareKeys, placeRequest } from '../llm/request.ts';
import { checkModelSettings } from '../llm/settings.ts';
import { isReusable } from '../llm/stop.ts';
import { noUsage } from '../llm/outcome.ts';
import { AnswersLog, hasAnswers, readAnswers } from '../record/answers.ts';
import { z } from 'zod';
import { createEmbeddingDesk } from './embedding-desk.ts';
import { questionKeyOf } from './judging.ts';
import { ModelStop } from './model-stop.ts';
import type { Model, ModelAnswer, ModelRequest, ModelSpend } from '../exchange/ports.ts';
import type { CallFailure, Prompt } from '../exchange/prompts.ts';
import type { AnswerForm } from '../llm/answer-form.ts';
import type { LiveClient } from '../llm/client.ts';
import type { ModelPool } from '../llm/pool.ts';
import type { Reservation } from '../llm/journal.ts';
import type { Outcome } from '../llm/outcome.ts';
import type { ModelRequest as ClientRequest } from '../llm/request.ts';
import type { ModelSettings } from '../llm/settings.ts';
import type { Stop } from '../llm/stop.ts';
import type { ExternalIds } from '../world/population.ts';
import type { RecordedAnswers } from '../record/answers.ts';
import type { EmbeddingsSummary, ModelsSummary } from '../record/manifest.ts';
import type { EmbeddingDesk, Send } from './embedding-desk.ts';
import type { JudgeDesk } from './judging.ts';
import type { Plan } from './plan.ts';

/** How a run asks models, beside what decides its outcome. */
export interface ModelsOrder {
  readonly settings: ModelSettings;
  /** What happens when no endpoint answers any more: the run stops, or goes on without models. */
  readonly whenDown: 'stop' | 'rules';
  /** Endpoints that several runs of this process share, limits and retries included; the run's own where it is left out. Whoever opened it closes it. */
  readonly pool?: ModelPool;
}

/** The models of one run. */
export interface RunModels {
  readonly model: Model;
  /** What was judged in earlier ticks. */
  verdicts(beforeTick: number): JudgeDesk['verdicts'];
  /** Undefined where nothing was asked live. */
  report(): ModelsSummary | undefined;
  close(): Promise<void>;
}

/** Who a run is, as far as models are concerned. */
export interface Asking {
  readonly plan: Plan;
  readonly ids: ExternalIds;
}

/** Checks the settings that a scenario gives, where it gives any. */
export function modelsOrderOf(data: unknown): ModelsOrder | undefined {
  const given = (data as { models?: Record<string, unknown> } | undefined)?.models;
  if (given === undefined) return undefined;
  const { whenDown, ...settings } = given;
  return { settings: checkModelSettings(settings), whenDown: whenDown === 'rules' ? 'rules' : 'stop' };
}

/** Looks at the endpoints before anything is written. Throws INPUT_ENDPOINT where the run could not begin. */
export async function lookAtModels(order: ModelsOrder | undefined): Promise<void> {
  // Endpoints that are shared have been looked at by whoever shares them.
  if (order === undefined || order.whenDown === 'rules' || order.pool !== undefined) return;
  const pool = createModelPool(order.settings);
  try {
    await checkEndpoints(pool);
  } finally {
    pool.close();
  }
}

/** Opens the models of a run that asks live and records in `directory`. A study's own model goes before the scenario's. */
export function openModels(
  asking: Asking,
  directory: string,
  order: ModelsOrder | undefined,
  own?: Model,
): RunModels | undefined {
  if (own === undefined && order === undefined)
    return hasAnswers(directory) ? replayModels(asking, directory) : undefined;
  const keeps = order?.whenDown === 'rules' ? ({ kind }: Outcome) => kind !== 'BUDGET' : isReusable;
  const recorded = readAnswers(directory, keeps);
  const log = AnswersLog.open(directory, recorded.bytes);
  const common = { verdicts: (before: number) => verdictsOf(recorded, before) };
  if (own !== undefined) {
    const close = (): Promise<void> => log.close();
    return { ...common, model: recordingModel(asking, own, recorded, log), report: () => undefined, close };
  }
  const { settings, whenDown, pool: shared } = order as ModelsOrder;
  const pool = shared ?? createModelPool(settings);
  const client = createModelClient(pool, {
    ...{
      caps: settings.caps,
      seed: asking.plan.seed,
      journal: log,
      findRecorded: recorded.find,
      spentBefore: recorded.spent,
    },
    findBatchLines: recorded.findBatchLines,
    whenRefused: whenDown === 'rules' ? 'fail' : 'wait',
  });
  const send = sender(client, whenDown);
  const desk = deskFor(asking, recorded, send);
  return {
    ...common,
    model: { ...clientModel(asking, send, desk), spent: () => spentOf(client) },
    report: () => reportOf(client, pool, desk?.report()),
    async close() {
      if (shared === undefined) pool.close();
      await log.close();
    },
  };
}

/** Models that say what a log says, and nothing else: no request is made. */
export function replayModels(asking: Asking, directory: string): RunModels {
  const recorded = readAnswers(directory);
  const { plan } = asking;
  const send = (): Send => sender(createReplayClient(plan.models as ModelSettings, plan.seed, recorded.find), 'rules');
  const model =
    plan.models === undefined
      ? recordingModel(asking, undefined, recorded, undefined)
      : clientModel(asking, send(), deskFor(asking, recorded, send()));
  return {
    model,
    verdicts: (before) => verdictsOf(recorded, before),
    report: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** The models of a recorded run, if it asked any in words. */
export function recordedModels(asking: Asking, directory: string): RunModels | undefined {
  return hasAnswers(directory) ? replayModels(asking, directory) : undefined;
}

interface Client {
  answerAll(
    requests: readonly ClientRequest[],
  ): Promise<{ readonly outcomes: readonly Outcome[]; readonly stop?: Stop }>;
}

/** Sends requests and gives their outcomes; ends the run where the client says so, and the scenario does not go on without models. */
function sender(client: Client, whenDown: ModelsOrder['whenDown']): Send {
  return async (requests) => {
    const { outcomes, stop } = await client.answerAll(requests);
    if (stop !== undefined && (stop.exitCode === 7 || whenDown === 'stop')) throw new ModelStop(stop);
    return outcomes;
  };
}

/** Who embeds texts of posts; nobody where the scenario names no model for it. */
function deskFor({ plan }: Asking, { embeddings }: RecordedAnswers, send: Send): EmbeddingDesk | undefined {
  const { embedding } = plan.feed;
  if (typeof embedding !== 'object') return undefined;
  const { model, dimensions, readers } = embedding;
  const order = { model, ...(dimensions === undefined ? {} : { dimensions }) };
  return createEmbeddingDesk(order, embeddings, send, readers?.vectorLength);
}

/** The port on a client: requests in the client's order, answers in ours. */
function clientModel(asking: Asking, send: Send, desk: EmbeddingDesk | undefined): Model {
  return {
    async ask(requests) {
      const isOfVector = requests.map(({ purpose }) => desk !== undefined && purpose === embeddingPurpose);
      const vectors = (await desk?.answer(requests.filter((_, i) => isOfVector[i]))) ?? [];
      const places = requests.map((request, i) => {
        return { i, request: isOfVector[i] ? undefined : toClient(asking, request) };
      });
      const asked = places.flatMap(({ i, request }) => (request === undefined ? [] : [{ i, request }]));
      asked.sort((x, y) => compareKeys(x.request.key, y.request.key));
      const outcomes = await send(asked.map(({ request }) => request));
      const answers: ModelAnswer[] = requests.map(() => ({ status: 'failed', failure: 'ABSENT' }));
      asked.forEach(({ i }, k) => (answers[i] = fromClient(outcomes[k])));
      const next = vectors.values();
      return answers.map((answer, i) => (isOfVector[i] ? (next.next().value ?? answer) : answer));
    },
  };
}

/** Where a study's own model stands among names of models. */
const ownModelName = 'own';

/** A study's own model with its answers in words on record; without one, the record alone. */
function recordingModel(
  asking: Asking,
  own: Model | undefined,
  recorded: RecordedAnswers,
  log: AnswersLog | undefined,
): Model {
  return {
    async ask(requests) {
      const known = requests.map((request) => knownAnswer(asking, request, recorded, own === undefined));
      const open = requests.filter((_, i) => known[i] === undefined);
      await log?.reserve(open.flatMap((request) => reservationOf(asking, request)));
      const answers = own === undefined || open.length === 0 ? [] : await own.ask(open);
      const fresh = new Map(open.map((request, i) => [request, answers[i]]));
      await Promise.all([...fresh].map(([request, answer]) => keep(asking, request, answer, log)));
      return requests.map((request, i) => known[i] ?? fresh.get(request) ?? { status: 'failed', failure: 'ABSENT' });
    },
  };
}

function knownAnswer(
  asking: Asking,
  request: ModelRequest,
  recorded: RecordedAnswers,
  mustBe: boolean,
): ModelAnswer | undefined {
  const asked = toClient(asking, request);
  if (asked === undefined) return undefined;
  const found = recorded.find(asked.key);
  if (found !== undefined) {
    // A study's own model keeps to forms or not, as it likes: who asked reads what it said.
    const formless = { ...asked };
    delete formless.form;
    return fromClient(outcomeOfRecord({ ...placeRequest(asked, ownModelName), request: formless }, found));
  }
  return mustBe ? { status: 'failed', failure: 'ABSENT' } : undefined;
}

/** What is recorded before a study's own model is asked: nothing of it costs what we could count. */
function reservationOf(asking: Asking, request: ModelRequest): Reservation[] {
  const asked = toClient(asking, request);
  if (asked === undefined) return [];
  const placed = placeRequest(asked, ownModelName);
  return [{ key: asked.key, digest: placed.digest, model: ownModelName, worst: noSpend, prompt: promptOf(placed) }];
}

async function keep(
  asking: Asking,
  request: ModelRequest,
  answer: ModelAnswer | undefined,
  log: AnswersLog | undefined,
): Promise<void> {
  const asked = toClient(asking, request);
  if (asked === undefined || answer === undefined || log === undefined) return;
  const placed = placeRequest(asked, ownModelName);
  const fixed = {
    key: asked.key,
    usage: noUsage,
    attempts: 1,
    latencyMs: 0,
    model: ownModelName,
    isShared: false,
    isCached: false,
  };
  const outcome: Outcome =
    answer.status === 'answered'
      ? { ...fixed, kind: 'ANSWERED', text: answer.text ?? '' }
      : { ...fixed, kind: 'UNAVAILABLE', reason: 'SERVER_ERROR', text: '' };
  await log.commit({ digest: placed.digest, outcome });
}

/** A request as the client knows it; undefined for one in words of the study's own. */
export function toClient(
  { ids }: Asking,
  { tick, agentOrdinal, sequence, purpose, question, prompt }: ModelRequest,
): ClientRequest | undefined {
  if (prompt === undefined) return undefined;
  // How long a question has waited for the judge is no part of its name.
  const words = purpose === 'judge' ? [] : question.slice(0, question.findLastIndex((word) => word !== 0) + 1);
  return {
    key: { tick, agent: externalId(ids, agentOrdinal), purpose: [purpose, ...words].join(' '), attempt: sequence },
    messages: messagesOf(prompt),
    maxTokens: prompt.tokensMax,
    temperature: prompt.temperature ?? 1,
    sample: prompt.sample ?? 0,
    modelClass: prompt.modelClass ?? 'default',
    ...(prompt.form === undefined ? {} : { form: formOf(prompt.form) }),
    ...(prompt.stepsAhead === undefined ? {} : { stepsToExecution: prompt.stepsAhead }),
    ...(prompt.nextUseTicks === undefined ? {} : { nextUseTicks: prompt.nextUseTicks }),
  };
}

const forms = new Map<string, AnswerForm>();

/** The form with a reader made out of its schema: forms cross threads as data. */
function formOf({ name, schema }: NonNullable<Prompt['form']>): AnswerForm {
  const key = `${name} ${JSON.stringify(schema)}`;
  const made = forms.get(key) ?? answerForm(name, z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]));
  forms.set(key, made);
  return made;
}

function fromClient({ kind, text }: Outcome): ModelAnswer {
  if (kind === 'ANSWERED') return { status: 'answered', answer: [], text };
  return { status: 'failed', failure: kind satisfies CallFailure };
}

/** What judges said before a tick, by the question. */
function verdictsOf(recorded: RecordedAnswers, before: number): JudgeDesk['verdicts'] {
  const verdicts: JudgeDesk['verdicts'] = new Map();
  for (const { key, kind, text } of recorded.outcomes) {
    if (key.purpose !== 'judge' || key.tick >= before || kind !== 'ANSWERED') continue;
    const asked = recorded.prompt(key);
    if (asked === undefined) continue;
    const question = questionKeyOf(asked.messages, asked.sample);
    if (!verdicts.has(question)) verdicts.set(question, { status: 'answered', answer: [], text, tick: key.tick });
  }
  return verdicts;
}

function spentOf(client: LiveClient): ModelSpend {
  const { calls, tokens, costNanos } = client.spent();
  const { currency } = client.statistics();
  return { calls, tokens, cost: costNanos / 1e9, ...(currency === undefined ? {} : { currency }) };
}

function reportOf(client: LiveClient, pool: ModelPool, embeddings: EmbeddingsSummary | undefined): ModelsSummary {
  const { requests, attempts, promptTokens, completionTokens, cachedTokens, costNanos, currency, notes } =
    client.statistics();
  return {
    ...{ requests, attempts, promptTokens, cachedTokens, replyTokens: completionTokens, cost: costNanos / 1e9 },
    ...(currency === undefined ? {} : { currency }),
    sharedPrefixShare: pool.statistics().sharedPrefixShare,
    ...(embeddings === undefined ? {} : { embeddings }),
    notes,
  };
}
