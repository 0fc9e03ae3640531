/**
 * Invariants in whole runs: judged by the definition of the logic, over workers and layouts, through a resume, and where one agent's
 * acts of a tick rely on one another.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { firstInvariantRule } from '../../../sim/exchange/invariants.ts';
import { outcomeName, reasonName } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { standings } from '../../../sim/world/posts.ts';
import { reportInvariants } from '../../../sim/engine/invariants.ts';
import { recordRun, resumeRun, verifyRun } from '../../../sim/engine/run.ts';
import { takeSnapshot } from '../../../sim/engine/snapshot.ts';
import { stateDifference } from '../../../sim/engine/state-difference.ts';
import { codeOf, openWorld, rootOf, runWorld, smallPlan, smallPopulation, tinyPopulation } from '../worlds.ts';
import { judgeRun } from './invariant-judge.ts';
import type { InvariantPlan } from '../../../sim/exchange/invariants.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { NamedState } from '../../../sim/engine/state-difference.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

const root = mkdtempSync(join(tmpdir(), 'mesocosm-invariants-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function listed(scope: InvariantPlan['scope'], formulas: Readonly<Record<string, string>>): InvariantPlan[] {
  return Object.entries(formulas).map(([code, formula]) => ({ code, formula, scope }));
}

const ofActors = listed('actor', {
  'no-two-likes': 'always (verb = like implies weak-next verb != like)',
  'known-first': 'always (verb = repost implies target.followers >= 4)',
  'not-oneself': 'always (verb = like implies not target is self)',
  'follow-before-unfollow': 'always (verb = unfollow implies once verb = follow)',
  'quiet-first': 'verb = post release verb != follow',
  'few-posts': 'always (actor.posts >= 6 implies verb != reply and verb != quote)',
});
const ofTheRun = listed('world', {
  'no-two-reposts': 'always (verb = repost implies weak-next verb != repost)',
  'reply-between': 'always (verb = quote implies not (yesterday (verb != reply since verb = quote)))',
});
const liveness = listed('actor', { 'unfollows-again': 'always (verb = follow implies eventually verb = unfollow)' });

describe('invariants: judged by the definition', () => {
  test('invariants of actors: no granted trace breaks one, each refuses some acts, and none that it need not', async () => {
    const plan = smallPlan({ ticks: 40, invariants: ofActors });
    const judged = await judgeRun({ plan, population: smallPopulation({ agents: 300, wakesPerDayMean: 40 }) });
    expect(judged.broken).toEqual(ofActors.map(() => 0));
    expect(judged.wrongly).toBe(0);
    expect(Math.min(...judged.refused)).toBeGreaterThan(20);
    expect(judged.granted).toBeGreaterThan(5000);
  });

  test('invariants of the run: the granted acts of all agents are one trace that breaks none', async () => {
    const invariants = [...ofTheRun, ...ofActors.slice(0, 2)];
    const plan = smallPlan({ ticks: 12, invariants });
    const judged = await judgeRun({ plan, population: smallPopulation({ agents: 60 }), placement: { workers: 3 } });
    expect(judged.broken).toEqual([0, 0, 0, 0]);
    expect(judged.wrongly).toBe(0);
    expect(Math.min(...judged.refused)).toBeGreaterThan(5);
  });
});

describe('invariants: where a run happens cannot be seen', () => {
  const population = smallPopulation({ agents: 240 });
  const placements = [
    { workers: 1, layout: 'key', mergeTicks: 3 },
    { workers: 2, layout: 'scrambled', mergeTicks: 24 },
    { workers: 3, layout: 'degree', mergeTicks: 1 },
  ] as const;

  test.each([
    ['actors', [...ofActors, ...liveness]],
    ['actors and the run', [...ofTheRun, ...ofActors, ...liveness]],
  ])('invariants of %s: the same digest for any workers, layout and merge interval', async (_, invariants) => {
    const plan = smallPlan({ invariants });
    const base = await runWorld({ plan, population });
    for (const placement of placements) {
      const other = await runWorld({ plan, population, placement });
      expect([placement, other.digest]).toEqual([placement, base.digest]);
    }
    const without = await runWorld({ plan: smallPlan(), population });
    expect(without.digest).not.toBe(base.digest);
  });

  test('invariants of the run: the order in which shards take a phase does not show', async () => {
    const plan = smallPlan({ ticks: 10, invariants: [...ofTheRun, ...ofActors] });
    const roots = [];
    for (const key of [1, 2, 3]) {
      const stream = randomStream(5, streamPurposes.sample, key);
      const world = openWorld({ plan, population, placement: { workers: 4 } }, (count) => stream.below(count));
      for (let tick = 0; tick < plan.ticks; tick++) await world.step();
      roots.push(world.root());
    }
    expect(new Set(roots).size).toBe(1);
  });

  test('invariants: every byte of a monitor’s state is in the root of the state', async () => {
    const plan = smallPlan({ ticks: 3, invariants: [...ofActors, ...ofTheRun] });
    const world = openWorld({ plan, population });
    for (let tick = 0; tick < plan.ticks; tick++) await world.step();
    const before = world.root();
    world.state.invariants.forEach((column) => {
      for (const at of [0, column.length - 1]) {
        column[at] ^= 1;
        expect(rootOf(world.shards)).not.toBe(before);
        column[at] ^= 1;
      }
    });
    expect(world.root()).toBe(before);
  });
});

describe('invariants: in snapshots', () => {
  test('stateDifference: names the invariant and the agent whose state differs, and sees no difference in the layout', async () => {
    const plan = smallPlan({ ticks: 5, invariants: [...ofActors, ...ofTheRun] });
    const population = smallPopulation({ agents: 100 });
    const stateOf = async (layout: 'key' | 'scrambled'): Promise<NamedState> => {
      const world = openWorld({ plan, population, placement: { layout, mergeTicks: 1 } });
      for (let tick = 0; tick < plan.ticks; tick++) await world.step();
      return { snapshot: takeSnapshot(world.simulation.handle, plan.ticks), attributeNames: [], nameOf: String };
    };
    const [one, other] = [await stateOf('key'), await stateOf('scrambled')];
    expect(stateDifference(one, other)).toBeUndefined();
    const { columns } = other.snapshot;
    const row = columns['agents.ordinal'].indexOf(42);
    const [byte, ofTheRunByte] = [columns['invariants.2'][row], columns['invariants.6'][0]];
    columns['invariants.2'][row] = byte + 1;
    expect(stateDifference(one, other)).toEqual({ agent: '42', field: 'invariants.2', first: byte, second: byte + 1 });
    columns['invariants.2'][row] = byte;
    columns['invariants.6'][0] = ofTheRunByte + 1;
    expect(stateDifference(one, other)).toMatchObject({ field: 'invariants.6[0]', second: ofTheRunByte + 1 });
  });
});

describe('invariants: a run that is taken up again', () => {
  const plan = smallPlan({ ticks: 30, invariants: [...ofTheRun, ...ofActors, ...liveness] });
  const compiled = { plan, population: smallPopulation({ agents: 200 }) };
  const placement = { workers: 1, layout: 'degree', mergeTicks: 7, checkpointTicks: 5 } as const;
  const order = { compiled, source: { name: '', sha256: '' }, exposureSampleShare: 0 };

  test('resumeRun: from a checkpoint in the middle, on other shards, to the same digest and the same report', async () => {
    const whole = await recordRun({ ...order, placement, directory: join(root, 'whole') });
    const directory = join(root, 'stopped');
    const stopper = new AbortController();
    const observer = {
      onTick({ tick }: { readonly tick: number }) {
        if (tick === 17) stopper.abort();
      },
    };
    const stopped = await recordRun({ ...order, placement, directory, observer, signal: stopper.signal });
    expect(stopped.outcome).toBe('stopped');
    expect(stopped.invariants?.map(({ undecided }) => undecided > 0)).toEqual(plan.invariants?.map(() => true));
    const resumed = await resumeRun({ directory, placement: { ...placement, workers: 2 } });
    expect([resumed.digest, resumed.outcome]).toEqual([whole.digest, 'complete']);
    expect(resumed.invariants).toEqual(whole.invariants);
    expect((await verifyRun(directory, placement)).same).toBe(true);
  });

  test('manifest: safety holds of everybody at the end, and a liveness invariant of those whom the log shows to have met it', async () => {
    const records: TickRecord[] = [];
    const world = openWorld({ plan, population: compiled.population });
    for (let tick = 0; tick < plan.ticks; tick++) records.push(await world.step());
    const owing = new Set<number>();
    for (const { intentCount, actor, verb, outcome } of records) {
      for (let i = 0; i < intentCount; i++) {
        if (outcomeName(outcome[i]) !== 'granted') continue;
        if (verb[i] === verbs.follow) owing.add(actor[i]);
        if (verb[i] === verbs.unfollow) owing.delete(actor[i]);
      }
    }
    const report = reportInvariants(world.simulation.main, true) ?? [];
    expect(report.map(({ kind, fails }) => [kind, fails])).toEqual([
      ...[...ofTheRun, ...ofActors].map(() => ['safety', 0]),
      ['liveness', owing.size],
    ]);
    expect(owing.size).toBeGreaterThan(10);
    expect(report.map(({ holds, fails }) => holds + fails)).toEqual([
      1,
      1,
      ...[...ofActors, ...liveness].map(() => 200),
    ]);
  });
});

/** Everybody wakes in every tick. At tick 0 agent 1 makes post 1 and agent 0 follows agent 2; at tick 1 agent 0 does what the script says. */
function scripted(formula: string, script: (hand: Hand) => void, changes: Partial<Plan> = {}) {
  const policy = {
    decide(hand: Hand) {
      const who = hand.state.agents.ordinal[hand.agent];
      if (hand.state.now.tick === 0 && who === 1) hand.act('post');
      if (hand.state.now.tick === 0 && who === 0) hand.act('follow', hand.state.rowOfOrdinal[2]);
      if (hand.state.now.tick === 1 && who === 0) script(hand);
    },
  };
  const plan = smallPlan({
    ticks: 2,
    policies: [{ kind: 'own', name: 'script' }],
    allowedVerbs: ['post', 'reply', 'like', 'unlike', 'follow', 'unfollow', 'mute', 'unmute', 'report'],
    invariants: [{ code: 'rule', formula, scope: 'actor' }],
    ...changes,
  });
  return { plan, population: tinyPopulation([[], [], []], 1e6), code: codeOf({ policies: { script: policy } }) };
}

