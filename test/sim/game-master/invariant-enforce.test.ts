/**
 * Enforcing: a million acts under several invariants, judged afterwards by the definition of the logic on every granted trace.
 *
 * The last test prints what an act costs; it asserts nothing about time.
 */
import { describe, expect, test } from 'vitest';
import type { AtomExpression } from '../../../sim/game-master/invariant/atom.ts';
import { createInvariantColumns, enforceActs, tallyVerdicts } from '../../../sim/game-master/invariant/enforce.ts';
import type { Acts, InvariantColumns } from '../../../sim/game-master/invariant/enforce.ts';
import { absentValue, bindAtoms, letterFrom } from '../../../sim/game-master/invariant/letter.ts';
import type { BoundAtoms } from '../../../sim/game-master/invariant/letter.ts';
import { compileInvariant, letterOf, step, verdicts } from '../../../sim/game-master/invariant/monitor.ts';
import type { Monitor } from '../../../sim/game-master/invariant/monitor.ts';
import { parseInvariant } from '../../../sim/game-master/invariant/parse.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { holds } from './invariant-oracle.ts';

const place = { file: 'scenario.yaml', line: 1, column: 1 };
const verbNames = ['post', 'like', 'follow', 'report', 'ban', 'pay'];

const safetyTexts = [
  'always (verb = ban implies yesterday verb = report)',
  'always (verb = pay and amount > 100 implies once (verb = follow and target is not self))',
  'always (verb = post implies weak-next verb != post)',
  'always (actor.karma < 3 implies verb != ban and verb != report)',
  'verb = post release verb != follow',
];

/** Acts as columns: what the atoms of these invariants ask of them. */
interface Drawn {
  readonly actor: Int32Array;
  readonly verb: Uint8Array;
  readonly amount: Int32Array;
  readonly karma: Uint8Array;
  readonly isSelf: Uint8Array;
}

function drawActs(count: number, actorCount: number, key: number): Drawn {
  const stream = randomStream(20260404, streamPurposes.sample, key);
  const draw = (bound: number): number => stream.below(bound);
  return {
    actor: Int32Array.from({ length: count }, () => draw(actorCount)),
    verb: Uint8Array.from({ length: count }, () => draw(verbNames.length)),
    amount: Int32Array.from({ length: count }, () => draw(200)),
    karma: Uint8Array.from({ length: count }, () => draw(10)),
    isSelf: Uint8Array.from({ length: count }, () => draw(2)),
  };
}

function isTrueOf(drawn: Drawn, act: number, atom: AtomExpression): boolean {
  switch (atom.kind) {
    case 'equals':
      return verbNames[drawn.verb[act]] === atom.value;
    case 'at-least':
      return (atom.subject === 'amount' ? drawn.amount : drawn.karma)[act] >= atom.value;
    default:
      return drawn.isSelf[act] === 1;
  }
}

function lettersOf(monitors: readonly Monitor[], drawn: Drawn, count: number): Uint16Array {
  const letters = new Uint16Array(count * monitors.length);
  for (let act = 0; act < count; act++) {
    const isTrue = (atom: AtomExpression): boolean => isTrueOf(drawn, act, atom);
    monitors.forEach((monitor, k) => (letters[act * monitors.length + k] = letterOf(monitor, isTrue)));
  }
  return letters;
}

interface Enforced {
  readonly monitors: readonly Monitor[];
  readonly columns: InvariantColumns;
  readonly acts: Acts;
  readonly brokenBy: Uint8Array;
  readonly refusedCount: number;
}

function enforce(texts: readonly string[], isGlobal: boolean, count: number, actorCount: number): Enforced {
  const monitors = texts.map((text) => compileInvariant(text, place));
  const columns = createInvariantColumns(
    monitors,
    texts.map(() => isGlobal),
    actorCount,
  );
  const drawn = drawActs(count, actorCount, actorCount);
  const acts: Acts = { count, actor: drawn.actor, letter: lettersOf(monitors, drawn, count) };
  const brokenBy = new Uint8Array(count);
  const refusedCount = enforceActs(columns, acts, brokenBy);
  return { monitors, columns, acts, brokenBy, refusedCount };
}

