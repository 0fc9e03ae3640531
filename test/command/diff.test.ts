/**
 * `diff` as a user meets it: what it says, as words and as an object, and its exit status.
 */
import { expect, test } from 'vitest';
import { mesocosm, recordSmall, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

test('diff: runs that are the same end with 0, and runs that differ with 3 and tick, agent and field', async () => {
  await recordSmall('one', folder, ['--index', 'none']);
  await recordSmall('same', folder, ['--index', 'none', '--workers', '2', '--layout', 'key']);
  const same = await mesocosm(['diff', 'one', 'same'], folder);
  expect(same).toEqual({ status: 0, stdout: 'same\n', stderr: '' });
  await recordSmall('other', folder, ['--index', 'none', '--set', 'policies[0].rules.likeRatio=3']);
  const other = await mesocosm(['diff', 'one', 'other'], folder);
  expect(other.status).toBe(3);
  const said = /^first difference: tick (\d+), in what was decided: agent (user-\d+), (\w+): (\S+) against (\S+)$/m;
  const [, tick, agent, field] = said.exec(other.stdout) ?? [];
  expect(other.stdout).toContain('plan: policies[0].parameters.likeRatio: 1 against 3');
  const { status, stdout } = await mesocosm(['diff', 'one', 'other', '--json'], folder);
  expect([status, JSON.parse(stdout)]).toMatchObject([
    3,
    { first: 'one', second: 'other', same: false, difference: { tick: Number(tick), agent, field, where: 'log' } },
  ]);
}, 30_000);

test('diff: a scenario whose agents begin otherwise differs before the first tick, by agent and column', async () => {
  await recordSmall('awake', folder, ['--index', 'none', '--set', 'population.wakesPerDayMean=25']);
  const { status, stdout } = await mesocosm(['diff', 'one', 'awake'], folder);
  expect(status).toBe(3);
  expect(stdout).toMatch(
    /^first difference: before the first tick, in the population: agent user-\d+, population\.wakesPerDay: /,
  );
}, 30_000);

test('diff: a directory that is no run is bad input', async () => {
  const { status, stderr } = await mesocosm(['diff', 'one', 'nowhere'], folder);
  expect([status, stderr.split(' ')[0]]).toEqual([2, 'INPUT_NOT_FOUND']);
});
