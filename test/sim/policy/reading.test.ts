/**
 * What an own policy reads: texts, circles, balances, requests, and what searches find, against what the log says of the same world.
 *
 * Searches are compared with a naive look at all posts that the log made, on worlds that search, rate, mute, block, limit and remove, for
 * every shard count and layout.
 */
import { describe, expect, test } from 'vitest';
import { appealOf, dotFace, postRow, topicOfPost } from '../../../sim/world/posts.ts';
import { topicCount } from '../../../sim/world/agents.ts';
import { topicNames } from '../../../sim/world/wording-grammar.ts';
import { ruleText, stanceOf } from '../../../sim/world/wording.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { detailOf } from '../../../sim/record/chunk.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import { play } from '../game-master/scripted.ts';
import { noGrounds, playCircles, saying } from '../game-master/ranked/circle-stage.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { ConductPlan, Placement } from '../../../sim/engine/plan.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Line, Script } from '../game-master/scripted.ts';

/** What `look` sees when it is the turn of one agent at one tick. */
async function lookAt<Seen>(
  [tick, ordinal]: readonly [number, number],
  script: Script,
  look: (hand: Hand) => Seen,
  stage: Parameters<typeof playCircles>[1] = {},
): Promise<Seen> {
  const seen: Seen[] = [];
  const watch = (hand: Hand): void => {
    if (hand.state.now.tick === tick && hand.state.agents.ordinal[hand.agent] === ordinal) seen.push(look(hand));
  };
  await playCircles(script, { ...stage, watch, ticks: tick + 1 });
  expect(seen.length).toBe(1);
  return seen[0];
}

describe('texts', () => {
  const script: Script = {
    '0:0': [saying('post', 'my own words')],
    '1:1': [['repost', 1], saying('reply', 'and mine', 1), ['quote', 1], ['post']],
    '2:0': [['delete', 1]],
  };
  const allowed = { plan: { allowedVerbs: ['post', 'reply', 'repost', 'quote', 'delete', 'remove'] } };

  test('text: what was written; of a repost what it shows; of rules and quotes without words what is rendered', async () => {
    const texts = await lookAt([2, 3], script, (hand) => [0, 1, 2, 3, 4, 5, 6].map((id) => hand.text(id)), allowed);
    expect(texts.slice(0, 4)).toEqual(['', 'my own words', 'my own words', 'and mine']);
    expect(texts[4]).toMatch(/.{40,280}/);
    expect(texts[5]).toMatch(/.{40,280}/);
    expect(topicNames.some((name) => texts[5].includes(name))).toBe(true);
    expect(texts[6]).toBe('');
  });

  test('text: nothing once the post, or what it shows, was taken away', async () => {
    const texts = await lookAt([3, 3], script, (hand) => [1, 2, 3].map((id) => hand.text(id)), allowed);
    expect(texts).toEqual(['', '', 'and mine']);
  });

  test('text: nothing once the post left the window', async () => {
    const many: Script = {
      '0:0': [saying('post', 'early')],
      ...Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`${i + 1}:1`, new Array<Line>(4).fill(['post'])])),
    };
    const plan = { ...allowed.plan, postCapacity: 16 };
    expect(await lookAt([3, 0], many, (hand) => hand.text(1), { plan })).toBe('early');
    expect(await lookAt([4, 0], many, (hand) => hand.text(1), { plan })).toBe('');
  });
});

describe('circles', () => {
  const script: Script = {
    '0:0': [saying('createGroup', 'choir'), saying('createGroup', 'chess'), saying('createCommunity', 'Garden')],
    '1:1': [
      ...([
        ['joinGroup', 1],
        ['subscribe', 0],
      ] as const),
      saying('createCommunity', 'Kitchen'),
    ],
    '2:0': [['post', 0, 0, { argument: 0 }]],
    '3:0': [['pin', 1]],
  };

  test('groups: those one is in, by number; allGroups: the latest first, as many as asked for', async () => {
    const look = (hand: Hand): unknown => [
      hand.groups(),
      hand.allGroups(1),
      hand.allGroups(9).length,
      hand.allGroups(0),
    ];
    const chess = { group: 1, name: 'chess', size: 2 };
    expect(await lookAt([3, 1], script, look)).toEqual([[chess], [chess], 2, []]);
    expect(await lookAt([3, 2], script, (hand) => hand.groups())).toEqual([]);
    expect(await lookAt([0, 0], script, (hand) => hand.allGroups(9))).toEqual([]);
  });

  test('communities: all, by number, with size, owner and pins; isSubscribed: to which', async () => {
    const communities = await lookAt([4, 1], script, (hand) => [
      ...hand.communities().map((one) => ({ ...one, subscribed: hand.isSubscribed(one.community) })),
    ]);
    expect(communities).toEqual([
      { community: 0, name: 'Garden', size: 2, owner: 0, pinned: [1], subscribed: true },
      { community: 1, name: 'Kitchen', size: 1, owner: 1, pinned: [], subscribed: true },
    ]);
    expect(await lookAt([4, 0], script, (hand) => [hand.isSubscribed(0), hand.isSubscribed(1)])).toEqual([true, false]);
  });
});

