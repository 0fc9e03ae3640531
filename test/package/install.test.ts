/**
 * The package as a user gets it: packed, installed into an empty folder, imported by a study, started by npx, on Node 24 and 22.
 *
 * Everything happens in a temporary folder: the sources are copied there and packed (so that two test runs do not share `dist/`),
 * and the archive is installed by npm with its dependencies, which shows that `dependencies` lists all that is imported. Install
 * scripts are left out: compiling sqlite3 takes minutes and is what `npm ci` of the checkout has done already, so the binary that
 * stands there is copied in (it speaks Node-API and fits every Node). Without a registry the tests say so and are skipped.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestContext } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const sourceFolders = ['sim', 'scenarios', 'analysis', 'viz'];
const rootFiles = ['package.json', 'README.md', 'LICENSE', 'CITATION.cff'];

interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program and waits for its end. */
function start(program: string, args: readonly string[], folder: string, msMax = 60_000): Promise<Finished> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };
    const options = { cwd: folder, env, timeout: msMax, maxBuffer: 1 << 26 };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
}

/** Starts a program that must succeed. */
async function succeed(program: string, args: readonly string[], folder: string, msMax?: number): Promise<string> {
  const { status, stdout, stderr } = await start(program, args, folder, msMax);
  expect({ status, stderr: status === 0 ? '' : stderr + stdout }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const temporary = mkdtempSync(join(tmpdir(), 'mesocosm-package-'));
const sources = join(temporary, 'sources');
const project = join(temporary, 'project');

let packed: readonly string[] = [];
/** Why the package could not be installed, if so. */
let unreachable: string | undefined;

function needsPackage(context: TestContext): void {
  if (unreachable !== undefined) context.skip(`skipped: ${unreachable}`);
}

beforeAll(async () => {
  copySources();
  const archive = await pack();
  await install(archive);
}, 120_000);

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function copySources(): void {
  mkdirSync(sources);
  for (const name of [...sourceFolders, ...rootFiles, 'data', 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(join(checkout, name), join(sources, name), { recursive: true });
  }
  symlinkSync(join(checkout, 'node_modules'), join(sources, 'node_modules'));
}

async function pack(): Promise<string> {
  const stdout = await succeed('npm', ['pack', '--json', '--pack-destination', temporary], sources, 110_000);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = files.map((file) => file.path).sort();
  return join(temporary, filename);
}

async function install(archive: string): Promise<void> {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "a-study", "private": true, "type": "module" }\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  const { status, stderr } = await start('npm', ['install', archive, ...flags], project, 100_000);
  if (status !== 0) {
    expect(stderr).toMatch(/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENETUNREACH|network/i);
    unreachable = 'no package registry';
    return;
  }
  const binary = 'node_modules/sqlite3/build/Release/node_sqlite3.node';
  mkdirSync(dirname(join(project, binary)), { recursive: true });
  cpSync(join(checkout, binary), join(project, binary));
}

/** The example study, importing the package by its name. */
function writeStudy(): string {
  const text = readFileSync(join(checkout, 'scenarios/examples/mutual-aid.ts'), 'utf8');
  const file = join(project, 'mutual-aid.ts');
  const changed = text.replaceAll("'../../sim/index.ts'", "'mesocosm'");
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  return file;
}

function digestOf(stdout: string): string {
  const digest = /[0-9a-f]{64}/.exec(stdout)?.[0];
  expect(digest).toBeDefined();
  return digest ?? '';
}

/** The digest of the example study as a program of its own, in a folder of its own. */
async function digestOfStudy(node: string, study: string, name: string): Promise<string> {
  const folder = join(temporary, name);
  mkdirSync(folder);
  return digestOf(await succeed(node, [study], folder));
}

let checkoutDigest: Promise<string> | undefined;

/** The same study in the checkout, run once for all comparisons. */
function digestInCheckout(): Promise<string> {
  const study = join(checkout, 'scenarios/examples/mutual-aid.ts');
  checkoutDigest ??= digestOfStudy(process.execPath, study, 'in-checkout');
  return checkoutDigest;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(sources, join(entry.parentPath, entry.name)));
}

/** What the package may hold: built sources without the examples, data, scenario files with their pages, two pages of sim. */
/** Examples are copied by users; kernels are packed as their compiled binary, the dashboard’s page as its bundle. */
const notBuilt = ['scenarios/examples/', 'sim/kernels/assembly/', 'viz/dashboard/client/'];
const packedScenarios = [
  ...['feed-and-opinion', 'group-polarization', 'herd-effect', 'information-spreading', 'misinformation'],
  ...['moltbook', 'resilience', 'risks', 'thinking-few'],
];

function allowedFiles(): string[] {
  const built = sourceFolders
    .flatMap((folder) => filesBelow(join(sources, folder)))
    .filter((file) => file.endsWith('.ts') && !notBuilt.some((folder) => file.startsWith(folder)))
    .flatMap((file) => [`dist/${file.slice(0, -3)}.js`, `dist/${file.slice(0, -3)}.d.ts`]);
  const scenario = packedScenarios
    .flatMap((name) => filesBelow(join(sources, 'scenarios', name)))
    .filter((file) => /(?:\.yaml|README\.md)$/.test(file));
  const pages = ['sim/ERRORS.md', 'sim/DECISIONS.md'];
  return [...rootFiles, ...built, ...filesBelow(join(sources, 'data')), ...scenario, ...pages].sort();
}

test('package: the archive holds the built sources, data, scenario files and pages, and nothing else', () => {
  const isBundle = (file: string): boolean => file.startsWith('dist/viz/dashboard/page/');
  expect(packed.filter((file) => !isBundle(file))).toEqual(allowedFiles());
  expect(
    packed
      .filter(isBundle)
      .map((file) => file.replace(/^.*\.|-[\w-]+(?=\.)/g, ''))
      .sort(),
  ).toEqual(['css', 'html', 'js']);
  expect(packed.filter((file) => /^test|\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
});

test('package: the command is installed executable and begins with its interpreter', (context) => {
  needsPackage(context);
  const command = join(project, 'node_modules/.bin/mesocosm');
  expect(statSync(command).mode & 0o111).not.toBe(0);
  expect(readFileSync(command, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});

test('package: npx mesocosm runs the study of information spreading and prints one object', async (context) => {
  needsPackage(context);
  const args = ['run', 'information-spreading', '--agents', '2000', '--ticks', '20', '--json'];
  const stdout = await succeed('npx', ['--no-install', 'mesocosm', ...args, '--workers', '2'], project);
  const installed = JSON.parse(stdout) as { run: string; digest: string; outcome: string };
  expect(installed.outcome).toBe('complete');
  expect(existsSync(join(project, installed.run, 'run.db'))).toBe(true);
  const own = [join(checkout, 'scenarios/main.ts'), ...args, '--out', join(temporary, 'compared'), '--index', 'none'];
  const here = JSON.parse(await succeed(process.execPath, own, temporary)) as { digest: string };
  expect(installed.digest).toBe(here.digest);
}, 60_000);

test('package: the example study gives the digest of the checkout on this Node', async (context) => {
  needsPackage(context);
  expect(await digestOfStudy(process.execPath, writeStudy(), 'this-node')).toBe(await digestInCheckout());
}, 60_000);

test('package: the example study gives the digest of the checkout on Node 22', async (context) => {
  needsPackage(context);
  const node22 = await installNode22(context);
  expect(await succeed(node22, ['--version'], temporary)).toMatch(/^v22\./);
  expect(await digestOfStudy(node22, writeStudy(), 'node-22')).toBe(await digestInCheckout());
}, 120_000);

/** Node 22 out of the registry: the package of this platform, which holds the program itself and needs no install script. */
async function installNode22(context: TestContext): Promise<string> {
  const folder = join(temporary, 'node22');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const name = `node-${process.platform}-${process.arch}`;
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  const { status } = await start('npm', ['install', `${name}@22`, ...flags], folder, 90_000);
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (status !== 0 || !existsSync(program)) context.skip('skipped: Node 22 could not be had from a package registry');
  return program;
}

test('package: a study type-checks against the installed types, the libraries’ own included', async (context) => {
  needsPackage(context);
  const compilerOptions = {
    ...{ target: 'es2024', lib: ['es2024'], module: 'nodenext', strict: true, noEmit: true, skipLibCheck: false },
    ...{ exactOptionalPropertyTypes: true, types: ['node'], typeRoots: [join(checkout, 'node_modules/@types')] },
  };
  writeStudy();
  writeFileSync(join(project, 'wrong.ts'), wrongStudy);
  const check = async (file: string): Promise<Finished> => {
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    return start(process.execPath, [join(checkout, 'node_modules/typescript/bin/tsc'), '-p', '.'], project);
  };
  expect(await check('mutual-aid.ts')).toMatchObject({ status: 0, stdout: '' });
  const wrong = await check('wrong.ts');
  expect(wrong.status).not.toBe(0);
  expect(wrong.stdout).toMatch(/wrong\.ts\(4,\d+\).*Type 'number'/);
  expect(wrong.stdout).toMatch(/wrong\.ts\(7,\d+\).*Type 'string'/);
}, 60_000);

/** Types that let this pass would be `any`. */
const wrongStudy = `import { defineScenario } from 'mesocosm';
import type { OwnPolicy } from 'mesocosm';
export const policy: OwnPolicy = {
  decide: 7,
};
const population = { kind: 'generated', agents: 10 } as const;
export const scenario = defineScenario({ name: 'wrong', ticks: 'many', population });
`;
