/**
 * `fit cox`, `fit kaplan-meier`, `fit power-law` on files: reference values to their printed digits, field names of the contract, and
 * how a bad file is answered.
 *
 * Reads `test/data/lung.csv`, `rossi.csv`, `moby.json`, `survival.json`; writes small files to a temporary folder.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { dataFile, survivalReference, survivalSets } from '../analysis/survival-sets.ts';
import { readReference } from '../analysis/worlds.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import type { CoxCoefficient } from '../../analysis/estimators/cox.ts';

const folder = temporaryFolder();
const lung = dataFile('lung.csv');
const lungTime = ['--csv', lung, '--time', 'time', '--event', 'status'];

interface CoxResult {
  readonly coefficients: readonly CoxCoefficient[];
  readonly concordance: number;
  readonly logLikelihood: { readonly null: number; readonly model: number };
  readonly n: number;
  readonly events: number;
  readonly rows: { readonly dropped: number; readonly missing: Readonly<Record<string, number>> };
  readonly proportionalHazards: {
    readonly terms: readonly { readonly name: string; readonly statistic: number; readonly pValue: number }[];
    readonly global: { readonly statistic: number; readonly degreesOfFreedom: number; readonly pValue: number };
  };
  readonly factors: readonly { readonly column: string; readonly reference: string }[];
  readonly warnings: readonly string[];
}

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return name;
}

/** A set of the references as a CSV file. */
function setFile(name: string): string {
  const entries = Object.entries(survivalSets[name]);
  const lines = entries[0][1].map((_, row) => entries.map(([, values]) => String(values[row])).join(','));
  return write(`${name}.csv`, [entries.map(([column]) => column).join(','), ...lines, ''].join('\n'));
}

const digits = (values: readonly number[], count: number): string[] => values.map((value) => value.toFixed(count));

