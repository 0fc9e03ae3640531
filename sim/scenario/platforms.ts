/**
 * Platforms as data: what a scenario that names one need not say. Whatever the scenario says itself stands.
 *
 * Sources: feed lengths of x and reddit, and all of oasis-x and oasis-reddit, are the defaults of OASIS (arXiv 2411.11581, package 0.2.5);
 * moltbook's limits are those of its skill file 1.9.0, the other two those of the published server's first release and of skill file
 * 1.11.0, whose limits for an agent's first day hold in the first day of the run; its feed length is that of its heartbeat; forum
 * and market are guesses. What is sold and traded in a market is the scenario's own (`grounds`).
 */
import { validate } from './problems.ts';
import { platformNames, scenarioSchema } from './schema.ts';
import type { Document } from './document.ts';
import type { PlatformName, ScenarioData } from './schema.ts';

type Mapping = Readonly<Record<string, unknown>>;

const relations = ['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock'];
const moderation = ['delete', 'remove', 'label', 'limit', 'ban', 'unban', 'appeal'];
const discovery = ['search', 'searchAgents', 'trend', 'refresh'];
const groups = ['createGroup', 'joinGroup', 'leaveGroup', 'sendToGroup', 'listen'];
const communities = ['createCommunity', 'subscribe', 'unsubscribe', 'pin', 'unpin', 'appoint', 'dismiss'];
const interviews = ['interview', 'answer'];
const dayInSeconds = 86_400;
const firstDay = { untilHours: 24 };
const afterwards = { fromHours: 24 };

const moltbook: Mapping = {
  verbs: [
    ...['post', 'reply', 'upvote', 'downvote', 'follow', 'unfollow', 'message', 'claimHandle'],
    ...[...communities, ...discovery, ...moderation, ...interviews],
  ],
  feed: { recommender: 'hot', length: 15 },
  conduct: {
    selfRating: false,
    limits: [
      { verbs: ['post'], count: 1, seconds: 1800 },
      { verbs: ['reply'], count: 1, seconds: 20 },
      { verbs: ['reply'], count: 50, seconds: dayInSeconds },
    ],
  },
};

/** The verbs that OASIS offers on its two platforms where a study names none. */
const oasisVerbs = {
  x: ['post', 'like', 'repost', 'follow', 'quote'],
  reddit: ['like', 'dislike', 'post', 'reply', 'search', 'searchAgents', 'trend', 'refresh', 'follow', 'mute'],
};

/** As OASIS has them: its verbs, its feeds' lengths, and what it does where that differs (`sim/game-master/COMPAT.md`). */
const oasis: Mapping = { compat: 'oasis', selfRating: true, moderation: [{ id: 'warn', reports: 2, does: 'label' }] };

/** What each platform sets, by field. */
export const platforms: Readonly<Record<PlatformName, Mapping>> = {
  x: {
    verbs: [
      ...['post', 'reply', 'repost', 'quote', 'like', 'unlike', ...relations, 'report', 'message'],
      ...[...discovery, ...groups, ...moderation, ...interviews],
    ],
    feed: { recommender: 'mix', length: 5, outOfNetworkShare: 0.4 },
    conduct: { selfRating: true, moderation: [{ id: 'warn', reports: 2, does: 'label' }] },
  },
  reddit: {
    verbs: [
      ...['post', 'reply', 'like', 'unlike', 'dislike', 'undislike', ...relations, 'report', 'message'],
      ...[...communities, ...discovery, ...moderation, ...interviews],
    ],
    feed: { recommender: 'hot', length: 5 },
    conduct: { selfRating: true, moderation: [{ id: 'warn', reports: 2, does: 'label' }] },
  },
  moltbook,
  'moltbook-1.0.0': {
    ...moltbook,
    conduct: {
      selfRating: false,
      limits: [
        { verbs: ['post'], count: 1, seconds: 1800 },
        { verbs: ['reply'], count: 50, seconds: 3600 },
      ],
    },
  },
  'moltbook-1.11.0': {
    ...moltbook,
    conduct: {
      selfRating: false,
      limits: [
        { verbs: ['post'], count: 1, seconds: 7200, ...firstDay },
        { verbs: ['post'], count: 1, seconds: 1800, ...afterwards },
        { verbs: ['reply'], count: 1, seconds: 60, ...firstDay },
        { verbs: ['reply'], count: 20, seconds: dayInSeconds, ...firstDay },
        { verbs: ['reply'], count: 1, seconds: 20, ...afterwards },
        { verbs: ['reply'], count: 50, seconds: dayInSeconds, ...afterwards },
        { verbs: ['createCommunity'], count: 1, seconds: dayInSeconds, ...firstDay },
        { verbs: ['createCommunity'], count: 1, seconds: 3600, ...afterwards },
      ],
    },
  },
  'oasis-x': {
    verbs: oasisVerbs.x,
    feed: { recommender: 'mix', length: 5, outOfNetworkShare: 0.4 },
    conduct: oasis,
  },
  'oasis-reddit': { verbs: oasisVerbs.reddit, feed: { recommender: 'hot', length: 5 }, conduct: oasis },
  forum: {
    verbs: [
      ...['post', 'reply', 'like', 'unlike', 'report', 'mute', 'unmute', 'message', 'befriend', 'unfriend'],
      ...[...communities, ...discovery, ...moderation, ...interviews],
    ],
    feed: { recommender: 'hot', length: 20 },
    conduct: { selfRating: false, moderation: [{ id: 'take-down', reports: 5, does: 'remove' }] },
  },
  market: {
    verbs: [
      ...['post', 'reply', 'like', 'unlike', 'report', ...relations, 'message', ...discovery, ...moderation],
      ...['buy', 'give', 'bid', 'ask', 'trade', ...interviews],
    ],
    feed: { recommender: 'hot', length: 10 },
    conduct: { selfRating: false, moderation: [{ id: 'take-down', reports: 5, does: 'remove' }] },
  },
};

/** Checks a scenario's document, after its platform has filled in what it leaves out. */
export function scenarioOf(document: Document): ScenarioData {
  return validate(scenarioSchema, withPlatform(document));
}

function withPlatform(document: Document): Document {
  const { value } = document;
  if (!isMapping(value)) return document;
  const name = platformNames.find((one) => one === value.platform);
  return name === undefined ? document : { ...document, value: filled(value, platforms[name]) };
}

/** A mapping with the fields of another where it has none, one level of mappings deep. */
function filled(value: Mapping, given: Mapping): Mapping {
  const result: Record<string, unknown> = { ...value };
  for (const [field, one] of Object.entries(given)) {
    const own = value[field];
    if (own === undefined) result[field] = one;
    else if (isMapping(own) && isMapping(one)) result[field] = { ...one, ...own };
  }
  return result;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
