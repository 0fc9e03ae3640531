/**
 * A stage for groups, letters, communities, names and words: the verbs, a world of agents who try all of it, and the state in words, agents
 * by ordinal, so that worlds of any layout and the oracle can be compared.
 */
import { itemKinds, ledgerOf } from '../../../../sim/world/ledger.ts';
import { messageRow } from '../../../../sim/world/messages.ts';
import { textOf } from '../../../../sim/world/texts.ts';
import { reasonName, ruleName } from '../../../../sim/exchange/reasons.ts';
import { searchNames } from '../../../../sim/exchange/searches.ts';
import { pinsMax } from '../../../../sim/exchange/grounds.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../../worlds.ts';
import { play } from '../scripted.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { Hand, OwnPolicy } from '../../../../sim/policy/own.ts';
import type { Placement, Plan } from '../../../../sim/engine/plan.ts';
import type { State } from '../../../../sim/engine/state.ts';
import type { OpenWorld } from '../../worlds.ts';
import type { Line, Played, Script, Stage } from '../scripted.ts';

/** Verbs of the stage. */
export const circleVerbs = [
  ...['post', 'reply', 'mute', 'unmute', 'block', 'unblock', 'remove', 'delete', 'rest', 'quit'],
  ...['message', 'createGroup', 'joinGroup', 'leaveGroup', 'sendToGroup', 'interview', 'answer'],
  ...['createCommunity', 'subscribe', 'unsubscribe', 'pin', 'unpin', 'appoint', 'dismiss', 'claimHandle'],
  ...['search', 'searchAgents', 'trend', 'refresh', 'listen', 'nothing'],
];

export const noGrounds: GroundsPlan = {
  ...{ goods: [], products: [], markets: [], places: [], games: [], scenes: [], groups: [], communities: [] },
  ...{ requestTicks: 5, presence: false },
};

/** Stages are many and small: with the usual room, opening one takes longer than playing on it. */
export const smallRoom = { postCapacity: 512, texts: { bytesMax: 1000, capacityBytes: 65_536 } } as const;

/** An act that says something. */
export function saying(verb: string, text: string, target?: number, argument?: number): Line {
  return [verb, target ?? 0, 0, { text, ...(argument === undefined ? {} : { argument }) }];
}

/** What came of a script, with readers of rulings and of the ledger. */
export interface PlayedCircle extends Played {
  /** `REASON rule result` of one agent's intents at a tick, in their order. */
  rulings(tick: number, ordinal: number): string[];
  readonly summary: CircleSummary;
}

/** Plays a script of these verbs. */
export async function playCircles(
  script: Script,
  { plan, ...stage }: Omit<Stage, 'plan'> & { readonly plan?: Partial<Plan> } = {},
): Promise<PlayedCircle> {
  const played = await play(script, { ...stage, plan: { allowedVerbs: circleVerbs, ...smallRoom, ...plan } });
  return {
    ...played,
    summary: summaryOf(played.world.state),
    rulings(tick, ordinal) {
      const { actor, reason, rule, result } = played.records[tick];
      const all = Array.from(reason, (one, i) => `${reasonName(one)} ${ruleName(rule[i])} ${result[i]}`);
      return all.filter((_, i) => actor[i] === ordinal);
    },
  };
}

/** All that the verbs of the stage keep, in words. */
export interface CircleSummary {
  readonly groups: readonly {
    readonly name: string;
    readonly owner: number;
    readonly size: number;
    readonly members: readonly number[];
    readonly said: readonly string[];
  }[];
  readonly communities: readonly {
    readonly name: string;
    readonly owner: number;
    readonly size: number;
    readonly subscribers: readonly number[];
    readonly moderators: readonly number[];
    readonly pins: readonly number[];
  }[];
  readonly agents: readonly {
    readonly handle: string;
    readonly letters: readonly string[];
    readonly queries: readonly string[];
    readonly lastSearch: number;
    readonly question: string;
  }[];
  readonly openQuestions: number;
}

/** The state in words: agents by ordinal, texts as they read, threads newest first as `sender: text`. */
export function summaryOf({ ledger, texts, messages, agents, rowOfOrdinal, sizes }: State): CircleSummary {
  const { get } = ledgerOf(ledger);
  const all = Array.from({ length: sizes.agentCount }, (_, ordinal) => rowOfOrdinal[ordinal]);
  const ordinalOf = (row: number): number => agents.ordinal[row as AgentRow];
  const having = (of: (row: number) => number): number[] => all.filter((row) => of(row) === 1).map(ordinalOf);
  const thread = (latest: number): string[] => {
    const said: string[] = [];
    for (
      let row = messageRow(messages, latest);
      row !== undefined;
      row = messageRow(messages, messages.previous[row])
    ) {
      said.push(`${ordinalOf(messages.sender[row])}: ${textOf(texts, messages.text[row])}`);
    }
    return said;
  };
  const each = <Value>(count: number, of: (i: number) => Value): Value[] =>
    Array.from({ length: count }, (_, i) => of(i));
  return {
    groups: each(get('itemCount', itemKinds.group), (group) => ({
      name: textOf(texts, get('groupName', group)),
      owner: ordinalOf(get('groupOwner', group) - 1),
      size: get('groupSize', group),
      members: having((row) => get('groupMember', row, group)),
      said: thread(get('groupLatest', group)),
    })),
    communities: each(get('itemCount', itemKinds.community), (community) => ({
      name: textOf(texts, get('communityName', community)),
      owner: ordinalOf(get('communityOwner', community) - 1),
      size: get('communitySize', community),
      subscribers: having((row) => get('subscription', row, community)),
      moderators: having((row) => get('communityRole', row, community)),
      pins: each(pinsMax, (place) => get('pinned', community, place))
        .filter((post) => post > 0)
        .sort((x, y) => x - y),
    })),
    agents: all.map((row) => ({
      handle: textOf(texts, get('handle', row)),
      letters: thread(get('letterLatest', row)),
      queries: searchNames.map((_, kind) => textOf(texts, get('query', row, kind))),
      lastSearch: get('lastSearch', row),
      question: textOf(texts, get('question', row)),
    })),
    openQuestions: get('itemCount', itemKinds.openQuestion),
  };
}

