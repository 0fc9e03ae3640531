/**
 * A ring as it is told: who, on what, when, and what stands beside it, so that a person can look the acts up.
 *
 * Reads findings and records. Order: targets by acts of members, then by row; acts by time. Of a ring up to `evidenceMax` targets are listed, of a
 * target up to `actsMax` acts; what is left out is counted. Names: posts by the id of their source, or `post N` by the id in the log; agents by external id.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { dataSetOf, readDataTable } from '../../sim/record/data-set-reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { readWrittenTexts } from '../../sim/record/text-reader.ts';
import type { TextColumn } from '../../sim/record/data-set-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { WrittenTexts } from '../../sim/record/text-reader.ts';
import { groupIndex } from '../estimators/boosting.ts';
import { jaccardOf } from '../estimators/co-action.ts';
import { synchrony } from '../estimators/synchrony.ts';
import { actKinds } from './collusion-acts.ts';
import { finiteOrNull } from './measured.ts';
import type { GroupIndex } from '../estimators/boosting.ts';
import type { ActIndex } from '../estimators/act-index.ts';
import type { Collusion, FoundRing } from '../estimators/collusion.ts';
import type { RingTarget } from '../estimators/rings.ts';
import type { ActKind, CollusionActs, CollusionBasisName } from './collusion-acts.ts';

/** A candidate with p over both kinds of evidence. */
export interface CandidateRing {
  readonly part: number;
  readonly ring: FoundRing;
  readonly pValue: number;
  readonly qValue: number;
}

/** One act of a member. */
export interface EvidenceAct {
  readonly agent: string;
  readonly kind: ActKind;
  /** Seconds since the start of the record, and the moment in UTC where a data set has times. */
  readonly seconds: number;
  readonly time?: string;
  /** What the act made: a reply, a repost, a text. */
  readonly post?: string;
}

/** One target of a ring. */
export interface Evidence {
  readonly target: string;
  readonly author: string | null;
  /** How the text of the post begins, where somebody wrote one that is known. */
  readonly excerpt: string | null;
  readonly members: number;
  /** Acts of everybody on it. */
  readonly actsOfAll: number;
  /** Seconds from the first to the last of the members' acts. */
  readonly withinSeconds: number;
  readonly acts: EvidenceAct[];
}

/** A ring as `analyze` prints it. */
export interface ReportedRing {
  readonly agents: string[];
  /** Targets on which at least two members acted within the window. */
  readonly targets: number;
  readonly pValue: number;
  readonly qValue: number;
  readonly basis: CollusionBasisName;
  readonly windowSeconds: number;
  /** Agents by whose pairs it was found; the others act on its targets too often. */
  readonly core: number;
  /** Pairs of the core in the backbone, and mean expected joint targets of these. */
  readonly pairs: number;
  readonly meanJoint: number;
  readonly meanExpected: number;
  /** Mean over its pairs: joint targets over all targets of both; and weighted by ln(agents / actors of the target). */
  readonly meanJaccard: number;
  readonly meanIdfJaccard: number;
  /** Median seconds between neighbouring acts of members on a target. */
  readonly medianLagSeconds: number | null;
  /** How far members' acts coincide, whatever they act on: median z over pairs against circular shifts. */
  readonly medianSynchronyZ: number | null;
  readonly boosting: GroupIndex;
  /** Of a ring of prices: its prices over those that others named in the same auctions, less 1; null where nobody else did. */
  readonly priceLift?: number | null;
  readonly evidence: Evidence[];
  readonly evidenceLeftOut: number;
}

const evidenceMax = 20;
const actsMax = 12;
const excerptCharsMax = 160;
const synchronyPairsMax = 45;
const synchronyShifts = 99;

/** Tells rings of one recorded population. */
export class RingTeller {
  private readonly records: Records;
  private readonly posts: PostColumns;
  private readonly seed: number;
  private readonly sourceId: TextColumn | undefined;
  private readonly startMs: number | null;
  private readonly texts: () => WrittenTexts | undefined;

  constructor(records: Records, posts: PostColumns, seed: number) {
    this.records = records;
    this.posts = posts;
    this.seed = seed;
    this.sourceId = readDataTable(records, 'posts')?.texts('id');
    this.startMs = dataSetOf(records.manifest)?.startMs ?? null;
    let texts: { readonly read: WrittenTexts | undefined } | undefined;
    this.texts = () => (texts ??= { read: readWrittenTexts(records) }).read;
  }

  report(
    { ring, pValue, qValue }: CandidateRing,
    { acts, found }: { acts: CollusionActs; found: Collusion },
  ): ReportedRing {
    const { index } = found;
    const listed = ring.targets.slice(0, evidenceMax);
    return {
      agents: ring.agents.map((one) => this.agent(one)),
      targets: ring.targets.length,
      ...{ pValue, qValue, basis: acts.basis, windowSeconds: ring.windowSeconds },
      ...{ core: ring.core.length, pairs: ring.pairs.length },
      meanJoint: meanOf(ring.pairs.map(({ joint }) => joint)),
      meanExpected: meanOf(ring.pairs.map(({ expected }) => expected)),
      ...similarity(index, ring),
      medianLagSeconds: finiteOrNull(medianOf(ring.targets.flatMap((one) => lags(index, one)))),
      medianSynchronyZ: this.synchronyOf(index, ring),
      boosting: this.boostingOf(acts, ring),
      ...(acts.liftOf === undefined
        ? {}
        : {
            priceLift: acts.liftOf(
              ring.agents,
              ring.targets.map(({ target }) => target),
            ),
          }),
      evidence: listed.map((one) => this.evidence(one, acts, index)),
      evidenceLeftOut: ring.targets.length - listed.length,
    };
  }

