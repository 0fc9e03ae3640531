/**
 * Compiles kernels from AssemblyScript, in memory: reads sources, writes nothing.
 *
 * The memory is imported and shared, 64 Ki pages at most as the arena has them; no runtime, no data segments, no start function, so
 * that making an instance changes no byte of the arena. Invariant: the same sources and compiler give the same bytes.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../../sim/ground/errors.ts';

export const root = fileURLToPath(import.meta.resolve('../../'));
const folder = 'sim/kernels/assembly';
/** Files whose exports the module has. */
const entries = ['recency.ts', 'interest.ts', 'looks.ts', 'memory.ts', 'rows.ts'].map((name) => `${folder}/${name}`);

/** The part of the compiler's interface that is used. Its own types would redefine everybody's typed arrays. */
interface Compiler {
  main(
    words: readonly string[],
    files: {
      readFile(name: string): Promise<string | null>;
      writeFile(name: string, bytes: Uint8Array | string): void;
      listFiles(): string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}
const compilerName: string = 'assemblyscript/asc';

const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd,threads', '--disableWarning', '112'],
  ...['--importMemory', '--noExportMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
];

/** A line before a function that is to be put where it is called. The compiler wants a decorator, which TypeScript's parsers refuse there. */
const inlined = /^\/\/ inline$/gm;

/** The module of these entry files, as paths from the root of the tree. */
export async function compile(files: readonly string[]): Promise<Uint8Array> {
  const { default: asc } = (await import(compilerName)) as { default: Compiler };
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([...files, '--outFile', 'kernels.wasm', ...options], {
    readFile: (name) => sourceOf(name).catch(() => null),
    writeFile: (_name, bytes) => {
      if (typeof bytes !== 'string') binary = bytes;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined)
    throw new InvariantError(`asc: ${error?.message ?? 'nothing'}\n${stderr.toString()}`);
  return binary;
}

async function sourceOf(name: string): Promise<string> {
  const text = await readFile(join(root, name), 'utf8');
  return text.replaceAll(inlined, '@inline');
}

/** The text of `sim/kernels/binary.ts` as it should be. */
export async function binaryText(): Promise<string> {
  const base64 = Buffer.from(await compile(entries)).toString('base64');
  const lines = base64.match(/.{1,112}/g) ?? [];
  return [
    '/**',
    ' * The compiled kernels, and the SHA-256 of their sources. Written by `npm run -s kernels`; `test/sim/kernels/binary.test.ts` compiles',
    ' * the sources of `assembly/` again and compares.',
    ' */',
    'export const binary = {',
    `  sourcesSha256: '${sourcesSha256()}',`,
    '  base64:',
    ...lines.map((line, k) => `    '${line}'${k + 1 < lines.length ? ' +' : ','}`),
    '};',
    '',
  ].join('\n');
}

/** Of all sources, in the order of their names. */
export function sourcesSha256(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(root, folder)).sort()) hash.update(readFileSync(join(root, folder, name)));
  return hash.digest('hex');
}
