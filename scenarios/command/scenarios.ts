/**
 * `scenarios [NAME]`: what can be run, and every parameter with its value, unit, range and source.
 */
import { readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDocument } from '../../sim/scenario/document.ts';
import { scenarioOf } from '../../sim/scenario/platforms.ts';
import { scenarioJsonSchema } from '../../sim/scenario/schema.ts';
import { scenarioFile, scenarioNames } from '../load.ts';
import { printResult } from './output.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import type { ScenarioData } from '../../sim/scenario/schema.ts';

/** A parameter as the command lists it. */
export interface Parameter {
  readonly path: string;
  readonly value: unknown;
  readonly unit: string;
  readonly range: string;
  readonly source: string;
  readonly description: string;
}

/** Runs the command. Returns its exit status. */
export function scenariosCommand(name: string | undefined, flags: { json?: boolean }): number {
  if (name === undefined) {
    const list = scenarioNames().map((one) => ({ name: one, description: describe(one) }));
    printResult(flags.json === true, { scenarios: list }, () =>
      list.map((one) => `${one.name}: ${one.description}`).join('\n'),
    );
    return 0;
  }
  if (!scenarioNames().includes(name)) {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `no scenario is called ${echo(name)}`,
      next: `Known: ${scenarioNames().join(', ')}.`,
    });
  }
  const parameters = parametersOf(name);
  printResult(flags.json === true, { name, description: describe(name), parameters }, () =>
    [describe(name), '', ...parameters.map(line), '', pageOf(name)].join('\n'),
  );
  return 0;
}

function packageScenario(name: string) {
  return scenarioOf(readDocument(scenarioFile(name)));
}

function describe(name: string): string {
  return packageScenario(name).description ?? '';
}

function pageOf(name: string): string {
  const page = join(dirname(scenarioFile(name)), 'README.md');
  return existsSync(page) ? readFileSync(page, 'utf8') : '';
}

function line(one: Parameter): string {
  return `  ${one.path} = ${JSON.stringify(one.value)} [${one.unit}] ${one.range} (${one.source}) ${one.description}`;
}

type Schema = Record<string, unknown>;

function parametersOf(name: string): Parameter[] {
  return parametersIn(packageScenario(name));
}

/** Every parameter of a scenario with its value, unit, range and source. */
export function parametersIn(data: ScenarioData): Parameter[] {
  const found: Parameter[] = [];
  walk(data, scenarioJsonSchema() as Schema, '', found);
  return found;
}

/** Walks the value and its schema together; unions are entered by the branch whose properties fit. */
function walk(value: unknown, schema: Schema, path: string, found: Parameter[]): void {
  const branches = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (branches !== undefined) {
    walk(value, { ...branchFor(value, branches), ...withoutBranches(schema) }, path, found);
    return;
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    for (const [key, one] of Object.entries(value)) {
      if (properties[key] !== undefined) walk(one, properties[key], path === '' ? key : `${path}.${key}`, found);
    }
    return;
  }
  if (Array.isArray(value) && value.length <= 24 && value.some((one) => typeof one === 'object')) {
    value.forEach((one, i) => walk(one, (schema.items ?? {}) as Schema, `${path}[${i}]`, found));
    return;
  }
  found.push({
    path,
    value,
    unit: textOf(schema.unit, '-'),
    range: rangeOf(schema),
    source: textOf(schema.source, '-'),
    description: textOf(schema.description, ''),
  });
}

function withoutBranches(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'anyOf' && key !== 'oneOf'));
}

function branchFor(value: unknown, branches: readonly Schema[]): Schema {
  const kind = (value as { kind?: unknown } | null)?.kind;
  const named = branches.find((one) => {
    const property = (one.properties as Record<string, Schema> | undefined)?.kind;
    return property?.const !== undefined && property.const === kind;
  });
  return named ?? branches.find((one) => knowsAll(value, one)) ?? branches[0] ?? {};
}

/** Whether a branch has all fields of a mapping: of branches without a kind, the one that was meant. */
function knowsAll(value: unknown, branch: Schema): boolean {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping && Object.keys(value).every((key) => Object.hasOwn(branch.properties ?? {}, key));
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function rangeOf(schema: Schema): string {
  const { minimum, maximum } = schema;
  return typeof minimum === 'number' && typeof maximum === 'number' ? `${minimum} to ${maximum}` : '';
}
