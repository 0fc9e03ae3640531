/**
 * `answers.log`: what was asked of models and what came back, in order of arrival; what `--replay`, `resume`, `verify` and `fork` read.
 *
 * A line an entry: CRC-32 in hexadecimal, a space, JSON. Calls are reserved before they are made, at what they may cost at worst, and an
 * answer is on disk before anything is done with it. A batch is on disk before it is waited for, with the calls of its lines. Long parts of prompts are kept once, as entries of their own that go before whatever
 * names them: the brief of a thousand agents is the same. A line that a crash cut is cut off; a damaged line before the last is
 * INPUT_STORE_DAMAGED. Order on disk: answers.log, events.log, head, checkpoint.
 * Invariant: of several records of one place the last holds, since only what cannot be used again is asked again.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fdatasync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  write,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { InvariantError } from '../ground/errors.ts';
import { addSpend, noSpend, spendOf } from '../llm/budget.ts';
import { canonicalOfRecorded } from '../llm/journal.ts';
import { EmbeddingBook } from '../llm/embedding-book.ts';
import { keyText } from '../llm/request.ts';
import { damaged, diskError, fileNames } from './store.ts';
import type { Spend } from '../llm/budget.ts';
import type {
  AnswerRecord,
  BatchRecord,
  FindBatchLines,
  FindRecorded,
  Journal,
  Recorded,
  RecordedLine,
  RecordedPrompt,
  Reservation,
} from '../llm/journal.ts';
import type { Outcome } from '../llm/outcome.ts';
import type { CallKey, Message } from '../llm/request.ts';

/** Texts from this length on are kept once and named by their hash. */
const sharedLengthLeast = 200;

/** One line of the log. Values of answers are read from their texts again, so they are not kept. */
type Entry =
  | { readonly kind: 'text'; readonly hash: string; readonly text: string }
  | ({ readonly kind: 'reserved' } & Reservation)
  | ({ readonly kind: 'batch' } & BatchRecord)
  | ({ readonly kind: 'answered' } & AnswerRecord);

/** What a log holds. */
export interface RecordedAnswers {
  readonly find: FindRecorded;
  readonly findBatchLines: FindBatchLines;
  /** Recorded outcomes in the order in which they came. */
  readonly outcomes: readonly Outcome[];
  /** The prompt that was recorded for a place. */
  prompt(key: CallKey): RecordedPrompt | undefined;
  /** Answers at what they used, reservations without an answer at what they were reserved at. */
  readonly spent: Spend;
  /** Vectors of texts. */
  readonly embeddings: EmbeddingBook;
  /** Bytes of whole lines. */
  readonly bytes: number;
}

/** Whether a run's directory has answers of models. */
export function hasAnswers(directory: string): boolean {
  const file = join(directory, fileNames.answers);
  return existsSync(file) && statSync(file).size > 0;
}

/** Reads a log; a directory without one has no answers. `keeps` leaves out outcomes that shall be asked anew. */
export function readAnswers(directory: string, keeps: (outcome: Outcome) => boolean = () => true): RecordedAnswers {
  const file = join(directory, fileNames.answers);
  const texts = new Map<string, string>();
  const reserved = new Map<string, Reservation>();
  const records = new Map<string, AnswerRecord>();
  const embeddings = new EmbeddingBook();
  let spent = noSpend;
  let bytes = 0;
  const open = new Map<string, Spend>();
  const inBatches = new Map<string, RecordedLine[]>();
  for (const { entry, end } of existsSync(file) ? entriesOf(file) : []) {
    bytes = end;
    if (entry.kind === 'text') texts.set(entry.hash, entry.text);
    else if (entry.kind === 'reserved') {
      const place = keyText(entry.key);
      reserved.set(place, { ...entry, prompt: withTexts(entry.prompt, texts) });
      // Made again: the one before was lost, and stays spent.
      spent = addSpend(spent, open.get(place) ?? noSpend);
      open.set(place, entry.worst);
      inBatches.delete(place);
    } else if (entry.kind === 'batch') {
      noteBatch(entry, open, inBatches);
    } else {
      const { outcome } = entry;
      // Caps and the cache answer without a call: one that is under way stays so.
      const isOfCall = outcome.kind !== 'BUDGET' && !outcome.isCached;
      if (isOfCall) open.delete(keyText(outcome.key));
      if (isOfCall) inBatches.delete(keyText(outcome.key));
      spent = addSpend(spent, spendOf(outcome.attempts, outcome.usage));
      records.set(keyText(outcome.key), { digest: entry.digest, outcome });
      const { messages, embedding } = reserved.get(keyText(outcome.key))?.prompt ?? noPrompt;
      if (embedding !== undefined && keeps(outcome)) embeddings.note(outcome.key, embedding, messages, outcome);
    }
  }
  for (const worst of open.values()) spent = addSpend(spent, worst);
  const find = (key: CallKey): Recorded | undefined => {
    const record = records.get(keyText(key));
    if (record === undefined || !keeps(record.outcome)) return undefined;
    const before = reserved.get(keyText(key));
    return before === undefined ? { record } : { record, canonical: canonicalOfRecorded(before.prompt, before.model) };
  };
  const findBatchLines = (key: CallKey): readonly RecordedLine[] => inBatches.get(keyText(key)) ?? [];
  const outcomes = [...records.values()].map(({ outcome }) => outcome).filter(keeps);
  return {
    find,
    findBatchLines,
    outcomes,
    prompt: (key) => reserved.get(keyText(key))?.prompt,
    spent,
    embeddings,
    bytes,
  };
}

