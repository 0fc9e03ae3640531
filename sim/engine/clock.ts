/**
 * The one file of the engine that reads clocks: for progress and for what a run cost. Nothing that decides comes from here.
 */

/** Seconds since some fixed moment, monotonic. */
export function secondsNow(): number {
  return performance.now() / 1000;
}

/** CPU seconds of this process so far, all threads, user and system. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Greatest resident memory of this process so far. */
export function peakRssBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** The time of day, for manifests. */
export function timestamp(): string {
  return new Date().toISOString();
}
