/**
 * Who acted on what, and when, out of a recorded population: the columns that rings are looked for in.
 *
 * Reads the log through its reader, once; no object an act. Two sources of evidence, each with columns of its own:
 * *targets*: replies (to the post at the head of their thread), reposts and quotes (of the content shown), likes, dislikes and votes (of the post), follows
 * (of the agent); acts on what is one's own are left out. *texts*: posts and replies of one text or nearly one, where texts are known, the class of
 * the text being the target. What an act is exchanged within by the null: its kind, and its target's community (data sets) or topic (runs).
 * Order: that of the log. Times within a tick of a run are drawn by key, as everywhere (`from-records.ts`).
 */
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { postKinds } from '../../sim/world/posts.ts';
import { dataSetOf, readDataTable } from '../../sim/record/data-set-reader.ts';
import { readWrittenTexts } from '../../sim/record/text-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { columnsOfRows } from '../estimators/popular-targets.ts';
import { likenessClasses } from '../estimators/text-likeness.ts';
import { actTimes, momentsOf } from './from-records.ts';
import type { ActColumns } from '../estimators/act-index.ts';

/** Kinds of acts, as they are told. */
export const actKinds = ['reply', 'share', 'like', 'dislike', 'follow', 'text', 'ask', 'bid'] as const;
export type ActKind = (typeof actKinds)[number];

/** Kinds of evidence: acts on targets, on popular ones, texts, prices. */
export type CollusionBasisName = 'targets' | 'popular' | 'texts' | 'prices';

/** Columns to look through, and what its rows and targets are. */
export interface CollusionActs {
  readonly basis: CollusionBasisName;
  readonly columns: ActColumns;
  /** Kind of each row, as a place in `actKinds`. */
  readonly kind: Uint8Array;
  /** Row of the post that each target is (`targets`: of posts) or that a row of acts wrote (`texts`); -1 where it is an agent. */
  readonly postOfTarget: (target: number) => number;
  readonly agentOfTarget: (target: number) => number;
  /** What a target is called that is neither post nor agent. */
  readonly nameOfTarget?: (target: number) => string;
  /** How far a ring's prices lie above those of others beside it, as a share; null where there are none. */
  readonly liftOf?: (agents: readonly number[], targets: readonly number[]) => number | null;
  /** Rows of posts that acts made; -1 for likes, votes and follows. */
  readonly postOfRow: Int32Array;
}

const kindOfVerb = new Int8Array(256).fill(-1);
for (const [verb, kind] of [
  [verbs.reply, 'reply'],
  [verbs.repost, 'share'],
  [verbs.quote, 'share'],
  [verbs.like, 'like'],
  [verbs.upvote, 'like'],
  [verbs.dislike, 'dislike'],
  [verbs.downvote, 'dislike'],
  [verbs.follow, 'follow'],
] as const) {
  kindOfVerb[verb] = actKinds.indexOf(kind);
}

/** Acts on posts and agents. */
export function targetActs(records: Records, posts: PostColumns): CollusionActs {
  const agentCount = records.population.count;
  const { agent, target, stratum, timeSeconds, kind, postOfRow } = readTargetRows(records, posts);
  return {
    basis: 'targets',
    columns: {
      ...{ agentCount, targetCount: posts.count + agentCount, agent, target, timeSeconds, stratum },
      ...(isBirthKnown(records) ? { bornSeconds: bornSeconds(records, posts, agentCount) } : {}),
    },
    ...{ kind, postOfRow },
    postOfTarget: (one) => (one < posts.count ? one : -1),
    agentOfTarget: (one) => (one < posts.count ? -1 : one - posts.count),
  };
}

interface TargetRows {
  readonly agent: Int32Array;
  readonly target: Int32Array;
  readonly stratum: Int32Array;
  readonly timeSeconds: Float64Array;
  readonly kind: Uint8Array;
  readonly postOfRow: Int32Array;
}

