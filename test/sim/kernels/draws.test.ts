/**
 * Draws and the logistic of the kernels against their twins in TypeScript, bit for bit.
 */
import { beforeAll, expect, test } from 'vitest';
import { logistic } from '../../../sim/ground/detmath.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { drawWord, purposes } from '../../../sim/ground/random.ts';
import { compile } from '../../kernels/compile.ts';

interface Probe {
  logistic(x: number): number;
  aboveLogistic(x: number): number;
  drawWord(a: number, b: number, purpose: number, index: number): number;
  drawLane(a: number, b: number, purpose: number, lane: number): number;
}
let probe: Probe;

beforeAll(async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = new WebAssembly.Module(await compile(['test/sim/kernels/assembly/probe.ts']));
  probe = new WebAssembly.Instance(module, { env: { memory } }).exports as Probe;
});

/** Drawn numbers of all sizes that a score may have, and the borders of the exponential. */
function scores(): number[] {
  const stream = randomStream(11, 1);
  const drawn = Array.from({ length: 20_000 }, (_, k) => (stream.uniform() - 0.5) * [1, 20, 1500, 1e-9][k % 4]);
  const borders = [0, -0, 708.3, 709.8, 745.2, 1e300, Infinity].flatMap((x) => [x, -x]);
  const nearBorders = [-708, -709, -744, -745].flatMap((x) => Array.from({ length: 100 }, (_, k) => x - k / 80));
  return [...drawn, ...borders, ...nearBorders];
}

test('logistic: the kernel gives the bits of the twin, below the normal numbers too', () => {
  let subnormal = 0;
  for (const x of scores()) {
    const twin = logistic(x);
    expect(Object.is(probe.logistic(x), twin), `logistic(${x})`).toBe(true);
    if (twin > 0 && twin < 2.3e-308) subnormal++;
  }
  expect(subnormal).toBeGreaterThan(100);
});

test('aboveLogistic: stands above the logistic, and at most a little over two times', () => {
  for (const x of scores()) {
    const bound = probe.aboveLogistic(x);
    expect(bound, `aboveLogistic(${x})`).toBeGreaterThan(logistic(x) * (1 + 1e-9));
    if (x < -3 && x > -690) expect(bound).toBeLessThan(logistic(x) * 2.2);
  }
});

test('drawWord: the kernel gives the words of the twin, alone and four at a time', () => {
  const stream = randomStream(12, 1);
  for (let k = 0; k < 20_000; k++) {
    const [a, b] = [stream.below(0xffffffff) | 0, stream.below(0xffffffff) | 0];
    expect(probe.drawWord(a, b, purposes.follow, k)).toBe(drawWord(a, b, purposes.follow, k));
    const lane = k & 3;
    expect(probe.drawLane(a, b, purposes.rewire, lane)).toBe(drawWord(a, b, purposes.rewire, lane));
  }
});
