/**
 * What a platform must do with posts, reposts, quotes, reactions, relations and reports, statement by statement (camel-ai/oasis, the
 * checklist of its behaviour, numbers 7 to 29), on worlds of four agents.
 *
 * Where this platform departs on purpose the test's name says so. Post ids count from 1 in the order of (tick, ordinal, sequence).
 */
import { describe, expect, test } from 'vitest';
import { standings } from '../../../sim/world/posts.ts';
import { play } from './scripted.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { ConductPlan } from '../../../sim/engine/plan.ts';

/** Agent 0 writes post 1. */
const posted = { '0:0': [['post']] } as const;

describe('posts, reposts, quotes', () => {
  test('OASIS-07: posts get the ids 1, 2, 3, … in the order of commitment', async () => {
    const { records } = await play({ '0:2': [['post']], '0:0': [['post'], ['post']], '1:1': [['post']] });
    expect(records.map(({ result }) => [...result])).toEqual([[1, 2, 3], [4]]);
  });

  test('OASIS-08: a repost adds a row that shows the post and one share; the second is refused and adds none', async () => {
    const { post, reasons } = await play({ ...posted, '1:1': [['repost', 1]], '2:1': [['repost', 1]] });
    expect(post(2)).toMatchObject({ author: 1, origin: 1 });
    expect(post(1).shares).toBe(1);
    expect(reasons(2, 1)).toEqual(['ALREADY_REPOSTED']);
  });

  test('OASIS-09: a repost of a repost points to the root and raises the root’s shares alone', async () => {
    const { post } = await play({ ...posted, '1:1': [['repost', 1]], '2:2': [['repost', 2]] });
    expect(post(3)).toMatchObject({ author: 2, origin: 1, parent: 2 });
    expect([post(1).shares, post(2).shares]).toEqual([2, 0]);
  });

  test('OASIS-10: a repost of a quote shows the quote and raises its shares', async () => {
    const { post } = await play({ ...posted, '1:1': [['quote', 1]], '2:2': [['repost', 2]] });
    expect(post(3).origin).toBe(2);
    expect([post(1).shares, post(2).shares]).toEqual([1, 1]);
  });

  test('OASIS-11: nobody reposts one content twice by way of another’s repost', async () => {
    const { post, reasons } = await play({
      ...posted,
      '1:1': [['repost', 1]],
      '1:2': [['repost', 1]],
      '2:1': [['repost', 3]],
    });
    expect(reasons(2, 1)).toEqual(['ALREADY_REPOSTED']);
    expect(post(1).shares).toBe(2);
  });

  test('OASIS-12: a quote is content of its own, raises the root’s shares, and may be made again', async () => {
    const { post, reasons } = await play({
      ...posted,
      '1:1': [
        ['quote', 1],
        ['quote', 1],
      ],
    });
    expect(reasons(1, 1)).toEqual(['OK', 'OK']);
    expect([post(2), post(3)]).toMatchObject([
      { origin: 2, parent: 1 },
      { origin: 3, parent: 1 },
    ]);
    expect(post(1).shares).toBe(2);
  });

  test('OASIS-13: a quote of a quote keeps its parent and belongs to the root’s cascade; one of a repost counts on what is shown', async () => {
    const { post } = await play({
      ...posted,
      '1:1': [['quote', 1]],
      '1:2': [['repost', 1]],
      '2:3': [
        ['quote', 2],
        ['quote', 3],
      ],
    });
    expect(post(4)).toMatchObject({ parent: 2, root: 1 });
    expect(post(5)).toMatchObject({ parent: 3, root: 1 });
    expect([post(1).shares, post(2).shares, post(3).shares]).toEqual([3, 1, 0]);
  });

  test('OASIS-14: a repost or quote of a post that is missing is refused', async () => {
    const { records, reasons } = await play({
      ...posted,
      '1:1': [
        ['repost', 9],
        ['quote', 0],
      ],
    });
    expect(reasons(1, 1)).toEqual(['POST_UNKNOWN', 'POST_UNKNOWN']);
    expect(records[1].totals.posts).toBe(0);
  });

  test('OASIS-15: who quoted a post may repost it (OASIS refuses; wanted is that it may)', async () => {
    const { reasons, post } = await play({ ...posted, '1:1': [['quote', 1]], '2:1': [['repost', 1]] });
    expect(reasons(2, 1)).toEqual(['OK']);
    expect(post(1).shares).toBe(2);
  });
});

