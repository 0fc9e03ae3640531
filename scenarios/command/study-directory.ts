/**
 * What every study of `study NAME` has: its flags, a directory of its own, figures with their points below it.
 *
 * Writes into the directory alone. Invariant: a directory that exists is never written into.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import type { NamedFigure } from './spreading-page.ts';

/** Flags of `study`. */
export interface StudyFlags {
  /** Left out: as many as the study says. */
  readonly agents?: number;
  readonly replicates?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly out?: string;
  /** Of study files: why it departs from what was registered. */
  readonly deviation?: string;
  readonly json?: boolean;
}

/** The directory of the study: the one that was named, or the first free one. */
export function freeDirectory(name: string, out: string | undefined): string {
  const wanted = out ?? join('runs', name);
  for (let i = 1; ; i++) {
    const directory = i === 1 ? wanted : `${wanted}-${i}`;
    if (!existsSync(directory)) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      return directory;
    }
    if (out !== undefined) {
      throw new InputError({
        code: 'INPUT_EXISTS',
        place: { file: directory },
        found: 'the directory exists',
        next: 'Name another with --out, or remove it.',
      });
    }
  }
}

/** Writes figures with their points below a study's directory. */
export function writeFigures(directory: string, figures: readonly NamedFigure[]): void {
  const folder = join(directory, 'figures');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, figure } of figures) {
    writeWhole(join(folder, `${name}.svg`), figure.svg);
    writeWhole(join(folder, `${name}.csv`), [...writeTableCsv(figure.data)].join(''));
  }
}
