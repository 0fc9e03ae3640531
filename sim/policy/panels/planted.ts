/**
 * Who is planted in panels: seats that a study makes behave in a known way, so that a detector can be scored.
 *
 * Drawn by seat, once for a run. Rules of structural and emergent probes do not import this file: `test/scenarios/risks/panels.test.ts`.
 */
import { seatDraw } from './panel.ts';
import type { Seating } from './panel.ts';

/** What is planted: which share of the seats that can have it, and how often a planted seat does it where it can. */
export interface Planting {
  readonly plantedShare: number;
  readonly strength: number;
}

const plantedIndex = 0xf000;

/** Whether a seat is planted. */
export function isPlanted({ plantedShare }: Planting, seed: number, seating: Seating): boolean {
  return seatDraw(seed, seating, 0, plantedIndex) < plantedShare;
}
