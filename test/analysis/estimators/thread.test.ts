/** Threads: the genesis data by the reference's definitions, and rings of parents by hand. */
import { expect, test } from 'vitest';
import {
  commentDepths,
  depthHistogram,
  firstCommentLatencies,
  medianFirstCommentLatency,
  unansweredShare,
} from '../../../analysis/estimators/thread.ts';
import { genesis } from '../worlds.ts';

const parent = Int32Array.from(genesis.parent);

test('depthHistogram: the genesis comments, whose rows stand in no order', () => {
  expect(Array.from(depthHistogram(commentDepths(parent)))).toEqual([1901, 227, 16, 6, 2]);
  expect(depthHistogram(new Int32Array(0))).toHaveLength(0);
});

test('unansweredShare: the genesis comments', () => {
  expect(unansweredShare(parent)).toBeCloseTo(genesis.expected['comment_no_reply_frac'], 12);
  expect(unansweredShare(new Int32Array(0))).toBeNaN();
});

test('firstCommentLatencies: the genesis median is 309 s', () => {
  const latencies = firstCommentLatencies(
    new Float64Array(genesis.postCount),
    Int32Array.from(genesis.commentPost),
    Float64Array.from(genesis.commentDelaySeconds),
  );
  expect(medianFirstCommentLatency(latencies)).toBe(309);
  expect(latencies.length).toBe(new Set(genesis.commentPost).size);
});

test('firstCommentLatencies: takes the earliest comment, whatever the order, and leaves out posts without one', () => {
  const latencies = firstCommentLatencies(
    Float64Array.of(100, 200, 300),
    Int32Array.of(2, 0, 2),
    Float64Array.of(390, 130, 320),
  );
  expect(Array.from(latencies)).toEqual([20, 30]);
});
