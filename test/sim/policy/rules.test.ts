/**
 * The rule policy against its readable form: the same intents for the same draws, and frequencies that match the stated odds.
 *
 * Statistical claims are made on fixed seeds with bounds of five standard deviations: they hold or fail for good.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, purposes } from '../../../sim/ground/random.ts';
import { logistic } from '../../../sim/ground/detmath.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { actedBit, findExposure, topicCount, topicScale } from '../../../sim/world/agents.ts';
import { appealOf, appealScale, postRow, shareCountOf, standings, topicComponent } from '../../../sim/world/posts.ts';
import { agentShard } from '../../../sim/world/ownership.ts';
import { currentFollowees } from '../../../sim/social-graph/ties.ts';
import { adoptionProbability, decideByRules, log2Count } from '../../../sim/policy/rules.ts';
import { counts } from '../../../sim/exchange/tables.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { livelyRules, openWorld, runWorld, seenOf, smallPlan, smallPopulation, tinyPopulation } from '../worlds.ts';
import type { AgentRow, Id } from '../../../sim/ground/ids.ts';
import type { StateView } from '../../../sim/exchange/view.ts';
import type { IntentRow, PerceptRow, ShardTables } from '../../../sim/exchange/tables.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';
import type { Shard } from '../../../sim/engine/shard.ts';

type Act = readonly [verb: number, target: number];

/** What an agent does, written from the header of `rules.ts` with one-call draws. */
function actsNaively(shard: Shard, parameters: RuleParameters, percept: PerceptRow): Act[] {
  const { state, tables, plan } = shard;
  const agent = tables.percepts.agent[percept] as AgentRow;
  const key = { lo: state.agents.keyLo[agent], hi: state.agents.keyHi[agent] };
  const chance = (purpose: (typeof purposes)[keyof typeof purposes], index: number): number =>
    draw(plan.seed, state.now.tick, key, purpose, index);
  const acts: Act[] = [];
  for (let k = 0; k < tables.percepts.itemCount[percept]; k++) {
    const at = percept * state.sizes.feedLength + k;
    const [post, origin] = [tables.items.post, tables.items.origin].map((one) => (one as unknown as Int32Array)[at]);
    const p = probability(shard, parameters, agent, origin);
    const odds = chance(purposes.adopt, k) / p;
    const { quoteRatio, replyRatio, likeRatio } = parameters;
    if (p === 0 || odds >= 1 + quoteRatio + replyRatio + likeRatio) continue;
    if (odds >= 1 + quoteRatio) {
      acts.push([odds < 1 + quoteRatio + replyRatio ? verbs.reply : verbs.like, post]);
      continue;
    }
    acts.push([odds < 1 ? verbs.repost : verbs.quote, post]);
    const author = state.posts.author[postRow(state.posts, origin)];
    if (author !== agent && chance(purposes.follow, k) < parameters.followShare) acts.push([verbs.follow, author]);
  }
  if (chance(purposes.post, 0) < parameters.postShare) acts.push([verbs.post, 0]);
  if (chance(purposes.unfollow, 0) < parameters.unfollowShare) {
    const log = state.ties.logs[state.owner.shard];
    const all = currentFollowees(state.ties, log, state.agents.pendingTie[agent], agent, state.agents.ordinal);
    if (all.length > 0) acts.push([verbs.unfollow, all[Math.floor(chance(purposes.select, 0) * all.length)]]);
  }
  return [...acts, ...changesNearBy(shard, parameters, agent, chance)];
}

