/**
 * Keys and passwords that stand in a scenario file. A file is copied into the run's directory, committed and sent around, so a
 * secret in it is refused before anything else is said about the file; no message repeats it.
 *
 * Reads a document's value; throws or returns. Invariant: the text of a value that looks like a secret is never echoed.
 * Each pattern is linear: its repetitions do not overlap.
 */
import { echo } from '../ground/errors.ts';
import type { Document } from './document.ts';
import { ProblemList } from './problems-list.ts';
import { pathText } from './problems-words.ts';
import type { FieldPath } from './problems-words.ts';

/** Throws an InputError INPUT_SECRET_IN_FILE if a field's name or its value looks like a secret. */
export function refuseSecrets(document: Document): void {
  const problems = new ProblemList(document.place([], 'value').file);
  search(document.value, [], (path, reason) => {
    problems.add(() => {
      const found = `${pathText(path)} ${reason}`;
      const next = 'Put it in an environment variable and name that in apiKeyEnv, as in apiKeyEnv: OPENAI_API_KEY.';
      return { code: 'INPUT_SECRET_IN_FILE', place: document.place(path, 'key'), found, next };
    });
  });
  problems.throwIfAny();
}

function search(value: unknown, path: FieldPath, report: (path: FieldPath, reason: string) => void): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => search(item, [...path, index], report));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (looksSecret(key)) report(path, 'has a key that looks like a secret');
      else search(item, [...path, key], report);
    }
  } else if (typeof value === 'string') {
    if (looksSecret(value)) report(path, 'looks like a secret');
    else if (namesSecret(path.findLast((key) => typeof key === 'string')) && isOpaque(value))
      report(path, 'holds a secret');
  }
}

/** Names that hold a secret; `maxTokens`, `tokenBudget` and `apiKeyEnv` do not end in one. */
const secretName =
  /(?:api_?key|access_?key|private_?key|secret_?key|secret|password|passwd|passphrase|credentials?|(?:^|api_?|auth_?|access_?|refresh_?|bearer_?)token)$/i;

function namesSecret(name: string | undefined): boolean {
  return name !== undefined && name.length < 100 && secretName.test(name.replace(/[- .]/g, '_'));
}

/** A word without spaces; `none` and an empty text keep nothing secret. */
function isOpaque(value: string): boolean {
  return /^\S+$/.test(value.slice(0, 1000)) && !/^(?:none|null|false|env|unused)$/i.test(value);
}

/** How keys of well-known services begin. `sk-` and the like need a digit or a capital: `sk-learn-based-approach` is a name. */
const secretValues: readonly RegExp[] = [
  /(?<![A-Za-z0-9])[srp]k[-_](?=[a-z_-]{0,100}[A-Z0-9])[A-Za-z0-9_-]{10,}/,
  /(?<![A-Za-z0-9])(?:gh[opsur]_|github_pat_|glpat-|xox[abprs]-|hf_|gsk_|npm_|xai-)[A-Za-z0-9_-]{16,}/,
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/,
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./,
  /\bBearer [A-Za-z0-9._~+/-]{12,}/,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/,
  /^[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:]{1,200}:[^\s/@]{1,200}@/i,
];

/** Whether a text looks like a key of a well-known service, whatever its field is called. */
export function looksSecret(text: string): boolean {
  return secretValues.some((pattern) => pattern.test(text));
}

/** A value as a message may show it: `echo`, but a secret stays untold. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' && looksSecret(value) ? '[redacted]' : echo(value);
}
