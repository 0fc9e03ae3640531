/**
 * A run, or worlds of one arm, beside published figures: where the interval covers what was published, where not, and what cannot be told.
 *
 * Reads a file of figures (form: `data/published/README.md`) and worlds; gives the scorecard of `compare RUN… --to FIGURES --json`. A figure
 * that parameters of the scenario were fitted to is no evidence when it is met: calibrated and predicted figures are kept apart.
 * Order: figures as in the file. Invariant: every figure of the file comes out once, as a row or among what cannot be computed.
 * The interval is Student's over worlds from two worlds on. One world has at most an interval within itself, and the row says over what.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { finiteInterval } from '../../analysis/measures/measured.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { dataFile } from '../load.ts';
import { World, quantities } from './quantities.ts';
import type { Records } from '../../sim/record/reader.ts';

const figureForm = z.strictObject({
  id: z.string().min(1),
  /** Name in `quantities.ts`; null where nothing here computes it, with the reason in `why`. */
  quantity: z.string().nullable(),
  layer: z.enum(['follow', 'reply', 'repost']).optional(),
  value: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  unit: z.string(),
  definition: z.string(),
  source: z.string(),
  place: z.string(),
  /** Scenarios whose parameters were fitted to it. */
  fittedIn: z.array(z.string()),
  why: z.string().optional(),
});
const figuresForm = z.strictObject({ name: z.string(), about: z.string(), figures: z.array(figureForm).min(1) });

/** A published number. */
export type Figure = z.infer<typeof figureForm>;
export type Figures = z.infer<typeof figuresForm>;

/** What stands beside a figure. */
export interface ScoreRow {
  readonly id: string;
  readonly quantity: string;
  readonly unit: string;
  readonly published: Pick<Figure, 'value' | 'interval' | 'definition' | 'source' | 'place'>;
  readonly ours: {
    readonly value: number;
    readonly interval: [number, number] | null;
    /** What the interval is taken over. */
    readonly over: string | null;
    readonly n: number;
    readonly definition: string;
  };
  readonly verdict: 'inside' | 'outside' | 'undecided';
  readonly words: string;
}

/** The scorecard. `measured`: figures beside a data set, of which nothing was fitted or predicted. */
export interface Scorecard {
  readonly figures: string;
  readonly about: string;
  readonly worlds: number;
  readonly scenario: string;
  readonly calibrated: ScoreRow[];
  readonly predicted: ScoreRow[];
  readonly measured: ScoreRow[];
  readonly notComputed: { readonly id: string; readonly why: string }[];
  readonly misses: string[];
}

/** Names of the files that come with the program. */
export const publishedNames = ['molt-dynamics', 'moltbook', 'oasis', 'false-business-0', 'twitter1516'] as const;

/** Reads figures by name or from a file, every problem of it named at once. `isKnown`: whether a run can have the quantity. */
export function readFigures(
  named: string,
  isKnown: (quantity: string) => boolean = (quantity) => Object.hasOwn(quantities, quantity),
): Figures {
  const isOwn = publishedNames.some((name) => name === named);
  const file = isOwn ? dataFile(`published/${named}.json`) : named;
  if (!existsSync(file)) {
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: '--to' },
      found: `no figures are called ${echo(named)}, and there is no such file`,
      next: `Known: ${publishedNames.join(', ')}, or a JSON file of that form (data/published/README.md).`,
    });
  }
  const parsed = figuresForm.safeParse(parseJson(file));
  if (!parsed.success) {
    throw new InputError(
      parsed.error.issues.map(({ path, message }) => ({
        code: 'INPUT_TYPE' as const,
        place: { file },
        found: `${path.join('.') || 'the file'}: ${message}`,
        next: 'The form is in data/published/README.md.',
      })),
    );
  }
  const unknown = parsed.data.figures.filter(({ quantity }) => quantity !== null && !isKnown(quantity));
  if (unknown.length > 0) {
    throw new InputError(
      unknown.map(({ id, quantity }) => ({
        code: 'INPUT_UNKNOWN_NAME' as const,
        place: { file },
        found: `figure ${echo(id)} names the quantity ${echo(quantity ?? '')}`,
        next: `Known: ${Object.keys(quantities).join(', ')}.`,
      })),
    );
  }
  return parsed.data;
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    const found = 'the file is not JSON';
    throw new InputError({ code: 'INPUT_SYNTAX', place: { file }, found, next: 'Write one JSON object.' });
  }
}

