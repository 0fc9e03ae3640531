/**
 * `compare ARM ARM…`: effect sizes between arms; `compare ARM… --to FIGURES`: a scorecard against published figures.
 *
 * An arm is the directory of a run, or a directory whose own directories are runs: its worlds. Reads them; writes nothing. Two worlds
 * with one digest are one world: the second is left out, with a warning, since it replicates nothing.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { fileNames } from '../../sim/record/store.ts';
import { layerOf } from './analyze.ts';
import { claimQ, compareArms } from './compare-arms.ts';
import { comparePaired } from './compare-paired.ts';
import { compareTreated } from './treatment.ts';
import { note, printResult } from './output.ts';
import { World, quantities } from './quantities.ts';
import { readFigures, scoreWorlds } from './scorecard.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Arm, Comparison } from './compare-arms.ts';
import type { Scorecard, ScoreRow } from './scorecard.ts';

/** Flags of `compare`. */
export interface CompareFlags {
  readonly to?: string;
  readonly layer?: string;
  /** Worlds of one seed are pairs. */
  readonly paired?: boolean;
  readonly seed: number;
  readonly json?: boolean;
}

interface ArmRecords {
  readonly name: string;
  readonly worlds: readonly Records[];
}

/** Runs the command. Returns its exit status. */
export function compareCommand(named: readonly string[], flags: CompareFlags): number {
  if (flags.layer !== undefined) layerOf(flags.layer);
  const warnings: string[] = [];
  const arms = namesOf(named).map((name, at) => ({ name, worlds: worldsIn(named[at], warnings) }));
  if (flags.to === undefined) return printArms(arms, flags, warnings);
  return printScores(arms, flags.to, flags, warnings);
}

/** The last part of each path, or the path where two would be the same. */
export function namesOf(paths: readonly string[]): string[] {
  const names = paths.map((path) => basename(resolve(path)));
  return names.map((name, at) => (names.indexOf(name) === names.lastIndexOf(name) ? name : paths[at]));
}

/** The worlds of an arm: the run itself, or the runs in its directory. What is left out or odd is added to `warnings`. */
export function worldsIn(directory: string, warnings: string[]): Records[] {
  if (!existsSync(directory) || existsSync(join(directory, fileNames.manifest))) return [openRecords(directory)];
  const found = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, fileNames.manifest)))
    .map((entry) => join(directory, entry.name))
    .sort();
  if (found.length === 0) {
    throw new InputError({
      code: 'INPUT_NOT_A_RUN',
      place: { file: directory },
      found: 'neither a run nor a directory of runs',
      next: 'Name the directory of a run, or one that holds the replicates of an arm.',
    });
  }
  const worlds = found.map((path) => openRecords(path));
  const kept = worlds.filter(({ head }, at) => worlds.findIndex((other) => other.head.digest === head.digest) === at);
  if (kept.length < worlds.length) {
    warnings.push(`${directory}: ${worlds.length - kept.length} worlds have the digest of another and were left out`);
  }
  const scenarios = new Set(kept.map(({ manifest }) => manifest.scenario));
  if (scenarios.size > 1) warnings.push(`${directory}: worlds of several scenarios: ${[...scenarios].join(', ')}`);
  for (const { directory: path, manifest } of kept) {
    if (manifest.outcome !== 'complete') warnings.push(`${path}: the run is ${manifest.outcome}, not complete`);
  }
  return kept;
}

// ---- Arms ----

function printArms(arms: readonly ArmRecords[], flags: CompareFlags, warnings: string[]): number {
  if (arms.length < 2) {
    throw new InputError({
      code: 'INPUT_USAGE',
      found: 'one arm is compared with nothing',
      next: 'Name a second run or directory of replicates, or figures with --to.',
    });
  }
  const measures = Object.keys(quantities).filter((name) => quantities[name].isHeadline);
  const measured = arms.map(({ name, worlds }) => ({ name, values: valuesOf(worlds, measures, flags) }));
  if (flags.paired === true) return printPairs(arms, measured, measures, flags, warnings);
  const { comparisons, testCount } = compareArms(measured, measures, flags.seed);
  for (const { name, worlds } of arms)
    if (worlds.length === 1) warnings.push(`${name}: n = 1 world, so no difference from it can be claimed`);
  const result = {
    unit: 'world',
    arms: arms.map(({ name, worlds }, at) => ({
      ...{ name, worlds: worlds.length, scenario: worlds[0].manifest.scenario },
      seeds: worlds.map(({ manifest }) => manifest.seed),
      values: measured[at].values,
    })),
    definitions: Object.fromEntries(measures.map((name) => [name, quantities[name].definition])),
    comparisons,
    method:
      'differences are the other arm less the first, over worlds: Welch’s t with its interval, Hedges’ g (noncentral t), Cliff’s delta (Feng and ' +
      'Cliff), permutation of worlds between arms; worlds of one seed in two arms are not paired',
    multiplicity: { tests: testCount, method: 'Benjamini-Hochberg over all measures and arms', claimedAtQ: claimQ },
    warnings,
  };
  printResult(flags.json === true, result, () => [...comparisons.flatMap(comparisonLines), ...warnings].join('\n'));
  return 0;
}

