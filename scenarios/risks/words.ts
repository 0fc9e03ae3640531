/**
 * A probe's result in words: a line an arm, a line a contrast, the power, and the sentence.
 */
import type { ArmResult, ClosedFormResult, Contrast } from './contrasts.ts';
import type { Finding, Probe } from './probe.ts';
import type { ModelStudy } from './model-study.ts';
import type { RiskStudy } from './study.ts';

/** The result as lines of text. */
export function describeRiskStudy(probe: Probe, study: RiskStudy & { readonly calls?: ModelStudy['calls'] }): string {
  const { preregistration, sha256, arms, contrasts, closedForms, findings, sentence, calls } = study;
  const { name, unit, definition, worse } = probe.indicator;
  return [
    `${probe.name} (${probe.label}): ${probe.question}`,
    `${name}, ${unit}: ${definition}; ${worse} is worse. ${preregistration.seeds} worlds an arm, preregistered as ${sha256.slice(0, 16)}…`,
    ...arms.map(armLine),
    ...contrasts.map(contrastLine),
    ...closedForms.map(formLine),
    ...findings.map(findingLine),
    ...(calls === undefined
      ? []
      : [
          `Models took the seats: ${calls.asked} calls, ${calls.unanswered} without an answer, ${calls.unusable} without one that could be used. What is said holds of these models.`,
        ]),
    sentence,
  ].join('\n');
}

function armLine({ arm, is, mean, atRiskShare, figures }: ArmResult): string {
  const risk =
    atRiskShare === undefined
      ? ''
      : `; at risk ${number(atRiskShare.value)} ${range(atRiskShare.interval)} of ${atRiskShare.n} groups (Wilson)`;
  const more = Object.entries(figures).map(([name, value]) => `; ${name} ${number(value)}`);
  return `  ${arm.padEnd(18)} ${number(mean.value)} ${range(mean.interval)}${risk}${more.join('')} (${is})`;
}

function contrastLine({ name, arms, difference, bar, met, smallestDetectable, equivalence }: Contrast): string {
  const p = equivalence === undefined ? '' : `, p ${equivalence.pValue.toPrecision(2)}`;
  const power = `${difference.n} pairs find ${number(smallestDetectable)} with 80 % power`;
  return `  ${met ? 'yes' : 'no '} ${name}: ${arms[0]} worse than ${arms[1]} by ${number(difference.value)} ${range(difference.interval)} (${bar}${p}); ${power}`;
}

function formLine({ arm, formula, expected, observed, standardError, errors, met }: ClosedFormResult): string {
  return `  ${met ? 'yes' : 'no '} closed form, ${arm}: ${formula} = ${number(expected)}; observed ${number(observed)}, standard error ${number(standardError)}, ${errors.toFixed(2)} errors off`;
}

function findingLine({ name, text, met }: Finding): string {
  return `  ${met === undefined ? '   ' : met ? 'yes' : 'no '} ${name}: ${text}`;
}

function range([low, high]: readonly [number, number]): string {
  return `[${number(low)}, ${number(high)}]`;
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : 'none';
}
