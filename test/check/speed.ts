/**
 * Lines 3.1, 3.2, 3.4 and 3.6: the kernel and the whole tick beside the C++ reference; beside objects and Mesa; cost follows those who are
 * awake; two workers, and what recording costs. Cases and ratios are those of `npm run bench`.
 *
 * Every ratio is the median over rounds in which the cases run in turns. Where a verdict needs the machine to itself and others
 * used more of it than a tenth of a core, or the case that a ratio refers to spreads more than 15 %, the figure stands without a verdict.
 */
import { interestBesideReference, oneAndTwoWorkers, bareAndRecorded } from '../bench/engine-bench.ts';
import { recordShare, tickBesideReference } from '../bench/engine-bench.ts';
import { digestOf, greatestOf, medianOf, ratioOf, unrestOf } from '../bench/interleave.ts';
import { kernelBesideReference, measurePeers, peerRatios, sameOutcome } from '../bench/kernel-bench.ts';
import { compileReference } from '../bench/reference.ts';
import { measureHistory, measureSleepers } from '../bench/scaling.ts';
import { othersCoresMax } from '../bench/stopwatch.ts';
import { percent, textOfSpread, unrestMax } from '../bench/table.ts';
import { temporary } from './figure.ts';
import type { Measured, Spread } from '../bench/interleave.ts';
import type { Setting } from '../bench/setting.ts';
import type { Report } from './figure.ts';

const hundredThousand = 100_000;
const million = 1_000_000;
const tenMillion = 10_000_000;

/** What the benches are run with. The reference is compiled only by whoever asks for it. */
export function settingOf(rounds: number, reference: Setting['reference'] = 'not asked for'): Setting {
  const python = process.env['MESA_PYTHON'] ?? 'python3';
  return { sizes: [], rounds, isQuick: false, reference, python, folder: temporary };
}

/** Why a row has no verdict, or nothing where it may have one. */
function unrest(base: Measured, column: string): string {
  const spread = unrestOf(base, column);
  if (spread > unrestMax) return `; no verdict: ${base.name} spreads ${percent(spread)}`;
  return column === 'wallMs' ? others(base) : '';
}

function others(measured: Measured): string {
  const cores = greatestOf(measured, 'othersCores');
  return cores > othersCoresMax ? `; no verdict: others used ${cores.toFixed(2)} cores` : '';
}

/** A row for a ratio; its verdict is withheld where `doubt` says why. */
function ratioRow(command: string, spread: Spread, bar: string, isMet: (median: number) => boolean, doubt: string) {
  const row = { command, figure: textOfSpread(spread) + doubt, bar };
  return doubt === '' ? { ...row, met: isMet(spread.median) } : row;
}

/** Line 3.1. */
export async function checkFloor(report: Report): Promise<void> {
  const reference = compileReference();
  if (typeof reference === 'string') {
    report({ command: 'kernel and whole tick beside the C++ reference', figure: reference, bar: 'the reference' });
    return;
  }
  try {
    const setting = settingOf(5, reference);
    for (const agents of [hundredThousand, million]) {
      const [floor, one, , wasm] = await kernelBesideReference(setting, agents, 'sampled');
      const command = `kernel, ${agents} agents, one thread: CPU a tick to the C++ reference`;
      const doubt = unrest(floor, 'cpuMs');
      report(ratioRow(command, ratioOf(one, floor), 'at most 3', (x) => x <= 3, doubt));
      report(ratioRow(`${command}, in WebAssembly`, ratioOf(wasm, floor), 'at most 1.6', (x) => x <= 1.6, doubt));
    }
    for (const agents of [hundredThousand, million]) {
      const [floor, , recency, mix, floorOfTwo, two] = await tickBesideReference(setting, agents);
      const command = `whole tick, ${agents} agents, one worker: CPU a tick to the C++ reference`;
      const doubt = unrest(floor, 'cpuMs');
      report(ratioRow(`${command}, recency feed`, ratioOf(recency, floor), 'at most 5', (x) => x <= 5, doubt));
      const ofTwo = `whole tick, ${agents} agents, two workers: CPU a tick to the C++ reference on two threads`;
      report(ratioRow(ofTwo, ratioOf(two, floorOfTwo), 'at most 5', (x) => x <= 5, unrest(floorOfTwo, 'cpuMs')));
      report({ command: `${command}, mixed feed`, figure: textOfSpread(ratioOf(mix, floor)) + doubt, bar: 'stated' });
    }
    await checkInterest(report, setting);
  } finally {
    reference.remove();
  }
}

