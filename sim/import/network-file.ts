/**
 * Networks as GEXF or GraphML: nodes become agents, edges ties, with weights and times where edges have them.
 *
 * GEXF: `weight`, `start` (or `timestamp`) of an edge, or an attribute of edges with such a title; `defaultedgetype` and `type`. GraphML: `data`
 * of keys whose name is weight, time, timestamp or start; `edgedefault` and `directed`. An undirected edge is two ties.
 * Left out and counted: a node whose id stands twice (the first stays), an edge whose end is no node, an edge with more than two ends.
 * All problems of numbers come together; what is no XML ends the reading (`xml.ts`).
 */
import { InputError, echo } from '../ground/errors.ts';
import { ProblemList } from '../scenario/problems-list.ts';
import { openSource } from '../scenario/table-source.ts';
import { msOfNumber, msOfText } from '../scenario/table-time.ts';
import { RowTally } from './gathered.ts';
import { readXml } from './xml.ts';
import type { Place } from '../ground/errors.ts';
import type { EdgeRows } from './edge-list.ts';
import type { XmlHandler } from './xml.ts';

const byteCountMax = 64 * 1024 * 1024 * 1024;
const timeNames = ['time', 'timestamp', 'start', 'created_at'];

type Attributes = ReadonlyMap<string, string>;

/** Reads a network file. */
export function readNetworkFile(path: string): { readonly rows: EdgeRows; readonly dropped: RowTally } {
  const source = openSource(path, byteCountMax);
  try {
    const network = new NetworkReading(source.file);
    readXml(source, network);
    return network.finish();
  } finally {
    source.close();
  }
}

/** An edge that is being read. */
interface OpenEdge {
  readonly source: string;
  readonly target: string;
  readonly isDirected: boolean;
  readonly line: number;
  weight: string | undefined;
  time: string | undefined;
}

class NetworkReading implements XmlHandler {
  readonly #file: string;
  readonly #problems: ProblemList;
  readonly #dropped = new RowTally();
  readonly #numbers = new Map<string, number>();
  readonly #labels: string[] = [];
  readonly #edges: OpenEdge[] = [];
  /** Id of a key or attribute => what it is. */
  readonly #roleOf = new Map<string, 'weight' | 'time'>();
  readonly #path: string[] = [];
  #isGraphml = false;
  #isDirected = true;
  #attributeClass = '';
  #edge: OpenEdge | undefined;
  #dataKey = '';

  constructor(file: string) {
    this.#file = file;
    this.#problems = new ProblemList(file);
  }

  open(name: string, attributes: Attributes, place: Place): void {
    if (this.#path.length === 0) this.#root(name, place);
    this.#path.push(name);
    if (name === 'graph') this.#graph(attributes);
    else if (name === 'node') this.#node(attributes, place);
    else if (name === 'edge') this.#openEdge(attributes, place);
    else if (name === 'hyperedge')
      this.#dropped.add(
        'edge with more than two ends',
        () => place,
        () => 'hyperedge',
      );
    else if (name === 'key' && attributes.get('for') !== 'node')
      this.#role(attributes.get('id'), attributes.get('attr.name'));
    else if (name === 'attributes') this.#attributeClass = attributes.get('class') ?? '';
    else if (name === 'attribute' && this.#attributeClass === 'edge')
      this.#role(attributes.get('id'), attributes.get('title'));
    else if (name === 'attvalue')
      this.#value(attributes.get('for') ?? attributes.get('id') ?? '', attributes.get('value') ?? '');
    else if (name === 'data') this.#dataKey = attributes.get('key') ?? '';
  }

  close(name: string, text: string): void {
    this.#path.pop();
    if (name === 'data') this.#value(this.#dataKey, text.trim());
    if (name !== 'edge' || this.#edge === undefined) return;
    this.#edges.push(this.#edge);
    this.#edge = undefined;
  }

  #root(name: string, place: Place): void {
    this.#isGraphml = name === 'graphml';
    if (this.#isGraphml || name === 'gexf') return;
    const next = 'Give a document of GEXF or GraphML, or an edge list as CSV.';
    throw new InputError({ code: 'INPUT_SYNTAX', place, found: `<${name}> opens neither GEXF nor GraphML`, next });
  }

  #graph(attributes: Attributes): void {
    const type = attributes.get(this.#isGraphml ? 'edgedefault' : 'defaultedgetype');
    // Where nothing is said, GraphML must say it and GEXF means undirected.
    this.#isDirected = type === undefined ? this.#isGraphml : type === 'directed';
  }

  #node(attributes: Attributes, place: Place): void {
    const id = this.#needed(attributes, 'id', 'node', place);
    if (id === undefined) return;
    if (this.#numbers.has(id)) {
      this.#dropped.add(
        'node whose id stands twice',
        () => place,
        () => echo(id),
      );
      return;
    }
    this.#numbers.set(id, this.#numbers.size);
    this.#labels.push(attributes.get('label') ?? '');
  }

