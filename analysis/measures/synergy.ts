/**
 * The `synergy` measure: whether knowing who calls tells who answers, beyond popularity and subject, and which teams follow from it.
 *
 * Reads a recorded population. Calls: whoever replies takes a call of whoever wrote what is replied to, in the tree of the thread and the context of its
 * community (a run's: topic); in a run an agent who meets another's request (friendship, trade, game) takes a call in the context of that verb, a
 * tree by itself. Replies to oneself are left out. A reply succeeded if it has net votes above 0, where votes are known; else if it was itself replied to.
 * Factors are learnt on the first 80 % of the trees and tried on the rest. Gives the object of `analyze SOURCE synergy --json`, agents by external id.
 * The null deals out callers anew among the learnt calls of each context: popularity and subject stay, who goes with whom is lost.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { postKinds } from '../../sim/world/posts.ts';
import { externalId } from '../../sim/world/population.ts';
import { dataSetOf, readDataTable } from '../../sim/record/data-set-reader.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import {
  interactionBits,
  interactionLift,
  learnCalls,
  recommendAgent,
  recommendTeam,
  relevance,
  withCallers,
} from '../estimators/call-trees.ts';
import { ratioInterval, wilsonInterval } from '../estimators/interval.ts';
import { benjaminiHochberg } from '../estimators/multiplicity.ts';
import { upperGammaShare } from '../estimators/special-functions.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import { netVotes } from './cooperation-threads.ts';
import { printed } from './cascade-spread.ts';
import type { CallModel, Calls, RecommenderKind } from '../estimators/call-trees.ts';
import type { Measured } from './measured.ts';
import type { Printed } from './cascade-spread.ts';

/** A recommender on held-out calls. */
export interface HitRate {
  readonly recommender: RecommenderKind;
  /** Share of the calls that the agent named first took, with an interval over trees. */
  readonly hitAt1: number | null;
  readonly interval: [number, number] | null;
  /** Full less this one. */
  readonly fullLess: Printed | null;
}

/** Two agents who go together more often than context and popularity let expect. */
export interface SynergyPair {
  readonly caller: string;
  readonly callee: string;
  readonly calls: number;
  readonly expected: number;
  readonly lift: number;
  readonly pValue: number;
  readonly q: number;
}

/** A connected team. */
export interface Team {
  readonly context: string;
  readonly calls: number;
  readonly agents: string[];
  /** Mean over members after the first of the greatest lift with an earlier one. */
  readonly meanLift: number | null;
}

/** The object under `measures.synergy`. */
export interface SynergyMeasure extends Measured {
  readonly calls: number;
  readonly trees: number;
  readonly heldOutCalls: number;
  readonly heldOutTrees: number;
  readonly agents: number;
  readonly contexts: number;
  /** Bits a held-out call. */
  readonly synergyBits: number | null;
  /** Mean of the same under the null. */
  readonly nullBits: number | null;
  readonly hits: HitRate[];
  readonly success: string;
  readonly pairs: SynergyPair[];
  /** Over so many pairs of a caller and a callee q is taken. */
  readonly pairsTested: number;
  readonly teams: Team[];
}

const learntShare = 0.8;
const streamKey = 67;
const teamSize = 4;
const teamCount = 5;
const pairsListed = 20;
/** Pairs with fewer calls are not listed: one meeting by chance has a great lift. */
const pairCallsMin = 3;
const drawCountMost = 199;
const callsDrawnMax = 6_000_000;

const definition =
  'n: calls: a reply is a call taken by who replies, of who wrote what is replied to; in runs a met request is one too. synergyBits: mean over held-out ' +
  'calls of log2 P(callee | caller, context) / P(callee | context), smoothed; hitAt1: share of held-out calls taken by the agent that is recommended ' +
  'first, by popularity, by relevance to the context, and by relevance, interaction and reliability (full); intervals over trees; lift: P(callee | ' +
  'caller, context) / P(callee | context); teams: each member had a call with an earlier one';

/** Calls, and what contexts are called. */
interface RecordedCalls extends Calls {
  readonly contextNames: readonly string[];
  readonly treeCount: number;
  readonly successWords: string;
}

