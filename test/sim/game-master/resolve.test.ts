/**
 * The Game Master against a replay on objects: one final ruling an intent, every reason reachable, places drawn by lot.
 */
import { describe, expect, test } from 'vitest';
import { outcomes, reasonName, reasons, ruleName, rules } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { codeOf, openWorld, smallPlan, smallPopulation, tinyPopulation } from '../worlds.ts';
import type { OwnVerb } from '../../../sim/exchange/verbs.ts';
import type { Reason } from '../../../sim/exchange/reasons.ts';
import type { OwnPolicy } from '../../../sim/policy/own.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

const never: OwnVerb = { target: 'agent', conflict: 'none', refuse: () => 'RULE_REFUSED', effects: [] };
const first: OwnVerb = { target: 'agent', conflict: 'exclusive', places: 1, effects: [] };

/** Two agents, 0 following 1, under a script: what each ordinal attempts at each tick, by verb and target. */
type Script = Readonly<Record<string, readonly (readonly [verb: string, target?: number])[]>>;

function scripted(script: Script): OwnPolicy {
  return {
    decide(hand) {
      const { now, agents } = hand.state;
      for (const [verb, target] of script[`${now.tick}:${agents.ordinal[hand.agent]}`] ?? []) hand.act(verb, target);
    },
  };
}

async function rulings(script: Script, ticks: number, changes: Partial<Plan> = {}): Promise<TickRecord[]> {
  const plan = smallPlan({ policies: [{ kind: 'own', name: 'scripted' }], ...changes });
  const code = codeOf({ policies: { scripted: scripted(script) }, verbs: { never, first } });
  // The key layout makes ordinals and rows one, so that a script can name agents.
  const world = openWorld({ code, plan, population: tinyPopulation([[1], []], 1e7), placement: { layout: 'key' } });
  const records: TickRecord[] = [];
  for (let tick = 0; tick < ticks; tick++) records.push(await world.step());
  return records;
}

function ruled({ reason, rule }: TickRecord): string[] {
  return Array.from(reason, (one, i) => `${reasonName(one)} ${ruleName(rule[i])}`);
}

function namesOf(record: TickRecord): Reason[] {
  return Array.from(record.reason, reasonName);
}