export const chattyCount = 40;

const names = [
  'News',
  'NEWS',
  'news',
  'Straße',
  'STRASSE',
  'Σίσυφος',
  'ΣΊΣΥΦΟΣ',
  'art',
  'Art',
  'a\u0007b',
  'x'.repeat(101),
];
const words = ['good morning', 'no', 'ünïcödé 🌱', '', 'w'.repeat(300)];

/** Tries everything, valid or not, on things that many want. Computes with ordinals and ids, never with rows. */
export const chatty: OwnPolicy = {
  decide(hand) {
    for (let k = 0; k < 4; k++) tryOne(hand, k * 8);
  },
  answer: (hand, question) => (hand.draw(900) < 0.8 ? `to ${question}: ${hand.items.length}` : ''),
};

function tryOne(hand: Hand, index: number): void {
  const below = (place: number, count: number): number => Math.floor(hand.draw(index + place) * count);
  const { rowOfOrdinal, now } = hand.state;
  const agent = rowOfOrdinal[below(2, 8)];
  const [name, word] = [names[below(3, names.length)], words[below(4, words.length)]];
  const thing = below(5, 9) - 1;
  const pinned = hand.communities().flatMap((one) => one.pinned)[0] as number | undefined;
  const own = hand.communities().find(({ owner }) => owner === hand.agent);
  const community = own !== undefined && below(7, 2) === 0 ? own.community : below(6, 7) - 1;
  const post = now.nextPost - 1 - (below(7, 20) === 0 ? 220 : below(5, 6) * below(6, 6));
  const lot = hand.draw(index);
  if (lot < 0.09) hand.act('post', 0, 0, { argument: community });
  else if (lot < 0.145) hand.act(below(3, 4) > 0 ? 'remove' : 'delete', below(4, 4) > 0 ? post : (pinned ?? post));
  else if (lot < 0.16) hand.act(['mute', 'unmute', 'block', 'unblock'][below(3, 4)], agent);
  else if (lot < 0.161) hand.act('quit');
  else if (lot < 0.18) hand.act('rest', 0, 1 + below(3, 2));
  else if (lot < 0.26) hand.act('message', agent, 0, { text: word });
  else if (lot < 0.29) hand.act('createGroup', 0, 0, { text: name });
  else if (lot < 0.42) hand.act(below(4, 3) > 0 ? 'joinGroup' : 'leaveGroup', thing);
  else if (lot < 0.5) hand.act('sendToGroup', thing, 0, { text: word });
  else if (lot < 0.53) hand.act('createCommunity', 0, 0, { text: name });
  else if (lot < 0.63) hand.act(below(4, 3) > 0 ? 'subscribe' : 'unsubscribe', thing);
  else if (lot < 0.73) hand.act(below(3, 5) > 0 ? 'pin' : 'unpin', below(4, 3) === 0 ? post : (pinned ?? post));
  else if (lot < 0.81) hand.act(below(3, 2) > 0 ? 'appoint' : 'dismiss', agent, 0, { argument: community });
  else if (lot < 0.88) hand.act('claimHandle', 0, 0, { text: name });
  else if (lot < 0.9) hand.act('answer', 0, 0, { text: word });
  else if (lot < 0.905) hand.act('interview', 0, 0, { text: word });
  else hand.act(searchNames[below(7, searchNames.length)], 0, 0, { text: word });
}

/** A plan of chatty agents under a scenario that interviews some of them again and again. */
export function chattyPlan(seed: number, changes: Partial<Plan> = {}): Plan {
  return smallPlan({
    ...{ seed, ticks: 20, allowedVerbs: circleVerbs, postCapacity: 256 },
    policies: [{ kind: 'own', name: 'chatty' }],
    conduct: {
      selfRating: true,
      moderators: Array.from({ length: 10 }, (_, i) => `a${i}`),
      limits: [],
      moderation: [],
    },
    texts: { bytesMax: 250, capacityBytes: 1 << 20 },
    interventions: Array.from({ length: 60 }, (_, i) => ({
      ...({ tick: 1 + (i % 15), agent: `a${(i * 7) % chattyCount}`, verb: 'interview' } as const),
      text: `question ${i}`,
    })),
    ...changes,
  });
}

export const chattyCode = codeOf({ policies: { chatty } });

export function chattyPopulation(seed: number) {
  return smallPopulation({ seed, agents: chattyCount, wakesPerDayMean: 30 });
}

/** Opens a world of chatty agents, whose shards go in the order that `pick` says. */
export function chattyWorld(
  plan: Plan,
  placement: Partial<Placement> = {},
  pick?: (count: number) => number,
): OpenWorld {
  return openWorld({ plan, placement, code: chattyCode, population: chattyPopulation(plan.seed) }, pick);
}
