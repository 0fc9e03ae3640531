/** P(k), its forms and its verdict: against R's glm, by hand in one group, and on planted chances. */
import { describe, expect, test } from 'vitest';
import { exposureResponse, judgeResponse } from '../../../analysis/estimators/exposure-response.ts';
import { quantileSorted } from '../../../analysis/estimators/distribution.ts';
import type { ExposureRows } from '../../../analysis/estimators/exposure-curve.ts';
import type { ExposureResponse } from '../../../analysis/estimators/exposure-response.ts';
import { exposureRowsOf } from '../../../analysis/measures/adoption-spread.ts';
import { historiesOf } from '../../../analysis/measures/adoption-history.ts';
import { adoptionReference, referenceColumns } from '../adoption-reference.ts';
import { testStream } from '../worlds.ts';

/** Rows of agents who look up to `levelMax` times at each content and adopt at the k-th look with the chance given. */
function looks(
  chance: (k: number, content: number) => number,
  seed: number,
  contents = 10,
  agents = 400,
): ExposureRows {
  const stream = testStream(seed);
  const rows = { level: [] as number[], adopted: [] as number[], group: [] as number[], cluster: [] as number[] };
  for (let content = 0; content < contents; content++) {
    for (let agent = 0; agent < agents; agent++) {
      const levelMax = 1 + stream.below(5);
      for (let k = 1, done = false; k <= levelMax && !done; k++) {
        done = stream.uniform() < chance(k, content);
        rows.level.push(k);
        rows.adopted.push(done ? 1 : 0);
        rows.group.push(content);
        rows.cluster.push(agent);
      }
    }
  }
  const ones = rows.level.map(() => 1);
  return { count: ones.length, chances: ones, trials: ones, ...rows };
}

function respond(rows: ExposureRows, replicateCount = 0): ExposureResponse {
  return exposureResponse(rows, testStream(1), replicateCount);
}

describe('exposureResponse', () => {
  test('forms on exposures of several adopters at once agree with R’s complementary log-log models', () => {
    const columns = referenceColumns();
    const { clock, rows } = exposureRowsOf(columns, historiesOf(columns));
    expect(clock).toBe('at exposure');
    expect([rows.count, Array.from(rows.adopted).reduce((a, b) => a + b)]).toEqual([
      adoptionReference.exposures.count,
      adoptionReference.exposures.adopted,
    ]);
    const { forms } = respond(rows);
    expect(forms.map(({ name }) => name)).toEqual(Object.keys(adoptionReference.forms));
    for (const form of forms) {
      const expected = adoptionReference.forms[form.name];
      expect(form.logLikelihood).toBeCloseTo(expected.logLikelihood, 6);
      form.coefficients.forEach(({ coef, se }, term) => {
        expect(coef).toBeCloseTo(expected.coef[term], 4);
        expect(se).toBeCloseTo(expected.se[term], 4);
      });
    }
  });

  test('in one group with single chances z² is (n - 1) r², the ratio is that of shares', () => {
    const rows = looks((k) => 0.1 + 0.02 * k, 4, 1);
    const { cuts } = respond(rows).trend;
    const near = Array.from(rows.level as number[]).flatMap((level, row) => (level < 4 ? [row] : []));
    const x = near.map((row) => (rows.level[row] >= 2 ? 1 : 0));
    const y = near.map((row) => rows.adopted[row]);
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    const product = mean(x.map((value, i) => value * y[i])) - mean(x) * mean(y);
    const r = product / Math.sqrt(mean(x) * (1 - mean(x)) * mean(y) * (1 - mean(y)));
    expect(cuts[0].z).toBeCloseTo(r * Math.sqrt(near.length - 1), 6);
    const shareOf = (side: number): number => mean(y.filter((_, i) => x[i] === side));
    expect(cuts[0].ratio).toBeCloseTo(shareOf(1) / shareOf(0), 8);
  });

  test('P(k) is adopters over trials at k, and its resampled interval holds the planted chance', () => {
    const { curve } = respond(
      looks((k) => 0.05 * k, 5),
      200,
    );
    expect(curve.map(({ level }) => level)).toEqual([1, 2, 3, 4, 5]);
    for (const { level, trials, adopted, share, interval, clusteredInterval } of curve) {
      expect(share).toBe(adopted / trials);
      expect(interval[0]).toBeLessThan(0.05 * level);
      expect(interval[1]).toBeGreaterThan(0.05 * level);
      expect(clusteredInterval[0]).toBeLessThan(share);
      expect(clusteredInterval[1]).toBeGreaterThan(share);
    }
  });

  test('the order of rows changes nothing', () => {
    const rows = looks((k) => 0.05 * k, 6);
    const turned = (column: ArrayLike<number>): number[] => Array.from(column).reverse();
    const { level, chances, trials, adopted, group, cluster } = rows;
    const other = {
      ...{ count: rows.count, level: turned(level), chances: turned(chances), trials: turned(trials) },
      ...{ adopted: turned(adopted), group: turned(group), cluster: turned(cluster) },
    };
    expect(respond(other).trend.z).toBeCloseTo(respond(rows).trend.z, 9);
  });
});