describe('reasons', () => {
  const posted: Script = { '0:0': [['post']] };
  const cases: readonly (readonly [Reason, string, Script])[] = [
    ['ALREADY_REPOSTED', 'onceOnly', { ...posted, '1:1': [['repost', 1]], '2:1': [['repost', 1]] }],
    ['ALREADY_REPOSTED', 'onceOnly', { ...posted, '1:1': [['repost', 1]], '2:1': [['repost', 2]] }],
    [
      'ALREADY_REPOSTED',
      'onceOnly',
      {
        ...posted,
        '2:1': [
          ['repost', 1],
          ['repost', 1],
        ],
      },
    ],
    ['ALREADY_LIKED', 'onceOnly', { ...posted, '1:1': [['like', 1]], '2:1': [['like', 1]] }],
    ['ALREADY_LIKED', 'onceOnly', { ...posted, '2:1': [['like', 1], ['post'], ['like', 1]] }],
    ['ALREADY_FOLLOWING', 'ownRelation', { '2:0': [['follow', 1]] }],
    [
      'ALREADY_FOLLOWING',
      'ownRelation',
      {
        '2:1': [
          ['follow', 0],
          ['follow', 0],
        ],
      },
    ],
    ['NOT_FOLLOWING', 'ownRelation', { '2:1': [['unfollow', 0]] }],
    [
      'NOT_FOLLOWING',
      'ownRelation',
      {
        '2:0': [
          ['unfollow', 1],
          ['unfollow', 1],
        ],
      },
    ],
    ['SELF_TARGET', 'ownRelation', { '2:1': [['follow', 1]] }],
    ['SELF_TARGET', 'ownRelation', { '2:1': [['unfollow', 1]] }],
    ['AGENT_UNKNOWN', 'targetExists', { '2:1': [['follow', 2]] }],
    ['AGENT_UNKNOWN', 'targetExists', { '2:1': [['follow', -1]] }],
    ['AGENT_UNKNOWN', 'targetExists', { '2:1': [['first', 99]] }],
    ['POST_UNKNOWN', 'targetExists', { '2:1': [['like', 0]] }],
    ['POST_UNKNOWN', 'targetExists', { '2:1': [['reply', -5]] }],
    ['POST_UNKNOWN', 'targetExists', { ...posted, '2:1': [['quote', 2]] }],
    ['POST_UNKNOWN', 'targetExists', { '2:0': [['post']], '2:1': [['like', 1]] }],
    ['VERB_NOT_ALLOWED', 'allowedVerb', { '2:1': [['reply', 1]] }],
    ['RULE_REFUSED', 'ownCondition', { '2:1': [['never', 0]] }],
    [
      'LOTTERY_LOST',
      'exclusivePlaces',
      {
        '2:0': [
          ['first', 1],
          ['first', 1],
        ],
      },
    ],
  ];

  test.each(cases)(
    'ruleOwn: refuses with %s by the rule %s and grants what came before',
    async (reason, rule, script) => {
      const allowedVerbs = [
        'post',
        'repost',
        'quote',
        'like',
        'follow',
        'unfollow',
        ...(reason === 'POST_UNKNOWN' ? ['reply'] : []),
      ];
      const records = await rulings(script, 3, { allowedVerbs });
      const last = records[2];
      const refused = Array.from(last.outcome).flatMap((outcome, i) => (outcome === outcomes.refused ? [i] : []));
      expect(refused.map((i) => ruled(last)[i])).toEqual([`${reason} ${rule}`]);
      expect(
        records
          .slice(0, 2)
          .flatMap((record) => [...record.outcome])
          .every((outcome) => outcome === outcomes.granted),
      ).toBe(true);
      expect(last.totals).toMatchObject({ refused: 1, granted: last.intentCount - 1 });
    },
  );

  test('ruleOwn: a like or repost is granted once, however often it is attempted in one tick (once the third passed again)', async () => {
    for (const verb of ['like', 'repost']) {
      const [, second, third] = await rulings(
        { ...posted, '1:1': new Array(5).fill([verb, 1]), '2:1': [[verb, 1]] },
        3,
      );
      const again = verb === 'like' ? 'ALREADY_LIKED' : 'ALREADY_REPOSTED';
      expect(namesOf(second)).toEqual(['OK', again, again, again, again]);
      expect(namesOf(third)).toEqual([again]);
    }
  });

  test('ruleOwn: follow and unfollow in turn within one tick are each ruled on what came before', async () => {
    const turns = ['follow', 'follow', 'unfollow', 'unfollow', 'follow', 'unfollow'].map((verb) => [verb, 0] as const);
    const [record] = await rulings({ '0:1': turns }, 1);
    expect(namesOf(record)).toEqual(['OK', 'ALREADY_FOLLOWING', 'OK', 'NOT_FOLLOWING', 'OK', 'OK']);
  });

  test('ruleOwn: an act on a post that left the window is refused with POST_ARCHIVED, a repost of its content too', async () => {
    const many = Array.from({ length: 6 }, (_, tick) => [`${tick + 2}:1`, new Array(15).fill(['post'])] as const);
    const script: Script = {
      '0:0': [['post']],
      '1:1': [['repost', 1]],
      ...Object.fromEntries(many),
      '6:0': [
        ['like', 1],
        ['like', 92],
        ['like', 2],
      ],
    };
    const records = await rulings(script, 7, { postCapacity: 64 });
    expect(namesOf(records[6]).slice(0, 3)).toEqual(['POST_ARCHIVED', 'POST_UNKNOWN', 'POST_ARCHIVED']);
  });

  test('reasons: numbers are never shared, and every rule has a name', () => {
    const numbers = Object.values(reasons).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(Object.values(rules)).size).toBe(Object.values(rules).length);
  });
});

/** The verbs that a scenario allows where it says nothing. */
const usualVerbs = Object.keys(verbs).slice(1, 8);

