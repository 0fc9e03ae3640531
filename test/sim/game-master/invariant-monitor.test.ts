/**
 * Monitors of invariants against the definition of the logic: their truth at the end, their verdicts on prefixes, their size.
 *
 * Formulas and traces are drawn from named streams, so that a failure names a formula that can be tried again.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { possibleLetters } from '../../../sim/game-master/invariant/atom.ts';
import { formulaText } from '../../../sim/game-master/invariant/formula.ts';
import type { Formula } from '../../../sim/game-master/invariant/formula.ts';
import { compileInvariant, letterOf, monitorOf, step } from '../../../sim/game-master/invariant/monitor.ts';
import { verdicts, wouldBreak } from '../../../sim/game-master/invariant/monitor.ts';
import type { Monitor } from '../../../sim/game-master/invariant/monitor.ts';
import { parseInvariant } from '../../../sim/game-master/invariant/parse.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { freeAtoms, holds, randomFormula, randomTrace, stateAfter, tracesUpTo } from './invariant-oracle.ts';
import type { Trace } from './invariant-oracle.ts';

const place = { file: 'scenario.yaml', line: 1, column: 1 };
const seed = 20260401;

function textOf(formula: Formula): string {
  return formulaText(formula, (atom) => `p${atom}`);
}

function monitorOfFormula(formula: Formula, atomCount: number): Monitor {
  return monitorOf({ formula, atoms: freeAtoms(atomCount) }, textOf(formula), place);
}

/** The monitor of a text over facts, however strange it is. */
function monitorOfText(text: string): Monitor {
  return monitorOf(parseInvariant(text, place), text, place);
}

