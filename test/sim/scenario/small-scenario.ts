/**
 * A schema that resembles a scenario in small, for tests of the door it comes through: names, counts, shares, rates, a choice, a
 * union told apart by its kind, and a list of groups whose ids differ and whose shares add up to 1.
 */
import { z } from 'zod';
import { InputError } from '../../../sim/ground/errors.ts';
import { parseDocument } from '../../../sim/scenario/document.ts';
import { validate } from '../../../sim/scenario/problems.ts';
import { refuseSecrets } from '../../../sim/scenario/problems-secrets.ts';

const share = z.number().min(0).max(1);

const group = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  share,
  rates: z.record(z.string(), z.number().nonnegative()).optional(),
});

const recommender = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('chronological') }),
  z.strictObject({ kind: z.literal('popular'), halfLifeHours: z.number().positive() }),
]);

export const smallScenario = z
  .strictObject({
    version: z.literal(1).default(1),
    name: z.string().min(1).max(64),
    seed: z.int().min(0),
    ticks: z.int().min(1).max(1_000_000),
    agents: z.strictObject({ count: z.int().min(1).max(1_000_000), groups: z.array(group).min(1).optional() }),
    feed: z.strictObject({ inNetworkShare: share, noise: share.meta({ share: true }).default(0.1) }).optional(),
    activity: z.enum(['poisson', 'heartbeat', 'diurnal']).default('poisson'),
    recommender: recommender.optional(),
    dwell: z.union([z.number().positive(), z.strictObject({ mean: z.number().positive() })]).optional(),
    ranking: z.union([z.enum(['recency', 'hot', 'mix']), z.strictObject({ own: z.string() })]).default('mix'),
    verbose: z.boolean().optional(),
  })
  .superRefine((scenario, context) => {
    const groups = scenario.agents.groups ?? [];
    const lineOfIds = new Map<string, number>();
    groups.forEach(({ id }, index) => {
      const first = lineOfIds.get(id);
      if (first === undefined) lineOfIds.set(id, index);
      else {
        const params = { code: 'INPUT_DUPLICATE_ID', next: 'Give each group its own id.' };
        const message = `is the id of agents.groups[${first}] too`;
        context.addIssue({ code: 'custom', message, path: ['agents', 'groups', index, 'id'], params });
      }
    });
    const sum = groups.reduce((total, one) => total + one.share, 0);
    if (groups.length > 0 && Math.abs(sum - 1) > 1e-9) {
      const message = `must have shares that add up to 1, got ${sum}`;
      context.addIssue({ code: 'custom', message, path: ['agents', 'groups'], params: { code: 'INPUT_SUM' } });
    }
  });

/** What a valid scenario begins with: four lines. */
export const soundLines = 'name: small\nseed: 7\nticks: 10\nagents: { count: 100 }\n';

/** The lines of the InputError that `act` throws; throws whatever else it throws, and if it throws nothing. */
export function problemLines(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return ['no problem'];
}

/** Problems of a scenario's text: those of its form, else its secrets, else those of its content. */
export function problemsOfText(text: string | Uint8Array, kind: 'yaml' | 'json' = 'yaml'): string[] {
  return problemLines(() => {
    const document = parseDocument(text, `scenario.${kind}`, kind);
    refuseSecrets(document);
    return validate(smallScenario, document);
  });
}
