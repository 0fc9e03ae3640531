/**
 * Groups of agents beside a map of joined values; which group stands for whom.
 */
import { describe, expect, it } from 'vitest';
import { boardName } from '../../../../sim/world/wording.ts';
import { topicOf } from '../../../../sim/world/posts.ts';
import { groupAgents, standingNode } from '../../../../sim/policy/archetypes/grouping.ts';
import { choiceBook } from '../../../../sim/policy/archetypes/contexts.ts';
import { smallPopulation } from '../../worlds.ts';
import type { ArchetypePlan } from '../../../../sim/policy/archetypes/settings.ts';

const count = 400;
const base = smallPopulation({ agents: count });
const ages = Int32Array.from({ length: count }, (_, i) => -5 + ((i * 37) % 61));
const labels = ['red', 'green', 'blue'];
const population = {
  ...base,
  policy: Uint8Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 0 : 1)),
  traits: [
    { name: 'age', value: ages },
    { name: 'colour', labels, value: Int32Array.from({ length: count }, (_, i) => (i * 7) % 3) },
  ],
};
const plan = {
  by: [{ trait: 'age', width: 20 }, { trait: 'topic' }],
  splitBy: [{ trait: 'colour' }],
} as unknown as ArchetypePlan;

function binOf(age: number): string {
  const first = Math.floor(age / 20) * 20;
  return `${first} to ${first + 19}`;
}

describe('groupAgents', () => {
  const { nodes, nodeOf, levelCount } = groupAgents(population, 1, plan);

  it('puts those and only those together who share every value, level by level', () => {
    const words = (i: number, level: number): string =>
      [binOf(ages[i]), boardName(topicOf(base.interest, i * 8)), ...(level === 1 ? [labels[(i * 7) % 3]] : [])].join(
        '|',
      );
    for (let level = 0; level < levelCount; level++) {
      const groups = Map.groupBy(
        Array.from({ length: count }, (_, i) => i).filter((i) => population.policy[i] === 1),
        (i) => words(i, level),
      );
      const own = nodes.filter((node) => node.level === level);
      expect(own).toHaveLength(groups.size);
      for (const [text, members] of groups) {
        const [node, ...others] = new Set(members.map((i) => nodeOf[level * count + i]));
        expect(others).toEqual([]);
        expect(nodes[node].values.map(([, value]) => value).join('|')).toBe(text);
        expect(nodes[node].members).toBe(members.length);
      }
    }
  });

  it('leaves out agents of other policies, and numbers parents before their parts', () => {
    for (let i = 0; i < count; i += 5) expect(nodeOf[i]).toBe(-1);
    nodes.forEach(({ parent }, node) => {
      expect(parent).toBeLessThan(node);
    });
  });

  it('standingNode goes down where a group is split and nowhere else', () => {
    const split = new Uint8Array(nodes.length + 3);
    split[3 + nodeOf[1]] = 1;
    const grouping = { policy: 1, nodes, nodeOf, levelCount };
    for (let i = 0; i < count; i++) {
      const expected = nodeOf[i] === nodeOf[1] ? nodeOf[count + i] : nodeOf[i];
      expect(standingNode(grouping, count, i, split, 3)).toBe(expected);
    }
  });
});

it('choiceBook: acts on items and posting have contexts of their own, and only those that there are', () => {
  expect(choiceBook({ acts: ['like', 'post'] }).contexts.map(({ choices }) => choices)).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 2],
  ]);
  expect(choiceBook({ acts: ['post'] })).toMatchObject({ looksAtItems: false, unprompted: 0 });
  expect(choiceBook({ acts: ['like'] })).toMatchObject({ looksAtItems: true, unprompted: -1 });
});
