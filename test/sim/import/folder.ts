/**
 * Files for a test: a folder of its own below the system's temporary one, removed when the test file ends.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import type { Problem } from '../../../sim/ground/errors.ts';

/** Writes files into a folder; packs those whose names end in .gz. */
export function filesFolder(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-import-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(content) : content);
    return path;
  };
}

/** The problems that an attempt ends with; it must end with some. */
export function problemsOf(attempt: () => unknown): readonly Problem[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new TypeError('nothing was refused');
}
