/**
 * The page's own files: built into the package, or, in a checkout, built when they are first asked for.
 *
 * In a checkout vite bundles `client/` with sigma into a folder under node_modules that is named by a digest of what goes in, so a changed
 * file is never served from an old bundle; that takes a second once. The package holds the bundle beside this file and needs no vite.
 * Nothing is fetched: sources and sigma are on the disk. Bundles are the same for the same input, but nothing relies on it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../sim/ground/errors.ts';

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, 'client');
const packaged = join(here, 'page');

/** Files of the page: name => bytes and media type. */
export type PageFiles = ReadonlyMap<string, { readonly bytes: Buffer; readonly type: string }>;

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The files, built first where they are not there yet. Throws an InputError where they cannot be built. */
export async function pageFiles(): Promise<PageFiles> {
  if (existsSync(join(packaged, 'index.html'))) return filesOf(packaged);
  const cache = join(here, '../../node_modules/.cache/mesocosm', `page-${sourceDigest()}`);
  if (!existsSync(join(cache, 'index.html'))) {
    mkdirSync(dirname(cache), { recursive: true });
    const aside = mkdtempSync(join(dirname(cache), 'build-'));
    try {
      await buildPage(aside);
      // Another process may have been faster: its bundle is as good.
      if (!existsSync(cache)) renameSync(aside, cache);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  }
  return filesOf(cache);
}

/** Bundles the page into a folder. */
export async function buildPage(folder: string): Promise<void> {
  let vite: typeof import('vite');
  try {
    vite = await import('vite');
  } catch (cause) {
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: 'vite' },
      found: `the page of the dashboard is not built, and what builds it is missing (${(cause as { code?: string }).code ?? 'unknown'})`,
      next: 'Run npm ci with development dependencies, or install the package.',
    });
  }
  await vite.build({
    configFile: false,
    root: sources,
    base: './',
    logLevel: 'silent',
    // A small page preloads nothing; the polyfill would only be more code to trust.
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
    },
  });
}

/** Everything that decides what a bundle holds. */
function sourceDigest(): string {
  const hash = createHash('sha256');
  const names = readdirSync(sources).sort();
  for (const name of names) hash.update(name).update(readFileSync(join(sources, name)));
  const lock = join(here, '../../package-lock.json');
  if (existsSync(lock)) hash.update(readFileSync(lock));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(folder: string): PageFiles {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const type = types[entry.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), { bytes: readFileSync(path), type }];
    }),
  );
}
