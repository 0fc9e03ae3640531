/**
 * A stand-in for a model server: the protocol of OpenAI over real HTTP, answered without any model. For tests, and for trying things without a key.
 *
 * Serves chat completions (streamed too), the list of models, embeddings, files and batches. Answers are a pure function of the prompt (`answers.ts`); its name
 * and its texts say that no language model speaks. It counts what it serves, tokens and answers included, so that what a client
 * claims to have spent can be compared with what it was served. It can be told to misbehave (`faults.ts`), always, for a share of the requests, or for the first few.
 * It listens on a loopback address. Nothing of the simulation imports it: the command line and tests start it, like any other server.
 */
import { createServer } from 'node:http';
import { exp } from '../../ground/detmath.ts';
import { InputError } from '../../ground/errors.ts';
import { drawsOf, plainAnswer, standInModel, standInTokens, valueOf } from './answers.ts';
import { createBatches } from './batches.ts';
import { answerEmbeddings, embeddingFaults } from './embeddings.ts';
import { faultNames, faults } from './faults.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Draw } from './answers.ts';
import type { EmbeddingRequest } from './embeddings.ts';
import type { StandInCompletion } from './faults.ts';

/** A request for an answer, as far as the stand-in reads it. */
export interface StandInPrompt {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly seed?: number;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema?: unknown } };
}

/** How to misbehave: by name, with an argument, for which requests. */
export interface Misbehaviour {
  readonly fault: string;
  readonly argument?: string;
  /** For this share of prompts, by hash; 1 by default. */
  readonly share?: number;
  /** Only for the first so many requests that it would strike. */
  readonly times?: number;
}

export interface StandInOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Names of models that it serves beside its own. */
  readonly models?: readonly string[];
  /** Refuses requests without this key. */
  readonly apiKey?: string;
  /** Middle of the time to an answer, and the spread of its logarithm: drawn for each request from its prompt. */
  readonly latencyMs?: number;
  readonly latencySigma?: number;
  /** How many requests it works at together; further ones queue, and take longer the more there are. No bound by default. */
  readonly slots?: number;
  readonly misbehaves?: readonly Misbehaviour[];
  /** Headers of each answer: rate limits, say. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Another way to answer: a scripted model that obeys whatever it reads, say. */
  readonly answer?: (prompt: StandInPrompt) => string;
  /** How often a batch is looked at before it is done. */
  readonly batchLooks?: number;
}

/** What it served so far. */
export interface StandInCounts {
  requests: number;
  answers: number;
  /** Batches that it took. */
  batches: number;
  /** Requests for embeddings, which are among the requests, and texts in them. */
  embeddings: number;
  embeddedTexts: number;
  promptTokens: number;
  completionTokens: number;
  inFlight: number;
  inFlightPeak: number;
  sockets: number;
  socketsPeak: number;
}

/** A server that runs. */
export interface StandIn {
  /** Ends in /v1. */
  readonly url: string;
  readonly port: number;
  readonly counts: StandInCounts;
  /** Prompts in order of arrival, while `keepsPrompts` is on. */
  readonly prompts: StandInPrompt[];
  keepsPrompts: boolean;
  misbehave(misbehaves: readonly Misbehaviour[]): void;
  close(): Promise<void>;
}

interface Running {
  readonly options: StandInOptions;
  readonly counts: StandInCounts;
  readonly prompts: StandInPrompt[];
  readonly batches: ReturnType<typeof createBatches>;
  readonly queue: { working: number; readonly waiting: (() => void)[] };
  keepsPrompts: boolean;
  misbehaves: { readonly how: Misbehaviour; struck: number }[];
}