describe('holdings', () => {
  const grounds = {
    ...noGrounds,
    goods: [
      { name: 'coin', initial: 10 },
      { name: 'apple', initial: 2 },
    ],
    places: [
      { name: 'square', capacity: -1, travelTicks: 0 },
      { name: 'hut', capacity: 1, travelTicks: 0 },
    ],
  };
  const plan = { grounds, allowedVerbs: ['give', 'move', 'befriend', 'trade', 'unfriend'] };
  const trade: Line = ['trade', 1, 1, { argument: 1, price: 4 }];
  const script: Script = {
    '0:0': [['give', 1, 3, { argument: 0 }], ['move', 1], trade],
    '1:2': [['befriend', 1]],
  };

  test('balance: what one began with and what came and went; place: where one is', async () => {
    const look = (hand: Hand): unknown => [hand.balance(0), hand.balance(1), hand.balance(7), hand.place];
    expect(await lookAt([0, 0], script, look, { plan })).toEqual([10, 2, 0, -1]);
    expect(await lookAt([1, 0], script, look, { plan })).toEqual([7, 2, 0, 1]);
    expect(await lookAt([1, 1], script, look, { plan })).toEqual([13, 2, 0, -1]);
  });

  test('requests: what others ask for, newest first, with terms, until they lapse or are settled', async () => {
    const look = (hand: Hand): unknown => hand.requests();
    const asked = { sender: 0, verb: 'trade', argument: 1, amount: 1, price: 4, tick: 0, lapseTick: 6 };
    const befriended = { sender: 2, verb: 'befriend', argument: 0, amount: 0, price: 0, tick: 1, lapseTick: 7 };
    expect(await lookAt([2, 1], script, look, { plan })).toEqual([befriended, asked]);
    expect(await lookAt([2, 0], script, look, { plan })).toEqual([]);
    expect(await lookAt([5, 1], script, look, { plan })).toEqual([befriended, asked]);
    expect(await lookAt([6, 1], script, look, { plan })).toEqual([befriended]);
    expect(await lookAt([7, 1], script, look, { plan })).toEqual([]);
    const answered: Script = { ...script, '2:1': [['befriend', 2]] };
    expect(await lookAt([3, 1], answered, look, { plan })).toEqual([asked]);
  });
});

const searchVerbs = [
  ...['post', 'reply', 'repost', 'quote', 'like', 'mute', 'block', 'remove', 'limit', 'follow'],
  ...['search', 'searchAgents', 'trend', 'claimHandle'],
];
const phrases = ['Cats sleep', 'DOGS bark', 'a dog and a cat', '100 % sure', 'under_score', 'Straße 12', 'ÉTÉ'];
const queries = ['cat', 'dog', '%', '_', 'straße', 'été', '1', '12', topicNames[0], topicNames[3].toUpperCase(), 'zzz'];
const handles = ['Ann', 'annabel', 'Bob', 'Straße', '7up'];
const limit = 7;

/** What each search found, by tick and ordinal: agents by ordinal. */
type Findings = Record<string, { kind: string | undefined; query: string; posts: number[]; agents: number[] }>;

