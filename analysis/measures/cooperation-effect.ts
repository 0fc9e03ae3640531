/**
 * One kind of venture: how often those made together succeed, beside like ventures of one agent alone.
 *
 * Takes ventures; gives the entry of `measures.cooperation.kinds`. The share of successes has Wilson's interval. The baseline are ventures of one
 * agent, matched (`matched-sets.ts`); sizes of the effect are of matched ventures against their controls: difference within sets with Student's
 * interval over sets, difference of shares (Newcombe), d and g (noncentral t), Cliff's delta. The test draws which unit of a set was made together.
 * Invariant: what cannot be said is null, with the reason among the warnings.
 */
import { cliffsDelta, cohenDAgainst, cohenDInterval, hedgesGInterval } from '../estimators/effect-size.ts';
import { wilsonInterval } from '../estimators/interval.ts';
import { compareMatched, matchUnits } from '../estimators/matched-sets.ts';
import { riskDifference } from '../estimators/risk-difference.ts';
import { finiteOrNull } from './measured.ts';
import { printed } from './cascade-spread.ts';
import type { MatchRule, MatchedSet } from '../estimators/matched-sets.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Printed } from './cascade-spread.ts';
import type { Ventures } from './cooperation-ventures.ts';

/** A kind and how it is judged. */
export interface VentureForm {
  readonly kind: string;
  readonly definition: string;
  /** What of the world decides success; null where nothing does, and `unjudged` says why. */
  readonly success: string | null;
  readonly unjudged?: string;
  /** What is compared with the baseline: success, or another outcome. */
  readonly outcome: 'success' | 'approval' | null;
  /** The same ventures as those of another form, beside other ventures: their events are not counted again. */
  readonly isRepeat?: true;
  /** Of ventures alone; undefined where one agent cannot make one. */
  readonly matching?: { readonly words: string; readonly rule: MatchRule };
  readonly noBaseline?: string;
}

/** Ventures of one agent that stand beside those made together. */
export interface Baseline {
  readonly matchedOn: string;
  readonly matchedEvents: number;
  readonly unmatchedEvents: number;
  readonly controls: number;
  /** Mean outcome of matched events, and of controls, each control weighing alike within its set. */
  readonly eventMean: number | null;
  readonly controlMean: number | null;
}

/** What a kind shows. */
export interface KindReport {
  readonly kind: string;
  readonly definition: string;
  readonly success: string | null;
  /** The same events stand in an entry before, beside another baseline. */
  readonly isRepeat: boolean;
  readonly events: number;
  /** Ventures of this kind that one agent made alone. */
  readonly alone: number;
  /** Agents a venture made together has on average. */
  readonly meanAgents: number | null;
  readonly successes: number | null;
  readonly successShare: number | null;
  readonly interval: [number, number] | null;
  readonly outcome: VentureForm['outcome'];
  readonly outcomeMean: number | null;
  readonly baseline: Baseline | null;
  readonly difference: Printed | null;
  readonly riskDifference: Printed | null;
  readonly cohenD: Printed | null;
  readonly hedgesG: Printed | null;
  readonly cliffsDelta: Printed | null;
  readonly permutationP: number | null;
  /** Benjamini-Hochberg over the kinds tested. */
  readonly q: number | null;
  readonly nullModel: string | null;
  readonly warnings: string[];
}

const drawsMax = 20_000_000;
const drawCountMost = 4999;
const drawCountLeast = 199;

/** Draws of a test over so many units. */
export function drawsFor(units: number): number {
  return Math.max(drawCountLeast, Math.min(drawCountMost, Math.floor(drawsMax / Math.max(1, units))));
}

/** Reports one kind. `alone`: ventures that count as made by one agent, by default those that are not joint. */
export function reportKind(form: VentureForm, ventures: Ventures, stream: RandomStream): KindReport {
  const joint = Array.from(ventures.isJoint.keys()).filter((row) => ventures.isJoint[row] === 1);
  const outcomes = joint.map((row) => ventures.outcome[row]);
  const isJudged = form.success !== null;
  const successes = isJudged ? outcomes.filter((one) => one === 1).length : null;
  const share = successes === null || joint.length === 0 ? undefined : wilsonInterval(successes, joint.length);
  const known = outcomes.filter((one) => !Number.isNaN(one));
  const effect = effectOf(form, ventures, stream);
  return {
    kind: form.kind,
    definition: form.definition,
    success: form.success,
    isRepeat: form.isRepeat === true,
    events: joint.length,
    alone: ventures.isJoint.length - joint.length,
    meanAgents: meanOf(joint.map((row) => ventures.agentCount[row])),
    successes,
    successShare: share?.value ?? null,
    interval: share?.interval ?? null,
    outcome: form.outcome,
    outcomeMean: form.outcome === null ? null : meanOf(known),
    ...effect,
    q: null,
    warnings: [
      ...(form.unjudged === undefined ? [] : [form.unjudged]),
      ...(joint.length === 0 ? [`no ${form.kind} was made together`] : effect.warnings),
    ],
  };
}

