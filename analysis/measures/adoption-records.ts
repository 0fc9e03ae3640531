/**
 * The columns of adoption out of a recorded population.
 *
 * Reads the log twice at most: posts, then follows and what a sample of agents was shown. Where anything was reposted or quoted, to
 * adopt a content is to repost or quote it, and its author is the seed; what a quote says besides is a content of its own. Where
 * nothing was, as in discussions, the content is a thread, and to adopt it is to write in it.
 * Ties are who follows whom at the start and from each logged follow on. Where nobody follows anybody, they are who answered whom,
 * from the first answer on, so that an act never counts as exposure to itself. Times are ticks; of a data set, ticks and parts of them.
 * Invariant: exposures recorded are those of the log, in its order.
 */
import { philox4x32, randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { seedWords } from '../../sim/ground/random.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { topicCount } from '../../sim/world/agents.ts';
import type { Population } from '../../sim/world/population.ts';
import { postKinds, topicOf } from '../../sim/world/posts.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { AdoptionColumns, LookColumns } from './adoption-history.ts';
import { strataOf } from './adoption-strata.ts';

/** Columns and how they came to be. */
export interface RecordedAdoption {
  readonly columns: AdoptionColumns;
  readonly adoption: 'repost or quote' | 'first comment in a thread';
  readonly ties: 'follow' | 'answers given';
  readonly strataWords: string;
  readonly warnings: readonly string[];
}

/** Recorded exposures that are read at most: more are thinned by agent. */
const looksMax = 4_000_000;

const strataKey = 1;

/** Reads the columns. */
export function adoptionOf(records: Records, seed: number): RecordedAdoption {
  const stream = randomStream(seed, streamPurposes.sample, strataKey);
  const posts = readPosts(records);
  const isDiscussion = !posts.kind.some((kind) => kind === postKinds.repost || kind === postKinds.quote);
  const isRun = dataSetOf(records.manifest) === undefined;
  const tickMs = records.manifest.tickSeconds * 1000;
  const timeOf = (row: number): number => posts.tick[row] + (isRun ? 0 : posts.amount[row] / tickMs);
  const warnings: string[] = [];
  const ties = tiesOf(records, posts, timeOf, warnings);
  const strata = strataOf({ agentCount: records.population.count, ties: ties.columns, ...boardsOf(records) }, stream);
  const looks = isRun && !isDiscussion ? looksOf(records, posts, seed, warnings) : undefined;
  return {
    columns: {
      ...{ agentCount: records.population.count, contentCount: posts.count, ties: ties.columns },
      adoptions: isDiscussion ? commentsOf(posts, timeOf) : spreadsOf(posts, timeOf),
      endTime: isRun ? records.head.ticks - 1 : records.head.ticks,
      hasTicks: isRun,
      ...{ stratum: strata.stratum, stratumCount: strata.stratumCount },
      ...(looks === undefined ? {} : { looks }),
    },
    adoption: isDiscussion ? 'first comment in a thread' : 'repost or quote',
    ties: ties.kind,
    strataWords: strata.words,
    warnings: [...warnings, ...strata.warnings],
  };
}

type Adoptions = AdoptionColumns['adoptions'];

function emptyAdoptions(count: number): Adoptions {
  return {
    ...{ agent: new Int32Array(count), content: new Int32Array(count) },
    ...{ time: new Float64Array(count), isSeed: new Uint8Array(count) },
  };
}

function spreadsOf({ count, kind, author, origin, parent }: PostColumns, timeOf: (row: number) => number): Adoptions {
  const isSpread = (row: number): boolean =>
    (kind[row] === postKinds.repost || kind[row] === postKinds.quote) && parent[row] >= 0;
  let length = 0;
  for (let row = 0; row < count; row++) {
    length += (kind[row] === postKinds.repost ? 0 : 1) + (isSpread(row) ? 1 : 0);
  }
  const adoptions = emptyAdoptions(length);
  let at = 0;
  const add = (row: number, content: number, isSeed: number): void => {
    adoptions.agent[at] = author[row];
    adoptions.content[at] = content;
    adoptions.time[at] = timeOf(row);
    adoptions.isSeed[at++] = isSeed;
  };
  for (let row = 0; row < count; row++) {
    if (kind[row] !== postKinds.repost) add(row, row, 1);
    if (isSpread(row)) add(row, origin[parent[row]], 0);
  }
  return adoptions;
}

function commentsOf({ count, kind, author, root }: PostColumns, timeOf: (row: number) => number): Adoptions {
  const adoptions = emptyAdoptions(count);
  adoptions.agent.set(author);
  adoptions.content.set(root);
  for (let row = 0; row < count; row++) {
    adoptions.time[row] = timeOf(row);
    adoptions.isSeed[row] = kind[row] === postKinds.reply ? 0 : 1;
  }
  return adoptions;
}

interface KnownTies {
  readonly kind: RecordedAdoption['ties'];
  readonly columns: Required<AdoptionColumns['ties']>;
}

/** Before all times. */
const always = -1;

function tiesOf(records: Records, posts: PostColumns, timeOf: (row: number) => number, warnings: string[]): KnownTies {
  const { count, followOffset, followee } = records.population;
  const follows = { actor: [] as number[], target: [] as number[], tick: [] as number[] };
  let undoneCount = 0;
  for (const { tick, intentCount, verb, outcome, actor, target } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      if (verb[i] === verbs.unfollow) undoneCount++;
      if (verb[i] !== verbs.follow) continue;
      follows.actor.push(actor[i]);
      follows.target.push(target[i]);
      follows.tick.push(tick);
    }
  }
  if (undoneCount > 0)
    warnings.push(`${undoneCount} unfollows are not heeded: who followed counts as exposed all the same`);
  const initialCount = followee.length;
  if (initialCount + follows.actor.length === 0) {
    return { kind: 'answers given', columns: answersOf(posts, timeOf) };
  }
  const source = new Int32Array(initialCount + follows.actor.length);
  for (let agent = 0; agent < count; agent++) source.fill(agent, followOffset[agent], followOffset[agent + 1]);
  const target = new Int32Array(source.length);
  target.set(followee);
  const times = new Float64Array(source.length).fill(always);
  source.set(follows.actor, initialCount);
  target.set(follows.target, initialCount);
  times.set(follows.tick, initialCount);
  return { kind: 'follow', columns: { source, target, since: times } };
}

