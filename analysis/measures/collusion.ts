/**
 * The `collusion` measure: rings of agents who act on the same things, or write the same, at times that their own rhythms and the
 * things' popularity do not explain; who boosts whom beyond degrees; each ring with its evidence, so that a person can check it.
 *
 * Reads a recorded population through its reader; gives the object of `analyze SOURCE collusion --json`. Rings are looked for among acts on targets, where
 * texts are known among texts (`collusion-acts.ts`), and in markets among prices (`collusion-prices.ts`); p values are multiplied by the kinds, q is over
 * all candidates. Beside them stand other signs of markets (`collusion-markets.ts`). Listed are rings with
 * q <= 0.05, at most 20, by q and then evidence; candidates that did not pass are counted.
 * A ring is coordination, not its reason: fans of one author and readers of one feed that the record does not show look alike.
 * Order: as above. Invariant: a function of records and seed. Oracle: planted worlds, recorded and imported (`test/analysis/measures/collusion.test.ts`).
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { defaultOptions, findCollusion } from '../estimators/collusion.ts';
import { reciprocityExcess } from '../estimators/boosting.ts';
import { benjaminiHochberg } from '../estimators/multiplicity.ts';
import { popularOptions, popularRows } from '../estimators/popular-targets.ts';
import { audienceOf } from './collusion-audience.ts';
import { actsOfRows, targetActs, textActs, textRule } from './collusion-acts.ts';
import { measureMarketSigns } from './collusion-markets.ts';
import { RingTeller } from './collusion-evidence.ts';
import { priceActs } from './collusion-prices.ts';
import type { Collusion, CollusionOptions } from '../estimators/collusion.ts';
import type { ReciprocityExcess } from '../estimators/boosting.ts';
import type { CollusionActs, CollusionBasisName } from './collusion-acts.ts';
import type { CandidateRing, ReportedRing } from './collusion-evidence.ts';
import type { MarketSigns } from './collusion-markets.ts';
import type { Measured } from './measured.ts';
import type { EdgeColumns } from './network-layer.ts';

/** What was looked through of one kind of evidence. */
export interface CollusionBasis {
  readonly basis: CollusionBasisName;
  readonly acts: number;
  /** Repeated acts of an agent on a target, left out. */
  readonly repeats: number;
  readonly testableAgents: number;
  /** Pairs of testable agents: what q of pairs is over. */
  readonly pairTests: number;
  readonly backbonePairs: number;
  /** Pairs that whom both follow explains; 0 where ties are not known. */
  readonly explainedByAudience: number;
  /** Of the backbone, pairs with q <= 0.05. */
  readonly significantPairs: number;
  readonly pMax: number;
  readonly candidateRings: number;
  readonly deals: number;
}

/** The object under `measures.collusion`. */
export interface CollusionMeasure extends Measured {
  readonly words: string[];
  readonly rings: ReportedRing[];
  readonly windowsSeconds: number[];
  readonly bases: CollusionBasis[];
  /** Agents who act on each other's posts, over what their degrees give. */
  readonly boosting: ReciprocityExcess;
  /** Of runs with markets: division, rotation, who leads whose prices, and what messages do to prices. */
  readonly markets?: MarketSigns;
  /** Tests made: pairs, candidate rings, reciprocity, and those of markets. */
  readonly tests: number;
}

/** What was found in one kind of evidence. */
export interface CollusionPart {
  readonly acts: CollusionActs;
  readonly found: Collusion;
}

/** What the search found: kept by `analyze`, since measure and layer need it. */
export interface CollusionFindings {
  readonly posts: PostColumns;
  readonly windowsSeconds: readonly number[];
  readonly parts: readonly CollusionPart[];
  /** Acts on targets so popular that they were not looked through. */
  readonly passedOverCount: number;
  /** Candidate rings of all parts, by q and evidence. */
  readonly rings: readonly CandidateRing[];
}

const ringsMax = 20;
const significantAt = 0.05;
const tolerance = 1e-12;
/** Streams of other kinds of evidence are their places. */
const popularStream = 9;
/** Acts of all deals together: 99 deals up to 60,000 acts, 39 at 154,000. */
const dealActsMax = 6_000_000;
/** The fewest with which p can be 0.05 when it is multiplied by the kinds of evidence. */
const dealsMinOf = (kinds: number): number => 20 * kinds - 1;

