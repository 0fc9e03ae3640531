/**
 * One HTTP exchange, whole: sent, read to the end under one deadline and one cap, and handed on as bytes. Nothing is judged here.
 *
 * The deadline covers connect, headers and body: a body that drips a byte at a time ends like a server that never answers (a timer that is
 * cleared at the headers does not see that). Redirects are answers like any other and are not followed, so that a key goes to no other host. The
 * openai package builds and addresses requests; it is handed an empty answer, and what really came lies in the exchange. Of its headers
 * only those a server needs are sent: no machine, no version of a system, no custom headers out of the environment.
 * Invariant: `fetch` never throws; each exchange ends within its deadline.
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Clock } from './clock.ts';

/** How an exchange can fail before there is a whole answer. */
export type TransportFailure = 'DEADLINE' | 'NOT_CONNECTED' | 'CONNECTION_LOST' | 'BODY_TOO_LARGE';

/** What came of one request. */
export interface Exchange {
  /** 0 when no headers came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly failure?: TransportFailure;
  /** The system's code of a failure: `ECONNREFUSED`. */
  readonly failureCode?: string;
  readonly latencyMs: number;
}

/** Bounds of one exchange, and where its result goes. Handed to `fetch` by way of the package's `fetchOptions`. */
export interface ExchangeSlot {
  readonly deadlineMs: number;
  readonly bytesMax: number;
  result?: Exchange;
}

/** Sends requests over connections that it keeps. */
export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  close(): void;
}

/** What is sent of the headers that the package would send. */
const sentHeaders = ['accept', 'authorization', 'content-type'];

/** Opens a transport of at most so many sockets to each host. */
export function createTransport(clock: Clock, socketsMax: number): Transport {
  const options = { keepAlive: true, maxSockets: socketsMax, maxFreeSockets: Math.min(socketsMax, 256) };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return {
    fetch: async (input, init) => {
      const slot = (init as { exchange?: ExchangeSlot } | undefined)?.exchange;
      if (slot !== undefined && init !== undefined) {
        slot.result = await exchange(clock, agents, String(input instanceof Request ? input.url : input), init, slot);
      }
      return new Response(null, { status: 200, headers: { 'content-type': 'application/json' } });
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

async function exchange(
  clock: Clock,
  agents: Agents,
  address: string,
  init: RequestInit,
  slot: ExchangeSlot,
): Promise<Exchange> {
  const url = new URL(address);
  const body = await encodeBody(init.body);
  const given = new Headers(init.headers);
  const headers: Record<string, string> = { 'user-agent': 'mesocosm', 'accept-encoding': 'identity' };
  for (const name of sentHeaders) {
    const value = given.get(name);
    if (value !== null) headers[name] = value;
  }
  if (headers['authorization'] === `Bearer ${noKey}`) delete headers['authorization'];
  if (body !== undefined) {
    headers['content-length'] = String(body.bytes.length);
    if (body.type !== null) headers['content-type'] = body.type;
  }
  const isSecure = url.protocol === 'https:';
  const options = { method: init.method ?? 'GET', headers, agent: isSecure ? agents.https : agents.http };
  return new Promise((resolve) => {
    const request = isSecure ? httpsRequest(url, options) : httpRequest(url, options);
    readAll(clock, request, slot, resolve);
    request.end(body?.bytes);
  });
}

/** Stands for a key where none is sent: the package insists on one. */
export const noKey = 'none';

/** Text as it is; forms in the encoding that the platform gives them. */
async function encodeBody(body: RequestInit['body']): Promise<{ bytes: Buffer; type: string | null } | undefined> {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return { bytes: Buffer.from(body, 'utf8'), type: null };
  const encoded = new Response(body);
  return { bytes: Buffer.from(await encoded.arrayBuffer()), type: encoded.headers.get('content-type') };
}

function readAll(
  clock: Clock,
  request: ClientRequest,
  slot: ExchangeSlot,
  resolve: (exchange: Exchange) => void,
): void {
  const begunMs = clock.nowMs();
  const chunks: Buffer[] = [];
  let response: IncomingMessage | undefined;
  let bytes = 0;
  let isConnected = false;
  let isOver = false;
  const end = (failure?: TransportFailure, failureCode?: string): void => {
    if (isOver) return;
    isOver = true;
    cancel();
    if (failure !== undefined) request.destroy();
    resolve({
      status: response?.statusCode ?? 0,
      headers: response?.headers ?? {},
      body: decoded(Buffer.concat(chunks), response?.headers['content-encoding'], slot.bytesMax),
      ...(failure === undefined ? {} : { failure }),
      ...(failureCode === undefined ? {} : { failureCode }),
      latencyMs: clock.nowMs() - begunMs,
    });
  };
  const cancel = clock.timer(slot.deadlineMs, 'deadline', () => end('DEADLINE'));
  request.on('socket', (socket) => {
    if (request.reusedSocket || !socket.connecting) isConnected = true;
    else socket.once('connect', () => (isConnected = true));
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    const code = error.code ?? 'ERROR';
    const isRefused = !isConnected || /^(ERR_TLS|CERT_|UNABLE_|SELF_|DEPTH_|EPROTO)/.test(code);
    end(isRefused ? 'NOT_CONNECTED' : 'CONNECTION_LOST', code);
  });
  request.on('response', (message) => {
    response = message;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > slot.bytesMax) end('BODY_TOO_LARGE');
      else chunks.push(chunk);
    });
    message.on('error', (error: NodeJS.ErrnoException) => end('CONNECTION_LOST', error.code ?? 'ERROR'));
    message.on('end', () => end(message.complete ? undefined : 'CONNECTION_LOST'));
  });
}

/** Servers may compress unasked. What cannot be unpacked within the cap stays as it is, and is no JSON then. */
function decoded(body: Buffer, encoding: string | undefined, bytesMax: number): Buffer {
  const unpack = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync };
  if (encoding === undefined || !(encoding in unpack)) return body;
  try {
    return unpack[encoding as keyof typeof unpack](body, { maxOutputLength: bytesMax });
  } catch {
    return body;
  }
}
