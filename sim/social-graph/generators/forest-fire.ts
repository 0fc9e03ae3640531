/**
 * The forest fire: a newcomer follows somebody, then some of those whom that one follows and some of those who follow it, and so on
 * from each of them.
 *
 * Agents join one after the other. A newcomer follows agents drawn evenly from the earlier ones, `ambassadorCount` times (drawn
 * twice counts once). From each agent that it comes to follow, in the order in which it does, it draws x and y, geometric with means
 * p / (1 - p) and r p / (1 - r p), p the forward share and r the backward ratio, and goes on to follow x of that agent's followees
 * and y of its followers, drawn evenly from those it does not follow yet, or all of them if there are fewer.
 * A fire that would give a newcomer more than `followsMost` followees stops there, and such fires are counted: without a bound
 * the densest settings of the model tie everybody to everybody.
 * A newcomer's ties are also the queue of its fire. A draw walks a list by a partial shuffle in place, so that time goes by what is
 * looked at: 10^6 agents take 5 CPU seconds with 8 ties each and 14 with 19, most of it cache misses (AMD EPYC, Node 24.21.0, a
 * machine under load, seed 1). Memory: at most 32 bytes a tie beside the rows.
 * Invariant: agents follow earlier agents only, so that nobody is followed back. Oracle: the same fire over plain lists, tie by tie,
 * and igraph `Forest_Fire` (`test/sim/social-graph/generators/growth-graphs.test.ts`).
 * Source: Leskovec, Kleinberg and Faloutsos, "Graph evolution: densification and shrinking diameters", ACM TKDD 1(1), 2007,
 * section 4.2. Its text gives these means; igraph's manual prints r p (1 - r p), its code computes what stands here.
 */
import { addFollower, createFollowerLists } from './follower-lists.ts';
import { failureRate, graphDraws, graphStream, skip } from './streams.ts';
import { addTie, createTieList, reserveTies, rowsOfTies } from './tie-list.ts';
import type { FollowerLists } from './follower-lists.ts';
import type { FollowRows } from '../prominent.ts';
import type { RandomStream } from '../../ground/philox.ts';
import type { TieList } from './tie-list.ts';

/** Parameters of the forest fire. */
export interface ForestFireParameters {
  /** Forward burning probability p, [0, 1). */
  readonly forwardShare: number;
  /** Backward burning ratio r, from 0, with r p < 1. */
  readonly backwardRatio: number;
  /** Draws of a first agent to follow, an integer from 1. */
  readonly ambassadorCount: number;
  /** Greatest number of agents that one follows, an integer from 1. */
  readonly followsMost: number;
}

/** A graph, and how many agents would have followed more than `followsMost`. */
export interface ForestFireGraph extends FollowRows {
  readonly stoppedFireCount: number;
}

/** What one fire after the other reads and writes. */
interface Forest {
  readonly ties: TieList;
  readonly followers: FollowerLists;
  /** The first tie of each agent. */
  readonly firstTie: Int32Array;
  /** The last newcomer that followed each agent, -1 before. */
  readonly lastFollower: Int32Array;
  readonly stream: RandomStream;
  readonly followsMost: number;
}

/** A graph of `count` agents, oldest first. `seed` is an integer in [0, 2^53). */
export function forestFireGraph(seed: number, count: number, parameters: ForestFireParameters): ForestFireGraph {
  const forest: Forest = {
    ties: createTieList(count * 4),
    followers: createFollowerLists(count),
    firstTie: new Int32Array(count + 1),
    lastFollower: new Int32Array(count).fill(-1),
    stream: graphStream(seed, graphDraws.fire),
    followsMost: parameters.followsMost,
  };
  let stoppedFireCount = 0;
  for (let newcomer = 1; newcomer < count; newcomer++) {
    if (!burn(forest, newcomer, parameters)) stoppedFireCount++;
    const { ties, followers, firstTie } = forest;
    for (let i = firstTie[newcomer]; i < ties.count; i++) addFollower(followers, ties.followee[i], newcomer);
    firstTie[newcomer + 1] = ties.count;
  }
  const { followOffset, followee } = rowsOfTies(count, forest.ties);
  return { followOffset, followee, stoppedFireCount };
}

/** The fire of one newcomer. False if it was stopped. */
function burn(forest: Forest, newcomer: number, parameters: ForestFireParameters): boolean {
  const { ties, firstTie, lastFollower, stream } = forest;
  for (let i = 0; i < parameters.ambassadorCount; i++) {
    const ambassador = stream.below(newcomer);
    if (lastFollower[ambassador] !== newcomer && !follow(forest, newcomer, ambassador)) return false;
  }
  const forwardRate = failureRate(parameters.forwardShare);
  const backwardRate = failureRate(parameters.forwardShare * parameters.backwardRatio);
  for (let at = firstTie[newcomer]; at < ties.count; at++) {
    const burning = ties.followee[at];
    const forward = skip(stream, forwardRate);
    const backward = skip(stream, backwardRate);
    if (forward > 0 && !spreadForward(forest, newcomer, burning, forward)) return false;
    if (backward > 0 && !spreadBackward(forest, newcomer, burning, backward)) return false;
  }
  return true;
}

function spreadForward(forest: Forest, newcomer: number, burning: number, wanted: number): boolean {
  const { ties, firstTie } = forest;
  const start = firstTie[burning];
  const end = firstTie[burning + 1];
  // A list must not move while it is walked.
  reserveTies(ties, Math.min(wanted, end - start));
  return spread(forest, newcomer, ties.followee, { start, end, wanted });
}

function spreadBackward(forest: Forest, newcomer: number, burning: number, wanted: number): boolean {
  const { followers } = forest;
  const start = followers.start[burning];
  return spread(forest, newcomer, followers.pool, { start, end: start + followers.length[burning], wanted });
}

/** Follows `wanted` agents of a part of a column who are not followed yet, drawn evenly. False if the fire must stop. */
function spread(
  forest: Forest,
  newcomer: number,
  column: Int32Array,
  part: { readonly start: number; readonly end: number; readonly wanted: number },
): boolean {
  const { lastFollower, stream } = forest;
  let { end, wanted } = part;
  while (wanted > 0 && end > part.start) {
    const chosen = part.start + stream.below(end - part.start);
    const other = column[chosen];
    end--;
    column[chosen] = column[end];
    column[end] = other;
    if (lastFollower[other] === newcomer) continue;
    if (!follow(forest, newcomer, other)) return false;
    wanted--;
  }
  return true;
}

/** Adds a tie. False, and no tie, if the newcomer follows as many as it may. */
function follow({ ties, firstTie, lastFollower, followsMost }: Forest, newcomer: number, other: number): boolean {
  if (ties.count - firstTie[newcomer] >= followsMost) return false;
  lastFollower[other] = newcomer;
  addTie(ties, newcomer, other);
  return true;
}
