/**
 * What `fit groups` does: every pair of groups of a CSV compared, by effect sizes with intervals and by three tests.
 *
 * Reads a file through `fit-table.ts`. Rows with a missing value or group are left out and counted. With two groups the numbers of
 * their one pair stand at the top of the object; with more, `pairs` alone, with p values adjusted over all pairs.
 * Order: groups ascend, as numbers if all are numbers, otherwise by code units, or as --groups names them; every sign is the
 * first less the second. What is drawn depends on --seed and the pair, not on the order of the file's rows.
 */
import { bootstrapGroups } from '../../analysis/estimators/bootstrap.ts';
import {
  cliffsDelta,
  cohenD,
  cohenDInterval,
  hedgesGInterval,
  momentsOf,
  welchTest,
} from '../../analysis/estimators/effect-size.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import { mannWhitney } from '../../analysis/estimators/mann-whitney.ts';
import { benjaminiHochberg, holm } from '../../analysis/estimators/multiplicity.ts';
import { permuteMeans } from '../../analysis/estimators/permutation.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { listNames } from '../../sim/scenario/problems-words.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { FitTable, completeRows, droppedText, groupColumn, numberColumn } from './fit-table.ts';
import type { FitFlags } from './fit-table.ts';
import { note, printResult } from './output.ts';

/** Flags of `fit groups`. */
export interface FitGroupsFlags extends FitFlags {
  readonly value: string;
  readonly by: string;
  readonly groups?: readonly string[];
  readonly permutations: number;
  readonly bootstrap: number;
  readonly seed: number;
}

type JsonInterval = [number | null, number | null];

/** A group and what is known of it. */
interface GroupSummary {
  readonly name: string;
  readonly n: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Two groups compared, first less second. */
interface PairResult {
  readonly groups: [string, string];
  readonly n: number;
  readonly meanDifference: number;
  readonly cohenD: number | null;
  readonly hedgesG: number | null;
  readonly cliffsDelta: number | null;
  /** Of Cohen's d. */
  readonly interval: JsonInterval;
  readonly intervals: Readonly<
    Record<'cohenD' | 'cohenDBootstrap' | 'hedgesG' | 'cliffsDelta' | 'meanDifference', JsonInterval>
  >;
  readonly welchT: number | null;
  readonly welchDegreesOfFreedom: number | null;
  readonly welchP: number | null;
  readonly mannWhitneyU: number;
  readonly mannWhitneyP: number;
  readonly mannWhitneyExact: boolean;
  readonly permutationP: number | null;
  readonly labellings: number;
  readonly permutationExact: boolean;
  readonly warnings: string[];
}

/** A pair among several, with p values adjusted over all pairs. */
interface AdjustedPair extends PairResult {
  readonly permutationHolm: number | null;
  readonly permutationQ: number | null;
}

/** More are a column of names. */
const groupCountMax = 20;
/** Values drawn by all labellings, and by all resamples, of a pair: some ten seconds each; but never fewer labellings than this. */
const drawsMax = 100_000_000;
const labellingsMin = 199;
/** Rows of a pair above which d is not bootstrapped: its jackknife takes time with their square. */
const bootstrapRowsMax = 10_000;

const definition =
  'first less second. cohenD: difference of means over the pooled standard deviation; interval: 95 %, of cohenD, from the noncentral t; ' +
  'hedgesG: unbiased d; cliffsDelta: P(first > second) - P(first < second); mannWhitneyU: pairs in which the first is larger, ties ' +
  'one half, with mannWhitneyP; permutationP: share of the labellings whose difference of means is at least as far from 0';

/** Runs the command. */
export function fitGroupsCommand(flags: FitGroupsFlags): void {
  const { table, samples, summaries, dropped, rows } = readGroups(flags);
  const pairs = pairsOf(samples.length).map(([one, other], index) =>
    comparePair([summaries[one].name, summaries[other].name], samples[one], samples[other], flags, index),
  );
  const adjusted = adjustedPairs(pairs);
  const warnings = [
    ...pairs.flatMap((pair) => pair.warnings.map((text) => `${pair.groups.join(' and ')}: ${text}`)),
    ...(pairs.length > 1 ? [`${pairs.length} pairs were tested: read permutationHolm or permutationQ`] : []),
  ];
  const [only] = pairs;
  const result = {
    source: table.file,
    method: methodOf(flags),
    definition,
    unit: 'row',
    ...(pairs.length === 1 ? { ...only } : {}),
    n: summaries.reduce((sum, group) => sum + group.n, 0),
    nullModel: 'group labels dealt out anew over the pooled values; group sizes and values stay as they are',
    groups: summaries,
    ...(pairs.length === 1 ? {} : { pairs: adjusted }),
    rows,
    warnings,
  };
  for (const warning of warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () => describe(flags, table.file, dropped, summaries, adjusted));
}

function methodOf({ permutations, bootstrap, seed }: FitGroupsFlags): string {
  return (
    `Welch’s t; Mann-Whitney exact up to 49 rows a group, else normal with ties corrected; permutation of labels, all where there are at most ` +
    `20,000, else at most ${permutations} drawn; BCa bootstrap within groups, ${bootstrap} resamples, up to ${bootstrapRowsMax} rows; seed ${seed}`
  );
}

/** Values of each group, sorted: what is drawn then does not depend on the order of the rows. */
function readGroups(flags: FitGroupsFlags) {
  const { value, by } = flags;
  if (value === by) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--by' },
      found: `--value and --by both name the column ${echo(value)}`,
      next: 'Name the column that says which group a row is in.',
    });
  }
  const table = new FitTable(flags, [value, by]);
  const values = numberColumn(table, value);
  table.throwIfRefused();
  const complete = completeRows(table, [value, by]);
  const { group, names } = groupColumn(table, by, complete.isUsed);
  const chosen = chosenGroups(table, flags, names);
  const samples = chosen.map((name) => {
    const index = names.indexOf(name);
    return values.filter((_, row) => complete.isUsed[row] === 1 && group[row] === index).sort();
  });
  const tooFew = chosen.filter((_, index) => samples[index].length < 2);
  if (tooFew.length > 0) {
    throw table.columnError(by, {
      code: 'INPUT_COMBINATION',
      found: `${listNames(tooFew.map((name) => echo(name)))} of ${echo(by)} has fewer than two rows with a value`,
      next: 'Leave it out with --groups, or add rows.',
    });
  }
  const summaries = chosen.map((name, index): GroupSummary => {
    const { count, mean, variance } = momentsOf(samples[index]);
    return { name, n: count, mean, standardDeviation: Math.sqrt(variance) };
  });
  const used = samples.reduce((sum, sample) => sum + sample.length, 0);
  const rows = { read: table.rowCount, used, dropped: complete.droppedCount, missing: complete.missing };
  return { table, samples, summaries, dropped: droppedText(complete), rows };
}

