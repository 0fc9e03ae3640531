/**
 * How the page asks the server: the token comes in behind the # of the address, is kept for the tab, and is sent as a header alone.
 *
 * The live connection is a stream of server-sent events that is read by fetch, because EventSource cannot send a header. It is opened
 * again when it breaks, and says from which tick on it wants to hear.
 */

const storageName = 'mesocosm-token';

/** Takes the token out of the address, so that it is in no history and no screenshot; a reload finds it in the tab's storage. */
export function takeToken(): string {
  const given = location.hash.slice(1);
  if (/^[0-9a-f]{32}$/.test(given)) {
    sessionStorage.setItem(storageName, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(storageName) ?? '';
}

/** A server that was asked and refused, or has nothing of the kind. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks for an object of the API. */
export async function ask<Answer>(token: string, path: string, signal?: AbortSignal): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`api/${path}`, signal === undefined ? { headers } : { headers, signal });
  const value: unknown = await response.json();
  if (!response.ok) throw new Refusal(response.status, (value as { error?: string }).error ?? 'refused');
  return value as Answer;
}

/** Asks the run to do something. */
export async function control(token: string, act: 'pause' | 'go' | 'step'): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'x-mesocosm': '1', 'content-type': 'application/json' };
  await fetch('api/control', { method: 'POST', headers, body: JSON.stringify({ do: act }) });
}

/** What a live connection hands on. */
export interface Listener {
  onEvent(name: string, value: unknown): void;
  onOpen(): void;
  onBreak(): void;
  /** What the page has already, as parameters. */
  known(): string;
}

const againMs = 1000;

/** Listens until the page is left. */
export async function listen(token: string, listener: Listener): Promise<never> {
  for (;;) {
    try {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`api/live?${listener.known()}`, { headers });
      if (response.ok && response.body !== null) {
        listener.onOpen();
        await readEvents(response.body, listener);
      }
    } catch {
      // A server that is gone is told below, like one that hangs up.
    }
    listener.onBreak();
    await new Promise((done) => setTimeout(done, againMs));
  }
}

async function readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>, listener: Listener): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const name = /^event: (.*)$/m.exec(part)?.[1];
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (name === undefined || data === undefined) continue;
      try {
        listener.onEvent(name, JSON.parse(data));
      } catch (error) {
        // Ours, not the connection's: it goes on.
        reportError(error);
      }
    }
  }
}