/** Who answered whom, from the first answer on. */
function answersOf({ count, parent, author }: PostColumns, timeOf: (row: number) => number): KnownTies['columns'] {
  const known = new Map<number, Set<number>>();
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    const answered = parent[row] < 0 ? author[row] : author[parent[row]];
    if (answered === author[row]) continue;
    let others = known.get(author[row]);
    if (others === undefined) known.set(author[row], (others = new Set()));
    if (others.has(answered)) continue;
    others.add(answered);
    rows.push(row);
  }
  return {
    source: Int32Array.from(rows, (row) => author[row]),
    target: Int32Array.from(rows, (row) => author[parent[row]]),
    since: Float64Array.from(rows, timeOf),
  };
}

/** The board that each agent's strongest interest stands on; nothing where no interest is known. */
function boardsOf({ population: { count, interest } }: Records): { board?: Int32Array } {
  if (!interest.some((one) => one !== 0)) return {};
  return { board: Int32Array.from({ length: count }, (_, agent) => topicOf(interest, agent * topicCount)) };
}

/** What the sampled agents were shown, and whether they spread it then; undefined where nothing was recorded. */
function looksOf(records: Records, posts: PostColumns, seed: number, warnings: string[]): LookColumns | undefined {
  const { manifest, population } = records;
  const expected = manifest.counts.exposures * manifest.exposureSampleShare;
  const keptShare = Math.min(1, looksMax / Math.max(1, expected));
  const isKept = keptAgents(population, keptShare, seed);
  const count = countLooks(records, isKept);
  if (count === 0) return undefined;
  const looks = {
    ...{ agent: new Int32Array(count), content: new Int32Array(count) },
    ...{ time: new Float64Array(count), adopted: new Uint8Array(count) },
  };
  let at = 0;
  for (const { tick, seen, intentCount, actor, verb, outcome, target } of records.ticks()) {
    const spread = new Set<number>();
    for (let i = 0; i < intentCount; i++) {
      if ((verb[i] !== verbs.repost && verb[i] !== verbs.quote) || outcome[i] !== outcomes.granted) continue;
      if (isKept[actor[i]] === 1) spread.add(posts.origin[target[i] - 1] * population.count + actor[i]);
    }
    for (let i = 0; i < seen.agent.length; i++) {
      if (isKept[seen.agent[i]] === 0) continue;
      const content = seen.origin[i] - 1;
      looks.agent[at] = seen.agent[i];
      looks.content[at] = content;
      looks.time[at] = tick;
      looks.adopted[at++] = spread.has(content * population.count + seen.agent[i]) ? 1 : 0;
    }
  }
  if (keptShare < 1)
    warnings.push(
      `recorded exposures: those of a share of ${keptShare.toPrecision(3)} of the sampled agents were read, drawn by key, all of each`,
    );
  return looks;
}

function countLooks(records: Records, isKept: Uint8Array): number {
  let count = 0;
  for (const { seen } of records.ticks()) for (const agent of seen.agent) count += isKept[agent];
  return count;
}

/**
 * Thins agents, never exposures: a share of the exposures would lift every later level of P(k). An agent is kept by its key, so that a
 * greater share keeps those of a smaller one, whatever row they stand in.
 */
function keptAgents({ count, keyLo, keyHi }: Population, share: number, seed: number): Uint8Array {
  if (share === 1) return new Uint8Array(count).fill(1);
  const words = new Int32Array(4);
  const { lo, hi } = seedWords(seed);
  return Uint8Array.from({ length: count }, (_, agent) => {
    philox4x32(0, streamPurposes.sample, keyLo[agent], keyHi[agent], lo, hi, words);
    return (words[0] >>> 0) / 2 ** 32 < share ? 1 : 0;
  });
}
