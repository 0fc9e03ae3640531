/** Labels: one agent a line, or agent and label; and `validity --truth` on an imported list of acts in which a ring is known. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLabels } from '../../scenarios/command/labels.ts';
import { collusionWorld } from '../analysis/collusion-worlds.ts';
import { filesFolder, problemsOf } from '../sim/import/folder.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const write = filesFolder();
const folder = temporaryFolder();

describe('readLabels', () => {
  test.each([
    ['plain.txt', 'a\nb\n'],
    ['header.csv', 'agent\na\nb\n'],
    ['yes.csv', 'user_id,label\na,1\nb,TRUE\n'],
  ])('%s: a and b are in rings, and no rings are told apart', (name, content) => {
    const { planted, clean, groups } = readLabels(write(name, content));
    expect([[...planted], clean, groups]).toEqual([['a', 'b'], undefined, []]);
  });

  test('names of rings are groups, and no and none are clean', () => {
    const labels = readLabels(write('rings.csv', 'a,one\nb,two\nc,one\nd,none\ne,0\na,two\n'));
    expect([...labels.planted]).toEqual(['a', 'b', 'c']);
    expect([...(labels.clean ?? [])]).toEqual(['d', 'e']);
    expect(labels.groups).toEqual([
      ['a', 'c'],
      ['b', 'a'],
    ]);
  });

  test.each([
    ['both.csv', 'a,1\na,0\n', 'INPUT_DUPLICATE_ID'],
    ['none.csv', 'a,0\nb,0\n', 'INPUT_EMPTY'],
    ['empty.csv', '', 'INPUT_EMPTY'],
    ['wide.csv', 'a,1,x\n', 'INPUT_HEADER'],
  ])('%s is refused', (name, content, code) => {
    expect(problemsOf(() => readLabels(write(name, content)))[0].code).toBe(code);
  });
});

test('import acts, then validity --truth: a known ring is scored, and labels of strangers are refused', async () => {
  const world = collusionWorld(3, { agentCount: 800, rings: [{ size: 8, targets: 16, participation: 0.8 }] });
  const { agent, target, timeSeconds } = world.columns;
  const rows = Array.from(
    agent,
    (one, row) => `u${one},p${target[row]},${Math.round(1_700_000_000 + timeSeconds[row])}`,
  );
  writeFileSync(join(folder, 'acts.csv'), ['user_id,post_id,timestamp', ...rows, ...rows.slice(0, 50)].join('\n'));
  writeFileSync(join(folder, 'ring.txt'), world.rings[0].map((one) => `u${one}`).join('\n'));
  writeFileSync(join(folder, 'strangers.txt'), 'x1\nx2\n');
  const told = await mesocosm(['import', 'acts', 'acts.csv', '--out', 'set'], folder);
  expect(told.stdout).toContain('mesocosm analyze set collusion');
  interface Row {
    readonly units: number;
    readonly planted: number;
    readonly groupsRecovered: number;
    readonly precision: { readonly value: number };
    readonly recall: { readonly value: number };
  }
  const { rows: scored } = await objectOf<{ rows: Row[] }>(['validity', 'set', '--truth', 'ring.txt'], folder);
  expect(scored[0]).toMatchObject({ planted: 8, precision: { value: 1 } });
  expect(scored[0].recall.value).toBeGreaterThan(0.8);
  expect(scored[0].units).toBe(new Set(agent).size);
  const refused = await mesocosm(['validity', 'set', '--truth', 'strangers.txt'], folder);
  expect(refused.stderr).toMatch(/^INPUT_UNKNOWN_NAME strangers.txt none of the 2 agents labelled as in a ring/);
  expect(readFileSync(join(folder, 'set', 'manifest.json'), 'utf8')).toContain('"importer": "acts"');
});