  #openEdge(attributes: Attributes, place: Place): void {
    const source = this.#needed(attributes, 'source', 'edge', place);
    const target = this.#needed(attributes, 'target', 'edge', place);
    if (source === undefined || target === undefined) return;
    const said = this.#isGraphml ? attributes.get('directed') : attributes.get('type');
    const isDirected =
      said === undefined ? this.#isDirected : said === 'true' || said === 'directed' || said === 'mutual';
    const time = timeNames.map((name) => attributes.get(name)).find((value) => value !== undefined);
    const line = place.line ?? 0;
    const edge = {
      source,
      target,
      isDirected: isDirected && said !== 'mutual',
      line,
      weight: attributes.get('weight'),
      time,
    };
    this.#edge = edge;
  }

  #needed(attributes: Attributes, name: string, element: string, place: Place): string | undefined {
    const value = attributes.get(name);
    if (value !== undefined && value !== '') return value;
    this.#problems.add({ code: 'INPUT_REQUIRED', place, found: `<${element}> has no ${name}`, next: 'Add it.' });
    return undefined;
  }

  #role(id: string | undefined, title: string | undefined): void {
    const name = (title ?? id ?? '').toLowerCase();
    if (id === undefined) return;
    if (name === 'weight') this.#roleOf.set(id, 'weight');
    else if (timeNames.includes(name)) this.#roleOf.set(id, 'time');
  }

  /** A value of the edge that is open. */
  #value(id: string, value: string): void {
    const role = this.#roleOf.get(id);
    if (role !== undefined && this.#edge !== undefined) this.#edge[role] = value;
  }

  finish(): { rows: EdgeRows; dropped: RowTally } {
    const kept = this.#edges.filter((edge) => this.#isSound(edge));
    const hasTimes = kept.some(({ time }) => time !== undefined);
    const hasWeights = kept.some(({ weight }) => weight !== undefined);
    const timeMs = Float64Array.from(hasTimes ? kept : [], (edge) => this.#timeOf(edge));
    const weight = Float64Array.from(hasWeights ? kept : [], (edge) => this.#weightOf(edge));
    if (this.#numbers.size === 0 && this.#problems.count === 0) {
      this.#problems.add({
        code: 'INPUT_EMPTY',
        place: { file: this.#file },
        found: 'holds no node',
        next: 'Add nodes.',
      });
    }
    this.#problems.throwIfAny();
    // An undirected edge stands twice: once from each end.
    const row = kept.flatMap(({ isDirected }, i) => (isDirected ? [i] : [i, -i - 1]));
    const edgeOf = Int32Array.from(row, (i) => (i < 0 ? -i - 1 : i));
    const end = (i: number, name: 'source' | 'target'): number => this.#numbers.get(kept[edgeOf[i]][name]) ?? -1;
    const rows: EdgeRows = {
      ids: [...this.#numbers.keys()],
      ...(this.#labels.some((label) => label !== '') ? { labels: this.#labels } : {}),
      from: Int32Array.from(row, (i, at) => end(at, i < 0 ? 'target' : 'source')),
      to: Int32Array.from(row, (i, at) => end(at, i < 0 ? 'source' : 'target')),
      ...(hasTimes ? { timeMs: Float64Array.from(edgeOf, (i) => timeMs[i]) } : {}),
      ...(hasWeights ? { weight: Float64Array.from(edgeOf, (i) => weight[i]) } : {}),
      placeOf: (at) => ({ file: this.#file, line: kept[edgeOf[at]].line }),
    };
    return { rows, dropped: this.#dropped };
  }

  #isSound({ source, target, line }: OpenEdge): boolean {
    const lost = [source, target].find((id) => !this.#numbers.has(id));
    if (lost === undefined) return true;
    const place = { file: this.#file, line };
    this.#dropped.add(
      'edge whose end is no node',
      () => place,
      () => `${echo(source)} -> ${echo(target)}: ${echo(lost)}`,
    );
    return false;
  }

  /** An edge without a weight has 1, as GEXF says. */
  #weightOf({ weight, line }: OpenEdge): number {
    if (weight === undefined) return 1;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(weight) ? Number(weight) : NaN;
    if (Number.isFinite(value)) return value;
    const place = { file: this.#file, line };
    this.#problems.add({
      code: 'INPUT_NUMBER',
      place,
      found: `weight must be a number, got ${echo(weight)}`,
      next: 'Write 0.5.',
    });
    return 0;
  }

  #timeOf({ time, line }: OpenEdge): number {
    const ms = time === undefined ? NaN : /^-?\d+(\.\d+)?$/.test(time) ? msOfNumber(Number(time)) : msOfText(time);
    if (!Number.isNaN(ms)) return ms;
    const place = { file: this.#file, line };
    const found =
      time === undefined
        ? 'the edge has no time, and others have one'
        : `the time of an edge must be one, got ${echo(time)}`;
    const code = time === undefined ? 'INPUT_REQUIRED' : 'INPUT_TYPE';
    this.#problems.add({ code, place, found, next: 'Write 2026-01-28T19:24:55Z, or seconds since 1970.' });
    return 0;
  }
}
