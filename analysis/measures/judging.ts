/**
 * Attempts in free words: who settled them, and how many reached a model, in all and tick by tick.
 *
 * `judgeShare` is the share of free attempts that a model was newly asked about; what the grammar knew, what was judged before and what
 * waited are no calls. Reads the log through its reader. Order: ticks ascending. Source: statement GM-34 of the Game Master.
 */
import { wilsonInterval } from '../estimators/interval.ts';
import { outcomes, reasonName, ruleName } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Who can settle free words. */
type Reader = 'grammar' | 'judge' | 'cache' | 'fallback' | 'deferred' | 'gates';

export interface JudgingMeasure extends Measured {
  /** Final and deferred rulings on attempts in free words, by who settled them; `gates` refused before anybody read. */
  readonly settledBy: Readonly<Record<Reader, number>>;
  readonly judgeShare: number | null;
  /** The same by tick, for ticks with at least one attempt. */
  readonly byTick: readonly { readonly tick: number; readonly attempts: number; readonly judgeShare: number }[];
}

/** Whether a run lets agents attempt things in free words. */
export function hasFreeWords({ manifest }: Pick<Records, 'manifest'>): boolean {
  return (manifest.plan as { allowedVerbs?: readonly string[] }).allowedVerbs?.includes('try') === true;
}

/** Who settled attempts in free words. Acts that a grammar turned into a verb and that the verb's gates refused look like that verb's own. */
export function measureJudging(records: Pick<Records, 'manifest' | 'ticks'>): JudgingMeasure {
  const settledBy: Record<Reader, number> = { grammar: 0, judge: 0, cache: 0, fallback: 0, deferred: 0, gates: 0 };
  const byTick: { tick: number; attempts: number; judgeShare: number }[] = [];
  for (const record of records.ticks()) {
    let [attempts, judged] = [0, 0];
    for (let row = 0; row < record.intentCount; row++) {
      const reader = readerOf(record.verb[row], record.outcome[row], record.reason[row], record.rule[row]);
      if (reader === undefined) continue;
      settledBy[reader]++;
      attempts++;
      if (reader === 'judge') judged++;
    }
    if (attempts > 0) byTick.push({ tick: record.tick, attempts, judgeShare: judged / attempts });
  }
  const n = Object.values(settledBy).reduce((sum, one) => sum + one, 0);
  const share = wilsonInterval(settledBy.judge, n);
  const interval = finiteInterval(share.interval);
  return {
    method: 'counted over all rulings of the log; interval by Wilson 1927',
    definition: 'share of attempts in free words that a model was newly asked about',
    n,
    warnings: n === 0 ? ['no attempt was made in free words'] : [],
    settledBy,
    judgeShare: finiteOrNull(share.value),
    byTick,
    ...(interval === undefined ? {} : { interval }),
  };
}

const byReason: Readonly<Record<string, Reader>> = {
  ...{ READ_BY_GRAMMAR: 'grammar', READ_BY_JUDGE: 'judge', READ_BY_CACHE: 'cache', READ_BY_FALLBACK: 'fallback' },
};
const byRule: Readonly<Record<string, Reader>> = { judge: 'judge', judgeCache: 'cache', fallback: 'fallback' };

function readerOf(verb: number, outcome: number, reason: number, rule: number): Reader | undefined {
  if (outcome === outcomes.deferred) return 'deferred';
  const read = byReason[reasonName(reason)];
  if (read !== undefined) return read;
  return verb === verbs.try ? (byRule[ruleName(rule)] ?? 'gates') : undefined;
}
