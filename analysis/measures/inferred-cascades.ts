/**
 * The `inferred` measure: cascades where no parents are on record, by who followed whom, of contents known as such or by equal and near texts.
 *
 * Reads a recorded population. Two ways, each where it can be gone: *by follow* takes every post with its reposts and quotes as one content and forgets who
 * was reposted; *by text* takes posts and replies of one text as one content. Parents are attributed by `attribution.ts`, each rule beside the
 * others, since nothing in such data says which is right. Where parents are on record they are the truth that the attribution is held to.
 * Acts of one tick of a run saw the same state, so none is another's parent: times are ticks there. Invariant: no recorded parent enters an attribution.
 * Gives the object of `analyze SOURCE inferred --json`; fields of `cascades` have its names.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { postKinds } from '../../sim/world/posts.ts';
import { dataSetOf, readDataTable } from '../../sim/record/data-set-reader.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { readWrittenTexts } from '../../sim/record/text-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { attributeParents, attributionRules, followedAt, indexFollows } from '../estimators/attribution.ts';
import { measureCascades } from '../estimators/cascade.ts';
import { ratioInterval } from '../estimators/interval.ts';
import { reproductionOf } from '../estimators/reproduction.ts';
import { reportTail } from '../estimators/tail-verdict.ts';
import { likenessClasses } from '../estimators/text-likeness.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import { tieSpansOf } from './tie-spans.ts';
import type { Attribution, AttributionRule, FollowIndex, ShareColumns } from '../estimators/attribution.ts';
import type { CascadeTable } from '../estimators/cascade.ts';
import type { Printed } from './cascade-spread.ts';
import type { Measured } from './measured.ts';
import type { TieSpans } from './tie-spans.ts';

/** One rule's trees, and how often it names the recorded parent. */
export interface RuleReport {
  readonly rule: AttributionRule | 'root';
  readonly meanDepth: number | null;
  readonly maxDepth: number;
  readonly structuralVirality: number | null;
  readonly reproduction: number | null;
  /** Share of the asked shares whose inferred parent is the agent whose row was shared; null where no parents are on record. */
  readonly agreement: number | null;
  /** Over cascades. */
  readonly interval: [number, number] | null;
  /** The same among shares of which at least two parents were possible: where there is something to be decided. */
  readonly agreementOfOpen: number | null;
}

/** Cascades by one way. */
export interface InferredWay {
  readonly way: 'by follow' | 'by equal text' | 'by near text';
  readonly ties: TieSpans['kind'];
  readonly count: number;
  readonly sizes: number[];
  readonly depths: number[];
  readonly breadths: number[];
  readonly structuralVirality: number | null;
  readonly powerLaw: { readonly alpha: number; readonly xmin: number; readonly verdict: string } | null;
  readonly shares: number;
  /** Shares by agents other than the first of a content, each agent's first: those that came from somewhere. */
  readonly asked: number;
  /** Share of these that somebody they followed had shared before. */
  readonly explainedShare: Printed;
  readonly meanCandidates: number | null;
  /** Shares whose recorded parent is among those possible: no rule can agree more often. */
  readonly reachableShare: number | null;
  readonly rules: RuleReport[];
  readonly truth: { readonly structuralVirality: number | null; readonly meanDepth: number | null } | null;
}

/** The object under `measures.inferred`. */
export interface InferredMeasure extends Measured {
  readonly words: string[];
  readonly ways: InferredWay[];
}

/** Texts shorter than this are formulas of greeting: equal without having come from one another. */
const charsMin = 12;
const nearMin = 0.8;
const listLengthMax = 100_000;
/** Texts whose nearness is looked for: signatures of 171,000 took some 4 CPU seconds. */
const nearTextsMax = 50_000;
/** Shares that are attributed at most: more are sampled by content. */
const sharesMax = 500_000;
const streamKey = 71;

const definition =
  'n: shares. Shares of one content: by follow, a post with its reposts and quotes; by text, posts and replies of one text (case and punctuation aside, ' +
  `${charsMin} characters or more), or of near ones (Jaccard similarity of word triples ${nearMin} or more). Possible parents: those whom the agent followed and who had ` +
  'shared before; latest, earliest, equal: which of them; root: all on the first. Who has no possible parent hangs on the first share. Sizes, depths, breadths, ' +
  'structuralVirality: as in `cascades`, with the rule latest; agreement: share of inferred parents that are the recorded ones';