/** Every further arm beside the first, by pairs of worlds of one seed. */
function printPairs(
  arms: readonly ArmRecords[],
  measured: readonly Arm[],
  measures: readonly string[],
  flags: CompareFlags,
  warnings: string[],
): number {
  const seeded = measured.map((arm, at) => ({ ...arm, seeds: arms[at].worlds.map(({ manifest }) => manifest.seed) }));
  const [first, ...others] = seeded;
  const comparisons = others.map((other, at) => ({
    ...{ first: first.name, other: other.name },
    measures: comparePaired(first, other, measures),
    treatments: compareTreated(
      arms[1 + at].worlds.flatMap((treated) => {
        const control = arms[0].worlds.find(({ manifest }) => manifest.seed === treated.manifest.seed);
        return control === undefined ? [] : [{ control, treated }];
      }),
    ),
  }));
  const pairs = Math.min(...comparisons.map((one) => Math.max(...one.measures.map((effect) => effect.pairs))));
  if (pairs < 2) warnings.push('one pair of worlds or none: the difference is described, nothing is claimed');
  const method =
    'the other arm less the first over pairs of worlds of one seed: Student’s interval, paired t; Benjamini-Hochberg over measures';
  printResult(flags.json === true, { unit: 'pair of worlds', comparisons, method, warnings }, () => {
    const lines = comparisons.flatMap(({ first: one, other, measures: effects, treatments }) => [
      `${other} less ${one}, by pairs`,
      ...effects.map(({ measure, difference, interval, pairs: n, qValue, claim }) => {
        const q = qValue === null ? '' : `, q ${shortly(qValue)}`;
        return `  ${measure}: ${shortly(difference)}${rangeText(interval)}, ${n} pairs${q}${claim === null ? '' : `: ${claim}`}`;
      }),
      ...treatments.map(
        ({ form, outcome, contrast, units, difference, interval, pairs: n }) =>
          `  ${form}, ${contrast}, ${outcome}: ${shortly(difference)}${rangeText(interval)}, ${units} units in ${n} pairs`,
      ),
    ]);
    return [...lines, ...warnings].join('\n');
  });
  return 0;
}

function valuesOf(
  worlds: readonly Records[],
  measures: readonly string[],
  { seed, layer }: CompareFlags,
): Record<string, (number | null)[]> {
  const found = Object.fromEntries(measures.map((name): [string, (number | null)[]] => [name, []]));
  for (const records of worlds) {
    note(`measuring ${records.directory}`);
    const world = new World(records, seed, layer);
    for (const name of measures) found[name].push(quantities[name].find(world).value);
  }
  return found;
}

function comparisonLines({ first, other, measures }: Comparison): string[] {
  return [
    `${other} beside ${first}`,
    ...measures.map(({ measure, first: one, other: two, difference, hedgesG, words }) => {
      const size = hedgesG.value === null ? '' : `, g ${shortly(hedgesG.value)}${rangeText(hedgesG.interval)}`;
      const change = `${shortly(one.mean)} -> ${shortly(two.mean)}`;
      return `  ${measure}: ${change}, difference ${shortly(difference.value)}${rangeText(difference.interval)}${size}: ${words}`;
    }),
  ];
}

// ---- Scorecard ----

function printScores(arms: readonly ArmRecords[], to: string, flags: CompareFlags, warnings: string[]): number {
  const figures = readFigures(to);
  const scorecards = arms.map(({ name, worlds }) => ({
    arm: name,
    ...scoreWorlds(worlds, figures, flags.seed, flags.layer),
  }));
  for (const { arm, worlds } of scorecards)
    if (worlds === 1) warnings.push(`${arm}: n = 1 world, so intervals do not hold between worlds`);
  printResult(flags.json === true, { unit: 'world', scorecards, warnings }, () =>
    [...scorecards.flatMap(({ arm, ...card }) => scoreLines(arm, card)), ...warnings].join('\n'),
  );
  return 0;
}

function scoreLines(arm: string, card: Scorecard): string[] {
  const part = (title: string, rows: readonly ScoreRow[]): string[] =>
    rows.length === 0 ? [] : [`  ${title}`, ...rows.map(({ verdict, words }) => `    ${verdict}: ${words}`)];
  return [
    `${arm} (${card.scenario}, n = ${card.worlds}) beside ${card.figures}`,
    ...part('calibrated: parameters were fitted to these', card.calibrated),
    ...part('predicted: nothing was fitted to these', card.predicted),
    ...part('measured', card.measured),
    '  not computed',
    ...card.notComputed.map(({ id, why }) => `    ${id}: ${why}`),
  ];
}

function shortly(value: number | null): string {
  return value === null ? 'none' : String(Number(value.toPrecision(4)));
}

function rangeText(interval: readonly [number, number] | null): string {
  return interval === null ? '' : ` [${interval.map(shortly).join(', ')}]`;
}
