/**
 * What figures are made of: records, and what several figures ask of them, each made once and kept.
 *
 * Reads a recorded population through its reader; arms beside it, each one or several worlds. Measures that live above this floor (rings)
 * come in through a port. Order: nothing is made before it is asked for.
 * Invariant: what is kept is a function of the records and the seed.
 */
import { measureCascades, type CascadeTable } from '../../analysis/estimators/cascade.ts';
import { measureAdoptionOf, type AdoptionMeasure } from '../../analysis/measures/adoption.ts';
import { measureCascadesOf, type CascadesMeasure } from '../../analysis/measures/cascades.ts';
import {
  edgesOf,
  mainLayer,
  sharingOf,
  type RecordedLayer,
  type Sharing,
} from '../../analysis/measures/from-records.ts';
import { LayerGraph } from '../../analysis/measures/network-layer.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { groupThousands } from '../axes.ts';
import type { Figure } from '../figure.ts';
import type { Ring } from '../ring-figure.ts';

/** Runs that differ in something: a name, and the worlds that were run so. */
export interface FigureArm {
  readonly name: string;
  readonly worlds: readonly Records[];
}

/** What a source is made with. */
export interface FigureOptions {
  readonly seed: number;
  /** Arms beside the run, for figures that compare. The run itself is the first arm. */
  readonly arms?: readonly FigureArm[];
  /** Rings of co-acting agents, if somebody has measured them. */
  readonly rings?: () => readonly Ring[] | undefined;
}

/** A kind of figure of a run. `lacks` says in words why a run cannot give it; undefined where it can. */
export interface FigureKind {
  readonly name: string;
  /** What it shows, in one line. */
  readonly shows: string;
  lacks(source: FigureSource): string | undefined;
  draw(source: FigureSource): Figure;
  /** What a reader needs to know beside the picture. */
  caption(source: FigureSource): string;
}

/** Records with what figures ask of them. */
export class FigureSource {
  readonly records: Records;
  readonly options: FigureOptions;
  private readonly known = new Map<string, unknown>();

  constructor(records: Records, options: FigureOptions) {
    this.records = records;
    this.options = options;
  }

  get seed(): number {
    return this.options.seed;
  }

  /** Which run, how large, which seed and digest: the last line of every figure. */
  get line(): string {
    const { manifest, head } = this.records;
    const size = `${groupThousands(String(manifest.agents))} agents, ${groupThousands(String(head.ticks))} ticks of ${manifest.tickSeconds} s`;
    const digest = `digest ${head.digest.slice(0, 12)}`;
    const who = `mesocosm ${manifest.engine}`;
    if (dataSetOf(manifest) !== undefined) return `Source: ${manifest.scenario}, observed, ${size}; ${digest}; ${who}`;
    return `Source: ${manifest.scenario}, ${size}, seed ${manifest.seed}; ${digest}; ${who}`;
  }

  /** The same for figures that set arms beside one another. */
  get armLine(): string {
    const others = (this.options.arms ?? []).map(
      ({ name, worlds }) =>
        `${name} (seeds ${worlds
          .map(({ manifest }) => manifest.seed)
          .sort((a, b) => a - b)
          .join(' ')})`,
    );
    return others.length === 0 ? this.line : `${this.line}; beside it ${others.join(', ')}`;
  }

  get hoursPerTick(): number {
    return this.records.manifest.tickSeconds / 3600;
  }

  get isDataSet(): boolean {
    return dataSetOf(this.records.manifest) !== undefined;
  }

  /** What the data are called: what a run makes is simulated, what was imported was observed. */
  get kind(): 'observed' | 'simulated' {
    return this.isDataSet ? 'observed' : 'simulated';
  }

  get sharing(): Sharing {
    return this.once('sharing', () => sharingOf(this.records));
  }

  get cascadeTable(): CascadeTable {
    return this.once('cascadeTable', () => measureCascades(this.sharing.columns));
  }

  get cascades(): CascadesMeasure {
    return this.once('cascades', () => measureCascadesOf(this.sharing.columns, { seed: this.seed }));
  }

  get adoption(): AdoptionMeasure {
    return this.once('adoption', () => measureAdoptionOf(this.records, { seed: this.seed }));
  }

  get layerName(): RecordedLayer {
    return mainLayer(this.records);
  }

  /** The layer that the records are about: with agents without a tie where it is of follows. */
  get layer(): LayerGraph {
    return this.once('layer', () =>
      LayerGraph.of(edgesOf(this.records, this.layerName), this.layerName === 'follow' ? 'kept' : 'dropped'),
    );
  }

  get rings(): readonly Ring[] | undefined {
    return this.once('rings', () => this.options.rings?.());
  }

  /** The run itself as the first arm, then those beside it. */
  get arms(): readonly FigureArm[] {
    const others = this.options.arms ?? [];
    return [{ name: this.armName, worlds: [this.records] }, ...others];
  }

  private get armName(): string {
    const { directory, manifest } = this.records;
    const [last = ''] = directory
      .split('/')
      .filter((part) => part !== '')
      .slice(-1);
    return (this.options.arms ?? []).length === 0 ? manifest.scenario : last;
  }

  agentName(agent: number): string {
    return externalId(this.records.population.ids, agent);
  }

  /** Where a large cascade stands among the rows of `sharing`: its rows from the root on, in the order of the log. */
  get largest(): CascadeRowsOf | undefined {
    return this.once('largest', () => largestCascade(this));
  }

  once<Value>(name: string, make: () => Value): Value {
    if (!this.known.has(name)) this.known.set(name, make());
    return this.known.get(name) as Value;
  }
}

/** Rows of one cascade. */
export interface CascadeRowsOf {
  /** Its place in the table of cascades. */
  readonly place: number;
  readonly root: number;
  readonly rows: readonly number[];
}

/** The cascade with the most users; the first of those. Undefined where nothing was posted. */
function largestCascade({ cascadeTable, sharing }: FigureSource): CascadeRowsOf | undefined {
  const { size, root } = cascadeTable;
  if (size.length === 0) return undefined;
  const place = size.reduce((best, count, at) => (count > size[best] ? at : best), 0);
  return { place, root: root[place], rows: rowsOfCascade(sharing, root[place]) };
}

/** The rows that hang on a root, itself included. */
export function rowsOfCascade({ columns: { parent } }: Sharing, root: number): number[] {
  const isIn = new Set([root]);
  const rows = [root];
  for (let row = root + 1; row < parent.length; row++) {
    if (!isIn.has(parent[row])) continue;
    isIn.add(row);
    rows.push(row);
  }
  return rows;
}
