/** Reads network files with networkx, which stands for the other programs that are to read them; some machines lack it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';

const python = '/usr/bin/python3';

export const hasNetworkx = spawnSync(python, ['-c', 'import networkx']).status === 0;

/** Stands in the name of a test that is skipped without it. */
export const skipReason = hasNetworkx ? '' : ' (skipped: networkx is not importable by /usr/bin/python3)';

/** A network as networkx has it. */
export interface ReadNetwork {
  readonly directed: boolean;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly nodes: [string, Record<string, unknown>][];
  readonly edges: [string, string, Record<string, unknown>][];
}

/** Reads a GEXF or GraphML file. A complaint of networkx fails the test. */
export function readBack(file: string): ReadNetwork {
  const script = join(import.meta.dirname, '../fixtures/read-networks.py');
  const { stdout, stderr, status } = spawnSync(python, [script, file], { maxBuffer: 1 << 28, encoding: 'utf8' });
  expect(stderr + status).toBe('0');
  return JSON.parse(stdout) as ReadNetwork;
}
