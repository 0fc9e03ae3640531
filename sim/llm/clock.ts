/**
 * Time as the client sees it: a port, so that tests need not wait. Nothing that is hashed comes from here.
 *
 * A timer says what it is for: a deadline runs while a request is on the wire, a pause while nothing of it is. A test's clock may jump
 * over pauses when no deadline runs, and thereby shows an hour of back-off over real HTTP in a second.
 */

/** What a timer is for. */
export type TimerPurpose = 'deadline' | 'pause';

/** Milliseconds since some fixed moment, and timers. */
export interface Clock {
  nowMs(): number;
  /** Calls `fire` once after so many milliseconds. Returns what cancels it. */
  timer(ms: number, purpose: TimerPurpose, fire: () => void): () => void;
}

/** The machine's monotonic clock: changes of the time of day do not reach it. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  timer: (ms, _purpose, fire) => {
    const timer = setTimeout(fire, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

/** Resolves after a pause. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.timer(ms, 'pause', resolve);
  });
}
