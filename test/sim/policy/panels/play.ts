/**
 * Scripts played on plain objects, without an engine: the oracle of what panels say in a run.
 *
 * What was said in a tick is heard from the next on, by whom it was said to. Moves are granted while the place is free, in the order of seats,
 * so a script with a register is like the engine's only where nobody contends.
 */
import type { Script } from '../../../../sim/policy/panels/script.ts';
import type { Said, SeatTurn } from '../../../../sim/policy/panels/panel.ts';

/** Something said: to all where `to` is undefined. */
export interface Line extends Said {
  readonly to: number | undefined;
}

interface SeatState {
  plan: string;
  place: number;
  refusal: SeatTurn['refusal'];
}

/** What is said in one panel. */
export function play(script: Script, seed: number, panel: number, ticks: number): Line[] {
  const lines: Line[] = [];
  const seats = Array.from({ length: script.seatCount }, (): SeatState => ({
    plan: '',
    place: -1,
    refusal: undefined,
  }));
  const taken = new Set<number>();
  for (let tick = 0; tick < ticks; tick++) {
    const turns = seats.map(({ plan, place, refusal }, seat): SeatTurn => {
      const spoken = lines.filter(({ to, tick: when }) => to === undefined && when < tick).slice(-script.heardMost);
      const letters = lines.filter(({ to, tick: when }) => to === seat && when < tick).slice(-script.heardMost);
      const heard = [...spoken, ...letters].sort((x, y) => x.tick - y.tick);
      return { panel, seat, seed, tick, heard, refusal, place, plan };
    });
    for (const turn of turns) {
      for (const { say, to, move, plan } of script.does(turn)) {
        const state = seats[turn.seat];
        if (move !== undefined && taken.has(move)) state.refusal = { reason: 'PLACE_FULL', tick };
        else if (move !== undefined) {
          taken.add(move);
          state.place = move;
        }
        if (say !== undefined) lines.push({ seat: turn.seat, to, tick, text: say });
        if (plan !== undefined) state.plan = plan;
      }
    }
  }
  return lines;
}

/** Lines without their order within a tick, which is the engine's own. */
export function inOrder(lines: readonly Line[]): Line[] {
  const keyOf = ({ tick, seat, to, text }: Line): string => `${String(tick).padStart(6)} ${seat} ${to ?? ''} ${text}`;
  return lines.toSorted((x, y) => (keyOf(x) < keyOf(y) ? -1 : 1));
}
