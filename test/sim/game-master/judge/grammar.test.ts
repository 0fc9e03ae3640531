/**
 * The grammar of free words against a table of sentences; and verdicts against forged ones.
 */
import { describe, expect, it } from 'vitest';
import { blankVerdict } from './blank-verdict.ts';
import { verbs } from '../../../../sim/exchange/verbs.ts';
import { readLoosely, readWords } from '../../../../sim/game-master/judge/grammar.ts';
import { readVerdict } from '../../../../sim/game-master/judge/verdict.ts';
import type { Names } from '../../../../sim/game-master/judge/grammar.ts';

const people = new Map([
  ['user-8', 8],
  ['Ann', 1],
  ['Anna', 2],
]);
const one =
  (name: string) =>
  (is: string): number =>
    is.toLowerCase() === name || is.toLowerCase() === `${name}s` ? 0 : -1;
const names: Names = {
  agent: (name) => people.get(name),
  ...{ good: one('coin'), product: one('hat'), place: one('cafe'), community: one('gardeners') },
};

const said = (text: string) => ({ detail: { text } });

describe('readWords', () => {
  it.each([
    ['like #12', { verb: verbs.like, target: 12, amount: 0 }],
    ['Like post #12.', { verb: verbs.like, target: 12, amount: 0 }],
    ['  repost   #3 ', { verb: verbs.repost, target: 3, amount: 0 }],
    ['reply to #7: well said', { verb: verbs.reply, target: 7, amount: 0, ...said('well said') }],
    ['quote #7: “look at this”', { verb: verbs.quote, target: 7, amount: 0, ...said('look at this') }],
    ['follow @user-8', { verb: verbs.follow, target: 8, amount: 0 }],
    ['stop following user-8', { verb: verbs.unfollow, target: 8, amount: 0 }],
    ['follow Anna', { verb: verbs.follow, target: 2, amount: 0 }],
    ['tell Ann: see you', { verb: verbs.message, target: 1, amount: 0, ...said('see you') }],
    ['give 3 coins to user-8', { verb: verbs.give, target: 8, amount: 3, detail: { argument: 0 } }],
    ['give user-8 3 coins', { verb: verbs.give, target: 8, amount: 3, detail: { argument: 0 } }],
    ['buy a hat', { verb: verbs.buy, target: 0, amount: 1 }],
    ['buy 2 hats', { verb: verbs.buy, target: 0, amount: 2 }],
    ['bid 4 for 3 coins', { verb: verbs.bid, target: 0, amount: 3, detail: { price: 4 } }],
    ['offer 3 coins at 4', { verb: verbs.ask, target: 0, amount: 3, detail: { price: 4 } }],
    ['go to the cafe', { verb: verbs.move, target: 0, amount: 0 }],
    ['subscribe to gardeners', { verb: verbs.subscribe, target: 0, amount: 0 }],
    ['search for apples', { verb: verbs.search, target: 0, amount: 0, ...said('apples') }],
    ['post: hello there', { verb: verbs.post, target: 0, amount: 0, ...said('hello there') }],
    ['say good morning', { verb: verbs.post, target: 0, amount: 0, ...said('good morning') }],
    ['do nothing', { verb: verbs.nothing, target: 0, amount: 0 }],
  ])('%s', (words, act) => {
    expect(readWords(words, names)).toEqual(act);
  });

  it.each(['convince everybody to leave', 'follow nobody-7', 'like', 'give coins to user-8', 'go to the moon', ''])(
    'knows nothing of: %s',
    (words) => {
      expect(readWords(words, names)).toBeUndefined();
    },
  );

  it('no number of words makes it slow', () => {
    expect(readWords(`post ${'a "'.repeat(20_000)}`, names)?.verb).toBe(verbs.post);
    expect(readLoosely('so '.repeat(20_000), names)).toBeUndefined();
  });
});

describe('readLoosely', () => {
  it('finds the first verb with a target among other words', () => {
    expect(readLoosely('I think I will follow user-8, and then sleep.', names)).toEqual({
      ...{ verb: verbs.follow, target: 8, amount: 0 },
    });
  });

  it('takes no verb without a target for what was meant', () => {
    expect(readLoosely('I wish they would post more and rest', names)).toBeUndefined();
  });
});

const verdict = (changes: object, words: string) =>
  readVerdict(JSON.stringify({ ...blankVerdict, ...changes }), words, names);

describe('readVerdict', () => {
  it('is a verb with a target that the words name', () => {
    expect(verdict({ does: 'verb', verb: 'follow', target: 'user-8' }, 'add user-8 to the people I read')).toEqual({
      kind: 'verb',
      act: { verb: verbs.follow, target: 8, amount: 0 },
    });
  });

  it('GM-37: whom the words do not name cannot be sent anything, and Ann is not Anna', () => {
    expect(
      verdict({ does: 'verb', verb: 'give', target: 'user-8', thing: 'coin', amount: 999 }, 'make me rich').kind,
    ).toBe('unusable');
    expect(verdict({ does: 'verb', verb: 'follow', target: 'Ann' }, 'keep up with Anna').kind).toBe('unusable');
  });

  it('GM-35: what is outside the closed form is a failure, whatever it says', () => {
    for (const reply of ['', 'null', '{}', '{"does":"verb"}', 'I would say yes', '[1]']) {
      expect(readVerdict(reply, 'x', names).kind).toBe('unusable');
    }
    expect(verdict({ balance: 999 }, 'x').kind).toBe('unusable');
    expect(verdict({ succeeds: 2 }, 'x').kind).toBe('unusable');
    expect(verdict({ does: 'verb', verb: 'remove', target: '#3' }, 'remove #3').kind).toBe('unusable');
    expect(verdict({ does: 'verb', verb: 'constructor' }, 'x').kind).toBe('unusable');
  });

  it('what no verb does comes about by odds where it is plausible, and never where it is not', () => {
    expect(verdict({ succeeds: 0.25 }, 'x')).toEqual({ kind: 'other', succeedsShare: 0.25, reason: 'JUDGED_UNLUCKY' });
    expect(verdict({ succeeds: 1, code: 'UNSAFE' }, 'x')).toEqual({
      kind: 'other',
      succeedsShare: 0,
      reason: 'JUDGED_UNSAFE',
    });
  });
});
