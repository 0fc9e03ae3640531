/**
 * The state of both worlds as plain rows, so that a test can ask whether the engine and its oracle hold the same: every agent with its
 * relations, memory and limits, every post in the window, every board.
 *
 * Reads a hand-driven world after `peek`, when the boards have taken the tick's offers. Rows are in the order of ordinals and ids.
 */
import { actedBit, recentLength, seenMax } from '../../../sim/world/agents.ts';
import { boardCount, boardLength } from '../../../sim/world/boards.ts';
import { bondBits, forPairs, reactionBits } from '../../../sim/world/pairs.ts';
import { appealOf, postRow, shareCountOf, standings, topicOfPost } from '../../../sim/world/posts.ts';
import { currentFollowees } from '../../../sim/social-graph/ties.ts';
import { agentShard } from '../../../sim/world/ownership.ts';
import { reasonName } from '../../../sim/exchange/reasons.ts';
import { mainTopic } from './oracle-feed.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { Pairs } from '../../../sim/world/pairs.ts';
import type { Shard } from '../../../sim/engine/shard.ts';
import type { OpenWorld } from '../worlds.ts';
import type { Agent, Post, World } from './oracle-world.ts';

/** A row of either world: names and plain values. */
export type StateRow = Readonly<Record<string, unknown>>;

export interface WholeState {
  readonly agents: readonly StateRow[];
  readonly posts: readonly StateRow[];
  readonly boards: readonly (readonly number[])[];
}

const kindNames = ['none', 'post', 'reply', 'repost', 'quote'];

/** What the oracle's world holds. */
export function oracleState(world: World): WholeState {
  const live = [...world.posts.values()].filter((post) => post.id >= world.oldestPost);
  return {
    agents: world.agents.map((agent) => oracleAgent(world, agent)),
    posts: live.map(oraclePost),
    // A feed that looks at no board keeps none.
    boards: world.boards.map((board) => (keepsBoards(world) ? board.map(({ id }) => id) : [])),
  };
}

function keepsBoards({ plan }: World): boolean {
  return plan.feed.recommender !== 'recency' && plan.feed.recommender !== 'none';
}

function oracleAgent(world: World, agent: Agent): StateRow {
  const { follows, mutes, blocks, memory, latest, lastRefusal, reactions, spent } = agent;
  const bits = (other: Agent): number =>
    (mutes.has(other) ? bondBits.mute : 0) |
    (blocks.has(other) ? bondBits.block : 0) |
    (other.blocks.has(agent) ? bondBits.blockedBy : 0);
  const bonds = world.agents.filter((other) => bits(other) !== 0);
  const done = [...reactions].filter(([post, now]) => post.id >= world.oldestPost && now.size > 0);
  return {
    ordinal: agent.ordinal,
    ...{ karma: agent.karma, bannedUntil: agent.bannedUntil, posts: agent.posts, refusals: agent.refusals },
    refusal: lastRefusal === undefined ? 'none' : Object.values(lastRefusal).join(' '),
    followers: world.agents.filter((other) => other.follows.has(agent)).length,
    followees: [...follows].map(({ ordinal }) => ordinal).sort((x, y) => x - y),
    bonds: bonds.map((other) => [other.ordinal, bits(other)]),
    bondCount: bonds.length,
    latest: latest.flatMap(({ id, origin }) => [id, origin.id]),
    memory: memory.map(({ origin, seen, acted }) => `${origin.id} ${seen} ${acted}`).sort(),
    reactions: done
      .map(([post, now]) => [post.id, [...now].reduce((sum, one) => sum | reactionBits[one], 0)])
      .sort(([x], [y]) => x - y),
    spent: spent.map((ticks, i) => [ticks.length, ...lastOf(ticks, world.plan.conduct.limits[i].count)]),
  };
}

function lastOf(ticks: readonly number[], count: number): number[] {
  return ticks.slice(-count);
}

function oraclePost(post: Post): StateRow {
  const { id, author, parent, origin, root, tick, kind, shares, likes, dislikes, replies, reports, appeal } = post;
  return {
    ...{ id, author: author.ordinal, parent: parent?.id ?? 0, origin: origin.id, root: root.id, tick, kind },
    ...{ shares, likes, dislikes, replies, reports, appeal, standing: standingOf(post) },
    topic: mainTopic(post.topic),
  };
}

