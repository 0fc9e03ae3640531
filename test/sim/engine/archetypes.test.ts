/**
 * Archetypes through whole ticks: how often models are asked, whom the answers reach, what audits find, and what remains when nobody answers.
 */
import { describe, expect, it } from 'vitest';
import { reasonName } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { mix32, unitOf } from '../../../sim/ground/random.ts';
import { choicesMax } from '../../../sim/world/archetypes.ts';
import { topicOf } from '../../../sim/world/posts.ts';
import { matchWith } from '../../../sim/policy/archetypes/drawing.ts';
import { digestOf } from '../../../sim/llm/request.ts';
import { cellRow } from '../../../sim/policy/archetypes/set.ts';
import { takeSnapshot } from '../../../sim/engine/snapshot.ts';
import { openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import { act, acts, modelPlan, modelVerbs, playerOf } from '../policy/model/players.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { ArchetypePlan } from '../../../sim/policy/archetypes/settings.ts';
import type { ModelRequest } from '../../../sim/exchange/ports.ts';
import type { OpenWorld } from '../worlds.ts';
import type { PerceptRow } from '../../../sim/exchange/tables.ts';
import type { Player } from '../policy/model/players.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

const countries = ['here', 'there', 'elsewhere'];

/** Agents with an age, in bins of 20, and a country. */
function populationOf(agents: number): Population {
  const ages = Int32Array.from({ length: agents }, (_, i) => 20 + ((i * 7) % 40));
  const country = Int32Array.from({ length: agents }, (_, i) => (i * 13) % 3);
  const traits = [
    { name: 'age', value: ages },
    { name: 'country', labels: countries, value: country },
  ];
  return { ...smallPopulation({ agents, wakesPerDayMean: 1e6, followsMean: 4 }), traits };
}

function archetypePlan(changes: Partial<ArchetypePlan> = {}): ArchetypePlan {
  return {
    ...{
      by: [{ trait: 'age', width: 20 }, { trait: 'country' }],
      splitBy: [],
      samples: 5,
      everyTicks: 1,
      reads: 'act',
    },
    ...{ acts: ['repost', 'like', 'reply', 'follow', 'post'], matchFrom: 0.4, sharesFrom: 1e9, situation: 'It rains.' },
    ...{ tailMembersMax: 0, auditsPerTick: 0, auditedLooksLeast: 40, splitAbove: 0.05, replyTokensMax: 60 },
    ...{ temperature: 1, modelClass: 'default', model: modelPlan(), fallback: modelPlan().fallback },
    ...changes,
  };
}

interface Options {
  readonly agents?: number;
  readonly workers?: number;
  readonly archetypes?: Partial<ArchetypePlan>;
}

function orderFor({ agents = 240, workers = 1, archetypes = {} }: Options) {
  const plan = smallPlan({
    policies: [{ kind: 'archetypes', archetypes: archetypePlan(archetypes) }],
    allowedVerbs: [...modelVerbs],
    postCapacity: 1 << 19,
    ticks: 30,
  });
  return { plan, population: populationOf(agents), placement: { workers } };
}

function worldOf(model: Player, options: Options = {}): OpenWorld {
  return openWorld(orderFor(options), (count) => count - 1, model);
}

/** A number in [0, 1) out of a text and a number. */
function lot(text: string, salt: number): number {
  let hash = salt | 0;
  for (const character of text) hash = mix32(hash ^ (character.codePointAt(0) ?? 0));
  return unitOf(mix32(hash));
}

function choicesOf({ prompt }: ModelRequest): string[] {
  const schema = prompt?.form?.schema as { properties: { act?: { enum: string[] } } };
  return schema.properties.act?.enum ?? Object.keys(schema.properties);
}

/** Answers for archetypes by persona, context and sample; for agents in full by what they see. */
const talkative = playerOf((request, text) => {
  if (request.purpose === 'archetype') {
    const choices = choicesOf(request);
    const at = lot(`${request.prompt?.persona} ${request.prompt?.now}`, request.prompt?.sample ?? 0);
    return JSON.stringify({ act: choices[Math.floor(at * choices.length)] });
  }
  const item = 1 + Math.floor(lot(text, 1) * 3);
  return acts([act('like', { item }), act('repost', { item: item + 1 })], { note: `saw ${item}`, importance: item });
});

function rulings({ verb, outcome, reason }: TickRecord): string[] {
  return Array.from(verb, (one, i) => `${one} ${outcome[i]} ${reasonName(reason[i])}`);
}

const contextCount = 5;

/** Shares of the choices of a group in a context, as they stand. */
function sharesOf({ shards, state }: OpenWorld, node: number, context: number): number[] {
  const at = cellRow(shards[0].archetypes[0], node, context) * choicesMax;
  const weights = Array.from((state.archetypes.cells.weight as Int32Array).subarray(at, at + 6));
  const sum = weights.reduce((total, one) => total + one, 0);
  return weights.map((weight) => weight / sum);
}

describe('asking for archetypes', () => {
  it('calls of an asking are archetypes x contexts x samples, for 1,000 and for 30,000 agents, on one shard and on three', async () => {
    const counts: number[] = [];
    const prompts: string[] = [];
    for (const [agents, workers] of [
      [1000, 1],
      [30_000, 1],
      [1000, 3],
    ]) {
      talkative.asked.length = 0;
      const world = worldOf(talkative, { agents, workers });
      await world.step();
      counts.push(talkative.asked.length);
      prompts.push(JSON.stringify(talkative.asked.map(({ prompt, question }) => [prompt, question])));
      expect(
        talkative.asked.every(({ purpose, agentOrdinal }) => purpose === 'archetype' && agentOrdinal === agents),
      ).toBe(true);
    }
    expect(counts).toEqual(Array(3).fill(6 * contextCount * 5));
    expect(prompts[2]).toBe(prompts[0]);
  });

  it('drawn shares lie within 3 standard errors of the distribution, archetype by archetype and context by context', async () => {
    const world = worldOf(talkative, { agents: 6000, archetypes: { samples: 40, everyTicks: 10 } });
    const [set] = world.shards[0].archetypes;
    const nodeAt = (ordinal: number): number => set.grouping.nodeOf[ordinal];
    for (const tick of [0, 1]) {
      const record = await world.step();
      const drawn = new Map<string, number[]>();
      const add = (node: number, context: number, choice: number): void => {
        const counts = drawn.get(`${node} ${context}`) ?? new Array<number>(6).fill(0);
        counts[choice]++;
        drawn.set(`${node} ${context}`, counts);
      };
      const { percepts, items, count } = world.shards[0].attached.tables[tick & 1][0];
      const did = new Map<string, string>();
      record.verb.forEach((verb, i) =>
        did.set(
          `${record.actor[i]} ${verb === verbs.post ? 'post' : record.target[i]}`,
          set.book.choices[choiceOf(verb)],
        ),
      );
      for (let percept = 0 as PerceptRow; percept < count[1]; percept++) {
        const agent = percepts.agent[percept] as AgentRow;
        const ordinal = world.state.agents.ordinal[agent];
        for (let k = 0; k < percepts.itemCount[percept]; k++) {
          const place = percept * world.state.sizes.feedLength + k;
          const { origin, post } = items as unknown as Record<string, Int32Array>;
          // Following is about the author, who may stand behind several items: counted as none of the others.
          const chosen = set.book.choices.indexOf(did.get(`${ordinal} ${post[place]}`) ?? 'nothing');
          add(nodeAt(ordinal), matchWith(world.state, agent, origin[place]) >= 0.4 ? 1 : 0, Math.max(0, chosen));
        }
        add(nodeAt(ordinal), 4, did.has(`${ordinal} post`) ? 5 : 0);
      }
      let compared = 0;
      for (const [key, counts] of drawn) {
        const [node, context] = key.split(' ').map(Number);
        const total = counts.reduce((sum, one) => sum + one, 0);
        const shares = sharesOf(world, node, context);
        for (const choice of context === 4 ? [5] : [1, 2, 3]) {
          const error = Math.sqrt((shares[choice] * (1 - shares[choice])) / total);
          expect(Math.abs(counts[choice] / total - shares[choice])).toBeLessThanOrEqual(3 * error + 1e-9);
          compared++;
        }
      }
      expect(compared).toBeGreaterThanOrEqual(tick === 0 ? 6 : 30);
    }
    function choiceOf(verb: number): number {
      return set.book.choices.findIndex((name) => verbs[name as 'like'] === verb);
    }
  });

  it('whole weights are read as a distribution, and their spread is kept', async () => {
    const weigher = playerOf((request) => {
      const weights = choicesOf(request).map((name, k) => [name, k === 0 ? 60 : 10 + (request.prompt?.sample ?? 0)]);
      return JSON.stringify(Object.fromEntries(weights));
    });
    const world = worldOf(weigher, { archetypes: { reads: 'weights', samples: 3 } });
    await world.step();
    const expected = [0, 1, 2].map((sample) => Math.round(((10 + sample) * 1000) / (70 + sample)));
    expect(sharesOf(world, 0, 4)[5]).toBeCloseTo(expected.reduce((sum, one) => sum + one, 0) / 3000, 3);
    const { square, answered } = world.state.archetypes.cells;
    const cell = cellRow(world.shards[0].archetypes[0], 0, 4);
    expect(answered[cell]).toBe(3);
    expect((square as Float64Array)[cell * choicesMax + 5]).toBe(expected.reduce((sum, one) => sum + one * one, 0));
  });
});

describe('archetypes when calls fail', () => {
  it('before any answer members decide by rules, each on record; later what stands is kept', async () => {
    const moody = playerOf((request) =>
      request.tick === 1 ? talkativeAnswer(request) : request.tick < 2 ? undefined : 'what?',
    );
    const world = worldOf(moody);
    const records = [await world.step(), await world.step(), await world.step()];
    const failed = records.map((record) => rulings(record).filter((one) => one.endsWith('MODEL_FAILED')).length);
    expect(failed).toEqual([240, 0, 0]);
    expect(records[0].totals.posts).toBeGreaterThan(20);
    const { askedTick } = world.state.archetypes.cells;
    expect(new Set(Array.from(askedTick as unknown as Int32Array))).toEqual(new Set([1]));
  });

  function talkativeAnswer(request: ModelRequest): string {
    const choices = choicesOf(request);
    return JSON.stringify({ act: choices[(request.prompt?.sample ?? 0) % choices.length] });
  }
});

describe('audits, splits and tails', () => {
  /** In full, agents from here like all that they see and others nothing; archetypes post, and like things where they say that they are from here. */
  const divided = playerOf((request, text) => {
    if (request.purpose === 'archetype') {
      if (text.includes('nothing in particular')) return JSON.stringify({ act: 'post' });
      return JSON.stringify({ act: /country: here/.test(text) ? 'like' : 'nothing' });
    }
    return acts(
      /Country: here\./.test(text)
        ? [act('like', { item: 1 }), act('like', { item: 2 }), act('like', { item: 3 })]
        : [],
    );
  });

  it('an archetype that audits find too coarse is split at the end of a tick, and the parts are asked', async () => {
    const world = worldOf(divided, {
      archetypes: {
        by: [{ trait: 'age', width: 20 }],
        splitBy: [{ trait: 'country' }],
        auditsPerTick: 12,
        acts: ['like', 'repost', 'post'],
      },
    });
    const [set] = world.shards[0].archetypes;
    const calls: number[] = [];
    for (let tick = 0; tick < 12; tick++) {
      divided.asked.length = 0;
      await world.step();
      calls.push(divided.asked.filter(({ purpose }) => purpose === 'archetype').length);
      expect(divided.asked.filter(({ purpose }) => purpose === 'audit')).toHaveLength(12);
    }
    expect(set.grouping.nodes.filter(({ level }) => level === 0)).toHaveLength(2);
    expect(calls[0]).toBe(2 * contextCount * 5);
    expect(calls.at(-1)).toBe(6 * contextCount * 5);
    const { nodes, audits } = world.state.archetypes;
    expect(Array.from(nodes.isSplit as unknown as Uint8Array)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    const divergence = Array.from(audits.divergence as unknown as Float64Array).slice(0, 12);
    expect(Math.max(...divergence.slice(0, 3))).toBeGreaterThan(0.05);
    // Likes of items that matched nothing are over: what is left is chance and the looks that full calls did not mention.
    expect(divergence.every((bits) => bits >= 0 && bits <= 1)).toBe(true);
  });

  it('audits change nothing but what is known of archetypes', async () => {
    const [one, other] = [0, 9].map((auditsPerTick) => worldOf(talkative, { archetypes: { auditsPerTick } }));
    for (let tick = 0; tick < 4; tick++) {
      const [plain, audited] = [await one.step(), await other.step()];
      expect({ ...audited, answers: [] }).toEqual({ ...plain, answers: [] });
    }
  });

  it('members of small archetypes are asked one by one, and nobody else is', async () => {
    talkative.asked.length = 0;
    const world = worldOf(talkative, { archetypes: { by: [{ trait: 'topic' }], tailMembersMax: 14 } });
    await world.step();
    const { nodes } = world.shards[0].archetypes[0].grouping;
    const tails = nodes.filter(({ members }) => members <= 14);
    const alone = talkative.asked.filter(({ purpose }) => purpose === 'agent');
    expect(tails.length).toBeGreaterThan(0);
    expect(tails.length).toBeLessThan(nodes.length);
    expect(alone).toHaveLength(tails.reduce((sum, { members }) => sum + members, 0));
    const { interest } = world.simulation.population;
    const boards = new Map<number, number>();
    for (let i = 0; i < 240; i++) boards.set(topicOf(interest, i * 8), (boards.get(topicOf(interest, i * 8)) ?? 0) + 1);
    expect(alone.every(({ agentOrdinal }) => (boards.get(topicOf(interest, agentOrdinal * 8)) ?? 99) <= 14)).toBe(true);
  });

  it('one outcome for 1, 2 and 3 shards, and after going on from a snapshot, with audits, splits, tails and failures', async () => {
    const broken = playerOf((request, text) =>
      lot(text, request.tick * 31 + (request.prompt?.sample ?? 0)) < 0.2
        ? undefined
        : request.purpose === 'archetype'
          ? JSON.stringify({
              act: choicesOf(request)[
                Math.floor(lot(text, request.prompt?.sample ?? 0) * 3) % choicesOf(request).length
              ],
            })
          : acts(
              /Country: here\./.test(text)
                ? [act('like', { item: 1 }), act('follow', { agent: /item \[2\] by (\S+?),/.exec(text)?.[1] ?? 'x' })]
                : [],
              { note: 'so it is', importance: 4 },
            ),
    );
    const archetypes = {
      by: [{ trait: 'topic' }],
      splitBy: [{ trait: 'country' }],
      tailMembersMax: 5,
      auditsPerTick: 10,
      everyTicks: 2,
      auditedLooksLeast: 20,
    };
    const outcomesOf = async (workers: number, stopAt?: number): Promise<string> => {
      const options = { agents: 150, workers, archetypes };
      let world = worldOf(broken, options);
      const records: unknown[] = [];
      for (let tick = 0; tick < 10; tick++) {
        if (tick === stopAt) {
          const snapshot = takeSnapshot(world.simulation.handle, tick);
          const start = { snapshot, link: new Uint8Array(32), counts: world.simulation.result.counts };
          world = openWorld({ ...orderFor({ ...options, workers: 2 }), start }, () => 0, broken);
        }
        records.push(await world.step());
      }
      if (stopAt === undefined)
        expect((world.state.archetypes.nodes.isSplit as unknown as Uint8Array).some((one) => one === 1)).toBe(true);
      return digestOf(JSON.stringify(records)) + world.root();
    };
    const alone = await outcomesOf(1);
    expect(await outcomesOf(2)).toBe(alone);
    expect(await outcomesOf(3)).toBe(alone);
    expect(await outcomesOf(1, 7)).toBe(alone);
  });
});
