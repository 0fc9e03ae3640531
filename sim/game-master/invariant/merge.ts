/**
 * Which states of an automaton no continuation of the trace tells apart: the coarsest partition that a minimal automaton needs.
 *
 * Reads the table of an automaton, writes a partition of its own. Classes begin as the two verdicts at the end; a class whose
 * members go by one letter partly into another class and partly not is split, and of the two parts the smaller one is looked at
 * again, which is what bounds the work by letters x states x log states.
 * Invariant: elements of a class stand side by side in `members`. Oracle: see `automaton.ts`.
 * Source: Hopcroft, "An n log n algorithm for minimizing states in a finite automaton", 1971; the layout of the partition follows
 * Valmari and Lehtinen, "Efficient minimization of DFAs with partial transition functions", STACS 2008.
 */

/** What of an automaton is read: see `automaton.ts`. */
interface Table {
  readonly stateCount: number;
  readonly letterCount: number;
  readonly next: Int32Array;
  readonly holdsAtEnd: Uint8Array;
}

/** A partition. Class c holds `members[first[c]]` to `members[end[c] - 1]`; the first `marked[c]` of them are marked. */
interface Partition {
  readonly members: Int32Array;
  readonly placeOf: Int32Array;
  readonly classOf: Int32Array;
  readonly first: Int32Array;
  readonly end: Int32Array;
  readonly marked: Int32Array;
  classCount: number;
}

/** The class of each state, in no promised order. */
export function classesOf(table: Table): Int32Array {
  const partition = byVerdict(table);
  const origins = originsOf(table);
  const waiting = Array.from({ length: partition.classCount }, (_, index) => index);
  const isWaiting = new Uint8Array(table.stateCount).fill(1, 0, partition.classCount);
  for (let splitter = waiting.pop(); splitter !== undefined; splitter = waiting.pop()) {
    isWaiting[splitter] = 0;
    // The splitter may be split by itself: its members of now are what the letters are tried against.
    const into = partition.members.slice(partition.first[splitter], partition.end[splitter]);
    for (let letter = 0; letter < table.letterCount; letter++) {
      for (const touched of markOrigins(partition, origins, table, into, letter)) {
        const part = splitMarked(partition, touched);
        if (part === undefined) continue;
        const smaller = sizeOf(partition, part) <= sizeOf(partition, touched) ? part : touched;
        const added = isWaiting[touched] === 1 ? part : smaller;
        isWaiting[added] = 1;
        waiting.push(added);
      }
    }
  }
  return partition.classOf;
}

function byVerdict({ stateCount, holdsAtEnd }: Table): Partition {
  const states = Array.from({ length: stateCount }, (_, state) => state);
  const held = states.filter((state) => holdsAtEnd[state] === 1);
  const failed = states.filter((state) => holdsAtEnd[state] === 0);
  const members = Int32Array.from([...held, ...failed]);
  const placeOf = new Int32Array(stateCount);
  members.forEach((state, place) => (placeOf[state] = place));
  const first = new Int32Array(stateCount + 1);
  const end = new Int32Array(stateCount + 1);
  const isTwo = held.length > 0 && failed.length > 0;
  const classOf = new Int32Array(stateCount);
  if (isTwo) for (const state of failed) classOf[state] = 1;
  end[0] = isTwo ? held.length : stateCount;
  first[1] = end[0];
  end[1] = stateCount;
  const marked = new Int32Array(stateCount + 1);
  return { members, placeOf, classOf, first, end, marked, classCount: isTwo ? 2 : 1 };
}

/** The states that lead to a state by a letter: `from[start[letter * (states + 1) + state]]` up to the start of the next state. */
interface Origins {
  readonly start: Int32Array;
  readonly from: Int32Array;
}

function originsOf({ stateCount, letterCount, next }: Table): Origins {
  const start = new Int32Array(letterCount * (stateCount + 1));
  const from = new Int32Array(letterCount * stateCount);
  const filled = new Int32Array(stateCount);
  for (let letter = 0; letter < letterCount; letter++) {
    const row = letter * (stateCount + 1);
    for (let state = 0; state < stateCount; state++) start[row + next[state * letterCount + letter] + 1]++;
    start[row] = letter * stateCount;
    for (let state = 0; state < stateCount; state++) start[row + state + 1] += start[row + state];
    filled.fill(0);
    for (let state = 0; state < stateCount; state++) {
      const target = next[state * letterCount + letter];
      from[start[row + target] + filled[target]++] = state;
    }
  }
  return { start, from };
}

/** Marks the states that a letter leads into the given ones; the classes that have marked members. */
function markOrigins(
  partition: Partition,
  { start, from }: Origins,
  { stateCount }: Table,
  into: Int32Array,
  letter: number,
): number[] {
  const touched: number[] = [];
  for (const state of into) {
    const row = letter * (stateCount + 1) + state;
    for (let place = start[row]; place < start[row + 1]; place++) {
      const origin = from[place];
      const of = partition.classOf[origin];
      if (partition.marked[of] === 0) touched.push(of);
      mark(partition, origin, of);
    }
  }
  return touched;
}

/** A letter leads a state to one state only, so that none is marked twice. */
function mark({ members, placeOf, first, marked }: Partition, state: number, of: number): void {
  const place = placeOf[state];
  const target = first[of] + marked[of]++;
  const other = members[target];
  members[place] = other;
  placeOf[other] = place;
  members[target] = state;
  placeOf[state] = target;
}

/** Makes the marked members of a class one of their own; undefined if all are marked. No member stays marked. */
function splitMarked(partition: Partition, of: number): number | undefined {
  const { first, end, marked, members, classOf } = partition;
  const middle = first[of] + marked[of];
  marked[of] = 0;
  if (middle === end[of]) return undefined;
  const part = partition.classCount++;
  first[part] = first[of];
  end[part] = middle;
  first[of] = middle;
  for (let place = first[part]; place < middle; place++) classOf[members[place]] = part;
  return part;
}

function sizeOf({ first, end }: Partition, of: number): number {
  return end[of] - first[of];
}
