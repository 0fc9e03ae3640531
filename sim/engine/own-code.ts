/**
 * Loads a study's own code in this thread, by the URL of its module: a function cannot be sent to a worker.
 */
import { InputError, echo } from '../ground/errors.ts';
import { noOwnCode } from './plan.ts';
import type { OwnCode } from './plan.ts';

/** The own code that a module exports as `scenario`. Without a module: none. */
export async function loadOwnCode(module: string | undefined): Promise<OwnCode> {
  if (module === undefined) return noOwnCode;
  const loaded = await importModule(module);
  const scenario = (loaded as { scenario?: Partial<OwnCode> }).scenario;
  if (scenario === undefined || typeof scenario !== 'object') {
    throw new InputError({
      code: 'INPUT_MODULE',
      place: { file: module },
      found: 'the module exports no scenario',
      next: 'Write: export const scenario = defineScenario({ … }).',
    });
  }
  return {
    policies: scenario.policies ?? {},
    recommenders: scenario.recommenders ?? {},
    verbs: scenario.verbs ?? {},
  };
}

async function importModule(module: string): Promise<unknown> {
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
