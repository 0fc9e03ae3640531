/**
 * Platforms as data: what a scenario that names one need not say. Whatever the scenario says itself stands.
 *
 * Sources: the allowed verbs and feed lengths of x and reddit are the defaults of OASIS (arXiv 2411.11581, package 0.2.5); moltbook's
 * limits are those of its skill file 1.9.0, its feed length that of its heartbeat; forum is a guess.
 */
import { validate } from './problems.ts';
import { platformNames, scenarioSchema } from './schema.ts';
import type { Document } from './document.ts';
import type { PlatformName, ScenarioData } from './schema.ts';

type Mapping = Readonly<Record<string, unknown>>;

const relations = ['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock'];
const moderation = ['delete', 'remove', 'label', 'ban', 'unban'];
const dayInSeconds = 86_400;

/** What each platform sets, by field. */
export const platforms: Readonly<Record<PlatformName, Mapping>> = {
  x: {
    verbs: ['post', 'reply', 'repost', 'quote', 'like', 'unlike', ...relations, 'report', ...moderation],
    feed: { recommender: 'mix', length: 5, outOfNetworkShare: 0.4 },
    conduct: { selfRating: true, moderation: [{ id: 'warn', reports: 2, does: 'label' }] },
  },
  reddit: {
    verbs: ['post', 'reply', 'like', 'unlike', 'dislike', 'undislike', ...relations, 'report', ...moderation],
    feed: { recommender: 'hot', length: 5 },
    conduct: { selfRating: true, moderation: [{ id: 'warn', reports: 2, does: 'label' }] },
  },
  moltbook: {
    verbs: ['post', 'reply', 'upvote', 'downvote', 'follow', 'unfollow', ...moderation],
    feed: { recommender: 'hot', length: 15 },
    conduct: {
      selfRating: false,
      limits: [
        { verbs: ['post'], count: 1, seconds: 1800 },
        { verbs: ['reply'], count: 1, seconds: 20 },
        { verbs: ['reply'], count: 50, seconds: dayInSeconds },
      ],
    },
  },
  forum: {
    verbs: ['post', 'reply', 'like', 'unlike', 'report', 'mute', 'unmute', ...moderation],
    feed: { recommender: 'hot', length: 20 },
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
