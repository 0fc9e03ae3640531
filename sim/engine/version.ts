/**
 * The version of the engine, from the package's own description.
 */
import { readFileSync } from 'node:fs';

const candidates = ['../../package.json', '../../../package.json'];

function readVersion(): string {
  for (const path of candidates) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (parsed.name === 'mesocosm' && parsed.version !== undefined) return parsed.version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}

/** The engine's version. */
export const engineVersion = readVersion();
