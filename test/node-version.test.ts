/**
 * The tests, and what they start, run on the one Node that package.json pins: one V8 decides what a run computes.
 *
 * A machine's own Node may be older: npm scripts find `node_modules/.bin/node` first, and a test that starts a process uses
 * `process.execPath`. This fails when the tests were started past npm, or when the pin is a range.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Manifest;
const pin = manifest.devDependencies['node'];

test('package.json: the development dependency `node` is one exact version', () => {
  expect(pin).toMatch(/^\d+\.\d+\.\d+$/);
});

test('process.version: the tests run on the pinned Node', () => {
  expect(process.version).toBe(`v${pin}`);
});

test('process.execPath: a process that a test starts runs on the pinned Node', () => {
  const version = execFileSync(process.execPath, ['--version'], { encoding: 'utf8' });
  expect(version.trim()).toBe(`v${pin}`);
});
