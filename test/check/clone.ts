/**
 * Line 2.1: what is committed, cloned into an empty folder: clean install, `npm start`, tests, and the architecture test against a
 * planted offence. npm is the machine's own, and so is the Node that it starts with; scripts find the pinned one.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, say, start, temporary } from './figure.ts';
import type { Report } from './figure.ts';

const offence = `/** Planted: the ground must not look up. */
import { recordRun } from '../engine/run.ts';
export const planted = recordRun;
`;

/** Runs the check. */
export async function checkClone(report: Report): Promise<void> {
  const clone = join(temporary, 'clone');
  const options = { folder: clone, shown: true, ownNode: true };
  await start('git', ['clone', '--quiet', '--no-hardlinks', checkout, clone]);
  say('npm ci');
  const install = await start('npm', ['ci'], options);
  report({
    command: 'npm ci, in a fresh clone',
    figure: `exit ${install.status}, ${install.seconds.toFixed(0)} s`,
    bar: 'exit 0',
    met: install.status === 0,
  });
  say('npm start');
  const study = await start('npm', ['start'], options);
  const hasReport = existsSync(join(clone, 'runs/information-spreading-study/report.html'));
  report({
    command: 'npm start',
    figure: `exit ${study.status}, ${hasReport ? 'a report' : 'no report'}, ${study.seconds.toFixed(0)} s`,
    bar: 'exit 0 and a report; about a minute on two cores',
    met: study.status === 0 && hasReport,
  });
  say('npm test');
  const tests = await start('npm', ['test'], { folder: clone, ownNode: true });
  const last = tests.stdout.trimEnd().split('\n').at(-1) ?? '';
  report({ command: 'npm test', figure: `exit ${tests.status}: ${last}`, bar: 'exit 0', met: tests.status === 0 });
  writeFileSync(join(clone, 'sim/ground/planted.ts'), offence);
  const planted = await start('npm', ['test', '--', 'test/architecture.test.ts'], { folder: clone, ownNode: true });
  const named = (planted.stdout + planted.stderr).includes('sim/ground/planted.ts');
  report({
    command: 'the architecture test with an import that goes up planted in sim/ground',
    figure: `exit ${planted.status}, ${named ? 'the file is named' : 'the file is not named'}`,
    bar: 'fails and names the file',
    met: planted.status !== 0 && named,
  });
}
