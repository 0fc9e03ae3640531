/**
 * Finds an agent of a recorded population by the name that a person gives it, and reads out of the log what it did.
 *
 * A name is the external id or, for ids that are hard to type, `#` and the ordinal; an id that looks like the latter is the id.
 * Reads the log once, from its beginning. Memory: the posts' columns, and the agent's own acts around the tick.
 * Invariant: what stands here about a tick is what the state before that tick holds (`test/command/inspect.test.ts` compares the two).
 */
import { InputError, echo } from '../ground/errors.ts';
import { compareKeys, keyOfText } from '../ground/keys.ts';
import { outcomes } from '../exchange/reasons.ts';
import { makesPost, verbs } from '../exchange/verbs.ts';
import { externalId, platformName } from '../world/population.ts';
import { listNames, nearestName } from '../scenario/problems-words.ts';
import { postTableOf } from './database-effects.ts';
import { detailOf } from './chunk.ts';
import type { Population } from '../world/population.ts';
import type { LoggedDetail, TickRecord } from './chunk.ts';
import type { PostTable } from './database-effects.ts';
import type { Records } from './reader.ts';

/** The same, and the platform, which acts by its own rules but is no agent. */
export function findActor(population: Population, name: string): number | undefined {
  return name === platformName ? population.count : findAgent(population, name);
}

/** The ordinal of the agent that is called so, or undefined. */
export function findAgent(population: Population, name: string): number | undefined {
  const byId = ordinalOfId(population, name);
  if (byId !== undefined) return byId;
  const ordinal = Number(/^#(\d{1,9})$/.exec(name)?.[1] ?? -1);
  return ordinal >= 0 && ordinal < population.count ? ordinal : undefined;
}

/** Populations stand in the order of keys. */
function ordinalOfId({ keyHi, keyLo, ids, count }: Population, id: string): number | undefined {
  const key = keyOfText(id);
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keyHi[middle], keyLo[middle], key.hi, key.lo) < 0) low = middle + 1;
    else high = middle;
  }
  return low < count && externalId(ids, low) === id ? low : undefined;
}

/** The ordinal of the agent that is called so; refuses a name that nobody has. */
export function agentCalled(population: Population, name: string): number {
  const ordinal = findAgent(population, name);
  if (ordinal !== undefined) return ordinal;
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    found: `no agent is called ${echo(name)}`,
    next: `${suggestion(population, name)}Name one of ${population.count} by its id, or by '#' and its number from 0 to ${population.count - 1}.`,
  });
}

/** Ids that are compared with one that nobody has: each costs the product of both lengths. */
const comparedIdsMax = 5000;
const exampleCount = 3;

function suggestion(population: Population, name: string): string {
  const some = Array.from({ length: Math.min(population.count, comparedIdsMax) }, (_, i) =>
    externalId(population.ids, i),
  );
  const near = nearestName(name, some);
  return near === undefined
    ? `Ids are such as ${listNames(some.slice(0, exampleCount).map(echo))}. `
    : `Did you mean ${echo(near)}? `;
}

/** The rows [from, to) of a record that are one agent's: records stand in the order of actors. */
export function rowsOfAgent({ actor }: TickRecord, ordinal: number): { readonly from: number; readonly to: number } {
  const from = firstNotBelow(actor, ordinal);
  return { from, to: firstNotBelow(actor, ordinal + 1) };
}

