/**
 * Texts: what agents wrote, as UTF-8 in one stretch of memory that only grows.
 *
 * A reference is the number of the word at which a text begins: a word with its length in bytes, then the bytes, filled up to whole words.
 * 0 refers to nothing. The run's own texts are appended by one shard in canonical order, so that references are the same for any
 * number of shards; each shard's texts of one tick lie in a stretch of the same form that is emptied with the tick.
 * Rule-driven posts have no text of their own: theirs is rendered on demand (`sim/world/wording.ts`).
 */
import { InputError } from '../ground/errors.ts';

/** A stretch of texts. `used` holds one word: the words in use. */
export interface Texts {
  readonly words: Int32Array;
  readonly used: Int32Array;
}

/** Longest text that an attempt can carry, in bytes of UTF-8; a scenario may allow less. */
export const textBytesMost = 65_536;

/** Where the next text will begin. Word 0 is left out, so that 0 can mean nothing. */
export function nextText({ used }: Texts): number {
  return Math.max(1, used[0]);
}

/** Words that a text of so many bytes takes. */
export function wordsOfText(byteCount: number): number {
  return 1 + ((byteCount + 3) >>> 2);
}

/** Appends a text and returns its reference. Throws INPUT_TOO_LARGE where there is no room. */
export function appendText(texts: Texts, bytes: Uint8Array): number {
  const ref = nextText(texts);
  const end = ref + wordsOfText(bytes.length);
  if (end > texts.words.length) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      found: `texts take more than the ${texts.words.length * 4} bytes there are`,
      next: 'Set textCapacity to more bytes, or let agents write less.',
    });
  }
  texts.words[end - 1] = 0;
  texts.words[ref] = bytes.length;
  bytesOf(texts, ref).set(bytes);
  texts.used[0] = end;
  return ref;
}

/** The bytes of a text, in place. */
export function bytesOf({ words }: Texts, ref: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + (ref + 1) * 4, words[ref]);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A text as a string; the empty one for reference 0. */
export function textOf(texts: Texts, ref: number): string {
  // A decoder refuses shared memory, so the bytes are copied first.
  return ref === 0 ? '' : decoder.decode(bytesOf(texts, ref).slice());
}

/** The bytes of a string. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}
