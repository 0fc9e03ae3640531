/**
 * The study of information spreading on X: one real cascade minute by minute, and worlds of generated agents whose cascades are held
 * against real ones that no parameter was fitted to: the held-out half of 99, or a file of others. The fit half stands beside it, in-sample.
 * One world is recorded in full; the others are kept in memory, one a core.
 */
import { compileScenario } from '../../sim/engine/compile.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { dataFile, loadScenario, scenarioFile } from '../load.ts';
import {
  comparedMinutes,
  compareBranching,
  compareCascades,
  compareMinutes,
  halvesApart,
  largeCascades,
  readMinuteCascade,
} from './comparison.ts';
import { ablations, compareAblation } from './ablations.ts';
import { readHalves, readRealCascades } from './real-cascades.ts';
import { reduceWorld } from './world.ts';
import type { Observer } from '../../sim/exchange/ports.ts';
import type { Manifest } from '../../sim/record/manifest.ts';
import type {
  BranchingComparison,
  CascadeComparison,
  MinuteCascade,
  MinuteComparison,
  NoiseFloor,
} from './comparison.ts';
import type { Ablation, AblationResult } from './ablations.ts';
import type { CascadeColumns, RealCascades } from './real-cascades.ts';
import type { WorldOrder, WorldResult } from './world.ts';

/** What to run. */
export interface StudyOrder {
  readonly agents: number;
  readonly replicates: number;
  readonly seed: number;
  readonly workers: number;
  /** Directory of the recorded world. */
  readonly runDirectory: string;
  /** Seeds of the minute-by-minute cascade. */
  readonly minuteSeeds: number;
  /** Whether mechanisms are taken away one by one, each on the first seeds of the whole scenario. */
  readonly ablations: boolean;
  /** Pairs of generated worlds for each mechanism that is taken away: at most `replicates`. */
  readonly ablationPairs: number;
  /** Cascades to compare with, where they are not the held-out half; the form is that of `data/cascades/twitter1516-calibration.csv`. */
  readonly against?: string;
  readonly observer: Observer;
  onWorld(done: number, all: number, what: string): void;
}

/** Everything that the report shows. */
export interface StudyResult {
  readonly manifest: Manifest;
  readonly runDirectory: string;
  readonly minutes: {
    readonly real: MinuteCascade;
    readonly worlds: readonly WorldResult[];
    readonly comparison: MinuteComparison;
  };
  /** The cascades compared with, to which no parameter was fitted, and where they come from. */
  readonly real: RealCascades;
  readonly against: string | null;
  readonly worlds: readonly WorldResult[];
  readonly simulated: CascadeColumns;
  readonly comparison: CascadeComparison;
  /** The half that parameters were fitted to: in-sample. */
  readonly fitReal: CascadeColumns;
  readonly fit: CascadeComparison;
  /** Two halves of real cascades: of the 99, or of the file. */
  readonly floor: NoiseFloor;
  readonly spreadOff: CascadeComparison;
  readonly spreadOffColumns: CascadeColumns;
  readonly branching: BranchingComparison;
  /** Empty where they were not wanted. */
  readonly ablations: readonly AblationResult[];
  readonly seconds: Readonly<Record<string, number>>;
}

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Runs the study. */
export async function runStudy(order: StudyOrder): Promise<StudyResult> {
  // First, so that a file that cannot be read ends it at once.
  const { fit, heldOut } = readHalves();
  const real = order.against === undefined ? heldOut : readRealCascades(order.against);
  const minute = readMinuteCascade(dataFile('cascades/false-business-0.json'));
  const marks: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    marks[name] = (performance.now() - begun) / 1000;
    return result;
  };
  const minuteWorlds = await timed('minuteWorlds', () => ensemble(order, 'minute worlds', minuteOrders(order)));
  const recorded = await timed('recordedWorld', () => recordWorld(order));
  const others = await timed('worlds', () => ensemble(order, 'worlds', worldOrders(order, 1, order.replicates, true)));
  const offCount = Math.max(1, Math.floor(order.replicates / 4));
  const off = await timed('worldsWithoutSpread', () =>
    ensemble(order, 'worlds without spread', worldOrders(order, 0, offCount, false)),
  );
  const worlds = [recorded.world, ...others];
  const arms = order.ablations ? ablations.filter(({ part }) => part === 'minutes' || order.ablationPairs > 0) : [];
  const ablated = await timed('ablations', () => ablatedWorlds(order, arms));
  return {
    manifest: recorded.manifest,
    runDirectory: order.runDirectory,
    minutes: { real: minute, worlds: minuteWorlds, comparison: compareMinutes(minute, minuteWorlds) },
    ...{ real, worlds, against: order.against ?? null },
    simulated: largeCascades(worlds),
    comparison: compareCascades(real.columns, worlds, order.seed),
    fitReal: fit.columns,
    fit: compareCascades(fit.columns, worlds, order.seed),
    floor: halvesApart(order.against === undefined ? joined(fit.columns, heldOut.columns) : real.columns, order.seed),
    spreadOff: compareCascades(real.columns, off, order.seed),
    spreadOffColumns: largeCascades(off),
    branching: compareBranching(fit.columns, real.columns, order.seed),
    ablations: arms.map((arm, at) =>
      compareAblation(arm, arm.part === 'minutes' ? minuteWorlds : worlds, ablated[at], {
        minute,
        cascades: real.columns,
      }),
    ),
    seconds: marks,
  };
}