/** Measures synergy. */
export function measureSynergy(records: Records, { seed }: { readonly seed: number }): SynergyMeasure {
  const calls = readCalls(records);
  const learntTrees = Math.floor(calls.treeCount * learntShare);
  const isLearnt = (row: number): boolean => calls.tree[row] < learntTrees;
  const model = learnCalls(calls, isLearnt);
  const heldOut = Array.from(calls.tree.keys()).filter((row) => !isLearnt(row));
  const bits = bitsOf(model, calls, heldOut);
  const none = heldOut.length === 0 || model.total === 0;
  const nulls = none ? [] : drawNulls(model, calls, isLearnt, heldOut, seed);
  const pairs = pairsOf(records, model, calls, isLearnt);
  const interval = none ? undefined : finiteInterval(bits.interval);
  return {
    calls: calls.caller.length,
    trees: calls.treeCount,
    heldOutCalls: heldOut.length,
    heldOutTrees: calls.treeCount - learntTrees,
    agents: model.taken.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0),
    contexts: calls.contextCount,
    synergyBits: none ? null : finiteOrNull(bits.value),
    nullBits: nulls.length === 0 ? null : nulls.reduce((sum, one) => sum + one, 0) / nulls.length,
    hits: none ? [] : hitRates(model, calls, heldOut),
    success: calls.successWords,
    ...pairs,
    teams: teamsOf(records, model, calls),
    method: `factors learnt on the first ${learntTrees} trees, priors of ${model.contextPrior} and ${model.callerPrior} calls (likeliest, leaving one tree out); intervals by linearised ratios over held-out trees; ${nulls.length} draws of the null, seed ${seed}`,
    definition,
    n: calls.caller.length,
    ...(interval === undefined ? {} : { interval }),
    ...(nulls.length === 0
      ? {}
      : {
          pValue: (1 + nulls.filter((one) => one >= bits.value - 1e-12).length) / (1 + nulls.length),
          nullModel:
            'callers are dealt out anew among the learnt calls of each context: how often each calls and is called there stays, and so do the weights of the priors; one-sided, more bits',
        }),
    warnings: warningsOf(calls, heldOut.length),
  };
}

function warningsOf({ caller, treeCount }: RecordedCalls, heldOutCount: number): string[] {
  if (caller.length === 0) return ['there are no calls: nobody replied to anybody'];
  return [
    ...(heldOutCount < 50 ? [`only ${heldOutCount} calls were held out: intervals are wide and approximate`] : []),
    ...(treeCount > 0 ? ['who answers is what agents chose, not who would have answered best'] : []),
  ];
}

// ---- Calls ----

function readCalls(records: Records): RecordedCalls {
  const posts = readPosts(records);
  const { community, names } = contextsOf(records, posts);
  const gathered = { tree: [] as number[], caller: [] as number[], callee: [] as number[], context: [] as number[] };
  const success: number[] = [];
  const answered = new Uint8Array(posts.count);
  for (let row = 0; row < posts.count; row++) if (isReply(posts, row)) answered[posts.parent[row]] = 1;
  const votes = netVotes(records, posts);
  const trees = new Map<number, number>();
  const put = (tree: number, caller: number, callee: number, context: number, isSuccess: boolean): void => {
    const number = trees.get(tree) ?? trees.size;
    trees.set(tree, number);
    gathered.tree.push(number);
    gathered.caller.push(caller);
    gathered.callee.push(callee);
    gathered.context.push(context);
    success.push(isSuccess ? 1 : 0);
  };
  const heads = new Int32Array(posts.count);
  for (let row = 0; row < posts.count; row++) {
    heads[row] = isReply(posts, row) ? heads[posts.parent[row]] : row;
    if (!isReply(posts, row) || posts.author[row] === posts.author[posts.parent[row]]) continue;
    const isSuccess = votes === undefined ? answered[row] === 1 : votes.of(row) > 0;
    put(heads[row], posts.author[posts.parent[row]], posts.author[row], community(heads[row]), isSuccess);
  }
  const requests = dataSetOf(records.manifest) === undefined ? requestsOf(records, posts.count, names, put) : 0;
  return {
    tree: Int32Array.from(gathered.tree),
    caller: Int32Array.from(gathered.caller),
    callee: Int32Array.from(gathered.callee),
    context: Int32Array.from(gathered.context),
    success: Uint8Array.from(success),
    agentCount: records.population.count,
    contextCount: names.length,
    contextNames: names,
    treeCount: trees.size,
    successWords:
      (votes === undefined ? 'a reply that was replied to' : `a reply with net votes above 0 (${votes.from})`) +
      (requests > 0 ? '; a request that was met' : ''),
  };
}

function isReply({ kind, parent }: PostColumns, row: number): boolean {
  return kind[row] === postKinds.reply && parent[row] >= 0;
}