/** The feed by interest keeps the ratio where agents act as often as in the reference; with more acts it is told. */
async function checkInterest(report: Report, setting: Setting): Promise<void> {
  const [floor, recency, like, more] = await interestBesideReference(setting, million, false);
  const doubt = unrest(floor, 'cpuMs');
  const acts = (measured: Measured): string => medianOf(measured, 'intentsPerAwake').toFixed(2);
  const command = `whole tick, ${million} agents, interest feed: CPU a tick to the C++ reference`;
  const row = ratioRow(command, ratioOf(like, floor), 'at most 5', (x) => x <= 5, doubt);
  report({ ...row, figure: `${row.figure}; recency in the same rounds ${textOfSpread(ratioOf(recency, floor))}` });
  report({
    command: `${command}, with ${acts(more)} acts a waking instead of ${acts(like)}`,
    figure: textOfSpread(ratioOf(more, floor)) + doubt,
    bar: 'stated',
  });
}

const peerBars: Readonly<Record<string, number>> = {
  'objects, wall to two threads': 25,
  'objects, CPU to one thread': 15,
  'Mesa, CPU to one thread': 20,
  'Mesa, CPU to the whole tick': 10,
};

/** Line 3.2. */
export async function checkPeers(report: Report): Promise<void> {
  const peers = await measurePeers(settingOf(3), hundredThousand);
  const { one, two, naive, engine, mesa } = peers;
  const figures = [one, two, naive, engine, ...(typeof mesa === 'string' ? [] : [mesa.own])].map(
    (each) => `${each.name} ${medianOf(each).toFixed(1)} ms CPU`,
  );
  report({
    command: `the kernel's task, ${hundredThousand} agents: digests`,
    figure: `${sameOutcome(peers) ? 'equal' : 'DIFFERENT'}: ${digestOf(one)}; ${figures.join(', ')}`,
    bar: 'equal',
    met: sameOutcome(peers),
  });
  for (const [name, spread] of Object.entries(peerRatios(peers))) {
    const least = peerBars[name];
    const base = name.includes('wall') ? two : name.includes('whole tick') ? engine : one;
    const doubt = unrest(base, name.includes('wall') ? 'wallMs' : 'cpuMs');
    report(ratioRow(name, spread, `at least ${least}`, (x) => x >= least, doubt));
  }
  if (typeof mesa === 'string') report({ command: 'Mesa', figure: mesa, bar: 'at least 20 and 10' });
}

/** Line 3.4. */
export async function checkSleepers(report: Report): Promise<void> {
  const sleeping: [number, number, number][] = [
    [hundredThousand, million, 3],
    [million, tenMillion, 1],
  ];
  for (const [few, many, rounds] of sleeping) {
    const [of, to] = await measureSleepers(settingOf(rounds), few, many);
    report(
      ratioRow(
        `CPU a tick, ${to.name} to ${of.name}`,
        ratioOf(to, of),
        'at most 1.5',
        (x) => x <= 1.5,
        unrest(of, 'cpuMs'),
      ),
    );
  }
  const [early, late] = await measureHistory(settingOf(3), hundredThousand);
  const perAwake = ratioOf(late, early, 'microsecondsPerAwake');
  const command = `CPU a tick, ${hundredThousand} agents, ${late.name} to ${early.name}`;
  const acts = (measured: Measured): string => medianOf(measured, 'itemsPerAwake').toFixed(1);
  const doubt = unrest(early, 'cpuMs');
  const row = ratioRow(command, ratioOf(late, early), 'at most 1.1', (x) => x <= 1.1, doubt);
  report({
    ...row,
    figure: `${row.figure}; an awake agent ${textOfSpread(perAwake)}; items ${acts(early)} and ${acts(late)}`,
  });
}

/** Line 3.6. */
export async function checkWorkers(report: Report): Promise<void> {
  for (const agents of [hundredThousand, million]) {
    const [one, two] = await oneAndTwoWorkers(settingOf(3), agents, 'recency');
    const doubt = unrest(one, 'wallMs') || others(two);
    const command = `two workers by the clock, ${agents} agents, recency feed`;
    const row = ratioRow(
      command,
      ratioOf(one, two, 'wallMs'),
      'at least 1.7 times as fast as one',
      (x) => x >= 1.7,
      doubt,
    );
    const isSame = digestOf(one) === digestOf(two);
    report({ ...row, figure: `${row.figure}; digests ${isSame ? 'equal' : 'DIFFERENT'}` });
  }
  for (const agents of [hundredThousand, million]) {
    const measured = await bareAndRecorded(settingOf(3), agents);
    const share = recordShare(measured);
    const doubt = unrest(measured[0], 'cpuMs');
    report({
      command: `record, chain and file, ${agents} agents: share of a recorded tick's CPU`,
      figure: percent(share) + doubt,
      bar: 'at most 25 %',
      ...(doubt === '' ? { met: share <= 0.25 } : {}),
    });
  }
}
