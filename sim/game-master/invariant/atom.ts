/**
 * Atoms of invariants: facts about one act that are true or false, and which of them can be true together.
 *
 * What the user compares is brought to two relations, `=` and `>=`: `amount > 100` is the atom `amount >= 101`, and `amount <= 100`
 * is its negation, so that both cost one bit of a letter. A letter is a set of atoms: bit i says that atom i is true.
 * Consequence: where a subject is absent (an act without a target), every atom about it is false, and its negations `!=`, `<`, `<=`
 * therefore hold. Invariant: the empty letter is always possible.
 * Oracle: `test/sim/game-master/invariant-atom.test.ts` tries every value that a subject can take.
 */

/** A fact about one act. Values that are numbers are integers of 32 bits, as attributes are. */
export type AtomExpression =
  | { readonly kind: 'equals'; readonly subject: string; readonly value: string | number }
  | { readonly kind: 'at-least'; readonly subject: string; readonly value: number }
  | { readonly kind: 'is'; readonly subject: string; readonly value: string }
  | { readonly kind: 'fact'; readonly name: string };

/** Most atoms of one invariant: its table has 2^atoms entries a state, 1 MiB at 256 states. */
export const atomCountMax = 12;

/** Bounds of the integers that atoms compare. The least integer of 32 bits is left to stand for what is absent. */
export const atomValueMin = -0x7fffffff;
export const atomValueMax = 0x7fffffff;

/** What atoms may speak of, so that a name misspelt is refused. Whatever is absent from it may not be named. */
export interface Vocabulary {
  /** Subjects that are integers: `amount`, `actor.karma`. */
  readonly numbers: readonly string[];
  /** Subjects that are names, and the names each can be: `verb`, `target.status`. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** Facts as they are written: `target is self`, `text is present`, `first-act`. */
  readonly facts: readonly string[];
}

/** The atom as a user may write it; equal atoms have equal texts, and different ones different texts. */
export function atomText(atom: AtomExpression): string {
  switch (atom.kind) {
    case 'equals':
      return `${atom.subject} = ${atom.value}`;
    case 'at-least':
      return `${atom.subject} >= ${atom.value}`;
    case 'is':
      return `${atom.subject} is ${atom.value}`;
    case 'fact':
      return atom.name;
  }
}

/**
 * The letters that can occur, in ascending order: of two comparisons of one subject, `verb = post` and `verb = like` are never true
 * together, and `karma >= 5` brings `karma >= 3` with it. Facts are taken to be independent of everything, and so are the
 * attributes of an actor and of a target that is the actor itself.
 */
export function possibleLetters(atoms: readonly AtomExpression[]): Uint16Array {
  const subjects = [...new Set(atoms.flatMap((atom) => (isComparison(atom) ? [atom.subject] : [])))];
  const groups = subjects.map((subject) => groupOf(subject, atoms));
  const letters: number[] = [];
  for (let letter = 0; letter < 1 << atoms.length; letter++) {
    if (groups.every(({ mask, possible }) => possible.has(letter & mask))) letters.push(letter);
  }
  return Uint16Array.from(letters);
}

type Comparison = Extract<AtomExpression, { kind: 'equals' | 'at-least' }>;

function isComparison(atom: AtomExpression): atom is Comparison {
  return atom.kind === 'equals' || atom.kind === 'at-least';
}

/** The atoms about one subject as a mask of bits, and the sets of them that some value makes true. */
interface Group {
  readonly mask: number;
  readonly possible: ReadonlySet<number>;
}

function groupOf(subject: string, atoms: readonly AtomExpression[]): Group {
  let mask = 0;
  const values = new Set<string | number>();
  atoms.forEach((atom, bit) => {
    if (!isComparison(atom) || atom.subject !== subject) return;
    mask |= 1 << bit;
    for (const value of valuesAround(atom.value)) values.add(value);
  });
  // Absent, or a name that no atom mentions: nothing about the subject is true.
  const possible = new Set([0]);
  for (const value of values) {
    let letter = 0;
    atoms.forEach((atom, bit) => {
      if (isComparison(atom) && atom.subject === subject && holdsFor(atom, value)) letter |= 1 << bit;
    });
    possible.add(letter);
  }
  return { mask, possible };
}

/** The truth of comparisons changes at their values only, so that a value and its two neighbours stand for all integers. */
function valuesAround(value: string | number): readonly (string | number)[] {
  if (typeof value === 'string') return [value];
  return [value - 1, value, value + 1].filter((one) => one >= atomValueMin && one <= atomValueMax);
}

function holdsFor(atom: Comparison, value: string | number): boolean {
  if (atom.kind === 'equals') return atom.value === value;
  return typeof value === 'number' && value >= atom.value;
}
