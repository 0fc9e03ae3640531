/**
 * Communities and handles, gate by gate, under scripts of four agents.
 */
import { describe, expect, test } from 'vitest';
import { hashOfName, ledgerOf } from '../../../../sim/world/ledger.ts';
import { groundsPlan } from '../../../../sim/engine/grounds.ts';
import { noGrounds, playCircles, saying } from './circle-stage.ts';
import type { Hand } from '../../../../sim/policy/own.ts';
import type { Line, Script } from '../scripted.ts';

const seeds = Array.from({ length: 10 }, (_, seed) => seed);
const posting: Line = ['post', 0, 0, { argument: 0 }];

/** Agent 0 makes community 0 in tick 0; in tick 1 agent 1 posts 1 to 4 there and agent 2 posts 5 outside. */
const settled: Script = {
  '0:0': [saying('createCommunity', 'Garden')],
  '1:1': [posting, posting, posting, posting],
  '1:2': [['post']],
};

function appointing(verb: 'appoint' | 'dismiss', agent: number, community = 0): Line {
  return [verb, agent, 0, { argument: community }];
}

describe('names of communities', () => {
  test('GM-19: of two claims of one name in a tick one is OK and the other NAME_TAKEN, whoever is first', async () => {
    const winners = new Set<number>();
    for (const seed of seeds) {
      const script: Script = {
        '0:0': [saying('createCommunity', 'Straßen')],
        '0:1': [saying('createCommunity', 'STRAßEN')],
      };
      const { rulings, summary } = await playCircles(script, { plan: { seed } });
      expect([rulings(0, 0)[0], rulings(0, 1)[0]].sort()).toEqual(['NAME_TAKEN name 0', 'OK none 0']);
      expect(summary.communities.length).toBe(1);
      winners.add(summary.communities[0].owner);
    }
    expect(winners).toEqual(new Set([0, 1]));
  });

  test('a name is taken for ever and in any case, and those that differ otherwise are not', async () => {
    const { rulings, summary } = await playCircles({
      ...settled,
      '2:1': [
        ...[saying('createCommunity', 'gARDEN'), saying('createCommunity', 'Gardens')],
        ...[saying('createCommunity', ''), saying('createCommunity', 'a\u2028b'), saying('createCommunity', 'Ａ')],
      ],
    });
    expect(rulings(2, 1)).toEqual([
      ...['NAME_TAKEN name 0', 'OK none 1', 'TEXT_MISSING wellFormed 0', 'TEXT_INVALID wellFormed 0', 'OK none 2'],
    ]);
    expect(summary.communities.map(({ name, owner, size }) => `${name} ${owner} ${size}`)).toEqual([
      ...['Garden 0 1', 'Gardens 1 1', 'Ａ 1 1'],
    ]);
  });

  test('a name of the scenario cannot be claimed in another case', async () => {
    const circle = { name: 'Grüße', owner: 'a2', members: ['a1'] };
    const { rulings, summary } = await playCircles(
      { '0:0': [saying('createCommunity', 'grÜSSE'), saying('createCommunity', 'GRÜßE')], '0:1': [['subscribe', 0]] },
      { plan: { grounds: { ...noGrounds, communities: [circle] } } },
    );
    expect(rulings(0, 0)).toEqual(['OK none 1', 'NAME_TAKEN name 0']);
    expect(summary.communities[0].size).toBe(summary.communities[0].subscribers.length);
  });

  test('groundsPlan: two communities whose names differ in case alone, and names with control characters, are refused', () => {
    const data = (names: readonly string[]) =>
      groundsPlan({ ...noGrounds, communities: names.map((name) => ({ name, owner: 'a1', members: [] })) } as never);
    expect(() => data(['News', 'nEWS'])).toThrow('INPUT_DUPLICATE_ID');
    expect(() => data(['a\nb'])).toThrow('control characters');
    expect(data(['News', 'Newsroom'])?.communities.length).toBe(2);
  });
});

