/**
 * Line 9.2: spreading beside cascades that were held out and beside a file of cascades, its ablations, and halved ticks, at full size.
 *
 * Four commands, one after the other: the study with twelve worlds and as many pairs for each mechanism taken away; the study against a file in the
 * form of `data/cascades/twitter1516-calibration.csv`, which is that file and holds a cascade with negative times; and `verify --halve-tick` of both
 * scenarios. Whoever has other cascades names them in SPREADING_AGAINST.
 */
import { join } from 'node:path';
import { dataFile } from '../../scenarios/load.ts';
import { mesocosm, objectOf, temporary } from './figure.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Report, RunSummary } from './figure.ts';

interface Distances {
  readonly cascades: number;
  readonly realCount: number;
  readonly users: Estimate;
  readonly depth: Estimate;
  readonly usersOverBoth: Estimate;
  readonly depthOverBoth: Estimate;
}

interface Study {
  readonly verdicts: readonly { readonly claim: string; readonly note: string }[];
  readonly minutes: { readonly scale: Estimate };
  readonly comparison: Distances;
  readonly fit: Distances;
  readonly real: { readonly cascades: number; readonly negative: number };
  readonly floor: Readonly<Record<'users' | 'depth', { readonly mean: number; readonly upper: number }>>;
  readonly ablations: readonly {
    readonly name: string;
    readonly part: 'minutes' | 'worlds';
    readonly published: string;
    readonly pairs: number;
    readonly measures: readonly {
      readonly measure: string;
      readonly whole: number;
      readonly arm: number;
      readonly difference: Estimate;
      readonly asPublished: 'yes' | 'undecided' | 'no' | null;
    }[];
  }[];
}

interface Halved {
  readonly worlds: number;
  readonly within: boolean;
  readonly headlines: Readonly<
    Record<
      string,
      {
        readonly whole: Estimate;
        readonly halved: Estimate;
        readonly expected: [number, number];
        readonly within: boolean;
      }
    >
  >;
}

const worlds = 12;
const distanceMax = 0.2;
const study = ['study', 'information-spreading', '--agents', '100000', '--seed', '1'];

/** Runs the check. */
export async function checkSpreading(report: Report): Promise<void> {
  await checkHeldOut(report);
  await checkFile(report);
  await checkHalvedTicks(report, 'false-business-0', 40);
  await checkHalvedTicks(report, 'information-spreading', 6);
}

function words({ value, interval }: Estimate): string {
  return `${value.toFixed(3)} [${interval.map((one) => one.toFixed(3)).join(', ')}]`;
}

async function checkHeldOut(report: Report): Promise<void> {
  const args = [...study, '--replicates', String(worlds), '--ablation-pairs', String(worlds)];
  const found = await objectOf<Study>([...args, '--out', join(temporary, 'spreading')], { shown: true });
  for (const name of ['users', 'depth'] as const) {
    const { comparison, fit, floor } = found;
    report({
      command: `${args.join(' ')}: Kolmogorov-Smirnov of ${name}, held-out half`,
      figure:
        `${words(comparison[name])} over worlds, [${comparison[`${name}OverBoth`].interval.map((one) => one.toFixed(3)).join(', ')}] over cascades too; ` +
        `${comparison.cascades} simulated, ${comparison.realCount} real; fit half ${words(fit[name])}; two real halves ${floor[name].mean.toFixed(3)}, 95 of 100 within ${floor[name].upper.toFixed(3)}`,
      bar: `at most ${distanceMax}`,
      met: comparison[name].value <= distanceMax,
    });
  }
  const minutes = found.verdicts.filter(({ claim }) => /minute/.test(claim) && !claim.startsWith('Ablation'));
  report({
    command: 'the curve by minute',
    figure: `normalised error ${words(found.minutes.scale)}; ${minutes[0].note}`,
    bar: 'every verdict on it says in-sample',
    met: minutes.length > 0 && minutes.every(({ note }) => note.includes('in-sample')),
  });
  reportAblations(report, found.ablations);
}

function reportAblations(report: Report, ablations: Study['ablations']): void {
  for (const { name, part, published, pairs, measures } of ablations) {
    for (const { measure, whole, arm, difference, asPublished } of measures) {
      report({
        command: `ablation, ${name} (${part}): ${measure}`,
        figure: `${whole.toFixed(3)} -> ${arm.toFixed(3)}, difference ${words(difference)}, ${pairs} pairs`,
        bar: asPublished === null ? 'stated' : published,
        ...(asPublished === null ? {} : { met: asPublished === 'yes' }),
      });
    }
  }
  const errorOf = (name: string): number | undefined =>
    ablations.find((one) => one.part === 'minutes' && one.name === name)?.measures[0].arm;
  const whole = ablations.find((one) => one.part === 'minutes')?.measures[0].whole ?? Number.NaN;
  const [flat = Number.NaN, every = Number.NaN] = ['activity flat', 'active at every step'].map(errorOf);
  report({
    command: 'order of the errors by minute: whole, activity flat, active at every step',
    figure: [whole, flat, every].map((one) => one.toFixed(4)).join(' < '),
    bar: 'as OASIS: activity vectors of ones fit much worse',
    met: whole < flat && flat < every,
  });
}

async function checkFile(report: Report): Promise<void> {
  const file = process.env['SPREADING_AGAINST'] ?? dataFile('cascades/twitter1516-calibration.csv');
  const args = [...study, '--replicates', '6', '--no-ablations', '--against', file];
  const { comparison, real, floor } = await objectOf<Study>([...args, '--out', join(temporary, 'against')], {
    shown: true,
  });
  for (const name of ['users', 'depth'] as const) {
    report({
      command: `study --against a file of ${real.cascades} cascades, ${real.negative} with negative times: ${name}`,
      figure: `${words(comparison[name])}; two halves of it ${floor[name].mean.toFixed(3)} apart`,
      bar: `at most ${distanceMax}`,
      met: comparison[name].value <= distanceMax,
    });
  }
}

async function checkHalvedTicks(report: Report, scenario: string, seeds: number): Promise<void> {
  const named =
    scenario === 'false-business-0'
      ? join(import.meta.dirname, `../../scenarios/information-spreading/${scenario}.yaml`)
      : scenario;
  const out = join(temporary, `halved-${scenario}`);
  await objectOf<RunSummary>(['run', named, '--index', 'none', '--out', out]);
  const args = ['verify', out, '--halve-tick', '--worlds', String(seeds), '--json'];
  const { stdout } = await mesocosm(args, { shown: true });
  const { headlines, within } = JSON.parse(stdout) as Halved;
  for (const [name, one] of Object.entries(headlines)) {
    report({
      command: `verify --halve-tick, ${scenario}, ${seeds} seeds: ${name}`,
      figure: `${words(one.whole)}, half the tick ${words(one.halved)}`,
      bar: `within [${one.expected.map((end) => end.toFixed(3)).join(', ')}], or 5 in 100 (error: 0.01) of it`,
      met: one.within,
    });
  }
  report({
    command: `verify --halve-tick, ${scenario}`,
    figure: `within: ${String(within)}`,
    bar: 'exit 0',
    met: within,
  });
}
