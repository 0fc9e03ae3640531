/**
 * Ventures: what agents attempt on one thing within a stretch of time, alone or together, and what came of it.
 *
 * A venture is a series of acts on one object: `chain`, the longest in which no act comes later than a window after the one before, or `span`, all
 * that comes within a window of its first act, the next act beginning another. It is *joint* if at least
 * two agents acted in it, *alone* if one did. Acts are handed in by time; open ventures are kept by object, so memory goes with objects, not acts.
 * Invariant: every act is in one venture. Oracle: cutting the sorted acts of each object (`test/analysis/measures/cooperation.test.ts`).
 */

/** Ventures as columns; all have one length. */
export interface Ventures {
  readonly isJoint: Uint8Array;
  /** Acts. */
  readonly size: Int32Array;
  /** Distinct agents. */
  readonly agentCount: Int32Array;
  /** Hours of the first act. */
  readonly time: Float64Array;
  /** What matching is exact on. */
  readonly stratum: Int32Array;
  /** Success, 0 or 1, or another outcome; NaN where none is known. */
  readonly outcome: Float64Array;
}

interface OpenVenture {
  first: number;
  last: number;
  size: number;
  readonly agents: Set<number>;
  readonly stratum: number;
  outcome: number;
  /** Agents one of whose acts had an outcome above 0; kept only where two are needed. */
  readonly hitAgents: Set<number>;
}

interface ClosedVenture {
  readonly venture: OpenVenture;
  readonly agentCount: number;
}

/** Where a window is measured from: the act before, or the venture's first. */
export type WindowKind = 'chain' | 'span';

/** Gathers ventures of one kind. */
export class VentureGatherer {
  private readonly windowHours: number;
  private readonly window: WindowKind;
  private readonly hitAgentsMin: number;
  private readonly open = new Map<number, OpenVenture>();
  private readonly closed: ClosedVenture[] = [];
  private readonly agents = new Set<number>();

  /** `hitAgentsMin`: from how many agents with an outcome above 0 on a venture succeeds; by default one, and its outcome is the greatest. */
  constructor(windowHours: number, window: WindowKind, hitAgentsMin = 1) {
    this.windowHours = windowHours;
    this.window = window;
    this.hitAgentsMin = hitAgentsMin;
  }

  /** An act on an object. */
  add(object: number, actor: number, hours: number, outcome: number, stratum = 0): void {
    this.agents.add(actor);
    let venture = this.open.get(object);
    const from = this.window === 'chain' ? venture?.last : venture?.first;
    if (venture !== undefined && hours - (from ?? hours) > this.windowHours) {
      this.close(venture);
      venture = undefined;
    }
    if (venture === undefined) {
      venture = {
        first: hours,
        last: hours,
        size: 0,
        agents: new Set(),
        stratum,
        outcome: Number.NaN,
        hitAgents: new Set(),
      };
      this.open.set(object, venture);
    }
    venture.last = hours;
    venture.size++;
    venture.agents.add(actor);
    if (this.hitAgentsMin === 1) {
      if (!(venture.outcome >= outcome)) venture.outcome = outcome;
      return;
    }
    if (outcome > 0) venture.hitAgents.add(actor);
    venture.outcome = venture.hitAgents.size >= this.hitAgentsMin ? 1 : 0;
  }

  private close(venture: OpenVenture): void {
    this.closed.push({ venture, agentCount: venture.agents.size });
    venture.agents.clear();
    venture.hitAgents.clear();
  }

  /** Agents that acted at all. */
  get actorCount(): number {
    return this.agents.size;
  }

  /** All ventures, those still open included, in the order of their ends. Ends the gathering. */
  finish(): Ventures {
    for (const venture of this.open.values()) this.close(venture);
    this.open.clear();
    const whole = (value: (one: ClosedVenture) => number): Int32Array => Int32Array.from(this.closed, value);
    const real = (value: (one: ClosedVenture) => number): Float64Array => Float64Array.from(this.closed, value);
    return {
      isJoint: Uint8Array.from(this.closed, ({ agentCount }) => (agentCount >= 2 ? 1 : 0)),
      agentCount: whole(({ agentCount }) => agentCount),
      size: whole(({ venture }) => venture.size),
      stratum: whole(({ venture }) => venture.stratum),
      time: real(({ venture }) => venture.first),
      outcome: real(({ venture }) => venture.outcome),
    };
  }
}

/** One list after the other. */
export function joinVentures(one: Ventures, other: Ventures): Ventures {
  const bytes = new Uint8Array(one.isJoint.length + other.isJoint.length);
  bytes.set(one.isJoint);
  bytes.set(other.isJoint, one.isJoint.length);
  return {
    isJoint: bytes,
    size: joined(one.size, other.size),
    agentCount: joined(one.agentCount, other.agentCount),
    time: joinedReals(one.time, other.time),
    stratum: joined(one.stratum, other.stratum),
    outcome: joinedReals(one.outcome, other.outcome),
  };
}

function joined(one: Int32Array, other: Int32Array): Int32Array {
  const all = new Int32Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

function joinedReals(one: Float64Array, other: Float64Array): Float64Array {
  const all = new Float64Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

/** The ventures for which the flag is set. */
export function ventureRows(ventures: Ventures, isKept: (row: number) => boolean): Ventures {
  const rows = Int32Array.from(ventures.isJoint.keys()).filter(isKept);
  return {
    isJoint: Uint8Array.from(rows, (row) => ventures.isJoint[row]),
    size: rows.map((row) => ventures.size[row]),
    agentCount: rows.map((row) => ventures.agentCount[row]),
    time: Float64Array.from(rows, (row) => ventures.time[row]),
    stratum: rows.map((row) => ventures.stratum[row]),
    outcome: Float64Array.from(rows, (row) => ventures.outcome[row]),
  };
}
