/**
 * Groups of agents that play one game: who sits where, what was done in the period before, and what is drawn for a group.
 *
 * Agents are dealt to groups in the order of ordinals: group = ordinal div seats, seat = ordinal mod seats; who is left over does nothing. One
 * world so holds as many independent groups as fit. What an agent did last stands in its attribute `act` (the code of the act, 0 before the
 * first), which the verbs of the game set. Draws of a group are keyed by its first member, so that all its seats and every shard get the same.
 */
import { draw, drawWord, laneA, laneB, purposes, unitOf } from '../../ground/random.ts';
import { actionNames, situationOf } from '../games/rules.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { Key } from '../../ground/keys.ts';
import type { StateView } from '../../exchange/view.ts';
import type { OwnVerb } from '../../exchange/verbs.ts';
import type { GameRules } from '../games/rules.ts';

/** The attribute that holds what an agent did last. */
export const actAttribute = 'act';

/** Index of the draw of a period's situation. */
const situationIndex = 0xfffe;

/** A place in a group. */
export interface Place {
  readonly seat: number;
  /** Number of the group, from 0. */
  readonly group: number;
  /** Rows of the group's members, by seat. */
  readonly members: readonly AgentRow[];
  /** Key of the first member: the group's own. */
  readonly key: Key;
}

/** Where an agent sits; undefined for who is left over. */
export function placeOf(state: StateView, agent: AgentRow, seatCount: number): Place | undefined {
  const { agents, rowOfOrdinal, sizes } = state;
  const ordinal = agents.ordinal[agent];
  const seat = ordinal % seatCount;
  const first = ordinal - seat;
  if (first + seatCount > sizes.agentCount) return undefined;
  const members = Array.from({ length: seatCount }, (_, k) => rowOfOrdinal[first + k] as AgentRow);
  const group = first / seatCount;
  return { seat, group, members, key: { lo: agents.keyLo[members[0]], hi: agents.keyHi[members[0]] } };
}

/** What the members of a group did in the period before, by seat; undefined if one of them did nothing yet. */
export function actsBefore(state: StateView, { members }: Place, codes: ActCodes): number[] | undefined {
  const width = state.sizes.attributeNames.length;
  const place = state.sizes.attributeNames.indexOf(actAttribute);
  const values = state.attributes.value as unknown as Int32Array;
  const acts = members.map((row, seat) => codes.actOf(seat, values[row * width + place]));
  return acts.includes(-1) ? undefined : acts;
}

/** The situation of a group in the tick at hand. */
export function situationNow({ now }: StateView, { key }: Place, shares: readonly number[]): number {
  const lot = unitOf(drawWord(laneA(now.seedA, key.lo), laneB(now.seedB, key.hi), purposes.own, situationIndex));
  return situationOf(shares, lot);
}

/** The same from a record: of the group whose first member has this key, in any tick. */
export function situationAt(seed: number, tick: number, key: Key, shares: readonly number[]): number {
  return situationOf(shares, draw(seed, tick, key, purposes.own, situationIndex));
}

/** Codes of acts, from both sides. */
export interface ActCodes {
  readonly names: readonly string[];
  /** The number of an act at a seat by its code; -1 for none, and for what that seat cannot do. */
  actOf(seat: number, code: number): number;
}

/** Codes of a game's acts. */
export function actCodes(rules: GameRules): ActCodes {
  const names = actionNames(rules);
  const acts = rules.actions.map((own) => names.map((name) => own.indexOf(name)));
  return { names, actOf: (seat, code) => (code === 0 ? -1 : acts[seat][code - 1]) };
}

/** The verbs of a game: each puts its code into the actor's attribute. Own verbs are numbered in the order of their names, as codes are. */
export function gameVerbs(rules: GameRules): Record<string, OwnVerb> {
  const verbOf = (value: number): OwnVerb => {
    return { target: 'none', conflict: 'none', effects: [{ op: 'setActor', attribute: actAttribute, value }] };
  };
  return Object.fromEntries(actionNames(rules).map((name, i) => [name, verbOf(i + 1)]));
}
