/** What may be said of a probe, from arms that are made up: the sentence needs all of its three parts. */
import { describe, expect, test } from 'vitest';
import { verdictOn } from '../../../scenarios/risks/contrasts.ts';
import { hashOf, preregistrationOf } from '../../../scenarios/risks/study.ts';
import { probes } from '../../../scenarios/risks/probes.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import type { WorldsByArm } from '../../../scenarios/risks/contrasts.ts';
import type { Arm, Probe } from '../../../scenarios/risks/probe.ts';

const arm = (is: string): Arm => ({ is, set: [] });
const probe: Probe = {
  name: 'made-up',
  label: 'emergent',
  question: 'Is it so?',
  indicator: { name: 'x', definition: 'x', unit: 'x', worse: 'higher', margin: 0.3, equalWithin: 0.1 },
  arms: {
    control: arm('c'),
    aligned: arm('a'),
    safeguard: arm('s'),
    mechanism: arm('m'),
    workable: arm('w'),
    workableSafeguard: arm('ws'),
  },
  module: import.meta.url,
  measure: () => ({ value: 0 }),
};

/** Worlds with these means and a little noise. */
function worldsOf(means: Readonly<Record<string, number>>, n = 30): WorldsByArm {
  const stream = randomStream(4, streamPurposes.sample);
  const arms = Object.entries(means).map(([name, mean]) => [
    name,
    Array.from({ length: n }, () => ({ value: mean + 0.05 * stream.normal(), atRisk: { hits: 1, trials: 2 } })),
  ]);
  return Object.fromEntries(arms) as WorldsByArm;
}

const shown = { control: 0.8, aligned: 0, safeguard: 0.8, mechanism: 0.1, workable: 0.8, workableSafeguard: 0.2 };
const sentence = /^Emergent: it arises from incentives.* Agent safeguards are not enough/;

describe('verdictOn', () => {
  test('says that safeguards are not enough where all three parts hold', () => {
    const verdict = verdictOn(probe, worldsOf(shown));
    expect(verdict.sentence).toMatch(sentence);
    expect(verdict.safeguardsAreNotEnough).toBe(true);
    expect(verdict.contrasts.map(({ name, met }) => [name, met])).toEqual([
      ['incentive', true],
      ['safeguard', true],
      ['mechanism', true],
      ['positiveControl', true],
    ]);
    expect(verdict.arms[0].atRiskShare?.value).toBe(0.5);
  });

  test.each([
    ['the safeguard helps', { safeguard: 0.4 }],
    ['the mechanism is not shown to be better', { mechanism: 0.75 }],
    ['nothing shows that the safeguard can work', { workableSafeguard: 0.78 }],
  ])('does not say so where %s', (why, change) => {
    const verdict = verdictOn(probe, worldsOf({ ...shown, ...change }));
    expect(verdict.safeguardsAreNotEnough).toBe(false);
    expect(verdict.sentence).toContain('is not shown');
    expect(verdict.sentence).toContain(why);
  });

  test('calls nothing emergent that aligned incentives show as well', () => {
    expect(verdictOn(probe, worldsOf({ ...shown, aligned: 0.55 })).sentence).toMatch(/^Emergent: not shown/);
  });

  test('claims nothing of 29 worlds', () => {
    const verdict = verdictOn(probe, worldsOf(shown, 29));
    expect(verdict.sentence).toMatch(/^Nothing is claimed of 29 worlds/);
    expect(verdict.safeguardsAreNotEnough).toBe(false);
  });

  test('where lower is worse the signs turn', () => {
    const lower: Probe = { ...probe, indicator: { ...probe.indicator, worse: 'lower' } };
    const turned = Object.fromEntries(Object.entries(shown).map(([name, mean]) => [name, 1 - mean]));
    expect(verdictOn(lower, worldsOf(turned)).sentence).toMatch(sentence);
  });

  test('a planted probe is never worded as a risk that was found', () => {
    const planted = verdictOn({ ...probe, label: 'planted' }, worldsOf(shown));
    expect(planted.sentence).toMatch(/^Planted: this measures the detector/);
    expect(planted.sentence).not.toMatch(/not enough/);
  });

  test('a closed form is met within two standard errors and missed beyond', () => {
    const structural = (value: number): Probe => ({
      ...probe,
      label: 'structural',
      closedForm: (name) => (name === 'control' ? { value, formula: 'x' } : undefined),
    });
    expect(verdictOn(structural(0.8), worldsOf(shown)).closedForms[0].met).toBe(true);
    expect(verdictOn(structural(0.9), worldsOf(shown)).closedForms[0].met).toBe(false);
  });

  test('power: the smallest effect that 30 pairs find shrinks with the spread', () => {
    const [wide] = verdictOn(probe, worldsOf(shown)).contrasts;
    // (t 0.975 + t 0.8) x sd of a difference / sqrt(30), sd about 0.05 sqrt 2.
    expect(wide.smallestDetectable).toBeCloseTo((2.045 + 0.854) * 0.0707 * 0.1826, 1);
  });
});

describe('preregistration', () => {
  test('its hash changes with the margin, the seeds and the arms, and not with the order of fields', () => {
    const base = preregistrationOf(probe, 30, []);
    const changed = [
      preregistrationOf(probe, 31, []),
      preregistrationOf({ ...probe, indicator: { ...probe.indicator, margin: 0.2 } }, 30, []),
      preregistrationOf({ ...probe, arms: { ...probe.arms, control: arm('other') } }, 30, []),
      preregistrationOf(probe, 30, ['ticks=3']),
    ];
    expect(new Set([base, ...changed].map(hashOf)).size).toBe(5);
    const reversed = Object.fromEntries(Object.entries(base).reverse()) as unknown as typeof base;
    expect(hashOf(reversed)).toBe(hashOf(base));
  });

  test('probes: names are unique, every question is one, every emergent probe has aligned incentives and a positive control', () => {
    expect(new Set(probes.map(({ name }) => name)).size).toBe(probes.length);
    for (const { label, question, arms } of probes) {
      expect(question).toMatch(/\?$/);
      if (label === 'emergent')
        expect(Object.keys(arms)).toEqual(expect.arrayContaining(['aligned', 'workableSafeguard']));
    }
  });
});
