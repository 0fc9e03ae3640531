/** Tests of `sim/record/tie-reader.ts`: ties and their spells are those that a Map over the ticks gives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { readTies } from '../../../sim/record/tie-reader.ts';
import { replaceLog, smallRun } from './small-run.ts';
import type { Records } from '../../../sim/record/reader.ts';
import type { TieLayer } from '../../../sim/record/tie-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-ties-'));
afterAll(() => rmSync(folder, { recursive: true }));

let records: Records;
beforeAll(async () => {
  await smallRun(join(folder, 'run'), { agents: 90, ticks: 40, seed: 3 });
  records = openRecords(join(folder, 'run'));
});

/** For each tie that was ever there, the ticks in which it was, looked at tick by tick. */
function ticksOfFollows(): Map<string, number[]> {
  const { population, head } = records;
  const now = new Set<string>();
  for (let agent = 0; agent < population.count; agent++) {
    const { followOffset, followee } = population;
    for (const other of followee.subarray(followOffset[agent], followOffset[agent + 1])) now.add(`${agent}>${other}`);
  }
  const ticks = new Map<string, number[]>();
  const look = (tick: number): void => {
    for (const tie of now) ticks.set(tie, [...(ticks.get(tie) ?? []), tick]);
  };
  for (const { tick, intentCount, actor, target, verb, outcome } of records.ticks()) {
    look(tick);
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      if (verb[i] === verbs.follow) now.add(`${actor[i]}>${target[i]}`);
      if (verb[i] === verbs.unfollow) now.delete(`${actor[i]}>${target[i]}`);
    }
  }
  look(head.ticks);
  return ticks;
}

function ticksOfSpells(spells: readonly { start: number; end?: number }[], last: number): number[] {
  return spells.flatMap(({ start, end = last }) => Array.from({ length: end - start + 1 }, (_, i) => start + i));
}

function readAll(layer: TieLayer, ended: boolean, from = records) {
  return [...readTies(from, layer, { ended }).walk()];
}

describe('readTies', () => {
  it('readTies: a follow is there in the ticks in which a look at every tick finds it, ended ones included', () => {
    const naive = ticksOfFollows();
    const ties = readAll('follow', true);
    const read = ties.map(({ source, target, spells }) => [
      `${source}>${target}`,
      ticksOfSpells(spells, records.head.ticks),
    ]);
    expect(ties.some(({ spells }) => spells.at(-1)?.end !== undefined)).toBe(true);
    expect(ties.some(({ spells }) => spells[0].start > 0)).toBe(true);
    expect(new Map(read as [string, number[]][])).toEqual(naive);
    const holding = readAll('follow', false).map(({ source, target }) => `${source}>${target}`);
    expect(new Set(holding)).toEqual(
      new Set([...naive].filter(([, ticks]) => ticks.at(-1) === records.head.ticks).map(([tie]) => tie)),
    );
  });

  it.each(['follow', 'reply', 'repost'] as const)(
    'readTies: ties of %s stand by source and target, each once',
    (layer) => {
      const keys = readAll(layer, true).map(({ source, target }) => source * 1000 + target);
      expect(keys.length).toBeGreaterThan(5);
      expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
    },
  );

  it('readTies: acts of one pair in ticks that follow on one another are one spell, and all count in the weight', async () => {
    const directory = join(folder, 'acts');
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    const { post, reply } = verbs;
    const answer = (result: number) => ({ intents: [{ actor: 0, verb: reply, target: 1, result }] });
    const first = { intents: [{ actor: 1, verb: post, result: 1 }] };
    await replaceLog(directory, [first, answer(2), answer(3), { intents: [] }, answer(4)]);
    const ties = readAll('reply', false, openRecords(directory));
    const spells = [
      { start: 1, end: 2 },
      { start: 4, end: 4 },
    ];
    expect(ties).toEqual([{ source: 0, target: 1, weight: 3, spells }]);
  });

  it('readTies: a follow that is taken back in its own tick was never seen', async () => {
    const directory = join(folder, 'brief');
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 0 });
    const before = readAll('follow', true, openRecords(directory)).map(({ source, target }) => `${source}>${target}`);
    const pair = ['0>1', '0>2', '1>0', '2>0', '1>2', '2>1'].find((one) => !before.includes(one)) ?? '';
    const [actor, target] = pair.split('>').map(Number);
    const intents = [
      { actor, verb: verbs.follow, target },
      { actor, sequence: 1, verb: verbs.unfollow, target },
    ];
    await replaceLog(directory, [{ intents }, { intents: [] }]);
    const after = readAll('follow', true, openRecords(directory)).map((one) => `${one.source}>${one.target}`);
    expect(after).toEqual(before);
  });
});
