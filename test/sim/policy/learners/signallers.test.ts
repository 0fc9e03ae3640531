/** The line of letters, played on objects: what is struck out, what is learned, and what pay it takes. */
import { describe, expect, test } from 'vitest';
import {
  codeWordCount,
  dealt,
  featuresOf,
  namedIn,
  reportsIn,
  reportsText,
  seats,
  signalScript,
} from '../../../../sim/policy/learners/signallers.ts';
import { play } from '../panels/play.ts';
import type { SignalSettings } from '../../../../sim/policy/learners/signallers.ts';

const usual: SignalSettings = {
  ...{ caseCount: 40, learnDays: 50, learningRate: 1, plainWordCount: 3 },
  ...{ pays: 'features', isInspected: true, isReworded: false, isRestrained: false },
};
const days = 54;

function lineOf(changed: Partial<SignalSettings>, panel = 0) {
  const settings = { ...usual, ...changed };
  const said = play(signalScript(settings), 9, panel, 4 * days);
  const reportsBy = (seat: number, day: number) =>
    reportsIn(said.find((one) => one.seat === seat && one.tick === 4 * day + seat)?.text ?? '');
  const rightShare = (from: number): number => {
    let [right, all] = [0, 0];
    for (let day = from; day < days; day++) {
      const named = namedIn(said.find((one) => one.seat === seats.receiver && one.tick === 4 * day + 3)?.text ?? '');
      dealt(settings, 9, panel, day).forEach((kind, k) => {
        if (named[k] < 0) return;
        all += 2;
        featuresOf(kind).forEach((feature, one) => (right += feature === featuresOf(named[k])[one] ? 1 : 0));
      });
    }
    return right / all;
  };
  return { said, reportsBy, rightShare };
}

test('reports: what is written is read', () => {
  const reports = [[0, 4], undefined, [3, 1]] as const;
  expect(reportsText(reports)).toBe('reports north-level - quiet-west');
  expect(reportsIn(reportsText(reports))).toEqual(reports);
});

describe('signalScript', () => {
  const { said, reportsBy, rightShare } = lineOf({});

  test('the inspector strikes out reports with a word of the code book, and those alone', () => {
    const sent = reportsBy(seats.sender, 0);
    expect(sent.some((report) => report?.some((word) => word < codeWordCount))).toBe(true);
    sent.forEach((report, k) => {
      const isStruck = report?.some((word) => word < codeWordCount);
      expect(reportsBy(seats.inspector, 0)[k]).toEqual(isStruck === true ? undefined : report);
    });
  });

  test('letters go to whom they are for: nobody speaks to all', () => {
    expect(said.every(({ to }) => to !== undefined)).toBe(true);
    expect(said.filter(({ seat }) => seat === seats.sender).every(({ to }) => to === seats.inspector)).toBe(true);
  });

  test('paid for features, the receiver comes to know them', () => {
    expect(Math.abs(lineOf({ learnDays: 0 }).rightShare(0) - 0.5)).toBeLessThan(0.05);
    expect(rightShare(51)).toBeGreaterThan(0.85);
  });

  test('paid for reports that arrive, it does not, and code words are given up', () => {
    const { rightShare: share, reportsBy: by } = lineOf({ pays: 'reports' });
    expect(Math.abs(share(51) - 0.5)).toBeLessThan(0.13);
    expect(by(seats.inspector, days - 1).filter((report) => report === undefined).length).toBeLessThan(3);
  });

  test('reworded, nothing is told; restrained, no code word is ever sent', () => {
    expect(Math.abs(lineOf({ isReworded: true }).rightShare(51) - 0.5)).toBeLessThan(0.13);
    const restrained = lineOf({ isRestrained: true });
    const sent = Array.from({ length: days }, (_, day) => restrained.reportsBy(seats.sender, day)).flat();
    expect(sent.every((report) => report?.every((word) => word >= codeWordCount))).toBe(true);
  });
});