  private agent(one: number): string {
    return externalId(this.records.population.ids, one);
  }

  private post(row: number): string {
    return this.sourceId?.at(row) ?? `post ${row + 1}`;
  }

  private evidence({ target, slots }: RingTarget, acts: CollusionActs, index: ActIndex): Evidence {
    const [post, about] = [acts.postOfTarget(target), acts.agentOfTarget(target)];
    const isText = acts.basis === 'texts';
    const given = acts.nameOfTarget?.(target);
    const name = given ?? (post < 0 ? `agent ${this.agent(about)}` : `${isText ? 'text of ' : ''}${this.post(post)}`);
    return {
      target: name,
      author: post < 0 || isText ? null : this.agent(this.posts.author[post]),
      excerpt: this.excerpt(post),
      members: slots.length,
      actsOfAll: index.targetOffset[target + 1] - index.targetOffset[target],
      withinSeconds: index.time[slots[slots.length - 1]] - index.time[slots[0]],
      acts: slots.slice(0, actsMax).map((slot) => this.act(index.row[slot], acts)),
    };
  }

  /** Counted in characters, so that none is cut in two; a cut is marked. */
  private excerpt(post: number): string | null {
    const characters = Array.from(post < 0 ? '' : (this.texts()?.at(post) ?? ''));
    if (characters.length <= excerptCharsMax) return characters.length === 0 ? null : characters.join('');
    return `${characters.slice(0, excerptCharsMax).join('')} …`;
  }

  private act(row: number, { columns, kind, postOfRow }: CollusionActs): EvidenceAct {
    const seconds = columns.timeSeconds[row];
    return {
      agent: this.agent(columns.agent[row]),
      kind: actKinds[kind[row]],
      seconds,
      ...(this.startMs === null ? {} : { time: new Date(this.startMs + Math.round(seconds * 1000)).toISOString() }),
      ...(postOfRow[row] < 0 ? {} : { post: this.post(postOfRow[row]) }),
    };
  }

  private boostingOf({ basis, columns }: CollusionActs, { agents }: FoundRing): GroupIndex {
    const { author, count } = this.posts;
    const authorOf = (target: number): number => (target < count ? author[target] : target - count);
    const isOnTargets = basis === 'targets' || basis === 'popular';
    return groupIndex(
      this.records.population.count,
      isOnTargets ? columns.agent : new Int32Array(0),
      isOnTargets ? columns.target.map(authorOf) : new Int32Array(0),
      new Set(agents),
    );
  }

  private synchronyOf(index: ActIndex, { core, pairs, windowSeconds }: FoundRing): number | null {
    const { agentOffset, agentSlot, time, slotCount } = index;
    const timesOf = (one: number): Float64Array =>
      Float64Array.from(agentSlot.subarray(agentOffset[one], agentOffset[one + 1]), (slot) => time[slot]);
    const spanSeconds = time[slotCount - 1] + 1;
    const stream = randomStream(this.seed, streamPurposes.permutation, 74, core[0]);
    const zs = pairs.slice(0, synchronyPairsMax).flatMap(({ one, other }) => {
      const options = { windowSeconds, spanSeconds, shifts: synchronyShifts, stream };
      return synchrony(timesOf(one), timesOf(other), options).z ?? [];
    });
    return finiteOrNull(medianOf(zs));
  }
}

function lags({ time }: ActIndex, { slots }: RingTarget): number[] {
  return slots.slice(1).map((slot, k) => time[slot] - time[slots[k]]);
}

/** Mean Jaccard similarity over the pairs of a ring, plain and with targets weighted by how few acted on them. */
function similarity(index: ActIndex, { pairs }: FoundRing): { meanJaccard: number; meanIdfJaccard: number } {
  const { agentOffset, agentSlot, target, targetOffset, agentCount } = index;
  const weightOf = (one: number): number => Math.log(agentCount / (targetOffset[one + 1] - targetOffset[one]));
  const targetsOf = (agent: number): Set<number> =>
    new Set(Array.from(agentSlot.subarray(agentOffset[agent], agentOffset[agent + 1]), (slot) => target[slot]));
  const sets = new Map<number, Set<number>>();
  for (const { one, other } of pairs)
    for (const agent of [one, other]) if (!sets.has(agent)) sets.set(agent, targetsOf(agent));
  const nothing = new Set<number>();
  const plain: number[] = [];
  const weighted: number[] = [];
  for (const { one, other } of pairs) {
    const [mine, theirs] = [sets.get(one) ?? nothing, sets.get(other) ?? nothing];
    const joint = new Set([...mine].filter((target) => theirs.has(target)));
    plain.push(jaccardOf(joint.size, mine.size, theirs.size));
    const sum = (of: Iterable<number>): number => [...of].reduce((all, target) => all + weightOf(target), 0);
    const [shared, all] = [sum(joint), sum(new Set([...mine, ...theirs]))];
    weighted.push(all === 0 ? 0 : shared / all);
  }
  return { meanJaccard: meanOf(plain), meanIdfJaccard: meanOf(weighted) };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
