/**
 * `fit clusters`, `share`, `adjust` and `agreement` as a user starts them: the references' numbers through a CSV, and what is refused.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clusters, groupsOfR } from '../analysis/groups.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), lines.join('\n') + '\n');
}

write('iris.csv', ['a,b,c,d,species', ...clusters.iris.map((row, at) => `${row.join(',')},s${clusters.species[at]}`)]);

interface Clusters {
  readonly k: number;
  readonly tried: {
    readonly k: number;
    readonly sizes: number[];
    readonly largestShare: number;
    readonly withinSquares: number;
    readonly silhouette: number;
    readonly clusterSilhouettes: number[];
    readonly calinskiHarabasz: number;
    readonly daviesBouldin: number;
    readonly bic: number;
    readonly agreement: { readonly adjustedRand: number };
  }[];
  readonly clusters: { readonly size: number; readonly means: Record<string, number> }[];
  readonly clusterOfRow: (number | null)[];
  readonly rows: { readonly dropped: number };
}

const onIris = (...more: string[]): string[] => [
  'fit',
  'clusters',
  '--csv',
  'iris.csv',
  '--columns',
  'a,b,c,d',
  ...more,
];
const clustersOfIris = (...more: string[]): Promise<Clusters> => objectOf<Clusters>(onIris(...more), folder);

describe('fit clusters', () => {
  test('scikit-learn’s numbers by k-means, raw and standardised', async () => {
    const [raw, scaled] = await Promise.all([
      clustersOfIris('--k', '2..4', '--label', 'species'),
      clustersOfIris('--k', '2..4', '--scale', 'z'),
    ]);
    for (const [found, reference] of [
      [raw, clusters.raw],
      [scaled, clusters.scaled],
    ] as const) {
      expect(found.k).toBe(2);
      reference.forEach((one, at) => {
        expect(found.tried[at].withinSquares).toBeCloseTo(one.withinSquares, 4);
        expect(found.tried[at].silhouette).toBeCloseTo(one.silhouette, 4);
        expect(found.tried[at].calinskiHarabasz).toBeCloseTo(one.calinskiHarabasz, 3);
        expect(found.tried[at].daviesBouldin).toBeCloseTo(one.daviesBouldin, 5);
      });
    }
    expect(raw.tried[1].agreement.adjustedRand).toBeCloseTo(0.7302, 4);
    expect(raw.tried[1].sizes).toEqual([62, 50, 38]);
    const setosa = clusters.raw[1].rowSilhouettes.slice(0, 50);
    expect(raw.tried[1].clusterSilhouettes[1]).toBeCloseTo(setosa.reduce((sum, one) => sum + one, 0) / 50, 9);
    expect(raw.tried[0].largestShare).toBeCloseTo(97 / 150, 12);
  });

  test('Ward’s silhouette and the mixture’s BIC; one k alone is as it is within a range', async () => {
    const [ward, mixture, alone, again] = await Promise.all([
      clustersOfIris('--method', 'ward', '--k', '3'),
      clustersOfIris('--method', 'mixture', '--k', '2..3', '--starts', '10'),
      clustersOfIris('--method', 'mixture', '--k', '3', '--starts', '10'),
      clustersOfIris('--method', 'mixture', '--k', '3', '--starts', '10'),
    ]);
    expect(ward.tried[0].silhouette).toBeCloseTo(clusters.ward.silhouette, 9);
    for (const { k, bic } of clusters.mixtures.filter((one) => one.k === 2 || one.k === 3)) {
      expect(mixture.tried[k - 2].bic).toBeCloseTo(bic, 1);
    }
    expect(mixture.k).toBe(2);
    expect(alone.tried[0]).toEqual(mixture.tried[1]);
    expect(again).toEqual(alone);
  });

  test('a dropped row has no cluster; words, and too many clusters refused', async () => {
    write('few.csv', ['x,y,l', '0,0,', '0,1,', 'NA,3,p', '9,9,', '9,8,', '8,9,']);
    const few = ['fit', 'clusters', '--csv', 'few.csv', '--columns', 'x,y'];
    const [found, words, many, bad, unlabelled] = await Promise.all([
      objectOf<Clusters>([...few, '--k', '2'], folder),
      mesocosm([...few, '--k', '2..3'], folder),
      mesocosm([...few, '--k', '2..5', '--json'], folder),
      mesocosm([...few, '--k', '6..2'], folder),
      mesocosm([...few, '--k', '2', '--label', 'l'], folder),
    ]);
    expect(found.clusterOfRow).toEqual([1, 1, null, 0, 0, 0]);
    expect(found.clusters[1]).toEqual({ size: 2, share: 0.4, means: { x: 0, y: 0.5 } });
    expect(words.stdout).toMatch(
      /^n = 5; 1 row dropped \(x: 1 missing\)[\s\S]*chosen: k = 2, the greatest mean silhouette/,
    );
    expect(many).toMatchObject({ status: 2, stdout: '' });
    expect(many.stderr).toMatch(
      /^INPUT_FIELD_RANGE --k 5 clusters are wanted of 5 rows, 5 of them distinct\. Give a --k of 4/,
    );
    expect(unlabelled.stderr).toMatch(/^INPUT_EMPTY few\.csv:1:5 no row that is clustered has a value in "l"/);
    expect(bad.stderr).toMatch(/^INPUT_USAGE.*2\.\.6/m);
  });
});

test('fit share: Wilson’s interval by hand, groups, and a cell that is neither', async () => {
  write('share.csv', ['won,arm', '1,a', 'true,a', '0,a', 'false,b', '0,b', ',b', '1,a']);
  write('two.csv', ['won', '1', '2', 'yes']);
  const share = ['fit', 'share', '--column', 'won', '--csv'];
  const [found, words, wrong] = await Promise.all([
    objectOf<object>([...share, 'share.csv', '--by', 'arm'], folder),
    mesocosm([...share, 'share.csv', '--by', 'arm'], folder),
    mesocosm([...share, 'two.csv'], folder),
  ]);
  const z = 1.959963984540054;
  const centre = (0.75 + (z * z) / 8) / (1 + (z * z) / 4);
  const half = (z / (1 + (z * z) / 4)) * Math.sqrt((0.75 * 0.25) / 4 + (z * z) / 64);
  expect(found).toMatchObject({
    ...{ share: 0.5, n: 6, ones: 3, rows: { dropped: 1 } },
    groups: [
      { name: 'a', n: 4, interval: [expect.closeTo(centre - half, 9), expect.closeTo(centre + half, 9)] },
      { name: 'b', n: 2, share: 0, interval: [0, expect.closeTo((z * z) / (2 + z * z), 9)] },
    ],
  });
  expect(words.stdout).toMatch(/\nall +0\.5 .*\na +0\.75 .*\nb +0 /);
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(/^INPUT_FIELD_RANGE two\.csv:3:1 won must be 0 or 1, got 2\./m);
  expect(wrong.stderr).toMatch(/^INPUT_NUMBER two\.csv:4:1 /m);
});

test('fit adjust: R’s p.adjust in the order of the rows; a missing p value is no test', async () => {
  const { p, bh, holm } = groupsOfR.adjusted;
  write('p.csv', ['name,p', 'none,NA', ...p.map((value, at) => `t${at},${value}`)]);
  write('above.csv', ['p', '0.2', '1.5']);
  const [found, words, wrong] = await Promise.all([
    objectOf<{ n: number; tests: { qValue: number | null; holm: number | null }[] }>(
      ['fit', 'adjust', '--csv', 'p.csv', '--column', 'p'],
      folder,
    ),
    mesocosm(['fit', 'adjust', '--csv', 'p.csv', '--column', 'p'], folder),
    mesocosm(['fit', 'adjust', '--csv', 'above.csv', '--column', 'p'], folder),
  ]);
  expect(found.n).toBe(p.length);
  expect(found.tests[0]).toEqual({ pValue: null, qValue: null, holm: null });
  found.tests.slice(1).forEach(({ qValue, holm: adjusted }, at) => {
    expect(qValue).toBeCloseTo(bh[at], 12);
    expect(adjusted).toBeCloseTo(holm[at], 12);
  });
  expect(words.stdout).toContain(`${p.length} tests; 1 without a p value`);
  expect(wrong.stderr).toMatch(/^INPUT_FIELD_RANGE above\.csv:3:1 p must lie in \[0, 1\], got 1\.5\./);
});

test('fit agreement: scikit-learn’s indices, Cohen’s and Fleiss’ kappa, and columns without a common label', async () => {
  const [reference] = clusters.agreement;
  write('pair.csv', ['one,two', ...reference.first.map((label, row) => `a${label},b${reference.second[row]}`)]);
  write('cohen.csv', [
    'one,two',
    ...clusters.cohen.table.flatMap((row, one) =>
      row.flatMap((count, two) => Array<string>(count).fill(`${one},${two}`)),
    ),
  ]);
  const raters = clusters.fleiss.table[0].reduce((sum, count) => sum + count, 0);
  const names = Array.from({ length: raters }, (_, rater) => `r${rater}`).join();
  const labelsOf = (row: readonly number[]): string =>
    row.flatMap((count, category) => Array<number>(count).fill(category)).join();
  write('fleiss.csv', [names, ...clusters.fleiss.table.map(labelsOf)]);
  const agreement = (file: string, columns: string): string[] => [
    'fit',
    'agreement',
    '--csv',
    file,
    '--columns',
    columns,
  ];
  interface Agreement {
    readonly pairs: { adjustedRand: number; mutualInformation: number; cohenKappa: number | null }[];
    readonly fleissKappa: number | null;
    readonly warnings: string[];
  }
  const [pair, cohen, fleiss, one] = await Promise.all([
    objectOf<Agreement>(agreement('pair.csv', 'one,two'), folder),
    objectOf<Agreement>(agreement('cohen.csv', 'one,two'), folder),
    objectOf<Agreement>(agreement('fleiss.csv', names), folder),
    mesocosm(agreement('pair.csv', 'one'), folder),
  ]);
  expect(pair.pairs[0].adjustedRand).toBeCloseTo(reference.adjustedRand, 10);
  expect(pair.pairs[0].mutualInformation).toBeCloseTo(reference.mutualInformation, 10);
  expect(pair.pairs[0].cohenKappa).toBeNull();
  expect(pair.warnings[0]).toMatch(/no label in common/);
  expect(cohen.pairs[0].cohenKappa).toBeCloseTo(0.4, 12);
  expect(cohen.fleissKappa).toBeNull();
  expect(fleiss.fleissKappa).toBeCloseTo(clusters.fleiss.kappa, 12);
  expect(fleiss.pairs).toHaveLength((raters * (raters - 1)) / 2);
  expect(one.stderr).toMatch(/^INPUT_REQUIRED --columns agreement is between two columns or more, got 1\./);
});
