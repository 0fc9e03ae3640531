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
import type { RandomStream } from '../../sim/ground/philox.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { topicCount } from '../../sim/world/agents.ts';
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

/** Reads the columns. */
export function adoptionOf(records: Records, stream: RandomStream): RecordedAdoption {
  const posts = readPosts(records);
  const isDiscussion = !posts.kind.some((kind) => kind === postKinds.repost || kind === postKinds.quote);
  const isRun = dataSetOf(records.manifest) === undefined;
  const tickMs = records.manifest.tickSeconds * 1000;
  const timeOf = (row: number): number => posts.tick[row] + (isRun ? 0 : posts.amount[row] / tickMs);
  const warnings: string[] = [];
  const ties = tiesOf(records, posts, timeOf, warnings);
  const strata = strataOf({ agentCount: records.population.count, ties: ties.columns, ...boardsOf(records) }, stream);
  const looks = isRun && !isDiscussion ? looksOf(records, posts, stream, warnings) : undefined;
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

function spreadsOf({ count, kind, author, origin, parent }: PostColumns, timeOf: (row: number) => number): Adoptions {
  const [agents, contents, times, seeds] = [[] as number[], [] as number[], [] as number[], [] as number[]];
  const add = (row: number, content: number, isSeed: number): void => {
    agents.push(author[row]);
    contents.push(content);
    times.push(timeOf(row));
    seeds.push(isSeed);
  };
  for (let row = 0; row < count; row++) {
    if (kind[row] !== postKinds.repost) add(row, row, 1);
    if ((kind[row] === postKinds.repost || kind[row] === postKinds.quote) && parent[row] >= 0)
      add(row, origin[parent[row]], 0);
  }
  return adoptionsOf(agents, contents, times, seeds);
}

function commentsOf({ count, kind, author, root }: PostColumns, timeOf: (row: number) => number): Adoptions {
  const rows = Array.from({ length: count }, (_, row) => row);
  return adoptionsOf(
    rows.map((row) => author[row]),
    rows.map((row) => root[row]),
    rows.map(timeOf),
    rows.map((row) => (kind[row] === postKinds.reply ? 0 : 1)),
  );
}

function adoptionsOf(agents: number[], contents: number[], times: number[], seeds: number[]): Adoptions {
  return {
    ...{ agent: Int32Array.from(agents), content: Int32Array.from(contents) },
    ...{ time: Float64Array.from(times), isSeed: Uint8Array.from(seeds) },
  };
}

interface KnownTies {
  readonly kind: RecordedAdoption['ties'];
  readonly columns: Required<AdoptionColumns['ties']>;
}

/** Before all times. */
const always = -1;

function tiesOf(records: Records, posts: PostColumns, timeOf: (row: number) => number, warnings: string[]): KnownTies {
  const { count, followOffset, followee } = records.population;
  const sources: number[] = [];
  const targets: number[] = [];
  const since: number[] = [];
  let undoneCount = 0;
  for (const { tick, intentCount, verb, outcome, actor, target } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      if (verb[i] === verbs.unfollow) undoneCount++;
      if (verb[i] !== verbs.follow) continue;
      sources.push(actor[i]);
      targets.push(target[i]);
      since.push(tick);
    }
  }
  if (undoneCount > 0)
    warnings.push(`${undoneCount} unfollows are not heeded: who followed counts as exposed all the same`);
  const initialCount = followee.length;
  if (initialCount + sources.length === 0) {
    return { kind: 'answers given', columns: answersOf(posts, timeOf) };
  }
  const source = new Int32Array(initialCount + sources.length);
  for (let agent = 0; agent < count; agent++) source.fill(agent, followOffset[agent], followOffset[agent + 1]);
  const target = new Int32Array(source.length);
  target.set(followee);
  const times = new Float64Array(source.length).fill(always);
  source.set(sources, initialCount);
  target.set(targets, initialCount);
  times.set(since, initialCount);
  return { kind: 'follow', columns: { source, target, since: times } };
}

/** Who answered whom, from the first answer on. */
function answersOf({ count, parent, author }: PostColumns, timeOf: (row: number) => number): KnownTies['columns'] {
  const known = new Set<string>();
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if (parent[row] < 0 || author[row] === author[parent[row]]) continue;
    const pair = `${author[row]} ${author[parent[row]]}`;
    if (known.has(pair)) continue;
    known.add(pair);
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
function looksOf(
  records: Records,
  posts: PostColumns,
  stream: RandomStream,
  warnings: string[],
): LookColumns | undefined {
  const { manifest, population } = records;
  const expected = manifest.counts.exposures * manifest.exposureSampleShare;
  const keptShare = Math.min(1, looksMax / Math.max(1, expected));
  const isKept = keptAgents(population.count, keptShare, stream);
  const [agents, contents, times, adopted] = [[] as number[], [] as number[], [] as number[], [] as number[]];
  for (const { tick, seen, intentCount, actor, verb, outcome, target } of records.ticks()) {
    const spread = new Set<number>();
    for (let i = 0; i < intentCount; i++) {
      if ((verb[i] !== verbs.repost && verb[i] !== verbs.quote) || outcome[i] !== outcomes.granted) continue;
      spread.add(posts.origin[target[i] - 1] * population.count + actor[i]);
    }
    for (let i = 0; i < seen.agent.length; i++) {
      if (isKept[seen.agent[i]] === 0) continue;
      const content = seen.origin[i] - 1;
      agents.push(seen.agent[i]);
      contents.push(content);
      times.push(tick);
      adopted.push(spread.has(content * population.count + seen.agent[i]) ? 1 : 0);
    }
  }
  if (agents.length === 0) return undefined;
  if (keptShare < 1)
    warnings.push(`recorded exposures of a share of ${keptShare.toPrecision(3)} of the sampled agents were read`);
  return {
    ...{ agent: Int32Array.from(agents), content: Int32Array.from(contents) },
    ...{ time: Float64Array.from(times), adopted: Uint8Array.from(adopted) },
  };
}

/** Thins agents, never exposures: a share of the exposures would lift every later level of P(k). */
function keptAgents(count: number, share: number, stream: RandomStream): Uint8Array {
  return Uint8Array.from({ length: count }, () => (share === 1 || stream.uniform() < share ? 1 : 0));
}
