/** `stand-in` as a user starts it: it serves until it is stopped, and says what it served. */
import { describe, expect, test } from 'vitest';
import { mesocosm, startCommand, temporaryFolder } from './start.ts';
import type { Started } from './start.ts';

const folder = temporaryFolder();

/** The object that it prints once it serves. */
async function urlOf({ process: child }: Started): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.trimEnd().endsWith('}')) break;
  }
  return (JSON.parse(text) as { url: string }).url;
}

async function ask(url: string): Promise<Response> {
  const messages = [{ role: 'user', content: 'Who are you?' }];
  const body = JSON.stringify({ model: 'stand-in-no-language-model', messages });
  return fetch(`${url}/chat/completions`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
}

describe('stand-in', () => {
  test('serves on a loopback address, says that it is no language model, and ends with 143 and its counts', async () => {
    const started = startCommand(['stand-in', '--port', '0', '--json'], folder);
    const url = await urlOf(started);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(await (await ask(url)).text()).toContain('no language model');
    started.process.kill('SIGTERM');
    // The pipe is read by the loop above, which ends it; what is left of the output does not matter.
    const { status, stderr } = await started.finished;
    expect(status).toBe(143);
    expect(stderr).toContain('served 1 requests');
  });

  test('misbehaves as told', async () => {
    const started = startCommand(['stand-in', '--port', '0', '--json', '--fault', 'status=503'], folder);
    expect((await ask(await urlOf(started))).status).toBe(503);
    started.process.kill('SIGINT');
    expect((await started.finished).status).toBe(130);
  });

  test.each([
    ['--fault', 'explode', 'INPUT_UNKNOWN_NAME'],
    ['--fault', 'reset@7', 'INPUT_SHARE_RANGE'],
    ['--api-key-env', 'NO_SUCH_VARIABLE', 'INPUT_REQUIRED'],
    ['--latency-sigma', 'much', 'INPUT_USAGE'],
  ])('%s %s is refused with %s', async (flag, value, code) => {
    const { status, stderr } = await mesocosm(['stand-in', '--port', '0', flag, value], folder);
    expect(status).toBe(2);
    expect(stderr).toContain(code);
  });
});
