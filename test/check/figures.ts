/**
 * Line 10.1: every figure on real runs, without texts on one another.
 *
 * Makes the gallery and compares it with the one in the checkout; the overlap of texts is measured in Chromium by
 * `test/viz/figure-texts.test.ts`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, mesocosm, temporary, testFiles } from './figure.ts';
import type { Report } from './figure.ts';

/** Line 10.1. */
export async function checkFigures(report: Report): Promise<void> {
  const out = join(temporary, 'gallery');
  const { status } = await mesocosm(['gallery', '--out', out], { shown: true });
  const kept = join(checkout, 'viz', 'gallery');
  const names = readdirSync(kept);
  const differ =
    status === 0
      ? names.filter((name) => readFileSync(join(kept, name), 'utf8') !== readFileSync(join(out, name), 'utf8'))
      : names;
  report({
    command: 'mesocosm gallery',
    figure: `${names.length} files, ${differ.length} differ from the checkout${differ.length > 0 ? `: ${differ.join(' ')}` : ''}`,
    bar: '0 differ',
    met: status === 0 && differ.length === 0,
  });
  const texts = await testFiles('test/viz/figure-texts.test.ts');
  report({ command: 'texts of figures in Chromium', figure: texts.line, bar: 'no two overlap', met: texts.met });
}
