/**
 * Endpoints that the worlds of one process share: their queues, limits and allowance of retries are those of all worlds together.
 *
 * Worlds may differ in classes, prices and caps; worlds with the same endpoints and limits share one pool, and see their own settings on it. Each pool
 * is looked at once, before its first world writes anything. Order: worlds queue as they come; what they get does not depend on it.
 */
import { checkEndpoints } from '../../sim/llm/preflight.ts';
import { createModelPool } from '../../sim/llm/pool.ts';
import { narrower } from './model-caps.ts';
import type { ModelsOrder } from '../../sim/engine/models.ts';
import type { ModelPool } from '../../sim/llm/pool.ts';
import type { Caps } from '../../sim/llm/settings.ts';

/** Pools by what they are made of. */
export class SharedEndpoints {
  readonly #pools = new Map<string, { readonly pool: ModelPool; looked?: Promise<void> }>();

  /** How a world asks: by its own settings, within `cap` as well as its own caps, over endpoints that are shared. Throws INPUT_ENDPOINT as a run does. */
  async shared({ settings, whenDown }: ModelsOrder, cap: Caps | undefined): Promise<ModelsOrder> {
    const key = JSON.stringify([settings.endpoints, settings.limits]);
    const entry = this.#pools.get(key) ?? { pool: createModelPool(settings) };
    this.#pools.set(key, entry);
    if (whenDown === 'stop') await (entry.looked ??= checkEndpoints(entry.pool));
    const own = { ...settings, caps: narrower(settings.caps, cap) };
    return { settings: own, whenDown, pool: { ...entry.pool, settings: own } };
  }

  /** Closes idle connections. */
  close(): void {
    for (const { pool } of this.#pools.values()) pool.close();
    this.#pools.clear();
  }
}
