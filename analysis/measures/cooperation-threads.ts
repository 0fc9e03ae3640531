/**
 * Collaborative discussions by the definition of Molt Dynamics, and the recipe by which that study judged their solutions.
 *
 * A thread is a post and its replies, at any depth. It is a collaborative event with at least 5 replies, at least 3 distinct participants (the
 * post's author included), at least 30 minutes from its first to its last act and, where texts are known, any of 22 words in post or replies.
 * Nothing in the state says whether a discussion solved anything. What it does say is whether replies were approved of: net votes a reply,
 * from the votes of a data set or those on record. Alone: threads whose replies are all by one agent.
 * The recipe reads texts: the solution is the last reply with a backtick, else the last reply; quality = 0.3 code + 0.2 remarks + 0.3 tests + 0.2 balanced brackets,
 * success above 0.5. It measures how code looks, not whether it works.
 * Source: YCRG-Labs/molt-dynamics at 332eeb7 (the code of arXiv 2603.03555), as described; the paper's abstract names neither.
 */
import { log1p } from '../../sim/ground/detmath.ts';
import { nextReaction } from '../../sim/exchange/reactions.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { reactionBits } from '../../sim/world/pairs.ts';
import { postKinds } from '../../sim/world/posts.ts';
import { dataSetOf, readDataTable } from '../../sim/record/data-set-reader.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { readWrittenTexts } from '../../sim/record/text-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { WrittenTexts } from '../../sim/record/text-reader.ts';
import { actTimes } from './from-records.ts';
import type { Ventures } from './cooperation-ventures.ts';

/** What makes a thread a collaborative event. */
export const discussionRule = { repliesMin: 5, participantsMin: 3, spanHoursMin: 0.5 } as const;

/** The words of which a collaborative thread holds at least one, as a part of any word. */
export const troubleWords =
  'error,bug,fix,issue,problem,help,solution,solve,debug,crash,exception,fail,broken,stuck,how to,implement,code,function,method,class,api,library'.split(
    ',',
  );

/** Threads with at least one reply, as ventures. */
export interface Discussions {
  /** `isJoint`: collaborative events; `agentCount`: distinct writers of replies; outcome: net votes a reply. */
  readonly ventures: Ventures;
  /** Length of each thread's post in steps of a quarter of a doubling of its words (or characters); all 0 where lengths are not known. */
  readonly postLength: Int32Array;
  readonly lengthKnown: boolean;
  /** Whether the words were asked for: texts are known. */
  readonly wordsKnown: boolean;
  /** Where approval comes from; null where nobody could vote or votes are not known. */
  readonly approval: 'votes of the data set' | 'votes on record' | null;
  /** Quality of the solution of each collaborative event by the recipe; undefined without texts. */
  readonly qualities?: Float64Array;
  /** Distinct agents who wrote in a collaborative event. */
  readonly writers: number;
}

interface Thread {
  readonly root: number;
  readonly replies: Int32Array;
}

/** Reads all threads. */
export function readDiscussions(records: Records): Discussions {
  const posts = readPosts(records);
  const threads = threadsOf(posts);
  const hours = actTimes(records, posts);
  const texts = threads.length === 0 ? undefined : readWrittenTexts(records);
  const approval = threads.length === 0 ? undefined : netVotes(records, posts);
  const strata = strataOf(records, posts);
  const table = readDataTable(records, 'posts');
  const lengths = table?.integers('words') ?? table?.integers('chars');
  const participants = participantCounter(records.population.count, posts);
  const isJoint = Uint8Array.from(threads, (thread) => {
    const times = [hours(thread.root), ...Array.from(thread.replies, hours)];
    const span = times.reduce((late, one) => Math.max(late, one)) - times.reduce((early, one) => Math.min(early, one));
    const isLong = thread.replies.length >= discussionRule.repliesMin && span >= discussionRule.spanHoursMin;
    if (!isLong || participants(thread, true) < discussionRule.participantsMin) return 0;
    return texts === undefined || mentionsTrouble(thread, texts) ? 1 : 0;
  });
  const joint = threads.filter((_, at) => isJoint[at] === 1);
  return {
    ventures: {
      isJoint,
      size: Int32Array.from(threads, ({ replies }) => replies.length),
      agentCount: Int32Array.from(threads, (thread) => participants(thread, false)),
      time: Float64Array.from(threads, ({ root }) => hours(root)),
      stratum: Int32Array.from(threads, ({ root }) => strata(root)),
      outcome: Float64Array.from(threads, ({ replies }) =>
        approval === undefined ? Number.NaN : mean(replies, approval.of),
      ),
    },
    postLength: Int32Array.from(threads, ({ root }) => lengthStep(lengths?.[root] ?? 0)),
    lengthKnown: lengths !== undefined,
    wordsKnown: texts !== undefined,
    approval: approval?.from ?? null,
    ...(texts === undefined
      ? {}
      : { qualities: Float64Array.from(joint, (one) => solutionQuality(one.replies, texts)) }),
    writers: new Set(joint.flatMap(({ root, replies }) => [root, ...replies].map((row) => posts.author[row]))).size,
  };
}

function mean(rows: Int32Array, of: (row: number) => number): number {
  let sum = 0;
  for (const row of rows) sum += of(row);
  return sum / rows.length;
}

function lengthStep(length: number): number {
  return Math.round(4 * (log1p(length) / log1p(1)));
}

