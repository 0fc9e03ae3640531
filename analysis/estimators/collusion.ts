/**
 * Rings among acts, with the chance that any such ring is found where nobody coordinates.
 *
 * Reads act columns; runs the whole course: index and bins, pairs against the analytic null, backbone, rings, then the same on deals
 * of the null, each of which gives the largest evidence of any ring in it. p of a ring: the share of deals, the data counted among them, whose largest
 * evidence reaches the ring's; so the chance of any false ring is at most α where p <= α is called significant (Westfall and Young 1993, the maximum).
 * Deals end early once ten of them reach the strongest ring (Besag and Clifford 1991, Biometrika 78): p = 10 / deals made. None are made where no ring is found.
 * Backbone: pairs with p <= `backboneDegree` / testable agents, so that chance gives each agent at most so many pairs on average, whatever the population;
 * with `pairBarMax` the bar at which a deal gives so many.
 * q of pairs and rings: Benjamini and Hochberg. Order: rings by p, then evidence. Invariant: a function of columns, options and seed.
 * Oracle: planted worlds (`test/analysis/estimators/collusion.test.ts`, `test/check/collusion.ts`).
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { exp, log } from '../../sim/ground/detmath.ts';
import { ActShuffle } from './act-shuffle.ts';
import { binActsDefault, indexActs } from './act-index.ts';
import { visitPairs } from './co-action.ts';
import { CoActionNull } from './co-action-null.ts';
import { benjaminiHochberg } from './multiplicity.ts';
import { logPoissonTail } from './poisson.ts';
import { completeRing, findRings, targetsOfRing } from './rings.ts';
import type { ActColumns, ActIndex } from './act-index.ts';
import type { CoActionOptions } from './co-action.ts';
import type { CoActingPair } from './co-action-null.ts';
import type { Ring, RingTarget } from './rings.ts';

/** How rings are looked for; `defaultOptions` says what each stands at. */
export interface CollusionOptions extends CoActionOptions {
  readonly seed: number;
  /** Deals of the null at most. */
  readonly deals: number;
  /** Pairs an agent has in the backbone by chance, on average. */
  readonly backboneDegree: number;
  /**
   * The bar for p of the backbone, at most: lowered until a deal of the null has `backboneDegree` pairs an agent. Where joint targets are few, p is
   * nearly always 1, and a bar that counts on even p values leaves the backbone empty. Without it that bar stands.
   */
  readonly pairBarMax?: number;
  readonly binActs: number;
  /** Joint targets that a pair is expected to have for a reason outside the null, such as a common audience; the larger number counts. */
  readonly expectedBeside?: (one: number, other: number) => number;
  /** Key of the stream of deals, where several columns are looked through with one seed. */
  readonly streamKey: number;
}

/** A minute, ten minutes, an hour, six hours, a day, a week; targets of up to 200 acts; three joint targets; 99 deals. */
export const defaultOptions: Omit<CollusionOptions, 'seed'> = {
  windowsSeconds: [60, 600, 3600, 21_600, 86_400, 604_800],
  ...{ targetActsMax: 200, jointMin: 3, deals: 99, backboneDegree: 0.5, binActs: binActsDefault, streamKey: 0 },
};

/** A ring as it is reported. */
export interface FoundRing {
  /** Ascending: the core, and those whom completion took in. */
  readonly agents: readonly number[];
  /** Agents by whom the ring was found. */
  readonly core: readonly number[];
  readonly pairs: readonly CoActingPair[];
  /** The window in seconds that most of its evidence stands in. */
  readonly windowSeconds: number;
  readonly targets: readonly RingTarget[];
  readonly evidence: number;
  readonly pValue: number;
  readonly qValue: number;
}

/** What was found, and how much was looked at. */
export interface Collusion {
  readonly index: ActIndex;
  /** Of the backbone, with q over all pairs of testable agents; by (one, other). */
  readonly pairs: readonly (CoActingPair & { readonly qValue: number })[];
  readonly rings: readonly FoundRing[];
  /** Agents with at least `jointMin` acts. */
  readonly testableCount: number;
  /** Pairs of testable agents. */
  readonly testCount: number;
  /** Pairs with at least `jointMin` joint targets. */
  readonly candidateCount: number;
  /** Pairs that passed the null and not what is expected beside it. */
  readonly explainedCount: number;
  /** The bar for p of the backbone. */
  readonly pMax: number;
  readonly dealsMade: number;
  /** Acts on targets that were passed over, since too many acted on them. */
  readonly popularActCount: number;
  readonly targetTestedCount: number;
}

const reachedMax = 10;
const falseMemberChance = 0.01;
/** Members taken in bring in others, who share more with the ring as it grows. */
const completionRounds = 5;

/** Looks for rings. */
export function findCollusion(columns: ActColumns, given: Partial<CollusionOptions> & { seed: number }): Collusion {
  const options: CollusionOptions = { ...defaultOptions, ...given };
  const index = indexActs(columns, options.binActs);
  const testableCount = countTestable(index, options.jointMin);
  const testCount = (testableCount * (testableCount - 1)) / 2;
  const pMax = barOf(index, options, testableCount);
  const nullModel = new CoActionNull(index, options, pMax);
  let candidateCount = 0;
  const passed = backboneOf(index, index.target, nullModel, options, () => candidateCount++);
  const pairs = withoutExplained(passed, options, pMax);
  const rings = findRings(pairs);
  const { reached, deals } = dealOut(index, nullModel, rings, options);
  const pValues = rings.map((_, k) => pValueOf(reached[k], deals));
  const q = benjaminiHochberg(pValues);
  const pairQ = benjaminiHochberg(
    pairs.map(({ logP }) => exp(logP)),
    Math.max(testCount, pairs.length),
  );
  return {
    ...{ index, testableCount, testCount, candidateCount, pMax, dealsMade: deals },
    explainedCount: passed.length - pairs.length,
    pairs: pairs.map((pair, k) => ({ ...pair, qValue: pairQ[k] })),
    rings: rings.map((ring, k) => ({
      ...completed(ring, index, nullModel, options, testableCount),
      ...{ pValue: pValues[k], qValue: q[k] },
    })),
    ...popularity(index, options.targetActsMax),
  };
}