function contextsOf(records: Records, posts: PostColumns): { community: (row: number) => number; names: string[] } {
  const column = readDataTable(records, 'posts')?.integers('community');
  const table = readDataTable(records, 'communities')?.texts('name');
  if (column !== undefined && table !== undefined) {
    return { community: (row) => column[row], names: Array.from({ length: table.length }, (_, at) => table.at(at)) };
  }
  const topics = posts.topic.reduce((most, one) => Math.max(most, one), 0) + 1;
  return {
    community: (row) => posts.topic[row],
    names: Array.from({ length: topics }, (_, at) => `topic ${at}`),
  };
}

const requestVerbs = { befriend: verbs.befriend, trade: verbs.trade, play: verbs.play };

/** Requests that were met: a granted act of what takes two, by who met it, of who asked before. Returns how many; adds contexts. */
function requestsOf(
  records: Records,
  postCount: number,
  names: string[],
  put: (tree: number, caller: number, callee: number, context: number, isSuccess: boolean) => void,
): number {
  const contextOf = new Map<number, number>();
  for (const [name, number] of Object.entries(requestVerbs)) contextOf.set(number, names.push(name) - 1);
  const asked = new Map<number, number>();
  const { count } = records.population;
  let met = 0;
  for (const { tick, intentCount, verb, outcome, actor, target } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      const context = contextOf.get(verb[i]);
      if (context === undefined || target[i] < 0 || target[i] >= count) continue;
      const place = (context * count + actor[i]) * count + target[i];
      if (outcome[i] === outcomes.partial) asked.set(place, tick);
      if (outcome[i] !== outcomes.granted) continue;
      const back = (context * count + target[i]) * count + actor[i];
      // Of two acts of one tick that met, neither asked in an earlier one: there was no call.
      if (!asked.has(back)) continue;
      asked.delete(back);
      put(postCount + met++, target[i], actor[i], context, true);
    }
  }
  return met;
}

// ---- Held-out calls ----

function bitsOf(model: CallModel, calls: Calls, rows: readonly number[]): ReturnType<typeof ratioInterval> {
  return overTrees(calls, rows, (row) =>
    interactionBits(model, calls.callee[row], calls.caller[row], calls.context[row]),
  );
}

function meanBits(model: CallModel, { callee, caller, context }: Calls, rows: readonly number[]): number {
  return (
    rows.reduce((sum, row) => sum + interactionBits(model, callee[row], caller[row], context[row]), 0) / rows.length
  );
}

/** Mean over calls of a value, with the interval of a ratio over trees. */
function overTrees(
  { tree }: Calls,
  rows: readonly number[],
  value: (row: number) => number,
): ReturnType<typeof ratioInterval> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const row of rows) {
    const one = sums.get(tree[row]) ?? { sum: 0, count: 0 };
    one.sum += value(row);
    one.count++;
    sums.set(tree[row], one);
  }
  const units = [...sums.values()];
  return ratioInterval(
    units.map(({ sum }) => sum),
    units.map(({ count }) => count),
  );
}

function hitRates(model: CallModel, calls: Calls, rows: readonly number[]): HitRate[] {
  const kinds = ['popularity', 'relevance', 'full'] as const;
  const hits = kinds.map((kind) => {
    const isHit = (row: number): number =>
      recommendAgent(model, kind, calls.caller[row], calls.context[row]) === calls.callee[row] ? 1 : 0;
    return new Map(rows.map((row) => [row, isHit(row)]));
  });
  const full = hits[hits.length - 1];
  return kinds.map((recommender, at) => {
    const { value, interval } = overTrees(calls, rows, (row) => hits[at].get(row) ?? 0);
    const less = overTrees(calls, rows, (row) => (full.get(row) ?? 0) - (hits[at].get(row) ?? 0));
    return {
      recommender,
      hitAt1: finiteOrNull(value),
      interval: shareInterval(value, interval, calls, rows),
      fullLess: recommender === 'full' ? null : printed(less),
    };
  });
}

/** An interval of a share inside [0, 1]; of no hits or only hits that of as many trees, which errs to the wide side. */
function shareInterval(
  value: number,
  interval: readonly [number, number],
  { tree }: Calls,
  rows: readonly number[],
): [number, number] | null {
  if (value === 0 || value === 1) {
    const trees = new Set(rows.map((row) => tree[row])).size;
    return finiteInterval(wilsonInterval(value * trees, trees).interval) ?? null;
  }
  return finiteInterval([Math.max(0, interval[0]), Math.min(1, interval[1])]) ?? null;
}

