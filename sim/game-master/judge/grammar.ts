/**
 * The grammar of free words: an attempt that says in plain English what a verb of the platform does is that verb.
 *
 *     like #12 · reply to #12: well said · follow user-8 · tell user-8: see you · give 3 coins to user-8 · go to cafe · post: hello
 *
 * Pure. Names of agents are external ids, posts are named by `#` and their number, goods, products and places by the scenario's names.
 * What fits no pattern whole is nobody's business here: it goes to the judge. `readLoosely` finds a pattern with a target anywhere in the
 * words; it is used only where nobody can judge. Upper and lower case of A to Z are the same; nothing depends on a locale.
 * Oracle: a table of sentences (`test/sim/game-master/judge/grammar.test.ts`).
 */
import { verbs } from '../../exchange/verbs.ts';
import type { Detail } from '../../exchange/details.ts';
import type { BuiltInVerb } from '../../exchange/verbs.ts';

/** An attempt as a verb. */
export interface ReadAct {
  readonly verb: number;
  readonly target: number;
  readonly amount: number;
  readonly detail?: Detail;
}

/** What names stand for: -1 or undefined where they stand for nothing. */
export interface Names {
  agent(name: string): number | undefined;
  good(name: string): number;
  product(name: string): number;
  place(name: string): number;
  community(name: string): number;
}

/** Words of one pattern: what stands in its groups. */
type Groups = Readonly<Record<string, string | undefined>>;

interface Pattern {
  readonly form: RegExp;
  readonly read: (groups: Groups, names: Names) => ReadAct | undefined;
  /** Whether it names whom or what it is about, so that it may be found among other words. */
  readonly isPointed: boolean;
}

const post = String.raw`(?:post |tweet )?#(?<post>\d{1,10})`;
const agent = String.raw`@?(?<agent>[^\s:,]{1,128})`;
const amount = String.raw`(?<amount>\d{1,9})`;
const says = String.raw`\s*[:,-]?\s*["“]?(?<text>[^]+?)["”]?`;

function act(verb: BuiltInVerb, target: number, more: { amount?: number; detail?: Detail } = {}): ReadAct {
  const { amount: units = 0, detail } = more;
  return { verb: verbs[verb], target, amount: units, ...(detail === undefined ? {} : { detail }) };
}

function pattern(form: string, read: Pattern['read']): Pattern {
  return {
    form: new RegExp(`^(?:${form})\\.?$`, 'i'),
    read,
    isPointed: form.includes('<post>') || form.includes('<agent>'),
  };
}

/** A verb on a post, by one of its words. */
function onPost(words: string, verb: BuiltInVerb): Pattern {
  return pattern(`(?:${words}) ${post}`, (found) => act(verb, Number(found.post)));
}

/** A verb on an agent. */
function onAgent(words: string, verb: BuiltInVerb): Pattern {
  return pattern(`(?:${words}) ${agent}`, (found, names) => toAgent(verb, found, names));
}

function toAgent(verb: BuiltInVerb, found: Groups, names: Names, more?: { amount?: number; detail?: Detail }) {
  const target = names.agent(found.agent ?? '');
  return target === undefined ? undefined : act(verb, target, more);
}

const nothing = pattern('do nothing|nothing|wait|stay silent|look on', () => act('nothing', 0));

