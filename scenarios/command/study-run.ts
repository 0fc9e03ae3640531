/**
 * `study FILE`: runs a registered study into a directory that is fit for a paper's supplement.
 *
 * Writes `preregistration.json` (with its seal) before any world, `manifest.json` with the power that a pilot on other seeds promises before the first
 * world of the study, then replicates, `worlds` and `findings` as CSV and Parquet, figures, an ODD+D text an arm, `results.json`, `report.html` and
 * `SHA256SUMS`; where models are asked, every world as a run below `worlds/`, prompts with their hashes, and what answered. Order: as listed. A file that was changed after its registration is refused, or goes on under `--deviation REASON`: the registration
 * stays, the change is listed, and what it adds is exploratory. Invariant: equal files, equal tables, however often the study was stopped.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, InvariantError } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { barFigure } from '../../viz/bar-figure.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { renderReport } from '../../viz/report.ts';
import { askedOfAll, statusOfAsked } from './asking.ts';
import { printResult } from './output.ts';
import { runBatch } from './replicate-batch.ts';
import { claimDirectory, holdsPlan, readPlan, sealOf } from './sealed-plan.ts';
import { differenceIn, exploratoryRows, findingsOf, powerOf } from './study-analysis.ts';
import { readStudy } from './study-file.ts';
import { placeIn, writePromptTables } from './study-prompts.ts';
import { overviewOf } from './study-overview.ts';
import { estimateOf } from './sweep-estimates.ts';
import { writeTable } from './sweep-tables.ts';
import type { Block } from '../../viz/report.ts';
import type { Figure } from '../../viz/figure.ts';
import type { NamedOrder, ReplicateStore, StoreProgress } from './replicate-store.ts';
import type { ExploratoryRow, Finding, Power, StudyValues } from './study-analysis.ts';
import type { ModelFlags } from './model-caps.ts';
import type { StudyReplicates } from './study-prompts.ts';
import type { Hypothesis, ReadStudy, Registration } from './study-file.ts';

/** Flags of a study file. */
export interface StudyFileFlags extends ModelFlags {
  readonly workers?: number;
  readonly out?: string;
  readonly deviation?: string;
  readonly json?: boolean;
}

/** A change after the registration. */
interface Deviation {
  readonly reason: string;
  readonly fields: readonly string[];
  readonly seal: string;
}

interface Claimed {
  readonly directory: string;
  readonly registered: Registration;
  readonly seal: string;
  readonly deviations: readonly Deviation[];
}

const pilotSeedOffset = 2_000_000;

/** Runs the command. Returns its exit status. */
export async function studyFileCommand(file: string, flags: StudyFileFlags): Promise<number> {
  const study = await readStudy(file, flags);
  const claimed = claim(study.registration, flags);
  const { directory } = claimed;
  const goOn = 'go on with the same command';
  const batch = { label: 'study', directory, workers: flags.workers, goOn, asking: study.asking };
  return runBatch(batch, async (store, bar) => {
    const power = await pilot(study, store, bar.update);
    writeWhole(join(directory, 'manifest.json'), manifestText(study, claimed, power));
    const { values, worlds } = await studyWorlds(study, store, bar.update);
    bar.stop();
    const findings = findingsOf(study.registration, claimed.registered, values);
    const exploratory = exploratoryRows(study.registration, values);
    const results = { study: study.registration.study, directory, seal: claimed.seal, deviations: claimed.deviations };
    const asked = askedOfAll(Object.values(worlds).flat());
    const models = asked === undefined ? {} : { models: asked };
    const whole = { ...results, power, findings, exploratory, ...models, method: methodOf(study.registration) };
    writeSupplement(study, claimed, values, worlds, whole);
    const status = statusOfAsked(asked);
    printResult(flags.json === true, whole, () => describe(directory, power, findings));
    return status;
  });
}

