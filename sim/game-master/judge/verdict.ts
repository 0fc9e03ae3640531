/**
 * A judge's verdict: the closed form of what it may say. Either the words are a verb with its arguments, which then passes the same gates as
 * an agent's own attempt, or they are something that no verb does, with odds that it comes about and a code; never a change of the state.
 *
 * Whatever is not of this form is a failure of the judge (GM-35). Whom or what a verdict names must stand in the words that were judged,
 * so that no judge sends an agent to somebody whom it never meant.
 * Source: the statements GM-34 to GM-37 and GM-44 of the Game Master.
 */
import { z } from 'zod';
import { unknownVerb, verbs } from '../../exchange/verbs.ts';
import { normalWords } from './grammar.ts';
import type { ReplyForm } from '../../exchange/prompts.ts';
import type { Reason } from '../../exchange/reasons.ts';
import type { Names, ReadAct } from './grammar.ts';

/** Codes of a judgement, and what each means for the ruling where the attempt fails. */
export const judgementCodes = {
  PLAUSIBLE: 'JUDGED_UNLUCKY',
  IMPOSSIBLE: 'JUDGED_IMPOSSIBLE',
  UNSAFE: 'JUDGED_UNSAFE',
  UNCLEAR: 'JUDGED_UNCLEAR',
} as const satisfies Record<string, Reason>;
type JudgementCode = keyof typeof judgementCodes;

/** Kinds of thing that a verdict can name, by verb. */
type Kind = 'none' | 'post' | 'agent' | 'good' | 'product' | 'place' | 'community';

const verdictSchema = z.strictObject({
  does: z.enum(['verb', 'other']),
  verb: z.string().max(40),
  target: z.string().max(128),
  thing: z.string().max(128),
  amount: z.int().min(0).max(1_000_000_000),
  price: z.int().min(0).max(1_000_000_000),
  text: z.string().max(10_000),
  succeeds: z.number().min(0).max(1),
  code: z.enum(Object.keys(judgementCodes) as [JudgementCode, ...JudgementCode[]]),
  why: z.string().max(400),
});

/** The form of a verdict, for a model. */
export const verdictForm: ReplyForm = { name: 'verdict', schema: z.toJSONSchema(verdictSchema) };

/** What a verdict comes to. */
export type Verdict =
  | { readonly kind: 'verb'; readonly act: ReadAct }
  | { readonly kind: 'other'; readonly succeedsShare: number; readonly reason: Reason }
  | { readonly kind: 'unusable' };

const unusable: Verdict = { kind: 'unusable' };

/** Reads the text of a reply to the question about `words`. */
export function readVerdict(reply: string, words: string, names: Names): Verdict {
  const parsed = verdictSchema.safeParse(jsonOf(reply));
  if (!parsed.success) return unusable;
  const { does, succeeds, code } = parsed.data;
  if (does === 'verb') {
    const act = actOf(parsed.data, words, names);
    return act === undefined ? unusable : { kind: 'verb', act };
  }
  return { kind: 'other', succeedsShare: code === 'PLAUSIBLE' ? succeeds : 0, reason: judgementCodes[code] };
}

/**
 * What a reply says by kind, in whole thousandths that add up to 1,000: a verb, that the attempt comes about, the code of its failure, or
 * `unusable`. For counting how replies to one question differ; names in the reply are not looked at.
 */
export function kindsOfReply(reply: string): readonly (readonly [kind: string, thousandths: number])[] {
  const parsed = verdictSchema.safeParse(jsonOf(reply));
  if (!parsed.success) return [['unusable', 1000]];
  const { does, verb, succeeds, code } = parsed.data;
  if (does === 'verb') return [[`verb ${verb}`, 1000]];
  const share = code === 'PLAUSIBLE' ? Math.round(succeeds * 1000) : 0;
  return [
    ['comes about', share],
    [code, 1000 - share],
  ];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What each verb acts on, as far as a judge may name it. */
const targets: Readonly<Record<string, Kind>> = {
  ...{ nothing: 'none', post: 'none', search: 'none', searchAgents: 'none', trend: 'none', rest: 'none', quit: 'none' },
  ...{ reply: 'post', repost: 'post', quote: 'post', like: 'post', unlike: 'post', dislike: 'post', upvote: 'post' },
  ...{ downvote: 'post', report: 'post', delete: 'post', appeal: 'post' },
  ...{ follow: 'agent', unfollow: 'agent', mute: 'agent', unmute: 'agent', block: 'agent', unblock: 'agent' },
  ...{ message: 'agent', befriend: 'agent', unfriend: 'agent', give: 'agent' },
  ...{ buy: 'product', bid: 'good', ask: 'good', move: 'place', subscribe: 'community' },
};

/** Names of the verbs that a verdict can say. */
export const judgedVerbs = Object.keys(targets);

function actOf(said: z.infer<typeof verdictSchema>, words: string, names: Names): ReadAct | undefined {
  const number = (verbs as Readonly<Record<string, number | undefined>>)[said.verb] ?? unknownVerb;
  const kind = Object.hasOwn(targets, said.verb) ? targets[said.verb] : undefined;
  if (kind === undefined) return undefined;
  const target = targetOf(kind, said.target, words, names);
  if (target === undefined) return undefined;
  const detail = detailOf(said, names);
  if (detail === undefined) return undefined;
  return { verb: number, target, amount: said.amount, ...(Object.keys(detail).length === 0 ? {} : { detail }) };
}

function targetOf(kind: Kind, named: string, words: string, names: Names): number | undefined {
  if (kind === 'none') return 0;
  if (named === '' || !isNamedIn(words, named)) return undefined;
  if (kind === 'post') return /^#?\d{1,10}$/.test(named) ? Number(named.replace('#', '')) : undefined;
  const found = kind === 'agent' ? names.agent(named.replace(/^@/, '')) : names[kind](named);
  return found === undefined || found < 0 ? undefined : found;
}

/** Whether a name stands among the words by itself, not within a longer one: Ann is not Anna. */
function isNamedIn(words: string, name: string): boolean {
  const plain = name.replace(/^[@#]/, '');
  const wide = ` ${normalWords(words).replace(/[\s,.:;!?"'()@#]+/g, ' ')} `.toLowerCase();
  return wide.includes(` ${plain.replace(/[\s,.:;!?"'()@#]+/g, ' ').toLowerCase()} `);
}

function detailOf({ verb, thing, price, text }: z.infer<typeof verdictSchema>, names: Names) {
  const good = verb === 'give' ? names.good(thing) : -1;
  if (verb === 'give' && good < 0) return undefined;
  return {
    ...(verb === 'give' ? { argument: good } : {}),
    ...(price === 0 ? {} : { price }),
    ...(text === '' ? {} : { text }),
  };
}
