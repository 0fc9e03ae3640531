/**
 * Ties of a recorded population one after the other, with the ticks in which each was there: nothing of a layer is held that could be walked.
 *
 * Reads the log twice at most. Follows: the population's own ties stand in its columns, so only what the log changed is kept, 20 bytes a
 * change. Acts (replies, or reposts and quotes): 12 bytes an act and 4 a post. Sorting takes 16 bytes a change or act more while it lasts.
 * Order: by source and target, ordinals both; within a tie by time. What is done in tick t can be seen from t + 1 on, so a follow of tick 3
 * that is taken back in tick 8 holds from 4 to 8, both included; an act is there in its own tick.
 * Invariant: spells of a tie ascend and leave a tick between them. Oracle: a Map over the ticks (`test/sim/record/tie-reader.test.ts`).
 */
import { outcomes } from '../exchange/reasons.ts';
import { makesPost, verbs } from '../exchange/verbs.ts';
import { orderedPairs, pairRows, readFollowChanges } from './pair-rows.ts';
import type { TickRecord } from './chunk.ts';
import type { PairRows } from './pair-rows.ts';
import type { Records } from './reader.ts';

/** Ticks from `start` to `end`, both included; a spell without an end lasts. */
export interface TieSpell {
  readonly start: number;
  readonly end?: number;
}

/** One tie: ordinals, how many acts it stands for (1 for a follow), and when it was there. */
export interface Tie {
  readonly source: number;
  readonly target: number;
  readonly weight: number;
  readonly spells: readonly TieSpell[];
}

/** Layers whose ties are read here. */
export type TieLayer = 'follow' | 'reply' | 'repost';

/** Ties that can be walked as often as need be. */
export interface Ties {
  walk(): Generator<Tie, void, undefined>;
}

/**
 * The ties of a layer. `follow`: those that hold after the last recorded tick, and with `ended` those too that ended before it. Ties from an
 * agent to itself are among them.
 */
export function readTies(records: Records, layer: TieLayer, { ended }: { readonly ended: boolean }): Ties {
  if (layer !== 'follow') {
    const acts = readActs(records, layer);
    return { walk: () => walkActs(acts) };
  }
  const changes = readFollowChanges(records);
  return { walk: () => walkFollows(records, changes, ended) };
}

/** The population's ties and the log's changes, merged: both stand by source and target. */
function* walkFollows(records: Records, changes: PairRows, ended: boolean): Generator<Tie, void, undefined> {
  const { count, followOffset, followee } = records.population;
  const { source, target, order } = changes;
  let next = 0;
  for (let agent = 0; agent < count; agent++) {
    let tie = followOffset[agent];
    const tieEnd = followOffset[agent + 1];
    for (;;) {
      const isChanged = next < changes.count && source[order[next]] === agent;
      if (tie >= tieEnd && !isChanged) break;
      const changed = isChanged ? target[order[next]] : Infinity;
      const other = tie < tieEnd && followee[tie] <= changed ? followee[tie] : changed;
      const atStart = tie < tieEnd && followee[tie] === other;
      if (atStart) tie++;
      const from = next;
      while (next < changes.count && source[order[next]] === agent && target[order[next]] === other) next++;
      const spells = from === next ? sinceStart : spellsOf(changes, from, next, atStart);
      const holds = spells.length > 0 && spells[spells.length - 1].end === undefined;
      if (holds || (ended && spells.length > 0)) yield { source: agent, target: other, weight: 1, spells };
    }
  }
}

const sinceStart: readonly TieSpell[] = [{ start: 0 }];

function spellsOf({ order, tick, holds }: PairRows, from: number, to: number, atStart: boolean): TieSpell[] {
  const spells: TieSpell[] = [];
  let start = atStart ? 0 : -1;
  for (let i = from; i < to; i++) {
    const row = order[i];
    if (holds[row] === 1) {
      if (start < 0) start = tick[row] + 1;
      continue;
    }
    // Taken up and given up within one tick it was never seen.
    if (start >= 0 && start <= tick[row]) join(spells, start, tick[row]);
    start = -1;
  }
  if (start >= 0) spells.push({ start });
  return spells;
}

/** Adds a spell, or lengthens the last one where no tick lies between them. */
function join(spells: TieSpell[], start: number, end: number): void {
  const last = spells.at(-1);
  if (last?.end !== undefined && last.end + 1 >= start) spells[spells.length - 1] = { start: last.start, end };
  else spells.push({ start, end });
}

function isAct({ verb, outcome, result, target }: TickRecord, i: number, layer: TieLayer): boolean {
  const isOfLayer = layer === 'reply' ? verb[i] === verbs.reply : verb[i] === verbs.repost || verb[i] === verbs.quote;
  return isOfLayer && outcome[i] === outcomes.granted && result[i] > 0 && target[i] > 0;
}

/** Who acted, and the author of the row that was acted on. */
function readActs(records: Records, layer: TieLayer): PairRows {
  let [count, postMax] = [0, 0];
  for (const record of records.ticks()) {
    for (let i = 0; i < record.intentCount; i++) {
      if (record.result[i] > postMax && makesPost(record.verb[i])) postMax = record.result[i];
      if (isAct(record, i, layer)) count++;
    }
  }
  const author = new Int32Array(postMax + 1);
  const rows = pairRows(count);
  let at = 0;
  for (const record of records.ticks()) {
    const { actor, target, verb, outcome, result, tick } = record;
    for (let i = 0; i < record.intentCount; i++) {
      if (result[i] > 0 && outcome[i] === outcomes.granted && makesPost(verb[i])) author[result[i]] = actor[i];
    }
    for (let i = 0; i < record.intentCount; i++) {
      if (!isAct(record, i, layer)) continue;
      [rows.source[at], rows.target[at], rows.tick[at]] = [actor[i], author[target[i]], tick];
      at++;
    }
  }
  return orderedPairs(rows);
}

function* walkActs({ count, source, target, tick, order }: PairRows): Generator<Tie, void, undefined> {
  for (let from = 0; from < count;) {
    const [agent, other] = [source[order[from]], target[order[from]]];
    const spells: TieSpell[] = [];
    let to = from;
    for (; to < count && source[order[to]] === agent && target[order[to]] === other; to++) {
      join(spells, tick[order[to]], tick[order[to]]);
    }
    yield { source: agent, target: other, weight: to - from, spells };
    from = to;
  }
}