function searcher(findings: Findings) {
  return (hand: Hand): void => {
    const { now, agents, rowOfOrdinal } = hand.state;
    const { kind, query, posts, agents: rows } = hand.found(limit);
    const place = `${now.tick}:${agents.ordinal[hand.agent]}`;
    findings[place] = { kind, query, posts: [...posts], agents: rows.map((row) => agents.ordinal[row]) };
    const one = <Value>(list: readonly Value[], index: number): Value =>
      list[Math.floor(hand.draw(index) * list.length)];
    const post = Math.max(1, now.nextPost - 1 - Math.floor(hand.draw(9) * 20));
    const other = rowOfOrdinal[Math.floor(hand.draw(10) * 12)];
    if (hand.draw(0) < 0.5) hand.act('post', 0, 0, hand.draw(1) < 0.6 ? { text: one(phrases, 2) } : undefined);
    else
      hand.act(
        one(['reply', 'repost', 'quote'], 3),
        post,
        0,
        hand.draw(1) < 0.5 ? { text: one(phrases, 2) } : undefined,
      );
    hand.act('like', post);
    if (hand.draw(4) < 0.1) hand.act(one(['remove', 'limit'], 5), post);
    if (hand.draw(6) < 0.1) hand.act(one(['mute', 'block', 'follow', 'follow'], 7), other);
    if (hand.draw(8) < 0.1) hand.act('claimHandle', 0, 0, { text: one(handles, 11) });
    hand.act(one(['search', 'searchAgents', 'trend', 'search'], 12), 0, 0, { text: one(queries, 13) });
  };
}

interface NaivePost {
  readonly id: number;
  readonly verb: number;
  readonly author: number;
  readonly target: number;
  readonly tick: number;
  readonly text: string;
  likes: number;
  removed: boolean;
  limited: boolean;
}

/** The world as the log tells it. */
class NaiveWorld {
  readonly posts: NaivePost[] = [];
  readonly shunned = new Set<string>();
  readonly follows = new Set<string>();
  readonly handles = new Map<number, string>();
  readonly searches = new Map<number, { kind: string; query: string }>();

  take(record: TickRecord, textOf: (id: number) => string): void {
    for (let i = 0; i < record.intentCount; i++) {
      if (record.outcome[i] !== outcomes.granted) continue;
      const [verb, actor, target] = [record.verb[i], record.actor[i], record.target[i]];
      const text = detailOf(record, i)?.text ?? '';
      if (verb === verbs.mute || verb === verbs.block) this.shunned.add(`${actor} ${target}`);
      if (verb === verbs.block) this.shunned.add(`${target} ${actor}`);
      if (verb === verbs.follow) this.follows.add(`${actor} ${target}`);
      if (verb === verbs.claimHandle) this.handles.set(actor, text);
      if (verb === verbs.like) this.content(target).likes++;
      if (verb === verbs.remove) this.posts[target - 1].removed = true;
      if (verb === verbs.limit) this.posts[target - 1].limited = true;
      if (verb >= verbs.search && verb <= verbs.trend)
        this.searches.set(actor, { kind: ['search', 'searchAgents', 'trend'][verb - verbs.search], query: text });
      if (verb < verbs.post || verb > verbs.quote) continue;
      const id = record.result[i];
      const base = { id, verb, author: actor, target: verb === verbs.post ? 0 : target, tick: record.tick };
      const words = text !== '' ? text : verb === verbs.repost ? '' : textOf(id);
      this.posts[id - 1] = { ...base, text: words, likes: 0, removed: false, limited: false };
    }
  }

  /** What a repost shows, or the post itself. */
  content(id: number): NaivePost {
    const post = this.posts[id - 1];
    return post.verb === verbs.repost ? this.content(post.target) : post;
  }

  isShown(reader: number, post: NaivePost): boolean {
    const content = this.content(post.id);
    if (post.removed || content.removed) return false;
    if (this.shunned.has(`${reader} ${post.author}`) || this.shunned.has(`${reader} ${content.author}`)) return false;
    return !post.limited || post.author === reader || this.follows.has(`${reader} ${post.author}`);
  }