describe('one final ruling', () => {
  /** Attempts anything on anything, valid or not. */
  const chaos: OwnPolicy = {
    decide(hand) {
      const all = ['nothing', ...usualVerbs, 'never', 'first'];
      for (let k = 0; k < 12; k++) {
        const verb = all[Math.floor(hand.draw(2 * k) * all.length)];
        const item = hand.items[k % Math.max(1, hand.items.length)];
        const lot = hand.draw(2 * k + 1);
        const isAgent = ['follow', 'unfollow', 'first', 'never'].includes(verb);
        const target = isAgent ? item?.author : item?.post;
        hand.act(verb, lot < 0.2 || target === undefined ? Math.floor(lot * 50) - 3 : target, k);
      }
    },
  };

  test('ruleOwn and arbitrate: no outcome is pending, and what is granted is what objects would allow', async () => {
    const code = codeOf({ policies: { chaos }, verbs: { never, first } });
    const plan = smallPlan({
      policies: [{ kind: 'own', name: 'chaos' }],
      allowedVerbs: usualVerbs.filter((one) => one !== 'quote'),
    });
    const population = smallPopulation({ agents: 90, wakesPerDayMean: 20 });
    const world = openWorld({
      code,
      plan: { ...plan, postCapacity: 1024 },
      population,
      placement: { workers: 3, layout: 'key', mergeTicks: 4 },
    });
    const ties = new Set<string>();
    population.followOffset.forEach((start, i) => {
      for (const other of population.followee.subarray(start, population.followOffset[i + 1] ?? start))
        ties.add(`${i},${other}`);
    });
    const done = new Set<string>();
    const origins = new Map<number, number>();
    const seen = new Set<Reason>();
    for (let tick = 0; tick < 40; tick++) {
      const record = await world.step();
      const { oldestPost, nextPost } = world.state.now;
      const expected = replay(record, { ties, done, origins, oldestPost, nextPost });
      expect(namesOf(record).map((one, i) => (record.verb[i] >= 128 ? 'own' : one))).toEqual(expected);
      record.outcome.forEach((outcome, i) => {
        expect(outcome).toBe(record.reason[i] === 0 ? outcomes.granted : outcomes.refused);
        expect(record.result[i] > 0).toBe(outcome === outcomes.granted && record.verb[i] >= 1 && record.verb[i] <= 4);
        seen.add(reasonName(record.reason[i]));
      });
      expect(record.totals.granted + record.totals.refused).toBe(record.intentCount);
    }
    expect([...seen].sort()).toEqual(
      Object.entries(reasons)
        .filter(([name, { number }]) => number < 12 && name !== 'MODEL_FAILED')
        .map(([name]) => name)
        .sort(),
    );
  });
});

interface Objects {
  readonly ties: Set<string>;
  readonly done: Set<string>;
  readonly origins: Map<number, number>;
  readonly oldestPost: number;
  readonly nextPost: number;
}

/** The rulings of built-in verbs on plain objects, in the order of the record; own verbs are passed over. */
function replay(record: TickRecord, objects: Objects): string[] {
  const reasonsGiven = Array.from({ length: record.intentCount }, (_, i) => {
    const [actor, verb, target] = [record.actor[i], record.verb[i], record.target[i]];
    if (verb >= 128) return 'own';
    if (verb === verbs.quote) return 'VERB_NOT_ALLOWED';
    if (verb <= verbs.post) return 'OK';
    return verb >= verbs.follow ? ruleTie(objects, actor, verb, target) : rulePost(objects, actor, verb, target);
  });
  record.result.forEach((id, i) => {
    if (id > 0)
      objects.origins.set(id, record.verb[i] === verbs.repost ? (objects.origins.get(record.target[i]) as number) : id);
  });
  return reasonsGiven;
}

function rulePost(
  { done, origins, oldestPost, nextPost }: Objects,
  actor: number,
  verb: number,
  target: number,
): Reason {
  if (target <= 0 || target >= nextPost) return 'POST_UNKNOWN';
  const origin = origins.get(target) as number;
  if (target < oldestPost || origin < oldestPost) return 'POST_ARCHIVED';
  if (verb === verbs.reply) return 'OK';
  const act = `${actor} ${verb} ${origin}`;
  if (done.has(act)) return verb === verbs.like ? 'ALREADY_LIKED' : 'ALREADY_REPOSTED';
  done.add(act);
  return 'OK';
}

function ruleTie({ ties }: Objects, actor: number, verb: number, target: number): Reason {
  const pair = `${actor},${target}`;
  if (target < 0 || target >= 90) return 'AGENT_UNKNOWN';
  if (target === actor) return 'SELF_TARGET';
  if (verb === verbs.follow && ties.has(pair)) return 'ALREADY_FOLLOWING';
  if (verb === verbs.unfollow && !ties.has(pair)) return 'NOT_FOLLOWING';
  if (verb === verbs.follow) ties.add(pair);
  else ties.delete(pair);
  return 'OK';
}

