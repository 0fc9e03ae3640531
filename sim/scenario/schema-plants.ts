/**
 * Planted truth: the part of a scenario that says which perturbations it carries, so that what an analysis finds can be scored.
 *
 * Who the members are is drawn by key and stands in the run's truth file alone. Plants are taken in the order of the scenario: who is a
 * member of one is not drawn for the next. Numbers are choices of an experiment, not estimates of anything.
 */
import { z } from 'zod';
import { integer, name, real, share } from './schema-fields.ts';

const window = {
  name: name.meta({ description: 'name of the plant' }),
  fromTick: integer({ description: 'first tick in which it acts', unit: 'tick' }, 0, 1e9).default(0),
  untilTick: integer(
    { description: 'it acts before this tick; to the end where nothing is said', unit: 'tick' },
    1,
    1e9,
  ).optional(),
};

const participation = (initial: number) => share({ description: 'probability that a member takes part' }, initial);
const spread = integer({ description: 'latest act after the moment that all know of', unit: 'ticks' }, 0, 10_000);

const ring = z.strictObject({
  kind: z.literal('ring'),
  ...window,
  size: integer({ description: 'members', unit: 'agents' }, 2, 10_000).default(10),
  jointTargets: integer({ description: 'posts that members act on together', unit: 'posts' }, 1, 10_000).default(20),
  participationShare: participation(0.5),
  spreadTicks: spread.default(1),
  aims: z.enum(['members', 'anyone']).default('anyone').meta({
    description: 'posts of members, who write them for it, or posts of anyone',
  }),
  lookbackTicks: integer({ description: 'how old posts of anyone may be', unit: 'ticks' }, 1, 10_000).default(20),
  verb: z
    .enum(['like', 'upvote', 'downvote', 'dislike', 'repost', 'reply'])
    .default('like')
    .meta({ description: 'what members do to the posts' }),
  camouflagePerDay: real(
    { description: 'acts of a member on posts drawn for it alone', unit: 'per day', source: 'choice' },
    0,
    1000,
  ).default(0),
});

const cartel = z.strictObject({
  kind: z.literal('cartel'),
  ...window,
  size: integer({ description: 'members', unit: 'agents' }, 2, 10_000).default(3),
  good: name.meta({ description: 'good of one of the markets' }),
  price: integer({ description: 'price below which no member offers', unit: 'units of money' }, 1, 2147483647),
  amount: integer({ description: 'offered at once', unit: 'units' }, 1, 1_000_000).default(1),
  everyTicks: integer({ description: 'from one offer to the next', unit: 'ticks' }, 1, 1e9).default(1),
  participationShare: participation(1),
});

const sockPuppets = z.strictObject({
  kind: z.literal('sock-puppets'),
  ...window,
  hands: integer({ description: 'hands that hold accounts', unit: 'hands' }, 1, 1000).default(1),
  accountsPerHand: integer({ description: 'accounts of a hand', unit: 'agents' }, 2, 1000).default(5),
  messagesPerHand: integer({ description: 'texts of a hand over the window', unit: 'texts' }, 1, 10_000).default(10),
  participationShare: participation(0.9),
  spreadTicks: spread.default(1),
  texts: z
    .array(z.string().min(20).max(1000))
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'what hands write, in turn, each account with a word of its own; else rendered' }),
});

const conformists = z.strictObject({
  kind: z.literal('conformists'),
  ...window,
  share: share({ description: 'share of all agents' }, 0.1),
  strength: share({ description: 'probability that a vote goes with the sign of the score that is shown' }, 0.5),
  votesPerLook: share({ description: 'probability to judge something that is shown' }, 0.1),
  upShare: share({ description: 'probability that one’s own judgement of a post of no appeal is in favour' }, 0.5),
  scoreShown: z.boolean().default(true).meta({ description: 'off, members judge without seeing scores: the control' }),
  ageTicksMin: integer(
    { description: 'posts are judged from so many ticks after they were written on', unit: 'ticks' },
    1,
    1e9,
  ).default(1),
  revotes: z.boolean().default(false).meta({ description: 'whether members judge again what they voted on' }),
});

const seedVotes = z.strictObject({
  kind: z.literal('seed-votes'),
  ...window,
  accounts: integer({ description: 'accounts that cast them in turn', unit: 'agents' }, 1, 10_000).default(10),
  upShare: share({ description: 'share of posts whose first vote is up' }, 1 / 3),
  downShare: share({ description: 'share of posts whose first vote is down' }, 1 / 3),
});

/** A perturbation that a scenario carries. */
export const plant = z.discriminatedUnion('kind', [ring, cartel, sockPuppets, conformists, seedVotes]);

/** A plant as data. */
export type PlantData = z.infer<typeof plant>;