/** How many acts there are is known at the end only: columns double, since a pass over a large log that counts costs more than their copies. */
function readTargetRows(records: Records, posts: PostColumns): TargetRows {
  const boardOf = boardsOf(records, posts);
  const moment = momentsOf(records);
  let rows = targetRows(1024);
  let count = 0;
  for (const record of records.ticks()) {
    const { tick, verb, actor, sequence, amount, result } = record;
    for (let i = 0; i < record.intentCount; i++) {
      const about = targetOf(record, i, posts);
      if (about < 0) continue;
      if (count === rows.agent.length) rows = targetRows(2 * count, rows);
      const kind = kindOfVerb[verb[i]];
      rows.agent[count] = actor[i];
      rows.target[count] = about;
      rows.kind[count] = kind;
      rows.stratum[count] = kind + actKinds.length * (about >= posts.count ? 0 : boardOf(about));
      rows.timeSeconds[count] =
        3600 * moment({ tick, actor: actor[i], sequence: sequence[i], amount: amount[i], isPost: false });
      rows.postOfRow[count] = result[i] > 0 && kind < 2 ? result[i] - 1 : -1;
      count++;
    }
  }
  return targetRows(count, rows);
}

/** Columns of so many rows, with as many of those before as fit. */
function targetRows(rowCount: number, before?: TargetRows): TargetRows {
  const filled = <Column extends Int32Array | Float64Array | Uint8Array>(column: Column, from?: Column): Column => {
    if (from !== undefined) column.set(from.subarray(0, rowCount));
    return column;
  };
  return {
    agent: filled(new Int32Array(rowCount), before?.agent),
    target: filled(new Int32Array(rowCount), before?.target),
    stratum: filled(new Int32Array(rowCount), before?.stratum),
    timeSeconds: filled(new Float64Array(rowCount), before?.timeSeconds),
    kind: filled(new Uint8Array(rowCount), before?.kind),
    postOfRow: filled(new Int32Array(rowCount), before?.postOfRow),
  };
}

type TickRecord = ReturnType<Records['ticks']> extends IterableIterator<infer Tick> ? Tick : never;

/** The target of an attempt that was granted and is an act of ours: a row of posts, or `posts.count` and an agent; -1 for none. */
function targetOf({ verb, outcome, actor, target }: TickRecord, i: number, posts: PostColumns): number {
  const kind = kindOfVerb[verb[i]];
  if (kind < 0 || outcome[i] !== outcomes.granted) return -1;
  if (verb[i] === verbs.follow) return target[i] < 0 || target[i] === actor[i] ? -1 : posts.count + target[i];
  const row = target[i] - 1;
  if (row < 0 || row >= posts.count) return -1;
  const about = headOf(posts, verb[i], row);
  return posts.author[about] === actor[i] ? -1 : about;
}

/** Head of the thread for replies, the content shown for all else. */
function headOf({ kind, parent, origin }: PostColumns, verb: number, row: number): number {
  if (verb !== verbs.reply) return origin[row];
  let head = origin[row];
  while (kind[head] === postKinds.reply && parent[head] >= 0) head = origin[parent[head]];
  return head;
}

/** The community of a data set's post, counted from 1; the topic of a run's. */
function boardsOf(records: Records, posts: PostColumns): (post: number) => number {
  if (dataSetOf(records.manifest) === undefined) return (post) => posts.topic[post];
  const community = readDataTable(records, 'posts')?.integers('community');
  return community === undefined ? () => 0 : (post) => community[post] + 1;
}

/** Some acts as evidence of a kind of its own. */
export function actsOfRows(acts: CollusionActs, rows: Int32Array, basis: CollusionBasisName): CollusionActs {
  return {
    ...acts,
    basis,
    columns: columnsOfRows(acts.columns, rows),
    kind: Uint8Array.from(rows, (row) => acts.kind[row]),
    postOfRow: rows.map((row) => acts.postOfRow[row]),
  };
}

/** A list of acts does not say when its targets came to be: their age is counted from the first act on them. */
function isBirthKnown({ manifest }: Records): boolean {
  return dataSetOf(manifest)?.importer !== 'acts';
}

/** When posts were made. An agent is as old as the record: so are follows' targets. */
function bornSeconds(records: Records, posts: PostColumns, agentCount: number): Float64Array {
  const born = new Float64Array(posts.count + agentCount);
  const hours = actTimes(records, posts);
  for (let row = 0; row < posts.count; row++) born[row] = 3600 * hours(row);
  return born;
}

