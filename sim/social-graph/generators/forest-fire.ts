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
 * looked at: 10^6 agents with 19 ties each took 11.8 CPU seconds, most of it cache misses (`node test/check/generator-task.ts forest-fire
 * 1000000`, seed 1, AMD EPYC, Node 24.21.0, a machine under load). Memory: at most 32 bytes a tie beside the rows.
 * Invariant: agents follow earlier agents only, so that nobody is followed back. Oracle: the same fire over plain lists, tie by tie,
 * and igraph `Forest_Fire` (`test/sim/social-graph/generators/growth-graphs.test.ts`).
 * Source: Leskovec, Kleinberg and Faloutsos, "Graph evolution: densification and shrinking diameters", ACM TKDD 1(1), 2007,
 * section 4.2. Its text gives these means; igraph's manual prints r p (1 - r p), its code computes what stands here.
 */
import { addFollower, createFollowerLists, lengthWord, ownWords, rowWords, startWord } from './follower-lists.ts';
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
  /** Beside its list, an agent's row has its first tie, and the last newcomer that followed it plus one. */
  readonly followers: FollowerLists;
  readonly stream: RandomStream;
  readonly followsMost: number;
}

const [firstTieWord, lastFollowerWord] = ownWords;

/** A graph of `count` agents, oldest first. `seed` is an integer in [0, 2^53). */
export function forestFireGraph(seed: number, count: number, parameters: ForestFireParameters): ForestFireGraph {
  const forest: Forest = {
    ties: createTieList(count * 4),
    // One row more, for the end of the last agent's ties.
    followers: createFollowerLists(count + 1),
    stream: graphStream(seed, graphDraws.fire),
    followsMost: parameters.followsMost,
  };
  const { ties, followers } = forest;
  let stoppedFireCount = 0;
  for (let newcomer = 1; newcomer < count; newcomer++) {
    if (!burn(forest, newcomer, parameters)) stoppedFireCount++;
    const first = followers.row[newcomer * rowWords + firstTieWord];
    for (let i = first; i < ties.count; i++) addFollower(followers, ties.followee[i], newcomer);
    followers.row[(newcomer + 1) * rowWords + firstTieWord] = ties.count;
  }
  const { followOffset, followee } = rowsOfTies(count, ties);
  return { followOffset, followee, stoppedFireCount };
}

/** The fire of one newcomer. False if it was stopped. */
function burn(forest: Forest, newcomer: number, parameters: ForestFireParameters): boolean {
  const { ties, followers, stream } = forest;
  const { row } = followers;
  const first = row[newcomer * rowWords + firstTieWord];
  const most = first + forest.followsMost;
  for (let i = 0; i < parameters.ambassadorCount; i++) {
    const ambassador = stream.below(newcomer);
    if (isFollowed(row, ambassador, newcomer)) continue;
    if (ties.count >= most) return false;
    follow(ties, row, newcomer, ambassador);
  }
  const forwardRate = failureRate(parameters.forwardShare);
  const backwardRate = failureRate(parameters.forwardShare * parameters.backwardRatio);
  for (let at = first; at < ties.count; at++) {
    const burning = ties.followee[at] * rowWords;
    const forward = skip(stream, forwardRate);
    const backward = skip(stream, backwardRate);
    if (forward > 0) {
      const start = row[burning + firstTieWord];
      const end = row[burning + rowWords + firstTieWord];
      // A list must not move while it is walked.
      reserveTies(ties, Math.min(forward, end - start));
      if (!spread(forest, newcomer, most, ties.followee, start, end, forward)) return false;
    }
    if (backward > 0) {
      const start = row[burning + startWord];
      const end = start + row[burning + lengthWord];
      if (!spread(forest, newcomer, most, followers.pool, start, end, backward)) return false;
    }
  }
  return true;
}

/** Follows `wanted` agents of a part of a column who are not followed yet, drawn evenly. False if the fire must stop. */
function spread(
  { ties, followers, stream }: Forest,
  newcomer: number,
  most: number,
  column: Int32Array,
  start: number,
  end: number,
  wanted: number,
): boolean {
  const { row } = followers;
  let last = end;
  let left = wanted;
  while (left > 0 && last > start) {
    const chosen = start + stream.below(last - start);
    const other = column[chosen];
    last--;
    column[chosen] = column[last];
    column[last] = other;
    if (isFollowed(row, other, newcomer)) continue;
    if (ties.count >= most) return false;
    follow(ties, row, newcomer, other);
    left--;
  }
  return true;
}

function isFollowed(row: Int32Array, agent: number, newcomer: number): boolean {
  return row[agent * rowWords + lastFollowerWord] === newcomer + 1;
}

function follow(ties: TieList, row: Int32Array, newcomer: number, other: number): void {
  row[other * rowWords + lastFollowerWord] = newcomer + 1;
  addTie(ties, newcomer, other);
}
