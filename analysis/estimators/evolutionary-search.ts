/**
 * Evolutionary search for the least loss in a unit cube: a cold start over the prior, islands that adapt the shape of their steps, the better of
 * which goes on.
 *
 * Pure, but for the evaluator that it is given. Positions are handed out in batches, each with numbers of its own (slots), and losses come back in
 * the order of the slots: who evaluated what, and which came first, cannot be seen. Draws come from streams by island.
 * A seventh of the budget goes to shifted Sobol points, which are the prior. Two islands begin at the best of them and at the best that is
 * far from it; each is an evolution strategy with covariance adaptation (Hansen, arXiv 1604.00772) in the form with Cholesky factors (Krause, Arbonès
 * and Igel, NIPS 2016), whose path is made of the drawn vectors themselves. When two thirds of the budget are left the worse island ends.
 * Where losses are sums of squares of known residuals the second half of the budget fits local models of them instead (`local-surrogate.ts`), looks around the
 * models' least place, and ends with it as the answer: the least of many noisy losses is the luckiest, models average the noise. A step that leaves the cube is reflected. Invariant: the same seed and losses give the same search. Oracle: functions whose minimum is known.
 */
import { exp, log } from '../../sim/ground/detmath.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { cloudFactor, fitSurrogate, leastPlace } from './local-surrogate.ts';
import { sobolPoints } from './sobol-sequence.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** A position that was evaluated. */
export interface Candidate {
  readonly slot: number;
  readonly position: readonly number[];
  readonly loss: number;
  /** 0: the cold start; else the island's number, from 1. */
  readonly island: number;
}

/** Gives the losses of positions in their order; NaN counts as the worst. */
export type Evaluate = (positions: readonly (readonly number[])[], firstSlot: number) => Promise<readonly number[]>;

/** How far to search. */
export interface SearchOptions {
  readonly dimension: number;
  readonly evaluations: number;
  readonly seed: number;
  /** Residuals of a slot whose loss, their sum of squares, was given; in units of their noise. With them the last part of the budget fits models. */
  readonly residualsOf?: (slot: number) => readonly number[];
}

/** All candidates in the order of their slots, and the best of them. */
export interface Search {
  readonly best: Candidate;
  /** Where the search believes the least loss to be: the models' least place, or the best candidate without them. */
  readonly answer: readonly number[];
  readonly candidates: readonly Candidate[];
}

const coldShare = 0.14;
const islandCount = 2;
const firstStep = 0.2;
/** Share of the budget from which on models are fitted, evaluations between two fits, and how far one fit may move. */
const modelShare = 0.5;
const modelBatch = 10;
const modelWithin = 0.15;
const nearestShare = 0.25;
const cloud = { rise: 3, widest: 0.12, narrowest: 0.015 };
const farApart = 0.25;

/** Evaluations of the cold start. */
export function coldCount({ evaluations }: Pick<SearchOptions, 'evaluations'>): number {
  return Math.min(evaluations, Math.max(4, Math.floor(coldShare * evaluations)));
}

/** Searches by evolution. */
export async function evolve(evaluate: Evaluate, options: SearchOptions): Promise<Search> {
  const { dimension, evaluations, seed } = options;
  const ledger = new Ledger(evaluate, evaluations);
  await ledger.add([{ island: 0, positions: coldStart(options) }]);
  let islands = startsOf(ledger.candidates).map(
    (start, at) => new Island(at + 1, start, dimension, randomStream(seed, streamPurposes.calibration, at + 1)),
  );
  const { residualsOf } = options;
  const kept = residualsOf === undefined ? 0 : Math.floor(modelShare * evaluations);
  while (ledger.left > kept) {
    if (islands.length > 1 && ledger.left < 0.65 * evaluations) islands = [bestOf(islands)];
    const batches = islands.map((island) => ({ island: island.number, positions: island.draw() }));
    const found = await ledger.add(batches);
    // The last generation may be cut short, and nothing is learned from a part of one.
    islands.forEach((island, at) => island.learn(found[at]));
  }
  if (residualsOf === undefined) return ledger.result();
  return ledger.result(await modelled(ledger, bestOf(islands).mean, residualsOf, options));
}

