/**
 * Finds the scenario that a command names: one of this package's, a YAML or JSON file, or a TypeScript module.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError, echo } from '../sim/ground/errors.ts';
import { readDocument } from '../sim/scenario/document.ts';
import { withSetting } from '../sim/scenario/document-set.ts';
import { resolveInside } from '../sim/scenario/problems-paths.ts';
import { nearestName } from '../sim/scenario/problems-words.ts';
import { refuseSecrets } from '../sim/scenario/problems-secrets.ts';
import { scenarioOf } from '../sim/scenario/platforms.ts';
import { scenarioSchema } from '../sim/scenario/schema.ts';
import { documentOf } from '../sim/scenario/document.ts';
import { checkInvariants } from '../sim/engine/invariants.ts';
import { checkOwnNames, loadScenarioModule } from '../sim/engine/own-code.ts';
import type { Place } from '../sim/ground/errors.ts';
import type { Document } from '../sim/scenario/document.ts';
import type { ScenarioData } from '../sim/scenario/schema.ts';
import type { FileFinder } from '../sim/engine/people.ts';

/** A scenario with what it needs to be compiled. */
export interface LoadedScenario {
  readonly data: ScenarioData;
  readonly find: FileFinder;
  readonly source: { readonly name: string; readonly sha256: string };
  /** URL of the module of own code, and what it was. */
  readonly module?: string;
  readonly moduleSource?: { readonly name: string; readonly sha256: string };
}

/** Changes that the command line makes. */
export interface ScenarioChanges {
  readonly set: readonly string[];
  readonly allowCode: boolean;
  /** Models in the place of the scenario's own: what a file of models holds. */
  readonly models?: Document;
}

const scenariosFolder = firstFolder(['.', '../../scenarios']);

const dataFolder = ['../data', '../../data']
  .map((one) => fileURLToPath(new URL(one, import.meta.url)))
  .find((one) => existsSync(join(one, 'cascades'))) as string;

function firstFolder(candidates: readonly string[]): string {
  const found = candidates.map((one) => fileURLToPath(new URL(one, import.meta.url))).find((one) => hasScenario(one));
  return found ?? fileURLToPath(new URL('.', import.meta.url));
}

function hasScenario(folder: string): boolean {
  return existsSync(join(folder, 'information-spreading', 'scenario.yaml'));
}

/** Names of the scenarios that come with the package. */
export function scenarioNames(): string[] {
  return readdirSync(scenariosFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(scenariosFolder, entry.name, 'scenario.yaml')))
    .map((entry) => entry.name)
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The file of a scenario of the package. */
export function scenarioFile(name: string, variant = 'scenario'): string {
  return join(scenariosFolder, name, `${variant}.yaml`);
}

/** Loads a scenario by name or path and applies the changes. */
export async function loadScenario(named: string, changes: ScenarioChanges): Promise<LoadedScenario> {
  const file = locate(named);
  if (['.ts', '.js', '.mts', '.mjs'].includes(extname(file))) return loadModule(file, changes, undefined);
  const document = withModels(readDocument(file), changes.models);
  refuseSecrets(document);
  const set = changed(document, changes.set);
  const data = scenarioOf(set);
  const find: FileFinder = (relative, field) =>
    packageData(relative) ?? resolveInside(file, relative, document.place(field, 'value'));
  const source = { name: basename(file), sha256: sha256Of(file) };
  if (data.module === undefined) {
    checkInvariants(data, {}, (index) => formulaPlace(set, index));
    return { data, find, source };
  }
  const module =
    packageModule(file, data.module) ?? resolveInside(file, data.module, document.place(['module'], 'value'));
  return { ...(await loadModule(module, changes, { data, document: set })), find, source };
}

