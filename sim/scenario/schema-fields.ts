/**
 * Fields of scenarios: numbers with a unit, a range and a source, and names.
 */
import { z } from 'zod';

/** What `scenarios` and the JSON Schema show beside a number. */
interface About {
  readonly description: string;
  readonly unit?: string;
  readonly source?: string;
}

/** A number in [0, 1] with an initial value. */
export function share(about: About, initial: number): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .min(0)
    .max(1)
    .meta({ share: true, unit: 'share', source: 'guess', ...about })
    .default(initial);
}

/** A whole number in a range. */
export function integer(about: About, least: number, most: number): z.ZodNumber {
  return z
    .number()
    .int()
    .min(least)
    .max(most)
    .meta({ source: 'choice', ...about });
}

/** A number in a range. */
export function real(about: About, least: number, most: number): z.ZodNumber {
  return z
    .number()
    .min(least)
    .max(most)
    .meta({ source: 'guess', ...about });
}

/** Name of a thing that a scenario declares. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/)
  .meta({ description: 'lower-case letters, digits and hyphens' });
