/**
 * During a tick nothing may ask for time or chance but through `draw`: the functions that would are replaced by ones that throw.
 *
 * They are put back when the tick pauses, so that progress and timers of the same thread go on working.
 */
import { InvariantError } from '../ground/errors.ts';

const realm = globalThis as unknown as Record<string, unknown>;
const realMath = Math as unknown as Record<string, unknown>;

const forbidden: readonly (readonly [Record<string, unknown>, string, string])[] = [
  [realMath, 'random', 'Math.random'],
  [realm, 'Date', 'Date'],
  [realm, 'setTimeout', 'setTimeout'],
  [realm, 'setInterval', 'setInterval'],
  [realm, 'WeakRef', 'WeakRef'],
  [performance as unknown as Record<string, unknown>, 'now', 'performance.now'],
];

const real = forbidden.map(([owner, name]) => owner[name]);

/** What was refused in this step: own code that catches the error does not get away with it. */
let refused: InvariantError | undefined;

function refusing(label: string): () => never {
  function refuse(): never {
    release();
    refused = new InvariantError(`${label} was called during a tick: use draw, keyed by seed, agent, tick and purpose`);
    throw refused;
  }
  // `Date.now` is what most would call.
  return Object.assign(refuse, { now: refuse });
}

const refusals = forbidden.map(([, , label]) => refusing(label));

function release(): void {
  forbidden.forEach(([owner, name], i) => (owner[name] = real[i]));
}

function throwRefused(): void {
  if (refused !== undefined) throw refused;
}

/** Runs a step of a tick with time and chance taken away. */
export function guarded<T>(step: () => T): T {
  forbidden.forEach(([owner, name], i) => (owner[name] = refusals[i]));
  refused = undefined;
  try {
    const result = step();
    throwRefused();
    return result;
  } finally {
    release();
  }
}