const method =
  'differences are the first arm less the second over pairs of worlds of one seed: mean with Student’s interval, paired t, test of signs of pairs, d of ' +
  'differences, Hedges’ g between arms; Holm over registered hypotheses, Benjamini-Hochberg over exploratory ones; equivalence by two one-sided tests ' +
  'within the smallest effect of interest; power by simulated studies with the pilot’s spread';

function methodOf({ paraphrases }: Registration): string {
  if (paraphrases === undefined) return method;
  return `${method}; ${paraphrases.length} wordings of the prompts are crossed with seeds: differences, equivalence and power count wordings and seeds as random (analysis of variance of the balanced layout, Satterthwaite’s degrees of freedom); signs, d and g are of means over wordings, one a seed`;
}

// ---- Registration ----

function claim(registration: Registration, { out, deviation }: StudyFileFlags): Claimed {
  const directory = out ?? join('runs', `${registration.study}-study`);
  if (!holdsPlan('study', directory)) {
    const seal = claimDirectory('study', directory, registration);
    return { directory, registered: registration, seal, deviations: [] };
  }
  const registered = readPlan<Registration>('study', directory);
  const file = join(directory, 'deviations.json');
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Deviation[]) : [];
  const [seal, now] = [sealOf(registered), sealOf(registration)];
  if (seal === now || before.at(-1)?.seal === now) return { directory, registered, seal, deviations: before };
  const fields = changedFields(registered, registration);
  if (deviation === undefined) {
    throw new InputError({
      code: 'INPUT_EXISTS',
      place: { file: directory },
      found: `the study was registered with another ${fields.join(', ')}`,
      next: 'Undo the change, name a new directory with --out, or say why with --deviation REASON: it is listed, and what it adds is exploratory.',
    });
  }
  const deviations = [...before, { reason: deviation, fields, seal: now }];
  writeWhole(file, JSON.stringify(deviations, null, 2) + '\n');
  return { directory, registered, seal, deviations };
}

