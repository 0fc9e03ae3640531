/**
 * Headers tell the truth about where what they describe is tested: every file of tests that the header of a source names is there.
 */
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const header = /^\s*\/\*\*.*?\*\//s;
const named = /\btest\/[\w./-]+\.(?:ts|R|py|json)\b/g;

test('headers: tests and fixtures that they name exist', async () => {
  const files = ['sim', 'scenarios', 'analysis', 'viz', 'data', 'test'].flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root }),
  );
  expect(files.length).toBeGreaterThan(500);
  const lost: string[] = [];
  for (const file of files) {
    const [text = ''] = header.exec(await readFile(new URL(file, root), 'utf8')) ?? [];
    for (const [path] of text.matchAll(named)) if (!existsSync(new URL(path, root))) lost.push(`${file}: ${path}`);
  }
  expect(lost).toEqual([]);
});
