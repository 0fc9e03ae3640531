/**
 * How agents that decide by rules change what they hold: one number of their own, by the numbers of whom they hear.
 *
 * Reads attributes at the start of the tick, of whoever is heard: authors of the items shown, or followees. Writes one attempt at most,
 * `lean`, whose amount is the new value; the Game Master rules on it and apply writes it.
 * Order: sums are of whole numbers, so no order of sources can be seen; the one source of `deffuant` is drawn.
 * Invariant: who hears nobody keeps its value; a new value lies in the scenario's range. Rounding to whole numbers makes the range the resolution:
 * a step below one half is none.
 * Oracle: the formulas in words and on lists in `test/sim/policy/opinion.test.ts`.
 * Sources: Deffuant et al., Adv. Complex Syst. 3, 2000, eq. 1 (bounded confidence in pairs); Hegselmann and Krause, JASSS 5(3) 2, 2002,
 * eq. 4.1 (the mean of all within the bound, oneself included); Dandekar, Goel and Lee, PNAS 110, 2013, eq. 3 (biased assimilation);
 * local majority: Liggett 1999, and resilience tasks of ResMAS (2601.04694).
 */
import { drawWord, purposes, unitOf } from '../ground/random.ts';
import { postRow } from '../world/posts.ts';
import { currentFollowees } from '../social-graph/ties.ts';
import { verbs } from '../exchange/verbs.ts';
import { attempt } from './act.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Turn } from './act.ts';

/** Rules by which a value changes. `random` is no rule of opinion: it stands for an agent that answers anything. */
export const opinionRules = ['deffuant', 'hegselmann-krause', 'biased-assimilation', 'majority', 'random'] as const;
export type OpinionRule = (typeof opinionRules)[number];

/** How a value changes at one waking. */
export interface OpinionParameters {
  /** A declared attribute. */
  readonly attribute: string;
  readonly rule: OpinionRule;
  /** Whose values are heard: authors of the items shown, or all followees. */
  readonly from: 'feed' | 'followees';
  /** Greatest distance of a value that counts, in units of the attribute; for the first two rules. */
  readonly bound: number;
  /** Share of the way towards what was heard, in [0, 1]; with biased assimilation the weight of others beside one's own. */
  readonly pull: number;
  /** Exponent of biased assimilation, a whole number: 0 is averaging. */
  readonly bias: number;
  /** Ends of the range. */
  readonly least: number;
  readonly most: number;
}

/** The value after hearing `heard`, as a whole number in the range. `lots` are two numbers in [0, 1), for rules that draw. */
export function opinionAfter(
  { rule, bound, pull, bias, least, most }: Omit<OpinionParameters, 'attribute' | 'from'>,
  own: number,
  heard: ArrayLike<number>,
  lots: readonly [number, number],
): number {
  if (rule === 'random') return least + Math.floor(lots[0] * (most - least + 1));
  if (heard.length === 0) return own;
  const next = rules[rule]({ bound, pull, bias, least, most }, own, heard, lots);
  return Math.min(most, Math.max(least, Math.round(next)));
}

type Bounds = Pick<OpinionParameters, 'bound' | 'pull' | 'bias' | 'least' | 'most'>;
type Rule = (bounds: Bounds, own: number, heard: ArrayLike<number>, lots: readonly [number, number]) => number;

const rules: Readonly<Record<Exclude<OpinionRule, 'random'>, Rule>> = {
  deffuant({ bound, pull }, own, heard, [lot]) {
    const other = heard[Math.floor(lot * heard.length)];
    return Math.abs(other - own) <= bound ? own + pull * (other - own) : own;
  },
  'hegselmann-krause'({ bound, pull }, own, heard) {
    let [sum, count] = [own, 1];
    for (let k = 0; k < heard.length; k++) {
      if (Math.abs(heard[k] - own) > bound) continue;
      sum += heard[k];
      count++;
    }
    return own + pull * (sum / count - own);
  },
  'biased-assimilation'({ pull, bias, least, most }, own, heard) {
    let sum = 0;
    for (let k = 0; k < heard.length; k++) sum += heard[k] - least;
    const range = most - least;
    // On [0, 1]: s is the mean that was heard, of weight `pull`; one's own weighs the rest.
    const x = (own - least) / range;
    const s = sum / (heard.length * range);
    const forIt = pull * wholePower(x, bias) * s;
    const against = pull * wholePower(1 - x, bias) * (1 - s);
    return least + (range * ((1 - pull) * x + forIt)) / (1 - pull + forIt + against);
  },
  majority(_, own, heard, [, lot]) {
    const counts = new Map<number, number>([[own, 1]]);
    for (let k = 0; k < heard.length; k++) counts.set(heard[k], (counts.get(heard[k]) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const best = [...counts].filter(([, count]) => count === most).map(([value]) => value);
    return best.includes(own) ? own : best.sort((x, y) => x - y)[Math.floor(lot * best.length)];
  },
};

/** By multiplication: the same on every machine. */
function wholePower(x: number, exponent: number): number {
  let product = 1;
  for (let k = 0; k < exponent; k++) product *= x;
  return product;
}

/** What an agent hears at most: as many as a feed shows, or as many followees. */
const heardMax = 4096;
const heard = new Int32Array(heardMax);

/** Lets the agent of a percept, whose turn it is, lean to what it heard. `a` and `b` are its lanes. */
export function updateOpinion(
  state: StateView,
  parameters: OpinionParameters,
  tables: ShardTables,
  percept: PerceptRow,
  turn: Turn,
  a: number,
  b: number,
): void {
  const { attributeNames } = state.sizes;
  const attribute = attributeNames.indexOf(parameters.attribute);
  const values = state.attributes.value as unknown as Int32Array;
  const own = values[turn.actor * attributeNames.length + attribute];
  const count =
    parameters.rule === 'random'
      ? 0
      : parameters.from === 'feed'
        ? hearFeed(state, tables, percept, turn.actor, attribute)
        : hearFollowees(state, turn.actor as AgentRow, attribute);
  const lots = [unitOf(drawWord(a, b, purposes.opinion, 0)), unitOf(drawWord(a, b, purposes.opinion, 1))] as const;
  const next = opinionAfter(parameters, own, heard.subarray(0, count), lots);
  if (next !== own) attempt(tables, turn, verbs.lean, attribute, next);
}

/** One source an item: its content's author, unless that is oneself. */
function hearFeed(
  state: StateView,
  { items, percepts }: ShardTables,
  percept: PerceptRow,
  actor: number,
  attribute: number,
): number {
  const origins = items.origin as unknown as Int32Array;
  const values = state.attributes.value as unknown as Int32Array;
  const stride = state.sizes.attributeNames.length;
  const start = percept * state.sizes.feedLength;
  let count = 0;
  for (let k = 0; k < percepts.itemCount[percept]; k++) {
    const author = state.posts.author[postRow(state.posts, origins[start + k])];
    if (author !== actor) heard[count++] = values[author * stride + attribute];
  }
  return count;
}

function hearFollowees({ ties, owner, agents, attributes, sizes }: StateView, agent: AgentRow, attribute: number) {
  const values = attributes.value as unknown as Int32Array;
  const followees = currentFollowees(ties, ties.logs[owner.shard], agents.pendingTie[agent], agent, agents.ordinal);
  const count = Math.min(heardMax, followees.length);
  for (let k = 0; k < count; k++) heard[k] = values[followees[k] * sizes.attributeNames.length + attribute];
  return count;
}
