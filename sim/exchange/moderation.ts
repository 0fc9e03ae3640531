/**
 * The platform's own rules: what happens to a post that enough agents reported. Each is data with an id and a version.
 *
 * In the tick after the report that reaches the threshold, the platform attempts the act as an intent of its own, which gets a ruling
 * that names the rule like any other; so nothing is done past the Game Master.
 */

/** A rule of moderation, as a plan holds it. */
export interface ModerationRule {
  readonly id: string;
  readonly version: number;
  /** Reports of different agents from which on the rule applies. */
  readonly reports: number;
  readonly does: 'label' | 'limit' | 'remove' | 'ban';
  /** Length of a ban of the post's author. */
  readonly hours: number;
}

/** Acts of the platform in one tick; what is left waits for the next. */
export const platformActsMax = 200;

/** Rulings on acts of the platform name the rule: this number and its place in the scenario's list. */
export const firstModerationRule = 100;

/** Reports that reached a threshold and wait: per shard a count, then pairs (post, rule). */
export const moderationQueueLength = 1 + 2 * 65_536;

/** Notes that a post reached a rule's threshold. Beyond the queue's end a hit is lost: 65,536 in one tick and shard. */
export function noteHit(queue: Int32Array, post: number, rule: number): void {
  const count = queue[0];
  if (1 + 2 * (count + 1) > moderationQueueLength) return;
  queue[1 + 2 * count] = post;
  queue[2 + 2 * count] = rule;
  queue[0] = count + 1;
}

/**
 * Takes the first hits of all queues in the order (post, rule) and leaves the others in the first queue. Called by one shard while no
 * other touches a queue.
 */
export function takeHits(queues: readonly Int32Array[]): { readonly post: number; readonly rule: number }[] {
  const hits = queues.flatMap((queue) =>
    Array.from({ length: queue[0] }, (_, i) => ({ post: queue[1 + 2 * i], rule: queue[2 + 2 * i] })),
  );
  for (const queue of queues) queue[0] = 0;
  hits.sort((x, y) => x.post - y.post || x.rule - y.rule);
  for (const { post, rule } of hits.slice(platformActsMax)) noteHit(queues[0], post, rule);
  return hits.slice(0, platformActsMax);
}
