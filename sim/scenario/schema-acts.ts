/**
 * What agents may do, and what a scenario makes them do: names of verbs, and the form of an intervention.
 */
import { z } from 'zod';
import { integer, real } from './schema-fields.ts';

/** Verbs that a scenario may allow; the first seven are allowed where nothing is said. */
export const verbNames = [
  ...(['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow'] as const),
  ...([
    'unlike',
    'dislike',
    'undislike',
    'upvote',
    'downvote',
    'report',
    'mute',
    'unmute',
    'block',
    'unblock',
  ] as const),
  ...(['delete', 'remove', 'label', 'limit', 'ban', 'unban', 'appeal'] as const),
  ...(['search', 'searchAgents', 'trend', 'refresh', 'listen', 'message', 'interview', 'answer'] as const),
  ...(['createGroup', 'joinGroup', 'leaveGroup', 'sendToGroup'] as const),
  ...(['createCommunity', 'subscribe', 'unsubscribe', 'pin', 'unpin', 'appoint', 'dismiss', 'claimHandle'] as const),
  ...(['befriend', 'unfriend', 'buy', 'give', 'bid', 'ask', 'trade', 'play', 'move', 'rest', 'quit', 'try'] as const),
  ...(['lean', 'reassign'] as const),
] as const;

/** Verbs that are allowed where nothing is said. */
export const usualVerbs = verbNames.slice(0, 7);

const question = z.string().min(1).max(4000).meta({ description: 'what is asked, in words' });

/** A typed question: one of some options, a number in a range, or a text. */
const survey = z.union([
  z.strictObject({ question, options: z.array(z.string().min(1).max(200)).min(2).max(100) }),
  z.strictObject({ question, least: z.number().min(-1e9).max(1e9), most: z.number().min(-1e9).max(1e9) }),
  z.strictObject({
    question,
    lengthMax: integer({ description: 'longest answer', unit: 'characters' }, 1, 10_000).default(500),
  }),
]);

/** Something that an agent is made to do. Names of things are resolved when the scenario is compiled. */
export const intervention = z.strictObject({
  tick: integer({ description: 'when', unit: 'tick' }, 0, 1e9),
  everyTicks: integer(
    { description: 'repeats it after so many ticks, again and again', unit: 'ticks' },
    1,
    1e9,
  ).optional(),
  times: integer(
    { description: 'how often it is done, if it repeats; else to the end', unit: 'times' },
    1,
    100_000,
  ).optional(),
  agent: z.string().min(1).meta({ description: 'external id of the agent' }),
  verb: z.enum(verbNames).default('post').meta({ description: 'what the agent does' }),
  target: z.string().min(1).optional().meta({ description: 'external id of the agent acted on' }),
  post: integer({ description: 'number of the post acted on', unit: 'post' }, 1, 2147483647).optional(),
  item: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'name of the group, community, product, good, place or game acted on' }),
  about: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'what it is about: the community posted in, the good given, the choice in a game' }),
  amount: integer(
    {
      description: 'hours of a ban or a rest, units of a good, the value leant to, the number of a policy',
      unit: 'hours or units',
    },
    -2147483647,
    2147483647,
  ).optional(),
  price: integer({ description: 'price of one unit', unit: 'units of money' }, 0, 2147483647).optional(),
  text: z.string().min(1).max(65_536).optional().meta({ description: 'what is said' }),
  survey: survey.optional().meta({ description: 'what an interview asks, where the answer has a type' }),
  appeal: real({ description: 'added to every reader’s log-odds', unit: 'logits' }, -20, 20).optional(),
});
