/**
 * A sweep as a job array of Slurm: one script, which a cluster runs once for each task; every task simulates its part of the worlds into the sweep's
 * directory, on a file system that all nodes share.
 *
 * Writes `array.sh` and `logs/`; hands the script to `sbatch` where there is one on the PATH. Order: the plan is on disk before a task can start.
 * Invariant: a task that is run again finds what it did and does the rest, so a requeued one does no harm. Quotes: POSIX shell, every word of ours in '…'.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, escapeControls } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';

/** What a submission came to. */
export interface Submission {
  readonly script: string;
  /** As `sbatch --parsable` printed it; undefined where there is no `sbatch`. */
  readonly job?: string;
}

const program = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

/** Writes the script and submits it. */
export function submitArray(directory: string, tasks: number, workers: number): Submission {
  const script = join(directory, 'array.sh');
  mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o700 });
  writeWhole(script, scriptOf(resolve(directory), tasks, workers));
  const sent = spawnSync('sbatch', ['--parsable', script], { encoding: 'utf8' });
  if ((sent.error as { code?: string } | undefined)?.code === 'ENOENT') return { script };
  if (sent.error === undefined && sent.status === 0) return { script, job: sent.stdout.trim() };
  throw new InputError({
    code: 'INPUT_USAGE',
    place: { file: '--engine slurm' },
    found: `sbatch refused the script: ${escapeControls((sent.stderr ?? sent.error?.message ?? '').trim())}`,
    next: `Mend ${script}, and submit it with sbatch ${script}.`,
  });
}

function scriptOf(directory: string, tasks: number, workers: number): string {
  return [
    '#!/bin/sh',
    '#SBATCH --job-name=mesocosm-sweep',
    `#SBATCH --array=0-${tasks - 1}`,
    '#SBATCH --ntasks=1',
    `#SBATCH --cpus-per-task=${workers}`,
    '#SBATCH --requeue',
    `#SBATCH --output=${directory.replaceAll('%', '%%')}/logs/task-%a.log`,
    '# Add here what your cluster asks for: an account, a partition, a time limit.',
    'set -eu',
    `exec ${[process.execPath, program, 'sweep', directory, '--workers', String(workers)].map(quoted).join(' ')} \\`,
    `  --task "$SLURM_ARRAY_TASK_ID" --of ${tasks}`,
    '',
  ].join('\n');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