/** What the engine's world holds. */
export function engineState(world: OpenWorld): WholeState {
  const { state, shards } = world;
  const { now, agents, boards } = state;
  const rows = Array.from(state.rowOfOrdinal).slice(0, state.sizes.agentCount) as AgentRow[];
  const ids = Array.from({ length: now.nextPost - now.oldestPost }, (_, i) => now.oldestPost + i);
  return {
    agents: rows.map((row) => engineAgent(shards[agentShard(shards[0].owner, row)], row)),
    posts: ids.map((id) => enginePost(world, id)),
    boards: Array.from({ length: boardCount }, (_, board) => {
      const posts = boards.post as unknown as Int32Array;
      return Array.from(posts.subarray(board * boardLength, (board + 1) * boardLength)).filter((id) => id > 0);
    }),
  };
  function enginePost({ state: { posts } }: OpenWorld, id: number): StateRow {
    const row = postRow(posts, id);
    return {
      ...{ id, author: agents.ordinal[posts.author[row] as AgentRow], parent: posts.parent[row] },
      ...{ origin: posts.origin[row], root: posts.root[row], tick: posts.tick[row], kind: kindNames[posts.kind[row]] },
      ...{ shares: shareCountOf(posts.face, row), likes: posts.likeCount[row], dislikes: posts.dislikeCount[row] },
      ...{ replies: posts.replyCount[row], reports: posts.reportCount[row], appeal: appealOf(posts.face, row) },
      ...{ standing: posts.standing[row], topic: topicOfPost(posts.face, row) },
    };
  }
}

function engineAgent(shard: Shard, row: AgentRow): StateRow {
  const { state, book } = shard;
  const { agents, sizes, ties, now } = state;
  const log = ties.logs[shard.owner.shard];
  const followees = [...currentFollowees(ties, log, agents.pendingTie[row], row, agents.ordinal)] as AgentRow[];
  const [refusals, tick, reason] = [agents.refusalCount[row], agents.refusalTick[row], agents.refusalReason[row]];
  const recent = state.recents.entry as unknown as Int32Array;
  const seen = state.exposures.seen as unknown as Uint8Array;
  const origins = state.exposures.origin as unknown as Int32Array;
  const memory = Array.from({ length: sizes.memoryLength }, (_, k) => row * sizes.memoryLength + k);
  return {
    ordinal: agents.ordinal[row],
    ...{ karma: agents.karma[row], bannedUntil: agents.bannedUntil[row], posts: agents.postCount[row], refusals },
    refusal: refusals === 0 ? 'none' : `${tick} ${reasonName(reason)} ${agents.retryTick[row]}`,
    followers: agents.followerCount[row],
    followees: followees.map((one) => agents.ordinal[one]).sort((x, y) => x - y),
    bonds: pairsOf(state.bonds, row, 0)
      .map(([other, bits]) => [agents.ordinal[other as AgentRow], bits])
      .sort(byFirst),
    bondCount: agents.bondCount[row],
    latest: Array.from(recent.subarray(row * recentLength * 2, (row + 1) * recentLength * 2)).filter((id) => id > 0),
    memory: memory
      .filter((place) => origins[place] > 0)
      .map((place) => `${origins[place]} ${seen[place] & seenMax} ${(seen[place] & actedBit) !== 0}`)
      .sort(),
    reactions: pairsOf(state.reactions, row, now.oldestPost).sort(byFirst),
    spent: book.conduct.limits.map(({ index, count, stride, offset }, _, { length }) => {
      const used = state.quotas.used[row * length + index];
      const kept = Math.min(used, count);
      const ring = Array.from({ length: kept }, (_empty, k) => row * stride + offset + ((used - kept + k) % count));
      return [used, ...ring.map((place) => state.quotas.tick[place])];
    }),
  };
}

function byFirst([x]: readonly number[], [y]: readonly number[]): number {
  return x - y;
}

function pairsOf(pairs: Pairs, row: number, dropBelow: number): number[][] {
  const found: number[][] = [];
  forPairs(pairs, dropBelow, (subject, object, value) => {
    if (subject === row) found.push([object, value]);
  });
  return found;
}

function standingOf({ standing }: Post): number {
  return [...standing].reduce((bits, one) => bits | standings[one], 0);
}
