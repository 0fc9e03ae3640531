/**
 * `figure RUN`: which figures a run can give and why it cannot give others. `figure RUN NAME`: one of them, with its data as CSV.
 *
 * Reads a run or a data set, and the arms beside it; writes an SVG and a CSV, and a PNG where one is asked for. Without `--out` they go to
 * `figures/` of the run.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { nearestName } from '../../sim/scenario/problems-words.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { figureKinds } from '../../viz/figures/catalogue.ts';
import { FigureSource } from '../../viz/figures/source.ts';
import { pngOf } from '../../viz/png.ts';
import { namesOf, worldsIn } from './compare.ts';
import { note, printResult } from './output.ts';
import { ringsOf } from './rings.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Figure } from '../../viz/figure.ts';
import type { FigureArm, FigureKind } from '../../viz/figures/source.ts';

/** Flags of `figure`. */
export interface FigureFlags {
  readonly png?: boolean;
  /** The SVG's path; CSV and PNG stand beside it. */
  readonly out?: string;
  /** Runs, or directories of replicates, beside the run. */
  readonly arm: readonly string[];
  readonly seed: number;
  readonly json?: boolean;
}

/** Runs the command. Returns its exit status. */
export function figureCommand(run: string, name: string | undefined, flags: FigureFlags): number {
  const kind = name === undefined ? undefined : kindCalled(name);
  const source = sourceOf(openRecords(run), flags);
  if (kind === undefined) return listFigures(run, source, flags);
  const lacks = kind.lacks(source);
  if (lacks !== undefined) {
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: run },
      found: `it cannot give the figure ${kind.name}: ${lacks}`,
      next: `mesocosm figure ${run} lists those that it can give.`,
    });
  }
  const files = writeFigure(
    flags.out ?? join(run, 'figures', `${kind.name}.svg`),
    kind.draw(source),
    flags.png === true,
  );
  printResult(flags.json === true, { run, figure: kind.name, caption: kind.caption(source), files }, () =>
    files.join('\n'),
  );
  return 0;
}

/** A source of figures with its arms and with rings, where something measures them. */
export function sourceOf(
  records: Records,
  { arm = [], seed }: Pick<FigureFlags, 'seed'> & { readonly arm?: readonly string[] },
): FigureSource {
  return new FigureSource(records, { seed, arms: armsOf(arm), rings: () => ringsOf(records, seed) });
}

function armsOf(paths: readonly string[]): FigureArm[] {
  const warnings: string[] = [];
  const names = namesOf(paths);
  const arms = paths.map((path, at) => ({ name: names[at], worlds: worldsIn(path, warnings) }));
  for (const warning of warnings) note(warning);
  return arms;
}

function kindCalled(name: string): FigureKind {
  const found = figureKinds.find((kind) => kind.name === name);
  if (found !== undefined) return found;
  const names = figureKinds.map((kind) => kind.name);
  const near = nearestName(name, names);
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    found: `no figure is called ${echo(name)}`,
    next: `${near === undefined ? '' : `Did you mean ${near}? `}Known: ${names.join(', ')}.`,
  });
}

function listFigures(run: string, source: FigureSource, flags: FigureFlags): number {
  const rows = figureKinds.map((kind) => ({ name: kind.name, shows: kind.shows, lacks: kind.lacks(source) ?? null }));
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const line = ({ name, shows, lacks }: (typeof rows)[number]): string =>
    `${name.padEnd(width)}${lacks === null ? shows : `not of this run: ${lacks}`}`;
  const order = [...rows.filter(({ lacks }) => lacks === null), ...rows.filter(({ lacks }) => lacks !== null)];
  printResult(flags.json === true, { run, figures: rows }, () => order.map(line).join('\n'));
  return 0;
}

/** Writes a figure with its data beside it, and its pixels where they are wanted. Returns the paths. */
export function writeFigure(path: string, { svg, data }: Figure, png: boolean): string[] {
  const stem = path.replace(/\.(svg|png|csv)$/i, '');
  const pixels = png ? pngOf(svg) : undefined;
  mkdirSync(dirname(stem), { recursive: true, mode: 0o700 });
  writeWhole(`${stem}.svg`, svg);
  writeWhole(`${stem}.csv`, [...writeTableCsv(data)].join(''));
  if (pixels === undefined) return [`${stem}.svg`, `${stem}.csv`];
  writeWhole(`${stem}.png`, pixels);
  return [`${stem}.svg`, `${stem}.csv`, `${stem}.png`];
}