/** Closure and rewiring: a stranger is a followee's followee, drawn evenly twice; who is unlike gives way to one who is not. */
function changesNearBy(
  { state }: Shard,
  { closureShare = 0, rewireShare = 0, rewireMatchLeast = 0 }: RuleParameters,
  agent: AgentRow,
  chance: (purpose: (typeof purposes)[keyof typeof purposes], index: number) => number,
): Act[] {
  const followeesOf = (row: number): number[] => {
    const log = state.ties.logs[agentShard(state.owner, row)];
    const one = row as AgentRow;
    return currentFollowees(state.ties, log, state.agents.pendingTie[one], one, state.agents.ordinal);
  };
  const oneOf = (list: number[], lot: number): number | undefined => list[Math.floor(lot * list.length)];
  const own = followeesOf(agent);
  const stranger = (purpose: typeof purposes.closure | typeof purposes.rewire): number | undefined => {
    const friend = oneOf(own, chance(purpose, 1));
    const other = friend === undefined ? undefined : oneOf(followeesOf(friend), chance(purpose, 2));
    return other === undefined || other === agent || own.includes(other) ? undefined : other;
  };
  const isAlike = (other: number): boolean => {
    const [mine, theirs] = [agent, other].map((row) =>
      Array.from({ length: topicCount }, (_, k) => state.agents.interest[row * topicCount + k]),
    );
    const cosine = mine.reduce((sum, one, k) => sum + one * theirs[k], 0) / topicScale ** 2;
    return cosine >= rewireMatchLeast;
  };
  const acts: Act[] = [];
  const third = stranger(purposes.closure);
  if (chance(purposes.closure, 0) < closureShare && third !== undefined) acts.push([verbs.follow, third]);
  if (chance(purposes.rewire, 0) >= rewireShare) return acts;
  const [old, fresh] = [oneOf(own, chance(purposes.rewire, 3)), stranger(purposes.rewire)];
  if (old === undefined || fresh === undefined || isAlike(old) || !isAlike(fresh)) return acts;
  return [...acts, [verbs.unfollow, old], [verbs.follow, fresh]];
}

/** The readable form over the state: 0 for content that the agent spread or wrote itself. */
function probability({ state }: Shard, parameters: RuleParameters, agent: AgentRow, origin: number): number {
  const row = postRow(state.posts, origin);
  const seen = seenOf(state, agent, origin);
  let dot = 0;
  for (let k = 0; k < topicCount; k++) {
    dot += state.agents.interest[agent * topicCount + k] * topicComponent(state.posts.face, row, k);
  }
  if ((seen & actedBit) !== 0) return 0;
  const look = { match: dot * (1 / (topicScale * topicScale)), shares: shareCountOf(state.posts.face, row), seen };
  const isLabelled = (state.posts.standing[row] & standings.labelled) !== 0;
  return adoptionProbability(parameters, {
    ...look,
    appeal: appealOf(state.posts.face, row) / appealScale,
    isLabelled,
  });
}

function actsOf({ tables }: Shard, agent: number): Act[] {
  const rows = Array.from({ length: tables.count[counts.intents] }, (_, row) => row as IntentRow);
  const { actor, verb, target } = tables.intents;
  return rows.filter((row) => actor[row] === agent).map((row): Act => [verb[row], target[row]]);
}

