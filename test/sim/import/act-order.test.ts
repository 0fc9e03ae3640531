/** The order of acts, against a sort by (moment, depth, row). */
import { expect, test } from 'vitest';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { orderActs } from '../../../sim/import/act-order.ts';
import type { Acts } from '../../../sim/import/gathered.ts';

/** A forest of replies whose clocks are wrong by up to a minute, rows in no order. */
function world(seed: number, count: number): Acts {
  const stream = randomStream(seed, streamPurposes.sample);
  const target = Int32Array.from({ length: count }, (_, row) =>
    row < count - 10 && stream.uniform() < 0.7 ? row + 1 + Math.floor(stream.uniform() * (count - row - 1)) : -1,
  );
  const timeMs = Float64Array.from(target, () => 1.77e12 + Math.floor(stream.uniform() * 60) * 1000 * 5_000_000);
  const verb = Uint8Array.from(target, (parent) => (parent < 0 ? verbs.post : verbs.reply));
  return { count, verb, actor: new Int32Array(count), target, timeMs };
}

test.each([1, 2, 3])('orderActs: as a sort by moment, depth and row, seed %i', (seed) => {
  const acts = world(seed, 2000);
  const { rows, momentMs, movedCount } = orderActs(acts);
  const momentOf = (row: number): number =>
    acts.target[row] < 0 ? acts.timeMs[row] : Math.max(acts.timeMs[row], momentOf(acts.target[row]));
  const depthOf = (row: number): number => (acts.target[row] < 0 ? 0 : 1 + depthOf(acts.target[row]));
  const wanted = Array.from({ length: acts.count }, (_, row) => row).sort(
    (a, b) => momentOf(a) - momentOf(b) || depthOf(a) - depthOf(b) || a - b,
  );
  expect(Array.from(rows)).toEqual(wanted);
  expect(movedCount).toBe(Array.from(momentMs).filter((ms, row) => ms !== acts.timeMs[row]).length);
  expect(movedCount).toBeGreaterThan(0);
});

test('orderActs: a reply follows what it answers, whatever its clock says', () => {
  const acts = world(9, 3000);
  const place = new Int32Array(acts.count);
  orderActs(acts).rows.forEach((row, i) => (place[row] = i));
  for (let row = 0; row < acts.count; row++)
    if (acts.target[row] >= 0) expect(place[row]).toBeGreaterThan(place[acts.target[row]]);
});
