/**
 * Who adopted what, who could see them do it, and when: the columns that adoption is measured on, and the history of each content.
 *
 * Reads columns of adoptions and ties; `historiesOf` gives, content by content, adoptions and inferred exposures in the order of
 * time. An agent is exposed to a content when someone it has a tie to adopts it; it is exposed once by each of them, and no
 * more once it has adopted itself. Who adopts at a moment does not see who else does at that moment.
 * Contents can be chosen; what is chosen is measured whole, with all its adopters and all whom they expose: a part of the exposures would
 * turn third exposures into first ones. Only rows and ties of chosen contents are sorted, so that a few of ten million cost little.
 * Order: at one time adoptions come first, exposures after. Invariant: an exposed agent has not adopted by then.
 * Oracle: the double loop over ties in `test/analysis/measures/adoption-history.test.ts`.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';

/** Columns of a population and its adoptions. */
export interface AdoptionColumns {
  readonly agentCount: number;
  readonly contentCount: number;
  /** `source` sees what `target` does, from the time `since` on (always, without it). */
  readonly ties: {
    readonly source: Int32Array;
    readonly target: Int32Array;
    readonly since?: Float64Array;
  };
  /** One row an agent and a content that it adopted, in any order. Its author, or who brought it from outside, is a seed. */
  readonly adoptions: {
    readonly agent: Int32Array;
    readonly content: Int32Array;
    readonly time: Float64Array;
    readonly isSeed: Uint8Array;
  };
  /** Last time that is observed. */
  readonly endTime: number;
  /** Whether times are whole ticks, at each of which an agent could act on what was there a tick earlier. */
  readonly hasTicks: boolean;
  /** Kind of agent: those of one kind are compared with one another. */
  readonly stratum: Int32Array;
  readonly stratumCount: number;
  /** What agents were shown, where it was recorded. */
  readonly looks?: LookColumns;
}

/** Recorded exposures, in the order of time; an act at a tick follows what was seen at that tick. */
export interface LookColumns {
  readonly agent: Int32Array;
  readonly content: Int32Array;
  readonly time: Float64Array;
  /** Whether the agent adopted the content at that time. */
  readonly adopted: Uint8Array;
}

/** One content. */
export interface History {
  readonly content: number;
  /** Time of the first adoption: nobody is at risk before. */
  readonly start: number;
  /** Seeds included; ascending by time. */
  readonly adopter: readonly number[];
  readonly adoptionTime: readonly number[];
  readonly isSeed: readonly boolean[];
  /** How many of those it has a tie to adopt it at any time, before or after: a trace of what it is like, not of what it saw. */
  readonly contacts: readonly number[];
  /** Ascending by time; `size` adopters became visible to the agent at once. */
  readonly exposed: readonly number[];
  readonly exposureTime: readonly number[];
  readonly size: readonly number[];
}

/** Followers by followee: compressed rows. */
interface Audience {
  readonly start: Int32Array;
  readonly agent: Int32Array;
  readonly since: Float64Array | undefined;
}

/** Whether somebody besides a seed adopted the content, by content. */
export function spreadContents({ adoptions, contentCount }: AdoptionColumns): Uint8Array {
  const spreads = new Uint8Array(contentCount);
  for (let row = 0; row < adoptions.content.length; row++)
    if (adoptions.isSeed[row] === 0) spreads[adoptions.content[row]] = 1;
  return spreads;
}

/** Histories of the contents that are 1 in `isWanted`, by default those that someone besides a seed adopted; ascending by content. */
export function* historiesOf(
  columns: AdoptionColumns,
  isWanted: Uint8Array = spreadContents(columns),
): IterableIterator<History> {
  const { adoptions, agentCount } = columns;
  const rows = wantedRows(columns, isWanted).sort(
    (a, b) =>
      adoptions.content[a] - adoptions.content[b] ||
      adoptions.time[a] - adoptions.time[b] ||
      adoptions.isSeed[b] - adoptions.isSeed[a] ||
      a - b,
  );
  const audience = audienceOf(columns, rows);
  const column = (): Int32Array => new Int32Array(agentCount);
  const marks = { adopts: column(), adopted: column(), exposed: column(), contacts: column(), lastExposure: column() };
  for (let from = 0; from < rows.length;) {
    const content = adoptions.content[rows[from]];
    let to = from;
    while (to < rows.length && adoptions.content[rows[to]] === content) to++;
    yield historyOf(columns, audience, rows.subarray(from, to), marks);
    from = to;
  }
}

