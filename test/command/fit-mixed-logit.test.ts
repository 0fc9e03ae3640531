/** `fit mixed-logit`: R lme4's numbers through a CSV, dropped rows, and what is refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { groupsOfR } from '../analysis/groups.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const [reference] = groupsOfR.mixed;

function write(name: string, outcome: (row: number) => string): string[] {
  const lines = reference.y.map((_, row) =>
    [`g${reference.group[row]}`, reference.x[row], reference.exposure[row], outcome(row)].join(','),
  );
  writeFileSync(join(folder, name), ['agent,x,exposure,adopted', ...lines].join('\n') + '\n');
  return [
    'fit',
    'mixed-logit',
    '--csv',
    name,
    '--outcome',
    'adopted',
    '--covariates',
    'x,exposure',
    '--group',
    'agent',
  ];
}

interface Fitted {
  readonly coefficients: {
    readonly name: string;
    readonly coef: number;
    readonly se: number;
    readonly oddsRatio: number;
  }[];
  readonly groupDeviation: number;
  readonly groups: number;
  readonly rows: { readonly dropped: number };
}

describe('fit mixed-logit', () => {
  test('lme4’s coefficients, errors and deviation, with as many nodes', async () => {
    const command = [...write('whole.csv', (row) => String(reference.y[row])), '--nodes', String(reference.nodes)];
    const fitted = await objectOf<Fitted>(command, folder);
    fitted.coefficients.forEach(({ coef, se, oddsRatio }, at) => {
      expect(coef).toBeCloseTo(reference.coef[at], 4);
      expect(se).toBeCloseTo(reference.se[at], 4);
      expect(oddsRatio).toBeCloseTo(Math.exp(coef), 10);
    });
    expect(fitted.groupDeviation).toBeCloseTo(reference.sigma, 4);
    const { stdout } = await mesocosm(command, folder);
    expect(stdout).toMatch(
      /n = 480 in 40 groups\n.*odds ratio[\s\S]*standard deviation between the intercepts of agent/,
    );
  });

  test('a missing outcome drops its row; another value than 0 and 1, or one alone, is refused', async () => {
    const missing = await objectOf<Fitted>(
      write('missing.csv', (row) => (row === 3 ? 'NA' : String(reference.y[row]))),
      folder,
    );
    expect(missing.rows.dropped).toBe(1);
    const two = await mesocosm(
      [...write('two.csv', (row) => (row === 3 ? '2' : String(reference.y[row]))), '--json'],
      folder,
    );
    expect(two).toMatchObject({ status: 2, stdout: '' });
    expect(two.stderr).toMatch(/^INPUT_FIELD_RANGE two\.csv:5:\d+ adopted must be 0 or 1, got 2/m);
    const one = await mesocosm(
      write('one.csv', () => '0'),
      folder,
    );
    expect(one.stderr).toMatch(/^INPUT_EMPTY one\.csv.*"adopted" is 0 in every row/m);
  });
});
