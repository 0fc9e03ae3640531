/**
 * `stand-in`: a server that speaks the protocol of models and holds none, to try scenarios with models without a key, and to see what faults do.
 *
 * Prints its address and, at the end, what it served. Runs until it is stopped; Ctrl-C is its usual end.
 */
import { InputError } from '../../sim/ground/errors.ts';
import { note, printResult } from './output.ts';
import { faultNames } from '../../sim/llm/stand-in/faults.ts';
import { standInModel } from '../../sim/llm/stand-in/answers.ts';
import { startStandIn } from '../../sim/llm/stand-in/server.ts';
import type { Misbehaviour } from '../../sim/llm/stand-in/server.ts';

/** What the command line gives. */
export interface StandInFlags {
  readonly port: number;
  readonly model: readonly string[];
  readonly latencyMs: number;
  readonly latencySigma: number;
  readonly fault: readonly string[];
  readonly apiKeyEnv?: string;
  readonly json?: boolean;
}

/** Serves until a signal comes. Returns the exit status of that signal. */
export async function standInCommand(flags: StandInFlags): Promise<number> {
  const { apiKeyEnv } = flags;
  const apiKey = apiKeyEnv === undefined ? undefined : process.env[apiKeyEnv];
  if (apiKeyEnv !== undefined && (apiKey ?? '') === '') {
    const next = 'Set it, or leave --api-key-env out: then any key will do.';
    throw new InputError({ code: 'INPUT_REQUIRED', found: `the environment variable ${apiKeyEnv} is not set`, next });
  }
  const server = await startStandIn({
    port: flags.port,
    models: flags.model,
    latencyMs: flags.latencyMs,
    latencySigma: flags.latencySigma,
    misbehaves: flags.fault.map(misbehaviour),
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const models = [standInModel, ...flags.model];
  printResult(flags.json === true, { url: server.url, models }, () => {
    return `${server.url} answers as ${models.join(', ')}. It is no language model. Ctrl-C ends it.`;
  });
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
  const { requests, inFlightPeak, socketsPeak, promptTokens, completionTokens } = server.counts;
  note(`served ${requests} requests, at most ${inFlightPeak} at once over ${socketsPeak} connections`);
  note(`${promptTokens} tokens of prompts, ${completionTokens} of answers`);
  return signal === 'SIGINT' ? 130 : 143;
}

/** `NAME`, `NAME=ARGUMENT`, either with `@SHARE` behind it. */
function misbehaviour(text: string): Misbehaviour {
  const [, fault = '', argument, share] = /^([a-z0-9-]+)(?:=(.*?))?(?:@([0-9.]+))?$/.exec(text) ?? [];
  if (!faultNames.includes(fault)) {
    const next = `Write NAME, NAME=ARGUMENT or NAME@SHARE, with a name out of ${faultNames.join(', ')}.`;
    throw new InputError({ code: 'INPUT_UNKNOWN_NAME', found: `--fault ${text.slice(0, 60)} is none`, next });
  }
  if (share !== undefined && !(Number(share) >= 0 && Number(share) <= 1)) {
    throw new InputError({
      code: 'INPUT_SHARE_RANGE',
      found: `--fault ${text}: ${share} is no share`,
      next: 'Write @0.2 for 20 %.',
    });
  }
  return {
    fault,
    ...(argument === undefined ? {} : { argument }),
    ...(share === undefined ? {} : { share: Number(share) }),
  };
}
