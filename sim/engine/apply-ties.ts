/**
 * Part of apply: follows and unfollows go to the log of the follower's shard, and from time to time from all logs into the rows.
 *
 * Order: changes of a row by the neighbour's ordinal; of several changes of one tie the last one counts. When logs are merged cannot
 * be seen.
 */
import { sortPairs } from '../ground/radix.ts';
import { agentShard } from '../world/ownership.ts';
import { logTie, mergeRow, noTie } from '../social-graph/ties.ts';
import { verbs } from '../exchange/verbs.ts';
import { isCheckpointTick } from './plan.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { IntentRow } from '../exchange/tables.ts';
import type { TieSide } from '../social-graph/ties.ts';
import type { Shard } from './shard.ts';

/** Notes a follow or unfollow that was granted. */
export function applyTie(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { agents, ties } = shard.state;
  const follower = intents.actor[row] as AgentRow;
  const followee = intents.subject[row];
  const sign = intents.verb[row] === verbs.follow ? 1 : -1;
  agents.pendingTie[follower] = logTie(ties, shard.owner.shard, agents.pendingTie[follower], {
    follower,
    followee,
    sign,
  });
  agents.followeeCount[follower] += sign;
}

/** Due every k ticks, or when any log is half full: the moment cannot be seen, so it may depend on the number of shards. */
export function isMergeDue(shard: Shard): boolean {
  const { ties, now } = shard.state;
  if ((now.tick + 1) % shard.placement.mergeTicks === 0 || isCheckpointTick(now.tick, shard.placement)) return true;
  return ties.logs.some((one, i) => ties.logCount[i] * 2 > one.rowCapacity);
}

/** Merges every shard's log into the rows that this shard owns, in both directions. Logs are emptied at the next tick's start. */
export function mergeTies(shard: Shard): void {
  const { ties, agents } = shard.state;
  mergeSide(shard, ties.followees, 'follower', 'followee');
  mergeSide(shard, ties.followers, 'followee', 'follower');
  const own = ties.logs[shard.owner.shard];
  for (let entry = 0 as Id<'tieLogs'>; entry < ties.logCount[shard.owner.shard]; entry++) {
    agents.pendingTie[own.follower[entry] as AgentRow] = noTie;
  }
  shard.mergedTick = shard.state.now.tick;
}

type TieEnd = 'follower' | 'followee';

/** One direction: changes by row, then by the neighbour's ordinal; of several changes of one tie the last one counts. */
function mergeSide(shard: Shard, side: TieSide, rowEnd: TieEnd, neighbourEnd: TieEnd): void {
  const { state, owner } = shard;
  const { logs, logCount } = state.ties;
  const ordinal = state.agents.ordinal as unknown as Int32Array;
  const most = logCount.reduce((sum, one) => sum + one, 0);
  const [row, neighbour, keys, order] = Array.from({ length: 4 }, () => new Int32Array(most));
  const sign = new Int8Array(most);
  let count = 0;
  logs.forEach((log, from) => {
    for (let entry = 0 as Id<'tieLogs'>; entry < logCount[from]; entry++) {
      if (agentShard(owner, log[rowEnd][entry]) !== owner.shard) continue;
      row[count] = log[rowEnd][entry];
      neighbour[count] = log[neighbourEnd][entry];
      sign[count] = log.sign[entry];
      keys[count] = ordinal[neighbour[count]];
      order[count] = count++;
    }
  });
  sortPairs(keys, order, count, shard.radix);
  for (let i = 0; i < count; i++) keys[i] = row[order[i]];
  sortPairs(keys, order, count, shard.radix);
  const changes = { neighbour: new Int32Array(count), sign: new Int8Array(count), count: 0 };
  for (let i = 0; i < count; i++) {
    const one = order[i];
    const isAgain = changes.count > 0 && changes.neighbour[changes.count - 1] === neighbour[one];
    const place = isAgain ? changes.count - 1 : changes.count++;
    changes.neighbour[place] = neighbour[one];
    changes.sign[place] = sign[one];
    if (i + 1 < count && keys[i + 1] === keys[i]) continue;
    mergeRow(side, owner.shard, ordinal, keys[i] as AgentRow, changes);
    changes.count = 0;
  }
}
