/**
 * Who adopted what, who could see them do it, and when: the columns that adoption is measured on, and the history of each content.
 *
 * Reads columns of adoptions and ties; `historiesOf` gives, content by content, adoptions and inferred exposures in the order of
 * time. An agent is exposed to a content when someone it has a tie to adopts it; it is exposed once by each of them, and no
 * more once it has adopted itself. Who adopts at a moment does not see who else does at that moment.
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

/** Histories of the contents that someone besides a seed adopted, ascending by content. */
export function* historiesOf(columns: AdoptionColumns): IterableIterator<History> {
  const { adoptions, agentCount } = columns;
  const audience = audienceOf(columns);
  const rows = Int32Array.from(adoptions.agent.keys()).sort(
    (a, b) =>
      adoptions.content[a] - adoptions.content[b] ||
      adoptions.time[a] - adoptions.time[b] ||
      adoptions.isSeed[b] - adoptions.isSeed[a] ||
      a - b,
  );
  /** Content + 1 by which an agent was last written to, so that nothing need be cleared. */
  const marks = { adopted: new Int32Array(agentCount), exposed: new Int32Array(agentCount) };
  const lastExposure = new Int32Array(agentCount);
  for (let from = 0; from < rows.length;) {
    const content = adoptions.content[rows[from]];
    let to = from;
    let spreads = false;
    for (; to < rows.length && adoptions.content[rows[to]] === content; to++)
      spreads ||= adoptions.isSeed[rows[to]] === 0;
    if (spreads) yield historyOf(columns, audience, rows.subarray(from, to), marks, lastExposure);
    from = to;
  }
}

function audienceOf({ agentCount, ties: { source, target, since } }: AdoptionColumns): Audience {
  assertInvariant(source.length === target.length, 'tie columns differ in length');
  const start = new Int32Array(agentCount + 1);
  for (const one of target) start[one + 1]++;
  for (let agent = 0; agent < agentCount; agent++) start[agent + 1] += start[agent];
  const next = start.slice();
  const agent = new Int32Array(source.length);
  const times = since === undefined ? undefined : new Float64Array(source.length);
  for (let tie = 0; tie < source.length; tie++) {
    const place = next[target[tie]]++;
    agent[place] = source[tie];
    if (times !== undefined && since !== undefined) times[place] = since[tie];
  }
  return { start, agent, since: times };
}

function historyOf(
  { adoptions }: AdoptionColumns,
  audience: Audience,
  rows: Int32Array,
  marks: { readonly adopted: Int32Array; readonly exposed: Int32Array },
  lastExposure: Int32Array,
): History {
  const content = adoptions.content[rows[0]];
  const mark = content + 1;
  const adopter: number[] = [];
  const adoptionTime: number[] = [];
  const isSeed: boolean[] = [];
  const [exposed, exposureTime, size] = [[] as number[], [] as number[], [] as number[]];
  const contactsOf = new Map<number, number>();
  for (let from = 0; from < rows.length;) {
    const time = adoptions.time[rows[from]];
    const firstOfTime = adopter.length;
    for (; from < rows.length && adoptions.time[rows[from]] === time; from++) {
      const agent = adoptions.agent[rows[from]];
      if (marks.adopted[agent] === mark) continue;
      marks.adopted[agent] = mark;
      adopter.push(agent);
      adoptionTime.push(time);
      isSeed.push(adoptions.isSeed[rows[from]] === 1);
    }
    for (const one of adopter.slice(firstOfTime)) {
      for (let place = audience.start[one]; place < audience.start[one + 1]; place++) {
        const agent = audience.agent[place];
        if (agent !== one) contactsOf.set(agent, (contactsOf.get(agent) ?? 0) + 1);
        if (marks.adopted[agent] === mark || agent === one) continue;
        if (audience.since !== undefined && !(audience.since[place] < time)) continue;
        const last = lastExposure[agent];
        if (marks.exposed[agent] === mark && exposureTime[last] === time) {
          size[last]++;
          continue;
        }
        marks.exposed[agent] = mark;
        lastExposure[agent] = exposed.push(agent) - 1;
        exposureTime.push(time);
        size.push(1);
      }
    }
  }
  const contacts = adopter.map((agent) => contactsOf.get(agent) ?? 0);
  return { content, start: adoptionTime[0], adopter, adoptionTime, isSeed, contacts, exposed, exposureTime, size };
}
