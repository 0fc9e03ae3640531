/**
 * Writes a generator's raw little-endian 32-bit words to standard output without end, for a battery of tests to read:
 * `node test/bench/random-battery.ts agent 1 | dieharder -g 200 -d 102`. Outcome and commands: `sim/ground/RANDOM.md`.
 *
 * An axis says which coordinate of a draw moves fastest, since a flaw along one is invisible along another. The second
 * argument is the run's seed (default 1). Reads nothing; ends when the reader closes the pipe.
 */

import { writeSync } from 'node:fs';
import { philox4x32, randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { drawWord, laneA, laneB, purposes, seedWords, tickSeedA, tickSeedB } from '../../sim/ground/random.ts';
import type { Purpose } from '../../sim/ground/random.ts';

/** Fills the buffer with the next words of its axis. Each holds its place between calls. */
type Source = (words: Int32Array) => void;

const axes: Record<string, (seed: number) => Source> = {
  /** Draws 0 to 65,535 of purpose `wake`, agent after agent. */
  index: (seed) => agentMajor(seed, hashedKeys(seed), [purposes.wake], 65536),
  /** One draw an agent, in one tick: keys are hashes. */
  agent: (seed) => agentMajor(seed, hashedKeys(seed), [purposes.wake], 1),
  /** One draw an agent, in one tick: keys are 0, 1, 2, ..., which the engine never uses and which is harsher. */
  'agent-consecutive': (seed) => agentMajor(seed, consecutiveKeys, [purposes.wake], 1),
  /** One draw a tick, of one agent. */
  tick: (seed) => tickMajor(seed, { lo: 0x1234567, hi: 0x89abcde }),
  /** One draw of every registered purpose, agent after agent. */
  purpose: (seed) => agentMajor(seed, hashedKeys(seed), Object.values(purposes), 1),
  /** Four draws of every registered purpose, agent after agent, tick after tick: as an engine with 1000 agents draws. */
  mixed: (seed) => agentMajor(seed, hashedKeys(seed), Object.values(purposes), 4, 1000),
  /** The words of one Philox stream. */
  philox: (seed) => philoxWords(seed),
};

type KeyOf = (agent: number, key: Int32Array) => void;

function consecutiveKeys(agent: number, key: Int32Array): void {
  key[0] = agent;
  key[1] = 0;
}

function hashedKeys(seed: number): KeyOf {
  const block = new Int32Array(4);
  return (agent, key) => {
    philox4x32(agent, 0, 0, 0, seed, 0x6b657973, block);
    key[0] = block[0];
    key[1] = block[1];
  };
}

/** For tick, for agent, for purpose, for index: one word. */
function agentMajor(
  seed: number,
  keyOf: KeyOf,
  purposeList: readonly Purpose[],
  indexCount: number,
  agentCount = Infinity,
): Source {
  const { lo, hi } = seedWords(seed);
  const key = new Int32Array(2);
  let [tick, agent, purposePlace, index] = [0, 0, 0, 0];
  let [a, b] = [0, 0];
  const enterAgent = (): void => {
    keyOf(agent, key);
    a = laneA(tickSeedA(lo, hi, tick), key[0]);
    b = laneB(tickSeedB(lo, hi, tick), key[1]);
  };
  const step = (): void => {
    index += 1;
    if (index < indexCount) return;
    index = 0;
    purposePlace += 1;
    if (purposePlace < purposeList.length) return;
    purposePlace = 0;
    agent += 1;
    if (agent === agentCount) [agent, tick] = [0, tick + 1];
    enterAgent();
  };
  enterAgent();
  return (words) => {
    for (let place = 0; place < words.length; place += 1) {
      words[place] = drawWord(a, b, purposeList[purposePlace], index);
      step();
    }
  };
}

function tickMajor(seed: number, key: { lo: number; hi: number }): Source {
  const { lo, hi } = seedWords(seed);
  let tick = 0;
  return (words) => {
    for (let place = 0; place < words.length; place += 1) {
      const a = laneA(tickSeedA(lo, hi, tick), key.lo);
      words[place] = drawWord(a, laneB(tickSeedB(lo, hi, tick), key.hi), purposes.wake, 0);
      tick += 1;
    }
  };
}

function philoxWords(seed: number): Source {
  const stream = randomStream(seed, streamPurposes.sample);
  return (words) => {
    for (let place = 0; place < words.length; place += 1) words[place] = stream.uint32();
  };
}

function main(axis = '', seedText = '1'): void {
  const sourceOf = axes[axis];
  if (sourceOf === undefined) {
    process.stderr.write(`usage: random-battery.ts ${Object.keys(axes).join('|')} [seed]\n`);
    process.exitCode = 2;
    return;
  }
  const fill = sourceOf(Number(seedText));
  const words = new Int32Array(16384);
  const bytes = new DataView(new ArrayBuffer(words.byteLength));
  for (;;) {
    fill(words);
    for (let place = 0; place < words.length; place += 1) bytes.setInt32(place * 4, words[place], true);
    if (!write(bytes)) return;
  }
}

/** Writes the whole buffer; false once the reader has gone. */
function write(bytes: DataView): boolean {
  try {
    for (let from = 0; from < bytes.byteLength;) from += writeSync(1, bytes, from);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false;
    throw error;
  }
}

main(process.argv[2], process.argv[3]);
