/**
 * The ways in which the stand-in can misbehave: those of endpoints that people have met, each by name.
 *
 * A fault takes the place of an answer, or bends it. It gets the answer that would have been given, and the response to write to, and does with the socket what
 * the real fault does. `faultNames` is what the command line lists.
 */
import { gzipSync } from 'node:zlib';
import { embeddingFaults } from './embeddings.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The answer that would have been given, as the protocol has it. */
export interface StandInCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  model: string;
  choices: unknown;
  usage?: unknown;
}

/** What a fault has in its hands. */
export interface FaultScene {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly completion: StandInCompletion;
  /** The text that would have been answered. */
  readonly text: string;
  /** What the fault was called with: seconds, a status, a name. */
  readonly argument: string;
  readonly sendJson: (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void;
}

export type Fault = (scene: FaultScene) => void;

function withMessage(scene: FaultScene, message: Readonly<Record<string, unknown>>, finish = 'stop'): void {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }];
  scene.sendJson(200, { ...scene.completion, choices });
}

function withUsage(scene: FaultScene, usage: unknown): void {
  // What is undefined is left out of the JSON.
  scene.sendJson(200, { ...scene.completion, usage });
}

function errorBody(message: string, code: string | null, type = 'invalid_request_error'): unknown {
  return { error: { message, type, param: null, code } };
}

function raw({ response }: FaultScene, status: number, type: string, body: string | Buffer, length?: number): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8');
  response.writeHead(status, { 'content-type': type, 'content-length': String(length ?? bytes.length) });
  response.end(bytes);
}

function half(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

/** Most bytes and milliseconds that a stubborn fault spends before it gives up, so that a forgotten client costs nothing for long. */
const dripBytesMax = 4000;

function drip({ response, completion }: FaultScene): void {
  const bytes = JSON.stringify(completion);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(dripBytesMax) });
  let sent = 0;
  const timer = setInterval(() => {
    if (sent >= dripBytesMax || response.destroyed) clearInterval(timer);
    else response.write(bytes[sent++ % bytes.length]);
  }, 200);
  response.on('close', () => clearInterval(timer));
}

function stream(scene: FaultScene, bytes: number): void {
  const { response } = scene;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"choices":[{"message":{"role":"assistant","content":"');
  const block = 'a'.repeat(65_536);
  let left = bytes;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= block.length;
      if (!response.write(block)) {
        response.once('drain', more);
        return;
      }
    }
    response.end('"}}]}');
  };
  more();
}

function toolCalls(count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => {
    return { id: `call_${i}`, type: 'function', function: { name: 'act', arguments: '{"verb":"post"}' } };
  });
}

function echoKey({ request, sendJson, response, argument }: FaultScene): void {
  const header = request.headers.authorization ?? '';
  const key = header.replace(/^Bearer /, '');
  const encoded = Buffer.from(header, 'utf8').toString('base64');
  const text = `refused ${header} (${encodeURIComponent(key)}, ${encoded}, ${Buffer.from(key).toString('base64')}) at https://x/?key=${key}`;
  if (argument !== 'html') {
    sendJson(Number(argument) || 500, errorBody(text, key));
    return;
  }
  response.writeHead(502, { 'content-type': 'text/html', 'x-seen': 'yes' });
  response.end(`<html><body><h1>Bad gateway</h1><pre>${text}</pre></body></html>`);
}

