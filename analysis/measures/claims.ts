/**
 * How far single posts went: who was shown them, who spread them, how often they were liked, and when.
 *
 * Reads the log through its reader, once. A claim is an original post together with its reposts and quotes, and the quotes' reposts.
 * `shown` and `reached` need exposures: of a run that keeps them for a sample of agents they are those of the sample.
 * Order: that of the claims that are named. Memory: two bytes an agent and claim, four a post.
 * Oracle: sets and maps over the records (`test/analysis/measures/claims.test.ts`).
 */
import { InvariantError } from '../../sim/ground/errors.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { firstInterventionSequence } from '../../sim/exchange/tables.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { TickRecord } from './opinion-course.ts';

/** A post that the scenario made an agent write. */
export interface ClaimPlace {
  /** Ordinal of the author. */
  readonly author: number;
  readonly tick: number;
}

/** One claim over a run. */
export interface ClaimSpread {
  /** Number of the post. */
  readonly post: number;
  /** Different agents who were shown it, exposures, different agents who spread it, likes. */
  readonly reached: number;
  readonly shown: number;
  readonly spreaders: number;
  readonly likes: number;
  /** Agents who were reached, and who spread it, by the end of each tick. */
  readonly reachedByTick: Int32Array;
  readonly spreadersByTick: Int32Array;
}

interface Counting {
  readonly claimOf: Int16Array;
  readonly places: readonly ClaimPlace[];
  readonly post: Int32Array;
  readonly shown: Float64Array;
  readonly likes: Float64Array;
  readonly wasReached: readonly Uint8Array[];
  readonly hasSpread: readonly Uint8Array[];
  readonly reached: Int32Array;
  readonly spreaders: Int32Array;
}

/** Follows the posts that were written at these places; the first one of an agent and tick that the scenario made. */
export function measureClaims(records: Records, places: readonly ClaimPlace[]): ClaimSpread[] {
  const { ticks, counts } = records.manifest;
  const agentColumns = (): Uint8Array[] => places.map(() => new Uint8Array(records.population.count));
  const perTick = (): Int32Array[] => places.map(() => new Int32Array(ticks));
  const counting: Counting = {
    claimOf: new Int16Array(counts.posts + 1).fill(-1),
    places,
    post: new Int32Array(places.length),
    ...{ shown: new Float64Array(places.length), likes: new Float64Array(places.length) },
    ...{ wasReached: agentColumns(), hasSpread: agentColumns() },
    ...{ reached: new Int32Array(places.length), spreaders: new Int32Array(places.length) },
  };
  const [reachedByTick, spreadersByTick] = [perTick(), perTick()];
  for (const record of records.ticks()) {
    takeActs(record, counting);
    takeLooks(record, counting);
    for (let claim = 0; claim < places.length; claim++) {
      reachedByTick[claim][record.tick] = counting.reached[claim];
      spreadersByTick[claim][record.tick] = counting.spreaders[claim];
    }
  }
  return places.map(({ author, tick }, claim) => {
    if (counting.post[claim] === 0) throw new InvariantError(`agent ${author} wrote no claim`, { tick });
    return {
      post: counting.post[claim],
      ...{ reached: counting.reached[claim], shown: counting.shown[claim] },
      ...{ spreaders: counting.spreaders[claim], likes: counting.likes[claim] },
      ...{ reachedByTick: reachedByTick[claim], spreadersByTick: spreadersByTick[claim] },
    };
  });
}

function takeActs(record: TickRecord, counting: Counting): void {
  const { claimOf, hasSpread, spreaders, likes } = counting;
  for (let i = 0; i < record.intentCount; i++) {
    if (record.outcome[i] !== outcomes.granted) continue;
    const [verb, actor, made] = [record.verb[i], record.actor[i], record.result[i]];
    if (verb === verbs.post && record.sequence[i] >= firstInterventionSequence) begin(record, i, counting);
    const claim = verb === verbs.repost || verb === verbs.quote || verb === verbs.like ? claimOf[record.target[i]] : -1;
    if (claim < 0) continue;
    if (verb === verbs.like) {
      likes[claim]++;
      continue;
    }
    claimOf[made] = claim;
    spreaders[claim] += 1 - hasSpread[claim][actor];
    hasSpread[claim][actor] = 1;
  }
}

function begin(record: TickRecord, i: number, { claimOf, places, post }: Counting): void {
  const claim = places.findIndex(({ author, tick }) => tick === record.tick && author === record.actor[i]);
  if (claim < 0 || post[claim] !== 0) return;
  post[claim] = record.result[i];
  claimOf[record.result[i]] = claim;
}

function takeLooks({ seen }: TickRecord, { claimOf, shown, wasReached, reached }: Counting): void {
  for (let k = 0; k < seen.origin.length; k++) {
    const claim = claimOf[seen.origin[k]];
    if (claim < 0) continue;
    shown[claim]++;
    reached[claim] += 1 - wasReached[claim][seen.agent[k]];
    wasReached[claim][seen.agent[k]] = 1;
  }
}
