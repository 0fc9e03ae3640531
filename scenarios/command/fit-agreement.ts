/**
 * `fit agreement`: how far columns of labels agree: adjusted Rand, mutual information, Cohen's and Fleiss' kappa, on anyone's CSV.
 *
 * Reads the file; a column is a clustering of the rows, or a rater of them. Rows with a missing cell are dropped and counted.
 * Rand and mutual information do not look at what labels are called; kappa compares their texts.
 * Oracles: scikit-learn and statsmodels, test/data/clusters.json.
 */
import {
  adjustedRand,
  cohenKappa,
  fleissKappa,
  normalisedMutualInformation,
} from '../../analysis/estimators/agreement.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { alignedTable, shown } from './aligned.ts';
import { FitTable, completeRows, droppedText, refuseSharedColumns } from './fit-table.ts';
import { note, printResult } from './output.ts';
import type { FitFlags } from './fit-table.ts';

/** Flags of `fit agreement`. */
export interface FitAgreementFlags extends FitFlags {
  readonly columns: readonly string[];
}

/** Labels beyond which they are no categories, and kappa is not computed: its tables hold a cell for each pair, and for each row. */
const categoryCountMax = 1000;

interface Rated {
  readonly name: string;
  /** Number of the label of each row; one text has one number in all columns. */
  readonly label: Int32Array;
}

/** Runs the command. */
export function fitAgreementCommand(flags: FitAgreementFlags): void {
  const { columns } = flags;
  if (columns.length < 2) {
    const found = `agreement is between two columns or more, got ${columns.length}`;
    const next = 'Write their names, separated by commas.';
    throw new InputError({ code: 'INPUT_REQUIRED', place: { file: '--columns' }, found, next });
  }
  refuseSharedColumns(columns.map((name) => ({ flag: '--columns', name })));
  const table = new FitTable(flags, columns);
  const rows = completeRows(table, columns);
  const numbers = new Map<string, number>();
  const rated = columns.map((name) => {
    const cells = table.cells(name).filter((_, row) => rows.isUsed[row] === 1);
    return { name, label: Int32Array.from(cells, (cell) => numberOf(numbers, cell)) };
  });
  const warnings = kappaWarnings(rated, numbers.size);
  const hasKappa = warnings.length === 0;
  const pairs = rated.flatMap((first, at) =>
    rated.slice(at + 1).map((second) => ({
      columns: [first.name, second.name],
      adjustedRand: adjustedRand(first.label, second.label),
      mutualInformation: normalisedMutualInformation(first.label, second.label),
      cohenKappa: hasKappa ? finiteOrNull(cohenKappa(crossTable(first, second, numbers.size))) : null,
    })),
  );
  const fleiss = hasKappa && columns.length > 2 ? finiteOrNull(fleissKappa(countsOf(rated, numbers.size))) : null;
  const result = {
    source: table.file,
    method:
      'Hubert and Arabie’s adjusted Rand index; mutual information over the mean entropy; Cohen’s and Fleiss’ kappa',
    definition:
      'adjustedRand, mutualInformation: 1 for equal partitions, whatever labels are called; kappa: agreement beyond chance over what chance ' +
      'leaves, labels compared as texts, unweighted, null where chance alone agrees fully; fleissKappa: of three columns or more',
    unit: 'row',
    n: rows.usedCount,
    categories: numbers.size,
    pairs,
    fleissKappa: fleiss,
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    warnings,
  };
  for (const warning of warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () => {
    const lines = pairs.map(({ columns: names, adjustedRand: rand, mutualInformation, cohenKappa: kappa }) => [
      ...[names.join(', '), shown(rand), shown(mutualInformation), shown(kappa)],
    ]);
    return [
      `n = ${rows.usedCount}, ${numbers.size} labels${droppedText(rows)}`,
      alignedTable([['', 'ARI', 'NMI', 'Cohen’s kappa'], ...lines]),
      ...(columns.length > 2 ? [`Fleiss’ kappa of the ${columns.length}: ${shown(fleiss)}`] : []),
    ].join('\n');
  });
}

function numberOf(numbers: Map<string, number>, cell: string): number {
  const number = numbers.get(cell) ?? numbers.size;
  numbers.set(cell, number);
  return number;
}

/** Why kappa cannot be had: too many labels, or columns that call nothing by the same name. */
function kappaWarnings(rated: readonly Rated[], categoryCount: number): string[] {
  if (categoryCount > categoryCountMax) {
    return [`${categoryCount} labels: kappa is computed for at most ${categoryCountMax}`];
  }
  // How many columns use each label: one that two use is enough.
  const uses = new Int32Array(categoryCount);
  for (const { label } of rated) for (const one of new Set(label)) uses[one]++;
  const isShared = uses.some((count) => count > 1);
  return isShared ? [] : ['the columns have no label in common: kappa compares labels and is left out'];
}

function crossTable(first: Rated, second: Rated, categoryCount: number): number[][] {
  const counts = Array.from({ length: categoryCount }, () => new Array<number>(categoryCount).fill(0));
  first.label.forEach((label, row) => counts[label][second.label[row]]++);
  return counts;
}

/** How many columns gave each row each label. */
function countsOf(rated: readonly Rated[], categoryCount: number): number[][] {
  return Array.from({ length: rated[0].label.length }, (_, row) => {
    const counts = new Array<number>(categoryCount).fill(0);
    for (const { label } of rated) counts[label[row]]++;
    return counts;
  });
}
