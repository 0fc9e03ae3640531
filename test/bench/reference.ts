/**
 * The C++ reference: compiled on the fly into a directory that goes away, its graph tool likewise.
 *
 * Sources stand beside the checkout, in `../shared/bench/reference`; where they or g++ are missing, whoever asks is told so and goes
 * on without. Absolute times mean nothing on a shared machine: only ratios within a round are printed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './interleave.ts';
import type { Case, Sample } from './interleave.ts';

/** Programs of the reference and the graphs made for it. */
export interface Reference {
  /** The graph file of so many agents: made once. */
  graphOf(agents: number): string;
  /** The reference itself on a graph. */
  caseOf(agents: number, feed: 'sampled' | 'exact', threads: number, ticks: number): Case;
  /** Its graph tool, drawing a graph of so many agents anew. */
  graphCaseOf(agents: number): Case;
  remove(): void;
}

const root = fileURLToPath(import.meta.resolve('../../'));
const sources = join(root, '..', 'shared', 'bench', 'reference');

/** Compiles the reference, or says why it cannot. */
export function compileReference(): Reference | string {
  if (!existsSync(join(sources, 'kernel.cpp'))) return 'the sources of the C++ reference are not beside this checkout';
  const directory = mkdtempSync(join(tmpdir(), 'mesocosm-reference-'));
  const compile = (options: string, from: string, to: string): void => {
    const place = ['-o', join(directory, to), join(sources, from)];
    execFileSync('g++', [...options.split(' '), ...place], { stdio: 'pipe' });
  };
  try {
    compile('-std=c++20 -O3 -march=native -ffast-math -DFAST -pthread', 'kernel.cpp', 'ref');
    compile('-std=c++20 -O3', 'graph.cpp', 'graph');
  } catch {
    rmSync(directory, { recursive: true });
    return 'g++ is missing or did not compile the C++ reference';
  }
  return programsIn(directory);
}

function programsIn(directory: string): Reference {
  const graphOf = (agents: number): string => {
    const file = join(directory, `${agents}.bin`);
    if (existsSync(file)) return file;
    say(`  drawing the reference's graph of ${agents} agents`);
    execFileSync(join(directory, 'graph'), [String(agents), file, '0']);
    return file;
  };
  return {
    graphOf,
    caseOf: (agents, feed, threads, ticks) => ({
      name: `C++ reference, ${feed}, threads ${threads}`,
      run: () => {
        const mode = feed === 'exact' ? '1' : '0';
        const words = [graphOf(agents), String(threads), String(ticks), mode];
        return Promise.resolve(sampleOf(execFileSync(join(directory, 'ref'), words, { encoding: 'utf8' })));
      },
    }),
    graphCaseOf: (agents) => ({
      name: 'C++ graph tool, one way',
      run: () => Promise.resolve(graphSample(join(directory, 'graph'), agents, join(directory, 'anew.bin'))),
    }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

interface Printed {
  readonly cpu_ms_tick: number;
  readonly ms_tick_mean: number;
  readonly ck: number;
  readonly reshares: number;
  readonly posts: number;
  readonly rssMB: number;
}

/** The shell's `times` tells what CPU its children took; the digest is what the tool prints of the graph. */
function graphSample(tool: string, agents: number, file: string): Sample {
  const words = ['-c', '"$0" "$1" "$2" 0 && times', tool, String(agents), file];
  const [printed, , children] = execFileSync('sh', words, { encoding: 'utf8' }).trim().split('\n');
  const cpuMs = children.split(' ').reduce((sum, one) => {
    const [minutes, seconds] = one.split('m').map(Number.parseFloat);
    return sum + (minutes * 60 + seconds) * 1000;
  }, 0);
  const ties = Number(/E=(\d+)/.exec(printed)?.[1]);
  return { cpuMs, digest: printed.replace(/gen=\S+ /, ''), ties };
}

function sampleOf(printed: string): Sample {
  const { cpu_ms_tick: cpuMs, ms_tick_mean: wallMs, ck, reshares, posts, rssMB } = JSON.parse(printed) as Printed;
  return { cpuMs, wallMs, digest: ck.toString(16), reshares, posts, residentMb: rssMB };
}
