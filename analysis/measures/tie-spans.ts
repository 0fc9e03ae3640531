/**
 * Who was tied to whom, and when: follows with their beginnings and ends; where nobody follows anybody, who answered whom.
 *
 * Reads the log once. A follow of a run holds from the tick after it was granted, an unfollow ends it from the tick after; those of the start
 * hold from before all times. An answer ties who answers to who is answered, from its moment on and for good.
 * Times are ticks; of a data set, ticks and parts of them. Invariant: spans of one pair do not overlap.
 */
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { FollowSpans } from '../estimators/attribution.ts';

/** Spans, and what they are of. */
export interface TieSpans {
  readonly kind: 'follow' | 'answers given';
  readonly spans: FollowSpans;
}

/** Ties of a recorded population. `timeOf`: of a post's row. */
export function tieSpansOf(records: Records, posts: PostColumns, timeOf: (row: number) => number): TieSpans {
  const follows = followSpans(records);
  return follows.source.length > 0
    ? { kind: 'follow', spans: follows }
    : { kind: 'answers given', spans: answerSpans(posts, timeOf) };
}

function followSpans({ population, ticks }: Pick<Records, 'population' | 'ticks'>): FollowSpans {
  const { count, followOffset, followee } = population;
  const begun: { readonly from: number; readonly to: number; readonly since: number }[] = [];
  const ended: { readonly tie: number; readonly until: number }[] = [];
  // Only pairs that the log changes are looked up; the others need no map.
  const open = new Map<number, number>();
  const openOf = (from: number, to: number): number | undefined => {
    const known = open.get(from * count + to);
    if (known !== undefined) return known < 0 ? undefined : known;
    const tie = followee.subarray(followOffset[from], followOffset[from + 1]).indexOf(to);
    return tie < 0 ? undefined : followOffset[from] + tie;
  };
  for (const { tick, intentCount, verb, outcome, actor, target: other } of ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || (verb[i] !== verbs.follow && verb[i] !== verbs.unfollow)) continue;
      const held = openOf(actor[i], other[i]);
      if (verb[i] === verbs.follow && held === undefined) {
        open.set(actor[i] * count + other[i], followee.length + begun.length);
        begun.push({ from: actor[i], to: other[i], since: tick + 1 });
      } else if (verb[i] === verbs.unfollow && held !== undefined) {
        ended.push({ tie: held, until: tick + 1 });
        open.set(actor[i] * count + other[i], -1);
      }
    }
  }
  return spansOf(population, begun, ended);
}

function spansOf(
  { count, followOffset, followee }: Records['population'],
  begun: readonly { readonly from: number; readonly to: number; readonly since: number }[],
  ended: readonly { readonly tie: number; readonly until: number }[],
): FollowSpans {
  const all = followee.length + begun.length;
  const spans = {
    source: new Int32Array(all),
    target: new Int32Array(all),
    since: new Float64Array(all).fill(-Infinity),
    until: new Float64Array(all).fill(Infinity),
  };
  for (let agent = 0; agent < count; agent++) spans.source.fill(agent, followOffset[agent], followOffset[agent + 1]);
  spans.target.set(followee);
  begun.forEach(({ from, to, since }, at) => {
    spans.source[followee.length + at] = from;
    spans.target[followee.length + at] = to;
    spans.since[followee.length + at] = since;
  });
  for (const { tie, until } of ended) spans.until[tie] = until;
  return spans;
}

function answerSpans({ count, parent, author }: PostColumns, timeOf: (row: number) => number): FollowSpans {
  const first = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    if (parent[row] < 0 || author[row] === author[parent[row]]) continue;
    const pair = `${author[row]} ${author[parent[row]]}`;
    const known = first.get(pair);
    if (known === undefined || timeOf(row) < timeOf(known)) first.set(pair, row);
  }
  const rows = [...first.values()];
  return {
    source: Int32Array.from(rows, (row) => author[row]),
    target: Int32Array.from(rows, (row) => author[parent[row]]),
    since: Float64Array.from(rows, timeOf),
    until: new Float64Array(rows.length).fill(Infinity),
  };
}
