/** Scripts of panels, played on objects: what each rule does and does not do. */
import { describe, expect, test } from 'vitest';
import { clarificationScript, daysRequested, question } from '../../../../sim/policy/panels/clarification.ts';
import { decisionsOf, deferenceScript, seniorSeat } from '../../../../sim/policy/panels/deference.ts';
import { driftScript, sourceText } from '../../../../sim/policy/panels/drift.ts';
import { acceptable, agreedOption, normScript } from '../../../../sim/policy/panels/norms.ts';
import { isPlanted } from '../../../../sim/policy/panels/planted.ts';
import { burdenOf, rigidityScript, toldNews } from '../../../../sim/policy/panels/rigidity.ts';
import { nameOfSeat, seatDraw, seatingOf, panelDraw } from '../../../../sim/policy/panels/panel.ts';
import { trueSide, verdictOf, verdictScript, voteOf } from '../../../../sim/policy/panels/verdict.ts';
import { partDone, workScript } from '../../../../sim/policy/panels/workers.ts';
import { play } from './play.ts';
import type { VerdictSettings } from '../../../../sim/policy/panels/verdict.ts';

const panels = Array.from({ length: 60 }, (_, panel) => panel);
const seed = 5;

test('seating: every name has one seat, and the seat that name; draws differ by seat, tick and panel', () => {
  const names = panels.map((number) => nameOfSeat({ panel: number, seat: number % 4 }, 4));
  expect(new Set(names).size).toBe(panels.length);
  expect(seatingOf('agent-11', 4)).toEqual({ panel: 2, seat: 3 });
  const draws = panels.flatMap((panel) => [
    panelDraw(seed, panel, 0, 0),
    seatDraw(seed, { panel, seat: 0 }, 0, 0),
    seatDraw(seed, { panel, seat: 1 }, 0, 0),
    seatDraw(seed, { panel, seat: 1 }, 1, 0),
  ]);
  expect(new Set(draws).size).toBe(draws.length);
});

describe('verdicts', () => {
  const settings: VerdictSettings = {
    ...{ skimmerCount: 7, checkerCount: 3, storyWrongShare: 1, storyShare: 1 },
    ...{ skimWrongShare: 0.4, checkWrongShare: 0, lookCount: 1, checkedWeight: 1 },
  };
  const isRight = (changed: Partial<VerdictSettings>) => (panel: number) => {
    const said = play(verdictScript({ ...settings, ...changed }), seed, panel, 3);
    expect(said.filter(({ text }) => voteOf(text) !== undefined)).toHaveLength(10);
    return verdictOf(said.at(-1)?.text ?? '') === trueSide(seed, panel);
  };

  test('seven wrong against three right: wrong up to a weight of 7/3, right above it, however often one looks', () => {
    expect(panels.some(isRight({}))).toBe(false);
    expect(panels.some(isRight({ lookCount: 3 }))).toBe(false);
    expect(panels.some(isRight({ checkedWeight: 2.333 }))).toBe(false);
    expect(panels.every(isRight({ checkedWeight: 2.334 }))).toBe(true);
  });

  test('where no story goes round, looking three times mends some verdicts', () => {
    const alone = { storyShare: 0, checkWrongShare: 0.4 };
    const once = panels.filter(isRight(alone)).length;
    expect(panels.filter(isRight({ ...alone, lookCount: 3 })).length).toBeGreaterThan(once);
  });

  test('neither side is favoured', () => {
    const truths = Array.from({ length: 2000 }, (_, panel) => trueSide(seed, panel));
    expect(Math.abs(truths.filter((side) => side === 'A').length - 1000)).toBeLessThan(3 * 22.4);
  });
});

describe('norms', () => {
  const settings = {
    memberCount: 3,
    optionCount: 10,
    allowedCount: 3,
    bindingShare: 0.5,
    isOpen: false,
    neededCount: 3,
  };

  test.each([
    ['all', settings],
    ['two', { ...settings, neededCount: 2 }],
    ['open', { ...settings, isOpen: true }],
  ])('%s: there is an agreement iff enough members can accept one option', (_name, one) => {
    for (const panel of panels) {
      const sets = [0, 1, 2].map((seat) => acceptable(one, seed, { panel, seat }));
      const isPossible = Array.from({ length: 10 }, (__, option) => sets.filter((set) => set.includes(option)).length);
      const agreed = agreedOption(play(normScript(one), seed, panel, 20), one.neededCount);
      expect(agreed !== undefined).toBe(isPossible.some((count) => count >= one.neededCount));
      if (agreed !== undefined) expect(isPossible[agreed]).toBeGreaterThanOrEqual(one.neededCount);
    }
  });
});

