/** Threads of a world made by hand: posts and replies of three agents, every number counted on paper. */
import { expect, test } from 'vitest';
import { measureThreads } from '../../../analysis/measures/threads.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Records } from '../../../sim/record/reader.ts';

/** Acts as (tick, actor, verb, id of the post acted on), one a post. Ticks are minutes. */
function recordsOf(acts: readonly (readonly [number, number, number, number])[], agents: number): Records {
  const ticks = Map.groupBy(
    acts.map((act, i) => ({ act, id: i + 1 })),
    ({ act }) => act[0],
  );
  const records = [...ticks].map(([tick, rows]): Partial<TickRecord> => ({
    tick,
    intentCount: rows.length,
    actor: Int32Array.from(rows, ({ act }) => act[1]),
    verb: Uint8Array.from(rows, ({ act }) => act[2]),
    target: Int32Array.from(rows, ({ act }) => act[3]),
    amount: Int32Array.from(rows, () => 30_000),
    result: Int32Array.from(rows, ({ id }) => id),
    outcome: Uint8Array.from(rows, () => outcomes.granted),
    sequence: new Uint8Array(rows.length),
    topic: new Uint8Array(rows.length),
  }));
  const manifest = {
    ...{
      kind: 'dataset',
      dataSet: { layer: 'reply', startMs: 0, tables: [] },
      outcome: 'complete',
      tickSeconds: 60,
      seed: 0,
    },
    counts: { posts: acts.length },
  };
  return { manifest, population: { count: agents }, ticks: () => records.values() } as unknown as Records;
}

const { post, reply, repost } = verbs;

test('measureThreads: depths, answers, latencies and authors of six replies to two of three posts', () => {
  const records = recordsOf(
    [
      [0, 0, post, 0],
      [1, 1, post, 0],
      [2, 1, reply, 1],
      [3, 0, reply, 3],
      [4, 0, reply, 4],
      [5, 2, reply, 1],
      [6, 1, repost, 1],
      [9, 2, reply, 7],
      [9, 1, reply, 8],
    ],
    5,
  );
  expect(measureThreads(records, 1)).toMatchObject({
    posts: 3,
    replies: 6,
    selfReplies: 1,
    depths: [3, 2, 1],
    unansweredShare: 0.5,
    firstReplySeconds: [expect.closeTo(135, 9), 150, expect.closeTo(165, 9)],
    postsAnswered: 2,
    activeAgents: 3,
    communities: null,
    equalTexts: null,
    n: 6,
  });
});

test('measureThreads: without posts every share is null, and a warning says so', () => {
  const measured = measureThreads(recordsOf([], 3), 1);
  expect(measured).toMatchObject({ posts: 0, replies: 0, depths: [], unansweredShare: null, activityGini: null });
  expect(measured.warnings).toEqual(['there are no replies']);
  expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
});
