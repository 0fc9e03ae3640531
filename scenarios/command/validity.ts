/**
 * `validity RUN…`: what `analyze` finds in runs with planted truth, scored against the truth, or against labels of the user's (`--truth FILE`).
 *
 * A command of its own, apart from `analyze`, because it reads what an analysis may not, and because a detector is judged over several
 * worlds. Measures are taken as `analyze` takes them, from the records alone; the truth file is opened after that.
 * Rings, sock-puppets and cartels are scored against `measures.collusion.rings` (of targets, texts and prices), conformists against agreement with shown
 * scores. A finding claims to be true with probability 1 - q. Order: runs as named, then families, then all runs pooled.
 */
import { agentAgreements, hasVotes } from '../../analysis/measures/conformity.ts';
import { findCollusionIn } from '../../analysis/measures/collusion.ts';
import { readVotes } from '../../analysis/measures/votes.ts';
import { jaccardOf } from '../../analysis/estimators/co-action.ts';
import { scoreDetection } from '../../analysis/estimators/detection-scores.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { unknownOwner } from '../../sim/import/acts.ts';
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import { readTruth } from '../../sim/record/truth.ts';
import { externalId } from '../../sim/world/population.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { readLabels } from './labels.ts';
import { printResult } from './output.ts';
import type { Labels } from './labels.ts';
import type { DetectionScores } from '../../analysis/estimators/detection-scores.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { PlantedGroup, Truth } from '../../sim/record/truth.ts';

/** Flags of `validity`. */
export interface ValidityFlags {
  /** Seed of what measures sample. */
  readonly seed: number;
  /** Labels of the user's, instead of the truth file of a run. */
  readonly truth?: string;
  readonly json?: boolean;
}

/** What a detector says of a run: the least q value of each agent that it judged, by external id; who is not listed has none. */
interface Findings {
  readonly qValue: ReadonlyMap<string, number>;
  /** Groups as they were found, where the detector finds groups. */
  readonly groups: readonly (readonly string[])[];
}

/** A kind of plant and the detector that should find it. */
interface Family {
  readonly name: string;
  readonly detector: string;
  readonly isPlanted: (plant: PlantedGroup) => boolean;
  readonly find: (records: Records, seed: number, rings: RingsOf) => Findings | undefined;
}

/** What is asked of a found ring. */
interface FoundRing {
  readonly agents: readonly string[];
  readonly qValue: number;
}

/** Takes the rings of a run, as `analyze` lists them. */
type RingsOf = (records: Records, seed: number) => readonly FoundRing[];

/** A finding counts up to here, as it does where `analyze` lists rings: 2 / 40 of two kinds of evidence and 39 deals is one. */
const qMax = 0.05 + 1e-12;
/** A planted group counts as recovered by a found one that shares so much with it: intersection by union. */
const jaccardMin = 0.5;

const families: readonly Family[] = [
  {
    name: 'rings',
    detector: 'measures.collusion.rings',
    isPlanted: ({ kind }) => kind === 'ring' || kind === 'sock-puppets' || kind === 'cartel',
    find: findRings,
  },
  {
    name: 'conformists',
    detector: 'measures.conformity.followers',
    isPlanted: ({ kind, settings }) =>
      kind === 'conformists' && settings.scoreShown === true && Number(settings.strength) > 0,
    find: findConformists,
  },
];

function findRings(records: Records, seed: number, ringsOf: RingsOf): Findings {
  const rings = ringsOf(records, seed);
  const qValue = new Map<string, number>();
  for (const ring of rings) {
    for (const agent of ring.agents) qValue.set(agent, Math.min(ring.qValue, qValue.get(agent) ?? 1));
  }
  return { qValue, groups: rings.filter((ring) => ring.qValue <= qMax).map(({ agents }) => agents) };
}

/** All candidate rings, those that did not pass and those beyond the twenty that are printed included: their q is what is scored. */
function candidateRings(records: Records, seed: number): readonly FoundRing[] {
  const { ids } = records.population;
  return findCollusionIn(records, seed).rings.map(({ ring, qValue }) => ({
    agents: ring.agents.map((agent) => externalId(ids, agent)),
    qValue,
  }));
}

function findConformists(records: Records): Findings | undefined {
  if (!hasVotes(records)) return undefined;
  const judged = agentAgreements(readVotes(records));
  const { ids } = records.population;
  return { qValue: new Map(judged.map(({ agent, qValue }) => [externalId(ids, agent), qValue])), groups: [] };
}

