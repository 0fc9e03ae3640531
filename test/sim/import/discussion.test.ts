/** What is left out of a discussion, why, and where the first one stands. */
import { expect, test } from 'vitest';
import { gatherDiscussion } from '../../../sim/import/discussion.ts';
import { RowTally } from '../../../sim/import/gathered.ts';
import type { Comments, Entries } from '../../../sim/import/discussion.ts';

function entries(file: string, rows: readonly { id: string; author: string }[]): Entries {
  return {
    count: rows.length,
    id: rows.map((row) => row.id),
    author: rows.map((row) => row.author),
    timeMs: Float64Array.from(rows, (_, row) => row * 1000),
    placeOf: (row) => ({ file, line: row + 2 }),
  };
}

/** Posts as `id author`, comments as `id author post parent`; `-` stands for an empty cell. */
function gather(agents: string, posts: string, comments: string) {
  const cells = (text: string) =>
    text
      .split(',')
      .filter((row) => row !== '')
      .map((row) =>
        row
          .trim()
          .split(' ')
          .map((cell) => (cell === '-' ? '' : cell)),
      );
  const commentCells = cells(comments);
  const ofComments: Comments = {
    ...entries(
      'c.csv',
      commentCells.map(([id, author]) => ({ id, author })),
    ),
    post: commentCells.map((row) => row[2]),
    parent: commentCells.map((row) => row[3]),
  };
  const tallies = { dropped: new RowTally(), noted: new RowTally() };
  const ofPosts = entries(
    'p.csv',
    cells(posts).map(([id, author]) => ({ id, author })),
  );
  const found = gatherDiscussion(agents === '' ? [] : agents.split(' '), ofPosts, ofComments, tallies);
  const reasons = (tally: RowTally) =>
    Object.fromEntries(tally.listed().map(({ reason, count, first }) => [reason, [count, first.line]]));
  return { ...found, dropped: reasons(tallies.dropped), noted: reasons(tallies.noted) };
}

test('a reply names the act it answers: a comment where there is a parent, else the post', () => {
  const { ids, acts, dropped } = gather('', 'p1 ann', 'c1 bob p1 -, c2 ann p1 c1');
  expect(ids).toEqual(['ann', 'bob']);
  expect(Array.from(acts.target)).toEqual([-1, 0, 1]);
  expect(Array.from(acts.actor)).toEqual([0, 1, 0]);
  expect(dropped).toEqual({});
});

test('a comment may stand before its parent', () => {
  const { acts, dropped } = gather('', 'p1 ann', 'c2 ann p1 c1, c1 bob p1 -');
  expect(Array.from(acts.target)).toEqual([-1, 2, 0]);
  expect(dropped).toEqual({});
});

test('what names something that is not there is left out, with its line, and so is what answers it', () => {
  const { acts, dropped } = gather('', 'p1 ann', 'c1 bob p9 -, c2 bob p1 c9, c3 ann p1 c2, c4 ann p1 c3, c5 bob p1 -');
  expect(acts.count).toBe(2);
  expect(dropped).toEqual({
    'comment whose post is not there': [1, 2],
    'comment whose parent is not there': [1, 3],
    'answer to what was left out': [2, 4],
  });
});

test('a ring of parents is left out, what hangs below it is no part of it', () => {
  const { acts, dropped } = gather(
    '',
    'p1 ann',
    'c0 eve p1 c1, c1 bob p1 c2, c2 bob p1 c3, c3 ann p1 c1, c4 ann p1 c4, c5 bob p1 -',
  );
  expect(acts.count).toBe(2);
  expect(dropped).toEqual({ 'comment in a ring of parents': [4, 3], 'answer to what was left out': [1, 2] });
});

test('deleted authors, ids that stand twice, parents of another post', () => {
  const { acts, dropped } = gather(
    '',
    'p1 ann, p1 bob, p2 -',
    'c1 - p1 -, c2 bob p1 c1, c3 bob p2 -, c4 bob p1 -, c4 ann p1 -, c5 ann p3 c4',
  );
  expect(acts.count).toBe(2);
  expect(dropped).toEqual({
    'post whose id stands twice': [1, 3],
    'post without an author': [1, 4],
    'comment without an author': [1, 2],
    'comment whose id stands twice': [1, 6],
    'answer to what was left out': [2, 3],
    'comment whose post is not there': [1, 7],
  });
  const other = gather('', 'p1 ann, p2 bob', 'c1 bob p1 -, c2 ann p2 c1');
  expect(other.dropped).toEqual({ 'comment whose parent belongs to another post': [1, 3] });
});

test('replies to oneself and authors without a row are kept and counted', () => {
  const { ids, noted, acts } = gather('ann zoe', 'p1 ann', 'c1 ann p1 -, c2 bob p1 -');
  expect(ids).toEqual(['ann', 'zoe', 'bob']);
  expect(acts.count).toBe(3);
  expect(noted).toEqual({ 'author without a row in the table of agents': [1, 3], 'reply to oneself': [1, 2] });
});

test('ids that are keys of objects elsewhere are ids here', () => {
  const { ids, dropped } = gather('', '__proto__ constructor', 'toString __proto__ __proto__ -');
  expect(ids).toEqual(['constructor', '__proto__']);
  expect(dropped).toEqual({});
});

test('a thread of a hundred thousand comments, each below the one before, is no ring', () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => `c${i} ann p1 ${i === 0 ? '-' : `c${i - 1}`}`)
    .reverse()
    .join(',');
  expect(gather('', 'p1 ann', rows).acts.count).toBe(100_001);
});