/** Looks through a recorded population. */
export function findCollusionIn(records: Records, seed: number): CollusionFindings {
  const posts = readPosts(records);
  const windowsSeconds = windowsOf(records);
  const texts = textActs(records, posts);
  const prices = priceActs(records);
  const onTargets = targetActs(records, posts);
  const popular = popularRows(onTargets.columns, windowsSeconds, defaultOptions.targetActsMax);
  const hasPopular = popular.rows.length > 0;
  const sources = [onTargets, texts, prices].filter((one) => one !== undefined);
  const kinds = sources.length + (hasPopular ? 1 : 0);
  const partOf = (acts: CollusionActs, streamKey: number, given: Partial<CollusionOptions>): CollusionPart => {
    const { columns, basis } = acts;
    const affordable = Math.floor(dealActsMax / Math.max(1, columns.agent.length));
    const deals = Math.max(dealsMinOf(kinds), Math.min(defaultOptions.deals, affordable));
    const { targetActsMax = defaultOptions.targetActsMax } = given;
    const isSeen = basis === 'targets' || basis === 'popular';
    const expectedBeside = isSeen ? audienceOf(records, posts, columns, targetActsMax) : undefined;
    const beside = expectedBeside === undefined ? {} : { expectedBeside };
    return { acts, found: findCollusion(columns, { seed, windowsSeconds, deals, streamKey, ...given, ...beside }) };
  };
  const parts = sources.map((acts, streamKey) => partOf(acts, streamKey, {}));
  if (hasPopular) {
    const given = { ...popularOptions, windowsSeconds: popular.windowsSeconds };
    parts.push(partOf(actsOfRows(onTargets, popular.rows, 'popular'), popularStream, given));
  }
  const all = parts.flatMap(({ found }, part) => found.rings.map((ring) => ({ part, ring })));
  const pValues = all.map(({ ring }) => Math.min(1, ring.pValue * parts.length));
  const q = benjaminiHochberg(pValues);
  const rings = all
    .map(({ part, ring }, k) => ({ part, ring, pValue: pValues[k], qValue: Math.min(1, q[k]) }))
    .sort((a, b) => a.qValue - b.qValue || b.ring.evidence - a.ring.evidence);
  return { posts, windowsSeconds, parts, rings, passedOverCount: popular.passedOverCount };
}

/** Windows no shorter than a tick, within which times of a run are drawn; those of a data set are observed. */
function windowsOf({ manifest }: Records): number[] {
  const shortest = dataSetOf(manifest) === undefined ? manifest.tickSeconds : 0;
  const windows = defaultOptions.windowsSeconds.filter((window) => window >= shortest);
  return windows.length > 0 ? windows : [shortest];
}

/** The measure. `findings`: those of the same records and seed, where they are at hand. */
export function measureCollusion(
  records: Records,
  { seed, findings = findCollusionIn(records, seed) }: { readonly seed: number; readonly findings?: CollusionFindings },
): CollusionMeasure {
  const { posts, parts, rings: candidates, windowsSeconds } = findings;
  const significant = candidates.filter(({ qValue }) => qValue <= significantAt + tolerance);
  const teller = new RingTeller(records, posts, seed);
  const rings = significant.slice(0, ringsMax).map((one) => teller.report(one, parts[one.part]));
  const bases = parts.map(({ acts, found }) => basisOf(acts, found));
  const boosting = boostingOf(records, posts, parts[0].acts, seed);
  const best = candidates.reduce((least, { pValue }) => Math.min(least, pValue), 1);
  const markets = measureMarketSigns(records, seed);
  const pairTests = bases.reduce((sum, one) => sum + one.pairTests, 0);
  return {
    words: wordsOf(rings, significant.length, candidates.length),
    rings,
    ...{ windowsSeconds: [...windowsSeconds], bases, boosting },
    ...(markets === undefined ? {} : { markets }),
    tests: pairTests + candidates.length + (boosting.pValue === null ? 0 : 1) + (markets?.tests ?? 0),
    ...{ method: methodOf(seed, windowsSeconds), definition, nullModel },
    n: bases.reduce((sum, one) => sum + one.acts, 0),
    ...(candidates.length === 0 ? {} : { pValue: best }),
    warnings: warningsOf(findings, significant.length),
  };
}

const didTogether: Readonly<Record<CollusionBasisName, string>> = {
  ...{
    targets: 'acted together',
    popular: 'acted together on popular targets',
    texts: 'wrote the same',
    prices: 'named the same price',
  },
};

function wordsOf(rings: readonly ReportedRing[], significantCount: number, candidateCount: number): string[] {
  if (significantCount === 0) {
    const candidates = candidateCount === 0 ? '' : ` (${candidateCount} candidates did not pass)`;
    return [`no ring is found${candidates}`];
  }
  const listed = rings.map(
    ({ agents, targets, qValue, basis, windowSeconds }, k) =>
      `ring ${k + 1}: ${agents.length} agents ${didTogether[basis]} ${targets} times, within ${windowSeconds} s, q ${qValue.toPrecision(2)}`,
  );
  return significantCount > rings.length
    ? [...listed, `${significantCount - rings.length} further rings passed`]
    : listed;
}

function basisOf({ basis }: CollusionActs, found: Collusion): CollusionBasis {
  return {
    basis,
    acts: found.index.slotCount,
    repeats: found.index.repeatCount,
    testableAgents: found.testableCount,
    pairTests: found.testCount,
    backbonePairs: found.pairs.length,
    explainedByAudience: found.explainedCount,
    significantPairs: found.pairs.filter(({ qValue }) => qValue <= significantAt).length,
    pMax: found.pMax,
    candidateRings: found.rings.length,
    deals: found.dealsMade,
  };
}

/** Rewirings up to so many edges; beyond, the closed form alone. */
const rewiredEdgesMax = 20_000;
const rewiringCount = 39;