/** Infers cascades by every way that the record allows. */
export function measureInferred(records: Records, { seed }: { readonly seed: number }): InferredMeasure {
  const posts = readPosts(records);
  const tickMs = records.manifest.tickSeconds * 1000;
  const isRun = dataSetOf(records.manifest) === undefined;
  const timeOf = (row: number): number => posts.tick[row] + (isRun ? 0 : posts.amount[row] / tickMs);
  const ties = tieSpansOf(records, posts, timeOf);
  const follows = indexFollows(ties.spans, records.population.count);
  const warnings: string[] = [];
  const contents = [spreadContents(posts), ...textContents(records, posts, warnings)].filter(
    ({ rows }) => rows.length > 0,
  );
  const taken = contents.map((one) =>
    sampledContents(one, randomStream(seed, streamPurposes.sample, streamKey + 1), warnings),
  );
  const ways = taken.map((one) => inferWay(one, posts, timeOf, { kind: ties.kind, follows }, seed));
  if (ways.length === 0) warnings.push('nothing was reposted or quoted, and no text is known that two agents wrote');
  if (ties.kind === 'answers given' && ways.length > 0) {
    warnings.push('nobody follows anybody on record: whom one answered before stands for whom one follows');
  }
  if (ways.some(({ truth }) => truth === null)) {
    warnings.push(
      'without recorded parents nothing tells which rule is right: what differs between rules is not known',
    );
  }
  const shares = ways.reduce((sum, one) => sum + one.shares, 0);
  return {
    words: ways.map(wordsOf),
    ways,
    method: `time-respecting attribution over ties (${ties.kind}); near texts by MinHash, 20 bands of 5, compared exactly; seed ${seed}`,
    definition,
    n: shares,
    warnings,
  };
}

/** Shares by row of the post, in the order of time, and the content of each. */
interface Contents {
  readonly way: InferredWay['way'];
  readonly rows: readonly number[];
  readonly content: (row: number) => number;
  /** Whether the recorded parents are of this spreading. */
  readonly hasTruth: boolean;
}

/** All contents, or where there are too many shares as many contents at random as hold about that number. */
function sampledContents(contents: Contents, stream: RandomStream, warnings: string[]): Contents {
  const { way, rows, content } = contents;
  if (rows.length <= sharesMax) return contents;
  const share = sharesMax / rows.length;
  const isKept = new Map<number, boolean>();
  const kept = rows.filter((row) => {
    const known = isKept.get(content(row)) ?? stream.uniform() < share;
    isKept.set(content(row), known);
    return known;
  });
  warnings.push(
    `${way}: a share of ${share.toPrecision(3)} of the contents was taken, at random: ${kept.length} of ${rows.length} shares`,
  );
  return { ...contents, rows: kept };
}

/** Posts that were reposted or quoted, with all that came of them. */
function spreadContents({ count, kind, parent }: PostColumns): Contents {
  const root = new Int32Array(count);
  const size = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const isShare = (kind[row] === postKinds.repost || kind[row] === postKinds.quote) && parent[row] >= 0;
    root[row] = isShare ? root[parent[row]] : row;
    size[root[row]]++;
  }
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) => size[root[row]] > 1);
  return { way: 'by follow', rows, content: (row) => root[row], hasTruth: true };
}

function textContents(records: Records, posts: PostColumns, warnings: string[]): Contents[] {
  const table = readDataTable(records, 'posts');
  const texts = readWrittenTexts(records);
  const chars = table?.integers('chars');
  const given = table?.integers('contentClass');
  const all = Array.from({ length: posts.count }, (_, row) => row);
  const written = all.filter((row) => posts.kind[row] !== postKinds.repost);
  if (texts === undefined) {
    if (given === undefined) return [];
    const isLong = (row: number): boolean => given[row] >= 0 && (chars === undefined || chars[row] >= charsMin);
    return [classesOf('by equal text', written.filter(isLong), posts, (row) => given[row])];
  }
  const said = written.map((row) => texts.at(row));
  const place = new Map(written.map((row, at) => [row, at]));
  const byLikeness = (way: InferredWay['way'], similarityMin: number): Contents => {
    const classes = likenessClasses(said, { similarityMin, charsMin });
    const of = (row: number): number => classes[place.get(row) ?? -1] ?? -1;
    const kept = written.filter((row) => of(row) >= 0);
    return classesOf(way, kept, posts, of);
  };
  const equal = byLikeness('by equal text', 1);
  if (written.length <= nearTextsMax) return [equal, byLikeness('by near text', nearMin)];
  warnings.push(`near texts are not looked for among more than ${nearTextsMax} texts`);
  return [equal];
}

