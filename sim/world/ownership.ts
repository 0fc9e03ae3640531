/**
 * Which shard owns which row. Agents fall to shards by blocks of rows in turn, so that neither a run of hubs nor a run of new
 * agents loads one shard; posts by blocks of sixteen ids, because recent posts have adjacent ids.
 *
 * No outcome may depend on this: it is checked with 1, 2, 3 and 4 shards.
 */

/** Who owns what among `shardCount` shards. Blocks of agents have 2^rowBits rows. */
export interface Ownership {
  readonly shard: number;
  readonly shardCount: number;
  readonly agentCount: number;
  readonly rowBits: number;
}

const postBits = 4;
const rowBitsMin = 5;
const rowBitsMax = 10;

/** Blocks of at least 32 rows (one word of the awake bitmap), at most 1024, and at least eight a shard where there are enough. */
export function ownershipOf(shard: number, shardCount: number, agentCount: number): Ownership {
  const wanted = 31 - Math.clz32(Math.max(1, Math.floor(agentCount / (shardCount * 8))));
  return { shard, shardCount, agentCount, rowBits: Math.min(rowBitsMax, Math.max(rowBitsMin, wanted)) };
}

/** The shard that owns an agent's row. */
export function agentShard(owner: Ownership, row: number): number {
  return (row >>> owner.rowBits) % owner.shardCount;
}

/** The shard that owns the counters of a post. */
export function postShard(owner: Ownership, id: number): number {
  return (id >>> postBits) % owner.shardCount;
}

/** Calls `visit(start, end)` for each block of rows that the shard owns, in the order of rows. */
export function forOwnBlocks(owner: Ownership, visit: (start: number, end: number) => void): void {
  const size = 1 << owner.rowBits;
  for (let start = owner.shard * size; start < owner.agentCount; start += size * owner.shardCount) {
    visit(start, Math.min(owner.agentCount, start + size));
  }
}

/** How many agents the shard owns at most. */
export function ownRowCountMax(owner: Ownership): number {
  const size = 1 << owner.rowBits;
  return Math.ceil(Math.ceil(owner.agentCount / size) / owner.shardCount) * size;
}