/** The letters of one invariant's acts, actor by actor. */
function tracesOf({ acts, monitors }: Enforced, k: number, actorCount: number, isWanted: (act: number) => boolean) {
  const traces: number[][] = Array.from({ length: actorCount }, () => []);
  for (let act = 0; act < acts.count; act++) {
    if (isWanted(act)) traces[acts.actor[act]].push(acts.letter[act * monitors.length + k]);
  }
  return traces;
}

describe('enforceActs', () => {
  const actorCount = 40_000;
  const enforced = enforce(safetyTexts, false, 1_000_000, actorCount);
  const formulas = safetyTexts.map((text) => parseInvariant(text, place).formula);

  test('enforceActs: of a million acts none that is granted breaks an invariant, while many attempted ones would', () => {
    const { brokenBy, monitors } = enforced;
    expect(monitors.map(({ kind }) => kind)).toEqual(safetyTexts.map(() => 'safety'));
    const broken = formulas.map((formula, k) => {
      const granted = tracesOf(enforced, k, actorCount, (act) => brokenBy[act] === 0);
      const attempted = tracesOf(enforced, k, actorCount, () => true);
      const isBroken = (trace: readonly number[]): boolean => !holds(formula, trace);
      return { granted: granted.filter(isBroken).length, attempted: attempted.filter(isBroken).length };
    });
    expect(broken.map(({ granted }) => granted)).toEqual([0, 0, 0, 0, 0]);
    for (const { attempted } of broken) expect(attempted).toBeGreaterThan(10_000);
  });

  test('enforceActs: whoever is refused would have broken the invariant named, and none before it in the list', () => {
    const { acts, brokenBy, refusedCount, monitors } = enforced;
    expect(brokenBy.filter((broken) => broken > 0)).toHaveLength(refusedCount);
    const traces = new Map<number, number[]>();
    const named = new Set<number>();
    const wrong: number[] = [];
    for (let act = 0; act < 100_000; act++) {
      const row = act * monitors.length;
      const before = traces.get(acts.actor[act]) ?? [];
      const ofTrace = (k: number): number[] => [...before, act].map((one) => acts.letter[one * monitors.length + k]);
      const first = formulas.findIndex((formula, k) => !holds(formula, ofTrace(k)));
      if (first + 1 !== brokenBy[act]) wrong.push(row);
      named.add(brokenBy[act]);
      if (brokenBy[act] === 0) traces.set(acts.actor[act], [...before, act]);
    }
    expect(wrong).toEqual([]);
    expect([...named].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('enforceActs: an invariant about the run sees the granted acts of all actors as one trace', () => {
    const texts = ['always (verb = ban implies not verb = ban since verb = report)', safetyTexts[2]];
    const run = enforce(texts, true, 400, 7);
    texts.forEach((text, k) => {
      const granted = Array.from(run.brokenBy.keys()).filter((act) => run.brokenBy[act] === 0);
      const { formula } = parseInvariant(text, place);
      const trace = granted.map((act) => run.acts.letter[act * texts.length + k]);
      expect(holds(formula, trace)).toBe(true);
      const attempted = Array.from(run.brokenBy.keys()).map((act) => run.acts.letter[act * texts.length + k]);
      expect(holds(formula, attempted)).toBe(false);
      expect(run.columns.states[k]).toHaveLength(1);
    });
    expect(run.refusedCount).toBeGreaterThan(50);
  });

  test('tallyVerdicts: counts at the end whom a liveness invariant fails, as the definition does', () => {
    const texts = [
      'always (verb = report implies eventually verb = ban)',
      'eventually verb = post and always verb != pay',
    ];
    const run = enforce(texts, false, 5000, 1000);
    expect(run.monitors.map(({ kind }) => kind)).toEqual(['liveness', 'mixed']);
    texts.forEach((text, k) => {
      const { formula } = parseInvariant(text, place);
      const traces = tracesOf(run, k, 1000, (act) => run.brokenBy[act] === 0);
      const failing = traces.filter((trace) => !holds(formula, trace)).length;
      const tally = tallyVerdicts(run.monitors[k], run.columns.states[k]);
      expect(failing).toBeGreaterThan(50);
      expect([tally[verdicts.failsSoFar], tally[verdicts.brokenForEver]]).toEqual([failing, 0]);
      expect(tally.reduce((sum, count) => sum + count)).toBe(1000);
    });
  });
});

/** The slots of these acts: verb, amount, karma, whether the target is the actor. */
const slots = ['verb', 'amount', 'actor.karma', 'target is self'];

function fillSlots(values: Int32Array, drawn: Drawn, act: number): void {
  values[0] = drawn.verb[act];
  values[1] = drawn.amount[act];
  values[2] = drawn.karma[act];
  values[3] = drawn.isSelf[act];
}

function bindTo(monitor: Monitor): BoundAtoms {
  return bindAtoms(monitor.atomExpressions, {
    slotOf: (name) => slots.indexOf(name),
    codeOf: (_, name) => verbNames.indexOf(name),
  });
}

describe('letterFrom', () => {
  test('letterFrom: numbers in slots give the letters that the atoms give when they are asked by name', () => {
    const monitors = safetyTexts.map((text) => compileInvariant(text, place));
    const drawn = drawActs(10_000, 1, 1);
    const letters = lettersOf(monitors, drawn, 10_000);
    const bound = monitors.map(bindTo);
    const values = new Int32Array(slots.length);
    for (let act = 0; act < 10_000; act++) {
      fillSlots(values, drawn, act);
      bound.forEach((atoms, k) => {
        expect(letterFrom(atoms, values)).toBe(letters[act * monitors.length + k]);
      });
    }
    expect(new Set(letters).size).toBeGreaterThan(4);
  });

  test('letterFrom: of what is absent every atom is false, and bounds at both ends of the integers hold', () => {
    const texts = ['x = 3', 'x >= -2147483647', 'x = red', 'x >= 2147483647', 'x is big'];
    const { atoms } = parseInvariant(texts.join(' or '), place);
    const bound = bindAtoms(atoms, { slotOf: (name) => Number(name === 'x is big'), codeOf: () => 9 });
    const cases = [
      [absentValue, absentValue, 0b00000],
      [0x7fffffff, 1, 0b11010],
      [0x7ffffffe, 0, 0b00010],
      [-0x7fffffff, 2, 0b00010],
      [9, 1, 0b10110],
      [3, 0, 0b00011],
    ] as const;
    for (const [x, isBig, letter] of cases) expect(letterFrom(bound, Int32Array.of(x, isBig))).toBe(letter);
  });
});

describe('cost', () => {
  const count = 1_000_000;

  /** The fewest nanoseconds for one of a million acts, of seven passes. */
  function nanosecondsPerAct(pass: () => unknown): string {
    let least = Infinity;
    for (let k = 0; k < 7; k++) {
      const from = performance.now();
      pass();
      least = Math.min(least, performance.now() - from);
    }
    return ((least * 1e6) / count).toFixed(1);
  }

  test.each([
    ['in the order of actors', true],
    ['of actors at random', false],
  ])('enforceActs: prints what an act costs, %s', (order, isSorted) => {
    const { monitors, acts, columns } = enforce(safetyTexts, false, count, count);
    if (isSorted) acts.actor.sort((a, b) => a - b);
    const brokenBy = new Uint8Array(count);
    const columnwise = nanosecondsPerAct(() => enforceActs(columns, acts, brokenBy));
    const steps = nanosecondsPerAct(() => {
      let state = monitors[0].start;
      for (let act = 0; act < count; act++) state = step(monitors[0], state, acts.letter[act * monitors.length]);
      return state;
    });
    const drawn = drawActs(count, count, 1);
    const bound = monitors.map(bindTo);
    const values = new Int32Array(slots.length);
    const letters = nanosecondsPerAct(() => {
      for (let act = 0; act < count; act++) {
        fillSlots(values, drawn, act);
        const row = act * bound.length;
        for (let k = 0; k < bound.length; k++) acts.letter[row + k] = letterFrom(bound[k], values);
      }
    });
    const atomCount = monitors.reduce((sum, monitor) => sum + monitor.atomCount, 0);
    console.log(
      `1,000,000 acts ${order}, ${monitors.length} invariants of ${atomCount} atoms, ns an act: ` +
        `letters ${letters}, enforceActs ${columnwise}; one step alone ${steps}`,
    );
    expect(acts.count).toBe(count);
  });
});
