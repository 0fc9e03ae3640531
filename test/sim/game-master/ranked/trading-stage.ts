/**
 * A stage for buying, giving and markets: agents who attempt what a test wants, tick by tick, on any shards and layout, in any order of
 * arrival; and the balances that come of it, by ordinal.
 */
import { agentShard } from '../../../../sim/world/ownership.ts';
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { unitsIn } from '../../../../sim/exchange/holdings.ts';
import { verbs } from '../../../../sim/exchange/verbs.ts';
import { attempt } from '../../../../sim/policy/act.ts';
import { compareLots, lotOf } from '../../../../sim/game-master/arbitrate.ts';
import { settleRanked } from '../../../../sim/game-master/ranked/settle.ts';
import { ruleOwn } from '../../../../sim/game-master/resolve.ts';
import { applyIndexes, applyIntents, listNewPosts } from '../../../../sim/engine/apply.ts';
import { collectTick } from '../../../../sim/engine/collect.ts';
import { openTick } from '../../../../sim/engine/shard.ts';
import { codeOf, openWorld, rootOf, smallPlan, smallPopulation } from '../../worlds.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { BuiltInVerb } from '../../../../sim/exchange/verbs.ts';
import type { LedgerEntry } from '../../../../sim/world/ledger.ts';
import type { Placement, Plan } from '../../../../sim/engine/plan.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';
import type { randomStream } from '../../../../sim/ground/philox.ts';
import type { OpenWorld } from '../../worlds.ts';
import type { NaiveAct } from './trading-oracle.ts';

export type Stream = ReturnType<typeof randomStream>;

/** Goods, products and markets of the stage; `scale` multiplies what agents have and what products cost. */
export function tradingGrounds(scale = 1): GroundsPlan {
  return {
    goods: [
      { name: 'coins', initial: 100 * scale },
      { name: 'apples', initial: 10 * scale },
      { name: 'pears', initial: 0 },
    ],
    products: [
      { name: 'apple-box', price: 7 * scale, money: 0, good: 1, stock: 30 },
      { name: 'badge', price: 3 * scale, money: 0, good: -1, stock: -1 },
      { name: 'windfall', price: 0, money: 0, good: 2, stock: -1 },
    ],
    markets: [
      { good: 1, money: 0 },
      { good: 2, money: 0 },
    ],
    ...{ places: [], games: [], scenes: [], groups: [], communities: [], requestTicks: 10, presence: false },
  };
}

/** An attempt: the sequence counts the actor's attempts of the tick. */
export interface Want extends NaiveAct {
  readonly sequence: number;
}

export const tradingVerbs = ['buy', 'give', 'bid', 'ask'] as const;

/** A plan in which agents may trade; they do nothing by themselves. */
export function tradingPlan(grounds: GroundsPlan, changes: Partial<Plan> = {}): Plan {
  const texts = { bytesMax: 100, capacityBytes: 4096 };
  const plan = smallPlan({ grounds, texts, allowedVerbs: [...tradingVerbs], ...changes });
  return { ...plan, policies: [{ kind: 'own', name: 'idle' }] };
}

/** Opens the stage with so many agents who are left to the test. */
export function openTrade(plan: Plan, agents: number, placement: Partial<Placement> = {}): OpenWorld {
  const population = smallPopulation({ agents, seed: 5, wakesPerDayMean: 1 });
  const code = codeOf({ policies: { idle: { decide: () => undefined } } });
  return openWorld({ plan, population, code, placement: { layout: 'key', ...placement } });
}

function shuffled<Value>(list: readonly Value[], stream: Stream): Value[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Writes attempts into the tables of their actors' shards, actor by actor, in a drawn order. */
export function writeWants(wants: readonly Want[], { shards }: OpenWorld, stream: Stream): void {
  const { rowOfOrdinal } = shards[0].state;
  for (const own of shuffled([...Map.groupBy(wants, ({ actor }) => actor).values()], stream)) {
    const actor = rowOfOrdinal[own[0].actor];
    const { tables } = shards[agentShard(shards[0].owner, actor)];
    for (const { sequence, verb, target, amount, argument, price } of own) {
      const isAgent = verb === 'give' && target >= 0 && target < shards[0].state.sizes.agentCount;
      const to = isAgent ? rowOfOrdinal[target] : target;
      attempt(tables, { actor, sequence }, verbs[verb as BuiltInVerb], to, amount, { argument, price });
    }
  }
}

/** One tick of the wanted attempts from ruling to applying; what was drafted is shown before it is applied. */
export function runTrade(
  world: OpenWorld,
  tick: number,
  wants: readonly Want[],
  stream: Stream,
  look: (entries: readonly LedgerEntry[]) => void = () => undefined,
): TickRecord {
  const { shards, simulation } = world;
  const each = (phase: (shard: (typeof shards)[number]) => void): void => {
    shuffled(shards, stream).forEach(phase);
  };
  each((shard) => {
    openTick(shard, tick);
  });
  writeWants(wants, world, stream);
  each((shard) => {
    ruleOwn(shard.state, shard.book, shard.tables);
  });
  const draft = settleRanked(shards[0].state, shards[0].book, shards[0].all);
  const entries = [...draft.entries];
  look(entries);
  shards[0].draft = { ...draft, entries };
  each(listNewPosts);
  each(applyIntents);
  each(applyIndexes);
  return collectTick(simulation.collector, shards[0].all, tick);
}

/** The wanted attempts in the order in which they are settled: by the actor's lot, then by sequence. */
export function inRank(wants: readonly Want[], { shards }: OpenWorld): Want[] {
  const { state } = shards[0];
  const lots = wants.map(({ actor }) => {
    const row = state.rowOfOrdinal[actor] as AgentRow;
    return lotOf(state.now, { keyHi: state.agents.keyHi[row], keyLo: state.agents.keyLo[row] }, 255);
  });
  const places = Array.from(wants.keys());
  places.sort((i, j) => compareLots(lots[i], lots[j]) || wants[i].sequence - wants[j].sequence);
  return places.map((i) => wants[i]);
}

/** Everything that trading changes, by ordinal. */
export function holdingsOf(world: OpenWorld, grounds: GroundsPlan) {
  const { state } = world;
  const ledger = ledgerOf(state.ledger);
  const goods = Array.from(grounds.goods.keys());
  return {
    units: Array.from({ length: state.sizes.agentCount }, (_, ordinal) =>
      goods.map((good) => unitsIn(state.sizes, ledger, state.rowOfOrdinal[ordinal], good)),
    ),
    platform: goods.map((good) => ledger.get('platformBalance', good)),
    sold: Array.from(grounds.products.keys(), (product) => ledger.get('sold', product)),
    last: goods.map((good) => ({ price: ledger.get('lastPrice', good), volume: ledger.get('lastVolume', good) })),
  };
}

/** The root of the state over all shards. */
export function rootOfTrade({ shards }: OpenWorld): string {
  return rootOf(shards);
}
