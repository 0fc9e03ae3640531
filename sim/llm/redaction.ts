/**
 * Secrets: a key is read from the environment, is printed as [redacted] whatever prints it, and is taken out of everything that a server
 * sends back, before anything else looks at it.
 *
 * Servers echo keys: in messages of refused requests, in HTML of proxies, encoded. So a text is searched for the key raw, URL-encoded, in
 * hexadecimal, in JSON escapes and in base64 at each of its three alignments. Redaction comes before cutting to an excerpt.
 * Invariant: what `redact` returns holds none of these forms of any key.
 */
import { inspect } from 'node:util';

const mark = '[redacted]';
/** Shorter keys are not searched for: they would tear holes into ordinary text. */
const shortestSearched = 6;
/** Longest excerpt of a server's words, in characters. */
export const excerptLengthMax = 200;

/** A key that prints as [redacted]. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The key itself: for the one header that carries it. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return mark;
  }
  toJSON(): string {
    return mark;
  }
  [inspect.custom](): string {
    return mark;
  }
}

/** Takes secrets out of texts. */
export type Redact = (text: string) => string;

/** A redaction of some secrets, in every form that a server might echo. */
export function createRedaction(secrets: readonly Secret[]): Redact {
  const forms = secrets
    .map((secret) => secret.reveal())
    .filter((key) => key.length >= shortestSearched)
    .flatMap(formsOf)
    .sort((a, b) => b.length - a.length);
  const distinct = [...new Set(forms)];
  return (text) => {
    let clean = text;
    for (const form of distinct) if (clean.includes(form)) clean = clean.replaceAll(form, mark);
    return clean;
  };
}

function formsOf(key: string): string[] {
  const bytes = Buffer.from(key, 'utf8');
  const hex = bytes.toString('hex');
  const escaped = JSON.stringify(key).slice(1, -1);
  return [
    key,
    escaped,
    escaped.replaceAll('/', '\\/'),
    encodeURIComponent(key),
    encodeURIComponent(key).toLowerCase(),
    escapedUnits(key),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
}

function escapedUnits(key: string): string {
  return Array.from(key, (character) => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0')).join('');
}

/** The part of its base64 that does not depend on what stands before and after it, for each alignment, in both alphabets. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((whole.length * 8) / 6);
    const plain = whole.toString('base64').slice(from, to);
    return plain.length < shortestSearched ? [] : [plain, plain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** At most 200 characters of a server's words, on one line, without secrets and control characters. */
export function excerpt(redact: Redact, text: string): string {
  const plain = redact(text)
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain.length <= excerptLengthMax ? plain : plain.slice(0, excerptLengthMax - 1).toWellFormed() + '…';
}
