/**
 * Planted truth in a run: who the members are, that they do what was planted and nothing shows the number of shards, that what is left out
 * leaves no trace, and what is refused.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { plantedMembers, truthOf } from '../../../sim/engine/plants.ts';
import { recordRun, resumeRun } from '../../../sim/engine/run.ts';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { seedArmOf } from '../../../sim/policy/plants.ts';
import { firstPlantedSequence, firstReattemptSequence } from '../../../sim/exchange/tables.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { readPosts } from '../../../sim/record/post-reader.ts';
import { detailOf } from '../../../sim/record/chunk.ts';
import { readTruth } from '../../../sim/record/truth.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { externalId } from '../../../sim/world/population.ts';
import type { Compiled } from '../../../sim/engine/compile.ts';
import type { Records } from '../../../sim/record/reader.ts';
import type { ScenarioInput } from '../../../sim/scenario/schema.ts';

type Plants = ScenarioInput['plants'];

const usual = {
  ...{ version: 1, name: 'planted', seed: 5, ticks: 60, tickSeconds: 1800 },
  population: { kind: 'generated', agents: 300, wakesPerDayMean: 12 },
  feed: { recommender: 'random', length: 5 },
  texts: { capacityBytes: 1_000_000 },
  verbs: ['post', 'upvote', 'downvote', 'ask'],
  policies: [{ share: 1, rules: { postShare: 0.2, likeRatio: 1, dislikeRatio: 1 } }],
  grounds: {
    goods: [
      { name: 'coins', initial: 100 },
      { name: 'apples', initial: 500 },
    ],
    markets: [{ good: 'apples', money: 'coins' }],
  },
};

function compiled(plants: Plants, more: object = {}): Compiled {
  const data = { ...usual, ...more, ...(plants === undefined ? {} : { plants }) };
  return compileScenario(scenarioOf(documentOf(data, 'made')), () => '');
}

const ring = {
  name: 'ring',
  kind: 'ring',
  size: 8,
  jointTargets: 12,
  participationShare: 0.75,
  verb: 'upvote',
} as const;
const dolls = { name: 'dolls', kind: 'sock-puppets', hands: 2, accountsPerHand: 3, messagesPerHand: 4 } as const;
const sellers = { name: 'sellers', kind: 'cartel', size: 3, good: 'apples', price: 7, everyTicks: 10 } as const;
const sheep = { name: 'sheep', kind: 'conformists', share: 0.2, strength: 0.7, votesPerLook: 0.5 } as const;
const first = { name: 'first', kind: 'seed-votes', accounts: 5 } as const;
const all = [{ ...ring, camouflagePerDay: 3 }, dolls, sellers, first, sheep];

interface Act {
  readonly tick: number;
  readonly agent: number;
  readonly verb: number;
  readonly target: number;
  readonly amount: number;
  readonly outcome: number;
  readonly price: number;
  readonly text: string;
}

/** Acts that are numbered as those of plants. */
function plantedActs(records: Records): Act[] {
  return [...records.ticks()].flatMap((record) =>
    Array.from({ length: record.intentCount }, (_, i) => i)
      .filter((i) => record.sequence[i] >= firstPlantedSequence && record.sequence[i] < firstReattemptSequence)
      .map((i) => ({
        ...{ tick: record.tick, agent: record.actor[i], verb: record.verb[i], target: record.target[i] },
        ...{ amount: record.amount[i], outcome: record.outcome[i] },
        ...{ price: 0, text: '', ...detailOf(record, i) },
      })),
  );
}

describe('plantedMembers', () => {
  test('plantedMembers: the least lots of those who are left, plant by plant', () => {
    const { plan, population } = compiled([ring, sheep]);
    const [members, conformists] = plantedMembers(plan, population);
    const lotOf = (agent: number, i: number): number =>
      randomStream(5, streamPurposes.plants, population.keyLo[agent] + i, population.keyHi[agent]).uniform();
    const everybody = Array.from({ length: 300 }, (_, agent) => agent);
    const byLot = (i: number) => (x: number, y: number) => lotOf(x, i) - lotOf(y, i);
    expect(Array.from(members)).toEqual(everybody.toSorted(byLot(0)).slice(0, 8));
    const left = everybody.filter((agent) => !members.includes(agent));
    expect(Array.from(conformists)).toEqual(left.toSorted(byLot(1)).slice(0, 60));
  });

  test('plan: holds what is planted and never who; without plants it has no such field', () => {
    const { plan, population } = compiled(all);
    const ids = truthOf(plan, population).plants.flatMap(({ groups }) => groups.flat());
    expect(ids).toHaveLength(8 + 6 + 3 + 5 + 60);
    expect(new Set(ids).size).toBe(ids.length);
    const written = JSON.stringify(plan);
    expect(ids.filter((id) => written.includes(`"${id}"`))).toEqual([]);
    expect(compiled(undefined).plan).not.toHaveProperty('plants');
  });
});