describe('truth at the end', () => {
  test('monitorOf: agrees with the definition on 10,000 random pairs of formula and trace, both verdicts often', () => {
    const stream = randomStream(seed, streamPurposes.sample, 1);
    const wrong: string[] = [];
    let heldCount = 0;
    for (let pair = 0; pair < 10_000; pair++) {
      const atomCount = 1 + stream.below(3);
      const formula = randomFormula(stream, atomCount, 1 + stream.below(9));
      const trace = randomTrace(stream, atomCount, stream.below(9));
      const monitor = monitorOfFormula(formula, atomCount);
      const expected = holds(formula, trace);
      if (expected) heldCount++;
      const found = monitor.holdsAtEnd[stateAfter(monitor, trace)] === 1;
      if (found !== expected) wrong.push(`${textOf(formula)} on ${trace.join(' ')}`);
    }
    expect(wrong).toEqual([]);
    expect(heldCount).toBeGreaterThan(2000);
    expect(heldCount).toBeLessThan(8000);
  });

  test('monitorOf: agrees with the definition on every trace of up to four acts, for 300 random formulas', () => {
    const stream = randomStream(seed, streamPurposes.sample, 2);
    const traces = tracesUpTo(4, 4);
    const wrong: string[] = [];
    for (let k = 0; k < 300; k++) {
      const formula = randomFormula(stream, 2, 1 + stream.below(7));
      const monitor = monitorOfFormula(formula, 2);
      for (const trace of traces) {
        const found = monitor.holdsAtEnd[stateAfter(monitor, trace)] === 1;
        if (found !== holds(formula, trace)) wrong.push(`${textOf(formula)} on ${trace.join(' ')}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['p', false],
    ['not p', true],
    ['next p', false],
    ['weak-next p', true],
    ['always p', true],
    ['eventually p', false],
    ['p until q', false],
    ['p release q', true],
    ['once p', false],
    ['historically p', true],
    ['yesterday p', false],
    ['p since q', false],
  ])('monitorOf: of the trace without acts, "%s" is %s', (text, expected) => {
    const monitor = monitorOfText(text);
    expect(monitor.holdsAtEnd[monitor.start]).toBe(Number(expected));
  });
});

/** Whether some way to go on, of at most `more` acts, makes the formula what is wanted. */
function canBecome(formula: Formula, trace: Trace, extensions: readonly Trace[], wanted: boolean): boolean {
  return extensions.some((extension) => holds(formula, [...trace, ...extension]) === wanted);
}

describe('verdicts on prefixes', () => {
  test.each([
    { atomCount: 2, stateCountMax: 4, prefixLength: 3 },
    { atomCount: 1, stateCountMax: 6, prefixLength: 5 },
  ])(
    'verdict: settled exactly if no extension differs, $atomCount atoms',
    ({ atomCount, stateCountMax, prefixLength }) => {
      const stream = randomStream(seed, streamPurposes.sample, 3, atomCount);
      // If any extension differs, one of fewer acts than there are states does.
      const extensions = tracesUpTo(stateCountMax - 1, 1 << atomCount);
      const seen = new Set<number>();
      const wrong: string[] = [];
      for (let judged = 0; judged < 150;) {
        const formula = randomFormula(stream, atomCount, 2 + stream.below(7));
        const monitor = monitorOfFormula(formula, atomCount);
        if (monitor.stateCount === 1 || monitor.stateCount > stateCountMax) continue;
        judged++;
        for (const prefix of tracesUpTo(prefixLength, 1 << atomCount)) {
          const state = stateAfter(monitor, prefix);
          seen.add(monitor.verdict[state]);
          const isBroken = !canBecome(formula, prefix, extensions, true);
          const isHeld = !canBecome(formula, prefix, extensions, false);
          if ((monitor.verdict[state] === verdicts.brokenForEver) !== isBroken) wrong.push(textOf(formula));
          if ((monitor.verdict[state] === verdicts.heldForEver) !== isHeld) wrong.push(textOf(formula));
          if ((monitor.isBad[state] === 1) !== isBroken) wrong.push(textOf(formula));
        }
      }
      expect(wrong).toEqual([]);
      expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    },
  );

  test('wouldBreak: true of an act exactly if its step leads to a bad state', () => {
    const monitor = monitorOfText('always (p implies once q)');
    const [p, q] = [1, 2];
    expect(wouldBreak(monitor, monitor.start, p)).toBe(true);
    expect(wouldBreak(monitor, monitor.start, q)).toBe(false);
    expect(wouldBreak(monitor, step(monitor, monitor.start, q), p)).toBe(false);
  });

  test('kind: safety exactly if every trace that fails has a prefix beyond saving, for 300 random formulas', () => {
    const stream = randomStream(seed, streamPurposes.sample, 4);
    const extensions = tracesUpTo(5, 2);
    const kinds = new Map<string, number>();
    for (let judged = 0; judged < 300;) {
      const formula = randomFormula(stream, 1, 2 + stream.below(7));
      const monitor = monitorOfFormula(formula, 1);
      if (monitor.stateCount > 6) continue;
      judged++;
      const failing = extensions.filter((trace) => !holds(formula, trace));
      // A prefix beyond saving makes the whole trace so: there is no way back from it.
      const isBeyond = failing.map((trace) => !canBecome(formula, trace, extensions, true));
      const isSafety = isBeyond.every(Boolean);
      const expected = isSafety ? 'safety' : isBeyond.some(Boolean) ? 'mixed' : 'liveness';
      expect([textOf(formula), monitor.kind]).toEqual([textOf(formula), expected]);
      kinds.set(expected, (kinds.get(expected) ?? 0) + 1);
    }
    for (const kind of ['safety', 'liveness', 'mixed']) expect(kinds.get(kind)).toBeGreaterThan(20);
  });
});

/** States that some trace tells apart, by the table that marks pairs until nothing changes. */
function areAllDistinct({ stateCount, next, holdsAtEnd, atomCount }: Monitor): boolean {
  const differ = new Uint8Array(stateCount * stateCount);
  for (let pair = 0; pair < differ.length; pair++) {
    differ[pair] = holdsAtEnd[pair % stateCount] ^ holdsAtEnd[Math.floor(pair / stateCount)];
  }
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (let pair = 0; pair < differ.length; pair++) {
      if (differ[pair] === 1) continue;
      const [a, b] = [pair % stateCount, Math.floor(pair / stateCount)];
      for (let letter = 0; letter < 1 << atomCount; letter++) {
        if (differ[next[(b << atomCount) | letter] * stateCount + next[(a << atomCount) | letter]] === 0) continue;
        differ[pair] = 1;
        isChanged = true;
      }
    }
  }
  return differ.every((one, pair) => one === 1 || pair % stateCount === Math.floor(pair / stateCount));
}

/** States in the order in which a walk from the start meets them, letters ascending. */
function walkOrder({ start, next, atomCount }: Monitor): number[] {
  const order = new Set([start]);
  // A set hands out what is added while it is read.
  for (const state of order) {
    for (let letter = 0; letter < 1 << atomCount; letter++) order.add(next[(state << atomCount) | letter]);
  }
  return [...order];
}

describe('size', () => {
  test('monitorOf: no two states are alike, all are reached, and they are numbered as a walk meets them', () => {
    const stream = randomStream(seed, streamPurposes.sample, 5);
    let most = 0;
    for (let k = 0; k < 500; k++) {
      const formula = randomFormula(stream, 2, 1 + stream.below(12));
      const monitor = monitorOfFormula(formula, 2);
      most = Math.max(most, monitor.stateCount);
      const order = Array.from({ length: monitor.stateCount }, (_, state) => state);
      expect([textOf(formula), areAllDistinct(monitor), walkOrder(monitor)]).toEqual([textOf(formula), true, order]);
    }
    expect(most).toBeGreaterThan(8);
  });

  test.each([
    ['true', 1, 'safety'],
    ['false', 1, 'safety'],
    ['p or not p', 1, 'safety'],
    ['always p', 2, 'safety'],
    ['eventually p', 2, 'liveness'],
    ['always eventually p', 2, 'liveness'],
    ['eventually always p', 2, 'liveness'],
    ['always (p implies eventually q)', 2, 'liveness'],
    ['p', 3, 'mixed'],
    ['p until q', 3, 'mixed'],
    ['q or (p and next (p until q))', 3, 'mixed'],
    ['p release q', 3, 'safety'],
    ['always (p implies next q)', 3, 'mixed'],
    ['always (p implies weak-next q)', 3, 'safety'],
    ['always (p implies once q)', 3, 'safety'],
    ['always (p implies yesterday q)', 3, 'safety'],
    ['always (p implies (not r since q))', 3, 'safety'],
    ['next p', 4, 'mixed'],
    [Array.from({ length: 12 }, (_, k) => `once a${k}`).join(' and '), 3, 'mixed'],
    ['eventually (weak-next false and p)', 2, 'liveness'],
    ['always (p iff yesterday q) and always (yesterday q iff p)', 3, 'safety'],
  ])('monitorOf: "%s" has %i states and is %s', (text, stateCount, kind) => {
    const monitor = monitorOfText(text);
    expect([monitor.stateCount, monitor.kind]).toEqual([stateCount, kind]);
  });

  test('monitorOf: formulas that mean the same have the same table', () => {
    const pairs = [
      ['not (p until q)', '(not p) release (not q)'],
      ['always (p and q)', 'always p and always q'],
      ['p until q', 'q or (p and next (p until q))'],
      ['always (p implies once q)', '(q release (not p or q)) and (q or true or p)'],
      ['not next p', 'weak-next not p'],
    ];
    for (const [one, other] of pairs) {
      const atoms = freeAtoms(2);
      const [a, b] = [one, other].map((text) => {
        const named = text.replaceAll(/\bp\b/g, 'p0').replaceAll(/\bq\b/g, 'p1');
        // A formula that is true names both atoms in one order.
        return monitorOfText(`(p0 or p1 or true) and (${named})`);
      });
      expect(a.atomExpressions).toEqual(atoms);
      expect([one, a.next, a.holdsAtEnd]).toEqual([one, b.next, b.holdsAtEnd]);
    }
  });

  test('compileInvariant: a formula of 256 states fits, and one of 257 is refused with its size', () => {
    const chain = (length: number): string => 'next '.repeat(length) + 'p';
    expect(compileInvariant(chain(252), place).stateCount).toBe(255);
    expect(compileInvariant(chain(253), place).stateCount).toBe(256);
    expect(() => compileInvariant(chain(254), place)).toThrow(
      'INPUT_TOO_LARGE scenario.yaml:1:1 the monitor of the invariant has 257 states, 256 is the most',
    );
  });

  test.each([
    ['bits that must all be remembered', `eventually (p and ${'next '.repeat(14)}(q and weak-next false))`],
    ['obligations on twelve atoms', bigConjunction()],
  ])('compileInvariant: too many states to count, by %s, are refused', (_, text) => {
    expect(() => compileInvariant(text, place)).toThrow(/INPUT_TOO_LARGE .* more than \d+ states before/);
  });

  test('compileInvariant: conditions whose diagram does not fit are refused', () => {
    expect(() => compileInvariant(pairsApart(), place)).toThrow(/INPUT_TOO_LARGE .* more than 262144 conditions/);
  });

  test('compileInvariant: 17 different past formulas are refused', () => {
    const past = Array.from({ length: 17 }, (_, k) => 'yesterday '.repeat(k + 1) + 'p').join(' or ');
    expect(() => compileInvariant(`always (${past})`, place)).toThrow('more than 16 different past formulas');
  });

  test.each(['false', 'p and not p', 'always false', 'always (verb = post and verb = like)'])(
    'compileInvariant: "%s", under which nobody could act, is refused',
    (text) => {
      expect(() => compileInvariant(text, place)).toThrow('INPUT_COMBINATION scenario.yaml:1:1 no act could ever');
    },
  );
});

/** Pairs of conditions on one act whose halves are met far apart: the diagram doubles with each pair. */
function pairsApart(): string {
  const ahead = (atom: string): string[] => Array.from({ length: 22 }, (_, k) => 'X '.repeat(k + 1) + atom);
  const second = ahead('b');
  const pairs = ahead('a').map((one, k) => `${one} and ${second[k]}`);
  return `(${ahead('a').join(' or ')}) and (${pairs.join(' or ')})`;
}

function bigConjunction(): string {
  return Array.from({ length: 12 }, (_, k) => `eventually a${k}`).join(' and ') + ' and next next eventually a0';
}

describe('the page for users', () => {
  const page = readFileSync(new URL('../../../sim/game-master/INVARIANTS.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (safety|liveness|mixed) \|/gm)].map(([, text, kind]) => [
    text,
    kind,
  ]);

  test('INVARIANTS.md: shows an example of each kind', () => {
    expect(new Set(rows.map(([, kind]) => kind)).size).toBe(3);
  });

  test.each(rows)('INVARIANTS.md: "%s" is %s', (text, kind) => {
    expect(compileInvariant(text, place).kind).toBe(kind);
  });
});

describe('atoms that exclude one another', () => {
  test('possibleLetters: what cannot be true together needs no state', () => {
    expect(monitorOfText('always not (verb = post and verb = like)').stateCount).toBe(1);
    expect(monitorOfText('always (karma >= 5 implies karma > 3)').stateCount).toBe(1);
    expect(monitorOfText('always not (n is a and n is b)').stateCount).toBe(2);
  });

  test('verdict: broken as soon as only impossible acts could save it', () => {
    const monitor = monitorOfText('always (verb = ban implies next (verb = report and verb = post))');
    const ban = letterOf(monitor, (atom) => atom.kind === 'equals' && atom.value === 'ban');
    expect(wouldBreak(monitor, monitor.start, ban)).toBe(true);
  });

  test('next: a letter that cannot occur leaves every state as it is', () => {
    const monitor = monitorOfText('verb = post until verb = like');
    expect([...possibleLetters(monitor.atomExpressions)]).toEqual([0, 1, 2]);
    for (let state = 0; state < monitor.stateCount; state++) expect(step(monitor, state, 3)).toBe(state);
  });

  test('letterOf: bit i is what is said of atom i', () => {
    const monitor = monitorOfText('always (verb = post implies amount > 100 or target is self)');
    const asked: string[] = [];
    const letter = letterOf(monitor, (atom) => {
      asked.push(atom.kind);
      return atom.kind !== 'at-least';
    });
    expect([letter, ...asked]).toEqual([0b101, 'equals', 'at-least', 'is']);
  });
});