/** Starts a server. Throws an `InputError` for a fault that it does not know. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const counts = {
    ...{ requests: 0, answers: 0, batches: 0, promptTokens: 0, completionTokens: 0, embeddings: 0, embeddedTexts: 0 },
    ...noTraffic,
  };
  const running: Running = {
    options,
    counts,
    prompts: [],
    queue: { working: 0, waiting: [] },
    keepsPrompts: false,
    misbehaves: checked(options.misbehaves ?? []),
    batches: createBatches(options.batchLooks ?? 1, (prompt) => completionOf(running, prompt as StandInPrompt)),
  };
  const server = createServer((request, response) => {
    serve(running, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    counts.socketsPeak = Math.max(counts.socketsPeak, ++counts.sockets);
    socket.on('close', () => counts.sockets--);
    socket.on('error', () => socket.destroy());
  });
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const host = options.host ?? '127.0.0.1';
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`,
    port,
    counts,
    prompts: running.prompts,
    get keepsPrompts() {
      return running.keepsPrompts;
    },
    set keepsPrompts(keeps) {
      running.keepsPrompts = keeps;
    },
    misbehave(misbehaves) {
      running.misbehaves = checked(misbehaves);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const noTraffic = { inFlight: 0, inFlightPeak: 0, sockets: 0, socketsPeak: 0 };

function checked(misbehaves: readonly Misbehaviour[]): Running['misbehaves'] {
  const unknown = misbehaves.find(({ fault }) => !faultNames.includes(fault));
  if (unknown === undefined) return misbehaves.map((how) => ({ how, struck: 0 }));
  const next = `Choose one of ${faultNames.join(', ')}.`;
  throw new InputError({ code: 'INPUT_UNKNOWN_NAME', found: `there is no fault ${unknown.fault}`, next });
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const next = 'Choose another port, or 0 for a free one.';
      reject(new InputError({ code: 'INPUT_USAGE', found: `port ${port}: ${error.code ?? error.message}`, next }));
    });
    server.listen({ port, host, backlog: 4096 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function serve(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sendJson = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
    if (response.destroyed || response.headersSent) return;
    const bytes = Buffer.from(JSON.stringify(body), 'utf8');
    const own = {
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      'x-stand-in': standInModel,
    };
    response.writeHead(status, { ...own, ...running.options.headers?.(), ...headers });
    response.end(bytes);
  };
  const body = await read(request);
  const path = (request.url ?? '').replace(/\?.*$/, '');
  const { apiKey } = running.options;
  if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
    sendJson(401, { error: { message: 'wrong key', type: 'invalid_request_error', code: 'invalid_api_key' } });
  } else if (request.method === 'POST' && path === '/v1/chat/completions') {
    await answerChat(running, request, response, body, sendJson);
  } else if (request.method === 'GET' && path === '/v1/models') {
    sendJson(200, {
      object: 'list',
      data: served(running).map((id) => ({ id, object: 'model', owned_by: 'stand-in' })),
    });
  } else if (request.method === 'POST' && path === '/v1/embeddings') {
    serveEmbeddings(running, request, response, JSON.parse(body.toString('utf8')) as EmbeddingRequest, sendJson);
  } else {
    const found = running.batches.serve(request.method ?? '', path, request.headers['content-type'] ?? '', body);
    if (request.method === 'POST' && path === '/v1/batches' && found !== undefined) running.counts.batches++;
    if (found === undefined) sendJson(404, { error: { message: `no such path: ${path.slice(0, 80)}` } });
    else if (typeof found === 'string') response.end(found);
    else sendJson(200, found);
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function served({ options }: Running): string[] {
  return [standInModel, ...(options.models ?? [])];
}

type SendJson = (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void;

async function answerChat(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  sendJson: SendJson,
): Promise<void> {
  const { counts } = running;
  counts.requests++;
  counts.inFlightPeak = Math.max(counts.inFlightPeak, ++counts.inFlight);
  response.on('close', () => counts.inFlight--);
  const prompt = JSON.parse(body.toString('utf8')) as StandInPrompt;
  if (running.keepsPrompts) running.prompts.push(prompt);
  if (!served(running).includes(prompt.model)) {
    sendJson(404, { error: { message: `the stand-in serves ${served(running).join(', ')}`, code: 'model_not_found' } });
    return;
  }
  const draw = drawsOf(`latency ${promptText(prompt)} ${counts.requests}`);
  await work(running, draw);
  const { text, completion } = answerTo(running, prompt);
  const strike = running.misbehaves.find(
    (one) => Object.hasOwn(faults, one.how.fault) && strikes(one, promptText(prompt), counts.requests),
  );
  if (strike !== undefined) {
    strike.struck++;
    const argument = strike.how.argument ?? '';
    faults[strike.how.fault]({ request, response, completion, text, argument, sendJson });
    return;
  }
  if (prompt.stream === true) streamAnswer(response, completion, text);
  else sendJson(200, completion);
}

function serveEmbeddings(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
  asked: EmbeddingRequest,
  sendJson: SendJson,
): void {
  const { counts } = running;
  counts.requests++;
  counts.embeddings++;
  if (!served(running).includes(asked.model)) {
    sendJson(404, { error: { message: `the stand-in serves ${served(running).join(', ')}`, code: 'model_not_found' } });
    return;
  }
  const answer = answerEmbeddings(asked);
  counts.embeddedTexts += answer.data.length;
  counts.promptTokens += answer.usage.prompt_tokens;
  const strike = running.misbehaves.find((one) => strikes(one, JSON.stringify(asked.input), counts.requests));
  if (strike === undefined) {
    sendJson(200, answer);
    return;
  }
  strike.struck++;
  const { fault, argument = '' } = strike.how;
  if (Object.hasOwn(embeddingFaults, fault)) sendJson(200, embeddingFaults[fault](answer));
  else {
    const completion = {
      id: 'stand-in',
      object: 'chat.completion' as const,
      created: 0,
      model: asked.model,
      choices: [],
    };
    faults[fault]({ request, response, completion, text: '', argument, sendJson });
  }
}

function promptText({ model, messages, seed }: StandInPrompt): string {
  return JSON.stringify([model, seed ?? 0, messages]);
}

function strikes({ how, struck }: { how: Misbehaviour; struck: number }, asked: string, number: number): boolean {
  if (struck >= (how.times ?? Infinity)) return false;
  return how.share === undefined || drawsOf(`${how.fault} ${number} ${asked}`)() < how.share;
}

/** Waits for a place, and works there. */
async function work({ options, queue }: Running, draw: Draw): Promise<void> {
  if (queue.working < (options.slots ?? Infinity)) queue.working++;
  else await new Promise<void>((resolve) => queue.waiting.push(resolve));
  await delay(options, draw);
  const next = queue.waiting.shift();
  if (next === undefined) queue.working--;
  else next();
}

