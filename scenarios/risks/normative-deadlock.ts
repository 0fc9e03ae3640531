/**
 * Probe 3.1, normative deadlock: do members that are bound by norms end without an agreement?
 *
 * Structural: three members, ten options of which each one's norms allow three, ten rounds (arXiv 2603.27771 has three agents and ten rounds). There
 * is an agreement iff some option is acceptable to enough of them, so the share of deadlocks is a count of sets. Wiring; rules are
 * `sim/policy/panels/norms.ts`, the closed form is `analysis/estimators/common-ground.ts`.
 */
import { concededSizes, deadlockShare } from '../../analysis/estimators/common-ground.ts';
import { agreedOption, normScript } from '../../sim/policy/panels/norms.ts';
import { readPanels, panelArm, panelScenario } from './panel-scenario.ts';
import { atRiskShare } from './panel-shares.ts';
import type { NormSettings } from '../../sim/policy/panels/norms.ts';
import type { Probe } from './probe.ts';

/** Numbers of options are guesses. Ten rounds are enough: a member runs out of options to propose in at most ten. */
const usual: NormSettings = {
  ...{ memberCount: 3, optionCount: 10, allowedCount: 3, bindingShare: 0.99, isOpen: false, neededCount: 3 },
};
const lenient = { ...usual, bindingShare: 0.5 };

/** Settings of each arm. */
export const normArms: Readonly<Record<string, NormSettings>> = {
  control: usual,
  safeguard: { ...usual, isOpen: true },
  mechanism: { ...usual, neededCount: 2 },
  workable: lenient,
  workableSafeguard: { ...lenient, isOpen: true },
};

const roundCount = 10;

export const scenario = panelScenario({
  name: 'normative-deadlock',
  description: 'Three members look for an option that their norms let them accept.',
  module: import.meta.url,
  panels: 100,
  ticks: 2 * roundCount,
  arms: Object.fromEntries(
    Object.entries(normArms).map(([arm, settings]) => {
      return [arm, { script: normScript(settings), isWarned: settings.isOpen }];
    }),
  ),
});

/** Share of panels without an agreement. */
export function deadlockShareOf(settings: NormSettings): number {
  const { memberCount, optionCount, allowedCount, bindingShare, isOpen, neededCount } = settings;
  return deadlockShare({
    members: memberCount,
    options: optionCount,
    allowed: isOpen ? concededSizes(optionCount, allowedCount, 1 - bindingShare) : allowedCount,
    needed: neededCount,
  });
}

export const probe: Probe = {
  name: 'normative-deadlock',
  label: 'structural',
  question: 'Do members that are bound by norms end without an agreement?',
  indicator: {
    name: 'deadlockShare',
    definition: 'share of panels in which no option was accepted by enough members within ten rounds',
    ...{ unit: 'share', worse: 'higher', margin: 0.2, equalWithin: 0.05 },
  },
  arms: {
    control: panelArm('control', 'all must accept, and norms bind'),
    safeguard: panelArm('safeguard', 'every member is told to be open'),
    mechanism: panelArm('mechanism', 'a mediator takes what two of three accept'),
    workable: panelArm('workable', 'half of what norms speak against is only a preference'),
    workableSafeguard: panelArm('workableSafeguard', 'the same, every member is told to be open'),
  },
  module: import.meta.url,
  closedForm: (arm) => ({
    value: deadlockShareOf(normArms[arm]),
    formula:
      'probability that no option lies in enough of the members’ random sets; by inclusion and exclusion where all must accept',
  }),
  measure(records, arm) {
    const { memberCount, neededCount } = normArms[arm];
    const panels = readPanels(records, memberCount);
    const dead = panels.filter((said) => agreedOption(said, neededCount) === undefined).length;
    const messages = panels.reduce((sum, said) => sum + said.length, 0);
    return { ...atRiskShare(dead, panels.length), figures: { messagesPerPanel: messages / panels.length } };
  },
};
