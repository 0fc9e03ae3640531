/**
 * A clock for tests over real HTTP: it runs like the machine's, but leaps over pauses while nothing is on the wire.
 *
 * Deadlines are real time. A pause ends when its time has come or, if no deadline runs for some looks in a row, at once, and the clock shows the time at which it would
 * have ended. So back-off, ordered waits and probes take no time, and their lengths can be read from the clock.
 */
import type { Clock } from '../../../sim/llm/clock.ts';

interface Pause {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Looks in a row without a deadline before the clock leaps: a request that is being built has none yet. */
const idleLooks = 3;

/** A leaping clock, and how far it has leapt. */
export function createLeapingClock(): Clock & { leaptMs(): number } {
  let leaptMs = 0;
  let deadlines = 0;
  let idle = 0;
  let looking: NodeJS.Timeout | undefined;
  const pauses = new Set<Pause>();
  const nowMs = (): number => performance.now() + leaptMs;
  const look = (): void => {
    looking = undefined;
    const next = [...pauses].sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) return;
    idle = deadlines === 0 ? idle + 1 : 0;
    if (next.atMs <= nowMs() || idle >= idleLooks) {
      leaptMs += Math.max(0, next.atMs - nowMs());
      idle = 0;
      pauses.delete(next);
      next.fire();
    }
    later();
  };
  const later = (): void => {
    if (pauses.size > 0) looking ??= setTimeout(look, 1);
  };
  return {
    nowMs,
    leaptMs: () => leaptMs,
    timer(ms, purpose, fire) {
      if (purpose === 'pause') {
        const one = { atMs: nowMs() + ms, fire };
        pauses.add(one);
        later();
        return () => void pauses.delete(one);
      }
      let isOver = false;
      const end = (): void => {
        if (!isOver) deadlines--;
        isOver = true;
      };
      deadlines++;
      const timer = setTimeout(() => {
        end();
        fire();
      }, ms);
      return () => {
        clearTimeout(timer);
        end();
      };
    },
  };
}
