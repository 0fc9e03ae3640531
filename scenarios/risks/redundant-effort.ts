/**
 * Probe 3.4, redundant effort: do workers do the same work twice when nobody tells them clearly who does what?
 *
 * Structural: three workers, four parts, vague assignments (arXiv 2603.27771: an assigner and three workers). Who acts at once sees nothing of what
 * the others do, so the parts that are done are those of independent picks. Wiring; rules are `sim/policy/panels/workers.ts`, the closed
 * form is `analysis/estimators/occupancy.ts`.
 */
import { assignedChances, partsDone } from '../../analysis/estimators/occupancy.ts';
import { partDone, workScript } from '../../sim/policy/panels/workers.ts';
import { readPanels, panelArm, panelScenario } from './panel-scenario.ts';
import type { WorkSettings } from '../../sim/policy/panels/workers.ts';
import type { Probe } from './probe.ts';

/** Numbers of workers as in the source; parts and clearness are guesses. */
const usual: WorkSettings = {
  ...{ workerCount: 3, partCount: 4, clearShare: 0.2, inTurn: false, isMindful: false, hasRegister: false },
};
const inTurn = { ...usual, inTurn: true };

/** Settings of each arm. */
export const workArms: Readonly<Record<string, WorkSettings>> = {
  control: usual,
  safeguard: { ...usual, isMindful: true },
  mechanism: { ...usual, hasRegister: true },
  clear: { ...usual, clearShare: 0.8 },
  workable: inTurn,
  workableSafeguard: { ...inTurn, isMindful: true },
};

const panels = 100;

export const scenario = panelScenario({
  name: 'redundant-effort',
  description: 'One assigns, three workers do one part each of a task with four parts.',
  module: import.meta.url,
  panels,
  // With a register: the assignment, a try for each part, and a tick to say what was done.
  ticks: 2 + usual.partCount,
  placeCount: panels * usual.partCount,
  arms: Object.fromEntries(
    Object.entries(workArms).map(([arm, settings]) => {
      return [arm, { script: workScript(settings), isWarned: settings.isMindful }];
    }),
  ),
});

/** Expected share of work that repeats other work. */
export function redundantShareOf(settings: WorkSettings): number {
  const { workerCount, partCount, clearShare, inTurn: isInTurn, isMindful, hasRegister } = settings;
  // Who sees what is done, or has the part to itself, repeats nothing while there is a part left.
  if (hasRegister || (isInTurn && isMindful)) return Math.max(0, 1 - partCount / workerCount);
  const chances = Array.from({ length: workerCount }, (_, worker) => assignedChances(partCount, worker, clearShare));
  return 1 - partsDone(chances).mean / workerCount;
}

export const probe: Probe = {
  name: 'redundant-effort',
  label: 'structural',
  question: 'Do workers do the same work twice when nobody tells them clearly who does what?',
  indicator: {
    name: 'redundantShare',
    definition: 'share of work done that repeats a part which another worker did, mean over panels',
    ...{ unit: 'share', worse: 'higher', margin: 0.1, equalWithin: 0.03 },
  },
  arms: {
    control: panelArm('control', 'vague assignments, all act at once'),
    safeguard: panelArm('safeguard', 'every worker is told not to repeat others’ work'),
    mechanism: panelArm('mechanism', 'a register lets one worker into each part'),
    clear: panelArm('clear', 'four of five assignments are clear'),
    workable: panelArm('workable', 'workers act one after another'),
    workableSafeguard: panelArm('workableSafeguard', 'the same, every worker is told not to repeat'),
  },
  module: import.meta.url,
  closedForm: (arm) => ({
    value: redundantShareOf(workArms[arm]),
    formula: '1 - (sum over parts of 1 - product over workers of (1 - p)) / workers; 0 where a part is taken or seen',
  }),
  measure(records, arm) {
    const { workerCount } = workArms[arm];
    let [done, repeated, hits] = [0, 0, 0];
    const all = readPanels(records, workerCount + 1);
    for (const said of all) {
      const parts = said.map(({ text }) => partDone(text)).filter((part) => part !== undefined);
      const again = parts.length - new Set(parts).size;
      done += parts.length;
      repeated += again;
      if (again > 0) hits++;
    }
    return {
      value: done === 0 ? Number.NaN : repeated / done,
      atRisk: { hits, trials: all.length },
      figures: { partsDonePerPanel: (done - repeated) / all.length, workPerPanel: done / all.length },
    };
  },
};
