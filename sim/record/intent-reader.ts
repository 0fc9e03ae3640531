/**
 * Finds an intent in a log: `tick:agent:sequence`, or all of an agent in a tick.
 *
 * Reads the whole log once, so that the chain of digests is checked from its first link to the head and not only up to the intent; keeps
 * the tick's record, and the posts up to it with their counters.
 * Invariant: what is returned was hashed into the chain; a record that was edited, moved or taken out is refused as damage.
 */
import { join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { InputError, InvariantError, echo } from '../ground/errors.ts';
import { outcomes } from '../exchange/reasons.ts';
import { verbs } from '../exchange/verbs.ts';
import { agentCalled, createPosts, findActor, rowsOfAgent, takePosts } from './agent-reader.ts';
import { decodeTick, lengthOfFrame } from './chunk.ts';
import { damaged, fileNames } from './store.ts';
import type { TickRecord } from './chunk.ts';
import type { ContentCounters, PostTable } from './database-effects.ts';
import type { Records } from './reader.ts';

/** An intent by its name; without a sequence, all of the agent in that tick. */
export interface IntentName {
  readonly tick: number;
  readonly ordinal: number;
  readonly sequence: number | undefined;
}

/** Reads a name. An agent's id may hold colons: what stands behind the last one is a sequence if the rest is an agent. */
export function parseIntentName(records: Records, text: string): IntentName {
  const [, digits, rest] = /^(\d{1,10}):([^]+)$/.exec(text) ?? [];
  if (digits === undefined || rest === undefined) {
    throw new InputError({
      code: 'INPUT_USAGE',
      found: `${echo(text)} is not tick:agent:sequence`,
      next: 'Write 12:agent-7:0 for an intent, or 12:agent-7 for all of that agent in tick 12.',
    });
  }
  const tick = Number(digits);
  refuseTick(tick, records.head.ticks - 1);
  const { population } = records;
  const [, before, sequence] = /^([^]+):(\d{1,3})$/.exec(rest) ?? [];
  const [whole, part] = [findActor(population, rest), before === undefined ? undefined : findActor(population, before)];
  if (whole !== undefined && part !== undefined) throw ambiguous(rest, whole, part, Number(sequence));
  if (part !== undefined) return { tick, ordinal: part, sequence: Number(sequence) };
  return { tick, ordinal: whole ?? agentCalled(population, before ?? rest), sequence: undefined };
}

/** Refuses a tick that is not among 0 to `last`. */
export function refuseTick(tick: number, last: number, flag?: string): void {
  if (tick >= 0 && tick <= last) return;
  throw new InputError({
    code: 'INPUT_FIELD_RANGE',
    ...(flag === undefined ? {} : { place: { file: flag } }),
    found:
      last < 0 ? `no tick is recorded yet, tick ${tick} was asked for` : `tick ${tick} is not between 0 and ${last}`,
    next: last < 0 ? 'Resume the run, or wait for its first ticks.' : 'Name a tick of the run.',
  });
}

function ambiguous(rest: string, whole: number, part: number, sequence: number): InputError {
  return new InputError({
    code: 'INPUT_USAGE',
    found: `${echo(rest)} names an agent, and an intent of another`,
    next: `Write #${whole} for the agent, #${part}:${sequence} for the intent.`,
  });
}

/** A link of the chain. Link 0 goes before the first tick; link t + 1 closes tick t. */
export interface ChainPlace {
  readonly number: number;
  readonly link: string;
  readonly previous: string;
  /** Place of the tick's frame in events.log. */
  readonly bytes: { readonly from: number; readonly to: number };
  /** Links that were recomputed and fit, up to the head. */
  readonly verifiedCount: number;
  readonly digest: string;
}

/** The tick of an intent, and what stood before it. */
export interface IntentTick {
  readonly record: TickRecord;
  /** Rows of the agent: [from, to). */
  readonly rows: { readonly from: number; readonly to: number };
  /** Posts after the tick. */
  readonly posts: PostTable;
  /** For each row of the agent, the counters of its target before the tick and after it. */
  readonly counters: readonly { readonly before: TargetCounters; readonly after: TargetCounters }[];
  readonly chain: ChainPlace;
  /** Ticks nearest to this one in which the agent attempted something: at most three on each side. */
  readonly actedNear: readonly number[];
}

/** Counters of what an intent was aimed at: of the content behind a post, or of an agent. */
export interface TargetCounters extends ContentCounters {
  readonly followersGained: number;
}

const nearCount = 3;

/** Reads the tick of an intent out of a log, all of which is checked. */
export function readIntentTick(records: Records, name: Pick<IntentName, 'tick' | 'ordinal'>): IntentTick {
  const { manifest, head } = records;
  const posts = createPosts(records);
  const followersGained = new Int32Array(records.population.count);
  const [before, after] = [[] as number[], [] as number[]];
  let found: Pick<IntentTick, 'record' | 'rows' | 'counters'> | undefined;
  let place: Pick<ChainPlace, 'link' | 'previous' | 'bytes'> | undefined;
  let previous = manifest.firstLink;
  let at = 0;
  for (const frame of records.frames()) {
    const link = hexOf(frame.link);
    const bytes = { from: at, to: at + lengthOfFrame(frame) };
    if (frame.tick <= name.tick || after.length < nearCount) {
      const record = decodeTick(frame);
      const rows = rowsOfAgent(record, name.ordinal);
      const targets = frame.tick === name.tick ? record.target.subarray(rows.from, rows.to) : [];
      const given = countersOf(targets, posts, followersGained);
      if (frame.tick <= name.tick) {
        takePosts(posts, record);
        takeFollowers(followersGained, record);
      }
      if (frame.tick === name.tick) {
        const left = countersOf(targets, posts, followersGained);
        found = { record, rows, counters: given.map((one, i) => ({ before: one, after: left[i] })) };
        place = { link, previous, bytes };
      } else if (rows.to > rows.from) (frame.tick < name.tick ? before : after).push(frame.tick);
    }
    previous = link;
    at = bytes.to;
    if (frame.tick + 1 === manifest.ticks) refuseOtherEnd(records, link);
  }
  if (head.ticks < manifest.ticks) refuseOtherEnd(records, previous);
  if (found === undefined || place === undefined) throw new InvariantError(`tick ${name.tick} was not read`);
  return {
    ...found,
    posts,
    chain: { number: name.tick + 1, ...place, verifiedCount: head.ticks, digest: head.digest },
    actedNear: [...before.slice(-nearCount), ...after],
  };
}

/**
 * A run that has ended says in its manifest where: a log that was cut together with its head does not fit it. The log may go further,
 * because a run that is taken up again has its manifest written at its end.
 */
function refuseOtherEnd({ manifest, directory }: Records, link: string): void {
  const isEnded = manifest.outcome === 'complete' || manifest.outcome === 'stopped';
  if (!isEnded || manifest.digest === link) return;
  throw damaged(
    join(directory, fileNames.events),
    `the log does not come to the digest that the manifest has after ${manifest.ticks} ticks`,
    'Restore the files from a copy, or run the scenario again.',
  );
}

/** The counters of targets as they stand now. */
function countersOf(targets: Iterable<number>, posts: PostTable, followersGained: Int32Array): TargetCounters[] {
  return Array.from(targets, (one) => ({
    ...posts.countersOf(posts.columns.origin[one] ?? 0),
    followersGained: followersGained[one] ?? 0,
  }));
}

function takeFollowers(gained: Int32Array, { intentCount, verb, outcome, target }: TickRecord): void {
  for (let i = 0; i < intentCount; i++) {
    if (outcome[i] !== outcomes.granted) continue;
    if (verb[i] === verbs.follow) gained[target[i]]++;
    else if (verb[i] === verbs.unfollow) gained[target[i]]--;
  }
}
