/**
 * Mesa, a framework for agents as Python objects: the kernel's task as its users would write it (`mesa/feed_model.py`).
 *
 * It is not needed and not installed by anything here. Where Python cannot import it, whoever asks is told so and goes on without;
 * no figure of Mesa is printed that was not measured in the same rounds.
 */
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Case, Sample } from './interleave.ts';

export interface Mesa {
  /** Of Mesa and of Python. */
  readonly version: string;
  /** `keyed`: with the kernel's draws, to compare digests; otherwise with its own, to compare times. */
  caseOf(graph: string, ticks: number, draws: 'own' | 'keyed'): Case;
}

const program = fileURLToPath(import.meta.resolve('./mesa/feed_model.py'));
const runFile = promisify(execFile);
const question = 'import mesa, sys; print(mesa.__version__, "on Python", sys.version.split()[0])';

/** Mesa as a Python has it, or why it has not. */
export function findMesa(python: string): Mesa | string {
  let version: string;
  try {
    version = execFileSync(python, ['-c', question], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return `${python} cannot import mesa (pip install mesa; another Python: --python PATH)`;
  }
  return {
    version,
    caseOf: (graph, ticks, draws) => ({
      name: draws === 'own' ? 'Mesa' : 'Mesa, our draws',
      run: async () => {
        const words = [program, graph, String(ticks), ...(draws === 'keyed' ? ['keyed'] : [])];
        const { stdout } = await runFile(python, words);
        return JSON.parse(stdout) as Sample;
      },
    }),
  };
}