function joined(one: CascadeColumns, other: CascadeColumns): Pick<CascadeColumns, 'users' | 'depth'> {
  return { users: [...one.users, ...other.users], depth: [...one.depth, ...other.depth] };
}

function ensemble(order: StudyOrder, what: string, orders: readonly WorldOrder[]): Promise<WorldResult[]> {
  order.onWorld(0, orders.length, what);
  return runEnsemble<WorldOrder, WorldResult>(worldModule, 'simulateWorld', orders, order.workers, (done) =>
    order.onWorld(done, orders.length, what),
  );
}

/** Worlds of each arm: all minute seeds, and as many generated worlds as pairs are wanted. */
async function ablatedWorlds(order: StudyOrder, arms: readonly Ablation[]): Promise<WorldResult[][]> {
  const count = Math.min(order.replicates, order.ablationPairs);
  const found: WorldResult[][] = [];
  for (const { name, part, set } of arms) {
    const whole = part === 'minutes' ? minuteOrders(order) : worldOrders(order, 0, count, true);
    const orders = whole.map((one) => ({ ...one, set: [...one.set, ...set] }));
    found.push(await ensemble(order, `worlds, ${name}`, orders));
  }
  return found;
}

function minuteOrders(order: StudyOrder): WorldOrder[] {
  return Array.from({ length: order.minuteSeeds }, (_, i) => ({
    file: scenarioFile('information-spreading', 'false-business-0'),
    set: [`seed=${i + 1}`, `ticks=${comparedMinutes}`],
    curveMinutes: comparedMinutes,
    largest: false,
  }));
}

function worldOrders(order: StudyOrder, from: number, to: number, spreads: boolean): WorldOrder[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => ({
    file: scenarioFile('information-spreading'),
    set: [...settings(order, order.seed + from + i), `feed.repostsShown=${String(spreads)}`],
    curveMinutes: 0,
    largest: false,
  }));
}

function settings(order: StudyOrder, seed: number): string[] {
  return [`seed=${seed}`, `population.agents=${order.agents}`];
}

/** The first world, with a run directory of its own. */
async function recordWorld(order: StudyOrder): Promise<{ manifest: Manifest; world: WorldResult }> {
  const loaded = await loadScenario('information-spreading', { set: settings(order, order.seed), allowCode: false });
  const manifest = await recordRun({
    compiled: compileScenario(loaded.data, loaded.find),
    placement: { workers: order.workers, layout: 'degree', mergeTicks: 24 },
    directory: order.runDirectory,
    source: loaded.source,
    exposureSampleShare: loaded.data.exposureSampleShare,
    observer: order.observer,
  });
  const world = reduceWorld(openRecords(order.runDirectory), { curveMinutes: 0, largest: true });
  return { manifest, world };
}