describe('exclusive verbs', () => {
  const agentCount = 210;
  const targetCount = 70;

  /** Everybody wants one of the first agents, chosen by draw; `target` 'post' means the post that this agent wrote at tick 0. */
  function wanting(verb: string): OwnPolicy {
    return {
      decide(hand) {
        const wanted = Math.floor(hand.draw(hand.state.now.tick) * targetCount);
        if (hand.state.now.tick === 0) hand.act('post');
        else if (verb === 'grabPost') hand.act(verb, wanted + 1);
        else if (verb === 'grabAny') hand.act(verb, wanted);
        else hand.act(verb, hand.state.rowOfOrdinal[wanted]);
      },
    };
  }

  async function winners(
    verb: string,
    places: number,
    workers: number,
    layout: 'key' | 'degree' | 'scrambled',
    ticks = 4,
  ) {
    const target = verb === 'grabPost' ? 'post' : verb === 'grabAny' ? 'none' : 'agent';
    const code = codeOf({
      policies: { wanting: wanting(verb) },
      verbs: { [verb]: { target, conflict: 'exclusive', places, effects: [] } },
    });
    const plan = smallPlan({ policies: [{ kind: 'own', name: 'wanting' }] });
    const population = tinyPopulation(
      Array.from({ length: agentCount }, () => []),
      1e7,
    );
    const world = openWorld({ code, plan, population, placement: { workers, layout } });
    const records: TickRecord[] = [];
    for (let tick = 0; tick < ticks; tick++) records.push(await world.step());
    return records.slice(1);
  }

  test.each(['grabAgent', 'grabPost', 'grabAny'])(
    '%s: grants exactly the places there are, the same to the same for any shards and layout',
    async (verb) => {
      for (const places of [1, 3]) {
        const one = await winners(verb, places, 1, 'key');
        for (const { target, outcome } of one) {
          const tally = new Map<number, { wanted: number; granted: number }>();
          target.forEach((wanted, i) => {
            const of = tally.get(wanted) ?? { wanted: 0, granted: 0 };
            tally.set(wanted, {
              wanted: of.wanted + 1,
              granted: of.granted + (outcome[i] === outcomes.granted ? 1 : 0),
            });
          });
          for (const { wanted, granted } of tally.values()) expect(granted).toBe(Math.min(places, wanted));
        }
        for (const [workers, layout] of [
          [2, 'degree'],
          [3, 'scrambled'],
          [4, 'key'],
        ] as const) {
          const other = await winners(verb, places, workers, layout);
          expect(other.map(({ outcome }) => [...outcome])).toEqual(one.map(({ outcome }) => [...outcome]));
          expect(other.map(({ target }) => [...target])).toEqual(one.map(({ target }) => [...target]));
        }
      }
    },
  );

  test('arbitrate: over many targets each rank of contenders wins equally often, low ordinals included', async () => {
    const records = await winners('grabAgent', 1, 2, 'scrambled', 101);
    const wonByRank = [0, 0, 0];
    let contests = 0;
    const wonByHalf = [0, 0];
    for (const { target, outcome, actor } of records) {
      const contenders = Map.groupBy(
        Array.from(target, (_, i) => i),
        (i) => target[i],
      );
      for (const group of contenders.values()) {
        group
          .filter((i) => outcome[i] === outcomes.granted)
          .forEach((i) => wonByHalf[actor[i] < agentCount / 2 ? 0 : 1]++);
        if (group.length !== 3) continue;
        contests++;
        wonByRank[group.findIndex((i) => outcome[i] === outcomes.granted)]++;
      }
    }
    expect(contests).toBeGreaterThan(1000);
    const chi2 = wonByRank.reduce((sum, won) => sum + (won - contests / 3) ** 2 / (contests / 3), 0);
    // Two degrees of freedom: passed once in a million.
    expect(chi2).toBeLessThan(27.6);
    const [low, high] = wonByHalf;
    expect(Math.abs(low - high)).toBeLessThan(5 * Math.sqrt(low + high));
  });

  test('arbitrate: who wins one target says nothing about who wins the next', async () => {
    // Two agents that both want the same two things: if one lottery served both, one agent would always take both.
    const both: OwnPolicy = {
      decide: (hand) => {
        hand.act('grab', 0);
        hand.act('grab', 1);
      },
    };
    const code = codeOf({
      policies: { both },
      verbs: { grab: { target: 'none', conflict: 'exclusive', places: 1, effects: [] } },
    });
    const plan = smallPlan({ ticks: 1000, policies: [{ kind: 'own', name: 'both' }] });
    const world = openWorld({ code, plan, population: tinyPopulation([[], []], 1e7) });
    let same = 0;
    for (let tick = 0; tick < 1000; tick++) {
      const { outcome } = await world.step();
      if (outcome[0] === outcome[1]) same++;
    }
    expect(Math.abs(same - 500)).toBeLessThan(5 * Math.sqrt(250));
  });
});