function chosenGroups(table: FitTable, { by, groups }: FitGroupsFlags, names: readonly string[]): readonly string[] {
  const unknown = (groups ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const found = `${echo(by)} has no value ${listNames(unknown.map((name) => echo(name)))}`;
    const next = `It has ${listNames(names.slice(0, groupCountMax).map((name) => echo(name)))}.`;
    throw table.columnError(by, { code: 'INPUT_UNKNOWN_NAME', found, next });
  }
  const chosen = groups ?? names;
  if (chosen.length < 2) {
    const found = `${echo(by)} is ${echo(chosen[0])} in every row`;
    throw table.columnError(by, { code: 'INPUT_COMBINATION', found, next: 'Name a column with two groups or more.' });
  }
  if (chosen.length > groupCountMax) {
    const found = `${echo(by)} has ${chosen.length} values`;
    const next = `Choose with --groups: at most ${groupCountMax} are compared.`;
    throw table.columnError(by, { code: 'INPUT_TOO_LARGE', found, next });
  }
  return chosen;
}

function pairsOf(count: number): [number, number][] {
  return Array.from({ length: count }, (_, one) => one).flatMap((one) =>
    Array.from({ length: count - one - 1 }, (_, step): [number, number] => [one, one + 1 + step]),
  );
}

function comparePair(
  groups: [string, string],
  first: Float64Array,
  second: Float64Array,
  flags: FitGroupsFlags,
  index: number,
): PairResult {
  const d = cohenDInterval(first, second);
  const g = hedgesGInterval(first, second);
  const delta = cliffsDelta(first, second);
  const welch = welchTest(first, second);
  const ranked = mannWhitney(first, second);
  const fewer = Math.min(first.length, second.length);
  const drawCount = Math.min(flags.permutations, Math.max(labellingsMin, Math.floor(drawsMax / fewer)));
  const stream = randomStream(flags.seed, streamPurposes.permutation, index);
  const permuted = permuteMeans(first, second, stream, { drawCount });
  const isTested = permuted.labellingCount > 0;
  return {
    groups,
    n: d.n,
    meanDifference: welch.value,
    cohenD: finiteOrNull(d.value),
    hedgesG: finiteOrNull(g.value),
    cliffsDelta: finiteOrNull(delta.value),
    interval: jsonOf(d),
    intervals: {
      cohenD: jsonOf(d),
      cohenDBootstrap: bootstrapOf(first, second, flags, index),
      hedgesG: jsonOf(g),
      cliffsDelta: jsonOf(delta),
      meanDifference: jsonOf(welch),
    },
    welchT: finiteOrNull(welch.t),
    welchDegreesOfFreedom: finiteOrNull(welch.degreesOfFreedom),
    welchP: finiteOrNull(welch.pValue),
    mannWhitneyU: ranked.u,
    mannWhitneyP: ranked.pValue,
    mannWhitneyExact: ranked.isExact,
    permutationP: isTested ? permuted.pValue : null,
    labellings: permuted.labellingCount,
    permutationExact: permuted.isExact,
    warnings: warningsOf(first, second),
  };
}

