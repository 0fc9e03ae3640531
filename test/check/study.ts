/**
 * Line 2.4: the study of information spreading with enough worlds for 2,000 large cascades. A world gives about forty.
 */
import { join } from 'node:path';
import { objectOf, temporary } from './figure.ts';
import type { Report } from './figure.ts';

interface Study {
  readonly verdicts: readonly {
    readonly claim: string;
    readonly measured: string;
    readonly bar: string;
    readonly met: boolean | null;
  }[];
  readonly comparison: { readonly cascades: number };
  readonly spreadOff: {
    readonly cascades: number;
    readonly users: { readonly value: number };
    readonly depth: { readonly value: number };
  };
  readonly branching: { readonly meanFollowers: number; readonly users: number; readonly depth: number };
  readonly seconds: Readonly<Record<string, number>>;
}

const worlds = 51;
const cascadesMin = 2000;

/** Runs the check. */
export async function checkStudy(report: Report): Promise<void> {
  const args = ['study', 'information-spreading', '--agents', '100000', '--replicates', String(worlds), '--seed', '1'];
  const study = await objectOf<Study>([...args, '--out', join(temporary, 'study')], { shown: true });
  const seconds = Object.values(study.seconds).reduce((sum, one) => sum + one, 0);
  report({
    command: args.join(' '),
    figure: `${study.comparison.cascades} cascades of 125 users and more, ${seconds.toFixed(0)} s`,
    bar: `${cascadesMin} cascades`,
    met: study.comparison.cascades >= cascadesMin,
  });
  for (const { claim, measured, bar, met } of study.verdicts) {
    report({ command: claim, figure: measured, bar, ...(met === null ? {} : { met }) });
  }
  const { spreadOff, branching } = study;
  const distances = (users: number, depth: number): string => `sizes ${users.toFixed(3)}, depths ${depth.toFixed(3)}`;
  report({
    command: 'the same with spreading off (Kolmogorov-Smirnov)',
    figure: `${spreadOff.cascades} cascades; ${distances(spreadOff.users.value, spreadOff.depth.value)}`,
    bar: 'stated beside it',
  });
  report({
    command: 'a branching process with one parameter (Kolmogorov-Smirnov)',
    figure: `R = ${branching.meanFollowers.toFixed(3)}; ${distances(branching.users, branching.depth)}`,
    bar: 'stated beside it',
  });
}