function noteBatch(
  { endpoint, id, round, lines }: BatchRecord,
  open: ReadonlyMap<string, Spend>,
  inBatches: Map<string, RecordedLine[]>,
): void {
  lines.forEach(({ key, digest }, at) => {
    const place = keyText(key);
    const line = { endpoint, id, round, digest, at, worst: open.get(place) ?? noSpend };
    inBatches.set(place, [...(inBatches.get(place) ?? []), line]);
  });
}

const noPrompt: Pick<RecordedPrompt, 'messages' | 'embedding'> = { messages: [] };

/** A prompt with its long parts back in their places. */
function withTexts(prompt: RecordedPrompt, texts: ReadonlyMap<string, string>): RecordedPrompt {
  const full = (messages: readonly Message[]): Message[] =>
    messages.map(({ role, text }) => {
      const found = text.startsWith(reference) ? texts.get(text.slice(reference.length)) : text;
      if (found === undefined)
        throw new InvariantError('a prompt in the log of answers names a text that is not there');
      return { role, text: found };
    });
  const { shorterMessages } = prompt;
  const shorter = shorterMessages === undefined ? {} : { shorterMessages: full(shorterMessages) };
  return { ...prompt, messages: full(prompt.messages), ...shorter };
}

/** Opens a text that stands elsewhere. No prompt begins so: its first character is a control. */
const reference = '\u0001sha256:';

function* entriesOf(file: string): Iterable<{ entry: Entry; end: number }> {
  const content = readFileSync(file);
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(10, start);
    if (end < 0) return;
    const body = content.subarray(start + 9, end);
    if (content.subarray(start, start + 8).toString() !== checksum(body)) {
      // A crash may tear the last line; before that it is damage.
      if (content.indexOf(10, end + 1) < 0) return;
      throw damaged(file, `the checksum is wrong in the line that begins at byte ${start}`);
    }
    yield { entry: JSON.parse(body.toString()) as Entry, end: end + 1 };
    start = end + 1;
  }
}

function checksum(body: Uint8Array): string {
  return crc32(body).toString(16).padStart(8, '0');
}

const writeTo = promisify(write) as (
  handle: number,
  bytes: Uint8Array,
  at: number,
) => Promise<{ bytesWritten: number }>;
const sync = promisify(fdatasync);

/** Appends to a log; entries that are handed over while a write is under way are synced together by the next. */
export class AnswersLog implements Journal {
  readonly #handle: number;
  readonly #file: string;
  readonly #known = new Set<string>();
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(handle: number, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  /** Opens the log of a run, cut to its whole lines, or begins one. */
  static open(directory: string, bytes: number): AnswersLog {
    const file = join(directory, fileNames.answers);
    try {
      const handle = openSync(file, 'a', 0o600);
      truncateSync(file, bytes);
      return new AnswersLog(handle, file);
    } catch (cause) {
      throw diskError('open', file, cause);
    }
  }

  reserve(reservations: readonly Reservation[]): Promise<void> {
    for (const reservation of reservations) {
      const prompt = this.#withoutTexts(reservation.prompt);
      this.#put({ kind: 'reserved', ...reservation, prompt });
    }
    return this.#flushed();
  }

  submitted(batch: BatchRecord): Promise<void> {
    this.#put({ kind: 'batch', ...batch });
    return this.#flushed();
  }

  commit({ digest, outcome }: AnswerRecord): Promise<void> {
    // Read from the text again by whoever replays.
    this.#put({ kind: 'answered', digest, outcome: { ...outcome, value: undefined } });
    return this.#flushed();
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    closeSync(this.#handle);
  }

  #put(entry: Entry): void {
    const body = JSON.stringify(entry);
    this.#waiting.push(`${checksum(Buffer.from(body))} ${body}\n`);
  }

  #withoutTexts(prompt: RecordedPrompt): RecordedPrompt {
    const short = (messages: readonly Message[]): Message[] =>
      messages.map(({ role, text }) => ({ role, text: text.length < sharedLengthLeast ? text : this.#keep(text) }));
    const { shorterMessages } = prompt;
    const shorter = shorterMessages === undefined ? {} : { shorterMessages: short(shorterMessages) };
    return { ...prompt, messages: short(prompt.messages), ...shorter };
  }

  #keep(text: string): string {
    const hash = createHash('sha256').update(text).digest('hex');
    if (!this.#known.has(hash)) {
      this.#known.add(hash);
      this.#put({ kind: 'text', hash, text });
    }
    return reference + hash;
  }

  #flushed(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#flush());
    return this.#writing;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    try {
      for (let at = 0; at < bytes.length;) at += (await writeTo(this.#handle, bytes, at)).bytesWritten;
      await sync(this.#handle);
    } catch (cause) {
      throw diskError('write', this.#file, cause);
    }
  }
}

/** Copies a log for a fork. What was asked after the fork lies under places that the fork may come to again: it is read if the prompt is the same. */
export function copyAnswers(from: string, to: string): void {
  const file = join(from, fileNames.answers);
  if (!existsSync(file)) return;
  try {
    copyFileSync(file, join(to, fileNames.answers));
  } catch (cause) {
    throw diskError('copy', file, cause);
  }
}