async function rulingsOf(order: ReturnType<typeof scripted>) {
  const world = openWorld(order);
  await world.step();
  const record = await world.step();
  const rulings = Array.from({ length: record.intentCount }, (_, i) => reasonName(record.reason[i]));
  return { world, rulings, record };
}

describe('invariants: acts of one agent and tick that rely on one another', () => {
  test('a like is refused, so its taking back finds nothing, and the next one after a reply stands alone', async () => {
    const order = scripted('always (verb = like implies once verb = reply)', (hand) => {
      for (const verb of ['like', 'unlike', 'reply', 'like']) hand.act(verb, 1);
    });
    const { world, rulings } = await rulingsOf(order);
    expect(rulings).toEqual(['INVARIANT_BROKEN', 'NOT_LIKED', 'OK', 'OK']);
    expect(world.state.posts.likeCount[1 as never]).toBe(1);
    const author = world.state.rowOfOrdinal[1] as never;
    expect(world.state.agents.karma[author]).toBe(1);
  });

  test.each([
    ['follow', 'unfollow', 'NOT_FOLLOWING'],
    ['mute', 'unmute', 'NOT_MUTED'],
  ])(
    'a %s is refused, so %s finds nothing, and the next one after a reply stands alone',
    async (does, undoes, reason) => {
      const order = scripted(`always (verb = ${does} implies once verb = reply)`, (hand) => {
        const other = hand.state.rowOfOrdinal[1];
        hand.act(does, other);
        hand.act(undoes, other);
        hand.act('reply', 1);
        hand.act(does, other);
      });
      const { world, rulings } = await rulingsOf(order);
      expect(rulings).toEqual(['INVARIANT_BROKEN', reason, 'OK', 'OK']);
      const { agents, rowOfOrdinal } = world.state;
      expect(agents.followeeCount[rowOfOrdinal[0] as never]).toBe(1);
      expect(agents.bondCount[rowOfOrdinal[0] as never]).toBe(does === 'mute' ? 1 : 0);
    },
  );

  test('an unfollow of a tie that stands is refused, so a follow after it is one too many', async () => {
    const order = scripted('always verb != unfollow', (hand) => {
      hand.act('unfollow', hand.state.rowOfOrdinal[2]);
      hand.act('follow', hand.state.rowOfOrdinal[2]);
    });
    const { world, rulings } = await rulingsOf(order);
    expect(rulings).toEqual(['INVARIANT_BROKEN', 'ALREADY_FOLLOWING']);
    expect(world.state.agents.followeeCount[world.state.rowOfOrdinal[0] as never]).toBe(1);
  });

  test('the agent is told why, with no tick from which it may try again, and the ruling has the invariant’s number', async () => {
    const told: unknown[] = [];
    const order = scripted(
      'always verb != reply',
      (hand) => {
        hand.act('reply', 1);
      },
      { ticks: 3 },
    );
    const decide = (hand: Hand): void => order.code.policies['script'].decide?.(hand);
    const listening = {
      decide(hand: Hand) {
        if (hand.state.now.tick === 2 && hand.state.agents.ordinal[hand.agent] === 0) told.push(hand.refusal);
        decide(hand);
      },
    };
    const world = openWorld({ ...order, code: codeOf({ policies: { script: listening } }) });
    const records = [await world.step(), await world.step(), await world.step()];
    expect(told).toEqual([expect.objectContaining({ reason: 'INVARIANT_BROKEN', tick: 1, retryTick: 0 })]);
    expect(records[1].rule[0]).toBe(firstInvariantRule);
  });
});

