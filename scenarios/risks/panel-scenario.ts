/**
 * The scenario of panels that talk: groups of one world, one policy an arm, everybody awake in every tick.
 *
 * Wiring for probes whose agents speak. Each arm is a policy of its own name, and beside it stands `<arm>Spoken`, by which a model takes the same
 * seats. What was said is read back out of the log, by panel.
 */
import { defineScenario } from '../../sim/engine/define.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { scriptedSeat, spokenScript } from '../../sim/policy/panels/script.ts';
import { nameOfSeat, seatPrefix, seatingOf } from '../../sim/policy/panels/panel.ts';
import { createDetailCursor } from '../../sim/record/detail-cursor.ts';
import { externalId } from '../../sim/world/population.ts';
import type { DefinedScenario } from '../../sim/engine/define.ts';
import type { Script } from '../../sim/policy/panels/script.ts';
import type { Said } from '../../sim/policy/panels/panel.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Arm } from './probe.ts';

/** What a scenario of panels is made of. */
export interface PanelScenario {
  readonly name: string;
  readonly description: string;
  /** `import.meta.url` of the module that exports it. */
  readonly module: string;
  readonly panels: number;
  readonly ticks: number;
  /** What is played in each arm, with as many seats in all of them; `isWarned` where a model is told the warning. */
  readonly arms: Readonly<Record<string, { readonly script: Script; readonly isWarned?: boolean }>>;
  /** Places that agents can move to, by number; one agent fits in each. */
  readonly placeCount?: number;
}

/** Makes the scenario. */
export function panelScenario(order: PanelScenario): DefinedScenario {
  const { name, description, module, panels, ticks, arms, placeCount = 0 } = order;
  const { seatCount } = Object.values(arms)[0].script;
  const policies = Object.entries(arms).flatMap(([arm, { script, isWarned = false }]) => [
    [arm, scriptedSeat(script)] as const,
    [spokenName(arm), spokenScript(script, isWarned)] as const,
  ]);
  return defineScenario({
    ...{ name, description, module, ticks },
    seed: 1,
    tickSeconds: 3600,
    population: {
      ...{ kind: 'generated', agents: panels * seatCount, idPrefix: seatPrefix, followsMean: 0 },
      heartbeat: { hours: 1, jitterShare: 0 },
    },
    feed: { recommender: 'none' },
    verbs: ['sendToGroup', 'message', ...(placeCount === 0 ? [] : ['move' as const])],
    grounds: {
      groups: Array.from({ length: panels }, (_, panel) => groupOf(panel, seatCount)),
      places: Array.from({ length: placeCount }, (_, place) => ({ name: `place-${place}`, capacity: 1 })),
    },
    postCapacity: 1024,
    policies: [{ share: 1, own: Object.keys(arms)[0] }],
    exposureSampleShare: 0,
    own: { policies: Object.fromEntries(policies) },
  });
}

function groupOf(panel: number, seatCount: number) {
  const [owner, ...members] = Array.from({ length: seatCount }, (_, seat) => nameOfSeat({ panel, seat }, seatCount));
  return { name: `panel ${panel}`, owner, members };
}

function spokenName(arm: string): string {
  return `${arm}Spoken`;
}

/** The arm of a policy of the scenario; `spokenIs`: what it is with models in the seats. */
export function panelArm(policy: string, is: string, spokenIs = is): Arm {
  return { ...plantedArm(policy, is), spoken: [`policies[0].own=${spokenName(policy)}`], spokenIs };
}

/** An arm that differs by what is planted alone: there is none of it with models in the seats. */
export function plantedArm(policy: string, is: string): Arm {
  return { is, set: [`policies[0].own=${policy}`] };
}

/** Something said in a panel: to all, or to one seat. */
export interface SaidTo extends Said {
  readonly to: number | undefined;
}

/** What was said in each panel, in the order of ticks, and in a tick of the log. */
export function readPanels(records: Records, seatCount: number): SaidTo[][] {
  const { ids, count } = records.population;
  const seatings = Array.from({ length: count }, (_, ordinal) => seatingOf(externalId(ids, ordinal), seatCount));
  const panels = Array.from({ length: Math.floor(count / seatCount) }, (): SaidTo[] => []);
  for (const record of records.ticks()) {
    const detailAt = createDetailCursor(record);
    for (let i = 0; i < record.intentCount; i++) {
      const isLetter = record.verb[i] === verbs.message;
      if (record.outcome[i] !== outcomes.granted || !(isLetter || record.verb[i] === verbs.sendToGroup)) continue;
      const { panel, seat } = seatings[record.actor[i]];
      const to = isLetter ? seatings[record.target[i]].seat : undefined;
      panels[panel]?.push({ seat, to, tick: record.tick, text: detailAt(i).text });
    }
  }
  return panels;
}