describe('fit cox', () => {
  test('lung by sex: reference value 5 and the field names of the contract', async () => {
    const found = await objectOf<CoxResult>(['fit', 'cox', ...lungTime, '--covariates', 'sex'], folder);
    const [sex] = found.coefficients;
    expect(Object.keys(sex)).toEqual(
      expect.arrayContaining(['name', 'coef', 'hazardRatio', 'se', 'z', 'pValue', 'interval']),
    );
    expect(sex).not.toHaveProperty('robustSe');
    expect(digits([sex.coef, sex.hazardRatio, sex.se], 5)).toEqual(['-0.53102', '0.58800', '0.16718']);
    expect(digits(sex.interval, 4)).toEqual(['0.4237', '0.8160']);
    expect(found.concordance.toFixed(4)).toBe('0.5786');
    expect([found.n, found.events]).toEqual([228, 165]);
  });

  test('lung by age, sex, ph.ecog: reference values 6 and 9, and one row dropped and counted', async () => {
    const args = ['fit', 'cox', ...lungTime, '--covariates', 'age,sex,ph.ecog'];
    const found = await objectOf<CoxResult>(args, folder);
    expect(found.coefficients.map((one) => one.name)).toEqual(['age', 'sex', 'ph.ecog']);
    expect(
      digits(
        found.coefficients.map((one) => one.coef),
        6,
      ),
    ).toEqual(['0.011067', '-0.552612', '0.463728']);
    expect(digits([found.logLikelihood.null, found.logLikelihood.model], 4)).toEqual(['-744.4805', '-729.2301']);
    expect(found.concordance.toFixed(5)).toBe('0.63714');
    expect([found.n, found.rows.dropped, found.rows.missing]).toEqual([227, 1, { 'ph.ecog': 1 }]);
    const { terms, global } = found.proportionalHazards;
    const all = [...terms, global];
    expect(
      digits(
        all.map((term) => term.statistic),
        3,
      ),
    ).toEqual(['0.188', '2.305', '2.054', '4.464']);
    expect(
      digits(
        all.map((term) => term.pValue),
        3,
      ),
    ).toEqual(['0.665', '0.129', '0.152', '0.216']);
  });

  test('--ties breslow: reference value 7', async () => {
    const args = ['fit', 'cox', ...lungTime, '--covariates', 'age,sex,ph.ecog', '--ties', 'breslow'];
    const { coefficients } = await objectOf<CoxResult>(args, folder);
    expect(
      digits(
        coefficients.map((one) => one.coef),
        6,
      ),
    ).toEqual(['0.011041', '-0.551890', '0.462947']);
  });

  test('rossi, packed by gzip, separated by semicolons: reference value 8', async () => {
    const entries = ['week', 'arrest', 'fin', 'age', 'race', 'wexp', 'mar', 'paro', 'prio'];
    const rows = survivalSets['rossi']['week'].map((_, row) => entries.map((name) => survivalSets['rossi'][name][row]));
    const text = [entries, ...rows].map((row) => row.join(';')).join('\r\n');
    const file = write('rossi.csv.gz', gzipSync(text));
    const names = 'fin,age,race,wexp,mar,paro,prio';
    const args = ['--csv', file, '--delimiter', ';', '--time', 'week', '--event', 'arrest', '--covariates', names];
    const found = await objectOf<CoxResult>(['fit', 'cox', ...args], folder);
    const expected = ['-0.37942', '-0.05744', '0.31390', '-0.14980', '-0.43370', '-0.08487', '0.09150'];
    expect(
      digits(
        found.coefficients.map((one) => one.coef),
        5,
      ),
    ).toEqual(expected);
    expect([found.n, found.events]).toEqual([432, 114]);
    expect([found.logLikelihood.model.toFixed(4), found.concordance.toFixed(5)]).toEqual(['-658.7477', '0.64033']);
  });

  test('--start, --strata, --cluster: coefficients and robust errors are R’s', async () => {
    const reference = survivalReference.fits.find((fit) => fit.name === 'counting, strata, clustered');
    const args = ['--csv', setFile('counting'), '--time', 'time', '--event', 'event', '--covariates', 'age,arm,dose'];
    const more = ['--start', 'start', '--strata', 'site', '--cluster', 'id'];
    const { coefficients } = await objectOf<CoxResult>(['fit', 'cox', ...args, ...more], folder);
    coefficients.forEach((one, index) => {
      expect(one.coef / (reference?.coef[index] ?? 0)).toBeCloseTo(1, 6);
      expect((one.robustSe ?? 0) / (reference?.robustSe?.[index] ?? 0)).toBeCloseTo(1, 6);
      expect(one.z).toBeCloseTo(one.coef / (one.robustSe ?? 0), 10);
    });
  });

  test('factors: numbers that --factors names and texts become contrasts against the first level, tested as one', async () => {
    const { factors } = survivalReference;
    const found = await objectOf<CoxResult>(
      ['fit', 'cox', ...lungTime, '--covariates', 'age,ph.ecog', '--factors', 'ph.ecog'],
      folder,
    );
    expect(found.coefficients.map((one) => one.name)).toEqual(['age', 'ph.ecog=1', 'ph.ecog=2', 'ph.ecog=3']);
    found.coefficients.forEach((one, index) => {
      expect(one.coef / factors.coef[index]).toBeCloseTo(1, 6);
    });
    const { terms, global } = found.proportionalHazards;
    [...terms, global].forEach(({ statistic }, index) => {
      expect(statistic / factors.zph.chisq[index]).toBeCloseTo(1, 5);
    });
    const { time, event, sex } = survivalSets['lung'];
    const lines = time.map((one, row) => `${one},${event[row] === 1},"${sex[row] === 1 ? 'a ""man""' : 'wo,man'}"`);
    const file = write('texts.csv', ['time,died,"the ""sex"""', ...lines].join('\n'));
    const texts = await objectOf<CoxResult>(
      ['fit', 'cox', '--csv', file, '--time', 'time', '--event', 'died', '--covariates', 'the "sex"'],
      folder,
    );
    expect(texts.coefficients.map((one) => [one.name, one.coef.toFixed(5)])).toEqual([
      ['the "sex"=wo,man', '-0.53102'],
    ]);
    expect(texts.factors).toMatchObject([{ column: 'the "sex"', reference: 'a "man"' }]);
  });

  test('a coefficient that runs to infinity: exit 0 with a warning that names it, on standard error too', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, row) => `${1 + ((row * 37) % 50)},${row % 2},${row % 2},${(row * 7) % 11}`,
    );
    const file = write('separated.csv', ['time,event,group,other', ...rows].join('\n'));
    const args = ['fit', 'cox', '--csv', file, '--time', 'time', '--event', 'event', '--covariates', 'group,other'];
    const { status, stdout, stderr } = await mesocosm([...args, '--json'], folder);
    expect(status).toBe(0);
    const { warnings } = JSON.parse(stdout) as CoxResult;
    expect(warnings.filter((text) => /infinity/.test(text))).toEqual([expect.stringMatching(/^group: /)]);
    expect(stderr).toMatch(/^warning: group: .*infinity/m);
  });

  test('without --json: a table with the coefficients, their intervals, concordance and tests', async () => {
    const { status, stdout } = await mesocosm(['fit', 'cox', ...lungTime, '--covariates', 'age,sex,ph.ecog'], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^227 rows, 164 events; 1 row dropped \(ph\.ecog: 1 missing\)$/m);
    expect(stdout).toMatch(/^sex +-0\.55261 +0\.57544 +\[0\.4142, 0\.7994\] /m);
    expect(stdout).toMatch(/^concordance 0\.63714 \(se 0\.0251\)$/m);
    expect(stdout).toMatch(/^all +4\.464 +3 +0\.216$/m);
  });
});

