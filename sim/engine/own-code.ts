/**
 * Loads a study's own code in this thread, by the URL of its module: a function cannot be sent to a worker.
 */
import { InputError, echo } from '../ground/errors.ts';
import { verbs } from '../exchange/verbs.ts';
import { noOwnCode } from './plan.ts';
import type { DefinedScenario } from './define.ts';
import type { OwnCode } from './plan.ts';

/** The own code that a module exports as `scenario`. Without a module: none. */
export async function loadOwnCode(module: string | undefined): Promise<OwnCode> {
  if (module === undefined) return noOwnCode;
  return loadScenarioModule(module);
}

/** The scenario that a module exports. */
export async function loadScenarioModule(module: string): Promise<DefinedScenario> {
  const { scenario } = (await importModule(module)) as { scenario?: Partial<DefinedScenario> };
  if (scenario?.data === undefined || scenario.policies === undefined) {
    throw new InputError({
      code: 'INPUT_MODULE',
      place: { file: module },
      found: 'the module exports no scenario',
      next: 'Write: export const scenario = defineScenario({ … }).',
    });
  }
  return scenario as DefinedScenario;
}

async function importModule(module: string): Promise<unknown> {
  if (!module.startsWith('file:')) {
    throw new InputError({
      code: 'INPUT_MODULE',
      place: { file: module.slice(0, 80) },
      found: 'own code is a file on this machine, and nothing else is loaded',
      next: 'Name a module by a file: URL.',
    });
  }
  try {
    return await import(module);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError({
      code: 'INPUT_MODULE',
      place: { file: module },
      found: `the module cannot be loaded: ${echo(cause instanceof Error ? cause.message : cause)}`,
      next: 'Mend the module; it must load in a worker as in the main thread.',
    });
  }
}

/** Refuses a scenario that names own code which it does not bring, and own code without a module. */
export function checkOwnNames(scenario: DefinedScenario): void {
  const { data } = scenario;
  const problems: ReturnType<typeof missing>[] = [];
  const { recommender } = data.feed;
  if (typeof recommender !== 'string' && !Object.hasOwn(scenario.recommenders, recommender.own)) {
    problems.push(missing('recommender', recommender.own, Object.keys(scenario.recommenders)));
  }
  for (const { own } of data.policies) {
    if (own !== undefined && !Object.hasOwn(scenario.policies, own)) {
      problems.push(missing('policy', own, Object.keys(scenario.policies)));
    }
  }
  for (const verb of Object.values(scenario.verbs)) {
    for (const { attribute } of verb.effects) {
      const known = data.attributes.map((one) => one.name);
      if (!known.includes(attribute)) problems.push(missing('attribute', attribute, known));
    }
  }
  for (const name of Object.keys(scenario.verbs)) {
    if (Object.hasOwn(verbs, name)) problems.push(missing('free name for a verb, instead of', name, []));
  }
  const hasCode = [scenario.policies, scenario.recommenders, scenario.verbs].some((one) => Object.keys(one).length > 0);
  if (hasCode && scenario.module === undefined) problems.push(missing('module', 'import.meta.url', []));
  if (problems.length > 0) throw new InputError(problems);
}

function missing(kind: string, name: string, known: readonly string[]) {
  return {
    code: 'INPUT_UNKNOWN_NAME' as const,
    found: `the scenario has no ${kind} ${echo(name)}`,
    next: known.length === 0 ? 'Bring it in own, or take the name out.' : `Known: ${known.join(', ')}.`,
  };
}