  find(reader: number, tick: number, agentCount: number): Findings[string] {
    const search = this.searches.get(reader);
    const nothing = { kind: search?.kind, query: search?.query ?? '', posts: [], agents: [] };
    if (search === undefined) return nothing;
    const pattern = new RegExp(search.query.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
    if (search.kind === 'searchAgents') {
      const ordinals = Array.from({ length: agentCount }, (_, i) => i);
      const agents = ordinals.filter((i) => [String(i), this.handles.get(i) ?? ''].some((one) => pattern.test(one)));
      return { ...nothing, agents: agents.slice(0, limit) };
    }
    const shown = this.posts.filter((post) => this.isShown(reader, post)).reverse();
    const found =
      search.kind === 'search'
        ? shown.filter(({ id, author, text }) => [String(id), String(author), text].some((one) => pattern.test(one)))
        : shown
            .filter(
              ({ verb, tick: made }) => (verb === verbs.post || verb === verbs.quote) && made >= tick - trendTicks,
            )
            .sort((x, y) => y.likes - x.likes);
    return { ...nothing, posts: found.slice(0, limit).map(({ id }) => id) };
  }
}

/** Seven days in ticks of twelve hours. */
const trendTicks = 14;
const agentCount = 24;
const tickCount = 22;

/** Runs a world of searchers beside what its log says. */
async function compareSearches(seed: number, placement: Partial<Placement>): Promise<Findings> {
  const findings: Findings = {};
  const plan = smallPlan({
    ...{ seed, tickSeconds: 43_200, allowedVerbs: searchVerbs, policies: [{ kind: 'own', name: 'searcher' }] },
    conduct: { selfRating: true, moderators: ['a1', 'a2', 'a3', 'a4'], limits: [], moderation: [] },
    texts: { bytesMax: 1000, capacityBytes: 1 << 20 },
  });
  const population = smallPopulation({ agents: agentCount, seed, wakesPerDayMean: 2, followsMean: 3 });
  const code = codeOf({ policies: { searcher: { decide: searcher(findings) } } });
  const world = openWorld({ plan, placement, population, code });
  const naive = new NaiveWorld();
  population.followee.forEach((followee, k) => {
    const follower = population.followOffset.findLastIndex((offset) => offset <= k);
    naive.follows.add(`${follower} ${followee}`);
  });
  for (let tick = 0; tick < tickCount; tick++) {
    const expected = Array.from({ length: agentCount }, (_, one) => naive.find(one, tick, agentCount));
    const record = await world.step();
    for (let one = 0; one < agentCount; one++) {
      const place = `${tick}:${one}`;
      if (place in findings) expect({ place, ...findings[place] }).toEqual({ place, ...expected[one] });
    }
    naive.take(record, (id) => renderedText(world.state, id));
  }
  return findings;
}

/** The words of a rule's post, from its columns. */
function renderedText({ posts, agents }: Hand['state'], id: number): string {
  const row = postRow(posts, id);
  const author = posts.author[row] as AgentRow;
  const face = posts.face as Int32Array;
  return ruleText({
    ...{ authorKeyLo: agents.keyLo[author], authorKeyHi: agents.keyHi[author], tick: posts.tick[row], sequence: id },
    ...{ kind: posts.kind[row], topicBoard: topicOfPost(face, row), appeal: appealOf(face, row) },
    stance: stanceOf(dotFace(agents.interest as Int8Array, author * topicCount, face, row)),
  });
}

describe('found', () => {
  test.each([801, 802, 803])(
    'seed %i: what a naive look at the log finds, for every number of shards and every layout',
    async (seed) => {
      const all: Findings[] = [];
      for (const placement of [
        { workers: 1, layout: 'key' },
        { workers: 2, layout: 'degree', mergeTicks: 3 },
        { workers: 3, layout: 'scrambled', mergeTicks: 1 },
      ] as const)
        all.push(await compareSearches(seed, placement));
      const found = Object.values(all[0]);
      expect(found.filter(({ kind, posts }) => kind === 'search' && posts.length > 0).length).toBeGreaterThan(50);
      expect(found.filter(({ kind, posts }) => kind === 'search' && posts.length === 0).length).toBeGreaterThan(5);
      expect(found.filter(({ kind, posts }) => kind === 'trend' && posts.length === limit).length).toBeGreaterThan(20);
      expect(found.filter(({ agents }) => agents.length > 0).length).toBeGreaterThan(10);
      expect(all[1]).toEqual(all[0]);
      expect(all[2]).toEqual(all[0]);
    },
  );

  test('OASIS-32: without likes the newest post trends; nothing is found before anything was searched', async () => {
    const posts: Script = { '0:0': [['post'], ['post']], '1:1': [['trend']], '1:2': [['like', 1]] };
    const plan = { allowedVerbs: ['post', 'like', 'trend', 'search'] };
    expect(await lookAt([2, 1], posts, (hand) => hand.found(1), { plan })).toEqual({
      ...{ kind: 'trend', query: '', posts: [1], agents: [] },
    });
    const unliked: Script = { '0:0': [['post'], ['post']], '1:1': [['trend']] };
    expect((await lookAt([2, 1], unliked, (hand) => hand.found(1), { plan })).posts).toEqual([2]);
    expect(await lookAt([2, 2], unliked, (hand) => hand.found(1), { plan })).toEqual({
      ...{ kind: undefined, query: '', posts: [], agents: [] },
    });
    expect((await lookAt([1, 1], unliked, (hand) => hand.found(1), { plan })).kind).toBeUndefined();
  });

  test('a search finds what was written since it was made', async () => {
    const script: Script = { '0:1': [saying('search', 'cat')], '3:0': [saying('post', 'CATS')] };
    expect((await lookAt([3, 1], script, (hand) => hand.found(5))).posts).toEqual([]);
    expect((await lookAt([4, 1], script, (hand) => hand.found(5))).posts).toEqual([1]);
  });

  test('with the compat of OASIS what muted agents wrote is found, and what blocked ones wrote is not', async () => {
    const seen: Record<string, unknown> = {};
    const script: Script = {
      '0:0': [saying('post', 'cat')],
      '0:1': [['mute', 0], saying('search', 'cat')],
      '0:2': [['block', 0], saying('search', 'cat')],
    };
    for (const compat of [undefined, 'oasis'] as const) {
      const watch = (hand: Hand): void => {
        const { now, agents } = hand.state;
        if (now.tick === 1) seen[`${compat} ${agents.ordinal[hand.agent]}`] = hand.found(5).posts;
      };
      const conduct = compat === undefined ? {} : { compat };
      await play(script, { watch, ticks: 2, conduct, plan: { allowedVerbs: ['post', 'mute', 'block', 'search'] } });
    }
    expect(seen).toMatchObject({ 'undefined 1': [], 'undefined 2': [], 'oasis 1': [1], 'oasis 2': [] });
  });
});

describe('shown', () => {
  const script: Script = {
    '0:0': [['post', undefined, 0, { text: 'Good morning, "town"' }]],
    '1:1': [['reply', 1, 0, { text: 'And to you' }]],
    '1:2': [
      ['like', 1],
      ['report', 1],
    ],
    '1:3': [['report', 1]],
    '2:2': [['repost', 1]],
    '2:3': [['quote', 1, 0, { text: 'So he says' }]],
  };

  async function shownAt(post: number, conduct: Partial<ConductPlan> = {}): Promise<string> {
    let shown = '';
    const watch = (hand: Hand): void => {
      if (hand.state.now.tick === 3) shown = hand.shown(post);
    };
    await play(script, { ticks: 4, watch, conduct });
    return shown;
  }

  test('OASIS-16, OASIS-28: with the compat of OASIS posts, reposts and quotes are told in its words, the reported one with its warning', async () => {
    const conduct = { compat: 'oasis' } as const;
    const post = JSON.parse(await shownAt(1, conduct)) as Record<string, unknown>;
    expect(post).toMatchObject({ post_id: 1, user_id: 0, num_likes: 1, num_reports: 2 });
    expect(post['content']).toBe('[Warning: This post has been reported 2 times]\nGood morning, "town"');
    expect(post['comments']).toMatchObject([{ comment_id: 2, user_id: 1, content: 'And to you' }]);
    const repost = JSON.parse(await shownAt(3, conduct)) as Record<string, string>;
    expect(repost['content']).toContain('User 2 reposted a post from User 0. Repost content: Good morning, "town".');
    const quote = JSON.parse(await shownAt(4, conduct)) as Record<string, string>;
    expect(quote['content']).toContain('User 3 quoted a post from User 0. Quote content: So he says.');
  });

  test('shown: without it every text has a field of its own, and what is not there is shown as nothing', async () => {
    const post = JSON.parse(await shownAt(1)) as Record<string, unknown>;
    expect(post).toMatchObject({ text: 'Good morning, "town"' });
    expect(await shownAt(99)).toBe('');
  });
});
