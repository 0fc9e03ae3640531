/**
 * The journal: what the client tells before it sends, and before it hands an answer on. The engine wires it to the log of answers.
 *
 * Order: reservations of a tick, all at once and in canonical order, before the first is sent; then one record an outcome, in order of arrival, each
 * awaited before the outcome is used. A reservation without a record is a call that was in flight when the process died: it counts as spent,
 * at its worst case. A batch that a provider has taken is on record before it is waited for: who takes the run up again waits for the same batch and
 * buys no other. A record holds all that a replay needs; the canonical text stands in the reservation, in parts, so that a log can keep
 * each part once (static parts are the same in every prompt).
 */
import { addSpend, noSpend, spendOf } from './budget.ts';
import { canonicalText, digestOf, keyText } from './request.ts';
import type { Outcome } from './outcome.ts';
import type { Spend } from './budget.ts';
import type { CallKey, EmbeddingOrder, Message, PlacedRequest } from './request.ts';

/** A call that is about to be made. */
export interface Reservation {
  readonly key: CallKey;
  /** SHA-256 of the canonical text. */
  readonly digest: string;
  readonly model: string;
  readonly worst: Spend;
  /** The request, from which `canonicalText` makes the canonical text again. */
  readonly prompt: RecordedPrompt;
}

/** A request without its place: what a log keeps to show it, and to name the first character that differs in a replay. */
export interface RecordedPrompt {
  readonly messages: readonly Message[];
  readonly shorterMessages?: readonly Message[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly sample: number;
  readonly form: { readonly name: string; readonly jsonSchema: Readonly<Record<string, unknown>> } | null;
  readonly embedding?: EmbeddingOrder;
}

/** An outcome with the request that it answers. */
export interface AnswerRecord {
  readonly digest: string;
  readonly outcome: Outcome;
}

/** A batch that a provider has taken and not yet answered. */
export interface BatchRecord {
  /** Name of the endpoint in the settings. */
  readonly endpoint: string;
  /** What the provider calls it. */
  readonly id: string;
  /** 1 for a call's first batch; 2 and 3 for those that ask again. */
  readonly round: number;
  /** Its lines in their order: calls that are reserved, with the digests of their requests. */
  readonly lines: readonly { readonly key: CallKey; readonly digest: string }[];
}

/** A call's line in a batch on record. */
export interface RecordedLine extends Pick<BatchRecord, 'endpoint' | 'id' | 'round'> {
  readonly digest: string;
  /** Number of the line in its batch, from 0. */
  readonly at: number;
  /** What the call was reserved at, and counts for as spent while no answer is on record. */
  readonly worst: Spend;
}

/** Finds the lines of a call that was reserved, went out in batches and has no answer on record, by round; empty for all others. */
export type FindBatchLines = (key: CallKey) => readonly RecordedLine[];

/** Keeps reservations, batches and answers. The calls resolve once what they were given would survive the process. */
export interface Journal {
  reserve(reservations: readonly Reservation[]): Promise<void>;
  submitted(batch: BatchRecord): Promise<void>;
  commit(record: AnswerRecord): Promise<void>;
}

/** What was recorded for one place. */
export interface Recorded {
  readonly record: AnswerRecord;
  /** Canonical text of the recorded request, where the log kept it. */
  readonly canonical?: string;
}

/**
 * Finds records: for a replay, and for a resumed run, which buys no answer twice. Of several records of one place (an abandoned tick was run again) the
 * last holds; of a tick that was abandoned, only what `isReusable` lets through (`stop.ts`).
 */
export type FindRecorded = (key: CallKey) => Recorded | undefined;

/** What a log keeps of a request. */
export function promptOf({ request }: PlacedRequest): RecordedPrompt {
  const { messages, shorterMessages, maxTokens, temperature, sample, form, embedding } = request;
  return {
    messages,
    ...(shorterMessages === undefined ? {} : { shorterMessages }),
    maxTokens,
    temperature,
    sample: sample ?? 0,
    form: form === undefined ? null : { name: form.name, jsonSchema: form.jsonSchema },
    ...(embedding === undefined ? {} : { embedding }),
  };
}

/** The canonical text of a recorded prompt, as `canonicalText` made it. */
export function canonicalOfRecorded(prompt: RecordedPrompt, model: string): string {
  const { form, ...rest } = prompt;
  const key = { tick: 0, agent: '', purpose: '', attempt: 0 };
  const asked = form === null ? {} : { form: { ...form, read: () => ({ isValid: false as const, note: '' }) } };
  return canonicalText({ ...rest, key, modelClass: '', ...asked }, model);
}

/** Whether a record belongs to a request. */
export function belongsTo(record: AnswerRecord, canonical: string): boolean {
  return record.digest === digestOf(canonical);
}

/**
 * What a log has spent: answers as booked, and reservations that no answer came for at their worst, also where the request was made again later.
 * Caps and the cache give answers without a reservation.
 */
export function spentIn(reservations: readonly Reservation[], records: readonly AnswerRecord[]): Spend {
  const ends = new Map<string, number>();
  for (const { outcome } of records) {
    if (outcome.kind === 'BUDGET' || outcome.isCached) continue;
    const place = keyText(outcome.key);
    ends.set(place, (ends.get(place) ?? 0) + 1);
  }
  const lost = reservations.filter(({ key }) => {
    const left = ends.get(keyText(key)) ?? 0;
    ends.set(keyText(key), left - 1);
    return left <= 0;
  });
  const booked = records.map(({ outcome }) => spendOf(outcome.attempts, outcome.usage));
  return [...booked, ...lost.map(({ worst }) => worst)].reduce(addSpend, noSpend);
}
