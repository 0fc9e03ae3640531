/**
 * Generated graphs: no loops, no doubles, as many ties as their offsets say; audiences near their weights and near their targets.
 */
import { describe, expect, test } from 'vitest';
import { generateAttributes } from '../../../sim/world/generate.ts';
import { audienceGraph } from '../../../sim/social-graph/audience-graph.ts';
import { withProminent } from '../../../sim/social-graph/prominent.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { exp } from '../../../sim/ground/detmath.ts';
import type { FollowRows } from '../../../sim/social-graph/prominent.ts';

function agentsOf(seed: number, count: number) {
  return generateAttributes(seed, {
    ...{ count, idPrefix: 'a', wakesPerDayMean: 1, activitySpread: 0, focusShare: 0.6 },
    profileShares: new Float64Array(24).fill(1 / 24),
  });
}

/** Refuses a graph with a loop, a double, a followee that does not exist, or offsets that do not end where the ties do. */
function expectSound({ followOffset, followee }: FollowRows): void {
  const count = followOffset.length - 1;
  expect(followOffset[count]).toBe(followee.length);
  for (let agent = 0; agent < count; agent++) {
    const row = followee.subarray(followOffset[agent], followOffset[agent + 1]);
    if (new Set(row).size !== row.length) throw new RangeError(`agent ${agent} follows someone twice`);
    if (row.includes(agent)) throw new RangeError(`agent ${agent} follows itself`);
    if (row.some((other) => other < 0 || other >= count)) throw new RangeError(`agent ${agent} follows nobody`);
  }
}

function inDegrees({ followOffset, followee }: FollowRows): Int32Array {
  const degrees = new Int32Array(followOffset.length - 1);
  for (const other of followee) degrees[other]++;
  return degrees;
}

describe('audienceGraph', () => {
  test('audienceGraph: no loops, no doubles, offsets that fit, for populations from one agent up', () => {
    for (const count of [1, 2, 3, 7, 30, 200, 1000]) {
      for (const followsMean of [0, 1, 3.5, 20]) {
        for (const homophilyShare of [0, 0.5, 1]) {
          expectSound(audienceGraph(5, agentsOf(5, count), { followsMean, audienceSpread: 1.5, homophilyShare }));
        }
      }
    }
  });

  test('audienceGraph: populations that happen to follow more than the mean lose no tie (found with seed 34)', () => {
    for (let seed = 30; seed < 60; seed++) {
      expectSound(
        audienceGraph(seed, agentsOf(seed, 300), { followsMean: 100, audienceSpread: 0.5, homophilyShare: 0.5 }),
      );
    }
  });

  test('audienceGraph: audiences are drawn in proportion to their weights, by chi-square over the agents', () => {
    const count = 300;
    const spread = 0.7;
    const agents = agentsOf(9, count);
    const graph = audienceGraph(9, agents, { followsMean: 4, audienceSpread: spread, homophilyShare: 0 });
    const weight = Float64Array.from(agents.keyLo, (lo, i) =>
      exp(spread * randomStream(9, streamPurposes.audience, lo, agents.keyHi[i]).normal()),
    );
    const total = weight.reduce((sum, one) => sum + one, 0);
    const degrees = inDegrees(graph);
    let chi2 = 0;
    for (let i = 0; i < count; i++) {
      const expected = (weight[i] / total) * graph.followee.length;
      chi2 += (degrees[i] - expected) ** 2 / expected;
    }
    // 299 degrees of freedom, standard deviation 24.5; drawing without replacement only makes it smaller.
    expect(chi2).toBeLessThan(299 + 5 * 24.5);
    expect(chi2).toBeGreaterThan(299 - 5 * 24.5);
  });

  test('audienceGraph: with homophily 1 everybody follows their own topic alone, where it has enough agents', () => {
    const agents = agentsOf(3, 1500);
    const { followOffset, followee } = audienceGraph(3, agents, {
      followsMean: 6,
      audienceSpread: 0.5,
      homophilyShare: 1,
    });
    for (let agent = 0; agent < 1500; agent++) {
      for (let k = followOffset[agent]; k < followOffset[agent + 1]; k++) {
        expect(agents.topic[followee[k]]).toBe(agents.topic[agent]);
      }
    }
  });
});

describe('withProminent', () => {
  const agents = agentsOf(11, 4000);
  const sparse = audienceGraph(11, agents, { followsMean: 2, audienceSpread: 0.3, homophilyShare: 0 });

  test('withProminent: keeps every tie, adds no loop and no double, and lists the greatest audience first', () => {
    for (const audienceShareMedian of [0.01, 0.3, 0.9]) {
      const { prominent, graph } = withProminent(11, agents, sparse, {
        count: 12,
        audienceShareMedian,
        audienceSpread: 0.4,
      });
      expectSound(graph);
      expect(new Set(prominent).size).toBe(12);
      for (let agent = 0; agent < 4000; agent++) {
        const before = sparse.followee.subarray(sparse.followOffset[agent], sparse.followOffset[agent + 1]);
        const after = graph.followee.subarray(graph.followOffset[agent], graph.followOffset[agent] + before.length);
        expect([...after]).toEqual([...before]);
      }
    }
  });

  test('withProminent: audiences are near their target shares, and same-topic agents follow three times as often', () => {
    const share = 0.1;
    const { prominent, graph } = withProminent(11, agents, sparse, {
      count: 10,
      audienceShareMedian: share,
      audienceSpread: 0,
    });
    const degrees = inDegrees(graph);
    const before = inDegrees(sparse);
    const [same, other] = [
      { follow: 0, all: 0 },
      { follow: 0, all: 0 },
    ];
    for (const one of prominent) {
      // Five binomial standard deviations, and the few who followed by chance before.
      expect(degrees[one]).toBeGreaterThan(4000 * share - 5 * Math.sqrt(4000 * share));
      expect(degrees[one]).toBeLessThan(4000 * share + before[one] + 5 * Math.sqrt(4000 * share));
    }
    for (let agent = 0; agent < 4000; agent++) {
      const row = new Set(graph.followee.subarray(graph.followOffset[agent], graph.followOffset[agent + 1]));
      for (const one of prominent) {
        const tally = agents.topic[agent] === agents.topic[one] ? same : other;
        tally.all++;
        if (row.has(one)) tally.follow++;
      }
    }
    const ratio = same.follow / same.all / (other.follow / other.all);
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(3.5);
  });

  test('withProminent: without prominent accounts the graph stays as it was', () => {
    const { graph, prominent } = withProminent(2, agents, sparse, {
      count: 0,
      audienceShareMedian: 0.2,
      audienceSpread: 0.3,
    });
    expect(prominent.length).toBe(0);
    expect([...graph.followee]).toEqual([...sparse.followee]);
  });
});