/** Posts with replies, in the order of the posts; replies in the order of the record. */
function threadsOf(posts: PostColumns): Thread[] {
  const heads = new Int32Array(posts.count);
  const starts = new Int32Array(posts.count + 1);
  for (let row = 0; row < posts.count; row++) {
    const isReply = posts.kind[row] === postKinds.reply && posts.parent[row] >= 0;
    heads[row] = isReply ? heads[posts.parent[row]] : row;
    if (isReply) starts[heads[row] + 1]++;
  }
  for (let row = 0; row < posts.count; row++) starts[row + 1] += starts[row];
  const cursor = starts.slice();
  const replies = new Int32Array(starts[posts.count]);
  for (let row = 0; row < posts.count; row++) if (heads[row] !== row) replies[cursor[heads[row]]++] = row;
  const threads: Thread[] = [];
  for (let row = 0; row < posts.count; row++) {
    if (starts[row + 1] > starts[row])
      threads.push({ root: row, replies: replies.subarray(starts[row], starts[row + 1]) });
  }
  return threads;
}

/** Counts distinct writers of a thread. A stamp an agent says in which count it was met last. */
function participantCounter(
  agentCount: number,
  { author }: PostColumns,
): (thread: Thread, withRoot: boolean) => number {
  const met = new Int32Array(agentCount);
  let stamp = 0;
  return ({ root, replies }, withRoot) => {
    stamp++;
    let count = 0;
    if (withRoot) {
      met[author[root]] = stamp;
      count++;
    }
    for (const row of replies) {
      if (met[author[row]] === stamp) continue;
      met[author[row]] = stamp;
      count++;
    }
    return count;
  };
}

/** The community of a data set's post; the topic board of a run's. */
function strataOf(records: Records, posts: PostColumns): (row: number) => number {
  const community = readDataTable(records, 'posts')?.integers('community');
  return community === undefined ? (row) => posts.topic[row] : (row) => community[row];
}

/** Net votes of posts, and where they come from. */
export interface NetVotes {
  readonly from: 'votes of the data set' | 'votes on record';
  readonly of: (row: number) => number;
}

/** Net votes of replies; undefined where nobody could vote, nobody did, or a source has no votes. */
export function netVotes(records: Records, posts: PostColumns): NetVotes | undefined {
  if (dataSetOf(records.manifest) !== undefined) {
    const table = readDataTable(records, 'posts');
    const [up, down, score] = ['upvotes', 'downvotes', 'score'].map((name) => table?.integers(name));
    if (up !== undefined) return { from: 'votes of the data set', of: (row) => up[row] - (down?.[row] ?? 0) };
    return score === undefined ? undefined : { from: 'votes of the data set', of: (row) => score[row] };
  }
  const net = votesOnRecord(records, posts);
  return net === undefined ? undefined : { from: 'votes on record', of: (row) => net[row] };
}

const votingVerbs: ReadonlySet<number> = new Set([
  ...[verbs.like, verbs.unlike, verbs.dislike, verbs.undislike, verbs.upvote, verbs.downvote],
]);

/** Likes and upvotes less dislikes and downvotes of each reply at the end; undefined where nobody voted on any post. */
function votesOnRecord(records: Records, posts: PostColumns): Int32Array | undefined {
  const net = new Int32Array(posts.count);
  const between = new Map<number, number>();
  let voteCount = 0;
  for (const { intentCount, verb, outcome, actor, target } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || !votingVerbs.has(verb[i])) continue;
      voteCount++;
      const row = target[i] - 1;
      if (posts.kind[row] !== postKinds.reply) continue;
      const place = actor[i] * posts.count + row;
      const before = between.get(place) ?? 0;
      const after = nextReaction(verb[i], before);
      between.set(place, after);
      net[row] += valueOf(after) - valueOf(before);
    }
  }
  return voteCount === 0 ? undefined : net;
}

function valueOf(bits: number): number {
  return ((bits & reactionBits.like) === 0 ? 0 : 1) - ((bits & reactionBits.dislike) === 0 ? 0 : 1);
}

function mentionsTrouble({ root, replies }: Thread, texts: WrittenTexts): boolean {
  const holds = (row: number): boolean => {
    const text = texts.at(row).toLowerCase();
    return troubleWords.some((word) => text.includes(word));
  };
  return holds(root) || replies.some(holds);
}

function solutionQuality(replies: Int32Array, texts: WrittenTexts): number {
  const said = Array.from(replies, (row) => texts.at(row));
  return qualityOf(said.findLast((text) => text.includes('`')) ?? said[said.length - 1]);
}

/** The recipe's quality of a text, in [0, 1]. */
export function qualityOf(text: string): number {
  const hasCode = text.includes('`');
  const hasRemarks = /#|\/\/|\/\*[\s\S]*?\*\//.test(text);
  const hasTests = /test|assert|expect/i.test(text);
  return (hasCode ? 0.3 : 0) + (hasRemarks ? 0.2 : 0) + (hasTests ? 0.3 : 0) + (isBalanced(text) ? 0.2 : 0);
}

const openers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Whether every bracket is closed by its own kind, in order. */
function isBalanced(text: string): boolean {
  const open: string[] = [];
  for (const character of text) {
    if ('([{'.includes(character)) open.push(character);
    else if (character in openers && open.pop() !== openers[character]) return false;
  }
  return open.length === 0;
}