describe('reactions', () => {
  test('OASIS-17: a second like is refused, an unlike restores the count, an unlike of nothing is refused', async () => {
    const { post, reasons } = await play({
      ...posted,
      '1:1': [
        ['like', 1],
        ['like', 1],
      ],
      '2:1': [['unlike', 1]],
      '3:1': [
        ['unlike', 1],
        ['like', 1],
      ],
    });
    expect([1, 2, 3].map((tick) => reasons(tick, 1))).toEqual([['OK', 'ALREADY_LIKED'], ['OK'], ['NOT_LIKED', 'OK']]);
    expect(post(1).likes).toBe(1);
  });

  test('OASIS-18: reactions and replies to a repost act on the root, those to a quote on the quote', async () => {
    const on = (id: number) =>
      [
        ['like', id],
        ['dislike', id],
        ['reply', id],
      ] as const;
    const { post } = await play({
      ...posted,
      '1:1': [['repost', 1]],
      '1:2': [['quote', 1]],
      '2:3': [...on(2), ...on(3)],
    });
    const counts = { likes: 1, dislikes: 1, replies: 1 };
    expect([post(1), post(2), post(3)]).toMatchObject([counts, { likes: 0, dislikes: 0, replies: 0 }, counts]);
  });

  test('OASIS-19: like and dislike of one agent stand beside each other, and undislike mirrors unlike', async () => {
    const { post, reasons } = await play({
      ...posted,
      '1:1': [
        ['like', 1],
        ['dislike', 1],
        ['dislike', 1],
      ],
      '2:1': [
        ['undislike', 1],
        ['undislike', 1],
      ],
    });
    expect(reasons(1, 1)).toEqual(['OK', 'OK', 'ALREADY_DISLIKED']);
    expect(reasons(2, 1)).toEqual(['OK', 'NOT_DISLIKED']);
    expect(post(1)).toMatchObject({ likes: 1, dislikes: 0 });
  });

  test('OASIS-20: without self-rating nobody likes or dislikes a post or reply of its own', async () => {
    const script = {
      ...posted,
      '1:0': [['reply', 1]],
      '2:0': [
        ['like', 1],
        ['dislike', 2],
        ['like', 2],
        ['upvote', 1],
      ],
    } as const;
    const forbidden = await play(script, { conduct: { selfRating: false } });
    expect(forbidden.reasons(2, 0)).toEqual(new Array(4).fill('SELF_RATING'));
    expect(forbidden.post(1)).toMatchObject({ likes: 0, dislikes: 0 });
    const allowed = await play(script, { conduct: { selfRating: true } });
    expect(allowed.reasons(2, 0)).toEqual(['OK', 'OK', 'OK', 'OK']);
  });

  test('OASIS-21: replies are liked and disliked as posts are, one that is missing by nobody', async () => {
    const { post, reasons } = await play({
      ...posted,
      '1:1': [['reply', 1]],
      '2:2': [
        ['like', 2],
        ['like', 2],
        ['dislike', 2],
        ['like', 3],
      ],
      '3:2': [
        ['unlike', 2],
        ['undislike', 2],
        ['undislike', 2],
      ],
    });
    expect(reasons(2, 2)).toEqual(['OK', 'ALREADY_LIKED', 'OK', 'POST_UNKNOWN']);
    expect(reasons(3, 2)).toEqual(['OK', 'OK', 'NOT_DISLIKED']);
    expect(post(2)).toMatchObject({ likes: 0, dislikes: 0 });
  });

  test('OASIS-22: every reaction to a post that is missing is refused with one reason', async () => {
    const reactions = ['like', 'unlike', 'dislike', 'undislike', 'upvote', 'downvote', 'report', 'reply'];
    const { reasons } = await play({ ...posted, '1:1': reactions.map((verb) => [verb, 77] as const) });
    expect(reasons(1, 1)).toEqual(reactions.map(() => 'POST_UNKNOWN'));
  });
});

