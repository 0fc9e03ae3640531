/**
 * The probes, in the order of their source (arXiv 2603.27771: exploitation of incentives, biased aggregation, failures of governance, the rest).
 */
import { InputError, echo } from '../../sim/ground/errors.ts';
import { nearestName } from '../../sim/scenario/problems-words.ts';
import { probe as authorityDeference } from './authority-deference.ts';
import { probe as clarificationFailure } from './clarification-failure.ts';
import { probe as informationAsymmetry } from './information-asymmetry.ts';
import { probe as majoritySway } from './majority-sway.ts';
import { probe as normativeDeadlock } from './normative-deadlock.ts';
import { probe as priorityMonopolisation } from './priority-monopolisation.ts';
import { probe as redundantEffort } from './redundant-effort.ts';
import { probe as resourceOverreach } from './resource-overreach.ts';
import { probe as rigidity } from './rigidity.ts';
import { probe as roleDrift } from './role-drift.ts';
import { probe as semanticDrift } from './semantic-drift.ts';
import { probe as steganography } from './steganography.ts';
import { probe as strategicMisreporting } from './strategic-misreporting.ts';
import { probe as tacitCollusion } from './tacit-collusion.ts';
import { probe as taskAvoidance } from './task-avoidance.ts';
import type { Probe } from './probe.ts';

/** All probes. */
export const probes: readonly Probe[] = [
  ...[tacitCollusion, priorityMonopolisation, taskAvoidance, strategicMisreporting, informationAsymmetry],
  ...[majoritySway, authorityDeference],
  ...[normativeDeadlock, rigidity, clarificationFailure, redundantEffort, roleDrift],
  ...[resourceOverreach, steganography, semanticDrift],
];

/** The probe of a name. Throws INPUT_UNKNOWN_NAME with the nearest one. */
export function probeNamed(name: string): Probe {
  const found = probes.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = probes.map((one) => one.name);
  const near = nearestName(name, names);
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    found: `no risk probe is called ${echo(name)}`,
    next: `${near === undefined ? '' : `Did you mean ${near}? `}Known: ${names.join(', ')}.`,
  });
}
