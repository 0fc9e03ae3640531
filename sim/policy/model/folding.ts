/**
 * Folding: an agent keeps what it did act by act for a while, then as counts, so that its past costs the same however long it is.
 *
 * An act is noted as `verb name`, or the verb alone; a count as lines `number verb name`. Only so many pairs of verb and partner are kept by
 * name, the most frequent ones (ties by name); the rest is counted by verb, without a name. Pure, and a function of the notes alone.
 * Invariant: counts add up to the acts. Oracle: `test/sim/policy/model/retrieval.test.ts`.
 */
import type { Memory } from '../../world/memories.ts';

/** Pairs of verb and partner that are kept by name. */
export const foldPairsMax = 16;

interface Count {
  readonly verb: string;
  /** Empty: nobody, or several. */
  readonly partner: string;
  readonly count: number;
}

/** An act as a note. Partners' names have no line ends. */
export function doneText(verb: string, partner: string): string {
  return partner === '' ? verb : `${verb} ${partner.replaceAll('\n', ' ')}`;
}

function splitWord(text: string): [first: string, rest: string] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** The act of a note. */
export function actOfDone(text: string): { readonly verb: string; readonly partner: string } {
  const [verb, partner] = splitWord(text);
  return { verb, partner };
}

function countsOf(fold: Memory | undefined): Count[] {
  if (fold === undefined) return [];
  return fold.text.split('\n').map((line) => {
    const [count, rest] = splitWord(line);
    return { ...actOfDone(rest), count: Number(count) };
  });
}

/** The counts after so many more acts, as the text of a note. */
export function foldText(fold: Memory | undefined, done: readonly Memory[]): string {
  const more = done.map(({ text }) => ({ ...actOfDone(text), count: 1 }));
  const sums = addUp([...countsOf(fold), ...more]);
  const named = sums.filter(({ partner }) => partner !== '').sort(compareCounts);
  const others = named.slice(foldPairsMax).map((one) => ({ ...one, partner: '' }));
  const kept = addUp([...sums.filter(({ partner }) => partner === ''), ...others]).sort(compareCounts);
  return [...named.slice(0, foldPairsMax), ...kept]
    .map(({ verb, partner, count }) => `${count} ${doneText(verb, partner)}`)
    .join('\n');
}

function addUp(counts: readonly Count[]): Count[] {
  const sums = new Map<string, Count>();
  for (const one of counts) {
    const name = doneText(one.verb, one.partner);
    sums.set(name, { ...one, count: one.count + (sums.get(name)?.count ?? 0) });
  }
  return [...sums.values()];
}

function compareCounts(a: Count, b: Count): number {
  return b.count - a.count || compareText(a.verb, b.verb) || compareText(a.partner, b.partner);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Counts in a sentence; empty without any. */
export function foldSentence(fold: Memory | undefined): string {
  if (fold === undefined) return '';
  const parts = countsOf(fold).map(({ verb, partner, count }) => `${doneText(verb, partner)} × ${count}`);
  return `Before tick ${fold.tick} you did: ${parts.join(', ')}.`;
}