function changedFields(before: object, after: object): string[] {
  const [one, other] = [before, after] as Record<string, unknown>[];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

function manifestText({ registration }: ReadStudy, { seal, deviations, registered }: Claimed, power: Power): string {
  const { arms, seed, replicates, until, engine, models, prompts = [], paraphrases } = registration;
  const primary = registered.hypotheses.find(({ isPrimary }) => isPrimary);
  const manifest = {
    ...{ preregistration: { file: 'preregistration.json', sha256: seal }, engine, node: process.version, models },
    ...(prompts.length === 0 ? {} : { prompts }),
    ...(paraphrases === undefined ? {} : { paraphrases: paraphrases.map(({ name }) => name) }),
    ...{ primary: primary?.id, primaryMeasure: primary?.measure, smallestEffect: primary?.smallestEffect },
    hypotheses: registered.hypotheses.map(({ id, says }) => ({ id, says })),
    stoppingRule:
      until === undefined ? { kind: 'fixed', pairs: replicates } : { kind: 'width', from: replicates, ...until },
    seeds: { from: seed, pilotFrom: seed + pilotSeedOffset },
    arms: arms.map(({ name, source, set }) => ({ name, source, set })),
    ...{ power, deviations },
  };
  return JSON.stringify(manifest, null, 2) + '\n';
}

// ---- Worlds ----

function measuresOf({ measures, exploratory }: Registration): string[] {
  return [...new Set([...measures, ...exploratory])];
}

/** Worlds of all arms on some seeds. */
async function worldsOf(
  { registration, paths }: ReadStudy,
  store: ReplicateStore,
  { seed, count, prefix }: { readonly seed: number; readonly count: number; readonly prefix: string },
  onProgress: (progress: StoreProgress) => void,
): Promise<StudyWorlds> {
  const measures = measuresOf(registration);
  const { paraphrases } = registration;
  const choices = new Map(registration.models.map(({ arm, ...choice }) => [arm, choice]));
  const worldCount = count * (paraphrases?.length ?? 1);
  const orders = registration.arms.flatMap(({ name, set, source }, arm) =>
    Array.from({ length: worldCount }, (_, at): NamedOrder => {
      const k = Math.floor(at / (paraphrases?.length ?? 1));
      const wording = paraphrases?.[at % paraphrases.length];
      const models = choices.get(name);
      return {
        name: [`${prefix}${name}`, String(k).padStart(5, '0'), ...(wording === undefined ? [] : [wording.name])].join(
          '-',
        ),
        order: {
          ...{ scenario: paths[arm], sha256: source.sha256, seed: seed + k, measures, allowCode: false },
          ...{ set: [...set, ...(wording?.set ?? [])], isStrict: arm === 0 && at === 0 },
          ...(models === undefined ? {} : { models }),
        },
      };
    }),
  );
  const found = await store.run(orders, onProgress);
  const failed = found.findIndex(({ failure }) => failure !== undefined);
  if (failed >= 0) {
    throw new InvariantError(`world ${orders[failed].name} broke: ${found[failed].failure ?? ''}`, {
      seed: orders[failed].order.seed,
    });
  }
  const byArm = registration.arms.map(
    ({ name }, arm) => [name, found.slice(arm * worldCount, (arm + 1) * worldCount)] as const,
  );
  const values = byArm.map(([name, worlds]) => [
    name,
    Object.fromEntries(measures.map((measure, at) => [measure, worlds.map((one) => one.values[at])])),
  ]);
  return { values: Object.fromEntries(values) as StudyValues, worlds: Object.fromEntries(byArm) };
}

/** Worlds of all arms, and their values. */
interface StudyWorlds {
  readonly values: StudyValues;
  readonly worlds: StudyReplicates;
}

function primaryOf({ hypotheses }: Registration): Hypothesis {
  const found = hypotheses.find(({ isPrimary }) => isPrimary);
  if (found === undefined) throw new InvariantError('a study has one primary hypothesis');
  return found;
}

async function pilot(
  study: ReadStudy,
  store: ReplicateStore,
  onProgress: (progress: StoreProgress) => void,
): Promise<Power> {
  const { registration } = study;
  const { seed, pilotReplicates: count } = registration;
  const order = { seed: seed + pilotSeedOffset, count, prefix: 'pilot-' };
  const { values } = await worldsOf(study, store, order, onProgress);
  return powerOf(registration, primaryOf(registration), values);
}

/** Worlds until the stopping rule is met: a quarter more at a time, all arms alike. */
async function studyWorlds(
  study: ReadStudy,
  store: ReplicateStore,
  onProgress: (progress: StoreProgress) => void,
): Promise<StudyWorlds> {
  const { registration } = study;
  const { seed, until, replicates } = registration;
  const { measure, arms } = primaryOf(registration);
  for (let count = replicates; ; count = Math.min(until?.replicatesMax ?? count, count + Math.ceil(count / 4))) {
    const found = await worldsOf(study, store, { seed, count, prefix: '' }, onProgress);
    if (until === undefined || count >= until.replicatesMax) return found;
    const { interval } = differenceIn(registration, found.values, measure, arms);
    if (interval[1] - interval[0] <= until.width) return found;
  }
}

// ---- Supplement ----

interface Results {
  readonly study: string;
  readonly deviations: readonly Deviation[];
  readonly power: Power;
  readonly findings: readonly Finding[];
  readonly exploratory: readonly ExploratoryRow[];
  readonly method: string;
}

function writeTables(directory: string, registration: Registration, values: StudyValues, results: Results): string[] {
  const measures = measuresOf(registration);
  const number = (name: string) => ({ name, type: 'number' as const });
  const text = (name: string) => ({ name, type: 'text' as const });
  const isWorded = registration.paraphrases !== undefined;
  const rows = registration.arms.flatMap(({ name }) =>
    values[name][measures[0]].map((_, at) => {
      const [seed, wording] = placeIn(registration, at);
      return [name, seed, ...(isWorded ? [wording] : []), ...measures.map((one) => values[name][one][at])];
    }),
  );
  const ofWordings = isWorded ? ['wordingVariance', 'seedVariance', 'restVariance', 'wordingSignShare'] : [];
  const numbers = [
    ...['pairs', 'difference', 'low', 'high', 'pValue', 'adjustedP', 'signFlipP', 'pairedD', 'hedgesG', 'equivalenceP'],
    ...['signShare', 'leastLeftOut', 'greatestLeftOut', ...ofWordings],
  ];
  return [
    ...writeTable(directory, 'worlds', {
      columns: [
        ...[text('arm'), { name: 'seed', type: 'integer' as const }, ...(isWorded ? [text('paraphrase')] : [])],
        ...measures.map(number),
      ],
      rows,
    }),
    ...writeTable(directory, 'findings', {
      columns: [
        ...['id', 'status', 'measure', 'first', 'second'].map(text),
        ...[...numbers.map(number), text('verdict')],
      ],
      rows: results.findings.map((one) => [
        ...[one.id, one.status, one.measure, ...one.arms, one.pairs, one.difference, ...(one.interval ?? [null, null])],
        ...[one.pValue, one.adjustedP, one.signFlipP, one.pairedD, one.hedgesG.value, one.equivalence.pValue],
        ...[one.signShare, ...(one.leftOut ?? [null, null])],
        ...(one.wording === null
          ? []
          : [one.wording.variance, one.wording.seedVariance, one.wording.restVariance, one.wording.signShare]),
        one.verdict,
      ]),
    }),
  ];
}

function writeSupplement(
  study: ReadStudy,
  { directory, seal }: Claimed,
  values: StudyValues,
  worlds: StudyReplicates,
  results: Results,
): void {
  const { registration, loaded, prompts } = study;
  const tables = writeTables(directory, registration, values, results);
  const ofPrompts = writePromptTables(directory, registration, prompts, worlds, results.findings);
  mkdirSync(join(directory, 'figures'), { recursive: true, mode: 0o700 });
  const figures = registration.figures.map((measure, at) => ({
    name: `figures/${at + 1}-${measure.replaceAll(/[^A-Za-z0-9.-]+/g, '-')}`,
    figure: armsFigure(registration, measure, values),
  }));
  for (const { name, figure } of figures) {
    writeWhole(join(directory, `${name}.svg`), figure.svg);
    writeWhole(join(directory, `${name}.csv`), [...writeTableCsv(figure.data)].join(''));
  }
  const overviews = registration.arms.map(({ name, source }, at) => {
    const file = `odd-${name}.md`;
    writeWhole(join(directory, file), overviewOf(name, loaded[at].data, source));
    return file;
  });
  writeWhole(join(directory, 'results.json'), JSON.stringify(results, null, 2) + '\n');
  writeWhole(join(directory, 'report.html'), renderReport(pageOf(registration, seal, results, figures)));
  const named = [
    ...['preregistration.json', 'manifest.json', 'results.json', 'report.html', ...overviews],
    ...(results.deviations.length === 0 ? [] : ['deviations.json']),
    ...tables.map((file) => file.slice(directory.length + 1)),
    ...ofPrompts,
    ...figures.flatMap(({ name }) => [`${name}.svg`, `${name}.csv`]),
  ];
  const sums = named.map(
    (file) =>
      `${createHash('sha256')
        .update(readFileSync(join(directory, file)))
        .digest('hex')}  ${file}`,
  );
  writeWhole(join(directory, 'SHA256SUMS'), sums.join('\n') + '\n');
}

function armsFigure(
  { arms, replicates, study, seed, engine, paraphrases }: Registration,
  measure: string,
  values: StudyValues,
): Figure {
  const wordings = paraphrases?.length ?? 1;
  const estimates = arms.map(({ name }) => estimateOf(values[name][measure], wordings));
  const units = wordings === 1 ? 'Student’s t over worlds' : 'over wordings and seeds';
  return barFigure({
    ...{
      title: `${measure} by arm`,
      source: `Source: ${study}, ${replicates} worlds an arm or more, seeds from ${seed} on; mesocosm ${engine}`,
      categories: arms.map(({ name }) => name),
    },
    ...{ x: { label: 'arm' }, y: { label: measure }, interval: `95 % intervals of the mean, ${units}` },
    groups: [
      {
        ...{ name: measure, kind: 'simulated' as const },
        values: estimates.map(({ value }) => (Number.isFinite(value) ? value : null)),
        intervals: estimates.map(({ interval }) => (interval.every(Number.isFinite) ? interval : null)),
      },
    ],
  });
}

function pageOf(
  registration: Registration,
  seal: string,
  { findings, exploratory, power, deviations, method }: Results,
  figures: readonly { readonly name: string; readonly figure: Figure }[],
) {
  const short = (value: number | null): string => (value === null ? 'none' : String(Number(value.toPrecision(3))));
  const claims: Block = {
    kind: 'verdicts',
    rows: findings.map((one) => ({
      claim: `${one.id} (${one.status}${one.isPrimary ? ', primary' : ''}): ${one.says}`,
      measured: one.words,
      bar: `${one.arms.join(' less ')}, smallest effect ${one.equivalence.margin}, p ${short(one.adjustedP ?? one.pValue)}`,
      met: one.verdict === 'supported' ? true : one.verdict === 'contradicted' ? false : null,
      note: `sign in ${short((one.signShare ?? 0) * 100)} % of seeds${wordingNote(one)}; d ${short(one.pairedD)}, g ${short(one.hedgesG.value)}`,
    })),
  };
  const powerText = `Power of the primary hypothesis for its smallest effect, ${power.smallestEffect}, with ${power.pairs} pairs: ${short(power.power)} (${power.studies} simulated studies, spread of ${power.pilotPairs} pilot pairs).`;
  const blocks: Block[] = [
    { kind: 'heading', level: 2, text: 'Question' },
    { kind: 'paragraph', text: registration.question },
    { kind: 'heading', level: 2, text: 'Findings' },
    claims,
    { kind: 'heading', level: 2, text: 'Figures' },
    ...figures.map(({ name, figure }): Block => ({
      ...{ kind: 'figure', svg: figure.svg, caption: figure.data.columns.join(', '), dataHref: `${name}.csv` },
    })),
    { kind: 'heading', level: 2, text: 'Design' },
    { kind: 'paragraph', text: `${method[0].toUpperCase()}${method.slice(1)}.` },
    { kind: 'paragraph', text: powerText },
    {
      kind: 'notes',
      notes:
        deviations.length === 0
          ? ['No deviation from the registration.']
          : deviations.map(({ reason, fields }) => `Deviation (${fields.join(', ')}): ${reason}`),
    },
    {
      kind: 'table',
      caption: 'Exploratory differences from the first arm: not registered as hypotheses.',
      columns: [
        { name: 'Measure', align: 'left' },
        { name: 'Arm', align: 'left' },
        { name: 'Difference', align: 'right' },
        { name: 'q', align: 'right' },
      ],
      rows: exploratory.map(({ measure, arms, difference, qValue }) => [measure, arms[0], difference, qValue]),
    },
  ];
  return {
    ...{ title: registration.study, status: 'complete' as const, subtitle: `registered as ${seal}`, blocks },
    facts: [
      { name: 'arms', value: registration.arms.map(({ name }) => name).join(', ') },
      { name: 'first seed', value: registration.seed },
      { name: 'version', value: registration.engine },
    ],
  };
}

function wordingNote({ wording }: Finding): string {
  if (wording === null) return '';
  const { signShare, variance } = wording;
  const spread =
    variance === null ? '' : `, which differ by a standard deviation of ${Math.sqrt(variance).toPrecision(3)}`;
  return ` and in ${Number(((signShare ?? 0) * 100).toPrecision(3))} % of ${wording.each.length} wordings${spread}`;
}

function describe(directory: string, power: Power, findings: readonly Finding[]): string {
  const chance = power.power === null ? 'unknown' : power.power.toFixed(2);
  return [
    `power for the smallest effect: ${chance}`,
    ...findings.map(({ id, words }) => `${id}: ${words}`),
    '',
    join(directory, 'report.html'),
  ].join('\n');
}
