/**
 * The part of a scenario that says by which rules agents decide. Weights are in logits unless they say otherwise.
 */
import { z } from 'zod';
import { integer, name, real, share } from './schema-fields.ts';

/** How a number that an agent holds changes by those that it hears; the verb `lean` must be allowed. */
const opinion = z.strictObject({
  attribute: name.meta({ description: 'a declared attribute: what agents hold' }),
  rule: z.enum(['deffuant', 'hegselmann-krause', 'biased-assimilation', 'majority', 'random']).meta({
    description: 'bounded confidence in pairs or in groups, biased assimilation, local majority, or at random',
  }),
  from: z
    .enum(['feed', 'followees'])
    .default('feed')
    .meta({ description: 'whom an agent hears: authors of what it is shown, or whom it follows' }),
  bound: real({ description: 'values farther away are not heard', unit: 'units of the attribute' }, 0, 1e9).default(
    1e9,
  ),
  pull: share({ description: 'share of the way to what was heard, at one waking' }, 0.5),
  bias: integer({ description: 'exponent of biased assimilation; 0: averaging', unit: 'exponent' }, 0, 16).default(1),
  least: integer({ description: 'least value', unit: 'units of the attribute' }, -1e9, 1e9),
  most: integer({ description: 'greatest value', unit: 'units of the attribute' }, -1e9, 1e9),
});

/** Weights of the rule policy, in logits unless they say otherwise. */
export const ruleParametersSchema = z.strictObject({
  intercept: real(
    { description: 'log-odds to spread content that neither matches nor is popular', unit: 'logits' },
    -20,
    20,
  ).default(-4),
  interestWeight: real(
    { description: 'added for a full match of interest and topic', unit: 'logits' },
    -20,
    20,
  ).default(2),
  socialWeight: real({ description: 'added for each doubling of shares', unit: 'logits' }, -5, 5).default(0.1),
  fatiguePerExposure: real(
    { description: 'taken away for each earlier exposure to the same content', unit: 'logits' },
    -5,
    10,
  ).default(0.5),
  labelWeight: real({ description: 'added where the content carries a label', unit: 'logits' }, -20, 20).optional(),
  capShare: share({ description: 'greatest probability to spread at one look' }, 0.3),
  quoteRatio: real({ description: 'odds to quote rather than repost', unit: 'ratio' }, 0, 2).default(0.1),
  replyRatio: real({ description: 'odds to reply rather than repost', unit: 'ratio' }, 0, 2).default(0.2),
  likeRatio: real({ description: 'odds to like rather than repost', unit: 'ratio' }, 0, 5).default(0.5),
  dislikeRatio: real({ description: 'odds to dislike rather than repost', unit: 'ratio' }, 0, 5).default(0),
  reportRatio: real({ description: 'odds to report rather than repost', unit: 'ratio' }, 0, 5).default(0),
  postShare: share({ description: 'probability of an original post at one waking' }, 0.05),
  followShare: share({ description: 'probability of following the author of content that one just spread' }, 0.02),
  unfollowShare: share({ description: 'probability of dropping one followee at one waking' }, 0.001),
  closureShare: real(
    { description: 'probability of following somebody whom a followee follows, at one waking', unit: 'share' },
    0,
    1,
  ).optional(),
  rewireShare: real(
    {
      description: 'probability of giving up a followee who is unlike for one who is not, at one waking',
      unit: 'share',
    },
    0,
    1,
  ).optional(),
  rewireMatchLeast: real(
    { description: 'cosine of interests below which somebody is unlike; 0 where nothing is said', unit: 'cosine' },
    -1,
    1,
  ).optional(),
  opinion: opinion.optional().meta({ description: 'how what agents hold changes; it does not where nothing is said' }),
});
