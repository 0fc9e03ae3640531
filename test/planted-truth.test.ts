/**
 * Who may know what was planted: no file under analysis/ names the truth file, its reader, or the marks of plants; and rules that decide
 * know neither what is planted nor any measure. A part of the rules of the house, beside `test/architecture.test.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Blindness {
  readonly within: RegExp;
  readonly word: RegExp;
}

const blind: readonly Blindness[] = [
  // The sequence of a planted act is a mark, too: a detector that reads it would score itself.
  {
    within: /^analysis\//,
    word: /truth\.json|fileNames\.truth|record\/truth|\breadTruth\b|\bplants\b|firstPlantedSequence/,
  },
  { within: /^sim\/policy\/(rules|looks-kernel|answering)\.ts$/, word: /\bplant(s|ed)?\b|\banalysis\/|\bmeasures?\b/i },
];

function offencesOf(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    blind
      .filter(({ within, word }) => within.test(path) && word.test(text))
      .map(({ word }) => `${path}: ${word.exec(text)?.[0]}`),
  );
}

function tree(): Map<string, string> {
  const files = ['analysis', 'sim/policy'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );
  return new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

test('planted truth: no analysis names the truth file or a mark of plants, and no rule knows of either', () => {
  const files = tree();
  expect(files.has('analysis/measures/conformity.ts') && files.has('sim/policy/rules.ts')).toBe(true);
  expect(offencesOf(files)).toEqual([]);
});

test.each([
  ['analysis/measures/a.ts', "readFileSync(join(run, 'truth.json'))"],
  ['analysis/measures/a.ts', "import { readTruth } from '../../sim/record/truth.ts';"],
  ['analysis/estimators/a.ts', 'manifest.plan.plants'],
  ['analysis/measures/a.ts', 'sequence >= firstPlantedSequence'],
  ['sim/policy/rules.ts', 'if (isPlanted) planted();'],
])('planted truth: an offence in %s is caught', (path, text) => {
  expect(offencesOf(new Map([[path, text]]))).toHaveLength(1);
});