describe('workers', () => {
  const settings = {
    workerCount: 3,
    partCount: 4,
    clearShare: 0.2,
    inTurn: false,
    isMindful: false,
    hasRegister: false,
  };
  const repeats = (changed: Partial<typeof settings>): number[] =>
    panels.map((panel) => {
      const said = play(workScript({ ...settings, ...changed }), seed, panel, 6);
      const parts = said.map(({ text }) => partDone(text)).filter((part) => part !== undefined);
      expect(parts).toHaveLength(3);
      return 3 - new Set(parts).size;
    });
  const sum = (values: number[]): number => values.reduce((total, one) => total + one, 0);

  test('being mindful changes nothing where all act at once, and everything where they act in turn', () => {
    expect(repeats({ isMindful: true })).toEqual(repeats({}));
    expect(sum(repeats({}))).toBeGreaterThan(0);
    expect(sum(repeats({ inTurn: true }))).toBeGreaterThan(0);
    expect(sum(repeats({ inTurn: true, isMindful: true }))).toBe(0);
  });

  test('a register, and clear words, leave nothing done twice', () => {
    expect(sum(repeats({ hasRegister: true }))).toBe(0);
    expect(sum(repeats({ clearShare: 1 }))).toBe(0);
  });
});

describe('planted', () => {
  const all = { plantedShare: 1, strength: 1 };
  const none = { plantedShare: 0, strength: 1 };

  test('a share of seats, the same in every tick', () => {
    const half = panels.filter((panel) => isPlanted({ plantedShare: 0.5, strength: 1 }, seed, { panel, seat: 3 }));
    expect(half.length).toBeGreaterThan(15);
    expect(half.length).toBeLessThan(45);
  });

  test('deference: a planted seat goes with the senior and never with a colleague; an unplanted one keeps its reading', () => {
    const rest = { readingRightShare: 0.6, seniorWrongShare: 0.6, followerShare: 0, followShare: 1, ranksShown: true };
    let deferred = 0;
    for (const panel of panels) {
      const said = play(deferenceScript({ ...rest, ...all }), seed, panel, 10);
      const clean = play(deferenceScript({ ...rest, ...none }), seed, panel, 10);
      for (const firstTick of [0, 5]) {
        const decisions = decisionsOf(said, firstTick);
        const third = decisions[seniorSeat];
        for (const { seat, first, final } of decisions) {
          expect(final).toBe(seat > seniorSeat && third.isSenior ? third.final : first);
          if (final !== first) deferred++;
        }
        expect(decisionsOf(clean, firstTick).every(({ first, final }) => first === final)).toBe(true);
      }
    }
    expect(deferred).toBeGreaterThan(10);
  });

  test('rigidity: a trader sells when its burden is enough, a planted one never, a stop sells for it', () => {
    const rest = { turnTick: 5, prevailingShare: 0.9, passedShare: 1, enough: [4, 4] as const };
    const saleOf = (settings: Parameters<typeof rigidityScript>[0], panel: number) => {
      const said = play(rigidityScript(settings), seed, panel, 30);
      const at = said.find(({ text }) => text === 'sell')?.tick;
      const told = said.flatMap(({ text, tick }) => (tick < (at ?? 30) ? [toldNews(text)] : []));
      return { at, burden: burdenOf(told.filter((news) => news !== undefined)) };
    };
    for (const panel of panels.slice(0, 20)) {
      expect(saleOf({ ...rest, ...none }, panel).burden).toBe(4);
      expect(saleOf({ ...rest, ...all }, panel).at).toBeUndefined();
      expect(saleOf({ ...rest, ...all, stopAt: 6 }, panel).at).toBeDefined();
    }
  });

  test('clarification: a planted booker books what names two days, an attentive one asks and then books', () => {
    const rest = {
      bookerCount: 4,
      unclearShare: [0.5, 0.5] as const,
      noticedShare: 1,
      needlessShareMost: 0,
      hasForm: false,
    };
    for (const panel of panels.slice(0, 20)) {
      const asked = (planting: typeof all, hasForm = false) =>
        play(clarificationScript({ ...rest, ...planting, hasForm }), seed, panel, 8);
      const unclear = asked(none).filter(({ text }) => daysRequested(text).length === 2).length;
      const questions = (said: ReturnType<typeof asked>): number => said.filter(({ text }) => text === question).length;
      expect(questions(asked(none))).toBe(unclear);
      expect(questions(asked(all))).toBe(0);
      expect(questions(asked(all, true))).toBe(unclear);
      // Each of two requests to each of four is booked in the end.
      for (const said of [asked(none), asked(all)]) {
        expect(said.filter(({ text }) => text.startsWith('booked'))).toHaveLength(8);
      }
    }
  });

  test('drift: numbers stand as long as nobody is planted, and grow at each hop where all are', () => {
    const rest = { rewordedShareMost: 1, droppedShare: 0, slipShare: 0, hasSheet: false };
    const numbersIn = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
    for (const panel of panels.slice(0, 20)) {
      const source = numbersIn(sourceText(seed, panel, 0));
      const clean = play(driftScript({ ...rest, ...none }), seed, panel, 4);
      expect(clean.map(({ text }) => numbersIn(text))).toEqual([source, source, source, source]);
      const [, first, , last] = play(driftScript({ ...rest, ...all }), seed, panel, 4);
      numbersIn(first.text).forEach((number, k) => expect(number).toBeGreaterThan(source[k]));
      numbersIn(last.text).forEach((number, k) => expect(number).toBeGreaterThan(1.3 * source[k]));
      const sheet = play(driftScript({ ...rest, ...all, hasSheet: true }), seed, panel, 4);
      expect(numbersIn(sheet[3].text)).toEqual(source);
    }
  });
});