function firstNotBelow(column: Int32Array, value: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A table for the posts of a log, empty. */
export function createPosts({ manifest }: Records): PostTable {
  return postTableOf(manifest);
}

/** Adds to a table of posts what a tick made and changed. */
export function takePosts(posts: PostTable, record: TickRecord): void {
  for (let i = 0; i < record.intentCount; i++) if (record.outcome[i] === outcomes.granted) posts.take(record, i);
}

/** One attempt as the log holds it. */
export interface LoggedAct {
  readonly tick: number;
  readonly sequence: number;
  readonly verb: number;
  readonly target: number;
  readonly amount: number;
  readonly outcome: number;
  readonly reason: number;
  readonly rule: number;
  readonly result: number;
  /** What was said beside target and amount. */
  readonly detail: LoggedDetail | undefined;
}

/** The attempt in a row of a record. */
export function actOf(record: TickRecord, row: number): LoggedAct {
  const { sequence, verb, target, amount, outcome, reason, rule, result } = record;
  return {
    tick: record.tick,
    ...{ sequence: sequence[row], verb: verb[row], target: target[row], amount: amount[row] },
    ...{ outcome: outcome[row], reason: reason[row], rule: rule[row], result: result[row] },
    detail: detailOf(record, row),
  };
}

/** What the log says about an agent before a tick, and what it did from that tick on. */
export interface AgentLog {
  /** The tick before which it holds. */
  readonly tick: number;
  /** Attempts by verb's number: granted and not. */
  readonly attempts: ReadonlyMap<number, { granted: number; refused: number }>;
  readonly refusalCount: number;
  readonly lastRefusal: LoggedAct | undefined;
  /** Ordinals, ascending. */
  readonly followers: Int32Array;
  readonly followees: Int32Array;
  /** Ids of its posts, replies, reposts and quotes, oldest first. */
  readonly postIds: readonly number[];
  /** All posts before the tick, and their counters then. */
  readonly posts: PostTable;
  /** The last acts before the tick, and the first from it on, oldest first. */
  readonly before: readonly LoggedAct[];
  readonly after: readonly LoggedAct[];
}

/** Reads about one agent what the log holds before `tick`; at most `actsMax` acts on either side of it. */
export function readAgentLog(records: Records, ordinal: number, tick: number, actsMax: number): AgentLog {
  const attempts = new Map<number, { granted: number; refused: number }>();
  const [posts, postIds] = [createPosts(records), [] as number[]];
  const [before, after] = [[] as LoggedAct[], [] as LoggedAct[]];
  const ties = tiesAtStart(records.population, ordinal);
  let refusalCount = 0;
  let lastRefusal: LoggedAct | undefined;
  for (const record of records.ticks()) {
    const rows = rowsOfAgent(record, ordinal);
    if (record.tick >= tick) {
      for (let row = rows.from; row < rows.to && after.length < actsMax; row++) after.push(actOf(record, row));
      continue;
    }
    takePosts(posts, record);
    takeTies(ties, record, ordinal);
    for (let row = rows.from; row < rows.to; row++) {
      const act = actOf(record, row);
      before.push(act);
      if (before.length > actsMax) before.shift();
      const tally = attempts.get(act.verb) ?? { granted: 0, refused: 0 };
      attempts.set(act.verb, tally);
      if (act.outcome === outcomes.granted || act.outcome === outcomes.partial) {
        tally.granted++;
        if (makesPost(act.verb)) postIds.push(act.result);
      } else {
        tally.refused++;
        refusalCount++;
        lastRefusal = act;
      }
    }
  }
  const [followers, followees] = [ties.followers, ties.followees].map((one) => Int32Array.from(one).sort());
  return {
    ...{ tick, attempts, refusalCount, lastRefusal, followers, followees },
    ...{ postIds, posts, before, after },
  };
}

interface TiesOfAgent {
  readonly followers: Set<number>;
  readonly followees: Set<number>;
}

function tiesAtStart({ followOffset, followee, count }: Population, ordinal: number): TiesOfAgent {
  const followees = new Set(followee.subarray(followOffset[ordinal], followOffset[ordinal + 1]));
  const followers = new Set<number>();
  for (let agent = 0; agent < count; agent++) {
    for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++) {
      if (followee[tie] === ordinal) followers.add(agent);
    }
  }
  return { followers, followees };
}

function takeTies({ followers, followees }: TiesOfAgent, record: TickRecord, ordinal: number): void {
  const { actor, target, verb, outcome } = record;
  for (let i = 0; i < record.intentCount; i++) {
    if ((verb[i] !== verbs.follow && verb[i] !== verbs.unfollow) || outcome[i] !== outcomes.granted) continue;
    const change = verb[i] === verbs.follow ? 'add' : 'delete';
    if (actor[i] === ordinal) followees[change](target[i]);
    if (target[i] === ordinal) followers[change](actor[i]);
  }
}
