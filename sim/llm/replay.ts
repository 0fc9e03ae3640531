/**
 * Replay: answers come from records alone, no request is made, and the first thing that differs from the recorded run stops it.
 *
 * A record is found by its place and must belong to the very request: if the prompt differs, the run that replays is another, and the message names the
 * first character at which it became one. The answer's value is read from its text again, by the form of the request.
 */
import { echo, InputError, InvariantError } from '../ground/errors.ts';
import { belongsTo } from './journal.ts';
import { describeKey, digestOf } from './request.ts';
import { joinRequests } from './tick-requests.ts';
import { noUsage } from './outcome.ts';
import { parseAnswer } from './answer-form.ts';
import { stopOf } from './stop.ts';
import type { FindRecorded, Recorded } from './journal.ts';
import type { ModelRequest, PlacedRequest } from './request.ts';
import type { ModelSettings } from './settings.ts';
import type { Outcome } from './outcome.ts';

/** A client that answers from records. `requestCount` stays 0: there is no wire to count on. */
export interface ReplayClient {
  answerAll(requests: readonly ModelRequest[]): Promise<{ readonly outcomes: readonly Outcome[] }>;
}

/** Makes a replay. Seed and classes of models must be those of the recorded run: they decide which model an agent has. */
export function createReplayClient(settings: ModelSettings, seed: number, findRecorded: FindRecorded): ReplayClient {
  return {
    answerAll: async (requests) => {
      const { distinct, callOf } = joinRequests(settings, seed, requests);
      const answers = distinct.map((placed) => {
        const recorded = findRecorded(placed.request.key);
        if (recorded === undefined) throw missing(placed);
        return outcomeOfRecord(placed, recorded);
      });
      const outcomes = requests.map((request, i) => {
        const outcome = answers[callOf[i]];
        if (distinct[callOf[i]].request === request) return outcome;
        return { ...outcome, key: request.key, usage: noUsage, attempts: 0, isShared: true };
      });
      const stop = stopOf(outcomes);
      return Promise.resolve({ outcomes, ...(stop === undefined ? {} : { stop }) });
    },
  };
}

function missing({ request: { key } }: PlacedRequest): InputError {
  return new InputError({
    code: 'INPUT_REPLAY_MISS',
    found: `no answer is recorded for ${describeKey(key)}`,
    next: 'Replay with the scenario, seed and version of the recorded run, or ask the model instead.',
  });
}

/** The recorded outcome of a request. Throws an `InputError` when it was recorded for another prompt. */
export function outcomeOfRecord(placed: PlacedRequest, { record, canonical }: Recorded): Outcome {
  const { key, form } = placed.request;
  if (!belongsTo(record, placed.canonical)) throw diverged(placed, record.digest, canonical);
  // A log keeps the text; the value is read from it.
  const outcome: Outcome = { ...record.outcome, key };
  if (outcome.kind !== 'ANSWERED' || form === undefined) return outcome;
  const parsed = parseAnswer(form, outcome.text);
  if (!parsed.isValid) throw new InvariantError(`the answer recorded for ${describeKey(key)} no longer fits its form`);
  return { ...outcome, value: parsed.value };
}

function diverged({ request: { key }, canonical }: PlacedRequest, digest: string, recorded?: string): InputError {
  const digests = `prompt digest ${digestOf(canonical).slice(0, 12)}, recorded ${digest.slice(0, 12)}`;
  return new InputError({
    code: 'INPUT_REPLAY_DIVERGED',
    found: `${describeKey(key)}: ${digests}${recorded === undefined ? '' : difference(canonical, recorded)}`,
    next: 'Replay with the scenario, seed, data and version of the recorded run.',
  });
}

/** Where two canonical texts part: character (from 0), and what stands there. */
function difference(now: string, recorded: string): string {
  let at = 0;
  while (at < now.length && at < recorded.length && now[at] === recorded[at]) at++;
  const around = (text: string): string => echo(text.slice(at, at + 24));
  return `, first difference at character ${at}: ${around(now)}, recorded ${around(recorded)}`;
}
