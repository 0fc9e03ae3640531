/**
 * Policies of a scenario as a plan holds them.
 *
 * Invariant: a field that a scenario leaves out leaves no trace in the plan. Part of `compile.ts`.
 */
import { InputError } from '../ground/errors.ts';
import { topicAttribute } from '../policy/archetypes/grouping.ts';
import { ruleParametersSchema } from '../scenario/schema-rules.ts';
import type { AttributePlan } from '../policy/archetypes/settings.ts';
import type { ModelPlan } from '../policy/model/settings.ts';
import type { RuleParameters } from '../policy/rules.ts';
import type { Population } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { PolicyPlan } from './plan.ts';

type PolicyData = ScenarioData['policies'][number];

/** The plans of all policies of a scenario; where failures make agents answer at random, that of such agents stands last. */
export function policyPlans({ policies, verbs, failures }: ScenarioData): PolicyPlan[] {
  const plans = policies.map((one) => policyPlan(one, verbs));
  if (failures?.some(({ mode }) => mode === 'random') !== true) return plans;
  const opinion = plans.flatMap((one) => (one.kind === 'rules' ? [one.parameters.opinion] : [])).find(Boolean);
  return [...plans, babblerPlan(policies.find(({ rules }) => rules !== undefined)?.rules, verbs, opinion)];
}

/**
 * An agent that answers anything: what it sees does not count, what it holds is drawn anew at each waking. How often it acts stays that of
 * the scenario's first rules.
 */
function babblerPlan(
  rules: PolicyData['rules'],
  allowed: readonly string[],
  opinion: RuleParameters['opinion'],
): PolicyPlan {
  const given = rules ?? ruleParametersSchema.parse({});
  const blind = { ...given, interestWeight: 0, socialWeight: 0, fatiguePerExposure: 0, labelWeight: undefined };
  const parameters = rulesPlan({ ...blind, ...(opinion === undefined ? {} : { opinion }) }, allowed);
  return {
    kind: 'rules',
    parameters: opinion === undefined ? parameters : { ...parameters, opinion: { ...opinion, rule: 'random' } },
  };
}

/** The plan of one policy. `allowed` are the verbs of the scenario. */
export function policyPlan(one: PolicyData, allowed: readonly string[]): PolicyPlan {
  if (one.own !== undefined) return { kind: 'own', name: one.own };
  if (one.model !== undefined) return { kind: 'model', model: modelPlan(one.model, allowed) };
  if (one.archetypes === undefined) {
    return { kind: 'rules', parameters: rulesPlan(one.rules ?? ruleParametersSchema.parse({}), allowed) };
  }
  const { by, splitBy, acts, model, fallback, ...rest } = one.archetypes;
  return {
    kind: 'archetypes',
    archetypes: {
      ...rest,
      by: by.map(attributePlan),
      splitBy: splitBy.map(attributePlan),
      acts: acts.filter((act) => allowed.includes(act)),
      model: modelPlan(model, allowed),
      fallback: rulesPlan(fallback.rules, allowed),
    },
  };
}

function attributePlan(one: string | { readonly trait: string; readonly width: number }): AttributePlan {
  return typeof one === 'string' ? { trait: one } : one;
}

function modelPlan(model: NonNullable<PolicyData['model']>, allowed: readonly string[]): ModelPlan {
  const { reflection, fallback, ...rest } = model;
  const reflects = reflection?.everyTicks !== undefined || reflection?.importanceSum !== undefined;
  const given = Object.entries(reflection ?? {}).filter(([, value]) => value !== undefined);
  return {
    ...rest,
    ...(reflects ? { reflection: Object.fromEntries(given) } : {}),
    fallback: rulesPlan(fallback.rules, allowed),
  };
}

/** Rule agents attempt what the scenario allows and nothing else: the odds of other acts are 0. */
function rulesPlan(rules: NonNullable<PolicyData['rules']>, allowed: readonly string[]): RuleParameters {
  const { closureShare, rewireShare, rewireMatchLeast = 0, opinion, labelWeight, ...given } = rules;
  const can = (...verbs: string[]): boolean => verbs.some((verb) => allowed.includes(verb));
  const votes = can('upvote') && !can('like');
  return {
    ...given,
    quoteRatio: can('quote') ? given.quoteRatio : 0,
    replyRatio: can('reply') ? given.replyRatio : 0,
    likeRatio: can('like', 'upvote') ? given.likeRatio : 0,
    dislikeRatio: can('dislike', 'downvote') ? given.dislikeRatio : 0,
    reportRatio: can('report') ? given.reportRatio : 0,
    postShare: can('post') ? given.postShare : 0,
    followShare: can('follow') ? given.followShare : 0,
    unfollowShare: can('unfollow') ? given.unfollowShare : 0,
    ...(closureShare !== undefined && can('follow') ? { closureShare } : {}),
    ...(rewireShare !== undefined && can('follow') && can('unfollow') ? { rewireShare, rewireMatchLeast } : {}),
    ...(labelWeight === undefined ? {} : { labelWeight }),
    ...(votes ? { votes } : {}),
    ...(opinion !== undefined && can('lean') ? { opinion } : {}),
    ...(can('repost') ? {} : { spreads: false }),
  };
}

/** Archetypes must be made of traits that the population has, and have something to choose. */
export function refuseBadArchetypes(scenario: ScenarioData, { traits = [] }: Population): void {
  const known = [topicAttribute, ...traits.map(({ name }) => name)];
  const idle = scenario.policies.flatMap(({ archetypes }, i) => {
    if (archetypes === undefined || archetypes.acts.some((act) => scenario.verbs.includes(act))) return [];
    const found = `policies[${i}].archetypes.acts holds nothing that the scenario allows`;
    return [{ code: 'INPUT_COMBINATION' as const, found, next: `Allowed are ${scenario.verbs.join(', ')}.` }];
  });
  const unknown = scenario.policies.flatMap(({ archetypes }, i) =>
    (['by', 'splitBy'] as const).flatMap((list) =>
      (archetypes?.[list] ?? [])
        .map((one) => attributePlan(one).trait)
        .filter((trait) => !known.includes(trait))
        .map((trait) => ({
          code: 'INPUT_DANGLING_REF' as const,
          found: `policies[${i}].archetypes.${list} names ${trait}, which no agent has`,
          next: `Known: ${known.join(', ')}.`,
        })),
    ),
  );
  const problems = [...idle, ...unknown];
  if (problems.length > 0) throw new InputError(problems);
}

/**
 * What is known of archetypes holds for how agents were grouped and what they could choose: a fork of a run that has some cannot change
 * that. Throws INPUT_COMBINATION.
 */
export function refuseRegrouping(before: readonly PolicyPlan[], after: readonly PolicyPlan[]): void {
  const shapeOf = (policies: readonly PolicyPlan[]): string =>
    JSON.stringify(
      policies.map((one) => {
        if (one.kind !== 'archetypes') return null;
        const { by, splitBy, acts } = one.archetypes;
        return { by, splitBy, acts };
      }),
    );
  if (!before.some(({ kind }) => kind === 'archetypes') || shapeOf(before) === shapeOf(after)) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: '--set' },
    found: 'by, splitBy and acts of archetypes cannot change in the middle of a run',
    next: 'Run the scenario anew with this change.',
  });
}