/** Spends what is left around the least place of local models; gives the last one's, undefined where no model could be fitted. */
async function modelled(
  ledger: Ledger,
  from: readonly number[],
  residualsOf: (slot: number) => readonly number[],
  { evaluations, seed }: SearchOptions,
): Promise<readonly number[] | undefined> {
  const stream = randomStream(seed, streamPurposes.calibration, 1 << 21);
  let centre = from;
  for (;;) {
    const evaluated = ledger.candidates.map(({ slot, position }) => ({ position, residuals: residualsOf(slot) }));
    const surrogate = fitSurrogate(evaluated, centre, Math.floor(nearestShare * evaluations));
    if (surrogate === undefined && ledger.left === 0) return undefined;
    if (surrogate !== undefined) centre = leastPlace(surrogate, modelWithin);
    if (ledger.left === 0) return centre;
    const shape = surrogate === undefined ? undefined : cloudFactor(surrogate, centre, cloud);
    const positions = Array.from({ length: modelBatch }, () => {
      const z = Float64Array.from(centre, () => stream.normal());
      const by = shape === undefined ? z.map((one) => cloud.widest * one) : times(shape, z);
      return centre.map((x, axis) => reflected(x + by[axis]));
    });
    await ledger.add([{ island: islandCount + 1, positions }]);
  }
}

/** Searches by independent draws from the prior, after the same cold start: what evolution is compared with. */
export async function searchAtRandom(evaluate: Evaluate, options: SearchOptions): Promise<Search> {
  const { dimension, evaluations, seed } = options;
  const ledger = new Ledger(evaluate, evaluations);
  await ledger.add([{ island: 0, positions: coldStart(options) }]);
  const stream = randomStream(seed, streamPurposes.calibration, 1 << 20);
  const positions = Array.from({ length: ledger.left }, () =>
    Array.from({ length: dimension }, () => stream.uniform()),
  );
  await ledger.add([{ island: 1, positions }]);
  return ledger.result();
}

function coldStart(options: SearchOptions): number[][] {
  const stream = randomStream(options.seed, streamPurposes.calibration);
  return sobolPoints(options.dimension, coldCount(options), stream).map((point) => Array.from(point));
}

/** The best position, and the best of those that are far from it. */
function startsOf(candidates: readonly Candidate[]): (readonly number[])[] {
  const sorted = [...candidates].sort(byLoss);
  const starts = [sorted[0].position];
  for (const { position } of sorted) {
    if (starts.length >= islandCount) break;
    if (starts.every((start) => distance(start, position) > farApart * Math.sqrt(position.length)))
      starts.push(position);
  }
  return starts;
}

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.sqrt(one.reduce((sum, x, axis) => sum + (x - other[axis]) * (x - other[axis]), 0));
}

function byLoss(one: Candidate, other: Candidate): number {
  return one.loss - other.loss || one.slot - other.slot;
}

function bestOf(islands: readonly Island[]): Island {
  return islands.reduce((best, island) => (island.bestLoss < best.bestLoss ? island : best));
}

/** Hands positions out within the budget and keeps what came back. */
class Ledger {
  readonly candidates: Candidate[] = [];
  readonly #evaluate: Evaluate;
  readonly #budget: number;

  constructor(evaluate: Evaluate, budget: number) {
    this.#evaluate = evaluate;
    this.#budget = budget;
  }

  get left(): number {
    return this.#budget - this.candidates.length;
  }

  /** Evaluates all batches as one; gives the candidates of each. What is above the budget is left out. */
  async add(batches: readonly { island: number; positions: readonly (readonly number[])[] }[]): Promise<Candidate[][]> {
    const wanted = batches.flatMap(({ island, positions }) => positions.map((position) => ({ island, position })));
    const kept = wanted.slice(0, this.left);
    const firstSlot = this.candidates.length;
    const losses = await this.#evaluate(
      kept.map(({ position }) => position),
      firstSlot,
    );
    const found = kept.map(({ island, position }, at): Candidate => {
      const loss = losses[at];
      return { slot: firstSlot + at, island, position, loss: Number.isNaN(loss) ? Infinity : loss };
    });
    this.candidates.push(...found);
    return batches.map(({ island }) => found.filter((one) => one.island === island));
  }

  result(answer?: readonly number[]): Search {
    const [best] = [...this.candidates].sort(byLoss);
    return { best, answer: answer ?? best.position, candidates: this.candidates };
  }
}

/** One strategy: where it stands, how far it steps, and the shape of its steps. */
class Island {
  readonly number: number;
  bestLoss = Infinity;
  readonly #stream: RandomStream;
  readonly #n: number;
  readonly #weights: readonly number[];
  readonly #rates: { mass: number; path: number; damping: number; shape: number; one: number; many: number };
  readonly #offspring: number;
  #mean: readonly number[];
  #step = firstStep;
  #covariance: Float64Array;
  #factor: Float64Array;
  #stepPath: Float64Array;
  #shapePath: Float64Array;
  #generation = 0;

