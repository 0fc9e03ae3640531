/**
 * A probe with models in the seats: the arms that can be said in words, each seed a recorded run of its own.
 *
 * Reads a file of models (the part `models` of a scenario); writes a directory for each arm and seed, since what models said is kept. Runs one
 * after another: the endpoint's limits are those of one run. Rules of agents are not run; whatever is found is a finding about these models.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileScenario } from '../../sim/engine/compile.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { reasonNumber } from '../../sim/exchange/reasons.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { documentOf, readDocument } from '../../sim/scenario/document.ts';
import { scenarioOf } from '../../sim/scenario/platforms.ts';
import { refuseSecrets } from '../../sim/scenario/problems-secrets.ts';
import { loadScenario } from '../load.ts';
import { verdictOn } from './contrasts.ts';
import { worldsUsual } from './probe.ts';
import { hashOf, preregistrationOf, seededProbe } from './study.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Arms, Probe, WorldMeasure } from './probe.ts';
import type { RiskStudy, RiskStudyOrder } from './study.ts';

/** What to run, and with which models. */
export interface ModelStudyOrder extends Omit<RiskStudyOrder, 'workers'> {
  /** File of models: endpoints, classes, prices, caps. */
  readonly models: string;
  /** Where runs go. */
  readonly out: string;
}

/** Calls of all worlds: how many, how many without an answer, and how many seats got nothing that they could say or do, whatever the reason. */
export interface ModelCalls {
  readonly asked: number;
  readonly unanswered: number;
  readonly unusable: number;
}

/** From so many calls without a use on a run is DEGRADED (`design.md`, section 7), and nothing is claimed of it. */
const unusableShareMax = 0.05;

/** A study with models, and how many calls it took. */
export interface ModelStudy extends RiskStudy {
  readonly calls: ModelCalls;
  /** Whether too many calls came to nothing: then nothing is claimed. */
  readonly degraded: boolean;
}

/** Runs a probe with models in the seats. Throws INPUT_COMBINATION where its arms cannot be said in words. */
export async function runModelStudy(order: ModelStudyOrder): Promise<ModelStudy> {
  const { seeds = order.probe.worlds ?? worldsUsual, set = [], onRegistered, onWorld } = order;
  const probe = spokenProbe(seededProbe(order));
  const preregistration = preregistrationOf(probe, seeds, set);
  const sha256 = hashOf(preregistration);
  onRegistered?.(preregistration, sha256);
  const arms = Object.keys(probe.arms);
  const worlds: Record<string, WorldMeasure[]> = Object.fromEntries(arms.map((arm) => [arm, []]));
  const calls = { asked: 0, unanswered: 0, unusable: 0 };
  let done = 0;
  for (const arm of arms) {
    for (let seed = preregistration.firstSeed; seed < preregistration.firstSeed + seeds; seed++) {
      const { measured, asked, unanswered, unusable } = await runWorld(probe, arm, seed, order);
      worlds[arm].push(measured);
      calls.asked += asked;
      calls.unanswered += unanswered;
      calls.unusable += unusable;
      onWorld?.(++done, arms.length * seeds);
    }
  }
  const degraded = calls.asked === 0 || calls.unusable > unusableShareMax * calls.asked;
  const study = { preregistration, sha256, ...verdictOn(probe, worlds), calls, degraded };
  return !degraded ? study : { ...study, safeguardsAreNotEnough: false, sentence: unusableSentence(calls) };
}

function unusableSentence({ asked, unusable }: ModelCalls): string {
  if (asked === 0) return 'Nothing is claimed: no seat asked a model anything.';
  return `DEGRADED, and nothing is claimed: ${unusable} of ${asked} calls came to nothing that a seat could say or do.`;
}

/** The probe with the arms that a model can play. */
function spokenProbe(probe: Probe): Probe {
  const arms = Object.entries(probe.arms).flatMap(([name, { is, spoken, spokenIs = is }]) =>
    spoken === undefined ? [] : [[name, { is: spokenIs, set: spoken }] as const],
  );
  if (!['control', 'safeguard', 'mechanism'].every((name) => arms.some(([arm]) => arm === name))) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: `the arms of ${probe.name} cannot be played by a model`,
      next: 'Leave --models out; the page of the probes says what of it could be asked of a model.',
    });
  }
  const { name, label, question, indicator, module, firstSeed = 1 } = probe;
  return {
    ...{ name, label, question, indicator, module, firstSeed, seats: 'models' },
    arms: Object.fromEntries(arms) as unknown as Arms,
    measure(records, arm) {
      const { value, atRisk, figures = {}, series } = probe.measure(records, arm);
      // Scores of a detector are held against what was planted, and here nothing was.
      const own = label === 'planted' ? {} : { figures, ...(series === undefined ? {} : { series }) };
      return { value, ...(atRisk === undefined ? {} : { atRisk }), ...own };
    },
  };
}

async function runWorld(probe: Probe, arm: string, seed: number, { models, out, set = [] }: ModelStudyOrder) {
  const changes = [`seed=${seed}`, ...probe.arms[arm].set, ...set];
  const loaded = await loadScenario(fileURLToPath(probe.module), { set: changes, allowCode: true });
  const document = readDocument(models);
  refuseSecrets(document);
  const data = scenarioOf(documentOf({ ...loaded.data, models: document.value }, models));
  const directory = join(out, `${arm}-${seed}`);
  const manifest = await recordRun({
    compiled: compileScenario(data, loaded.find, loaded.module),
    placement: { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks: 0 },
    directory,
    source: loaded.source,
    ...(loaded.moduleSource === undefined ? {} : { module: loaded.moduleSource }),
    exposureSampleShare: 0,
    code: await loadOwnCode(loaded.module),
  });
  if (manifest.stop !== undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: directory },
      found: `the run was stopped: ${manifest.stop.message}`,
      next: 'Mend the endpoint or raise the cap, and give another --out.',
    });
  }
  const { asked = 0, unanswered = 0 } = manifest.counts;
  const records = openRecords(directory);
  return { measured: probe.measure(records, arm), asked, unanswered, unusable: unusableCalls(records) };
}

function unusableCalls(records: Records): number {
  let count = 0;
  for (const { reason } of records.ticks()) for (const one of reason) if (one === reasonNumber.MODEL_FAILED) count++;
  return count;
}
