/**
 * A study as a file: arms, replicates, hypotheses, measures that are registered beforehand, and what the supplement shows.
 *
 * Reads YAML or JSON with places; every problem of one pass is told. Gives a registration: all that decides the study's claims, with the digests of
 * the scenarios, with models by name and every fixed part of a prompt by its SHA-256, in one canonical object whose seal is written before the first world. Invariant: what is not in it cannot be called registered.
 */
import { resolve, dirname } from 'node:path';
import { z } from 'zod';
import { engineVersion } from '../../sim/engine/version.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { readDocument } from '../../sim/scenario/document.ts';
import { loadScenario, scenarioNames } from '../load.ts';
import { checkMeasures } from './replicate-measures.ts';
import { askingOf, modelChoiceOf, modelsOfFlags } from './asking.ts';
import { hashOnly, paraphraseFlaws, paraphrasesForm, promptsOf } from './paraphrases.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { Document } from '../../sim/scenario/document.ts';
import type { LoadedScenario } from '../load.ts';
import type { ModelChoice } from './asking.ts';
import type { ModelFlags } from './model-caps.ts';
import type { AskingOrder } from './model-worlds.ts';
import type { PromptHash, PromptRecord } from './paraphrases.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const hypothesis = z.strictObject({
  id: z.string().min(1).max(40),
  says: z.string().min(1),
  measure: z.string().min(1),
  /** The first less the second, world by world. */
  arms: z.tuple([name, name]),
  expects: z.enum(['higher', 'lower', 'different', 'equivalent']),
  /** Differences below it do not matter: the margin of the equivalence test, and what power is reckoned for. */
  smallestEffect: z.number().positive(),
  isPrimary: z.boolean().default(false),
});
const studyForm = z.strictObject({
  study: name,
  question: z.string().min(1),
  arms: z
    .array(z.strictObject({ name, scenario: z.string().min(1), set: z.array(z.string()).default([]) }))
    .min(2)
    .max(32),
  hypotheses: z.array(hypothesis).min(1).max(64),
  measures: z.array(z.string().min(1)).default([]),
  exploratory: z.array(z.string().min(1)).default([]),
  replicates: z.number().int().min(2).max(10_000),
  seed: z.number().int().min(0).default(1),
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  /** More worlds until the interval of the primary difference is so narrow, or there are so many; without it the number is fixed. */
  until: z.strictObject({ width: z.number().positive(), replicatesMax: z.number().int().max(10_000) }).optional(),
  /** Worlds on other seeds, before the study, of which power is reckoned. */
  pilotReplicates: z.number().int().min(3).max(1000).default(6),
  figures: z.array(z.string().min(1)).optional(),
  /** Wordings of the prompts: every arm has a world of each in each seed, and findings count the choice of wordings. */
  paraphrases: paraphrasesForm.optional(),
});

export type Hypothesis = z.infer<typeof hypothesis>;

/** What is registered. */
export interface Registration extends Omit<z.infer<typeof studyForm>, 'arms' | 'figures'> {
  readonly format: 1;
  readonly engine: string;
  readonly pairing: 'worlds of one seed share their draws: the unit is the pair';
  readonly arms: readonly {
    readonly name: string;
    readonly scenario: string;
    readonly set: readonly string[];
    readonly source: { readonly name: string; readonly sha256: string };
  }[];
  readonly figures: readonly string[];
  /** Which models the agents of an arm have; arms that ask none are left out. Where models are served decides nothing and is not registered. */
  readonly models: readonly ({ readonly arm: string } & ModelChoice)[];
  /** Fixed parts of prompts, by arm and wording; left out where no arm asks. */
  readonly prompts?: readonly PromptHash[];
}

/** A registration with the scenarios of its arms. */
export interface ReadStudy {
  readonly registration: Registration;
  readonly loaded: readonly LoadedScenario[];
  /** Names or paths by which they are loaded again: of this machine, and so not registered. */
  readonly paths: readonly string[];
  /** Fixed parts of prompts with their texts. */
  readonly prompts: readonly PromptRecord[];
  /** How its worlds ask models; undefined where none does. */
  readonly asking: AskingOrder | undefined;
}