/** Log-normal: the middle times e to a normal draw, which is a sum of twelve. */
function delay({ latencyMs = 0, latencySigma = 0 }: StandInOptions, draw: Draw): Promise<void> {
  if (latencyMs === 0) return Promise.resolve();
  let normal = -6;
  for (let i = 0; i < 12; i++) normal += draw();
  return new Promise((resolve) => setTimeout(resolve, latencyMs * exp(latencySigma * normal)));
}

function answerTo(running: Running, prompt: StandInPrompt): { text: string; completion: StandInCompletion } {
  const draw = drawsOf(promptText(prompt));
  const { response_format: format, messages } = prompt;
  const schema = format?.type === 'json_schema' ? format.json_schema?.schema : undefined;
  const made = schema === undefined ? plainAnswer(draw) : JSON.stringify(valueOf(draw, schema));
  const text = running.options.answer?.(prompt) ?? made;
  const promptTokens = messages.reduce((sum, { content }) => sum + standInTokens(content) + 4, 3);
  const completionTokens = Math.min(Math.max(1, standInTokens(text)), prompt.max_tokens ?? Infinity);
  running.counts.answers++;
  running.counts.promptTokens += promptTokens;
  running.counts.completionTokens += completionTokens;
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  const completion = {
    id: 'stand-in',
    object: 'chat.completion' as const,
    created: 0,
    model: prompt.model,
    choices,
    usage,
  };
  return { text, completion: { ...completion, ...{ system_fingerprint: standInModel } } };
}

function completionOf(running: Running, prompt: StandInPrompt): unknown {
  return answerTo(running, prompt).completion;
}

/** Server-sent events: a role, the text in pieces, the end, the usage. */
function streamAnswer(response: ServerResponse, completion: StandInCompletion, text: string): void {
  const { usage, ...rest } = completion;
  const event = (delta: unknown, finish: string | null, extra: object = {}): void => {
    const chunk = {
      ...rest,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...extra,
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-stand-in': standInModel });
  event({ role: 'assistant', content: '' }, null);
  for (const piece of text.match(/[^]{1,16}/g) ?? []) event({ content: piece }, null);
  event({}, 'stop', { usage });
  response.end('data: [DONE]\n\n');
}