  constructor(number: number, start: readonly number[], n: number, stream: RandomStream) {
    this.number = number;
    this.#stream = stream;
    this.#mean = start;
    this.#n = n;
    this.#offspring = 4 + Math.floor(3 * log(n));
    const parents = Math.floor(this.#offspring / 2);
    const raw = Array.from({ length: parents }, (_, rank) => log(this.#offspring / 2 + 0.5) - log(rank + 1));
    const total = raw.reduce((sum, one) => sum + one, 0);
    this.#weights = raw.map((one) => one / total);
    const mass = 1 / this.#weights.reduce((sum, one) => sum + one * one, 0);
    const one = 2 / ((n + 1.3) * (n + 1.3) + mass);
    const path = (mass + 2) / (n + mass + 5);
    this.#rates = {
      ...{ mass, path, one },
      damping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + path,
      shape: (4 + mass / n) / (n + 4 + (2 * mass) / n),
      many: Math.min(1 - one, (2 * (mass - 2 + 1 / mass)) / ((n + 2) * (n + 2) + mass)),
    };
    this.#covariance = identity(n);
    this.#factor = identity(n);
    this.#stepPath = new Float64Array(n);
    this.#shapePath = new Float64Array(n);
  }

  /** Where the island stands. */
  get mean(): readonly number[] {
    return this.#mean.map(reflected);
  }

  /** Positions of the next generation. */
  draw(): number[][] {
    return Array.from({ length: this.#offspring }, () => {
      const z = Float64Array.from({ length: this.#n }, () => this.#stream.normal());
      const y = times(this.#factor, z);
      return this.#mean.map((m, axis) => reflected(m + this.#step * y[axis]));
    });
  }

  /** Moves and reshapes by a whole generation. */
  learn(found: readonly Candidate[]): void {
    if (found.length < this.#offspring) return;
    const n = this.#n;
    const { mass, path, damping, shape, one, many } = this.#rates;
    const chosen = [...found].sort(byLoss).slice(0, this.#weights.length);
    this.bestLoss = Math.min(this.bestLoss, chosen[0].loss);
    // Steps as they were taken, so that a reflected one teaches what it did.
    const steps = chosen.map(({ position }) =>
      Float64Array.from(position, (x, axis) => (x - this.#mean[axis]) / this.#step),
    );
    const moved = weighted(steps, this.#weights);
    const drawn = weighted(
      steps.map((step) => solved(this.#factor, step)),
      this.#weights,
    );
    const keep = Math.sqrt(path * (2 - path) * mass);
    this.#stepPath = this.#stepPath.map((p, axis) => (1 - path) * p + keep * drawn[axis]);
    const length = Math.sqrt(this.#stepPath.reduce((sum, p) => sum + p * p, 0));
    const expected = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    this.#generation++;
    const decay = 1 - exp(2 * this.#generation * log(1 - path));
    const isShort = length / Math.sqrt(decay) < (1.4 + 2 / (n + 1)) * expected ? 1 : 0;
    const keepShape = isShort * Math.sqrt(shape * (2 - shape) * mass);
    this.#shapePath = this.#shapePath.map((p, axis) => (1 - shape) * p + keepShape * moved[axis]);
    const lost = (1 - isShort) * shape * (2 - shape);
    this.#covariance = this.#covariance.map((c, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      const rankMany = steps.reduce((sum, step, rank) => sum + this.#weights[rank] * step[row] * step[column], 0);
      const rankOne = this.#shapePath[row] * this.#shapePath[column] + lost * c;
      return (1 - one - many) * c + one * rankOne + many * rankMany;
    });
    this.#factor = cholesky(this.#covariance, n);
    this.#mean = this.#mean.map((m, axis) => m + this.#step * moved[axis]);
    this.#step = Math.min(0.5, this.#step * exp((path / damping) * (length / expected - 1)));
  }
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
}

function times(lower: Float64Array, z: Float64Array): Float64Array {
  const n = z.length;
  return z.map((_, row) => {
    let sum = 0;
    for (let column = 0; column <= row; column++) sum += lower[row * n + column] * z[column];
    return sum;
  });
}

/** Solves lower × z = y. */
function solved(lower: Float64Array, y: Float64Array): Float64Array {
  const n = y.length;
  const z = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let rest = y[row];
    for (let column = 0; column < row; column++) rest -= lower[row * n + column] * z[column];
    z[row] = rest / lower[row * n + row];
  }
  return z;
}

/** The lower factor; a pivot that rounding has taken to zero becomes a small one. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * n + column];
      for (let k = 0; k < column; k++) rest -= lower[row * n + k] * lower[column * n + k];
      lower[row * n + column] = row === column ? Math.sqrt(Math.max(rest, 1e-12)) : rest / lower[column * n + column];
    }
  }
  return lower;
}

function weighted(vectors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return vectors[0].map((_, axis) => vectors.reduce((sum, vector, rank) => sum + weights[rank] * vector[axis], 0));
}

/** Into [0, 1], by mirrors at both ends. */
function reflected(x: number): number {
  const turn = Math.abs(x) % 2;
  return turn > 1 ? 2 - turn : turn;
}