/** Sets worlds of one arm beside figures. `layer` overrules that of a figure. */
export function scoreWorlds(records: readonly Records[], figures: Figures, seed: number, layer?: string): Scorecard {
  const [{ manifest }] = records;
  const byLayer = new Map<string | undefined, World[]>();
  const worldsOf = (wanted: string | undefined): World[] => {
    const found = byLayer.get(wanted) ?? records.map((one) => new World(one, seed, wanted));
    byLayer.set(wanted, found);
    return found;
  };
  const rows: Record<'calibrated' | 'predicted' | 'measured', ScoreRow[]> = {
    ...{ calibrated: [], predicted: [], measured: [] },
  };
  const notComputed: { id: string; why: string }[] = [];
  const isData = dataSetOf(manifest) !== undefined;
  for (const figure of figures.figures) {
    const scored = scoreOf(figure, worldsOf(layer ?? figure.layer));
    if ('why' in scored) notComputed.push({ id: figure.id, why: scored.why });
    else
      rows[isData ? 'measured' : figure.fittedIn.includes(manifest.scenario) ? 'calibrated' : 'predicted'].push(scored);
  }
  const all = [...rows.calibrated, ...rows.predicted, ...rows.measured];
  return {
    ...{ figures: figures.name, about: figures.about, worlds: records.length, scenario: manifest.scenario },
    ...rows,
    notComputed,
    misses: all.filter(({ verdict }) => verdict === 'outside').map(({ words }) => words),
  };
}

function scoreOf(figure: Figure, worlds: readonly World[]): ScoreRow | { readonly why: string } {
  if (figure.quantity === null || figure.value === null) {
    return { why: figure.why ?? 'nothing here computes it' };
  }
  const quantity = quantities[figure.quantity];
  const found = worlds.map((world) => quantity.find(world));
  const values = found.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return { why: found[0].why ?? 'it does not exist in these worlds' };
  const only = found.find(({ value }) => value !== null) ?? found[0];
  const estimate = meanInterval(values);
  const overWorlds = values.length > 1;
  const interval = overWorlds ? estimate.interval : only.interval;
  const ours = {
    value: estimate.value,
    interval: interval === undefined ? null : (finiteInterval(interval) ?? null),
    over: overWorlds ? 'worlds' : interval === undefined ? null : (only.over ?? null),
    n: values.length,
    definition: quantity.definition,
  };
  const verdict = verdictOf(ours.value, ours.interval, figure.value, figure.interval);
  const { value, definition, source, place } = figure;
  return {
    ...{ id: figure.id, quantity: figure.quantity, unit: figure.unit },
    published: {
      value,
      ...(figure.interval === undefined ? {} : { interval: figure.interval }),
      definition,
      source,
      place,
    },
    ours,
    verdict,
    words: wordsOf(figure, figure.value, ours, verdict),
  };
}

/** Inside: the intervals share a point; without any interval nothing can be said. */
export function verdictOf(
  ours: number,
  interval: readonly [number, number] | null,
  published: number,
  publishedInterval?: readonly [number, number],
): ScoreRow['verdict'] {
  if (interval === null && publishedInterval === undefined) return ours === published ? 'inside' : 'undecided';
  const [low, high] = interval ?? [ours, ours];
  const [from, to] = publishedInterval ?? [published, published];
  return low <= to && from <= high ? 'inside' : 'outside';
}

function wordsOf(figure: Figure, published: number, ours: ScoreRow['ours'], verdict: ScoreRow['verdict']): string {
  const side = ours.value > published ? 'above' : ours.value < published ? 'below' : 'at';
  const factor = published === 0 ? NaN : ours.value / published;
  const isFactor = factor > 0 && (factor >= 1.5 || factor <= 2 / 3);
  const times = isFactor ? ` (${factor > 1 ? `${shortly(factor)} times` : `1/${shortly(1 / factor)} of`} it)` : '';
  const range = ours.interval === null ? '' : ` [${ours.interval.map(shortly).join(', ')}] over ${ours.over ?? ''}`;
  const head = `${figure.id}: ours ${shortly(ours.value)}${range} lies ${side} the published ${shortly(published)}${times}`;
  if (verdict === 'undecided') return `${head}; n = ${ours.n} world without an interval decides nothing`;
  return verdict === 'inside' ? `${head}, within the uncertainty` : `${head}, outside the uncertainty`;
}

function shortly(value: number): string {
  return String(Number(value.toPrecision(3)));
}