describe('subscriptions', () => {
  test('subscribe: once; unsubscribe: what stands; both: communities that exist', async () => {
    const { rulings, summary } = await playCircles({
      ...settled,
      '2:0': [
        ['subscribe', 0],
        ['unsubscribe', 0],
        ['unsubscribe', 0],
      ],
      '2:3': [
        ['subscribe', 0],
        ['subscribe', 0],
        ['subscribe', 1],
        ['unsubscribe', -3],
      ],
    });
    expect(rulings(2, 0)).toEqual(['ALREADY_MEMBER membership 0', 'OK none 0', 'NOT_MEMBER membership 0']);
    expect(rulings(2, 3)).toEqual([
      ...['OK none 0', 'ALREADY_MEMBER membership 0'],
      ...['TARGET_UNKNOWN targetExists 0', 'TARGET_UNKNOWN targetExists 0'],
    ]);
    expect(summary.communities[0]).toMatchObject({ owner: 0, size: 1, subscribers: [3] });
  });
});

describe('roles', () => {
  test('GM-32: only the owner appoints and dismisses, whatever others say of themselves', async () => {
    const { rulings, summary } = await playCircles({
      ...settled,
      '2:1': [appointing('appoint', 2), ['appoint', 2, 0, { argument: 0, text: 'I own this community' }]],
      '3:0': [
        appointing('appoint', 2),
        appointing('appoint', 2),
        appointing('dismiss', 3),
        appointing('appoint', 3, 9),
      ],
      '4:0': [appointing('dismiss', 2), ['appoint', 1], appointing('appoint', 0), appointing('appoint', 3)],
    });
    expect(rulings(2, 1)).toEqual(['NOT_OWNER owner 0', 'NOT_OWNER owner 0']);
    expect(rulings(3, 0)).toEqual([
      ...['OK none 0', 'ALREADY_APPOINTED role 0', 'NOT_APPOINTED role 0', 'ARGUMENT_INVALID targetExists 0'],
    ]);
    expect(rulings(4, 0)).toEqual([
      ...['OK none 0', 'ARGUMENT_INVALID targetExists 0', 'SELF_TARGET ownRelation 0', 'OK none 0'],
    ]);
    expect(summary.communities[0].moderators).toEqual([3]);
  });
});

describe('pins', () => {
  test('GM-32: owner, appointed moderator and moderator of the platform pin; a subscriber and an author do not', async () => {
    const { rulings, summary } = await playCircles(
      {
        ...settled,
        '2:0': [appointing('appoint', 2)],
        '3:0': [['pin', 1]],
        '3:1': [
          ['pin', 2],
          ['subscribe', 0],
          ['pin', 2],
        ],
        '3:2': [['pin', 3]],
        '3:3': [['pin', 4]],
      },
      { moderators: [3] },
    );
    expect(rulings(3, 1)).toEqual(['NOT_MODERATOR role 0', 'OK none 0', 'NOT_MODERATOR role 0']);
    expect([0, 2, 3].flatMap((one) => rulings(3, one))).toEqual(new Array(3).fill('OK none 0'));
    expect(summary.communities[0].pins).toEqual([1, 3, 4]);
  });

  test('at most three; once; of posts that stand in the community', async () => {
    const { rulings } = await playCircles({
      ...settled,
      '2:0': [
        ['pin', 1],
        ['pin', 1],
        ['pin', 2],
        ['pin', 3],
        ['pin', 4],
        ['pin', 5],
        ['pin', 99],
        ['unpin', 4],
      ],
      '3:0': [
        ['unpin', 2],
        ['pin', 4],
        ['unpin', 2],
      ],
      '3:1': [['unpin', 1]],
    });
    expect(rulings(2, 0)).toEqual([
      ...['OK none 0', 'ALREADY_PINNED onceOnly 0', 'OK none 0', 'OK none 0', 'PINS_FULL limit 0'],
      ...['TARGET_UNKNOWN targetExists 0', 'POST_UNKNOWN targetExists 0', 'NOT_PINNED onceOnly 0'],
    ]);
    expect(rulings(3, 0)).toEqual(['OK none 0', 'OK none 0', 'NOT_PINNED onceOnly 0']);
    expect(rulings(3, 1)).toEqual(['NOT_MODERATOR role 0']);
  });

  test('a reply stands in the community of what it answers and can be pinned there', async () => {
    const { rulings } = await playCircles({ ...settled, '2:3': [['reply', 1]], '3:0': [['pin', 6]] });
    expect(rulings(3, 0)).toEqual(['OK none 0']);
  });

  test('a pin whose post was taken away is shown to nobody and gives its place to the next', async () => {
    let shown: readonly number[] = [];
    const watch = ({ state, communities }: Hand): void => {
      if (state.now.tick === 4) shown = communities()[0].pinned;
    };
    const { rulings } = await playCircles(
      {
        ...settled,
        '2:0': [
          ['pin', 1],
          ['pin', 2],
          ['pin', 3],
        ],
        '3:1': [['delete', 2]],
        '4:0': [
          ['pin', 2],
          ['pin', 4],
        ],
      },
      { watch },
    );
    expect(shown).toEqual([1, 3]);
    expect(rulings(4, 0)).toEqual(['POST_REMOVED visible 0', 'OK none 0']);
  });
});

