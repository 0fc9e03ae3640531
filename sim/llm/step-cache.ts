/**
 * A cache that knows when its entries will be wanted: what is needed last goes first.
 *
 * Agents of a workflow wake in a known order, so how many steps an entry has to wait is known when it is stored. Least-recently-used throws away
 * exactly what comes next when N agents wake in turn and fewer than N entries fit: it never hits. Evicting the entry that is furthest
 * from execution hits (C - 1)/(N - 1) of the time, which is what the best policy that must store each answer can do. A new answer takes its
 * place even if it is itself the furthest. Evicting scans all entries: some 50 microseconds for the 10,000 that the settings allow.
 * Source: KVFlow (Pan et al. 2025), steps to execution; the bound is that of Belady 1966. Oracle: a scan over all entries, `test/sim/llm`.
 */

/** A cache of at most so many entries. */
export interface StepCache<Value> {
  get(key: string): Value | undefined;
  /**
   * Keeps a value that will be wanted at step `nextStep`; throws out the one that is wanted last, of those that were there. Set an entry that was
   * found once more, with its new step.
   */
  set(key: string, value: Value, nextStep: number): void;
  readonly size: number;
  /** Found and missed so far. */
  readonly counts: { readonly hits: number; readonly misses: number };
}

interface Entry<Value> {
  value: Value;
  nextStep: number;
  /** Order of arrival: of those wanted at one step, the oldest goes. */
  arrival: number;
}

/** An empty cache. */
export function createStepCache<Value>(capacity: number): StepCache<Value> {
  const entries = new Map<string, Entry<Value>>();
  const counts = { hits: 0, misses: 0 };
  let arrivals = 0;
  const evict = (): void => {
    let last: [string, Entry<Value>] | undefined;
    for (const one of entries) {
      const isLater = last === undefined || one[1].nextStep > last[1].nextStep;
      if (isLater || (one[1].nextStep === last?.[1].nextStep && one[1].arrival < last[1].arrival)) last = one;
    }
    if (last !== undefined) entries.delete(last[0]);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      counts[entry === undefined ? 'misses' : 'hits']++;
      return entry?.value;
    },
    set(key, value, nextStep) {
      if (capacity < 1) return;
      if (!entries.has(key) && entries.size >= capacity) evict();
      entries.set(key, { value, nextStep, arrival: arrivals++ });
    },
    get size() {
      return entries.size;
    },
    counts,
  };
}
