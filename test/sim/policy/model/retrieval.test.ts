/**
 * What comes to mind, beside the formula written out; folded acts beside counting; the index of notes beside sorting.
 */
import { describe, expect, it } from 'vitest';
import { doneText, foldPairsMax, foldSentence, foldText } from '../../../../sim/policy/model/folding.ts';
import { retrieve, wordCosine, wordCounts } from '../../../../sim/policy/model/retrieval.ts';
import { philoxStream } from '../archetypes/philox-stream.ts';
import type { Memory } from '../../../../sim/world/memories.ts';
import type { MemoryPlan } from '../../../../sim/policy/model/settings.ts';

const plan: MemoryPlan = {
  recalledCount: 5,
  decayShare: 0.9,
  recencyWeight: 0.5,
  relevanceWeight: 3,
  importanceWeight: 2,
  foldCount: 8,
};
const words = 'rent tram tax bridge key market rain quarrel friend vote'.split(' ');

function notesOf(count: number, uniform: () => number): Memory[] {
  return Array.from({ length: count }, (_, i) => ({
    tick: count - i,
    importance: Math.floor(uniform() * 11),
    text: Array.from({ length: 4 }, () => words[Math.floor(uniform() * words.length)]).join(' '),
  }));
}

describe('retrieve', () => {
  it('takes two of five places by importance and the rest by 0.5 recency + 3 relevance + 2 importance, each scaled', () => {
    const uniform = philoxStream(3);
    for (let round = 0; round < 40; round++) {
      const notes = notesOf(3 + Math.floor(uniform() * 30), uniform);
      const situation = `${words[round % 10]} and ${words[(round * 3) % 10]}`;
      const scale = (values: number[]): number[] => {
        const [least, most] = [Math.min(...values), Math.max(...values)];
        return values.map((value) => (most > least ? (value - least) / (most - least) : 0));
      };
      const recency = scale(
        notes.map((_, rank) =>
          Array<number>(rank)
            .fill(0.9)
            .reduce((x, y) => x * y, 1),
        ),
      );
      const relevance = scale(notes.map(({ text }) => wordCosine(wordCounts(text), wordCounts(situation))));
      const importance = scale(notes.map((note) => note.importance));
      const score = notes.map((_, i) => 0.5 * recency[i] + 3 * relevance[i] + 2 * importance[i]);
      const order = [...notes.keys()];
      const kept = order.toSorted((x, y) => notes[y].importance - notes[x].importance || x - y).slice(0, 2);
      const rest = order.toSorted((x, y) => score[y] - score[x] || x - y).filter((i) => !kept.includes(i));
      const expected = [...kept, ...rest].slice(0, 5).sort((x, y) => y - x);
      expect(retrieve(notes, situation, plan)).toEqual(expected.map((i) => notes[i]));
    }
  });

  it('wordCosine: 1 for the same words, 0 for none in common, and case does not count', () => {
    expect(wordCosine(wordCounts('Rent, tram'), wordCounts('TRAM rent'))).toBeCloseTo(1, 12);
    expect(wordCosine(wordCounts('rent'), wordCounts('tram'))).toBe(0);
    expect(wordCosine(wordCounts('a b'), wordCounts('a b'))).toBe(0);
  });
});

describe('folding', () => {
  it('counts add up to the acts, the most frequent partners by name and the rest by verb, however often it is folded', () => {
    const uniform = philoxStream(9);
    const counts = new Map<string, number>();
    let fold: Memory | undefined;
    let acts = 0;
    for (let round = 0; round < 12; round++) {
      const done = Array.from({ length: 8 }, () => {
        const partner = `agent ${Math.floor(uniform() * uniform() * 40)}`;
        return { tick: round, importance: 0, text: doneText(uniform() < 0.5 ? 'like' : 'reply', partner) };
      });
      for (const { text } of done) counts.set(text, (counts.get(text) ?? 0) + 1);
      acts += done.length;
      fold = { tick: round, importance: 0, text: foldText(fold, done) };
      const lines = fold.text.split('\n');
      expect(lines.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0)).toBe(acts);
      expect(lines.filter((line) => line.includes('agent')).length).toBeLessThanOrEqual(foldPairsMax);
      if (counts.size <= foldPairsMax) {
        for (const [text, count] of counts) expect(lines).toContain(`${count} ${text}`);
      }
    }
    expect(foldSentence(fold)).toMatch(/^Before tick 11 you did: /);
    expect(foldSentence(undefined)).toBe('');
  });
});
