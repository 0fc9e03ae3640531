/**
 * Rings of co-acting agents as figures and reports draw them, out of the measure `collusion`, where there is one.
 *
 * Reads the measure's contract alone: `rings[]: {agents[], targets, pValue, qValue, evidence[]}`. Evidence are acts; of each it takes who, when
 * and on what under the names that measures use, and leaves out what has no agent or no time. A version without the measure has no rings,
 * which is not the same as none found.
 */
import { measureNames, measuresOf } from './analyze.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Ring, RingAct } from '../../viz/ring-figure.ts';

const measureName = 'collusion';

/** The rings of a recorded population; undefined where nothing measures them. */
export function ringsOf(records: Records, seed: number): Ring[] | undefined {
  if (!measureNames.includes(measureName)) return undefined;
  const measured = measuresOf(records, [measureName], { seed })[measureName] as { readonly rings?: readonly unknown[] };
  return (measured.rings ?? []).map((ring) => ringOf(ring, records.manifest.tickSeconds / 3600));
}

/** A ring of the measure as it is drawn. */
export function ringOf(measured: unknown, hoursPerTick: number): Ring {
  const ring = fieldsOf(measured);
  const agents = listOf(ring['agents']).map(wordOf);
  const acts = listOf(ring['evidence']).flatMap((one) => actsOf(fieldsOf(one), agents, hoursPerTick));
  const targets = ring['targets'];
  return {
    agents,
    targetCount: Array.isArray(targets)
      ? targets.length
      : (numberOf(targets) ?? new Set(acts.map(({ target }) => target)).size),
    pValue: numberOf(ring['pValue']),
    qValue: numberOf(ring['qValue']),
    acts,
  };
}

/** Acts of a piece of evidence: one act, or the acts of several members on one target. */
function actsOf(one: Fields, agents: readonly string[], hoursPerTick: number): RingAct[] {
  const target = wordOf(one['target'] ?? one['post'] ?? one['content']);
  const inner = listOf(one['acts']);
  if (inner.length > 0) return inner.flatMap((act) => actsOf({ target, ...fieldsOf(act) }, agents, hoursPerTick));
  const hours = numberOf(one['hours']) ?? timesTick(numberOf(one['tick']), hoursPerTick);
  const agent = one['agent'] ?? one['actor'];
  if (agent === undefined || hours === null) return [];
  const words = [one['verb'] ?? one['act'], one['text'] ?? one['words']]
    .filter((part) => typeof part === 'string')
    .join(': ');
  return [{ agent: wordOf(agent), hours, target, ...(words === '' ? {} : { words: `${words} (${target})` }) }];
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function timesTick(tick: number | null, hoursPerTick: number): number | null {
  return tick === null ? null : tick * hoursPerTick;
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
