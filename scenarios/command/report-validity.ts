/**
 * The validity table of a report: what was planted in the run, and what `analyze` found of it.
 *
 * Reads the findings that figures and tables of the page are made of, and then the truth file, through `validity.ts`, which alone opens it; a run
 * without plants gets no section. Order: families as `validity` lists them. Oracle: `mesocosm validity RUN` (`test/command/validity.test.ts`).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileNames } from '../../sim/record/store.ts';
import { dearAgentsMax } from './report-findings.ts';
import { validityOf } from './validity.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { FigureSource } from '../../viz/figures/source.ts';
import type { Block, Cell, TableColumn } from '../../viz/report.ts';
import type { Validity } from './validity.ts';

/** Blocks of the section; none where nothing was planted. */
export function validityBlocks(source: FigureSource): Block[] {
  const { records, seed } = source;
  const { directory, manifest } = records;
  if (!existsSync(join(directory, fileNames.truth))) return [];
  const head: Block = {
    kind: 'heading',
    level: 2,
    text: 'What was planted, and what of it was found',
    anchor: 'planted-and-found',
  };
  if (manifest.agents > dearAgentsMax) {
    return [head, { kind: 'notes', notes: [`Left out for so large a population: mesocosm validity ${directory}`] }];
  }
  const rings = (source.rings ?? []).map(({ agents, qValue }) => ({ agents, qValue: qValue ?? 1 }));
  const validity = validityOf([directory], seed, () => rings);
  const notes = validity.unscored.map(({ family, reason }) => `${family}: ${reason}`);
  if (validity.rows.length === 0) return [head, { kind: 'notes', notes }];
  return [head, scoreTable(validity, notes), calibrationTable(validity)];
}

const left = (name: string): TableColumn => ({ name, align: 'left' });
const right = (name: string, decimals?: number): TableColumn => ({
  ...{ name, align: 'right' },
  ...(decimals === undefined ? {} : { decimals }),
});

function scoreTable({ rows }: Validity, notes: readonly string[]): Block {
  return {
    kind: 'table',
    caption: 'What analyze found of what was planted',
    columns: [
      ...[left('planted'), left('detector'), right('agents planted'), right('agents found')],
      ...[right('precision', 3), right('recall', 3), right('AUC', 3), right('Brier score', 4)],
      ...[right('groups recovered'), right('calibration error', 4)],
    ],
    rows: rows.map((row): Cell[] => [
      ...[row.family, row.detector, row.planted, row.found],
      ...[intervalOf(row.precision), intervalOf(row.recall), finite(row.auc), finite(row.brier)],
      row.groupsRecovered === undefined ? null : `${row.groupsRecovered} of ${row.groups}`,
      finite(row.calibrationError),
    ]),
    notes: [
      'The unit is the agent; precision and recall with Wilson’s 95 %. A finding counts from q 0.05 down, and claims to be planted with probability 1 - q. A group counts as recovered by a found one that shares half with it (intersection by union).',
      'The truth file was opened after all measures were taken. One run is one world: mesocosm validity RUN… pools several.',
      ...notes,
    ],
  };
}

function calibrationTable({ rows }: Validity): Block {
  return {
    kind: 'table',
    caption: 'Claimed and observed shares of planted agents, by bin of what was claimed',
    columns: [left('planted'), right('claimed', 3), right('observed', 3), right('agents')],
    rows: rows.flatMap(({ family, calibration }) =>
      calibration.map(({ claimed, observed, units }): Cell[] => [family, claimed, observed, units]),
    ),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function intervalOf({ value, interval: [low, high] }: Estimate): Cell {
  return Number.isFinite(value) ? { value, low, high } : null;
}
