/**
 * The part of a scenario that says how attempts in free words (the verb `try`) are judged.
 */
import { z } from 'zod';
import { integer, real, share } from './schema-fields.ts';

/** A judge's brief. */
export const judge = z.strictObject({
  callsPerTick: integer(
    { description: 'distinct questions that a model may be asked in one tick; the rest waits', unit: 'calls' },
    0,
    1_000_000,
  ).default(100),
  deferTicksMax: integer(
    { description: 'ticks that an attempt may wait before rules settle it', unit: 'ticks' },
    0,
    10,
  ).default(3),
  version: integer({ description: 'version of the brief: another one asks anew', unit: 'number' }, 1, 1e9).default(1),
  rules: z
    .string()
    .max(20_000)
    .default('')
    .meta({ description: 'what holds in this world beyond its verbs, in words' }),
  textLengthMax: integer(
    { description: 'longest attempt that is judged; what is longer is cut', unit: 'characters' },
    16,
    10_000,
  ).default(1000),
  replyTokensMax: integer({ description: 'longest verdict', unit: 'tokens' }, 64, 4096).default(300),
  archetypes: z
    .strictObject({
      samples: integer(
        { description: 'verdicts on equal words in an equal situation', unit: 'verdicts' },
        1,
        64,
      ).default(5),
      auditShare: share(
        { description: 'share of attempts with a known verdict that are judged in full as well' },
        0.05,
      ),
      splitAboveBits: real(
        { description: 'divergence beyond chance from which on the full situation is asked', unit: 'bits' },
        0,
        1,
      ).default(0.1),
    })
    .optional()
    .meta({ description: 'several verdicts a question, of which attempts draw, and audits of them' }),
});
