/**
 * Files and batches of the stand-in: a file of requests in, a file of answers out, after a number of looks.
 *
 * Results stand in reverse order, since a provider promises none, and a client that relies on one should fail here first. Kept in memory until the server ends.
 */

/** Serves /v1/files and /v1/batches: an object to send as JSON, a text to send as it is, or nothing for other paths. */
export interface Batches {
  serve(method: string, path: string, contentType: string, body: Buffer): object | string | undefined;
}

interface Batch {
  readonly id: string;
  readonly input: string;
  looksLeft: number;
  outputId?: string;
}

/** An empty store. `complete` answers the body of one line. */
export function createBatches(looks: number, complete: (body: unknown) => unknown): Batches {
  const files = new Map<string, string>();
  const batches = new Map<string, Batch>();
  const run = (batch: Batch): void => {
    const lines = (files.get(batch.input) ?? '').split('\n').filter((line) => line.trim() !== '');
    const results = lines.map((line) => {
      const { custom_id: id, body } = JSON.parse(line) as { custom_id: string; body: unknown };
      return JSON.stringify({ id, custom_id: id, response: { status_code: 200, body: complete(body) }, error: null });
    });
    batch.outputId = `file-${files.size + 1}`;
    files.set(batch.outputId, results.reverse().join('\n') + '\n');
  };
  return {
    serve(method, path, contentType, body) {
      const [, , kind = '', id = '', part = ''] = path.split('/');
      if (method === 'POST' && kind === 'files') {
        const name = `file-${files.size + 1}`;
        files.set(name, uploadedFile(contentType, body.toString('utf8')));
        return { id: name, object: 'file', purpose: 'batch', bytes: body.length };
      }
      if (method === 'GET' && kind === 'files' && part === 'content') return files.get(id);
      if (method === 'POST' && kind === 'batches') {
        const { input_file_id: input } = JSON.parse(body.toString('utf8')) as { input_file_id: string };
        const batch = { id: `batch-${batches.size + 1}`, input, looksLeft: looks };
        batches.set(batch.id, batch);
        return shown(batch);
      }
      const batch = method === 'GET' && kind === 'batches' ? batches.get(id) : undefined;
      if (batch === undefined) return undefined;
      if (batch.looksLeft-- <= 0 && batch.outputId === undefined) run(batch);
      return shown(batch);
    },
  };
}

function shown({ id, outputId }: Batch): object {
  const isDone = outputId !== undefined;
  return { id, object: 'batch', status: isDone ? 'completed' : 'in_progress', output_file_id: outputId ?? null };
}

/** The part called `file` of a form. */
function uploadedFile(contentType: string, body: string): string {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1] ?? '';
  const part = body.split(`--${boundary}`).find((one) => /^\r\n[^]*?name="file"/.test(one)) ?? '';
  const start = part.indexOf('\r\n\r\n');
  return start < 0 ? '' : part.slice(start + 4).replace(/\r\n$/, '');
}