describe('judgeResponse', () => {
  const verdict = (chance: (k: number, content: number) => number, seed: number): string => {
    const { complexity, trend } = judgeResponse(respond(looks(chance, seed)).trend);
    return `${complexity}, ${trend}`;
  };
  const seeds = Array.from({ length: 12 }, (_, k) => 300 + k);
  const verdicts = (chance: (k: number, content: number) => number): string[] =>
    seeds.map((seed) => verdict(chance, seed));

  test('one chance for every exposure is simple, a threshold of 2, 3 or 4 is complex, fatigue is simple and falling', () => {
    expect(verdicts(() => 0.15).filter((one) => one === 'simple, flat').length).toBeGreaterThanOrEqual(11);
    for (const threshold of [2, 3, 4]) {
      expect(verdicts((k) => (k < threshold ? 0.02 : 0.3)).every((one) => one === 'complex, rising')).toBe(true);
    }
    expect(verdicts((k) => 0.3 * 0.6 ** (k - 1)).every((one) => one === 'simple, falling')).toBe(true);
  });

  test('contents that are liked more and shown more often do not make simple contagion complex, though the pooled curve rises', () => {
    const stream = testStream(9);
    const rows = { level: [] as number[], adopted: [] as number[], group: [] as number[], cluster: [] as number[] };
    for (let content = 0; content < 20; content++) {
      const isLiked = content % 2 === 0;
      for (let agent = 0; agent < 400; agent++) {
        for (let k = 1, done = false; k <= (isLiked ? 6 : 1 + stream.below(2)) && !done; k++) {
          done = stream.uniform() < (isLiked ? 0.2 : 0.02);
          rows.level.push(k);
          rows.adopted.push(done ? 1 : 0);
          rows.group.push(content);
          rows.cluster.push(agent);
        }
      }
    }
    const ones = rows.level.map(() => 1);
    const found = respond({ count: ones.length, chances: ones, trials: ones, ...rows });
    expect(found.curve[3].share).toBeGreaterThan(1.5 * found.curve[0].share);
    expect(judgeResponse(found.trend)).toMatchObject({ complexity: 'simple', trend: 'flat' });
  });

  test('intervals over clusters are those of a loop over the rows of drawn clusters', () => {
    const rows = looks(() => 0.2, 5);
    const replicateCount = 50;
    const stream = testStream(1);
    const clusters = [...new Set(Array.from(rows.cluster))].sort((a, b) => a - b);
    const shares: number[] = [];
    for (let replicate = 0; replicate < replicateCount; replicate++) {
      const drawn = clusters.map(() => clusters[stream.below(clusters.length)]);
      let [trials, adopted] = [0, 0];
      for (const cluster of drawn) {
        for (let row = 0; row < rows.count; row++) {
          if (rows.cluster[row] !== cluster || rows.level[row] !== 2) continue;
          trials += rows.trials[row];
          adopted += rows.adopted[row];
        }
      }
      shares.push(adopted / trials);
    }
    const sorted = Float64Array.from(shares).sort();
    const point = respond(rows, replicateCount).curve.find(({ level }) => level === 2);
    expect(point?.clusteredInterval).toEqual([quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)]);
  });

  test('a handful of adoptions is undecided, and so is one level', () => {
    const few = looks(() => 0.05, 3, 1, 40);
    expect(judgeResponse(respond(few).trend).complexity).toBe('undecided');
    const one = looks(() => 0.2, 3);
    const first = Array.from(one.level as number[]).flatMap((level, row) => (level === 1 ? [row] : []));
    const taken = (column: ArrayLike<number>): number[] => first.map((row) => column[row]);
    const rows = {
      ...{ count: first.length, level: taken(one.level), chances: taken(one.chances), trials: taken(one.trials) },
      ...{ adopted: taken(one.adopted), group: taken(one.group), cluster: taken(one.cluster) },
    };
    expect(judgeResponse(respond(rows).trend).words).toMatch(/^undecided: no content/);
  });
});