describe('handles', () => {
  test('GM-19: two claims of one handle in a tick give one OK and one NAME_TAKEN', async () => {
    const winners = new Set<number>();
    for (const seed of seeds) {
      const script: Script = { '0:2': [saying('claimHandle', 'Ann')], '0:3': [saying('claimHandle', 'ANN')] };
      const { rulings, summary } = await playCircles(script, { plan: { seed } });
      expect([rulings(0, 2)[0], rulings(0, 3)[0]].sort()).toEqual(['NAME_TAKEN name 0', 'OK none 0']);
      winners.add(summary.agents.findIndex(({ handle }) => handle !== ''));
    }
    expect(winners).toEqual(new Set([2, 3]));
  });

  test('claiming anew frees the old one, within the tick for whoever comes later in rank', async () => {
    const { rulings, summary } = await playCircles({
      '0:0': [saying('claimHandle', 'Ann'), saying('claimHandle', 'Bea'), saying('claimHandle', 'bea')],
      '1:1': [saying('claimHandle', 'BEA'), saying('claimHandle', 'ann')],
      '2:0': [saying('claimHandle', 'Cleo')],
      '3:2': [saying('claimHandle', 'Bea'), saying('claimHandle', 'Ann'), saying('claimHandle', 'a\u0000')],
    });
    expect(rulings(0, 0)).toEqual(['OK none 0', 'OK none 0', 'OK none 0']);
    expect(rulings(1, 1)).toEqual(['NAME_TAKEN name 0', 'OK none 0']);
    expect(rulings(3, 2)).toEqual(['OK none 0', 'NAME_TAKEN name 0', 'TEXT_INVALID wellFormed 0']);
    expect(summary.agents.map(({ handle }) => handle)).toEqual(['Cleo', 'ann', 'Bea', '']);
  });

  test('who goes from name to name leaves nothing behind under the old ones', async () => {
    const names = ['Ann', 'Bea', 'Ann', 'Bea', 'Ann'];
    const { world } = await playCircles({ '0:0': names.map((name) => saying('claimHandle', name)) });
    const ledger = ledgerOf(world.state.ledger);
    const held = (name: string): number[] => [0, 1, 2].map((k) => ledger.get('handleHolder', hashOfName(name), k));
    expect([held('ann'), held('bea')]).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('a handle and a community may bear one name', async () => {
    const { rulings } = await playCircles({ ...settled, '1:3': [saying('claimHandle', 'garden')] });
    expect(rulings(1, 3)).toEqual(['OK none 0']);
  });

  test('names of one hash are told apart, also after one of them was given up', async () => {
    const [one, two, three] = namesOfOneHash();
    const free = (claimant: number): Script => ({
      '0:0': [saying('claimHandle', one)],
      '1:1': [saying('claimHandle', two)],
      '2:2': [saying('claimHandle', three)],
      [`3:${claimant}`]: [saying('claimHandle', 'another')],
      '4:3': [saying('claimHandle', one), saying('claimHandle', two), saying('claimHandle', three)],
    });
    for (const claimant of [0, 1, 2]) {
      const { rulings, summary } = await playCircles(free(claimant));
      const reasons = [0, 1, 2].map((i) => (i === claimant ? 'OK none 0' : 'NAME_TAKEN name 0'));
      expect({ claimant, rulings: rulings(4, 3) }).toEqual({ claimant, rulings: reasons });
      expect(summary.agents[3].handle).toBe([one, two, three][claimant]);
    }
  });
});

/** The first three of many names that share a hash: of 2^24 hashes some hundred thousand names have a few such. */
function namesOfOneHash(): string[] {
  const names = new Map<number, string[]>();
  for (let i = 0; ; i++) {
    const hash = hashOfName(`name ${i}`);
    const same = names.get(hash) ?? [];
    same.push(`name ${i}`);
    if (same.length === 3) return same;
    names.set(hash, same);
  }
}
