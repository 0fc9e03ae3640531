/**
 * A few agents under a script: what each attempts at each tick, by verb, target and amount; and ways to read what came of it.
 *
 * All agents are awake in every tick and follow whom the order says. Rows are ordinals (the key layout), so that a script can name agents.
 */
import { reasonName } from '../../../sim/exchange/reasons.ts';
import { postRow, shareCountOf } from '../../../sim/world/posts.ts';
import { codeOf, openWorld, smallPlan, tinyPopulation } from '../worlds.ts';
import { externalId } from '../../../sim/world/population.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { ConductPlan, Placement, Plan } from '../../../sim/engine/plan.ts';
import type { OwnVerb } from '../../../sim/exchange/verbs.ts';
import type { Detail } from '../../../sim/exchange/details.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { OpenWorld } from '../worlds.ts';

/** An act: verb, target, amount, and what is said beside. */
export type Line = readonly [verb: string, target?: number | undefined, amount?: number, detail?: Detail];

/** By `tick:ordinal`. */
export type Script = Readonly<Record<string, readonly Line[]>>;

export interface Stage {
  /** Whom the agent with ordinal i follows; as many agents as rows. Four who follow nobody if left out. */
  readonly follows?: readonly (readonly number[])[];
  readonly ticks?: number;
  readonly plan?: Partial<Plan>;
  readonly conduct?: Partial<ConductPlan>;
  /** Ordinals of those who moderate. */
  readonly moderators?: readonly number[];
  readonly verbs?: Readonly<Record<string, OwnVerb>>;
  /** Where it runs, in the key layout unless named: one shard. */
  readonly placement?: Partial<Placement>;
  /** Called in each turn, before the script's acts. */
  readonly watch?: (hand: Hand) => void;
}

/** What came of a script. */
export interface Played {
  readonly world: OpenWorld;
  readonly records: readonly TickRecord[];
  /** Reasons of one agent's intents at a tick, in their order. */
  reasons(tick: number, ordinal: number): string[];
  /** Counters of a post. */
  post(
    id: number,
  ): Readonly<Record<'shares' | 'likes' | 'dislikes' | 'replies' | 'reports' | 'standing', number>> &
    Readonly<Record<'author' | 'origin' | 'parent' | 'root', number>>;
  /** Column of the agents by ordinal. */
  agent(name: 'followerCount' | 'followeeCount' | 'karma' | 'bannedUntil' | 'refusalCount', ordinal: number): number;
  /** Contents that an agent was shown at a tick. */
  seen(tick: number, ordinal: number): number[];
}

const everyVerb = [
  ...['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow', 'unlike', 'dislike', 'undislike', 'upvote'],
  ...['downvote', 'report', 'mute', 'unmute', 'block', 'unblock', 'delete', 'remove', 'label', 'ban', 'unban'],
];

/** A population in which the agent with ordinal i follows the listed ordinals. */
function populationOf(follows: readonly (readonly number[])[]): Population {
  const { ids } = tinyPopulation(follows.map(() => []));
  const numbers = follows.map((_, ordinal) => Number(externalId(ids, ordinal).slice(1)));
  const byNumber = follows.map((_, number) => follows[numbers.indexOf(number)].map((ordinal) => numbers[ordinal]));
  return tinyPopulation(byNumber, 1e7);
}

/** Opens the stage without running a tick. */
export function stageOf(script: Script, stage: Stage = {}): OpenWorld {
  const { follows = [[], [], [], []], moderators = [], conduct, plan: changes, verbs = {}, watch, placement } = stage;
  const population = populationOf(follows);
  const decide = (hand: Hand): void => {
    watch?.(hand);
    const { now, agents } = hand.state;
    for (const [verb, target, amount, detail] of script[`${now.tick}:${agents.ordinal[hand.agent]}`] ?? [])
      hand.act(verb, target, amount, detail);
  };
  const base = smallPlan();
  const plan = smallPlan({
    policies: [{ kind: 'own', name: 'scripted' }],
    allowedVerbs: everyVerb,
    feed: { ...base.feed, recommender: 'recency', exposuresMax: 100 },
    ...changes,
    conduct: {
      ...{ selfRating: true, limits: [], moderation: [], ...conduct },
      moderators: moderators.map((ordinal) => externalId(population.ids, ordinal)),
    },
  });
  const code = codeOf({ policies: { scripted: { decide } }, verbs });
  return openWorld({ code, plan, population, placement: { layout: 'key', ...placement } });
}

/** Plays a script to the end of its last tick, or for `ticks` ticks. */
export async function play(script: Script, stage: Stage = {}): Promise<Played> {
  const world = stageOf(script, stage);
  const last = Math.max(...Object.keys(script).map((key) => Number(key.split(':')[0])));
  const records: TickRecord[] = [];
  for (let tick = 0; tick < (stage.ticks ?? last + 1); tick++) records.push(await world.step());
  return { world, records, ...readers(world, records) };
}

function readers(
  { state }: OpenWorld,
  records: readonly TickRecord[],
): Pick<Played, 'reasons' | 'post' | 'agent' | 'seen'> {
  return {
    reasons(tick, ordinal) {
      const { actor, reason } = records[tick];
      return Array.from(reason, reasonName).filter((_, i) => actor[i] === ordinal);
    },
    post(id) {
      const { posts } = state;
      const row = postRow(posts, id);
      return {
        ...{ shares: shareCountOf(posts.face, row), likes: posts.likeCount[row], dislikes: posts.dislikeCount[row] },
        ...{ replies: posts.replyCount[row], reports: posts.reportCount[row], standing: posts.standing[row] },
        ...{ author: posts.author[row], origin: posts.origin[row], parent: posts.parent[row], root: posts.root[row] },
      };
    },
    agent: (name, ordinal) => state.agents[name][ordinal as AgentRow],
    seen(tick, ordinal) {
      const { agent, origin } = records[tick].seen;
      return Array.from(origin).filter((_, i) => agent[i] === ordinal);
    },
  };
}
