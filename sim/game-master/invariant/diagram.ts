/**
 * Reduced ordered binary decision diagrams: one number for each Boolean function, whatever formula it was written as.
 *
 * A node is a variable (its level: lower levels are asked first) and the two functions that remain when it is false or true. Nodes
 * are hash-consed, so two functions are equal exactly if their numbers are, which is what bounds the number of states of a monitor.
 * Writes only its own tables, which live as long as one compilation.
 * Invariant: levels grow from parent to child, and no node has equal children. Oracle: the truth tables that
 * `test/sim/game-master/invariant-diagram.test.ts` computes.
 * Source: Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE Transactions on Computers 35, 1986.
 */

/** A Boolean function; `never` and `ever` are the constants. */
export type Node = number;

export const never: Node = 0;
export const ever: Node = 1;

/** Most nodes of one diagram. A key (level, low, high) needs 16 + 2 x 18 = 52 bits, so that a number holds it exactly. */
export const nodeCountMax = 1 << 18;

/** Level of the constants: behind every variable. */
const constantLevel = 0xffff;

/** The tables of one diagram: `level`, `low` and `high` by node. */
export interface Diagram {
  readonly level: number[];
  readonly low: Node[];
  readonly high: Node[];
  readonly nodeOfKey: Map<number, Node>;
  readonly conjunctions: Map<number, Node>;
  readonly negations: Map<Node, Node>;
  /** Called when the diagram is full: it must throw. */
  readonly refuse: () => never;
}

/** A diagram that holds the two constants. */
export function createDiagram(refuse: () => never): Diagram {
  return {
    level: [constantLevel, constantLevel],
    low: [never, ever],
    high: [never, ever],
    nodeOfKey: new Map(),
    conjunctions: new Map(),
    negations: new Map(),
    refuse,
  };
}

/** The function that is one variable. */
export function variable(diagram: Diagram, level: number): Node {
  return nodeAt(diagram, level, never, ever);
}

function nodeAt(diagram: Diagram, level: number, low: Node, high: Node): Node {
  if (low === high) return low;
  const key = (level * nodeCountMax + low) * nodeCountMax + high;
  const known = diagram.nodeOfKey.get(key);
  if (known !== undefined) return known;
  const node = diagram.level.length;
  if (node === nodeCountMax) diagram.refuse();
  diagram.level.push(level);
  diagram.low.push(low);
  diagram.high.push(high);
  diagram.nodeOfKey.set(key, node);
  return node;
}

/** Where f does not hold. */
export function negation(diagram: Diagram, f: Node): Node {
  if (f <= ever) return 1 - f;
  const known = diagram.negations.get(f);
  if (known !== undefined) return known;
  const low = negation(diagram, diagram.low[f]);
  const node = nodeAt(diagram, diagram.level[f], low, negation(diagram, diagram.high[f]));
  diagram.negations.set(f, node);
  diagram.negations.set(node, f);
  return node;
}

/** Where both hold. */
export function conjunction(diagram: Diagram, f: Node, g: Node): Node {
  if (f === never || g === never) return never;
  if (f === ever || f === g) return g;
  if (g === ever) return f;
  const key = f < g ? f * nodeCountMax + g : g * nodeCountMax + f;
  const known = diagram.conjunctions.get(key);
  if (known !== undefined) return known;
  const { level, low, high } = diagram;
  const top = level[f] < level[g] ? level[f] : level[g];
  const ofLow = conjunction(diagram, level[f] === top ? low[f] : f, level[g] === top ? low[g] : g);
  const ofHigh = conjunction(diagram, level[f] === top ? high[f] : f, level[g] === top ? high[g] : g);
  const node = nodeAt(diagram, top, ofLow, ofHigh);
  diagram.conjunctions.set(key, node);
  return node;
}

/** Where at least one holds. */
export function disjunction(diagram: Diagram, f: Node, g: Node): Node {
  return negation(diagram, conjunction(diagram, negation(diagram, f), negation(diagram, g)));
}

/** Where both hold or neither does. */
export function equivalence(diagram: Diagram, f: Node, g: Node): Node {
  return choice(diagram, f, g, negation(diagram, g));
}

/** Where `high` holds if `condition` does, and `low` otherwise. */
export function choice(diagram: Diagram, condition: Node, high: Node, low: Node): Node {
  const then = conjunction(diagram, condition, high);
  return disjunction(diagram, then, conjunction(diagram, negation(diagram, condition), low));
}

/** What remains of f once each variable of a level below `count` is the bit of that number in `values`. `count` is at most 31. */
export function cofactor(diagram: Diagram, f: Node, count: number, values: number): Node {
  let node = f;
  while (diagram.level[node] < count) {
    const bit = (values >>> diagram.level[node]) & 1;
    node = bit === 0 ? diagram.low[node] : diagram.high[node];
  }
  return node;
}