/** Reads a study file, and the file of models that goes before its scenarios' own. */
export async function readStudy(file: string, flags: ModelFlags = {}): Promise<ReadStudy> {
  const models = modelsOfFlags(flags);
  const document = readDocument(file);
  const parsed = studyForm.safeParse(document.value);
  if (!parsed.success) {
    throw new InputError(
      parsed.error.issues.map(({ path, message, code }): Problem => {
        const keys = path.filter((key) => typeof key !== 'symbol');
        const code2 = code === 'unrecognized_keys' ? 'INPUT_UNKNOWN_FIELD' : 'INPUT_TYPE';
        const found = `${keys.join('.') || 'the file'}: ${message}`;
        return {
          code: code2,
          place: document.place(keys, 'value'),
          found,
          next: 'See scenarios/feed-and-opinion/sorting-study.yaml for the form.',
        };
      }),
    );
  }
  const data = parsed.data;
  const problems = flawsOf(data);
  if (problems.length > 0) {
    throw new InputError(problems.map((problem): Problem => ({ place: { file: document.file }, ...problem })));
  }
  const registered = [...new Set([...data.hypotheses.map(({ measure }) => measure), ...data.measures])];
  checkMeasures([...registered, ...data.exploratory], document.file);
  const { loaded, paths, arms } = await loadArms(file, data.arms, models);
  const asking = askingOf(
    loaded.map((one) => one.data),
    flags,
    models,
  );
  const prompted = arms.map(({ name: arm, set }, at) => ({ name: arm, scenario: paths[at], set, allowCode: false }));
  const prompts = await promptsOf(prompted, data.paraphrases, models);
  if (data.paraphrases !== undefined && prompts.length === 0) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: document.file },
      found: 'paraphrases of prompts, and no arm asks a model',
      next: 'Leave them out.',
    });
  }
  const chosen = arms.flatMap(({ name: arm }, at) => {
    const choice = modelChoiceOf(loaded[at].data);
    return choice === undefined ? [] : [{ arm, ...choice }];
  });
  return {
    registration: {
      ...{ format: 1, engine: engineVersion, ...data },
      ...{ arms, measures: registered, figures: data.figures ?? registered, models: chosen },
      ...(prompts.length === 0 ? {} : { prompts: prompts.map(hashOnly) }),
      pairing: 'worlds of one seed share their draws: the unit is the pair',
    },
    ...{ loaded, paths, prompts, asking },
  };
}

/** The scenarios of all arms. */
async function loadArms(
  file: string,
  named: z.infer<typeof studyForm>['arms'],
  models: Document | undefined,
): Promise<{ loaded: LoadedScenario[]; paths: string[]; arms: Registration['arms'][number][] }> {
  const loaded: LoadedScenario[] = [];
  const paths: string[] = [];
  const arms: Registration['arms'][number][] = [];
  for (const { name: arm, scenario: wanted, set } of named) {
    const scenario = scenarioNames().includes(wanted) ? wanted : resolve(dirname(file), wanted);
    const changes = { set, allowCode: false, ...(models === undefined ? {} : { models }) };
    const one = await loadScenario(scenario, changes);
    loaded.push(one);
    paths.push(scenario);
    arms.push({ name: arm, scenario: wanted, set, source: one.source });
  }
  return { loaded, paths, arms };
}

/** What the form cannot say. */
function flawsOf(data: z.infer<typeof studyForm>): Omit<Problem, 'place'>[] {
  const names = data.arms.map((arm) => arm.name);
  const twice = names.filter((one, at) => names.indexOf(one) !== at);
  const lost = data.hypotheses.flatMap(({ id, arms }) =>
    arms.filter((arm) => !names.includes(arm)).map((arm) => ({ id, arm })),
  );
  const primaries = data.hypotheses.filter(({ isPrimary }) => isPrimary).length;
  const most = data.until?.replicatesMax;
  return [
    ...paraphraseFlaws(data.paraphrases ?? []),
    ...twice.map((arm) => ({
      code: 'INPUT_DUPLICATE_ID' as const,
      found: `two arms are called ${echo(arm)}`,
      next: 'Rename one.',
    })),
    ...lost.map(({ id, arm }) => ({
      code: 'INPUT_DANGLING_REF' as const,
      found: `hypothesis ${echo(id)} names the arm ${echo(arm)}`,
      next: `Arms: ${names.join(', ')}.`,
    })),
    ...(primaries === 1
      ? []
      : [
          {
            code: 'INPUT_COMBINATION' as const,
            found: `${primaries} hypotheses are primary`,
            next: 'Mark one with isPrimary: true.',
          },
        ]),
    ...(most === undefined || most >= data.replicates
      ? []
      : [{ code: 'INPUT_FIELD_RANGE' as const, found: 'until.replicatesMax is below replicates', next: 'Raise it.' }]),
  ];
}
