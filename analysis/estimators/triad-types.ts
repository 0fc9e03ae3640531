/**
 * The sixteen types of three nodes: their names, which ties make them, which wedges a closed one holds, how many chance would give.
 *
 * A name counts mutual, asymmetric and null pairs; D, U, C, T tell apart types with the same three numbers: down (from one node), up (to one
 * node), cyclic, transitive (Holland and Leinhardt 1976, Sociol. Methodol. 7). A code is pair (a, b) + 4 × pair (a, c) + 16 × pair (b, c), and a
 * pair 1 where the first points at the second, 2 where it is pointed at, 3 for both, 0 for neither. Tables are derived from
 * the names' definitions, not written down. Oracle: networkx `triadic_census`, in `test/data/triads.json`.
 */

export const triadTypes = [
  ...['003', '012', '102', '021D', '021U', '021C', '111D', '111U'],
  ...['030T', '030C', '201', '120D', '120U', '120C', '210', '300'],
] as readonly TriadType[];
/** Name of a type. */
export type TriadType = UnconnectedType | OpenType | ClosedType;
type UnconnectedType = '003' | '012' | '102';
/** Two pairs are tied. */
export type OpenType = '021D' | '021U' | '021C' | '111D' | '111U' | '201';
/** All three are. */
export type ClosedType = '030T' | '030C' | '120D' | '120U' | '120C' | '210' | '300';

export const openTypes: readonly OpenType[] = ['021D', '021U', '021C', '111D', '111U', '201'];
export const closedTypes = ['030T', '030C', '120D', '120U', '120C', '210', '300'] as readonly TriadType[];

/** Pairs of nodes of each kind. */
export interface DyadCounts {
  readonly mutual: number;
  readonly asymmetric: number;
  readonly none: number;
}

/** The three pairs of a code, and which of its nodes 0, 1, 2 each asymmetric one points from and to. */
interface Taken {
  readonly pairs: DyadCounts;
  readonly arrows: readonly (readonly [number, number])[];
  /** The node outside the one mutual pair; -1 unless there is one. */
  readonly third: number;
}

const ends = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 2, 0],
] as const;

function take(code: number): Taken {
  const kinds = [code & 3, (code >> 2) & 3, (code >> 4) & 3];
  const countOf = (wanted: (kind: number) => boolean): number => kinds.filter(wanted).length;
  const mutualPair = kinds.indexOf(3);
  const mutual = countOf((kind) => kind === 3);
  return {
    pairs: { mutual, asymmetric: countOf((kind) => kind === 1 || kind === 2), none: countOf((kind) => kind === 0) },
    arrows: kinds.flatMap((kind, pair): [number, number][] => {
      const [one, other] = ends[pair];
      return kind === 1 ? [[one, other]] : kind === 2 ? [[other, one]] : [];
    }),
    third: mutual === 1 ? ends[mutualPair][2] : -1,
  };
}

function typeOf(code: number): TriadType {
  const { pairs, arrows, third } = take(code);
  const name = `${pairs.mutual}${pairs.asymmetric}${pairs.none}`;
  return `${name}${letterOf(name, arrows, third)}` as TriadType;
}

function letterOf(name: string, arrows: Taken['arrows'], third: number): string {
  const sources = arrows.map(([source]) => source);
  const targets = arrows.map(([, target]) => target);
  const isOne = (nodes: readonly number[]): boolean => nodes.every((node) => node === nodes[0]);
  if (name === '021') return isOne(sources) ? 'D' : isOne(targets) ? 'U' : 'C';
  // The arrow runs towards the mutual pair, or away from it.
  if (name === '111') return sources[0] === third ? 'D' : 'U';
  if (name === '030') return new Set(sources).size === 3 ? 'C' : 'T';
  if (name === '120') return isOne(sources) ? 'D' : isOne(targets) ? 'U' : 'C';
  return '';
}

/** Type of each of the 64 codes. */
export const codeTypes: readonly TriadType[] = Array.from({ length: 64 }, (_, code) => typeOf(code));

function perType<Value>(make: (type: TriadType) => Value): Readonly<Record<TriadType, Value>> {
  return Object.fromEntries(triadTypes.map((type) => [type, make(type)])) as Record<TriadType, Value>;
}

/** Pairs of each kind in a triad of each type. */
export const dyadsOfType = perType((type) => take(codeTypes.indexOf(type)).pairs);

/** How many wedges of each open type a triad holds: each of its pairs taken away in turn. For closed types these are three. */
export const wedgesOfClosed = perType((type) => {
  const code = codeTypes.indexOf(type);
  const opened = [code & ~3, code & ~12, code & ~48].map((rest) => codeTypes[rest]);
  return Object.fromEntries(openTypes.map((open) => [open, opened.filter((one) => one === open).length])) as Readonly<
    Record<OpenType, number>
  >;
});

/**
 * Expected count of each type where all graphs with these numbers of mutual, asymmetric and null pairs are equally likely (U|MAN, Holland
 * and Leinhardt 1976): the three pairs are drawn without replacement, and each asymmetric one points either way.
 */
export function expectedTriads(nodeCount: number, pairs: DyadCounts): Readonly<Record<TriadType, number>> {
  const { mutual, asymmetric, none } = pairs;
  const all = mutual + asymmetric + none;
  const triples = (all * (nodeCount - 2)) / 3;
  return perType((type) => {
    const own = dyadsOfType[type];
    if (nodeCount < 3) return 0;
    const ways = codeTypes.filter((one) => one === type).length;
    // One labelled code: its three pairs in order, and the direction of each asymmetric one.
    const odds = falling(mutual, own.mutual) * falling(asymmetric, own.asymmetric) * falling(none, own.none);
    const directions = 1 << own.asymmetric;
    return (triples * ways * odds) / (all * (all - 1) * (all - 2)) / directions;
  });
}

function falling(count: number, length: number): number {
  let product = 1;
  for (let step = 0; step < length; step++) product *= Math.max(0, count - step);
  return product;
}