/** Of the classes those that at least two agents wrote. */
function classesOf(
  way: InferredWay['way'],
  rows: readonly number[],
  { author }: PostColumns,
  content: (row: number) => number,
): Contents {
  const firstAuthor = new Map<number, number>();
  const shared = new Set<number>();
  for (const row of rows) {
    const known = firstAuthor.get(content(row));
    if (known === undefined) firstAuthor.set(content(row), author[row]);
    else if (known !== author[row]) shared.add(content(row));
  }
  return { way, rows: rows.filter((row) => shared.has(content(row))), content, hasTruth: false };
}

// ---- One way ----

function inferWay(
  { way, rows, content, hasTruth }: Contents,
  posts: PostColumns,
  timeOf: (row: number) => number,
  ties: { readonly kind: TieSpans['kind']; readonly follows: FollowIndex },
  seed: number,
): InferredWay {
  const ordered = Array.from(rows).sort((a, b) => timeOf(a) - timeOf(b) || a - b);
  const columns: ShareColumns = {
    agent: Int32Array.from(ordered, (row) => posts.author[row]),
    content: Int32Array.from(ordered, content),
    time: Float64Array.from(ordered, timeOf),
  };
  const truth = hasTruth ? recordedParents(ordered, posts) : undefined;
  const found = attributionRules.map((rule) => {
    const stream = randomStream(seed, streamPurposes.sample, streamKey);
    const attribution = attributeParents(columns, ties.follows, { rule, orphan: 'root', stream });
    return { rule, attribution };
  });
  const [{ attribution: latest }] = found;
  const asked = askedRows(columns, latest);
  const table = tableOf(columns, latest.parent);
  const tail = reportTail(table.size, 0, randomStream(seed, streamPurposes.bootstrap, streamKey));
  const hung = rootParents(columns);
  const shown = [...found, { rule: 'root' as const, attribution: { ...latest, parent: hung } }];
  return {
    ...{ way, ties: ties.kind, count: table.root.length },
    ...{ sizes: descending(table.size), depths: descending(table.depth), breadths: descending(table.maxBreadth) },
    structuralVirality: meanVirality(table),
    powerLaw: tail === undefined ? null : { alpha: tail.alpha, xmin: tail.xmin, verdict: tail.verdict },
    shares: ordered.length,
    asked: asked.length,
    explainedShare: explainedOf(columns, asked, latest),
    meanCandidates: meanOver(asked, (row) => latest.candidateCount[row]),
    reachableShare: truth === undefined ? null : reachable(columns, ties.follows, asked, truth),
    rules: shown.map(({ rule, attribution }) => ruleReport(rule, attribution, columns, asked, truth)),
    truth: truth === undefined ? null : truthOf(columns, truth),
  };
}

/** Each share's recorded parent as a place among the shares; -1 for none. */
function recordedParents(ordered: readonly number[], { parent, count, kind }: PostColumns): Int32Array {
  const place = new Int32Array(count).fill(-1);
  ordered.forEach((row, at) => (place[row] = at));
  return Int32Array.from(ordered, (row) =>
    parent[row] >= 0 && kind[row] !== postKinds.reply ? place[parent[row]] : -1,
  );
}

/** First shares of their agents, but for the first of each content. */
function askedRows({ agent, content }: ShareColumns, { parent }: Attribution): number[] {
  return Array.from(agent.keys()).filter((row) => {
    const above = parent[row];
    return above >= 0 && (agent[above] !== agent[row] || content[above] !== content[row]);
  });
}