/** One row of the table. */
export interface ValidityRow extends Omit<DetectionScores, 'precision' | 'recall' | 'falseAlarmShare'> {
  readonly run: string;
  readonly family: string;
  readonly detector: string;
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly falseAlarmShare: Estimate;
  /** Planted groups, and those that a found one is like; the second where the detector finds groups. */
  readonly groups: number;
  readonly groupsRecovered?: number;
  /** Mean q of what was found, beside the share of it that was not planted: the first should not be less than the second. */
  readonly claimedFalseShare: number;
  readonly observedFalseShare: number;
}

/** Who was planted and found in one run. */
interface Scored {
  readonly run: string;
  readonly family: Family;
  readonly score: readonly number[];
  readonly isFound: readonly boolean[];
  readonly isPlanted: readonly boolean[];
  readonly groups: number;
  readonly groupsRecovered: number;
}

/** A run without a detector for what was planted in it. */
export interface Unscored {
  readonly run: string;
  readonly family: string;
  readonly reason: string;
}

/** The validity table of some runs. */
export interface Validity {
  readonly rows: readonly ValidityRow[];
  readonly unscored: readonly Unscored[];
}

/** Scores runs against their truth. `rings`: how the rings of a run are come by, where they are at hand. Throws INPUT_NOT_FOUND where nothing was planted. */
export function validityOf(runs: readonly string[], seed: number, rings: RingsOf = candidateRings): Validity {
  const scored: Scored[] = [];
  const unscored: Unscored[] = [];
  for (const run of runs) {
    const records = openRecords(run);
    const found = families.map((family) => family.find(records, seed, rings));
    const truth = readTruth(run);
    families.forEach((family, i) => {
      const plants = truth.plants.filter(family.isPlanted);
      const findings = found[i];
      if (plants.length === 0) return;
      if (findings === undefined) {
        unscored.push({
          run,
          family: family.name,
          reason: `no measure of this version reads ${family.name} out of it`,
        });
      } else scored.push(scoredOf(run, family, plants, findings, records));
    });
    if (truth.plants.every((plant) => !families.some(({ isPlanted }) => isPlanted(plant)))) {
      unscored.push({ run, family: kindsOf(truth), reason: 'these plants are treatments: nothing is to be detected' });
    }
  }
  const rows = scored.map((one) => rowOf(one.run, [one]));
  const pooled = families.flatMap((family) => {
    const own = scored.filter((one) => one.family === family);
    return own.length < 2 ? [] : [rowOf(`${own.length} runs`, own)];
  });
  return { rows: [...rows, ...pooled], unscored };
}

/**
 * Scores the rings of one run or data set against labels of the user's. Agents that the records lack count as not found. Throws INPUT_UNKNOWN_NAME where
 * none of the labelled agents stands in the records.
 */
export function validityOfLabels(run: string, labels: Labels, file: string, seed: number): Validity {
  const [family] = families;
  const records = openRecords(run);
  const { population } = records;
  const known = new Set(Array.from({ length: population.count }, (_, agent) => externalId(population.ids, agent)));
  const { planted, clean, groups } = labels;
  refuseStrangers(planted, known, file);
  const findings = findRings(records, seed, candidateRings);
  known.delete(unknownOwner);
  const agents = [...(clean === undefined ? new Set([...known, ...planted]) : new Set([...planted, ...clean]))];
  const row = rowOf(run, [scoredAgents(run, family, { agents, planted, groups }, findings)]);
  const absent = [...planted].filter((agent) => !known.has(agent)).length;
  if (absent === 0) return { rows: [row], unscored: [] };
  const reason = `${absent} of ${planted.size} agents labelled as in a ring stand in no record and count as not found`;
  return { rows: [row], unscored: [{ run, family: family.name, reason }] };
}

function refuseStrangers(planted: ReadonlySet<string>, known: ReadonlySet<string>, file: string): void {
  if ([...planted].some((agent) => known.has(agent))) return;
  const [one, other] = [planted.values().next().value, known.values().next().value];
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    place: { file: escapeControls(file) },
    found: `none of the ${planted.size} agents labelled as in a ring stands in the records: the first is ${echo(one)}, the records have such as ${echo(other)}`,
    next: 'Use the ids of the data; a header is called agent or agent,label.',
  });
}

function kindsOf({ plants }: Truth): string {
  return [...new Set(plants.map(({ kind }) => kind))].join(', ');
}