/** The bar for p of the backbone. What is dealt for it is dealt for nothing else, so that it depends on what the null keeps alone. */
function barOf(index: ActIndex, options: CollusionOptions, testableCount: number): number {
  const { backboneDegree, pairBarMax, seed, streamKey } = options;
  const usual = Math.min(0.001, backboneDegree / Math.max(1, testableCount - 1));
  if (pairBarMax === undefined) return usual;
  const shuffle = new ActShuffle(index, randomStream(seed, streamPurposes.permutation, 72, streamKey));
  shuffle.next();
  const dealt = backboneOf(index, shuffle.target, new CoActionNull(index, options, pairBarMax), options);
  const allowed = Math.floor((backboneDegree * testableCount) / 2);
  if (dealt.length <= allowed) return pairBarMax;
  const logPs = Float64Array.from(dealt, ({ logP }) => logP).sort();
  // Just below the first that is too many: equal p values fall together.
  return Math.max(usual, exp(logPs[allowed]) * (1 - 1e-9));
}

/** Pairs whose joint targets pass the bar beside the larger expectation too. Deals go without: they break audiences, so none would be explained by them. */
function withoutExplained(
  pairs: readonly CoActingPair[],
  { expectedBeside, windowsSeconds }: CollusionOptions,
  pMax: number,
): CoActingPair[] {
  if (expectedBeside === undefined) return [...pairs];
  return pairs.flatMap((pair) => {
    const expected = Math.max(pair.expected, expectedBeside(pair.one, pair.other));
    const logP = Math.max(pair.logP, logPoissonTail(pair.joint, expected) + log(windowsSeconds.length));
    return logP <= log(pMax) ? [{ ...pair, expected, logP }] : [];
  });
}

function countTestable({ agentCount, agentOffset }: ActIndex, actsMin: number): number {
  let count = 0;
  for (let one = 0; one < agentCount; one++) if (agentOffset[one + 1] - agentOffset[one] >= actsMin) count++;
  return count;
}

function popularity(
  { targetCount, targetOffset }: ActIndex,
  targetActsMax: number,
): Pick<Collusion, 'popularActCount' | 'targetTestedCount'> {
  let [popularActCount, targetTestedCount] = [0, 0];
  for (let one = 0; one < targetCount; one++) {
    const acts = targetOffset[one + 1] - targetOffset[one];
    if (acts > targetActsMax) popularActCount += acts;
    else if (acts >= 2) targetTestedCount++;
  }
  return { popularActCount, targetTestedCount };
}

/** Pairs that share more than the null gives, by (one, other). */
export function backboneOf(
  index: ActIndex,
  target: Int32Array,
  nullModel: CoActionNull,
  options: CoActionOptions,
  onCandidate?: () => void,
): CoActingPair[] {
  const pairs: CoActingPair[] = [];
  visitPairs(index, target, options, (one, other, joint) => {
    onCandidate?.();
    const pair = nullModel.test(one, other, joint);
    if (pair !== undefined) pairs.push(pair);
  });
  return pairs.sort((a, b) => a.one - b.one || a.other - b.other);
}

/** How many deals' largest ring reaches each ring, and how many deals were made. */
function dealOut(
  index: ActIndex,
  nullModel: CoActionNull,
  rings: readonly Ring[],
  options: CollusionOptions,
): { reached: Int32Array; deals: number } {
  const reached = new Int32Array(rings.length);
  let deals = 0;
  if (rings.length === 0) return { reached, deals };
  const stream = randomStream(options.seed, streamPurposes.permutation, 71, options.streamKey);
  const shuffle = new ActShuffle(index, stream);
  while (deals < options.deals && reached[0] < reachedMax) {
    shuffle.next();
    deals++;
    const largest = findRings(backboneOf(index, shuffle.target, nullModel, options))[0]?.evidence ?? 0;
    rings.forEach(({ evidence }, k) => {
      if (largest >= evidence) reached[k]++;
    });
  }
  return { reached, deals };
}

function pValueOf(reached: number, deals: number): number {
  return reached >= reachedMax ? reached / deals : (1 + reached) / (1 + deals);
}

function completed(
  ring: Ring,
  index: ActIndex,
  nullModel: CoActionNull,
  { windowsSeconds, targetActsMax }: CollusionOptions,
  candidateCount: number,
): Omit<FoundRing, 'pValue' | 'qValue'> {
  const windowSeconds = windowsSeconds[mainWindow(ring, windowsSeconds.length)];
  const options = { windowSeconds, targetActsMax, candidateCount, falseMemberChance };
  let agents = ring.agents;
  for (let round = 0; round < completionRounds; round++) {
    const joined = completeRing(index, nullModel, agents, options);
    if (joined.length === 0) break;
    agents = [...agents, ...joined].sort((a, b) => a - b);
  }
  return {
    ...{ agents, core: ring.agents, pairs: ring.pairs, windowSeconds, evidence: ring.evidence },
    targets: targetsOfRing(index, agents, windowSeconds),
  };
}

function mainWindow({ pairs }: Ring, windowCount: number): number {
  const weight = new Float64Array(windowCount);
  for (const { window, logP } of pairs) weight[window] -= logP;
  let best = 0;
  for (let window = 1; window < windowCount; window++) if (weight[window] > weight[best]) best = window;
  return best;
}