type EffectFields = Pick<
  KindReport,
  | 'baseline'
  | 'difference'
  | 'riskDifference'
  | 'cohenD'
  | 'hedgesG'
  | 'cliffsDelta'
  | 'permutationP'
  | 'nullModel'
  | 'warnings'
>;

const noEffect: Omit<EffectFields, 'warnings'> = {
  ...{ baseline: null, difference: null, riskDifference: null, cohenD: null, hedgesG: null },
  ...{ cliffsDelta: null, permutationP: null, nullModel: null },
};

function effectOf(form: VentureForm, ventures: Ventures, stream: RandomStream): EffectFields {
  const { matching } = form;
  if (matching === undefined || form.outcome === null) {
    return { ...noEffect, warnings: form.noBaseline === undefined ? [] : [form.noBaseline] };
  }
  const sets = matchUnits({ ...ventures, isTreated: ventures.isJoint }, matching.rule);
  const jointCount = ventures.isJoint.reduce((sum, one) => sum + one, 0);
  const events = sets.map(({ treated }) => ventures.outcome[treated]);
  const controls = sets.flatMap((set) => set.controls.map((row) => ventures.outcome[row]));
  const baseline: Baseline = {
    matchedOn: matching.words,
    matchedEvents: sets.length,
    unmatchedEvents: jointCount - sets.length,
    controls: controls.length,
    eventMean: meanOf(events),
    controlMean: meanOf(sets.map((set) => meanOf(set.controls.map((row) => ventures.outcome[row])) ?? Number.NaN)),
  };
  const warnings = matchWarnings(baseline, jointCount);
  if (sets.length < 2) return { ...noEffect, baseline, warnings };
  return { ...sizesOf(form, ventures, sets, { events, controls }, stream), baseline, warnings };
}

function matchWarnings({ matchedEvents, unmatchedEvents }: Baseline, jointCount: number): string[] {
  if (matchedEvents < 2) {
    return [`${matchedEvents} of ${jointCount} events have a match among ventures of one agent: no effect is computed`];
  }
  if (unmatchedEvents === 0) return [];
  return [`the effect is of the ${matchedEvents} of ${jointCount} events that have a match: the others may differ`];
}

function sizesOf(
  { outcome }: VentureForm,
  ventures: Ventures,
  sets: readonly MatchedSet[],
  { events, controls }: { readonly events: readonly number[]; readonly controls: readonly number[] },
  stream: RandomStream,
): Omit<EffectFields, 'baseline' | 'warnings'> {
  const compared = compareMatched(sets, ventures.outcome, stream, drawsFor(events.length));
  const hits = (list: readonly number[]): { hitCount: number; drawCount: number } => ({
    hitCount: list.filter((one) => one === 1).length,
    drawCount: list.length,
  });
  const hasD = events.length > 1 && controls.length > 1;
  return {
    difference: printed(compared.difference),
    riskDifference: outcome === 'success' ? printed(riskDifference(hits(events), hits(controls))) : null,
    cohenD: hasD ? printed(cohenDInterval(events, controls)) : null,
    hedgesG: hasD ? printed(hedgesGInterval(events, controls)) : null,
    cliffsDelta: hasD ? printed(cliffsDelta(events, controls)) : null,
    permutationP: finiteOrNull(compared.pValue),
    nullModel: `which venture of a matched set was made together is drawn anew, ${compared.drawCount} times; sets and outcomes stay`,
  };
}

/** Mean, or null of none. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : finiteOrNull(values.reduce((sum, one) => sum + one, 0) / values.length);
}

/** d of values against a fixed number, as it is printed. */
export function dAgainst(values: ArrayLike<number>, fixed: number): Printed | null {
  return values.length < 2 ? null : printed(cohenDAgainst(values, fixed));
}