describe('relations', () => {
  test('OASIS-24: follow raises both counters by one, a second is refused, unfollow reverses it, one of nobody is refused', async () => {
    const script = {
      '0:1': [
        ['follow', 2],
        ['follow', 2],
      ],
      '1:1': [['follow', 2]],
      '2:1': [['unfollow', 2]],
      '3:1': [['unfollow', 2]],
    } as const;
    const after = await play({ '0:1': script['0:1'], '1:1': script['1:1'] });
    expect([after.agent('followerCount', 2), after.agent('followeeCount', 1)]).toEqual([1, 1]);
    const { agent, reasons } = await play(script);
    expect([0, 1, 2, 3].flatMap((tick) => reasons(tick, 1))).toEqual([
      ...['OK', 'ALREADY_FOLLOWING', 'ALREADY_FOLLOWING', 'OK', 'NOT_FOLLOWING'],
    ]);
    expect([agent('followerCount', 2), agent('followeeCount', 1)]).toEqual([0, 0]);
  });

  test('OASIS-25: to follow oneself, or an agent that does not exist, is refused (OASIS accepts both)', async () => {
    const { agent, reasons } = await play({
      '0:1': [
        ['follow', 1],
        ['follow', 4],
        ['follow', -1],
      ],
    });
    expect(reasons(0, 1)).toEqual(['SELF_TARGET', 'AGENT_UNKNOWN', 'AGENT_UNKNOWN']);
    expect([agent('followerCount', 1), agent('followeeCount', 1)]).toEqual([0, 0]);
  });

  test('OASIS-26: what a muted agent wrote or spread is in no feed of who muted it, until unmuted', async () => {
    const follows = [[], [0, 2, 3], [], []];
    const { seen, reasons } = await play(
      {
        '0:0': [['post']],
        '0:3': [['post']],
        '1:1': [
          ['mute', 0],
          ['mute', 0],
          ['mute', 1],
          ['unmute', 2],
        ],
        '1:2': [['repost', 1]],
        '3:1': [
          ['unmute', 0],
          ['unmute', 0],
        ],
      },
      { follows, ticks: 6 },
    );
    expect(reasons(1, 1)).toEqual(['OK', 'ALREADY_MUTED', 'SELF_TARGET', 'NOT_MUTED']);
    expect(reasons(3, 1)).toEqual(['OK', 'NOT_MUTED']);
    expect([1, 2, 3, 4].map((tick) => seen(tick, 1).sort((x, y) => x - y))).toEqual([[1, 2], [2], [2], [1, 2]]);
  });

  test('OASIS-26: no board shows a muted agent’s posts to who muted it', async () => {
    const { seen } = await play(
      { '0:0': [['post']], '0:3': [['post']], '1:1': [['mute', 0]], '2:2': [['like', 1]] },
      {
        ticks: 4,
        plan: { feed: { recommender: 'hot', length: 8, outOfNetworkShare: 0, exposuresMax: 99, repostsShown: true } },
      },
    );
    expect(seen(3, 2).sort((x, y) => x - y)).toEqual([1, 2]);
    expect(seen(3, 1)).toEqual([2]);
  });
});

describe('reports', () => {
  const warn: Partial<ConductPlan> = { moderation: [{ id: 'warn', version: 1, reports: 2, does: 'label', hours: 0 }] };

  test('OASIS-27: an agent’s report counts once; of a repost it counts on the content shown (OASIS: on the repost’s row)', async () => {
    const { post, reasons } = await play({
      ...posted,
      '1:1': [['repost', 1]],
      '2:2': [
        ['report', 1],
        ['report', 1],
      ],
      '3:2': [['report', 2]],
      '3:3': [['report', 2]],
    });
    expect(reasons(2, 2)).toEqual(['OK', 'ALREADY_REPORTED']);
    expect(reasons(3, 2)).toEqual(['ALREADY_REPORTED']);
    expect([post(1).reports, post(2).reports]).toEqual([2, 0]);
  });

  test('OASIS-28: at two reports a post carries a label that readers see, at one it does not', async () => {
    const labels: Record<number, boolean[]> = {};
    const watch = (hand: Hand): void => {
      if (hand.agent !== 3) return;
      labels[hand.state.now.tick] = hand.items.map(({ isLabelled }) => isLabelled);
    };
    const script = { ...posted, '1:1': [['report', 1]], '2:2': [['report', 1]] } as const;
    const { post } = await play(script, { follows: [[], [], [], [0]], conduct: warn, ticks: 5, watch });
    expect([labels[2], labels[3], labels[4]]).toEqual([[false], [false], [true]]);
    expect(post(1).standing).toBe(standings.labelled);
  });

  test('OASIS-29: a quote of a reported post has reports of its own: none', async () => {
    const script = { ...posted, '1:1': [['report', 1]], '1:2': [['report', 1]], '2:3': [['quote', 1]] } as const;
    const { post } = await play(script, { conduct: warn, ticks: 4 });
    expect([post(1).reports, post(2).reports]).toEqual([2, 0]);
    expect([post(1).standing, post(2).standing]).toEqual([standings.labelled, standings.good]);
  });
});
