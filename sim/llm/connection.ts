/**
 * One endpoint's wire: the openai package builds and addresses requests, the transport carries them, and what comes back is whole bytes.
 *
 * Of the package only the building is used: its retries, its deadline (which ends at the headers), its log and its environment variables are off, and
 * its parsing is not asked. So every byte that a server sends passes `transport.ts` and `reply.ts` first.
 * Invariant: exactly one HTTP request a call.
 */
import OpenAI from 'openai';
import { InvariantError } from '../ground/errors.ts';
import { formInstruction, repairNote } from './answer-form.ts';
import { noKey } from './transport.ts';
import type { Exchange, ExchangeSlot, Transport } from './transport.ts';
import type { EndpointSettings, Limits } from './settings.ts';
import type { EmbeddingOrder, Message, ModelRequest } from './request.ts';
import type { Secret } from './redaction.ts';

/** Sends the requests of the protocol to one endpoint. */
export interface Connection {
  complete(body: ChatBody): Promise<Exchange>;
  embed(body: EmbeddingBody): Promise<Exchange>;
  listModels(deadlineMs: number): Promise<Exchange>;
  uploadBatchInput(lines: string): Promise<Exchange>;
  createBatch(fileId: string): Promise<Exchange>;
  readBatch(batchId: string): Promise<Exchange>;
  readFile(fileId: string, bytesMax: number): Promise<Exchange>;
}

/** The body of a request for one answer. */
export type ChatBody = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

/** The body of a request for vectors. */
export type EmbeddingBody = OpenAI.EmbeddingCreateParams;

/** A request's texts with vectors of some thousand numbers each, spelled out, take more than any answer. */
const embeddingBytesMax = 64 * 1024 * 1024;

/** Opens an endpoint. Nothing is sent yet. */
export function openConnection(
  endpoint: EndpointSettings,
  key: Secret | undefined,
  transport: Transport,
  limits: Limits,
): Connection {
  const client = new OpenAI({
    apiKey: key?.reveal() ?? noKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: endpoint.url,
    maxRetries: 0,
    // Later than every deadline of ours, so that it never fires; what is left of it is cleared with each answer.
    timeout: 86_400_000,
    logLevel: 'off',
    fetch: transport.fetch,
  });
  const send = async (
    call: (options: OpenAI.RequestOptions) => { asResponse(): Promise<Response> },
    deadlineMs = limits.deadlineMs,
    bytesMax = limits.answerBytesMax,
  ): Promise<Exchange> => {
    const exchange: ExchangeSlot = { deadlineMs, bytesMax };
    await call({
      fetchOptions: { exchange } as unknown as NonNullable<OpenAI.RequestOptions['fetchOptions']>,
    }).asResponse();
    if (exchange.result === undefined) throw new InvariantError('a request to a model was never sent');
    return exchange.result;
  };
  return {
    complete: (body) => send((options) => client.chat.completions.create(body, options)),
    embed: (body) => send((options) => client.embeddings.create(body, options), undefined, embeddingBytesMax),
    listModels: (deadlineMs) => send((options) => client.models.list(options), deadlineMs),
    uploadBatchInput: (lines) => {
      const file = new File([lines], 'requests.jsonl', { type: 'application/jsonl' });
      return send((options) => client.files.create({ file, purpose: 'batch' }, options));
    },
    createBatch: (fileId) =>
      send((options) =>
        client.batches.create(
          { input_file_id: fileId, endpoint: '/v1/chat/completions', completion_window: '24h' },
          options,
        ),
      ),
    readBatch: (batchId) => send((options) => client.batches.retrieve(batchId, options)),
    readFile: (fileId, bytesMax) => send((options) => client.files.content(fileId, options), undefined, bytesMax),
  };
}

/** How one attempt of a request differs from the request itself. */
export interface AttemptShape {
  readonly isShortened: boolean;
  /** What was wrong with the answer before, when it is asked for again. */
  readonly repair?: string;
}

/** The package calls it deprecated; the servers that people run at home have no other. */
const seedField: string = 'seed';

/** The body of one attempt. What an endpoint cannot do is asked for in words, at the end, so that beginnings stay equal. */
export function chatBody(
  request: ModelRequest,
  model: string,
  endpoint: EndpointSettings,
  { isShortened, repair }: AttemptShape,
): ChatBody {
  const { form, sample = 0, maxTokens, temperature } = request;
  const messages = [...messagesOf(request, isShortened)];
  if (form !== undefined && endpoint.structuredOutput !== 'json_schema') {
    messages.push({ role: 'user', text: formInstruction(form) });
  }
  if (form !== undefined && repair !== undefined) messages.push({ role: 'user', text: repairNote(form, repair) });
  return {
    model,
    messages: messages.map(({ role, text }) => ({ role, content: text })),
    [endpoint.maxTokensField]: maxTokens,
    ...(endpoint.sendsTemperature ? { temperature } : {}),
    ...(endpoint.sendsSeed ? { [seedField]: sample } : {}),
    ...(form === undefined ? {} : responseFormat(form.name, form.jsonSchema, endpoint)),
  };
}

/** The body of a request for vectors: numbers spelled out, since not all servers pack them. */
export function embeddingBody(
  { messages }: ModelRequest,
  { model, dimensions }: EmbeddingOrder,
  { sendsDimensions }: EndpointSettings,
): EmbeddingBody {
  const asked = dimensions === undefined || !sendsDimensions ? {} : { dimensions };
  return { model, input: messages.map(({ text }) => text), encoding_format: 'float', ...asked };
}

/** The messages that an attempt sends. */
export function messagesOf(request: ModelRequest, isShortened: boolean): readonly Message[] {
  return isShortened ? (request.shorterMessages ?? request.messages) : request.messages;
}

function responseFormat(
  name: string,
  schema: Readonly<Record<string, unknown>>,
  { structuredOutput }: EndpointSettings,
): Pick<ChatBody, 'response_format'> {
  if (structuredOutput === 'instruction') return {};
  if (structuredOutput === 'json_object') return { response_format: { type: 'json_object' } };
  return { response_format: { type: 'json_schema', json_schema: { name, schema: { ...schema }, strict: true } } };
}
