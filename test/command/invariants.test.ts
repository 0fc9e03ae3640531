/**
 * Invariants as a user meets them: in a scenario file, in what `run` prints, in `why`, and where a formula is wrong.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecords } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { reasonNumber } from '../../sim/exchange/reasons.ts';
import { firstInvariantRule } from '../../sim/exchange/invariants.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

function scenarioFile(name: string, invariants: string): string {
  const text = [
    ...['version: 1', 'name: small', 'seed: 3', 'ticks: 20'],
    'population: {kind: generated, agents: 300, wakesPerDayMean: 200}',
    ...['invariants:', invariants, ''],
  ].join('\n');
  writeFileSync(join(folder, name), text);
  return text;
}

const sound = `  - code: ONE_LIKE
    formula: always (verb = like implies weak-next verb != like)
  - {code: cuts-again, formula: "always (verb = follow implies eventually verb = unfollow)"}
  - {code: calm, scope: world, formula: 'always (verb = repost implies weak-next verb != repost)'}`;

interface Reported {
  readonly code: string;
  readonly kind: string;
  readonly scope: string;
  readonly holds: number;
  readonly fails: number;
  readonly undecided: number;
}

test('run: what became of each invariant stands in the lines, in --json and in the manifest; why names the one that refused', async () => {
  scenarioFile('sound.yaml', sound);
  const run = ['run', 'sound.yaml', '--index', 'none'];
  const json = await objectOf<{ digest: string; invariants: Reported[] }>([...run, '--out', 'json', '--json'], folder);
  expect(json.invariants.map(({ code, kind, scope }) => [code, kind, scope])).toEqual([
    ['ONE_LIKE', 'safety', 'actor'],
    ['cuts-again', 'liveness', 'actor'],
    ['calm', 'safety', 'world'],
  ]);
  const [likes, cuts, calm] = json.invariants;
  expect(likes).toMatchObject({ holds: 300, fails: 0, undecided: 0 });
  expect(calm).toMatchObject({ holds: 1, fails: 0, undecided: 0 });
  expect([cuts.holds + cuts.fails, cuts.fails > 0]).toEqual([300, true]);
  const records = openRecords(join(folder, 'json'));
  expect(records.manifest.invariants).toEqual(json.invariants);

  const { stdout } = await mesocosm([...run, '--out', 'lines', '--workers', '2'], folder);
  expect(stdout).toContain('invariant ONE_LIKE (safety): holds of 300 agents, fails of 0, undecided of 0\n');
  expect(stdout).toContain(`invariant cuts-again (liveness): holds of ${cuts.holds} agents, fails of ${cuts.fails}`);
  expect(stdout).toContain('invariant calm (safety): holds\n');
  expect(stdout).toContain(json.digest);

  const refused = [...records.ticks()].flatMap((record) =>
    Array.from(record.reason.keys())
      .filter((i) => record.reason[i] === reasonNumber.INVARIANT_BROKEN && record.rule[i] === firstInvariantRule)
      .map((i) => `${record.tick}:${externalId(records.population.ids, record.actor[i])}:${record.sequence[i]}`),
  );
  const why = await mesocosm(['why', 'json', refused[0]], folder);
  expect(why.stdout).toContain('refused: INVARIANT_BROKEN');
  expect(why.stdout).toContain('ONE_LIKE (140): an invariant of each actor: always (verb = like implies');
});

test('run: without invariants nothing is said of them', async () => {
  const small = ['run', 'information-spreading', '--agents', '300', '--ticks', '2', '--index', 'none'];
  const { stdout } = await mesocosm([...small, '--out', 'none', '--json'], folder);
  expect(stdout).not.toContain('invariant');
});

test('run: each wrong formula is refused with its code, line and column, however its text is quoted, and nothing is run', async () => {
  const invariants = `  - {code: plain, formula: always (verb = pots)}
  - {code: quoted, formula: "always (actor.wealth > 3)"}
  - code: block
    formula: |
      always (verb = post
              implies implies verb = like)
  - {code: single, formula: 'always verb = post && verb = like'}`;
  const text = scenarioFile('wrong.yaml', invariants);
  const { status, stderr } = await mesocosm(['run', 'wrong.yaml', '--out', 'wrong'], folder);
  expect(status).toBe(2);
  const placeOf = (part: string): string => {
    const lines = text.slice(0, text.indexOf(part)).split('\n');
    return `wrong.yaml:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
  };
  const told = stderr.split('\n').map((line) => line.replace(`${folder}/`, ''));
  const starts = [
    `INPUT_UNKNOWN_NAME ${placeOf('pots')} `,
    `INPUT_UNKNOWN_NAME ${placeOf('actor.wealth')} `,
    `INPUT_SYNTAX ${placeOf('implies verb = like')} `,
    `INPUT_SYNTAX ${placeOf('&&')} `,
  ];
  for (const start of starts)
    expect(
      told.filter((line) => line.includes(start)),
      stderr,
    ).toHaveLength(1);
});

test('run: a code that stands twice is refused', async () => {
  scenarioFile('twice.yaml', ['one', 'one'].map((code) => `  - {code: ${code}, formula: always true}`).join('\n'));
  const { status, stderr } = await mesocosm(['run', 'twice.yaml', '--out', 'twice'], folder);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^INPUT_DUPLICATE_ID .*twice\.yaml:8:\d+ .*one/)]);
});
