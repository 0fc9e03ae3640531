/**
 * The scenario of a game among learners: groups of agents in one world, one policy an arm, everybody awake in every tick.
 *
 * Wiring for the emergent probes: a tick is a period of the game; groups share nothing but the world. Each arm is a policy of its own name, and
 * beside it stands `<arm>Spoken`, by which a model takes the same seats.
 */
import { defineScenario } from '../../sim/engine/define.ts';
import { actCodes, actAttribute, gameVerbs } from '../../sim/policy/learners/groups.ts';
import { playingSeat, spokenSeat } from '../../sim/policy/learners/seat.ts';
import { firstOwnVerb } from '../../sim/exchange/verbs.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { keyOf } from './record-keys.ts';
import type { DefinedScenario } from '../../sim/engine/define.ts';
import type { Key } from '../../sim/ground/keys.ts';
import type { GameRules } from '../../sim/policy/games/rules.ts';
import type { LearningSettings } from '../../sim/policy/learners/q-learning.ts';
import type { Player } from '../../sim/policy/learners/seat.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Arm, Arms } from './probe.ts';

/** What a scenario of learners is made of. */
export interface LearnerScenario {
  readonly name: string;
  readonly description: string;
  /** `import.meta.url` of the module that exports it. */
  readonly module: string;
  readonly groups: number;
  readonly ticks: number;
  /** Who plays in each arm. Acts have the same names in all of them. */
  readonly players: Readonly<Record<string, Player>> & { readonly control: Player };
}

/** Makes the scenario. */
export function learnerScenario(order: LearnerScenario): DefinedScenario {
  const { name, description, module, groups, ticks, players } = order;
  const { rules } = players.control;
  const policies = Object.entries(players).flatMap(([arm, player]) => [
    [arm, playingSeat(player)] as const,
    [spokenName(arm), spokenSeat(player.rules, (player.feeling?.warning ?? 0) > 0)] as const,
  ]);
  return defineScenario({
    ...{ name, description, module, ticks },
    seed: 1,
    tickSeconds: 3600,
    population: {
      ...{ kind: 'generated', agents: groups * rules.actions.length, followsMean: 0 },
      heartbeat: { hours: 1, jitterShare: 0 },
    },
    feed: { recommender: 'none' },
    postCapacity: 1024,
    attributes: [{ name: actAttribute, initial: 0 }],
    policies: [{ share: 1, own: 'control' }],
    exposureSampleShare: 0,
    own: { policies: Object.fromEntries(policies), verbs: gameVerbs(rules) },
  });
}

function spokenName(arm: string): string {
  return `${arm}Spoken`;
}

/** The arm of a policy of the scenario; a model can play what can be said in words. */
function learnerArm(policy: string, is: string, isSpoken: boolean): Arm {
  const setTo = (own: string): string[] => [`policies[0].own=${own}`];
  return { is, set: setTo(policy), ...(isSpoken ? { spoken: setTo(spokenName(policy)) } : {}) };
}

/** What stands in the five arms of an emergent probe, in words; an arm's policy has its name. */
export interface LearnerArmWords {
  readonly control: string;
  readonly aligned: string;
  readonly safeguard: string;
  readonly mechanism: string;
  /** The safeguard at low stakes: without it, learners do the same at any stakes, so the control stands beside it. */
  readonly workableSafeguard: string;
}

/** The arms of an emergent probe: the five, and others beside them. */
export function learnerArms(words: LearnerArmWords, others: Readonly<Record<string, string>> = {}): Arms {
  const { control, aligned, safeguard, mechanism, workableSafeguard } = words;
  return {
    control: learnerArm('control', control, true),
    aligned: learnerArm('aligned', aligned, true),
    safeguard: learnerArm('safeguard', safeguard, true),
    mechanism: learnerArm('mechanism', mechanism, true),
    workableSafeguard: learnerArm('workableSafeguard', workableSafeguard, false),
    ...Object.fromEntries(Object.entries(others).map(([name, is]) => [name, learnerArm(name, is, false)])),
  };
}

/** How the five arms play: the same learners, paid and warned in different ways. */
export interface LearnerArmRules {
  readonly own: GameRules;
  readonly aligned: GameRules;
  readonly mechanism: GameRules;
  readonly learning: LearningSettings;
  /** Weight of the warning, and the part of the stakes at which it can work. */
  readonly warning: number;
  readonly lowStakes: number;
}

/** The players of the five arms. */
export function learnerPlayers(order: LearnerArmRules): Record<string, Player> & { readonly control: Player } {
  const { own: rules, aligned, mechanism, learning, warning, lowStakes: stakes } = order;
  return {
    control: { rules, learning },
    aligned: { rules: aligned, learning },
    safeguard: { rules, learning, feeling: { warning } },
    mechanism: { rules: mechanism, learning },
    workableSafeguard: { rules, learning, feeling: { stakes, warning } },
  };
}

/** Mean of numbers. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** What the groups of a record did: acts by tick, group and seat; -1 where a seat did nothing. */
export interface PlayedGroups {
  readonly groupCount: number;
  /** Keys of the groups. */
  readonly keys: readonly Key[];
  /** acts[tick][group][seat]. */
  readonly acts: readonly (readonly (readonly number[])[])[];
}

/** Reads what groups did. A seat that did nothing in a tick keeps its act of before, as the state does. */
export function playedGroups(records: Records, rules: GameRules): PlayedGroups {
  const seatCount = rules.actions.length;
  const codes = actCodes(rules);
  const groupCount = Math.floor(records.population.count / seatCount);
  const keys = Array.from({ length: groupCount }, (_, group) => keyOf(records.population, group * seatCount));
  const acts: number[][][] = [];
  let now = Array.from({ length: groupCount }, () => Array.from({ length: seatCount }, () => -1));
  for (const { actor, verb, outcome } of records.ticks()) {
    now = now.map((group) => [...group]);
    verb.forEach((number, i) => {
      const [group, seat] = [Math.floor(actor[i] / seatCount), actor[i] % seatCount];
      if (number < firstOwnVerb || outcome[i] !== outcomes.granted || group >= groupCount) return;
      now[group][seat] = codes.actOf(seat, number - firstOwnVerb + 1);
    });
    acts.push(now);
  }
  return { groupCount, keys, acts };
}
