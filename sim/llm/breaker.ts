/**
 * When an endpoint is left alone.
 *
 * The breaker opens once at least half of the last results have been errors for longer than a bound, or at once where nobody listens: connections that
 * are refused, names that are not known. Then one probe goes at a time, at fixed
 * intervals, and the first that comes through closes it. An endpoint left alone for long counts as down: nobody waits for it any more,
 * but probes go on. Being told to slow down (429) is no error here: that endpoint lives.
 */
import type { Clock } from './clock.ts';
import type { Limits } from './settings.ts';

/** Results that are looked back at, and how few are too few. */
const resultsKept = 20;
const resultsMin = 4;
/** Refused connections in a row that open the breaker: the attempts of one call. */
const refusalsMin = 3;

/** What a request says of its endpoint, as far as the breaker looks. `refused`: nobody listens there. */
export type Result = 'fine' | 'error' | 'refused';

/** Whether an endpoint may be asked. */
export interface Breaker {
  /** Milliseconds until it may be asked; 0: now; Infinity: not before the probe on the wire is back. */
  waitMs(): number;
  /** A request goes. Returns whether it is the probe of an open breaker. */
  sent(): boolean;
  /** A request came back. While the breaker is open only its probe counts: others were sent before it opened. */
  note(result: Result, isProbe: boolean, sentMs: number): void;
  isOpen(): boolean;
  /** When the last request was sent that found nobody listening; nothing unless that is why the breaker is open. */
  refusedMs(): number | undefined;
  /** Open for so long that nobody should wait. */
  isDown(): boolean;
}

/** A closed breaker. */
export function createBreaker(
  clock: Clock,
  limits: Pick<Limits, 'breakerAfterMs' | 'breakerProbeMs' | 'downAfterMs'>,
): Breaker {
  let results: boolean[] = [];
  let badSinceMs: number | undefined;
  let open: { sinceMs: number; probeAtMs: number; isProbing: boolean } | undefined;
  const refused = { inRow: 0, lastMs: -Infinity };
  const noteClosed = (isError: boolean): void => {
    const now = clock.nowMs();
    results.push(isError);
    if (results.length > resultsKept) results.shift();
    if (refused.inRow >= refusalsMin) {
      open = { sinceMs: now, probeAtMs: now + limits.breakerProbeMs, isProbing: false };
      return;
    }
    const errors = results.filter((one) => one).length;
    if (results.length < resultsMin || errors * 2 < results.length) {
      badSinceMs = undefined;
      return;
    }
    badSinceMs ??= now;
    if (now - badSinceMs >= limits.breakerAfterMs) {
      open = { sinceMs: now, probeAtMs: now + limits.breakerProbeMs, isProbing: false };
    }
  };
  return {
    waitMs() {
      if (open === undefined) return 0;
      return open.isProbing ? Infinity : Math.max(0, open.probeAtMs - clock.nowMs());
    },
    sent() {
      if (open !== undefined) open.isProbing = true;
      return open !== undefined;
    },
    note(result, isProbe, sentMs) {
      const isError = result !== 'fine';
      if (open === undefined || isProbe || result === 'refused') {
        refused.inRow = result === 'refused' ? refused.inRow + 1 : 0;
        if (result === 'refused') refused.lastMs = Math.max(refused.lastMs, sentMs);
      }
      if (open === undefined) noteClosed(isError);
      else if (!isProbe) return;
      else if (isError) {
        open.isProbing = false;
        open.probeAtMs = clock.nowMs() + limits.breakerProbeMs;
      } else {
        open = undefined;
        results = [];
        badSinceMs = undefined;
      }
    },
    isOpen: () => open !== undefined,
    refusedMs: () => (open !== undefined && refused.inRow > 0 ? refused.lastMs : undefined),
    isDown: () => open !== undefined && clock.nowMs() - open.sinceMs >= limits.downAfterMs,
  };
}
