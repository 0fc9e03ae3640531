/**
 * The closed forms of what a model may answer for an agent: acts with what it notes, plans and believes; and what it makes of its notes.
 *
 * Whatever is not of the form is a call that failed: nothing is searched for in a text and nothing is coerced. Fields that a scenario
 * cannot use are not in its form. Pure. Oracle: `test/sim/policy/model/policy.test.ts`.
 */
import { z } from 'zod';
import { importanceMax } from '../../world/memories.ts';
import type { ReplyForm } from '../../exchange/prompts.ts';
import type { ActBook, SaidAct } from './act-book.ts';

const noteLengthMax = 400;
const beliefsMax = 2;
const reflectionsMax = 3;

const note = z.string().max(noteLengthMax);
const importance = z.int().min(0).max(importanceMax);

/** What a model says that its agent does. */
export interface Answer {
  readonly acts: readonly SaidAct[];
  readonly note: string;
  readonly importance: number;
  readonly plan: string;
  readonly beliefs?: readonly { readonly agent: string; readonly note: string }[] | undefined;
}

/** A form with its reader: undefined for a text that does not fit. */
export interface AnswerReader<Value> {
  readonly form: ReplyForm;
  read(text: string): Value | undefined;
}

/** A reader of JSON values of one schema. */
export function readerOf<Value>(name: string, schema: z.ZodType<Value>): AnswerReader<Value> {
  return {
    form: { name, schema: z.toJSONSchema(schema) },
    read(text) {
      const parsed = schema.safeParse(jsonOf(text));
      return parsed.success ? parsed.data : undefined;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The form of acts. */
export function actsReader(book: ActBook, actsMax: number, holdsBeliefs: boolean): AnswerReader<Answer> {
  const fields = { acts: z.array(book.schema).max(actsMax), note, importance, plan: note };
  const beliefs = z.array(z.strictObject({ agent: z.string().max(128), note })).max(beliefsMax);
  return readerOf<Answer>('acts', holdsBeliefs ? z.strictObject({ ...fields, beliefs }) : z.strictObject(fields));
}

/** The form of reflections. */
export const reflectionsReader = readerOf(
  'reflections',
  z.strictObject({ reflections: z.array(z.strictObject({ text: note, importance })).max(reflectionsMax) }),
);
