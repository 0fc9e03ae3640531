/**
 * Structured answers: a zod schema becomes the JSON Schema in the request and the judge of what comes back.
 *
 * Whether an answer holds is decided by parsing and the schema alone; what the server says about why it stopped is not asked (servers call
 * truncated answers complete). Only the whole text counts: it is never searched for something that looks like an answer, since
 * text that an agent read could have planted that. One fence around the whole is taken off, because models add it unasked.
 * Invariant: the note of a repair holds names of fields and kinds of fault, never a word of the invalid answer.
 */
import { z } from 'zod';
import { InvariantError } from '../ground/errors.ts';

/** The form that an answer must have. Build it with `answerForm`. */
export interface AnswerForm {
  /** Letters, digits, hyphen and underscore. */
  readonly name: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly read: (value: unknown) => ReadAnswer;
}

/** A value that fits, or a note of what is wrong. */
export type ReadAnswer =
  { readonly isValid: true; readonly value: unknown } | { readonly isValid: false; readonly note: string };

/** What an answer's text holds. */
export type ParsedAnswer =
  | { readonly isValid: true; readonly value: unknown }
  | { readonly isValid: false; readonly reason: 'ANSWER_NOT_JSON' | 'ANSWER_SCHEMA'; readonly note: string };

const longestNote = 300;
const namePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Makes a form. Objects are closed (no further fields), as strict JSON Schema modes of servers want them. */
export function answerForm(name: string, schema: z.ZodType): AnswerForm {
  if (!namePattern.test(name)) throw new InvariantError(`${name} is no name for a form of answers`);
  const made = Object.entries(z.toJSONSchema(schema, { target: 'draft-7' }));
  const jsonSchema = Object.fromEntries(made.filter(([field]) => field !== '$schema'));
  return {
    name,
    jsonSchema: closed(jsonSchema) as Record<string, unknown>,
    read: (value) => {
      const read = schema.safeParse(value);
      return read.success ? { isValid: true, value: read.data } : { isValid: false, note: noteOf(read.error) };
    },
  };
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  if (copy['type'] === 'object' && 'properties' in copy) copy['additionalProperties'] ??= false;
  return copy;
}

/** Fields by path and kind of fault: zod's own messages quote values, and values are a stranger's text. */
function noteOf(error: z.ZodError): string {
  const lines = error.issues.slice(0, 5).map(({ path, code }) => {
    const place = path.map((step) => (typeof step === 'number' ? '[]' : safeName(String(step)))).join('.');
    return `${place === '' ? 'the answer' : place}: ${code}`;
  });
  return lines.join('; ').slice(0, longestNote);
}

function safeName(name: string): string {
  return namePattern.test(name) ? name : '?';
}

/** Reads an answer's text by its form. Duplicate keys and numbers written as text do not pass; nothing is coerced. */
export function parseAnswer(form: AnswerForm, text: string): ParsedAnswer {
  let value: unknown;
  let isForbidden = false;
  try {
    value = JSON.parse(withoutFence(text), (field: string, part: unknown) => {
      isForbidden ||= field === '__proto__';
      return part;
    });
  } catch {
    return { isValid: false, reason: 'ANSWER_NOT_JSON', note: 'the answer is not one JSON value' };
  }
  if (isForbidden) return { isValid: false, reason: 'ANSWER_SCHEMA', note: 'a forbidden field' };
  const read = form.read(value);
  return read.isValid ? read : { isValid: false, reason: 'ANSWER_SCHEMA', note: read.note };
}

function withoutFence(text: string): string {
  const fenced = /^\s*```(?:json)?[ \t]*\r?\n([^]*?)\r?\n```\s*$/.exec(text);
  return fenced?.[1] ?? text;
}

/** What a re-ask adds as its last message. */
export function repairNote(form: AnswerForm, note: string): string {
  return `The previous answer did not fit the form "${form.name}" (${note}). Answer again with one JSON value that fits it, and nothing else.`;
}

/** Longest note that `repairNote` makes, in bytes: for reservations. */
export function repairNoteBytesMax(form: AnswerForm): number {
  return repairNote(form, '').length + longestNote;
}

/** The form in words, for endpoints that take no schema. */
export function formInstruction(form: AnswerForm): string {
  return `Answer with one JSON value and nothing else. It must fit this JSON Schema: ${JSON.stringify(form.jsonSchema)}`;
}