interface KaplanMeierResult {
  readonly n: number;
  readonly events: number;
  readonly median: number | null;
  readonly interval: (number | null)[];
  readonly survival: readonly { readonly time: number; readonly survival: number | null }[];
  readonly groups?: readonly { readonly name: string; readonly n: number; readonly median: number | null }[];
  readonly logRank?: { readonly statistic: number; readonly degreesOfFreedom: number; readonly pValue: number };
  readonly curve: Readonly<Record<string, (number | null)[]>>;
}

describe('fit kaplan-meier', () => {
  test('lung by sex: reference value 10', async () => {
    const args = ['fit', 'kaplan-meier', ...lungTime, '--by', 'sex', '--at', '100,365,500'];
    const found = await objectOf<KaplanMeierResult>(args, folder);
    expect([found.n, found.events, found.median, found.interval]).toEqual([228, 165, 310, [285, 363]]);
    expect(
      digits(
        found.survival.map((one) => one.survival ?? Number.NaN),
        6,
      ),
    ).toEqual(['0.863969', '0.409242', '0.293269']);
    expect(found.groups?.map((group) => [group.name, group.n, group.median])).toEqual([
      ['1', 138, 270],
      ['2', 90, 426],
    ]);
    expect([found.logRank?.statistic.toFixed(4), found.logRank?.pValue.toFixed(6)]).toEqual(['10.3267', '0.001311']);
    const words = await mesocosm(args, folder);
    expect(words.stdout).toMatch(/^all +228 +165 +310 +\[285, 363\] +0\.863969 /m);
    expect(words.stdout).toMatch(/^log-rank test: chi-squared 10\.3267 on 1, p 0\.001311$/m);
  });

  test('--rho 1 weights early events: R’s statistic', async () => {
    const args = ['fit', 'kaplan-meier', ...lungTime, '--by', 'sex', '--rho', '1'];
    const { logRank } = await objectOf<KaplanMeierResult>(args, folder);
    expect(logRank?.statistic.toFixed(4)).toBe('12.7142');
  });

  test('a median that is never reached, and a time after the last row, are null', async () => {
    const args = ['fit', 'kaplan-meier', '--csv', dataFile('rossi.csv'), '--time', 'week', '--event', 'arrest'];
    const found = await objectOf<KaplanMeierResult>([...args, '--at', '52,53'], folder);
    expect([found.median, found.interval]).toEqual([null, [null, null]]);
    expect(found.survival.map((one) => one.survival?.toFixed(4))).toEqual(['0.7361', undefined]);
    expect(found).not.toHaveProperty('groups');
  });
});