describe('invariants: what they speak of', () => {
  test('amounts and attributes of a study’s own verbs count; a post has no amount, whatever its appeal', async () => {
    const donate = {
      target: 'agent',
      conflict: 'none',
      effects: [{ op: 'addToActor', attribute: 'given', amount: 1 }],
    } as const;
    const formula = 'always (amount <= 5 and (verb = donate implies target.given < 1 and actor.given < 1))';
    const order = scripted(
      formula,
      (hand) => {
        hand.act('post', 0, 900);
        hand.act('donate', hand.state.rowOfOrdinal[1], 6);
        hand.act('donate', hand.state.rowOfOrdinal[1], 5);
        hand.act('donate', hand.state.rowOfOrdinal[0], 5);
      },
      { attributes: [{ name: 'given', initial: 0 }] },
    );
    const code = codeOf({ policies: order.code.policies, verbs: { donate } });
    expect((await rulingsOf({ ...order, code })).rulings).toEqual(['OK', 'INVARIANT_BROKEN', 'OK', 'OK']);
    const rich = { ...order.plan, attributes: [{ name: 'given', initial: 1 }] };
    expect((await rulingsOf({ ...order, code, plan: rich })).rulings).toEqual([
      'OK',
      ...['INVARIANT_BROKEN', 'INVARIANT_BROKEN', 'INVARIANT_BROKEN'],
    ]);
  });

  test('what the scenario makes an agent do is enforced, what the platform does by its own rules is not', async () => {
    const invariants = listed('world', {
      calm: 'always verb != remove and always (verb = post implies weak-next verb != post)',
    });
    const conduct = {
      ...{ selfRating: true, moderators: [], limits: [] },
      moderation: [{ id: 'take-down', version: 1, reports: 1, does: 'remove', hours: 1 } as const],
    };
    const interventions = [0, 1].map(() => ({ tick: 1, agent: 'a0', verb: 'post' as const }));
    const order = scripted(
      '',
      (hand) => {
        hand.act('report', 1);
      },
      { ticks: 3, invariants, conduct, interventions },
    );
    const world = openWorld(order);
    const records = [await world.step(), await world.step(), await world.step()];
    const reasons = Array.from(records[1].reason, reasonName);
    expect(reasons.filter((one) => one === 'INVARIANT_BROKEN')).toHaveLength(2);
    expect(world.state.posts.standing[1 as never]).toBe(standings.removed);
  });

  test('a formula that speaks of what the run does not have is refused before the first tick', () => {
    for (const formula of ['always verb != steal', 'always actor.wealth > 5', 'always text is present']) {
      const plan = smallPlan({ invariants: [{ code: 'odd', formula, scope: 'actor' }] });
      expect(() => openWorld({ plan })).toThrow(InputError);
    }
  });
});