/**
 * Texts of one class: Jaccard similarity of word pairs of 0.6, which two texts of a dozen words keep when each has a word of its own put in; characters of the
 * shortest text that counts; texts up to which near ones are looked for; posts without words beside each text, at most.
 */
export const textRule = {
  ...{ similarityMin: 0.6, shingleWords: 2, charsMin: 40, nearTextsMax: 200_000, silentPerText: 20 },
} as const;

/**
 * Acts of writing one text or nearly one; undefined where no text is known, or none is shared. Texts that one agent alone wrote are acts too: they are
 * what a shared text could have been. So are posts of a run that say nothing of their own (`readWrittenTexts`), each a text of its own: without them
 * the only writers would be the null of one another. Age of a text is told apart for none, since only shared ones have any.
 */
export function textActs(records: Records, posts: PostColumns): CollusionActs | undefined {
  const classes = classesOfTexts(records, posts);
  if (classes === undefined) return undefined;
  const kept = Int32Array.from(posts.kind.keys()).filter((row) => classes[row] >= 0);
  const targetCount = kept.reduce((most, row) => Math.max(most, classes[row] + 1), 0);
  const first = new Int32Array(targetCount).fill(-1);
  let isShared = false;
  for (const row of kept) {
    const one = classes[row];
    if (first[one] < 0) first[one] = row;
    else if (posts.author[first[one]] !== posts.author[row]) isShared = true;
  }
  if (!isShared) return undefined;
  const hours = actTimes(records, posts);
  return {
    basis: 'texts',
    columns: {
      ...{ agentCount: records.population.count, targetCount },
      agent: Int32Array.from(kept, (row) => posts.author[row]),
      target: Int32Array.from(kept, (row) => classes[row]),
      timeSeconds: Float64Array.from(kept, (row) => 3600 * hours(row)),
      bornSeconds: new Float64Array(targetCount).fill(longAgo),
    },
    kind: new Uint8Array(kept.length).fill(actKinds.indexOf('text')),
    postOfTarget: (one) => first[one],
    agentOfTarget: () => -1,
    postOfRow: kept,
  };
}

/** Seconds; older than any age that is told apart. */
const longAgo = -1e9;

/** Class of each post's text, -1 where it is short, not known or passed over; undefined where no text is known. */
function classesOfTexts(records: Records, posts: PostColumns): Int32Array | undefined {
  const texts = readWrittenTexts(records);
  const isOwn = (row: number): boolean => posts.kind[row] !== postKinds.repost;
  if (texts !== undefined) {
    const said = Array.from(posts.kind.keys(), (row) => (isOwn(row) ? texts.at(row) : ''));
    const { charsMin, nearTextsMax, shingleWords } = textRule;
    const similarityMin = said.length <= nearTextsMax ? textRule.similarityMin : 1;
    const classes = likenessClasses(said, { similarityMin, shingleWords, charsMin });
    if (dataSetOf(records.manifest) === undefined) addSilent(classes, (row) => isOwn(row) && said[row] === '');
    return classes;
  }
  const table = readDataTable(records, 'posts');
  const [given, chars] = [table?.integers('contentClass'), table?.integers('chars')];
  if (given === undefined) return undefined;
  const isLong = (row: number): boolean => chars === undefined || chars[row] >= textRule.charsMin;
  return Int32Array.from(given, (one, row) => (isOwn(row) && isLong(row) ? one : -1));
}

/** Gives posts without words a class each; where they are many, every so-manieth in the order of the log, so that their rhythm is kept. */
function addSilent(classes: Int32Array, isSilent: (row: number) => boolean): void {
  let [silent, written, next] = [0, 0, 0];
  for (let row = 0; row < classes.length; row++) {
    if (isSilent(row)) silent++;
    if (classes[row] >= 0) written++;
    next = Math.max(next, classes[row] + 1);
  }
  const step = Math.max(1, Math.ceil(silent / (textRule.silentPerText * Math.max(1, written))));
  let met = 0;
  for (let row = 0; row < classes.length; row++) if (isSilent(row) && met++ % step === 0) classes[row] = next++;
}
