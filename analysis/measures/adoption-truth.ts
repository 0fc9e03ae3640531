/**
 * What a run's plan says of adoption: the truth beside which an estimate can be read.
 *
 * Reads the plan in the manifest of a run as plain data (`sim/engine/plan.ts`, `sim/policy/rules.ts` say what it means). A data
 * set has no truth here, and own code is not read. Invariant: nothing of it enters an estimate.
 */
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import type { Records } from '../../sim/record/reader.ts';

/** How the rule agents of a run decide. */
export interface RuleTruth {
  /** Probability of the spread of an item at one look, in words. */
  readonly rule: string;
  readonly agentsOfPolicy: number;
  readonly intercept: number;
  readonly interestWeight: number;
  readonly socialWeight: number;
  readonly fatiguePerExposure: number;
  readonly capShare: number;
  /** Odds of a further look against the look before, at equal match and counts: exp(-fatigue). Below the cap, for rare spreading. */
  readonly oddsRatioPerLook: number;
}

/** What the plan says. */
export interface AdoptionTruth {
  readonly contagion: boolean | null;
  readonly complexity: 'simple' | null;
  readonly trend: 'falling' | 'flat' | 'rising' | null;
  /** How often a content is shown to an agent that remembers it; agents forget, and then count from 0 again. */
  readonly shownMax: number | null;
  readonly words: string;
  readonly policies: readonly RuleTruth[];
}

/** What is read of a plan. */
interface PlanShape {
  readonly feed?: { readonly repostsShown?: boolean; readonly recommender?: unknown; readonly exposuresMax?: number };
  readonly policies?: readonly { readonly kind?: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
}

/** The truth of a run; undefined for a data set, whose truth nobody knows. */
export function truthOf({ manifest, population }: Records): AdoptionTruth | undefined {
  if (dataSetOf(manifest) !== undefined) return undefined;
  const plan = manifest.plan as PlanShape;
  const policies = plan.policies ?? [];
  const shownMax = plan.feed?.exposuresMax ?? null;
  const rules = policies.flatMap(({ kind, parameters }, index) => {
    const agents = population.policy.reduce((count, one) => count + (one === index ? 1 : 0), 0);
    return kind === 'rules' && parameters !== undefined ? [ruleTruth(parameters, agents)] : [];
  });
  if (rules.length < policies.length || rules.length === 0) {
    const words = 'agents of this run decide by code of its own, of which the plan says nothing';
    return { contagion: null, complexity: null, trend: null, shownMax, words, policies: rules };
  }
  const contagion =
    plan.feed?.repostsShown !== false && policies.some(({ parameters }) => parameters?.['spreads'] !== false);
  const isFalling = rules.every(({ fatiguePerExposure }) => fatiguePerExposure > 0);
  const isRising = rules.some(({ fatiguePerExposure }) => fatiguePerExposure < 0);
  return {
    contagion,
    complexity: isRising ? null : 'simple',
    trend: isFalling ? 'falling' : isRising ? 'rising' : 'flat',
    shownMax,
    words: wordsOf(contagion, rules[0], shownMax),
    policies: rules,
  };
}

function ruleTruth(parameters: Readonly<Record<string, unknown>>, agentsOfPolicy: number): RuleTruth {
  const number = (name: string): number => Number(parameters[name] ?? 0);
  return {
    rule:
      'min(capShare, logistic(intercept + interestWeight * match + socialWeight * log2(1 + shares of the content) + appeal - ' +
      'fatiguePerExposure * earlier looks)); quotes come beside that, at quoteRatio of its odds',
    agentsOfPolicy,
    ...{
      intercept: number('intercept'),
      interestWeight: number('interestWeight'),
      socialWeight: number('socialWeight'),
    },
    ...{ fatiguePerExposure: number('fatiguePerExposure'), capShare: number('capShare') },
    oddsRatioPerLook: Math.exp(-number('fatiguePerExposure')),
  };
}

function wordsOf(contagion: boolean, rule: RuleTruth, shownMax: number | null): string {
  const spread = contagion
    ? 'contagion: agents adopt only what they are shown, and are shown what their followees spread'
    : 'no contagion through ties: what agents spread is not shown to their followers';
  const looks =
    rule.fatiguePerExposure > 0
      ? `each further look multiplies the odds by ${rule.oddsRatioPerLook.toFixed(3)} (fatigue)`
      : 'each look counts alike';
  const social = `each doubling of a content's shares, whoever made them, adds ${rule.socialWeight} to the log odds`;
  const memory =
    shownMax === null ? '' : `; a look beyond the ${shownMax}th is that of an agent who forgot the earlier ones`;
  return `${spread}; simple: no threshold of one's own exposures; ${looks}; ${social}; at most ${rule.capShare} a look${memory}`;
}