/** Patterns in the order in which they are tried. */
const patterns: readonly Pattern[] = [
  nothing,
  pattern(`(?:reply|respond|answer|comment) (?:to |on )?${post}${says}`, ({ post: target, text }) =>
    act('reply', Number(target), { detail: { text: text ?? '' } }),
  ),
  pattern(`quote ${post}${says}`, ({ post: target, text }) =>
    act('quote', Number(target), { detail: { text: text ?? '' } }),
  ),
  onPost('repost|retweet|share|boost', 'repost'),
  onPost('like|love', 'like'),
  onPost('unlike', 'unlike'),
  onPost('dislike', 'dislike'),
  onPost('upvote', 'upvote'),
  onPost('downvote', 'downvote'),
  onPost('report|flag', 'report'),
  onPost('delete', 'delete'),
  onPost('appeal against the removal of|appeal for', 'appeal'),
  onAgent('follow', 'follow'),
  onAgent('unfollow|stop following', 'unfollow'),
  onAgent('unmute', 'unmute'),
  onAgent('mute', 'mute'),
  onAgent('unblock', 'unblock'),
  onAgent('block', 'block'),
  onAgent('befriend|make friends with', 'befriend'),
  onAgent('unfriend', 'unfriend'),
  pattern(`give ${amount} (?<thing>.+?) to ${agent}`, (found, names) => give(found, names)),
  pattern(`give ${agent} ${amount} (?<thing>.+?)`, (found, names) => give(found, names)),
  pattern(`(?:message|tell|write to|dm) ${agent}${says}`, (found, names) =>
    toAgent('message', found, names, { detail: { text: found.text ?? '' } }),
  ),
  pattern(`buy (?:${amount} |an? )?(?<thing>.+?)`, ({ amount: units, thing = '' }, names) => {
    const product = names.product(thing);
    return product < 0 ? undefined : act('buy', product, { amount: Number(units ?? 1) });
  }),
  pattern(`bid (?<price>\\d{1,9}) for ${amount} (?<thing>.+?)`, (found, names) => order('bid', found, names)),
  pattern(`(?:ask|offer) ${amount} (?<thing>.+?) (?:for|at) (?<price>\\d{1,9})`, (found, names) =>
    order('ask', found, names),
  ),
  pattern('(?:go|move|walk|travel) to (?:the )?(?<thing>.+?)', ({ thing = '' }, names) => {
    const place = names.place(thing);
    return place < 0 ? undefined : act('move', place);
  }),
  pattern('subscribe to (?<thing>.+?)', ({ thing = '' }, names) => {
    const community = names.community(thing);
    return community < 0 ? undefined : act('subscribe', community);
  }),
  pattern('search (?:for )?["“]?(?<text>.+?)["”]?', ({ text }) => act('search', 0, { detail: { text: text ?? '' } })),
  pattern('rest|sleep|take a rest', () => act('rest', 0)),
  pattern('quit|leave for good|leave the platform', () => act('quit', 0)),
  pattern(
    `(?:post|say|write|publish|tweet)${says.replace(String.raw`\s*[:,-]?\s*`, String.raw`(?:\s*:\s*|\s+)`)}`,
    ({ text }) => act('post', 0, { detail: { text: text ?? '' } }),
  ),
];

function give(found: Groups, names: Names): ReadAct | undefined {
  const good = names.good(found.thing ?? '');
  if (good < 0) return undefined;
  return toAgent('give', found, names, { amount: Number(found.amount), detail: { argument: good } });
}

function order(verb: 'bid' | 'ask', { thing = '', price, amount: units }: Groups, names: Names): ReadAct | undefined {
  const good = names.good(thing);
  return good < 0 ? undefined : act(verb, good, { amount: Number(units), detail: { price: Number(price) } });
}

/** Words with single spaces, none at either end. */
export function normalWords(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The verb that the words name, or undefined. */
export function readWords(text: string, names: Names): ReadAct | undefined {
  const words = normalWords(text);
  for (const { form, read } of patterns) {
    const groups = form.exec(words)?.groups ?? (form.test(words) ? {} : undefined);
    const found = groups === undefined ? undefined : read(groups, names);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Longest stretch of words that is looked through for a pattern. */
const looseWordsMax = 64;

/**
 * The first verb with a target that stands anywhere among the words: from each word on, the longest stretch that a pattern fits. Rules
 * nearest to what was meant, where nobody can judge.
 */
export function readLoosely(text: string, names: Names): ReadAct | undefined {
  const words = normalWords(text).split(' ').slice(0, looseWordsMax);
  for (let from = 0; from < words.length; from++) {
    for (let to = words.length; to > from + 1; to--) {
      const some = words
        .slice(from, to)
        .join(' ')
        .replace(/[.!?,;]+$/, '');
      for (const { form, read, isPointed } of patterns) {
        const groups = isPointed ? form.exec(some)?.groups : undefined;
        const found = groups === undefined ? undefined : read(groups, names);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}
