/**
 * A scenario in TypeScript: data as in a scenario file, and own code beside it. The module that exports it as `scenario` is what
 * shards import, by its URL.
 */
import { documentOf } from '../scenario/document.ts';
import { scenarioOf } from '../scenario/platforms.ts';
import { checkInvariants } from './invariants.ts';
import type { OwnRecommender } from '../recommender/feed.ts';
import type { OwnPolicy } from '../policy/own.ts';
import type { OwnVerb } from '../exchange/verbs.ts';
import type { ScenarioData, ScenarioInput } from '../scenario/schema.ts';
import type { Records } from '../record/reader.ts';
import type { OwnCode } from './plan.ts';

/** A measure that a study brings: reads the records of a finished run, returns what JSON can hold. */
export type OwnMeasure = (records: Records) => unknown;

/** A scenario as a study writes it. */
export interface ScenarioDefinition extends Omit<ScenarioInput, 'module' | 'version'> {
  /** `import.meta.url` of the module that exports the scenario; needed when there is own code. */
  readonly module?: string;
  readonly own?: {
    readonly policies?: Readonly<Record<string, OwnPolicy>>;
    readonly recommenders?: Readonly<Record<string, OwnRecommender>>;
    readonly verbs?: Readonly<Record<string, OwnVerb>>;
    readonly measures?: Readonly<Record<string, OwnMeasure>>;
  };
}

/** A scenario that was checked: every default filled in. */
export interface DefinedScenario extends OwnCode {
  readonly data: ScenarioData;
  readonly module?: string;
  readonly measures: Readonly<Record<string, OwnMeasure>>;
}

/** Checks a scenario and fills in what was left out. Throws InputError with every problem. */
export function defineScenario(definition: ScenarioDefinition): DefinedScenario {
  const { own, module, ...input } = definition;
  const data = scenarioOf(documentOf({ version: 1, ...input }, `scenario ${definition.name}`));
  checkInvariants(data, own?.verbs ?? {}, (index) => ({
    file: `scenario ${definition.name} invariants[${index}].formula`,
  }));
  return {
    data,
    policies: own?.policies ?? {},
    recommenders: own?.recommenders ?? {},
    verbs: own?.verbs ?? {},
    measures: own?.measures ?? {},
    ...(module === undefined ? {} : { module }),
  };
}
