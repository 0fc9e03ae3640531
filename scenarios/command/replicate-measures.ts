/**
 * Measures of one replicate by name: what a sweep tabulates, what a calibration aims at, what a study has registered.
 *
 * A name is a quantity of `quantities.ts` (`cascades.meanSize`), a number inside a measure of `analyze` by its path
 * (`cascades.powerLaw.alpha`), or a number of `run --json` (`counts.posts`); `@reply` behind it takes ties of another layer. Reads a world and its manifest. Invariant: what a clock or the
 * machine decides is refused, so that a table is the same wherever it was made; a value that does not exist is null.
 */
import { InputError, echo } from '../../sim/ground/errors.ts';
import { nearestName } from '../../sim/scenario/problems-words.ts';
import { layerOf, measureNames } from './analyze.ts';
import { quantities } from './quantities.ts';
import { summaryOf } from './run.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { World } from './quantities.ts';

/** Fields of `run --json` that a sweep may read. */
const runFields = ['counts', 'agents', 'ticks', 'invariants'];
const clockFields = ['seconds', 'cpuSeconds', 'agentTicksPerSecond', 'peakRssBytes', 'workers'];

/** A measure's name, and the layer behind its `@`. */
export function layeredName(text: string): { name: string; layer?: string } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { name: text } : { name: text.slice(0, at), layer: text.slice(at + 1) };
}

/** Refuses names that cannot be measures, all of them at once. Paths within a measure are looked at in the first world. */
export function checkMeasures(names: readonly string[], flag = '--measure'): void {
  const problems = names.flatMap((whole): Problem[] => {
    const { name, layer } = layeredName(whole);
    if (layer !== undefined) layerOf(layer);
    if (Object.hasOwn(quantities, name)) return [];
    const [first, ...rest] = name.replace(/^run\./, '').split('.');
    const place = { file: flag };
    if (clockFields.includes(first)) {
      const found = `${echo(name)} depends on the machine`;
      return [{ code: 'INPUT_COMBINATION', place, found, next: 'Measure counts, or a field of analyze.' }];
    }
    const isKnown = measureNames.includes(first) ? rest.length > 0 : runFields.includes(first);
    if (isKnown) return [];
    const known = [...measureNames, ...runFields];
    const near = nearestName(first, known) ?? nearestName(name, Object.keys(quantities));
    const meant = near === undefined ? '' : `Did you mean ${near}? `;
    const found = `${echo(name)} is not a measure`;
    return [{ code: 'INPUT_UNKNOWN_NAME', place, found, next: `${meant}Name a path below ${known.join(', ')}.` }];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** The value of a measure in a world; null where it does not exist there. `isStrict`: a path that leads to no number is refused. */
export function measureValue(world: World, name: string, isStrict: boolean): number | null {
  if (Object.hasOwn(quantities, name)) return quantities[name].find(world).value;
  const path = name.replace(/^run\./, '').split('.');
  const isAnalyzed = measureNames.includes(path[0]);
  let here: unknown = isAnalyzed ? world.at(path[0]) : summaryOf(world.records.manifest);
  const keys = isAnalyzed ? path.slice(1) : path;
  for (const [depth, key] of keys.entries()) {
    const isContainer = typeof here === 'object' && here !== null;
    if (isContainer && !Array.isArray(here) && !Object.hasOwn(here as object, key) && isStrict) {
      refusePath(name, path.slice(0, path.length - keys.length + depth).join('.'), key, here as object);
    }
    here = isContainer ? (here as Record<string, unknown>)[key] : undefined;
  }
  if (typeof here === 'number') return Number.isFinite(here) ? here : null;
  if (isStrict && here !== null && here !== undefined) {
    const fields = typeof here === 'object' ? ` Below it: ${Object.keys(here).slice(0, 12).join(', ')}.` : '';
    throw new InputError({
      code: 'INPUT_TYPE',
      place: { file: name },
      found: 'the measure is not a number',
      next: `Name a number inside it.${fields}`,
    });
  }
  return null;
}

function refusePath(name: string, above: string, key: string, here: object): never {
  const known = Object.keys(here);
  const near = nearestName(key, known);
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    place: { file: name },
    found: `${above === '' ? 'the run' : above} has no ${echo(key)}`,
    next: `${near === undefined ? '' : `Did you mean ${near}? `}It has ${known.slice(0, 20).join(', ')}.`,
  });
}