describe('decideByRules', () => {
  test.each([1, 2, 3, 4, 5])(
    'decideByRules: does what the readable form does, item by item and draw by draw (seed %i)',
    async (seed) => {
      const nearBy = seed < 4 ? {} : { closureShare: 0.5, rewireShare: 0.6, rewireMatchLeast: seed === 4 ? 0 : 0.3 };
      const labels = seed === 2 ? { labelWeight: -1.5 } : {};
      const parameters = { ...livelyRules, ...nearBy, ...labels, capShare: seed === 1 ? 0.2 : 0.6, followShare: 0.5 };
      const world = openWorld({
        plan: smallPlan({ seed, policies: [{ kind: 'rules', parameters }], postCapacity: 1 << 13 }),
        population: smallPopulation({ seed, agents: 120, wakesPerDayMean: 40 }),
        placement: { mergeTicks: seed === 2 ? 1000 : 3 },
      });
      const [shard] = world.shards;
      const seenVerbs = new Set<number>();
      for (let tick = 0; tick < 14; tick++) {
        // Acting changes nothing before apply, so a second decision on the tables of a peek is the first one again.
        await world.step();
        world.peek();
        const { percepts, count } = shard.tables;
        for (let agent = 0; agent < 120; agent++) percepts.agent[agent as PerceptRow] = agent;
        fillFeeds(shard);
        // Every third place of the window is labelled, whoever stands there.
        const { standing, rowCapacity } = world.state.posts;
        for (let row = 0; row < rowCapacity; row += 3) standing[row as Id<'postRows'>] = standings.labelled;
        decideByRules(shard.state, parameters, shard.tables, { from: 0, to: 120, policy: 0 }, shard.turn);
        for (let agent = 0; agent < 120; agent++) {
          const acts = actsOf(shard, agent);
          expect(acts).toEqual(actsNaively(shard, parameters, agent as PerceptRow));
          for (const [verb] of acts) seenVerbs.add(verb);
        }
        count.fill(0);
      }
      expect([...seenVerbs].sort((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    },
  );

  test('decideByRules: an agent never reacts to content that it wrote or spread, though a feed shows it', async () => {
    const world = openWorld({ population: smallPopulation({ agents: 60, wakesPerDayMean: 60 }) });
    for (let tick = 0; tick < 6; tick++) await world.step();
    world.peek();
    const [shard] = world.shards;
    const { exposures, sizes } = shard.state;
    let acted = 0;
    for (let agent = 0; agent < 60; agent++) {
      shard.tables.percepts.agent[0 as PerceptRow] = agent;
      const start = agent * sizes.memoryLength;
      const own = Array.from({ length: sizes.memoryLength }, (_, k) => start + k)
        .filter((at) => ((exposures.seen as unknown as Uint8Array)[at] & actedBit) !== 0)
        .map((at) => (exposures.origin as unknown as Int32Array)[at]);
      own.forEach((origin, k) => {
        (shard.tables.items.post as unknown as Int32Array)[k] = origin;
        (shard.tables.items.origin as unknown as Int32Array)[k] = origin;
      });
      shard.tables.percepts.itemCount[0 as PerceptRow] = own.length;
      noteSeen(shard.state, shard.tables, 0, agent);
      acted += own.length;
      shard.tables.count.fill(0);
      const certain = { ...livelyRules, intercept: 30, capShare: 1, postShare: 0, unfollowShare: 0 };
      decideByRules(shard.state, certain, shard.tables, { from: 0, to: 1, policy: 0 }, shard.turn);
      expect(shard.tables.count[counts.intents]).toBe(0);
    }
    expect(acted).toBeGreaterThan(50);
  });
});

/** Directed triangles: ties of a to b and b to c that a closes, as a share of those where it could. */
function closedShare(followeesOf: readonly (readonly number[])[]): number {
  let [open, closed] = [0, 0];
  followeesOf.forEach((row, agent) => {
    for (const one of row) {
      for (const other of followeesOf[one]) {
        if (other === agent) continue;
        open++;
        if (row.includes(other)) closed++;
      }
    }
  });
  return closed / open;
}

/** Who follows whom after a run, by ordinal: the ties of the start, and what was granted since. */
async function followsAfter(parameters: Partial<RuleParameters>): Promise<{ interest: Int8Array; rows: number[][] }> {
  const quiet = { ...livelyRules, capShare: 0, postShare: 0, followShare: 0, unfollowShare: 0 };
  const plan = smallPlan({ policies: [{ kind: 'rules', parameters: { ...quiet, ...parameters } }], ticks: 60 });
  const population = smallPopulation({ agents: 150, followsMean: 8, wakesPerDayMean: 30 });
  const { records } = await runWorld({ plan, population });
  const { followOffset, followee, interest } = population;
  const rows = Array.from({ length: 150 }, (_, i) => new Set(followee.subarray(followOffset[i], followOffset[i + 1])));
  for (const { intentCount, actor, verb, target, outcome } of records) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      if (verb[i] === verbs.follow) rows[actor[i]].add(target[i]);
      if (verb[i] === verbs.unfollow) rows[actor[i]].delete(target[i]);
    }
  }
  return { interest, rows: rows.map((row) => [...row]) };
}

function meanMatch({ interest, rows }: { interest: Int8Array; rows: number[][] }): number {
  const matches = rows.flatMap((row, agent) =>
    row.map((other) => {
      let dot = 0;
      for (let k = 0; k < topicCount; k++) dot += interest[agent * topicCount + k] * interest[other * topicCount + k];
      return dot / topicScale ** 2;
    }),
  );
  return matches.reduce((sum, one) => sum + one, 0) / matches.length;
}

describe('closure and rewiring', () => {
  test('decideByRules: closure closes triangles, and adds ties; with neither of the two no tie changes', async () => {
    const [still, closing] = [await followsAfter({}), await followsAfter({ closureShare: 0.05 })];
    const [before, after] = [still, closing].map(({ rows }) => rows.flat().length);
    const { followee } = smallPopulation({ agents: 150, followsMean: 8, wakesPerDayMean: 30 });
    expect(before).toBe(followee.length);
    expect(after).toBeGreaterThan(before * 1.1);
    // As many ties to agents drawn evenly, from each agent, close fewer.
    const stream = randomStream(1, 1);
    const drawn = still.rows.map((row, agent) => {
      const all = new Set(row);
      while (all.size < closing.rows[agent].length) all.add(stream.below(150));
      return [...all];
    });
    expect(closedShare(closing.rows)).toBeGreaterThan(closedShare(drawn) * 1.15);
  });

  test('decideByRules: rewiring brings the alike together, and keeps the number of ties', async () => {
    const [still, rewired] = [await followsAfter({}), await followsAfter({ rewireShare: 0.5, rewireMatchLeast: 0.2 })];
    expect(meanMatch(rewired)).toBeGreaterThan(meanMatch(still) + 0.05);
    // Two acts of one tick may meet on one stranger; nothing else changes a degree.
    expect(Math.abs(rewired.rows.flat().length - still.rows.flat().length)).toBeLessThan(
      still.rows.flat().length * 0.01,
    );
  });

  test.each([
    { workers: 1, layout: 'scrambled', mergeTicks: 1 },
    { workers: 2, layout: 'key', mergeTicks: 1000 },
  ] as const)(
    'decideByRules: neither shards nor layout nor merge interval show in what closure and rewiring do (%o)',
    async (placement) => {
      const parameters = { ...livelyRules, closureShare: 0.4, rewireShare: 0.4, rewireMatchLeast: 0.1 };
      const plan = smallPlan({ policies: [{ kind: 'rules', parameters }], ticks: 16 });
      expect((await runWorld({ plan, placement })).digest).toBe((await runWorld({ plan })).digest);
    },
  );
});

/** Shows everybody what they remember, once or often seen, and then the newest posts, whoever follows whom. */
function fillFeeds({ state, tables }: Shard): void {
  const { now, sizes, exposures } = state;
  const [posts, origins] = [tables.items.post, tables.items.origin].map((one) => one as unknown as Int32Array);
  for (let percept = 0; percept < sizes.agentCount; percept++) {
    let shown = 0;
    const start = percept * sizes.memoryLength;
    for (const origin of (exposures.origin as unknown as Int32Array).subarray(start, start + 5)) {
      if (origin < now.oldestPost) continue;
      posts[percept * sizes.feedLength + shown] = origin;
      origins[percept * sizes.feedLength + shown++] = origin;
    }
    for (let id = now.nextPost - 1 - (percept % 5); id >= now.oldestPost && shown < sizes.feedLength; id--) {
      posts[percept * sizes.feedLength + shown] = id;
      origins[percept * sizes.feedLength + shown++] = (state.posts.origin as unknown as Int32Array)[
        postRow(state.posts, id)
      ];
    }
    tables.percepts.itemCount[percept as PerceptRow] = shown;
    noteSeen(state, tables, percept, percept);
  }
}

/** Says of each item shown to a percept how often the agent saw it before, as the recommender does. */
function noteSeen(state: StateView, tables: ShardTables, percept: number, agent: number): void {
  const { exposures, sizes } = state;
  const origins = exposures.origin as unknown as Int32Array;
  for (let k = 0; k < tables.percepts.itemCount[percept as PerceptRow]; k++) {
    const item = (percept * sizes.feedLength + k) as Id<'perceptItems'>;
    const place = findExposure(origins, agent * sizes.memoryLength, sizes.memoryLength, tables.items.origin[item]);
    tables.items.seen[item] = place < 0 ? 0 : exposures.seen[place as Id<'exposures'>];
  }
}

describe('reaction frequencies', () => {
  test('decideByRules: 60,000 looks at one post fall on repost, quote, reply, like and nothing as the odds say', async () => {
    const parameters = {
      ...livelyRules,
      intercept: -1,
      interestWeight: 0,
      socialWeight: 0,
      followShare: 0,
      postShare: 0,
      unfollowShare: 0,
    };
    const world = openWorld({
      population: tinyPopulation(Array.from({ length: 300 }, () => [])),
      plan: smallPlan({ interventions: [{ tick: 0, agent: 'a0', verb: 'post', appeal: 0 }] }),
    });
    await world.step();
    const [shard] = world.shards;
    const observed = new Map<number, number>();
    const looks = 200 * 299;
    const author = shard.state.posts.author[1 as never];
    for (let tick = 1; tick <= 200; tick++) {
      world.peek();
      const { now } = shard.state;
      // Another tick's draws on the same state: seeds of the tick are all that draws see of it.
      Object.assign(now, { seedA: now.seedA + tick * 0x1000193, seedB: now.seedB ^ (tick * 0x9e3779b1) });
      const agents = Array.from({ length: 300 }, (_, row) => row).filter((row) => row !== author);
      agents.forEach((agent, p) => {
        shard.tables.percepts.agent[p as PerceptRow] = agent;
        shard.tables.percepts.itemCount[p as PerceptRow] = 1;
        (shard.tables.items.post as unknown as Int32Array)[p * 8] = 1;
        (shard.tables.items.origin as unknown as Int32Array)[p * 8] = 1;
      });
      decideByRules(shard.state, parameters, shard.tables, { from: 0, to: agents.length, policy: 0 }, shard.turn);
      for (let row = 0; row < shard.tables.count[counts.intents]; row++) {
        const verb = shard.tables.intents.verb[row as IntentRow];
        observed.set(verb, (observed.get(verb) ?? 0) + 1);
      }
    }
    const p = logistic(-1);
    const expected = [
      [verbs.repost, p],
      [verbs.quote, p * parameters.quoteRatio],
      [verbs.reply, p * parameters.replyRatio],
      [verbs.like, p * parameters.likeRatio],
    ] as const;
    const rest = 1 - expected.reduce((sum, [, share]) => sum + share, 0);
    const nothing = looks - [...observed.values()].reduce((sum, one) => sum + one, 0);
    let chi2 = (nothing - rest * looks) ** 2 / (rest * looks);
    for (const [verb, share] of expected) chi2 += ((observed.get(verb) ?? 0) - share * looks) ** 2 / (share * looks);
    // Four degrees of freedom; 33 is passed once in a million.
    expect(chi2).toBeLessThan(33);
  });
});

describe('adoptionProbability', () => {
  test('log2Count: is exact at powers of two, grows with every share, and lies within 0.09 of the logarithm', () => {
    for (let bits = 0; bits < 30; bits++) expect(log2Count(2 ** bits - 1)).toBe(bits);
    for (let n = 0, previous = -1; n < 5000; n++) {
      expect(log2Count(n)).toBeGreaterThan(previous);
      previous = log2Count(n);
      expect(Math.abs(previous - Math.log2(n + 1))).toBeLessThan(0.09);
    }
  });

  test('adoptionProbability: never passes the cap, falls with exposures, rises with match, shares and appeal', () => {
    const look = fc.record({
      match: fc.double({ min: -1, max: 1, noNaN: true }),
      shares: fc.nat(1_000_000),
      appeal: fc.double({ min: -5, max: 5, noNaN: true }),
      seen: fc.nat(127),
    });
    fc.assert(
      fc.property(look, (one) => {
        const p = adoptionProbability(livelyRules, one);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(livelyRules.capShare);
        expect(adoptionProbability(livelyRules, { ...one, seen: one.seen + 1 })).toBeLessThanOrEqual(p);
        expect(adoptionProbability(livelyRules, { ...one, shares: one.shares * 2 + 1 })).toBeGreaterThanOrEqual(p);
        expect(adoptionProbability(livelyRules, { ...one, appeal: one.appeal + 0.1 })).toBeGreaterThanOrEqual(p);
        expect(adoptionProbability(livelyRules, { ...one, isLabelled: true })).toBe(p);
        const warned = { ...livelyRules, labelWeight: -1 };
        const same = adoptionProbability(livelyRules, { ...one, appeal: one.appeal - 1 });
        expect(adoptionProbability(warned, { ...one, isLabelled: true })).toBeCloseTo(same, 12);
        expect(adoptionProbability(warned, one)).toBe(p);
      }),
      { seed: 13 },
    );
  });
});
