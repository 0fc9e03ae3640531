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
import { InputError } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { documentOf, readDocument } from '../../sim/scenario/document.ts';
import { scenarioOf } from '../../sim/scenario/platforms.ts';
import { refuseSecrets } from '../../sim/scenario/problems-secrets.ts';
import { loadScenario } from '../load.ts';
import { verdictOn } from './contrasts.ts';
import { hashOf, preregistrationOf } from './study.ts';
import type { Arms, Probe, WorldMeasure } from './probe.ts';
import type { RiskStudy, RiskStudyOrder } from './study.ts';

/** What to run, and with which models. */
export interface ModelStudyOrder extends Omit<RiskStudyOrder, 'workers'> {
  /** File of models: endpoints, classes, prices, caps. */
  readonly models: string;
  /** Where runs go. */
  readonly out: string;
}

/** A study with models, and how many calls it took. */
export interface ModelStudy extends RiskStudy {
  readonly calls: { readonly asked: number; readonly unanswered: number };
}

/** Runs a probe with models in the seats. Throws INPUT_COMBINATION where its arms cannot be said in words. */
export async function runModelStudy(order: ModelStudyOrder): Promise<ModelStudy> {
  const { seeds, set = [], onRegistered, onWorld } = order;
  const probe = spokenProbe(order.probe);
  const preregistration = preregistrationOf(probe, seeds, set);
  const sha256 = hashOf(preregistration);
  onRegistered?.(preregistration, sha256);
  const arms = Object.keys(probe.arms);
  const worlds: Record<string, WorldMeasure[]> = Object.fromEntries(arms.map((arm) => [arm, []]));
  const calls = { asked: 0, unanswered: 0 };
  let done = 0;
  for (const arm of arms) {
    for (let seed = 1; seed <= seeds; seed++) {
      const { measured, asked, unanswered } = await runWorld(probe, arm, seed, order);
      worlds[arm].push(measured);
      calls.asked += asked;
      calls.unanswered += unanswered;
      onWorld?.(++done, arms.length * seeds);
    }
  }
  return { preregistration, sha256, ...verdictOn(probe, worlds), calls };
}

/** The probe with the arms that a model can play. */
function spokenProbe(probe: Probe): Probe {
  const arms = Object.entries(probe.arms).flatMap(([name, arm]) =>
    arm.spoken === undefined ? [] : [[name, { ...arm, set: arm.spoken }] as const],
  );
  if (!['control', 'safeguard', 'mechanism'].every((name) => arms.some(([arm]) => arm === name))) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: `the arms of ${probe.name} cannot be played by a model`,
      next: 'Leave --models out; the page of the probes says what of it could be asked of a model.',
    });
  }
  const { name, label, question, indicator, module } = probe;
  return {
    ...{ name, label, question, indicator, module },
    arms: Object.fromEntries(arms) as unknown as Arms,
    measure: (records, arm) => probe.measure(records, arm),
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
  return { measured: probe.measure(openRecords(directory), arm), asked, unanswered };
}