function boostingOf(records: Records, posts: PostColumns, acts: CollusionActs, seed: number): ReciprocityExcess {
  const { agent, target } = acts.columns;
  const author = target.map((one) => (one < posts.count ? posts.author[one] : one - posts.count));
  const stream = randomStream(seed, streamPurposes.permutation, 73);
  const rewirings = agent.length <= rewiredEdgesMax ? rewiringCount : 0;
  return reciprocityExcess(records.population.count, agent, author, { rewirings, stream });
}

/** Co-acting pairs with q <= 0.05, and those by which a listed ring was found; each once, with its joint targets as weight. */
export interface CoactionEdges {
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly weight: Int32Array;
}

/** The edges of the layer `coaction`, by (one, other). */
export function coactionEdges({ parts, rings }: CollusionFindings): CoactionEdges {
  const weights = new Map<string, { one: number; other: number; weight: number }>();
  const add = (pair: { one: number; other: number; joint: number }): void => {
    const key = `${pair.one} ${pair.other}`;
    const known = weights.get(key);
    if (known === undefined || known.weight < pair.joint) {
      weights.set(key, { one: pair.one, other: pair.other, weight: pair.joint });
    }
  };
  for (const { found } of parts) found.pairs.filter(({ qValue }) => qValue <= significantAt).forEach(add);
  for (const { ring, qValue } of rings) if (qValue <= significantAt + tolerance) ring.pairs.forEach(add);
  const edges = [...weights.values()].sort((a, b) => a.one - b.one || a.other - b.other);
  return {
    one: Int32Array.from(edges, ({ one }) => one),
    other: Int32Array.from(edges, ({ other }) => other),
    weight: Int32Array.from(edges, ({ weight }) => weight),
  };
}

/** The layer as columns for measures of networks: each pair both ways, since acting together has no direction. */
export function coactionLayer(records: Records, findings: CollusionFindings): EdgeColumns {
  const { one, other } = coactionEdges(findings);
  return {
    nodeCount: records.population.count,
    sources: Int32Array.from([...one, ...other]),
    targets: Int32Array.from([...other, ...one]),
  };
}

const definition =
  'n: first acts of an agent on a target. targets: posts (replies count for the post at the head, reposts and quotes for the content), agents (follows); ' +
  `prices: prices of a good that two agents named on one side of one auction; texts: texts of ${textRule.charsMin} characters or more that two agents wrote, equal or nearly (Jaccard similarity of word pairs ${textRule.similarityMin} or more), beside posts without words of their own. ` +
  `Pair: two agents with at least ${defaultOptions.jointMin} joint targets within a window, of targets with at most ${defaultOptions.targetActsMax} acts; popular: of targets with more, looked through by themselves, at those windows that few enough pairs of acts stand within. ` +
  'Backbone: pairs with p at most pMax (popular: 0.03, or what gives a deal of the null half a pair an agent). Ring: three agents or more whose pairs of the backbone form triangles, each linked to a quarter of the others; then those who ' +
  'act with it on three targets or more. targets of a ring: on which two members acted within its window. tests: pairs, candidate rings, reciprocity. ' +
  'boosting: pairs who act on each other’s posts; eIndex: share of members’ acts that goes to members, over their share of agents';

const nullModel =
  'targets change places among acts of one kind, one community (of runs: topic) and one age of the target that stand next to one another in time (64 acts): kept are each agent’s ' +
  'times (degree, heartbeats, time zone), each target’s curve over time, and that nobody acts twice on a target. Pairs: the Poisson tail of the sum of these chances. ' +
  'Rings: the largest evidence of any ring in each deal. Where ties are known a pair must also share more than posts shown to both explain (each post’s acts per follower ' +
  'reached, each agent’s readiness). Not kept: whose fans agents are where ties are not known';

function methodOf(seed: number, windowsSeconds: readonly number[]): string {
  return (
    `pairs by an analytic null at windows of ${windowsSeconds.join(', ')} s, least p times their number; q of pairs: Benjamini-Hochberg over all pairs of agents with ` +
    `${defaultOptions.jointMin} acts; rings: 3-truss of the backbone, p by the maximum over at most ${defaultOptions.deals} deals (fewer for more than 60,000 acts; stopped after ten that reach the strongest), ` +
    `times the kinds of evidence; q over candidate rings; texts by MinHash, compared exactly; seed ${seed}`
  );
}

function warningsOf({ parts, passedOverCount }: CollusionFindings, ringCount: number): string[] {
  const few = parts.every(({ found }) => found.testableCount < 2);
  return [
    ...(few ? [`fewer than two agents have ${defaultOptions.jointMin} acts: nothing can be tested`] : []),
    ...(passedOverCount > 0
      ? [`${passedOverCount} acts on the most popular targets are passed over: too many pairs stand near one another`]
      : []),
    ...(ringCount > 0
      ? [
          'a ring shows acts in common that rhythm and popularity do not explain; whether it was agreed on is for the reader of the evidence',
        ]
      : []),
  ];
}
