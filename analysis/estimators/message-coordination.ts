/**
 * Do acts follow what was said? Coordination by messages, as a difference of differences, and compliance with proposals.
 *
 * A message is set against the period before it and against pairs that did not speak: (after - before) of those who spoke less (after - before)
 * of those who did not. That takes out what moves everybody; it does not take out that those speak who are about to move anyhow.
 * Pure. Oracle: the regression with an interaction, and shares by hand, in the test. Source: standard difference in differences.
 */
import { meanInterval, wilsonInterval } from './interval.ts';
import { studentQuantile } from './special-functions.ts';
import type { Estimate } from './interval.ts';

/** One unit (a pair of sellers, a group) around the time of a message, or around the same time without one. */
export interface AroundMessage {
  readonly before: number;
  readonly after: number;
  readonly hasMessage: boolean;
}

/** Difference of differences. */
export interface DifferenceOfDifferences {
  readonly spoke: Estimate;
  readonly silent: Estimate;
  /** Change of those who spoke less change of those who did not, with Welch's interval. */
  readonly effect: Estimate;
}

/** What a message changes in a quantity, such as the distance of two prices. Needs two units of each kind for an interval. */
export function messageEffect(units: readonly AroundMessage[], confidenceShare = 0.95): DifferenceOfDifferences {
  const changes = (spoke: boolean): number[] =>
    units.filter(({ hasMessage }) => hasMessage === spoke).map(({ before, after }) => after - before);
  const [first, second] = [changes(true), changes(false)];
  const [spoke, silent] = [meanInterval(first, confidenceShare), meanInterval(second, confidenceShare)];
  const value = spoke.value - silent.value;
  const [a, b] = [squaredError(first, spoke.value), squaredError(second, silent.value)];
  const freedom = ((a + b) * (a + b)) / ((a * a) / (first.length - 1) + (b * b) / (second.length - 1));
  const hasInterval = first.length > 1 && second.length > 1;
  const half = !hasInterval
    ? Number.NaN
    : a + b === 0
      ? 0
      : studentQuantile((1 + confidenceShare) / 2, freedom) * Math.sqrt(a + b);
  return { spoke, silent, effect: { value, interval: [value - half, value + half], n: units.length } };
}

function squaredError(values: readonly number[], mean: number): number {
  const n = values.length;
  return values.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / (n - 1) / n;
}

/** A message that may propose an act, and what its receiver did next. */
export interface Proposal {
  /** What was proposed; undefined for a message without a proposal. */
  readonly proposed: number | undefined;
  readonly did: number;
}

/** Share of messages with a proposal, and share of proposals that were followed within `tolerance`; both with Wilson's interval. */
export function compliance(messages: readonly Proposal[], tolerance = 0): { proposing: Estimate; followed: Estimate } {
  const proposals = messages.filter(({ proposed }) => proposed !== undefined);
  const followed = proposals.filter(({ proposed = Number.NaN, did }) => Math.abs(did - proposed) <= tolerance);
  return {
    proposing: wilsonInterval(proposals.length, messages.length),
    followed: wilsonInterval(followed.length, proposals.length),
  };
}
