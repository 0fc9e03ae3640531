/**
 * Whether a run should go on after a tick's answers: caps that are reached and endpoints that will not serve any more.
 *
 * The client only says it; whether the tick is abandoned, or goes on by rules, is the engine's to decide. `isReusable` says what of an abandoned tick
 * holds when it is run again: answers and faults do, not what only the cap or the broken endpoint caused.
 */
import { inputCodes } from '../ground/errors.ts';
import type { Outcome, OutcomeReason } from './outcome.ts';

/** Why a run should stop, and the exit status that says so. */
export interface Stop {
  readonly reason: OutcomeReason;
  readonly exitCode: 6 | 7;
  /** One sentence for people. */
  readonly message: string;
  /** How many requests of the tick it concerns. */
  readonly requests: number;
}

const messages: Partial<Record<OutcomeReason, string>> = {
  CAP_CALLS: 'the cap on calls is reached',
  CAP_TOKENS: 'the cap on tokens is reached',
  CAP_MONEY: 'the cap on money is reached',
  KEY_REFUSED: 'the endpoint refuses the key',
  QUOTA_EXHAUSTED: 'quota exhausted',
  MODEL_UNKNOWN: 'no endpoint knows the model',
  ENDPOINT_DOWN: 'no endpoint of the model answers',
  REDIRECTED: 'the endpoint redirects elsewhere, which is not followed',
};

/** The first reason in canonical order for which a run should not go on; broken endpoints go before caps. */
export function stopOf(outcomes: readonly Outcome[]): Stop | undefined {
  const bad = outcomes.filter(({ reason }) => reason !== undefined && messages[reason] !== undefined);
  const first = bad.find(({ kind }) => kind === 'UNAVAILABLE') ?? bad[0];
  if (first?.reason === undefined) return undefined;
  const { reason, kind, model, detail } = first;
  const named = kind === 'BUDGET' ? '' : ` (model ${model}${detail === undefined ? '' : `: ${detail}`})`;
  return {
    reason,
    exitCode: kind === 'BUDGET' ? 7 : inputCodes.INPUT_ENDPOINT.exit,
    message: `${messages[reason]}${named}`,
    requests: bad.filter((one) => one.reason === reason).length,
  };
}

/** Whether an outcome of an abandoned tick may be used when the tick is run again. */
export function isReusable({ reason }: Outcome): boolean {
  return reason === undefined || messages[reason] === undefined;
}
