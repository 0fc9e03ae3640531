/**
 * Which notes come to mind: those with the highest
 *
 *     score = recencyWeight * recency + relevanceWeight * relevance + importanceWeight * importance
 *
 * each part scaled to [0, 1] over the notes at hand (all 0 where all are alike). Recency is decay^rank, rank 0 for the newest; relevance is
 * the cosine of word counts with what is before the agent; importance is what it said it was. Only additions, products and square roots
 * in a fixed order, so that every machine ranks alike. Ties go to the newer.
 * Source: Generative Agents, retrieval of memories; there relevance is a cosine of embeddings, here of words, because a prompt
 * must not hang on a second model. We depart in one more thing: a quarter of the places goes to what matters most, because many notes
 * that say the same as what is before the agent would push out the one fact that it must not forget. Oracle: `test/sim/policy/model/retrieval.test.ts`.
 */
import { foldName } from '../../world/naming.ts';
import type { Memory } from '../../world/memories.ts';
import type { MemoryPlan } from './settings.ts';

/** What stands between blanks and the signs of ASCII. No classes of Unicode: what is a letter differs between versions of it. */
const wordPattern = /[^\s!-/:-@[-`{-~]{3,}/g;

/** Words of a text with their counts. Words of one and two letters say little. */
export function wordCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of foldName(text).matchAll(wordPattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Cosine of two counts, in [0, 1]; 0 where one is empty. Sums of whole numbers, so their order cannot be seen. */
export function wordCosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0;
  for (const [word, count] of a) dot += count * (b.get(word) ?? 0);
  return dot === 0 ? 0 : dot / Math.sqrt(squares(a) * squares(b));
}

function squares(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return sum;
}

/** Values scaled to [0, 1]. */
function scaled(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return values.map((value) => (range > 0 ? (value - least) / range : 0));
}

/** The notes that come to mind before `situation`, oldest first. `notes` stand newest first. */
export function retrieve(notes: readonly Memory[], situation: string, plan: MemoryPlan): Memory[] {
  if (notes.length === 0) return [];
  const words = wordCounts(situation);
  let power = 1;
  const recency = scaled(notes.map((_, rank) => (rank === 0 ? 1 : (power *= plan.decayShare))));
  const relevance = scaled(notes.map(({ text }) => wordCosine(wordCounts(text), words)));
  const importance = scaled(notes.map((note) => note.importance));
  const score = notes.map(
    (_, i) =>
      plan.recencyWeight * recency[i] + plan.relevanceWeight * relevance[i] + plan.importanceWeight * importance[i],
  );
  const ranked = notes.map((_, i) => i).sort((x, y) => score[y] - score[x] || x - y);
  const byImportance = notes.map((_, i) => i).sort((x, y) => notes[y].importance - notes[x].importance || x - y);
  const kept = byImportance.slice(0, Math.ceil(plan.recalledCount / 4));
  return [...new Set([...kept, ...ranked])]
    .slice(0, plan.recalledCount)
    .sort((x, y) => y - x)
    .map((i) => notes[i]);
}
