/**
 * Panels: small groups of agents that talk, each in a seat of its own, many of them side by side in one world.
 *
 * Who sits where is in the external id: agent number n of ids such as `agent-12` has panel n div seats and seat n mod seats, and panel k is the
 * group of number k. So neither rows nor the order of keys can be seen, and a reader of the log seats agents as the policy did.
 * Draws that a whole panel shares (what its papers say, what is true) are keyed by the panel's number, and those of a whole run by tick 0.
 * Reads through the hand; writes nothing but what is said. Oracle: `test/sim/policy/panels/scripts.test.ts`.
 */
import { draw, purposes } from '../../ground/random.ts';
import type { Hand } from '../own.ts';

/** A place in a panel. */
export interface Seating {
  /** Number of the panel, which is also that of its group. */
  readonly panel: number;
  readonly seat: number;
}

/** Ids of agents in panels are this and a number. */
export const seatPrefix = 'agent-';

/** Where an agent of this name sits. */
export function seatingOf(name: string, seatCount: number): Seating {
  const number = Number(name.slice(seatPrefix.length));
  return { panel: Math.floor(number / seatCount), seat: number % seatCount };
}

/** The name of who sits in a seat. */
export function nameOfSeat({ panel, seat }: Seating, seatCount: number): string {
  return `${seatPrefix}${panel * seatCount + seat}`;
}

/** Marks keys of panels and seats, so that they are no agent's. */
const panelMark = 0x5e551045;

/** A number in [0, 1) that a panel has for itself: the same for all its seats, in the policy and for who reads the log. `index` is in [0, 65536). */
export function panelDraw(seed: number, panel: number, tick: number, index: number): number {
  return draw(seed, tick, { lo: panel, hi: panelMark }, purposes.own, index);
}

/** The same for one seat of a panel. */
export function seatDraw(seed: number, { panel, seat }: Seating, tick: number, index: number): number {
  return draw(seed, tick, { lo: panel, hi: panelMark + 1 + seat }, purposes.own, index);
}

/** Something that was said. */
export interface Said {
  readonly seat: number;
  /** Tick in which it was said; it is heard from the next on. */
  readonly tick: number;
  readonly text: string;
}

/** A turn of a seat. */
export interface SeatTurn extends Seating {
  readonly seed: number;
  readonly tick: number;
  /** What was said in the panel, and to this seat alone, oldest first. */
  readonly heard: readonly Said[];
  /** The last refusal that the seat got, by its reason. */
  readonly refusal: { readonly reason: string; readonly tick: number } | undefined;
  /** Where the seat is: a place by its number, -1 for nowhere. */
  readonly place: number;
  /** The newest plan that the seat noted for itself, or the empty text. */
  readonly plan: string;
}

/** What a seat does in a turn. */
export interface Doing {
  /** What it says: to the panel, or to one seat. */
  readonly say?: string;
  readonly to?: number;
  /** A place that it moves to. */
  readonly move?: number;
  /** What it notes for itself. */
  readonly plan?: string;
}

/** The turn of the agent whose hand it is. It looks back on `heardMost` messages of each kind: to the panel, and to itself alone. */
export function turnOf(hand: Hand, seatCount: number, heardMost: number): SeatTurn {
  const seating = seatingOf(hand.name, seatCount);
  const { tick, seed } = hand.state.now;
  const { refusal } = hand;
  const said = (messages: ReturnType<Hand['letters']>): Said[] =>
    messages.map(({ sender, tick: when, text }) => {
      return { seat: seatingOf(hand.nameOf(sender), seatCount).seat, tick: when, text };
    });
  const spoken = said(hand.groupMessages(seating.panel, heardMost)).reverse();
  const letters = said(hand.letters(heardMost)).reverse();
  return {
    ...seating,
    ...{ seed, tick, heard: merged(spoken, letters), place: hand.place },
    refusal: refusal === undefined ? undefined : { reason: refusal.reason, tick: refusal.tick },
    plan: hand.recollection().plan?.text ?? '',
  };
}

/** Both in the order of ticks; in a tick what was said to all comes first. */
function merged(spoken: readonly Said[], letters: readonly Said[]): readonly Said[] {
  if (letters.length === 0) return spoken;
  return [...spoken, ...letters].sort((x, y) => x.tick - y.tick);
}

/** Does what a seat means to do. */
export function carryOut(hand: Hand, { panel }: Seating, seatCount: number, doing: Doing): void {
  const { say, to, move, plan } = doing;
  if (move !== undefined) hand.act('move', move);
  if (say !== undefined && to === undefined) hand.act('sendToGroup', panel, 0, { text: say });
  if (say !== undefined && to !== undefined) {
    hand.act('message', hand.agentOf(nameOfSeat({ panel, seat: to }, seatCount)), 0, { text: say });
  }
  if (plan !== undefined) hand.remember(plan, 0, 'plan');
}
