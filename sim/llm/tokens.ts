/**
 * Token counts without a tokenizer: an estimate by kinds of characters, a bound that cannot be passed, and a calibration against what servers report.
 *
 * Byte-pair tokenizers split text at blanks, between letters and signs, and in runs of digits, and merge frequent letters: a common English word is
 * one token, a rare one about one for every four letters. So the estimate counts, word by word, one token for up to six ASCII letters
 * and one for each further four; one for three digits; one for each sign; one for each two letters of other alphabets; one for each ideograph.
 * A run of blanks costs nothing with one blank, else one. No tokenizer makes more tokens than UTF-8 has bytes, message frames aside: that is `tokenBound`,
 * at which calls are reserved. The estimate is a pure function of the text, so prompts may be bounded by it; the calibration is for
 * print and for rate limits only, and never decides what an agent is told.
 */
import type { Message } from './request.ts';

/** Tokens around each message and at the end, that chat templates add: role marks and separators. Published templates use 3 to 8. */
const tokensPerMessage = 8;

/** Estimated tokens of a text. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [run] of text.matchAll(/[A-Za-z]+|[0-9]+|\s+|[^\sA-Za-z0-9]/gu)) tokens += tokensOfRun(run);
  return Math.ceil(tokens);
}

function tokensOfRun(run: string): number {
  const first = run.codePointAt(0) ?? 0;
  if (first <= 0x20) return run.length > 1 || first === 0x0a ? 1 : 0;
  if (first >= 0x30 && first <= 0x39) return Math.ceil(run.length / 3);
  if (first < 0x80) return /[A-Za-z]/.test(run) ? 1 + Math.ceil(Math.max(0, run.length - 6) / 4) : 1;
  if (first >= 0x10000) return 2;
  return first >= 0x2e80 ? 1 : 0.5;
}

/** Estimated tokens of a prompt. */
export function estimatePromptTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, { text }) => sum + estimateTokens(text) + tokensPerMessage, tokensPerMessage);
}

/** More tokens than any tokenizer makes of a prompt. `extraBytes` is what is sent beside the messages: a schema, a note. */
export function tokenBound(messages: readonly Message[], extraBytes: number): number {
  const bytes = messages.reduce((sum, { text }) => sum + Buffer.byteLength(text, 'utf8') + tokensPerMessage, 0);
  return bytes + extraBytes + tokensPerMessage;
}

/** Reported over estimated prompt tokens, model by model. */
export interface Calibration {
  /** Notes what a server reported for a prompt. */
  note(model: string, estimated: number, reported: number): void;
  /** Reported over estimated, 1 before the first report. */
  factor(model: string): number;
}

/** An empty calibration. Sums are whole numbers, so the order of notes cannot be seen in the factor. */
export function createCalibration(): Calibration {
  const sums = new Map<string, { estimated: number; reported: number }>();
  return {
    note(model, estimated, reported) {
      const sum = sums.get(model) ?? { estimated: 0, reported: 0 };
      sum.estimated += estimated;
      sum.reported += reported;
      sums.set(model, sum);
    },
    factor(model) {
      const sum = sums.get(model);
      return sum === undefined || sum.estimated === 0 ? 1 : sum.reported / sum.estimated;
    },
  };
}
