/**
 * What commands of many worlds do about language models: whether their scenarios ask any, with which models, and what is refused before the first world.
 *
 * Reads flags, a file of models and scenarios as data. Classes of models decide a world and belong to a plan; endpoints, prices and caps do not. Invariant: a
 * cap that could not bind, or a flag that nothing would heed, is refused.
 */
import { checkModelSettings } from '../../sim/llm/settings.ts';
import { modelsOrderOf } from '../../sim/engine/models.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { readModels } from '../load.ts';
import { capsOfFlags } from './model-caps.ts';
import { note } from './output.ts';
import type { Document } from '../../sim/scenario/document.ts';
import type { ScenarioData } from '../../sim/scenario/schema.ts';
import type { ModelFlags } from './model-caps.ts';
import type { AskingOrder } from './model-worlds.ts';
import type { Replicate } from './replicate-store.ts';

/** Which models agents of a class have, and what happens without them: what decides a world. */
export interface ModelChoice {
  readonly classes: Readonly<Record<string, readonly { readonly model: string; readonly weight: number }[]>>;
  readonly whenDown: 'stop' | 'rules';
}

/** The models of a scenario, as far as they decide its worlds; undefined where it names none. */
export function modelChoiceOf(data: ScenarioData): ModelChoice | undefined {
  const order = modelsOrderOf(data);
  return order === undefined ? undefined : { classes: order.settings.classes, whenDown: order.whenDown };
}

/** The file of models that is named, if one is. */
export function modelsOfFlags({ models }: ModelFlags): Document | undefined {
  return models === undefined ? undefined : readModels(models);
}

/** Whether worlds of a scenario may ask a model. */
function mayAsk({ policies, judge, models, feed }: ScenarioData): boolean {
  const thinks = policies.some((policy) => policy.model !== undefined || policy.archetypes !== undefined);
  return thinks || judge !== undefined || models !== undefined || typeof feed.embedding === 'object';
}

/** How the worlds of some scenarios ask; undefined where none does. */
export function askingOf(
  scenarios: readonly ScenarioData[],
  flags: ModelFlags,
  models: Document | undefined,
): AskingOrder | undefined {
  const caps = capsOfFlags(flags);
  if (!scenarios.some(mayAsk)) {
    if (caps === undefined && models === undefined && flags.replay === undefined) return undefined;
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: models === undefined ? (caps === undefined ? '--replay' : '--cap-calls') : '--models' },
      found: 'no scenario here asks language models',
      next: 'Leave the flag out.',
    });
  }
  for (const data of scenarios) refuseUnserved(data, caps);
  const { replay } = flags;
  return {
    ...(models === undefined ? {} : { models }),
    ...(caps === undefined ? {} : { caps }),
    ...(replay === undefined ? {} : { replay }),
  };
}

function refuseUnserved({ name, policies, models }: ScenarioData, caps: ReturnType<typeof capsOfFlags>): void {
  const index = policies.findIndex((policy) => policy.model !== undefined || policy.archetypes !== undefined);
  if (index >= 0 && models === undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: name },
      found: `policies[${index}] asks models, and the scenario names none`,
      next: 'Name a file of models with --models; mesocosm stand-in serves one to try with.',
    });
  }
  if (caps?.money === undefined || models === undefined) return;
  // A cap on money that some models have no price for would not bind: refused as in a scenario.
  const { settings } = modelsOrderOf({ models }) ?? {};
  if (settings !== undefined) checkModelSettings({ ...settings, caps: { money: caps.money } });
}

/** Above this share of calls that brought nothing worlds say DEGRADED (`design.md`, section 7). */
const degradedShare = 0.05;

/** Calls of all worlds together. */
export interface AskedOfAll {
  readonly worlds: number;
  readonly asked: number;
  readonly unanswered: number;
  readonly calls: number;
  readonly tokens: number;
  readonly cost: number;
  readonly currency?: string;
  readonly served: readonly string[];
  readonly degraded: boolean;
}

/** What models were asked in all worlds; undefined where none was recorded. */
export function askedOfAll(worlds: readonly (Replicate | undefined)[]): AskedOfAll | undefined {
  const found = worlds.flatMap((world) => world?.asked ?? []);
  if (found.length === 0) return undefined;
  const sum = (field: 'asked' | 'unanswered' | 'calls' | 'tokens' | 'costNanos'): number =>
    found.reduce((all, one) => all + one[field], 0);
  const currency = found.find((one) => one.currency !== undefined)?.currency;
  return {
    ...{ worlds: found.length, asked: sum('asked'), unanswered: sum('unanswered') },
    ...{ calls: sum('calls'), tokens: sum('tokens'), cost: sum('costNanos') / 1e9 },
    ...(currency === undefined ? {} : { currency }),
    served: [...new Set(found.flatMap(({ served }) => served))].sort(),
    degraded: sum('unanswered') > degradedShare * sum('asked'),
  };
}

/** Says so where too many calls brought nothing. The exit status: 6 then, else 0. */
export function statusOfAsked(asked: AskedOfAll | undefined): number {
  if (asked?.degraded !== true) return 0;
  const share = ((asked.unanswered / asked.asked) * 100).toFixed(1);
  note(
    `DEGRADED: ${asked.unanswered} of ${asked.asked} calls to models brought nothing (${share} %); rules decided instead`,
  );
  return 6;
}
