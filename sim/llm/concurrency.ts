/**
 * How many requests an endpoint is given at once: more while that brings more, fewer when it says so or grows slow.
 *
 * One more for each full round of successes; half when the endpoint is overloaded (429, 503, 529, deadline), once for all requests that were on the wire
 * together. An endpoint that only queues says nothing and grows slow: so answers are timed in windows, and the middle of each is compared with a yardstick, a window
 * at `start`. Where it is more than `latencyRatioMax` times as long, the limit shrinks by the excess, to half at most, and never below `start`: what the user
 * says may be sent before anything is known. Back at `start` the yardstick is taken anew, so prompts that grow over a run, or another mix of them, cost some windows
 * and hold the limit down no longer. Times are for each token of the answer, since long answers take long on an idle server too.
 * Invariant: 1 <= limit <= max; nothing here decides what an answer says.
 * Source: additive increase, multiplicative decrease as in Chiu and Jain 1989; latency against that of few in flight as in TCP Vegas (Brakmo and Peterson 1995). A
 * yardstick that follows all answers, however many are on the wire, was left out: it drifts up with the queue that it should show.
 */
import type { Clock } from './clock.ts';

/** Fewest answers of a window: with log-normal latencies of sigma 1 their middle has a standard error of a quarter. */
const windowMin = 32;
const windowMax = 1024;
/** Tokens that stand for what an answer takes before its first one. */
const tokensBefore = 16;

/** An answer, timed. */
export interface TimedAnswer {
  readonly model: string;
  readonly latencyMs: number;
  readonly completionTokens: number;
}

/** How many requests may be on the wire. */
export interface Concurrency {
  limit(): number;
  /** A request that was sent at `sentMs` came back, with an answer or without. */
  note(isOverloaded: boolean, sentMs: number, inFlight: number, answer?: TimedAnswer): void;
}

/** Answers of one model since the limit was last compared. */
interface Window {
  begunMs: number;
  msPerToken: number[];
  /** Middle time of a token at `start`; nothing while it is being taken. */
  yardstick: number | undefined;
}

/** Concurrency that begins at `start`, never passes `max`, and heeds latencies of more than `latencyRatioMax` times those at `start`. */
export function createConcurrency(clock: Clock, start: number, max: number, latencyRatioMax: number): Concurrency {
  const least = Math.min(start, max);
  let limit = least;
  let cutMs = -Infinity;
  const windows = new Map<string, Window>();
  const cutTo = (fewer: number): void => {
    limit = fewer;
    cutMs = clock.nowMs();
  };
  const compare = (window: Window): void => {
    const middle = window.msPerToken.sort((a, b) => a - b)[window.msPerToken.length >> 1];
    Object.assign(window, { begunMs: clock.nowMs(), msPerToken: [] });
    const ratio = window.yardstick === undefined ? 1 : middle / window.yardstick;
    // A yardstick that was taken while a model was being loaded, say, measures nothing.
    if (window.yardstick === undefined || ratio * latencyRatioMax < 1) window.yardstick = middle;
    if (ratio <= latencyRatioMax || limit <= least) return;
    cutTo(Math.max(least, limit * Math.max(0.5, latencyRatioMax / ratio)));
    if (limit === least) window.yardstick = undefined;
  };
  /** Times an answer. Returns whether its model has a yardstick, without which the limit does not grow. */
  const time = ({ model, latencyMs, completionTokens }: TimedAnswer, sentMs: number): boolean => {
    const window = windows.get(model) ?? { begunMs: sentMs, msPerToken: [], yardstick: undefined };
    windows.set(model, window);
    // What was sent before the window or the last cut was slow for another reason.
    if (sentMs >= window.begunMs && sentMs >= cutMs) {
      window.msPerToken.push(latencyMs / (tokensBefore + completionTokens));
      if (window.msPerToken.length >= Math.min(windowMax, Math.max(windowMin, limit))) compare(window);
    }
    return window.yardstick !== undefined;
  };
  return {
    limit: () => Math.max(1, Math.floor(limit)),
    note(isOverloaded, sentMs, inFlight, answer) {
      if (isOverloaded) {
        if (sentMs > cutMs) cutTo(Math.max(1, limit / 2));
        return;
      }
      // Only what is used up to its limit has shown that more would go, or how slow so many are.
      if (inFlight < Math.floor(limit) - 1) return;
      if (answer === undefined || time(answer, sentMs) || limit < least) limit = Math.min(max, limit + 1 / limit);
    },
  };
}