interface PowerLawResult {
  readonly alpha: number;
  readonly xmin: number;
  readonly se: number;
  readonly ks: number;
  readonly tailCount: number;
  readonly pValue: number | null;
  readonly verdict: string;
  readonly interval: [number, number];
  readonly leftOut: number;
  readonly comparisons: Readonly<Record<string, { readonly statistic: number; readonly pValue: number }>>;
}

describe('fit power-law', () => {
  const moby = readReference<{ values: number[]; counts: number[] }>('moby.json');
  const cells = moby.values.flatMap((value, row) => Array<number>(moby.counts[row]).fill(value));
  const file = write(
    'moby.csv',
    ['word,count', ...cells.map((count, row) => `w${row},${count}`), 'zero,0', 'none,'].join('\n'),
  );

  test('moby: reference value 1, an interval wider than 1.96 errors, and no claim beyond the tests', async () => {
    const args = ['fit', 'power-law', '--csv', file, '--column', 'count'];
    const found = await objectOf<PowerLawResult>(args, folder);
    expect([found.xmin, found.tailCount, found.leftOut]).toEqual([7, 2958, 1]);
    expect([found.alpha.toFixed(4), found.se.toFixed(4), found.ks.toFixed(5)]).toEqual(['1.9527', '0.0175', '0.00825']);
    expect(found.verdict).toBe('consistent with a power law, not distinguished from lognormal');
    expect(found.pValue).toBeGreaterThan(0.1);
    expect(found.comparisons['lognormal'].pValue.toFixed(2)).toBe('0.68');
    expect(found.interval[1] - found.interval[0]).toBeGreaterThan(2 * 1.96 * found.se);
    expect(await objectOf<PowerLawResult>(args, folder)).toEqual(found);
    const words = await mesocosm([...args, '--bootstrap', '0'], folder);
    expect(words.stdout).toMatch(/^Power law in count of moby\.csv: consistent with .*; goodness of fit not tested$/m);
    expect(words.stdout).toMatch(/18855 positive values, 2958 of them from xmin 7 on; 1 row dropped/);
  });

  test('--continuous: reference value 3; without it the same file is refused at its first fraction', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => (1 - (index + 0.5) / 10_000) ** (-1 / 1.5));
    const pareto = write('pareto.csv', ['x', ...values].join('\n'));
    const args = ['fit', 'power-law', '--csv', pareto, '--column', 'x', '--bootstrap', '0'];
    const found = await objectOf<PowerLawResult>([...args, '--continuous'], folder);
    expect([found.alpha.toFixed(4), found.se.toFixed(4), found.pValue]).toEqual(['2.5001', '0.0150', null]);
    const { status, stdout, stderr } = await mesocosm(args, folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^INPUT_TYPE pareto\.csv:2:1 x must be a whole number.* --continuous/);
  });
});

const bad = `
"id",start,stop,event,age,kind
1,0,5,1,30,a
2,6,5,0,31,b
3,0,-5,1,"3,2",c
"a ""b",0,9,3,x,d
5,0,late,1,34,NA
`;