function jsonOf({ interval: [low, high] }: Estimate): JsonInterval {
  return [finiteOrNull(low), finiteOrNull(high)];
}

function bootstrapOf(first: Float64Array, second: Float64Array, flags: FitGroupsFlags, index: number): JsonInterval {
  const rowCount = first.length + second.length;
  if (flags.bootstrap === 0 || rowCount > bootstrapRowsMax) return [null, null];
  const stream = randomStream(flags.seed, streamPurposes.bootstrap, index);
  const replicateCount = Math.min(flags.bootstrap, Math.floor(drawsMax / rowCount));
  return jsonOf(bootstrapGroups([first, second], ([one, other]) => cohenD(one, other), stream, { replicateCount }));
}

function warningsOf(first: Float64Array, second: Float64Array): string[] {
  const one = momentsOf(first).variance;
  const other = momentsOf(second).variance;
  const warnings: string[] = [];
  if (one === 0 && other === 0) warnings.push('neither group varies: d does not exist');
  else if (Math.max(one, other) > 4 * Math.min(one, other)) {
    warnings.push(
      'one variance is more than four times the other: cohenD and its interval assume one; read cliffsDelta and welchP',
    );
  }
  if (first.length + second.length > bootstrapRowsMax)
    warnings.push('too many rows for the bootstrap of d: its interval is that of the noncentral t alone');
  return warnings;
}

function adjustedPairs(pairs: readonly PairResult[]): AdjustedPair[] {
  const pValues = pairs.map((pair) => pair.permutationP ?? Number.NaN);
  const byHolm = holm(pValues);
  const q = benjaminiHochberg(pValues);
  return pairs.map((pair, index) => ({
    ...pair,
    permutationHolm: finiteOrNull(byHolm[index]),
    permutationQ: finiteOrNull(q[index]),
  }));
}

function describe(
  { value, by }: FitGroupsFlags,
  file: string,
  dropped: string,
  summaries: readonly GroupSummary[],
  pairs: readonly AdjustedPair[],
): string {
  const rowCount = summaries.reduce((sum, group) => sum + group.n, 0);
  const lines = [
    `${escapeControls(value)} by ${escapeControls(by)} in ${file}`,
    `${rowCount} rows, ${summaries.length} groups${dropped}`,
    '',
    alignedTable([
      ['', 'rows', 'mean', 'standard deviation'],
      ...summaries.map(({ name, n, mean, standardDeviation }) => [
        name,
        String(n),
        shown(mean),
        shown(standardDeviation),
      ]),
    ]),
  ];
  for (const pair of pairs) lines.push('', ...describePair(pair, pairs.length));
  return lines.join('\n');
}

function describePair(pair: AdjustedPair, pairCount: number): string[] {
  const { intervals } = pair;
  const effect = (name: string, estimate: number | null, interval: JsonInterval): string[] => [
    name,
    shown(estimate),
    shownInterval([interval[0] ?? Number.NaN, interval[1] ?? Number.NaN]),
  ];
  const drawn = `${pair.labellings} labellings, ${pair.permutationExact ? 'all' : 'drawn'}`;
  const adjusted =
    pairCount > 1
      ? [
          `of ${pairCount} pairs: Holm ${shown(pair.permutationHolm, 4)}, q ${shown(pair.permutationQ, 4)} (permutation)`,
        ]
      : [];
  return [
    pair.groups.map((name) => escapeControls(name)).join(' less '),
    alignedTable([
      ['', 'estimate', '95 % interval'],
      effect('difference of means', pair.meanDifference, intervals.meanDifference),
      effect('Cohen’s d', pair.cohenD, intervals.cohenD),
      effect('Cohen’s d, bootstrap', pair.cohenD, intervals.cohenDBootstrap),
      effect('Hedges’ g', pair.hedgesG, intervals.hedgesG),
      effect('Cliff’s delta', pair.cliffsDelta, intervals.cliffsDelta),
    ]),
    `Welch’s t ${shown(pair.welchT)} on ${shown(pair.welchDegreesOfFreedom)}, p ${shown(pair.welchP, 4)}`,
    `Mann-Whitney U ${shown(pair.mannWhitneyU)}, p ${shown(pair.mannWhitneyP, 4)} (${pair.mannWhitneyExact ? 'exact' : 'normal'})`,
    `permutation p ${shown(pair.permutationP, 4)} (${drawn})`,
    ...adjusted,
  ];
}