describe('what members do', () => {
  test('ring: members act on joint targets with the planted participation, within the spread of the moment', async () => {
    const made = compiled([ring]);
    const records = await runInMemory(made);
    const acts = plantedActs(records);
    const members = new Set(plantedMembers(made.plan, made.population)[0]);
    expect(acts.every(({ agent, verb }) => members.has(agent) && verb === verbs.upvote)).toBe(true);
    const targets = Map.groupBy(acts, ({ target }) => target);
    expect(targets.size).toBeGreaterThanOrEqual(10);
    expect(acts.length / (8 * 12)).toBeCloseTo(0.75, 1);
    const posts = readPosts(records);
    for (const [target, own] of targets) {
      expect(own.every(({ tick }) => posts.tick[target - 1] < tick && tick - posts.tick[target - 1] <= 22)).toBe(true);
    }
  });

  test('ring that aims at members: one writes, the others act on it a tick later or more', async () => {
    const records = await runInMemory(compiled([{ ...ring, aims: 'members' }]));
    const acts = plantedActs(records);
    const written = acts.filter(({ verb }) => verb === verbs.post);
    const posts = readPosts(records);
    const pushed = acts.filter(({ verb }) => verb === verbs.upvote);
    expect(written).toHaveLength(12);
    expect(pushed.length).toBeGreaterThan(50);
    const authors = new Set(written.map(({ agent }) => agent));
    expect(
      pushed.every(({ target, agent }) => authors.has(posts.author[target - 1]) && posts.author[target - 1] !== agent),
    ).toBe(true);
  });

  test('sock-puppets: accounts of one hand post texts of one stem, within the spread, each with a word of its own', async () => {
    const made = compiled([dolls]);
    const acts = plantedActs(await runInMemory(made));
    const members = plantedMembers(made.plan, made.population)[0];
    expect(acts.length).toBeGreaterThan(15);
    const stems = new Map<string, Set<number>>();
    const fillers = /\b(really|now|again|still|simply|clearly|today|indeed) /;
    for (const { agent, text } of acts) {
      const stem = text.replace(fillers, '');
      stems.set(stem, (stems.get(stem) ?? new Set<number>()).add(Math.floor(members.indexOf(agent) / 3)));
    }
    expect(stems.size).toBeLessThanOrEqual(8 + 4);
    expect([...stems.values()].every((hands) => hands.size === 1)).toBe(true);
  });

  test('cartel: members offer the good at the one price, every ten ticks', async () => {
    const acts = plantedActs(await runInMemory(compiled([sellers])));
    expect(acts).toHaveLength(18);
    expect(
      acts.every(
        ({ verb, target, price, tick }) => verb === verbs.ask && target === 1 && price === 7 && tick % 10 === 0,
      ),
    ).toBe(true);
  });

  test('seed votes: each post of an arm gets its one vote in the tick after, by an account; the control gets none', async () => {
    const made = compiled([{ ...first, upShare: 0.5, downShare: 0.25 }]);
    const records = await runInMemory(made);
    const accounts = new Set(plantedMembers(made.plan, made.population)[0]);
    const posts = readPosts(records);
    const votes = new Map(plantedActs(records).map((act) => [act.target, act]));
    let [wrong, seen] = [0, 0];
    for (let row = 0; row < posts.count; row++) {
      if (accounts.has(posts.author[row]) || posts.tick[row] >= 59) continue;
      const arm = seedArmOf(5, 0, { upShare: 0.5, downShare: 0.25 }, row + 1);
      const vote = votes.get(row + 1);
      const expected = arm === 'control' ? undefined : arm === 'up' ? verbs.upvote : verbs.downvote;
      const isLate = vote !== undefined && vote.tick !== posts.tick[row] + 1;
      if (vote?.verb !== expected || isLate || (vote !== undefined && !accounts.has(vote.agent))) wrong++;
      seen++;
    }
    expect(seen).toBeGreaterThan(300);
    expect(wrong).toBe(0);
  });

  test('seedArmOf: arms have their shares, and neighbouring posts are dealt independently', () => {
    const arms = Array.from({ length: 6000 }, (_, post) =>
      seedArmOf(9, 0, { upShare: 1 / 3, downShare: 1 / 3 }, post + 1),
    );
    for (const arm of ['up', 'control', 'down']) {
      expect(arms.filter((one) => one === arm).length / 6000).toBeCloseTo(1 / 3, 1);
    }
    const alike = arms.filter((arm, i) => arm === arms[i + 1]).length;
    expect(Math.abs(alike / 6000 - 1 / 3)).toBeLessThan(0.02);
  });

  test('conformists: where scores are hidden, strength changes nothing; where they are shown, it does', async () => {
    const votesOf = async (strength: number, scoreShown: boolean) =>
      plantedActs(await runInMemory(compiled([{ ...sheep, strength, scoreShown }]))).map(
        ({ tick, agent, verb, target }) => [tick, agent, verb, target].join(),
      );
    const independent = await votesOf(0, true);
    expect(await votesOf(0.9, false)).toEqual(independent);
    expect(await votesOf(0.9, true)).not.toEqual(independent);
  });
});