function wantedRows({ adoptions: { content } }: AdoptionColumns, isWanted: Uint8Array): Int32Array {
  let count = 0;
  for (let row = 0; row < content.length; row++) count += isWanted[content[row]];
  const rows = new Int32Array(count);
  let end = 0;
  for (let row = 0; row < content.length; row++) if (isWanted[content[row]] === 1) rows[end++] = row;
  return rows;
}

/** The followers of those who adopt in these rows. */
function audienceOf(
  { agentCount, ties: { source, target, since }, adoptions }: AdoptionColumns,
  rows: Int32Array,
): Audience {
  assertInvariant(source.length === target.length, 'tie columns differ in length');
  const adopts = new Uint8Array(agentCount);
  for (const row of rows) adopts[adoptions.agent[row]] = 1;
  const start = new Int32Array(agentCount + 1);
  for (const one of target) start[one + 1] += adopts[one];
  for (let agent = 0; agent < agentCount; agent++) start[agent + 1] += start[agent];
  const next = start.slice();
  const agent = new Int32Array(start[agentCount]);
  const times = since === undefined ? undefined : new Float64Array(agent.length);
  for (let tie = 0; tie < source.length; tie++) {
    if (adopts[target[tie]] === 0) continue;
    const place = next[target[tie]]++;
    agent[place] = source[tie];
    if (times !== undefined && since !== undefined) times[place] = since[tie];
  }
  return { start, agent, since: times };
}

/** By agent. The first three hold the content + 1 by which an agent was last written to, so that nothing need be cleared. */
interface Marks {
  readonly adopts: Int32Array;
  readonly adopted: Int32Array;
  readonly exposed: Int32Array;
  readonly contacts: Int32Array;
  readonly lastExposure: Int32Array;
}

function historyOf({ adoptions }: AdoptionColumns, audience: Audience, rows: Int32Array, marks: Marks): History {
  const content = adoptions.content[rows[0]];
  const mark = content + 1;
  const { adopts, adopted, exposed: seen, contacts, lastExposure } = marks;
  for (const row of rows) {
    adopts[adoptions.agent[row]] = mark;
    contacts[adoptions.agent[row]] = 0;
  }
  const adopter: number[] = [];
  const adoptionTime: number[] = [];
  const isSeed: boolean[] = [];
  const [exposed, exposureTime, size] = [[] as number[], [] as number[], [] as number[]];
  for (let from = 0; from < rows.length;) {
    const time = adoptions.time[rows[from]];
    const firstOfTime = adopter.length;
    for (; from < rows.length && adoptions.time[rows[from]] === time; from++) {
      const agent = adoptions.agent[rows[from]];
      if (adopted[agent] === mark) continue;
      adopted[agent] = mark;
      adopter.push(agent);
      adoptionTime.push(time);
      isSeed.push(adoptions.isSeed[rows[from]] === 1);
    }
    for (const one of adopter.slice(firstOfTime)) {
      for (let place = audience.start[one]; place < audience.start[one + 1]; place++) {
        const agent = audience.agent[place];
        if (agent === one) continue;
        if (adopts[agent] === mark) contacts[agent]++;
        if (adopted[agent] === mark) continue;
        if (audience.since !== undefined && !(audience.since[place] < time)) continue;
        const last = lastExposure[agent];
        if (seen[agent] === mark && exposureTime[last] === time) {
          size[last]++;
          continue;
        }
        seen[agent] = mark;
        lastExposure[agent] = exposed.push(agent) - 1;
        exposureTime.push(time);
        size.push(1);
      }
    }
  }
  return {
    ...{ content, start: adoptionTime[0], adopter, adoptionTime, isSeed },
    ...{ contacts: adopter.map((agent) => contacts[agent]), exposed, exposureTime, size },
  };
}