const page = '<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** Faults by name. */
export const faults: Readonly<Record<string, Fault>> = {
  'no-headers': () => undefined,
  drip,
  reset: ({ request }) => request.socket.destroy(),
  'reset-mid-body': (scene) => {
    const bytes = Buffer.from(JSON.stringify(scene.completion));
    scene.response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(bytes.length) });
    scene.response.write(bytes.subarray(0, bytes.length >> 1), () =>
      setTimeout(() => scene.request.socket.destroy(), 5),
    );
  },
  'length-too-long': (scene) => {
    const bytes = Buffer.from(JSON.stringify(scene.completion));
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length + 50}\r\n\r\n`;
    scene.request.socket.end(Buffer.concat([Buffer.from(head), bytes]));
  },
  'length-too-short': (scene) => {
    const bytes = Buffer.from(JSON.stringify(scene.completion));
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length >> 1}\r\n\r\n`;
    scene.request.socket.end(Buffer.concat([Buffer.from(head), bytes]));
  },
  'rate-limit': ({ sendJson, argument }) => {
    sendJson(429, errorBody('slow down', 'rate_limit_exceeded'), argument === '' ? {} : { 'retry-after': argument });
  },
  quota: ({ sendJson }) => sendJson(429, errorBody('You exceeded your current quota.', 'insufficient_quota')),
  status: ({ sendJson, argument }) => sendJson(Number(argument) || 500, errorBody('it broke', null, 'server_error')),
  'html-error': (scene) => raw(scene, Number(scene.argument) || 502, 'text/html', page),
  'context-too-long': ({ sendJson }) => {
    sendJson(400, errorBody('the maximum context length is 8192 tokens', 'context_length_exceeded'));
  },
  'bad-request': ({ sendJson }) => sendJson(400, errorBody('messages[1] is malformed', 'invalid_value')),
  'key-refused': ({ sendJson }) => sendJson(401, errorBody('wrong key', 'invalid_api_key')),
  forbidden: ({ sendJson }) => sendJson(403, errorBody('not for you', null)),
  'no-model': ({ sendJson }) => sendJson(404, errorBody('the model does not exist', 'model_not_found')),
  'bad-json': (scene) => raw(scene, 200, 'application/json', half(JSON.stringify(scene.completion))),
  html: (scene) => raw(scene, 200, 'text/html', page),
  'sse-unasked': (scene) =>
    raw(scene, 200, 'text/event-stream', `data: ${JSON.stringify(scene.completion)}\n\ndata: [DONE]\n\n`),
  'gzip-garbage': ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(Buffer.from('this is no gzip'));
  },
  gzip: ({ response, completion }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify(completion)));
  },
  bom: (scene) => raw(scene, 200, 'application/json', '\ufeff' + JSON.stringify(scene.completion)),
  'bad-utf8': (scene) => {
    const bytes = Buffer.from(JSON.stringify(scene.completion));
    raw(
      scene,
      200,
      'application/json',
      Buffer.concat([bytes.subarray(0, 10), Buffer.from([0xff, 0xc3]), bytes.subarray(10)]),
    );
  },
  'no-choices': ({ sendJson, completion }) => sendJson(200, { ...completion, choices: [] }),
  'choices-missing': ({ sendJson, completion }) => sendJson(200, { ...completion, choices: undefined }),
  'null-content': (scene) => withMessage(scene, { content: null }),
  'array-content': (scene) => withMessage(scene, { content: [{ type: 'image', image: 'x' }] }),
  'text-parts': (scene) => withMessage(scene, { content: [{ type: 'text', text: scene.text }] }),
  'reasoning-only': (scene) => withMessage(scene, { content: '', reasoning_content: 'let me see …' }),
  'not-json': (scene) => withMessage(scene, { content: `Sure! Here you are: ${scene.text}` }),
  'wrong-shape': (scene) => withMessage(scene, { content: '{"colour":"blue"}' }),
  'extra-fields': (scene) => withMessage(scene, { content: withField(scene.text) }),
  'numbers-as-strings': (scene) =>
    withMessage(scene, { content: scene.text.replace(/:\s?(-?\d+(?:\.\d+)?)/g, ':"$1"') }),
  truncated: (scene) => withMessage(scene, { content: half(scene.text) }, 'length'),
  'truncated-tool-calls': (scene) => {
    const call = { id: 'call_0', type: 'function', function: { name: 'act', arguments: half(scene.text) } };
    withMessage(scene, { content: null, tool_calls: [call] }, 'tool_calls');
  },
  'truncated-as-stop': (scene) => withMessage(scene, { content: half(scene.text) }, 'stop'),
  refusal: (scene) => withMessage(scene, { content: null, refusal: 'I cannot help with that.' }),
  'content-filter': (scene) => withMessage(scene, { content: '' }, 'content_filter'),
  huge: (scene) => stream(scene, 50 * 1024 * 1024),
  'many-tool-calls': (scene) => withMessage(scene, { content: scene.text, tool_calls: toolCalls(10_000) }),
  'content-is': (scene) => withMessage(scene, { content: scene.argument }),
  late: (scene) => {
    setTimeout(() => scene.sendJson(200, scene.completion), Number(scene.argument) || 1000);
  },
  'usage-missing': (scene) => withUsage(scene, undefined),
  'usage-negative': (scene) => withUsage(scene, { prompt_tokens: -5, completion_tokens: -1, total_tokens: -6 }),
  'usage-string': (scene) => withUsage(scene, { prompt_tokens: '12', completion_tokens: '3', total_tokens: '15' }),
  'usage-zero': (scene) => withUsage(scene, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
  redirect: ({ response, argument }) => {
    response.writeHead(302, { location: argument === '' ? 'http://127.0.0.2:9/v1/chat/completions' : argument });
    response.end();
  },
  'other-model': ({ sendJson, completion, argument }) =>
    sendJson(200, { ...completion, model: argument || 'another-model' }),
  'echo-key': echoKey,
};

function withField(text: string): string {
  try {
    return JSON.stringify({ ...(JSON.parse(text) as Record<string, unknown>), unasked: 1 });
  } catch {
    return text;
  }
}

/** All names, for help texts: those of answers to prompts, and those of embeddings. */
export const faultNames: readonly string[] = [...Object.keys(faults), ...Object.keys(embeddingFaults)];