describe('bad files', () => {
  const file = write('bad.csv', bad);
  const named = ['--csv', file, '--time', 'stop', '--start', 'start', '--event', 'event'];

  test('wrong cells: all in one pass, each with its code, line and column, and nothing printed', async () => {
    const { status, stdout, stderr } = await mesocosm(['fit', 'cox', ...named, '--covariates', 'age,kind'], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.split('\n').map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'INPUT_COMBINATION bad.csv:4:3',
      'INPUT_FIELD_RANGE bad.csv:5:5',
      'INPUT_NUMBER bad.csv:5:10',
      'INPUT_FIELD_RANGE bad.csv:6:13',
      'INPUT_NUMBER bad.csv:6:15',
      'INPUT_NUMBER bad.csv:7:5',
      '',
    ]);
    expect(stderr).toMatch(/a row must start before it ends, got 6 to 5\./);
    expect(stderr).toMatch(/stop must be at least 0, got -5\./);
    expect(stderr).toMatch(/age must be a number, got "3,2"\. Write 3\.2, with a point\..*--factors age/);
    expect(stderr).toMatch(/event must be 0 or 1, or 1 or 2, got 3\./);
  });

  const small = write('small.csv', 'time,event,x,y,z,site\n5,0,1,2,1,a\n6,0,2,4,1,a\n7,0,3,6,1,b\n');
  const alive = write('alive.csv', 'time,event,x,y,z,name\n5,1,1,2,1,a\n6,1,2,4,1,b\n7,0,4,8,1,c\n8,1,3,6,1,d\n');
  const empty = write('missing.csv', 'time,event,x\n5,1,NA\n,1,3\n');
  const on = (path: string, ...more: string[]): string[] => [
    '--csv',
    path,
    '--time',
    'time',
    '--event',
    'event',
    ...more,
  ];

  test.each([
    [
      'a missing column',
      ['cox', ...on(small, '--covariates', 'age,x')],
      /^INPUT_HEADER small\.csv:1:1 the column "age"/,
    ],
    ['no event', ['cox', ...on(small, '--covariates', 'x')], /^INPUT_EMPTY small\.csv:1:6 "event" has no event/],
    ['no event in a curve', ['kaplan-meier', ...on(small)], /^INPUT_EMPTY small\.csv:1:6 "event" has no event/],
    [
      'collinear columns',
      ['cox', ...on(alive, '--covariates', 'x,y')],
      /^INPUT_COMBINATION alive\.csv "y" is a linear combination of "x"/,
    ],
    ['a constant', ['cox', ...on(alive, '--covariates', 'x,z')], /^INPUT_COMBINATION alive\.csv "z" is constant/],
    [
      'one group',
      ['kaplan-meier', ...on(alive, '--by', 'z')],
      /^INPUT_COMBINATION alive\.csv:1:16 "z" is "1" in every/,
    ],
    [
      'no whole row',
      ['cox', ...on(empty, '--covariates', 'x')],
      /^INPUT_EMPTY missing\.csv no row has a value in each/,
    ],
    ['a column named twice', ['cox', ...on(alive, '--covariates', 'x,time')], /^INPUT_COMBINATION --covariates "time"/],
    [
      'a factor that is none',
      ['cox', ...on(alive, '--covariates', 'x', '--factors', 'y')],
      /^INPUT_COMBINATION --factors "y"/,
    ],
    ['no file', ['cox', ...on('none.csv', '--covariates', 'x')], /^INPUT_NOT_FOUND none\.csv/],
    ['unknown ties', ['cox', ...on(alive, '--covariates', 'x', '--ties', 'exact')], /^INPUT_USAGE .*efron, breslow/],
    ['times that are none', ['kaplan-meier', ...on(alive, '--at', '1,x')], /^INPUT_USAGE .*'1,x'/],
    ['no covariates', ['cox', ...on(alive)], /^INPUT_USAGE .*--covariates/],
    [
      'constant values',
      ['power-law', '--csv', alive, '--column', 'z'],
      /^INPUT_EMPTY alive\.csv:1:16 "z" has fewer than two/,
    ],
    ['texts', ['power-law', '--csv', alive, '--column', 'name'], /^INPUT_NUMBER alive\.csv:2:11 name must be a number/],
  ])('%s: exit 2 with its code, on standard error', async (_what, args, says) => {
    const { status, stdout, stderr } = await mesocosm(['fit', ...args], folder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