/** Bits of the held-out calls by models that learnt from calls whose callers were dealt out anew within contexts. */
function drawNulls(
  model: CallModel,
  calls: RecordedCalls,
  isLearnt: (row: number) => boolean,
  heldOut: readonly number[],
  seed: number,
): number[] {
  const learnt = Array.from(calls.caller.keys()).filter(isLearnt);
  const groups = [...Map.groupBy(learnt, (row) => calls.context[row]).values()];
  const drawCount = Math.max(19, Math.min(drawCountMost, Math.floor(callsDrawnMax / calls.caller.length)));
  const stream = randomStream(seed, streamPurposes.permutation, streamKey);
  return Array.from({ length: drawCount }, () => {
    const caller = calls.caller.slice();
    for (const rows of groups) {
      const callers = rows.map((row) => calls.caller[row]);
      shuffle(callers, stream);
      rows.forEach((row, at) => (caller[row] = callers[at]));
    }
    const dealt = { ...calls, caller };
    // Calls that came to stand at their own callee are left out, as calls of oneself are.
    const dealtModel = withCallers(model, dealt, (row) => isLearnt(row) && caller[row] !== calls.callee[row]);
    return meanBits(dealtModel, calls, heldOut);
  });
}

// ---- Pairs and teams ----

function pairsOf(
  records: Records,
  model: CallModel,
  calls: RecordedCalls,
  isLearnt: (row: number) => boolean,
): Pick<SynergyMeasure, 'pairs' | 'pairsTested'> {
  const { agentCount } = calls;
  const expected = expectedCalls(model, calls, isLearnt);
  const tested = [...model.takenFrom].filter(([, count]) => count >= pairCallsMin);
  // Calls of a pair as a Poisson number around what context and popularity let expect.
  const pValues = tested.map(([key, count]) => 1 - upperGammaShare(count, expected.get(key) ?? Number.NaN));
  const callers = model.byCaller.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
  const callees = model.taken.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
  // Pairs with fewer calls were looked at as well: their p values are large, and they count.
  const pairsTested = Math.max(tested.length, callers * callees);
  const q = benjaminiHochberg(pValues, pairsTested);
  const listed = tested.map(([key, count], at) => ({
    caller: externalId(records.population.ids, Math.floor(key / agentCount)),
    callee: externalId(records.population.ids, key % agentCount),
    calls: count,
    expected: expected.get(key) ?? 0,
    lift: count / (expected.get(key) ?? Number.NaN),
    pValue: pValues[at],
    q: q[at],
  }));
  listed.sort((a, b) => a.q - b.q || b.lift - a.lift || (a.caller < b.caller ? -1 : 1));
  return { pairs: listed.slice(0, pairsListed), pairsTested };
}

/** Of each pair with enough calls: the sum over the caller's learnt calls of P(callee | context), over all agents but the caller. */
function expectedCalls(model: CallModel, calls: Calls, isLearnt: (row: number) => boolean): Map<number, number> {
  const wanted = new Map<number, number[]>();
  for (const [key, count] of model.takenFrom) {
    if (count < pairCallsMin) continue;
    const caller = Math.floor(key / calls.agentCount);
    const known = wanted.get(caller);
    if (known === undefined) wanted.set(caller, [key]);
    else known.push(key);
  }
  const expected = new Map<number, number>();
  for (let row = 0; row < calls.caller.length; row++) {
    const [caller, context] = [calls.caller[row], calls.context[row]];
    if (!isLearnt(row)) continue;
    for (const key of wanted.get(caller) ?? []) {
      const chance = relevance(model, key % calls.agentCount, context) / (1 - relevance(model, caller, context));
      expected.set(key, (expected.get(key) ?? 0) + chance);
    }
  }
  return expected;
}

/** A team for each of the contexts with the most calls, from the agent on who takes the most calls there. */
function teamsOf(records: Records, model: CallModel, calls: RecordedCalls): Team[] {
  const contexts = Array.from(model.byContext.keys()).filter((context) => model.byContext[context] > 0);
  contexts.sort((a, b) => model.byContext[b] - model.byContext[a] || a - b);
  return contexts.slice(0, teamCount).map((context) => {
    const [first] = model.leaders(context, true);
    const team = recommendTeam(model, first, context, teamSize);
    const lifts = team
      .slice(1)
      .map((agent, at) =>
        team.slice(0, at + 1).reduce((most, one) => Math.max(most, interactionLift(model, agent, one, context)), 0),
      );
    return {
      context: calls.contextNames[context],
      calls: model.byContext[context],
      agents: team.map((agent) => externalId(records.population.ids, agent)),
      meanLift: lifts.length === 0 ? null : lifts.reduce((sum, one) => sum + one, 0) / lifts.length,
    };
  });
}