describe('runs with plants', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-plants-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('all plants together: one digest with three workers, and with one that stops, is taken up again and ends', async () => {
    const made = compiled(all);
    const order = (name: string) => ({
      ...{ compiled: made, directory: join(folder, name), source: { name: 'made', sha256: '' }, code: noOwnCode },
      exposureSampleShare: 0.1,
    });
    const stopper = new AbortController();
    const observer = {
      onTick: ({ tick }: { tick: number }) => {
        if (tick === 30) stopper.abort();
      },
    };
    const alone = { workers: 1, layout: 'degree', mergeTicks: 7, checkpointTicks: 20 } as const;
    const stopped = await recordRun({ ...order('run-1'), placement: alone, observer, signal: stopper.signal });
    expect(stopped).toMatchObject({ outcome: 'stopped' });
    const whole = await resumeRun({ directory: join(folder, 'run-1'), placement: alone });
    const three = { workers: 3, layout: 'scrambled', mergeTicks: 5 } as const;
    const { digest } = await recordRun({ ...order('run-3'), placement: three });
    expect(whole).toMatchObject({ outcome: 'complete', digest });
    const truth = readTruth(join(folder, 'run-1'));
    expect(truth).toEqual(JSON.parse(JSON.stringify(truthOf(made.plan, made.population))));
    const expected = plantedMembers(made.plan, made.population)[1];
    const names = Array.from(expected, (ordinal) => externalId(made.population.ids, ordinal));
    expect(truth.plants[1].groups).toEqual([names.slice(0, 3), names.slice(3)]);
  });

  test('acts of a member are ruled in one stretch with its own: nothing that is once only is granted twice in a tick', async () => {
    const plants: Plants = [{ ...sheep, share: 1, votesPerLook: 1 }];
    const rules = { likeRatio: 5, dislikeRatio: 0, capShare: 1, intercept: 10 };
    const records = await runInMemory(compiled(plants, { policies: [{ share: 1, rules }], ticks: 20 }));
    const standing = new Map<string, number>();
    let votes = 0;
    for (const record of records.ticks()) {
      let before = -1;
      const seen = new Set<number>();
      for (let i = 0; i < record.intentCount; i++) {
        if (record.actor[i] !== before) expect(seen.has(record.actor[i])).toBe(false);
        seen.add((before = record.actor[i]));
        if (record.verb[i] !== verbs.upvote || record.outcome[i] !== outcomes.granted) continue;
        const pair = `${record.actor[i]} ${record.target[i]}`;
        standing.set(pair, (standing.get(pair) ?? 0) + 1);
        votes++;
      }
    }
    expect(votes).toBeGreaterThan(100);
  });
});

describe('what is refused', () => {
  function codesOf(compile: () => unknown): string[] {
    try {
      compile();
    } catch (error) {
      if (error instanceof InputError) return error.problems.map(({ code, found }) => `${code} ${found}`);
      throw error;
    }
    return [];
  }

  test.each<[string, Plants, object, RegExp]>([
    ['a verb that is not allowed', [{ ...ring, verb: 'repost' }], {}, /^INPUT_COMBINATION .*needs repost/],
    ['a window without a tick', [{ ...ring, fromTick: 60 }], {}, /^INPUT_COMBINATION .*no tick/],
    ['shares above 1', [{ ...first, upShare: 0.8, downShare: 0.4 }], {}, /^INPUT_SUM/],
    ['one name twice', [ring, { ...ring }], {}, /^INPUT_DUPLICATE_ID .*ring/],
    ['more members than agents', [{ ...ring, size: 299 }, dolls], {}, /^INPUT_TOO_LARGE .*305 agents/],
    ['a good that is not traded', [{ ...sellers, good: 'coins' }], {}, /^INPUT_DANGLING_REF .*no market/],
  ])('plants: %s', (_, plants, more, problem) => {
    expect(codesOf(() => compiled(plants, more))[0]).toMatch(problem);
  });

  test('seed votes: more posts in a tick than the accounts can vote on', async () => {
    const rules = { postShare: 1 };
    const crowd = compiled([{ ...first, accounts: 1, upShare: 1, downShare: 0 }], {
      ...{ policies: [{ share: 1, rules }], ticks: 5, tickSeconds: 86_400 },
    });
    await expect(runInMemory(crowd)).rejects.toThrow(/more than 64 acts in one tick/);
  });
});
