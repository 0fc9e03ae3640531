/**
 * Factors of an experiment as the command line names them: `path=a,b,c` with levels, `path=low..high` with a range, `:log` behind it for even
 * steps of the logarithm.
 *
 * Pure. Takes the flag's text and, for whole numbers, the scenario's schema; gives values as raw texts, as `--set` takes them.
 * Invariant: a position in [0, 1) gives one value, the same on every machine (logarithms are detmath's).
 */
import { exp, log } from '../../sim/ground/detmath.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { parsePath } from '../../sim/scenario/document-set.ts';
import { rangeOf, schemasAt } from '../../sim/scenario/problems-schema.ts';
import { scenarioSchema } from '../../sim/scenario/schema.ts';
import type { ScenarioData } from '../../sim/scenario/schema.ts';

/** A factor with levels: raw texts. */
export interface Levels {
  readonly kind: 'levels';
  readonly path: string;
  readonly levels: readonly string[];
}

/** A factor with a range. */
export interface Range {
  readonly kind: 'range';
  readonly path: string;
  readonly low: number;
  readonly high: number;
  readonly scale: 'linear' | 'log';
  /** The field takes whole numbers alone. */
  readonly isWhole: boolean;
}

export type Factor = Levels | Range;

const number = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?`;
const rangeForm = new RegExp(`^(${number})\\.\\.(${number})(:log)?$`);

/** Reads one `path=…`. `flag` is named where it cannot be read. */
export function parseFactor(text: string, flag: string, data: ScenarioData): Factor {
  const equals = text.indexOf('=');
  const raw = text.slice(equals + 1).trim();
  if (equals < 1 || raw === '') {
    throw new InputError({
      code: 'INPUT_USAGE',
      place: { file: flag },
      found: `${echo(text)} is not path=values`,
      next: 'Write for example feed.length=5,10,20 or feed.length=5..20.',
    });
  }
  const path = text.slice(0, equals);
  const keys = parsePath(path);
  const range = rangeForm.exec(raw);
  if (range === null) return { kind: 'levels', path, levels: splitLevels(raw) };
  const [low, high] = [Number(range[1]), Number(range[2])];
  const scale = range[3] === undefined ? 'linear' : 'log';
  if (!(low < high) || (scale === 'log' && low <= 0)) {
    throw new InputError({
      code: 'INPUT_FIELD_RANGE',
      place: { file: flag },
      found: `${path}: ${echo(raw)} is no range${scale === 'log' ? ' of logarithms' : ''}`,
      next: scale === 'log' ? 'Write low..high:log, above 0, the lower first.' : 'Write low..high, the lower first.',
    });
  }
  const isWhole = schemasAt(scenarioSchema, data, keys).some((schema) => rangeOf(schema)?.isWhole === true);
  return { kind: 'range', path, low, high, scale, isWhole };
}

/** Refuses a path that two factors name. */
export function refuseTwice(factors: readonly Factor[], flag: string): void {
  const paths = factors.map(({ path }) => path);
  const twice = paths.find((path, at) => paths.indexOf(path) !== at);
  if (twice === undefined) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: flag },
    found: `${echo(twice)} is named twice`,
    next: 'Give all of its values in one flag.',
  });
}

/** Commas within brackets, braces or quotes do not part levels. */
function splitLevels(raw: string): string[] {
  const levels: string[] = [];
  let [depth, quote, from] = [0, '', 0];
  for (let at = 0; at <= raw.length; at++) {
    const letter = raw[at];
    if (at === raw.length || (letter === ',' && depth === 0 && quote === '')) {
      levels.push(raw.slice(from, at).trim());
      from = at + 1;
    } else if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '[' || letter === '{') depth++;
    else if (letter === ']' || letter === '}') depth--;
  }
  return levels.filter((level) => level !== '');
}

/** The value at a position in [0, 1), as a raw text. Levels have equal parts of it. */
export function valueAt(factor: Factor, unit: number): string {
  if (factor.kind === 'levels')
    return factor.levels[Math.min(factor.levels.length - 1, Math.floor(unit * factor.levels.length))];
  return String(numberAt(factor, unit));
}

/** The number of a range at a position in [0, 1]. Whole numbers have equal parts of it. */
export function numberAt({ low, high, scale, isWhole }: Range, unit: number): number {
  const [from, to] = isWhole ? [low, high + 1] : [low, high];
  const value = scale === 'log' ? exp(log(from) + unit * (log(to) - log(from))) : from + unit * (to - from);
  return isWhole ? Math.min(high, Math.floor(value)) : Math.min(high, Math.max(low, value));
}
