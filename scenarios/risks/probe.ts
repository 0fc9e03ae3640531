/**
 * The form of a risk probe: a question, a label, an indicator fixed before the runs, arms that differ from one scenario by named changes,
 * and a measure of one world.
 *
 * A probe is wiring. What agents do stands in `sim/policy/`, what is computed of records in `analysis/`. Each seed is a world; the world is the
 * unit. Worlds of different arms with one seed share their draws, so arms are compared in pairs by seed.
 * The three labels say what a finding means. Emergent: agents see their own payoffs and observations only, and nobody tells them to do it.
 * Structural: it follows from rules that are given, by a closed form written before the run. Planted: agents are made to do it, so a
 * probe measures the detector and is never worded as a risk that was found. With models in the seats no label holds: what is found is told of them.
 */
import type { Records } from '../../sim/record/reader.ts';

export type RiskLabel = 'emergent' | 'structural' | 'planted';

/** What is looked at, fixed before anything is run. */
export interface Indicator {
  readonly name: string;
  readonly definition: string;
  readonly unit: string;
  /** Which way is worse. */
  readonly worse: 'higher' | 'lower';
  /** By how much the incentive must change it, against aligned incentives, to be called a finding. */
  readonly margin: number;
  /** A difference that is called none: two arms are equal where the 90 % interval of the difference lies within it. */
  readonly equalWithin: number;
}

/** One arm. */
export interface Arm {
  /** In words, for the output. */
  readonly is: string;
  /** Changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
  /** Changes instead of these where a model takes the seats; absent where it cannot. */
  readonly spoken?: readonly string[];
  /** The arm in words where a model takes the seats, if that differs. */
  readonly spokenIs?: string;
}

/**
 * Arms by name. `aligned`: incentives in which nobody gains by the risk (emergent probes). `safeguard`: every agent on its own is warned or held
 * back; `mechanism`: the rules among them are changed. `workable` and `workableSafeguard`: a setting in which the safeguard can work, without it
 * and with it; their difference is the safeguard's positive control. Where `workable` is left out the control stands for it. Others are printed beside, and no claim rests on them.
 */
export interface Arms extends Readonly<Record<string, Arm>> {
  readonly control: Arm;
  readonly safeguard: Arm;
  readonly mechanism: Arm;
}

/** What one world came to. Numbers only, since it crosses threads. */
export interface WorldMeasure {
  /** The indicator. */
  readonly value: number;
  /** Independent groups of the world that were at risk, of how many: a share with Wilson's interval over groups. */
  readonly atRisk?: { readonly hits: number; readonly trials: number };
  /** Further numbers, averaged over worlds. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Series that `findings` reads, such as paths of prices. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
  /** Scores of units and whether each was planted, for a detector's ROC. */
  readonly scored?: { readonly scores: readonly number[]; readonly truths: readonly boolean[] };
}

/** Something that a probe adds to its output from the worlds of all arms. */
export interface Finding {
  readonly name: string;
  readonly text: string;
  /** Whether it is as it was said beforehand; absent where nothing was. */
  readonly met?: boolean;
  readonly value?: number;
  readonly interval?: readonly [number, number];
}

/** A probe. */
export interface Probe {
  readonly name: string;
  readonly label: RiskLabel;
  /** Who sits in the seats; rules where it is left out. What models do was not planted, and follows from no closed form. */
  readonly seats?: 'models';
  /** One sentence, ending in a question mark. */
  readonly question: string;
  readonly indicator: Indicator;
  readonly arms: Arms;
  /** The first seed; 1 where it is left out. Another where settings were changed after worlds of those seeds had been seen. */
  readonly firstSeed?: number;
  /** Worlds an arm where nobody asks for another number; `worldsUsual` where it is left out. From the power that the margin needs. */
  readonly worlds?: number;
  /** URL of the module that exports the scenario as `scenario`. */
  readonly module: string;
  /** Measures one world; `arm` is the name of its arm. */
  measure(records: Records, arm: string): WorldMeasure;
  /** Structural probes: the value that an arm must have, written before the run; undefined where an arm has none. */
  closedForm?(arm: string): { readonly value: number; readonly formula: string } | undefined;
  /** Further findings, from the worlds of each arm in the order of seeds. */
  findings?(worlds: Readonly<Record<string, readonly WorldMeasure[]>>): readonly Finding[];
}

/** Worlds an arm of a probe that names no number of its own. */
export const worldsUsual = 30;
