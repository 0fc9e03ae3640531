/** Attribution of parents: every earlier share tried one by one, and cascades whose parents were planted. */
import { describe, expect, test } from 'vitest';
import { attributeParents, attributionRules, indexFollows } from '../../../analysis/estimators/attribution.ts';
import { testStream } from '../worlds.ts';
import type { AttributionOptions, FollowSpans, ShareColumns } from '../../../analysis/estimators/attribution.ts';

interface World {
  readonly shares: ShareColumns;
  readonly follows: FollowSpans;
  readonly agentCount: number;
}

function worldOf(seed: number): World {
  const stream = testStream(seed);
  const agentCount = 12;
  const count = 60;
  const times = Array.from({ length: count }, () => stream.below(30)).sort((a, b) => a - b);
  const pairs = Array.from({ length: agentCount * agentCount }, (_, pair) => pair);
  const ties = pairs.filter((pair) => pair % agentCount !== Math.floor(pair / agentCount) && stream.uniform() < 0.3);
  const since = ties.map(() => stream.below(20));
  return {
    agentCount,
    shares: {
      agent: Int32Array.from(times, () => stream.below(agentCount)),
      content: Int32Array.from(times, () => stream.below(4)),
      time: Float64Array.from(times),
    },
    follows: {
      source: Int32Array.from(ties, (pair) => Math.floor(pair / agentCount)),
      target: Int32Array.from(ties, (pair) => pair % agentCount),
      since: Float64Array.from(since),
      until: Float64Array.from(since, (from) => (stream.below(3) === 0 ? from + 1 + stream.below(8) : Infinity)),
    },
  };
}

/** Possible parents of a share: each followee's first share of the content, if it is earlier. */
function candidatesOf({ shares, follows }: World, row: number, window: number): number[] {
  const { agent, content, time } = shares;
  const found: number[] = [];
  for (let other = 0; other < row; other++) {
    if (content[other] !== content[row] || time[other] >= time[row] || time[row] - time[other] > window) continue;
    const isFirst = !Array.from({ length: other }, (_, at) => at).some(
      (at) => content[at] === content[other] && agent[at] === agent[other],
    );
    const follow = Array.from(follows.source.keys()).some(
      (tie) =>
        follows.source[tie] === agent[row] &&
        follows.target[tie] === agent[other] &&
        follows.since[tie] <= time[row] &&
        follows.until[tie] > time[row],
    );
    if (isFirst && follow) found.push(other);
  }
  return found;
}

function parentSlowly(world: World, row: number, { rule, orphan, window = Infinity }: AttributionOptions): number[] {
  const { agent, content } = world.shares;
  const earlier = Array.from({ length: row }, (_, at) => at).filter((at) => content[at] === content[row]);
  const own = earlier.find((at) => agent[at] === agent[row]);
  if (own !== undefined) return [own];
  if (earlier.length === 0) return [-1];
  const candidates = candidatesOf(world, row, window);
  if (candidates.length === 0) return [orphan === 'root' ? earlier[0] : -1];
  if (rule === 'latest') return [candidates[candidates.length - 1]];
  return rule === 'earliest' ? [candidates[0]] : candidates;
}

describe('attributeParents', () => {
  test('90 seeded worlds with follows that begin and end: the parents of the search over all earlier shares', () => {
    for (let seed = 0; seed < 90; seed++) {
      const world = worldOf(seed);
      const options: AttributionOptions = {
        rule: attributionRules[seed % 3],
        orphan: seed % 2 === 0 ? 'root' : 'alone',
        stream: testStream(seed),
        ...(seed % 5 === 0 ? { window: 6 } : {}),
      };
      const { parent } = attributeParents(world.shares, indexFollows(world.follows, world.agentCount), options);
      parent.forEach((one, row) => expect(parentSlowly(world, row, options)).toContain(one));
    }
  });

  test('equal chances: each of three possible parents about a third of the time', () => {
    const shares = { agent: Int32Array.of(0, 1, 2, 3), content: new Int32Array(4), time: Float64Array.of(0, 1, 2, 3) };
    const always = { since: new Float64Array(3).fill(-Infinity), until: new Float64Array(3).fill(Infinity) };
    const follows = { source: Int32Array.of(3, 3, 3), target: Int32Array.of(0, 1, 2), ...always };
    const stream = testStream(4);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 3000; draw++) {
      counts[attributeParents(shares, indexFollows(follows, 4), { rule: 'equal', orphan: 'root', stream }).parent[3]]++;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(110);
  });

  test('planted trees: where each follows its own parent alone every parent is found, and none where nobody follows', () => {
    const stream = testStream(8);
    const count = 300;
    const planted = Int32Array.from({ length: count }, (_, row) => (row === 0 ? -1 : stream.below(row)));
    const agents = Int32Array.from(planted.keys());
    const shares = { agent: agents, content: new Int32Array(count), time: Float64Array.from(agents) };
    const rows = Array.from(agents).slice(1);
    const follows = {
      source: Int32Array.from(rows),
      target: Int32Array.from(rows, (row) => planted[row]),
      since: new Float64Array(rows.length),
      until: new Float64Array(rows.length).fill(Infinity),
    };
    const found = attributeParents(shares, indexFollows(follows, count), { rule: 'latest', orphan: 'alone' });
    expect(found.parent).toEqual(planted);
    expect([found.askedCount, found.explainedCount]).toEqual([count - 1, count - 1]);
    const none = {
      source: new Int32Array(0),
      target: new Int32Array(0),
      since: new Float64Array(0),
      until: new Float64Array(0),
    };
    const alone = attributeParents(shares, indexFollows(none, count), { rule: 'latest', orphan: 'alone' });
    expect(alone.parent.every((one) => one === -1)).toBe(true);
    expect(alone.explainedCount).toBe(0);
  });
});