function scoredOf(
  run: string,
  family: Family,
  plants: readonly PlantedGroup[],
  findings: Findings,
  { population }: Records,
): Scored {
  const groups = plants.flatMap((plant) => plant.groups);
  const agents = Array.from({ length: population.count }, (_, agent) => externalId(population.ids, agent));
  return scoredAgents(run, family, { agents, planted: new Set(groups.flat()), groups }, findings);
}

/** Agents to score, who of them is planted, and in which groups. */
interface Planted {
  readonly agents: readonly string[];
  readonly planted: ReadonlySet<string>;
  readonly groups: readonly (readonly string[])[];
}

function scoredAgents(
  run: string,
  family: Family,
  { agents, planted, groups }: Planted,
  { qValue, groups: foundGroups }: Findings,
): Scored {
  const qOf = agents.map((agent) => qValue.get(agent) ?? 1);
  const recovered = groups.filter((group) =>
    foundGroups.some((found) => {
      const both = found.filter((agent) => group.includes(agent)).length;
      return jaccardOf(both, group.length, found.length) >= jaccardMin;
    }),
  );
  return {
    ...{ run, family, groups: groups.length, groupsRecovered: recovered.length },
    score: qOf.map((q) => 1 - q),
    isFound: qOf.map((q) => q <= qMax),
    isPlanted: agents.map((agent) => planted.has(agent)),
  };
}

function rowOf(run: string, parts: readonly Scored[]): ValidityRow {
  const [score, isFound, isPlanted] = [
    parts.flatMap((part) => part.score),
    parts.flatMap((part) => part.isFound),
    parts.flatMap((part) => part.isPlanted),
  ];
  const scores = scoreDetection({ score, isFound, isPlanted });
  const found = score.filter((_, unit) => isFound[unit]);
  const { name, detector } = parts[0].family;
  return {
    ...{ run, family: name, detector },
    ...scores,
    groups: parts.reduce((sum, part) => sum + part.groups, 0),
    ...(name === 'rings' ? { groupsRecovered: parts.reduce((sum, part) => sum + part.groupsRecovered, 0) } : {}),
    claimedFalseShare: found.reduce((sum, one) => sum + (1 - one), 0) / found.length,
    observedFalseShare: 1 - scores.precision.value,
  };
}

/** Runs the command. Returns its exit status. */
export function validityCommand(runs: readonly string[], flags: ValidityFlags): number {
  const { truth, seed } = flags;
  const validity =
    truth === undefined ? validityOf(runs, seed) : validityOfLabels(onlyOne(runs), readLabels(truth), truth, seed);
  printResult(flags.json === true, jsonOf(validity), () => textOf(validity));
  return 0;
}

function onlyOne(runs: readonly string[]): string {
  if (runs.length === 1) return runs[0];
  const found = `--truth labels the agents of one run, and ${runs.length} are named`;
  throw new InputError({ code: 'INPUT_COMBINATION', found, next: 'Name one run or data set.' });
}

/** JSON has no NaN. */
function jsonOf(validity: Validity): unknown {
  return JSON.parse(JSON.stringify(validity));
}

const heads = [
  'run',
  'family',
  'planted',
  'found',
  'precision',
  'recall',
  'AUC',
  'Brier',
  'groups',
  'false: q',
  'false',
];

function textOf({ rows, unscored }: Validity): string {
  const share = ({ value, interval }: Estimate): string =>
    Number.isNaN(value) ? '–' : `${shown(value, 3)} ${shownInterval(interval, 3)}`;
  const table = rows.map((row) => [
    ...[row.run, row.family, String(row.planted), String(row.found), share(row.precision), share(row.recall)],
    ...[
      shown(row.auc, 4),
      shown(row.brier, 4),
      row.groupsRecovered === undefined ? '–' : `${row.groupsRecovered} of ${row.groups}`,
    ],
    ...[shown(row.claimedFalseShare, 3), shown(row.observedFalseShare, 3)],
  ]);
  const lines = rows.length === 0 ? [] : [alignedTable([heads, ...table])];
  const calibration = rows.flatMap((row) => [
    `${row.run}, ${row.family}: claimed and observed shares (${row.detector}), error ${shown(row.calibrationError, 3)}`,
    ...row.calibration.map(
      (bin) => `  ${shown(bin.claimed, 3)} claimed, ${shown(bin.observed, 3)} observed, ${bin.units} agents`,
    ),
  ]);
  return [...lines, ...calibration, ...unscored.map(({ run, family, reason }) => `${run}, ${family}: ${reason}`)].join(
    '\n',
  );
}