/** Own code of a scenario of this package: built where this file is built, since a package's TypeScript is not run as it is. */
function packageModule(file: string, named: string): string | undefined {
  if (dirname(dirname(file)) !== dirname(join(scenariosFolder, 'scenario'))) return undefined;
  const built = named.replace(/\.ts$/, extname(import.meta.url));
  const module = fileURLToPath(new URL(`${basename(dirname(file))}/${built}`, import.meta.url));
  return existsSync(module) ? module : undefined;
}

/** Where the formula of an invariant begins. */
function formulaPlace(document: Document, index: number): Place {
  return document.textPlace(['invariants', index, 'formula']);
}

/** The document with each `path=value` applied. */
export function changed(document: Document, settings: readonly string[]): Document {
  return settings.reduce((current, setting) => {
    const equals = setting.indexOf('=');
    if (equals < 1) {
      throw new InputError({
        code: 'INPUT_USAGE',
        place: { file: '--set' },
        found: `${echo(setting)} is not path=value`,
        next: 'Write for example --set feed.length=20.',
      });
    }
    return withSetting(current, setting.slice(0, equals), setting.slice(equals + 1), scenarioSchema);
  }, document);
}

/** Reads a file of models: endpoints, classes, prices, caps, as a scenario has them under `models`. */
export function readModels(file: string): Document {
  const document = readDocument(file);
  refuseSecrets(document);
  return document;
}

function withModels(document: Document, models: Document | undefined): Document {
  const { value } = document;
  if (models === undefined || typeof value !== 'object' || value === null) return document;
  const own = ([first, ...rest]: Parameters<Document['textPlace']>[0]) => (first === 'models' ? rest : undefined);
  return {
    file: document.file,
    value: { ...value, models: models.value },
    place(asked, of) {
      const inside = own(asked);
      return inside === undefined ? document.place(asked, of) : models.place(inside, of);
    },
    textPlace(asked) {
      const inside = own(asked);
      return inside === undefined ? document.textPlace(asked) : models.textPlace(inside);
    },
  };
}

/** A module of own code: needs leave, because it is run. */
async function loadModule(
  file: string,
  changes: ScenarioChanges,
  written: { readonly data: ScenarioData; readonly document: Document } | undefined,
): Promise<LoadedScenario> {
  if (!changes.allowCode) {
    throw new InputError({
      code: 'INPUT_CODE_REFUSED',
      place: { file },
      found: 'the scenario runs code of its own',
      next: 'Read the code, then add --allow-code.',
    });
  }
  const module = pathToFileURL(file).href;
  const scenario = await loadScenarioModule(module);
  const document = withModels(documentOf(written?.data ?? scenario.data, file), changes.models);
  const final = scenarioOf(changed(document, written === undefined ? changes.set : []));
  checkOwnNames({ ...scenario, data: final, module });
  checkInvariants(final, scenario.verbs, (index) => formulaPlace(written?.document ?? document, index));
  const find: FileFinder = (relative) => packageData(relative) ?? resolveInside(file, relative);
  const source = { name: basename(file), sha256: sha256Of(file) };
  return { data: final, find, source, module, moduleSource: source };
}

/** The path of a file of the package's data. */
export function dataFile(relative: string): string {
  return join(dataFolder, relative);
}

/** Data that come with the package are named `mesocosm:<path below data/>`. */
function packageData(relative: string): string | undefined {
  if (!relative.startsWith('mesocosm:')) return undefined;
  return resolveInside(join(dataFolder, 'README.md'), relative.slice('mesocosm:'.length));
}

function locate(named: string): string {
  if (/^[a-z0-9-]+$/.test(named) && !existsSync(named)) {
    const file = scenarioFile(named);
    if (existsSync(file)) return file;
    const near = nearestName(named, scenarioNames());
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `no scenario is called ${echo(named)}`,
      next: `${near === undefined ? '' : `Did you mean ${near}? `}Known: ${scenarioNames().join(', ')}. Or name a file.`,
    });
  }
  const file = resolve(named);
  const inside = join(file, 'scenario.yaml');
  return existsSync(inside) && dirname(inside) === file ? inside : file;
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
