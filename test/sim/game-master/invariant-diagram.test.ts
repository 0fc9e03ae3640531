/**
 * Decision diagrams against truth tables: what a function is, and that equal functions are one number.
 */
import { describe, expect, test } from 'vitest';
import { choice, cofactor, conjunction, createDiagram } from '../../../sim/game-master/invariant/diagram.ts';
import { disjunction, equivalence, ever, negation, never } from '../../../sim/game-master/invariant/diagram.ts';
import { variable } from '../../../sim/game-master/invariant/diagram.ts';
import type { Node } from '../../../sim/game-master/invariant/diagram.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';

const levels = 4;
const rows = Array.from({ length: 1 << levels }, (_, row) => row);

function refuse(): never {
  throw new InvariantError('the diagram is full');
}

describe('diagrams', () => {
  test('nodes: each has the truth table of its operation, and one table has one node, over 1,000 random rounds', () => {
    const diagram = createDiagram(refuse);
    const stream = randomStream(20260403, streamPurposes.sample);
    const nodes: Node[] = [never, ever, ...rows.slice(0, levels).map((level) => variable(diagram, level))];
    const tableOf = (node: Node): string => rows.map((row) => cofactor(diagram, node, levels, row)).join('');
    const nodeOfTable = new Map(nodes.map((node) => [tableOf(node), node]));
    const pick = (): Node => nodes[stream.below(nodes.length)];
    for (let k = 0; k < 1000; k++) {
      const [f, g, h] = [pick(), pick(), pick()];
      const made = [
        [negation(diagram, f), (a: number) => 1 - a],
        [conjunction(diagram, f, g), (a: number, b: number) => a & b],
        [disjunction(diagram, f, g), (a: number, b: number) => a | b],
        [equivalence(diagram, f, g), (a: number, b: number) => Number(a === b)],
        [choice(diagram, f, g, h), (a: number, b: number, c: number) => (a === 1 ? b : c)],
      ] as const;
      for (const [node, rule] of made) {
        const [ofF, ofG, ofH] = [tableOf(f), tableOf(g), tableOf(h)];
        const expected = rows.map((row) => rule(Number(ofF[row]), Number(ofG[row]), Number(ofH[row]))).join('');
        expect(tableOf(node)).toBe(expected);
        expect(nodeOfTable.get(expected) ?? node).toBe(node);
        if (!nodeOfTable.has(expected)) nodes.push(node);
        nodeOfTable.set(expected, node);
      }
    }
    expect(nodeOfTable.size).toBeGreaterThan(1000);
  });
});
