/**
 * What the phases before apply may see: the state at the start of the tick, read-only, and the numbers of the tick.
 *
 * Rows are addresses. Whoever lists things to a user's code lists them in canonical order (ordinals, post ids).
 */
import type { AgentsView, Attributes, Exposures, Recents } from '../world/agents.ts';
import type { Archetypes } from '../world/archetypes.ts';
import type { Boards } from '../world/boards.ts';
import type { PostsView } from '../world/posts.ts';
import type { Memories } from '../world/memories.ts';
import type { MessagesView } from '../world/messages.ts';
import type { Pairs } from '../world/pairs.ts';
import type { ReaderVectors } from '../world/reader-vectors.ts';
import type { Texts } from '../world/texts.ts';
import type { TopicIndex } from '../world/topic-index.ts';
import type { Ownership } from '../world/ownership.ts';
import type { Ties } from '../social-graph/ties.ts';
import type { Quotas } from '../world/quotas.ts';

/** Numbers that hold for one tick. */
export interface TickNumbers {
  readonly tick: number;
  readonly tickSeconds: number;
  /** Hours since midnight at the start of the tick, in [0, 24). */
  readonly hourOfDay: number;
  /** The seed of the run: what is drawn once for a run and not tick by tick is keyed by it. */
  readonly seed: number;
  /** Lanes' seeds: see `sim/ground/random.ts`. */
  readonly seedA: number;
  readonly seedB: number;
  /** The id that the next post will get; ids from `oldestPost` on are in the window. */
  readonly nextPost: number;
  readonly oldestPost: number;
}

/** Sizes that hold for one run. */
export interface Sizes {
  readonly agentCount: number;
  readonly feedLength: number;
  /** Contents that an agent remembers having seen: the parameter m. */
  readonly memoryLength: number;
  readonly attributeNames: readonly string[];
  /** Units of each good that an agent has at the start. */
  readonly initialUnits: readonly number[];
  /** Whether posts can be taken away in this run. */
  readonly hasRemovals: boolean;
}

/** The world as every phase but apply sees it. */
export interface StateView {
  readonly sizes: Sizes;
  readonly agents: AgentsView;
  readonly rowOfOrdinal: ArrayLike<number>;
  readonly recents: { readonly [Name in keyof Recents]: Recents[Name] };
  readonly exposures: { readonly [Name in keyof Exposures]: Exposures[Name] };
  readonly attributes: { readonly [Name in keyof Attributes]: Attributes[Name] };
  readonly posts: PostsView;
  readonly boards: { readonly [Name in keyof Boards]: Boards[Name] };
  readonly ties: Ties;
  readonly reactions: Pairs;
  readonly bonds: Pairs;
  /** See `sim/world/ledger.ts`. */
  readonly ledger: Pairs;
  readonly messages: MessagesView;
  /** Notes of this shard's agents. */
  readonly memories: Memories;
  /** What is known of archetypes, where a policy has some. */
  readonly archetypes: Archetypes;
  readonly texts: Texts;
  readonly quotas: Quotas;
  /** Where a feed of the run looks for neighbours in the index. */
  readonly topics: TopicIndex | undefined;
  /** Where readers are vectors of a model of meaning. */
  readonly meaning: ReaderVectors | undefined;
  readonly owner: Ownership;
  readonly now: TickNumbers;
}
