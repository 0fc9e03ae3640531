/**
 * `fit adjust`: p values of many tests together: Benjamini and Hochberg's q values and Holm's adjusted p values, on anyone's CSV.
 *
 * Reads the file; prints them in the order of its rows. A missing cell is no test: it stays missing and is not counted.
 * Oracle: R's p.adjust, test/data/groups-r.json.
 */
import { benjaminiHochberg, holm } from '../../analysis/estimators/multiplicity.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { escapeControls } from '../../sim/ground/errors.ts';
import { alignedTable, shown } from './aligned.ts';
import { FitTable, completeRows, numberColumn } from './fit-table.ts';
import { printResult } from './output.ts';
import type { FitFlags } from './fit-table.ts';

/** Flags of `fit adjust`. */
export interface FitAdjustFlags extends FitFlags {
  readonly column: string;
}

/** Up to here the words call a q value small. */
const level = 0.05;

/** Runs the command. */
export function fitAdjustCommand(flags: FitAdjustFlags): void {
  const { column } = flags;
  const table = new FitTable(flags, [column]);
  const pValues = numberColumn(table, column);
  pValues.forEach((value, row) => {
    if (value >= 0 && value <= 1) return;
    // Texts and numbers too large to be held are refused already.
    if (!Number.isFinite(value)) return;
    table.refuse(column, row, () => ({
      code: 'INPUT_FIELD_RANGE',
      found: `${escapeControls(column)} must lie in [0, 1], got ${value}`,
      next: 'Name a column of p values. An empty cell or NA means no test.',
    }));
  });
  table.throwIfRefused();
  const { usedCount: testCount, droppedCount } = completeRows(table, [column]);
  const [qValues, holmValues] = [benjaminiHochberg(pValues), holm(pValues)];
  const belowCount = qValues.filter((q) => q <= level).length;
  const tests = Array.from(pValues, (pValue, row) => ({
    pValue: finiteOrNull(pValue),
    qValue: finiteOrNull(qValues[row]),
    holm: finiteOrNull(holmValues[row]),
  }));
  const result = {
    source: table.file,
    method: 'Benjamini and Hochberg’s step-up q values; Holm’s step-down adjusted p values',
    definition:
      'qValue: calling significant what has q ≤ α keeps the expected share of false ones at α, for independent or positively dependent ' +
      'tests; holm: keeps the chance of any false one at α, whatever the dependence; rows in the order of the file, null without a test',
    unit: 'test',
    n: testCount,
    qAtMost5Percent: belowCount,
    tests,
    rows: { read: table.rowCount, used: testCount, dropped: droppedCount },
    warnings: [],
  };
  printResult(flags.json === true, result, () => {
    const lines = tests.map(({ pValue, qValue, holm: adjusted }, row) => [
      ...[String(row + 1), shown(pValue), shown(qValue), shown(adjusted)],
    ]);
    const without = droppedCount === 0 ? '' : `; ${droppedCount} without a p value`;
    return `${testCount} tests${without}; q ≤ ${level}: ${belowCount}\n${alignedTable([['row', 'p', 'q', 'Holm'], ...lines])}`;
  });
}
