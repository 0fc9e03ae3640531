/**
 * What makes a probe's label "emergent" more than a word: where agents learn and are paid, nothing is known of what a study looks at.
 *
 * Reads the files of learners and games (`sim/policy/learners`, `sim/policy/games`) and of the probes. Files are parsed, so that comments may speak
 * of what code may not name. A second half plants one offence of each kind. Beside it, `architecture.test.ts` holds that sim/policy
 * imports neither analysis nor scenarios.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const folders = ['sim/policy/learners', 'sim/policy/games'];
const forbidden = /indicator|planted|detect|verdict|collu|atRisk|groundTruth/i;

function textOf(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
}

function filesOf(folder: string): string[] {
  const names = readdirSync(fileURLToPath(new URL(`../${folder}`, import.meta.url)));
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

/** Names and texts of a file's code that speak of what a study looks at or planted, and imports from where that is known. */
function offencesIn(path: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && forbidden.test(node.text)) found.push(node.text);
    if (ts.isImportDeclaration(node) && /\/(analysis|scenarios)\//.test(node.moduleSpecifier.getText())) {
      found.push(node.moduleSpecifier.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

describe('emergent probes', () => {
  test('learners and games name nothing that a study looks at, and import nothing that does', () => {
    const files = folders.flatMap(filesOf);
    expect(files.length).toBeGreaterThan(9);
    const found = files.flatMap((path) => offencesIn(path, textOf(path)).map((word) => `${path}: ${word}`));
    expect(found).toEqual([]);
  });

  test('every emergent probe takes its agents from sim/policy and decides nothing itself', () => {
    const probes = filesOf('scenarios/risks').filter((path) => /^ {2}label: 'emergent',$/m.test(textOf(path)));
    expect(probes.length).toBeGreaterThanOrEqual(7);
    for (const path of probes) {
      expect(textOf(path), path).toMatch(/from '\.\.\/\.\.\/sim\/policy\//);
      expect(textOf(path), path).not.toMatch(/\bdecide\s*\(|\bsettle\s*\(/);
    }
  });

  test.each([
    ['const isPlanted = 1;', 'isPlanted'],
    ["const kind = 'the indicator';", 'the indicator'],
    [
      "import { x } from '../../../analysis/estimators/logit-market.ts';",
      "'../../../analysis/estimators/logit-market.ts'",
    ],
  ])('offencesIn: catches %s', (code, word) => {
    expect(offencesIn('sim/policy/learners/a.ts', code)).toEqual([word]);
    expect(offencesIn('sim/policy/learners/a.ts', '// an indicator may be spoken of\nexport const paid = 1;')).toEqual(
      [],
    );
  });
});
