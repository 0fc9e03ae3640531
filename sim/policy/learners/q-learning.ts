/**
 * Seats of a game that learn against one another: tabular Q-learning with exploration that fades, before anything is played for the record.
 *
 * A learner knows what it saw, what it did and what it was paid; it holds a value for each act at each thing that it can see and moves
 * the value of what it did towards what it was paid plus `patience` times the best that it expects next. With patience 0 it is a bandit; with
 * one thing to see it has no memory. Pure: a function of tables, settings and the stream. All seats act at once, then all learn.
 * Order within a period: situation, what is seen, values of the period before, acts, payoffs. Draws are counted (`mix32` of a
 * counter over two words of the stream), so that a period costs few operations.
 * Oracle: a plain rendering with one array a row and a full search for the best act, in the test. Source: Watkins (1989); settings and the rule
 * of convergence of Calvano, Calzolari, Denicolò and Pastorello, "Artificial intelligence, algorithmic pricing, and collusion", AER 110, 2020.
 */
import { exp } from '../../ground/detmath.ts';
import { mix32, unitOf } from '../../ground/random.ts';
import { situationOf } from '../games/rules.ts';
import type { RandomStream } from '../../ground/philox.ts';
import type { GameTables } from '../games/rules.ts';

/** How seats learn. */
export interface LearningSettings {
  /** Weight of what is new, alpha, in (0, 1]. */
  readonly learningShare: number;
  /** Worth of a payoff one period later, delta, in [0, 1). */
  readonly patience: number;
  /** Rate beta at which exploration fades: it is exp(-beta t) in period t. */
  readonly fadingRate: number;
  /** Periods without a change of any seat's best acts after which learning ends. */
  readonly stablePeriods: number;
  readonly periodsMax: number;
}

/** What seats have learned. */
export interface Learned {
  /** By seat: the act at each thing that it can see. */
  readonly strategies: readonly Int32Array[];
  /** Acts of the last period. */
  readonly actions: Int32Array;
  readonly periods: number;
  /** Whether best acts stayed the same for long enough. */
  readonly isStable: boolean;
}

const two32 = 0x1_0000_0000;
const stepOfDraw = 0x9e3779b1;

/** One seat while it learns. */
interface Seat {
  readonly values: Float64Array;
  readonly best: Int32Array;
  readonly actionCount: number;
  readonly stride: number;
  readonly payoff: Float64Array;
  readonly observation: Int32Array;
  seen: number;
  act: number;
  paid: number;
}

/** Lets the seats of one group learn. `stream` must be the group's own. */
export function learnTogether(tables: GameTables, settings: LearningSettings, stream: RandomStream): Learned {
  const { jointCount, situationShares } = tables;
  const { learningShare, patience, fadingRate, stablePeriods, periodsMax } = settings;
  const seats = tables.actionCounts.map((_, seat) => newSeat(tables, seat, patience));
  const [a, b] = [stream.below(two32) | 0, stream.below(two32) | 0];
  const isDrawn = situationShares.length > 1;
  const fade = exp(-fadingRate);
  let joint = seats.reduce((sum, seat) => sum + stream.below(seat.actionCount) * seat.stride, 0);
  let [exploring, changed, period, draws] = [1, 0, 0, 0];
  for (; period < periodsMax && period - changed < stablePeriods; period++) {
    const situation = isDrawn
      ? situationOf(situationShares, unitOf(mix32((a + Math.imul(draws++, stepOfDraw)) ^ b)))
      : 0;
    const cell = situation * jointCount + joint;
    joint = 0;
    for (const seat of seats) {
      const seen = seat.observation[cell];
      if (period > 0) {
        const hoped = patience * seat.values[seen * seat.actionCount + seat.best[seen]];
        if (learn(seat, learningShare, seat.paid + hoped)) changed = period;
      }
      const lot = unitOf(mix32((a + Math.imul(draws, stepOfDraw)) ^ b));
      const isTrial = lot < exploring;
      const trial = isTrial ? unitOf(mix32((a + Math.imul(draws + 1, stepOfDraw)) ^ b)) : 0;
      draws += 2;
      seat.act = isTrial ? Math.floor(trial * seat.actionCount) : seat.best[seen];
      seat.seen = seen;
      joint += seat.act * seat.stride;
    }
    const paidAt = situation * jointCount + joint;
    for (const seat of seats) seat.paid = seat.payoff[paidAt];
    exploring *= fade;
  }
  return {
    strategies: seats.map(({ best }) => best),
    actions: Int32Array.from(seats, ({ act }) => act),
    periods: period,
    isStable: period - changed >= stablePeriods,
  };
}

/** Values begin at what an act is paid on average where others act at random, now and for ever. */
function newSeat(tables: GameTables, number: number, patience: number): Seat {
  const { jointCount, situationShares } = tables;
  const [actionCount, stride] = [tables.actionCounts[number], tables.strides[number]];
  const seenCount = tables.observationCounts[number];
  const payoff = tables.payoff[number];
  const means = new Float64Array(actionCount);
  situationShares.forEach((share, situation) => {
    for (let joint = 0; joint < jointCount; joint++) {
      const act = Math.floor(joint / stride) % actionCount;
      means[act] += (share * payoff[situation * jointCount + joint] * actionCount) / jointCount;
    }
  });
  const values = new Float64Array(seenCount * actionCount);
  const best = new Int32Array(seenCount);
  for (let seen = 0; seen < seenCount; seen++) {
    for (let act = 0; act < actionCount; act++) values[seen * actionCount + act] = means[act] / (1 - patience);
    best[seen] = bestAct(values, seen, actionCount);
  }
  const observation = tables.observation[number];
  return { values, best, actionCount, stride, payoff, observation, seen: 0, act: 0, paid: 0 };
}

/** Moves the value of the last act towards a target. Returns whether the best act at what was seen changed. */
function learn(seat: Seat, learningShare: number, target: number): boolean {
  const { values, best, actionCount, seen, act } = seat;
  const place = seen * actionCount + act;
  const before = values[place];
  const now = before + learningShare * (target - before);
  values[place] = now;
  const top = best[seen];
  if (act === top) {
    if (now >= before) return false;
    best[seen] = bestAct(values, seen, actionCount);
    return best[seen] !== top;
  }
  if (now <= values[seen * actionCount + top]) return false;
  best[seen] = act;
  return true;
}

/** The first of the best acts. */
function bestAct(values: Float64Array, seen: number, actionCount: number): number {
  const start = seen * actionCount;
  let top = 0;
  for (let act = 1; act < actionCount; act++) if (values[start + act] > values[start + top]) top = act;
  return top;
}