function rootParents({ content }: ShareColumns): Int32Array {
  const roots = new Map<number, number>();
  return content.map((one, row) => {
    const known = roots.get(one);
    if (known === undefined) roots.set(one, row);
    return known ?? -1;
  });
}

/** Time is in ticks here, and nothing below reads it but to sort. */
function tableOf({ agent, time }: ShareColumns, parent: Int32Array): CascadeTable {
  return measureCascades({ parent, author: agent, timeHours: time });
}

function ruleReport(
  rule: RuleReport['rule'],
  { parent, candidateCount }: Attribution,
  columns: ShareColumns,
  asked: readonly number[],
  truth: Int32Array | undefined,
): RuleReport {
  const table = tableOf(columns, parent);
  const isAgreed = (row: number): number =>
    truth !== undefined && truth[row] >= 0 && columns.agent[truth[row]] === columns.agent[parent[row]] ? 1 : 0;
  const agreement = truth === undefined ? undefined : overContents(columns, asked, isAgreed);
  const open = asked.filter((row) => candidateCount[row] > 1);
  return {
    rule,
    meanDepth: meanOver(Array.from(table.depth.keys()), (c) => table.depth[c]),
    maxDepth: table.depth.reduce((most, one) => Math.max(most, one), 0),
    structuralVirality: meanVirality(table),
    reproduction: finiteOrNull(reproductionOf(parent).overall.value),
    agreement: agreement === undefined ? null : finiteOrNull(agreement.value),
    interval: agreement === undefined ? null : insideShares(agreement.interval),
    agreementOfOpen: truth === undefined ? null : meanOver(open, isAgreed),
  };
}

function explainedOf(columns: ShareColumns, asked: readonly number[], { candidateCount }: Attribution): Printed {
  const share = overContents(columns, asked, (row) => (candidateCount[row] > 0 ? 1 : 0));
  return { value: finiteOrNull(share.value), interval: insideShares(share.interval) };
}

/** An interval of a share, cut to [0, 1]. */
function insideShares([low, high]: readonly [number, number]): [number, number] | null {
  return finiteInterval([Math.max(0, low), Math.min(1, high)]) ?? null;
}

/** Mean over shares, with the interval of a ratio over contents. */
function overContents(
  { content }: ShareColumns,
  rows: readonly number[],
  value: (row: number) => number,
): ReturnType<typeof ratioInterval> {
  const units = [...Map.groupBy(rows, (row) => content[row]).values()];
  return ratioInterval(
    units.map((members) => members.reduce((sum, row) => sum + value(row), 0)),
    units.map((members) => members.length),
  );
}

/** Share of the asked whose recorded parent's author they followed at that time. */
function reachable(
  { agent, time }: ShareColumns,
  follows: FollowIndex,
  asked: readonly number[],
  truth: Int32Array,
): number | null {
  return meanOver(asked, (row) =>
    truth[row] >= 0 && followedAt(follows, agent[row], agent[truth[row]], time[row]) ? 1 : 0,
  );
}

function truthOf(columns: ShareColumns, truth: Int32Array): InferredWay['truth'] {
  const table = tableOf(columns, truth);
  return {
    structuralVirality: meanVirality(table),
    meanDepth: meanOver(Array.from(table.depth.keys()), (c) => table.depth[c]),
  };
}

function meanVirality({ structuralVirality }: CascadeTable): number | null {
  const known = structuralVirality.filter((one) => !Number.isNaN(one));
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
}

function meanOver(rows: readonly number[], value: (row: number) => number): number | null {
  return rows.length === 0 ? null : rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
}

function descending(values: Int32Array): number[] {
  return Array.from(values.slice().sort().reverse().subarray(0, listLengthMax));
}

function wordsOf({ way, count, shares, explainedShare, rules, truth }: InferredWay): string {
  const percent = (share: number | null): string => (share === null ? 'none' : `${(share * 100).toFixed(1)} %`);
  const agreed = rules.map(({ rule, agreement }) => `${rule} ${percent(agreement)}`).join(', ');
  const held = truth === null ? 'no parents on record' : `agreement with the recorded parents: ${agreed}`;
  return `${way}: ${count} cascades of ${shares} shares; ${percent(explainedShare.value)} could have come from somebody followed; ${held}`;
}
