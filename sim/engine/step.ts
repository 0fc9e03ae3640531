/**
 * Steps of a shard with the guard around them, and what to say when one throws: shard, tick and agent.
 */
import { InputError, InvariantError } from '../ground/errors.ts';
import { guarded } from './guard.ts';
import { tick } from './tick.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { Pause } from './tick.ts';
import type { Shard } from './shard.ts';

/** A tick that is under way. */
export interface RunningTick {
  /** Goes on to the next pause; undefined at the end of the tick. */
  next(): Pause | undefined;
}

/** Begins a tick; each `next` runs under the guard. */
export function beginTick(shard: Shard, number: number): RunningTick {
  const steps = tick(shard, number);
  return {
    next() {
      const { done, value } = guarded(() => steps.next());
      return done === true ? undefined : value;
    },
  };
}

/** The row of the agent whose turn it was when a shard threw, or -1. */
export function agentAtFault(shard: Shard): number {
  return shard.acting.own ? shard.own.turn.actor : shard.turn.actor;
}

/** What is told of an error in a shard. Input errors stay what they are. */
export function faultOf(error: unknown, shard: Shard, number: number): FaultReport {
  if (error instanceof InputError) return { kind: 'input', problems: error.problems };
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  const row = agentAtFault(shard);
  const ordinal = row >= 0 && row < shard.state.sizes.agentCount ? shard.state.agents.ordinal[row as AgentRow] : -1;
  return { kind: 'invariant', message, stack: stack ?? '', shard: shard.owner.shard, tick: number, ordinal };
}

/** An error as it crosses threads. */
export type FaultReport =
  | { readonly kind: 'input'; readonly problems: InputError['problems'] }
  | {
      readonly kind: 'invariant';
      readonly message: string;
      readonly stack: string;
      readonly shard: number;
      readonly tick: number;
      readonly ordinal: number;
    };

/** The error that ends the run. `nameOf` gives an agent's external id by its ordinal. */
export function errorOfFault(fault: FaultReport, seed: number, nameOf: (ordinal: number) => string): Error {
  if (fault.kind === 'input') return new InputError(fault.problems);
  const place = { seed, tick: fault.tick, shard: fault.shard };
  const agent = fault.ordinal >= 0 ? { agent: nameOf(fault.ordinal) } : {};
  const error = new InvariantError(fault.message, { ...place, ...agent });
  error.stack = `${error.message}\n${fault.stack}`;
  return error;
}
