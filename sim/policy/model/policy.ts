/**
 * The policy of agents that think in words: one prompt a waking, an answer of a closed form, and acts of the scenario's verbs.
 *
 * Components: identity (name and persona), goals (the scenario's text), memory (retrieval, folding), observation, plan, reflection, and
 * what it believes of partners. The prompt is laid out fixed part first, then persona, then what is new. What was told in `ask` is
 * kept until `settle` of the same tick, because only that can be meant; beyond the tick nothing is kept but the agent's notes.
 * A call that failed, or an answer out of form, is on record, and the agent decides by the plan's rules in that tick.
 * Source of the components: Generative Agents (arXiv 2304.03442); components as in Concordia. Oracle: `test/sim/policy/model/`.
 */
import { InputError } from '../../ground/errors.ts';
import { fence } from '../../llm/fence.ts';
import { estimateTokens } from '../../llm/tokens.ts';
import { agentNamed, createActBook } from './act-book.ts';
import { actsReader, reflectionsReader } from './answer.ts';
import { actingBrief, interviewBrief, reflectingBrief } from './brief.ts';
import { createBudget, cutToTokens } from './budget.ts';
import { doneText, foldText } from './folding.ts';
import { answerOfReply, interviewForm, questionBlock } from './interview.ts';
import { observe } from './observation.ts';
import { nameTold } from './seen.ts';
import { nowTokensLeast } from './settings.ts';
import { thingsOf } from './things.ts';
import type { GroundsPlan } from '../../exchange/grounds.ts';
import type { Prompt, ReplyForm } from '../../exchange/prompts.ts';
import type { Verb } from '../../exchange/verbs.ts';
import type { Recollection } from '../../world/recall.ts';
import type { Hand, OwnPolicy } from '../own.ts';
import type { ActBook } from './act-book.ts';
import type { Answer } from './answer.ts';
import type { Seen } from './seen.ts';
import type { ModelPlan } from './settings.ts';
import type { Things } from './things.ts';

/** What the policy is made for. */
export interface ModelWorld {
  readonly table: readonly Verb[];
  readonly allowed: readonly string[];
  readonly grounds: GroundsPlan | undefined;
}

/** What is fixed for a run. */
interface Class {
  readonly plan: ModelPlan;
  readonly book: ActBook;
  readonly things: Things;
  readonly briefs: { readonly acting: string; readonly reflecting: string; readonly interview: string };
  readonly acts: ReturnType<typeof actsReader>;
}

const partnerVerbs = ['trade', 'play', 'give'];

/** The policy, and what audits of archetypes ask of it: the prompt of acting, and what its answer would do, without doing it. */
export interface ModelPolicy extends OwnPolicy {
  audit(hand: Hand): void;
  audited(hand: Hand, text: string): { readonly acts: readonly MeantAtItem[]; readonly itemCount: number } | undefined;
}

/** A verb, and the place in the feed of the item that it is about; -1 without one. */
export interface MeantAtItem {
  readonly verb: string;
  readonly item: number;
}

/** Makes the policy. Throws INPUT_COMBINATION where the bound leaves no room for what is new in a tick. */
export function createModelPolicy(plan: ModelPlan, { table, allowed, grounds }: ModelWorld): ModelPolicy {
  const book = createActBook(table, allowed, grounds, plan.textLengthMax);
  const one: Class = {
    ...{ plan, book, things: thingsOf(grounds), acts: actsReader(book, plan.actsMax, holdsBeliefs(book)) },
    briefs: briefsOf(plan, book, grounds),
  };
  refuseNarrow(one);
  const told = new Map<number, Seen>();
  return {
    ask(hand) {
      const recollection = hand.recollection();
      const { prompt, seen } = actingPrompt(one, hand, recollection);
      told.set(hand.agent, seen);
      hand.say(prompt);
      if (isReflectionDue(one, hand, recollection)) hand.say(reflectionPrompt(one, hand, recollection), 'reflection');
    },
    isUsable: (text, purpose) => (purpose === 'reflection' ? reflectionsReader : one.acts).read(text) !== undefined,
    settle(hand, _answer, reply, purpose) {
      if (reply?.status !== 'answered') return;
      if (purpose === 'reflection') settleReflection(hand, reply.text);
      else settleActs(one, hand, reply.text, told.get(hand.agent));
    },
    fallback: plan.fallback,
    audit(hand) {
      const { prompt, seen } = actingPrompt(one, hand, hand.recollection());
      told.set(hand.agent, seen);
      // Counted once the tick is over.
      hand.say({ ...prompt, stepsAhead: nextWaking }, 'audit');
    },
    audited: (hand, text) => meantAtItems(one, hand, text, told.get(hand.agent)),
    interview: (hand, question) => interviewPrompt(one, hand, question),
    answerBy: (_hand, question, text) => answerOfReply(question, text, plan.textLengthMax),
  };
}

function holdsBeliefs(book: ActBook): boolean {
  return partnerVerbs.some((verb) => book.has(verb));
}

function briefsOf(plan: ModelPlan, book: ActBook, grounds: GroundsPlan | undefined): Class['briefs'] {
  return {
    acting: actingBrief(plan, book, grounds, holdsBeliefs(book)),
    reflecting: reflectingBrief(plan),
    interview: interviewBrief(plan),
  };
}

/** The parts of its prompts that are the same for all agents and ticks, by what is asked; of reflections where there are any. */
export function modelBriefs(
  plan: ModelPlan,
  { table, allowed, grounds }: ModelWorld,
): Readonly<Record<string, string>> {
  const { reflecting, ...others } = briefsOf(plan, createActBook(table, allowed, grounds, plan.textLengthMax), grounds);
  return plan.reflection === undefined ? others : { ...others, reflecting };
}

/** Longest persona in a prompt: 400 characters can be as many tokens in some scripts. */
const personaTokensMax = 250;

function refuseNarrow({ plan, briefs }: Class): void {
  const briefTokens = Math.max(...Object.values(briefs).map(estimateTokens));
  const least = briefTokens + personaTokensMax + nowTokensLeast;
  if (plan.promptTokensMax >= least) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `promptTokensMax ${plan.promptTokensMax} leaves no room beside the brief of ${briefTokens} tokens`,
    next: `Set promptTokensMax to ${least} or more, or shorten the goals.`,
  });
}

/** Who the agent is. */
function identity(hand: Hand): string {
  const name = nameTold(hand.name);
  const block = (text: string): string =>
    `You are ${name}.\n${fence({ text, label: 'who you are', lengthMax: 65_536, place: hand.name })}`;
  const { persona } = hand;
  const frame = estimateTokens(block(''));
  return block(cutToTokens(persona, Math.max(0, personaTokensMax - frame - 2)));
}

/** In how many ticks an agent wakes again at the earliest: nothing hangs on what it thinks about its notes, or says in an interview, before that. */
const nextWaking = 1;

/** A prompt in its three parts; `now` gets what the bound leaves. */
function laidOut(one: Class, hand: Hand, brief: string, form: ReplyForm, now: (tokensMax: number) => string): Prompt {
  const { promptTokensMax, replyTokensMax, temperature, modelClass } = one.plan;
  const persona = identity(hand);
  const left = promptTokensMax - estimateTokens(brief) - estimateTokens(persona) - 2;
  return {
    fixed: brief,
    persona,
    now: now(left),
    form,
    tokensMax: replyTokensMax,
    temperature,
    modelClass,
    stepsAhead: brief === one.briefs.acting ? 0 : nextWaking,
  };
}

function actingPrompt(one: Class, hand: Hand, recollection: Recollection): { prompt: Prompt; seen: Seen } {
  const { plan, book, things } = one;
  let seen: Seen = { items: [], names: new Map(), things };
  const prompt = laidOut(one, hand, one.briefs.acting, one.acts.form, (tokensMax) => {
    const observation = observe({ hand, plan, book, things, recollection }, tokensMax);
    seen = observation.seen;
    return observation.text;
  });
  return { prompt, seen };
}

function isReflectionDue({ plan: { reflection } }: Class, hand: Hand, recollection: Recollection): boolean {
  if (reflection === undefined || recollection.notes.length === 0) return false;
  const { reflectedTick, importanceSince } = recollection;
  const { everyTicks = Infinity, importanceSum = Infinity } = reflection;
  // A note that does not matter at all still is one to think about once the time has come.
  return importanceSince >= importanceSum || hand.state.now.tick - Math.max(0, reflectedTick) >= everyTicks;
}

function reflectionPrompt(one: Class, hand: Hand, { notes }: Recollection): Prompt {
  return laidOut(one, hand, one.briefs.reflecting, reflectionsReader.form, (tokensMax) =>
    notesBlock(one, hand, notes, tokensMax),
  );
}

/** Notes in a fence, as many as fit, newest first. */
function notesBlock({ plan }: Class, hand: Hand, notes: Recollection['notes'], tokensMax: number): string {
  const lines = notes.map(({ tick, importance, text }) =>
    cutToTokens(`tick ${tick}, importance ${importance}: ${text.replaceAll('\n', ' ')}`, plan.textTokensMax),
  );
  const frame = estimateTokens(fence({ text: '', label: 'what you noted', lengthMax: 1, place: hand.name })) + 8;
  const budget = createBudget(Math.max(0, tokensMax - frame));
  budget.take(lines, 1);
  return fence({
    text: budget.text,
    label: 'what you noted',
    lengthMax: 65_536,
    place: `${hand.name} ${hand.state.now.tick}`,
  });
}

function settleReflection(hand: Hand, text: string): void {
  for (const { text: thought, importance } of reflectionsReader.read(text)?.reflections ?? []) {
    hand.remember(thought, importance, 'reflection');
  }
}

function settleActs(one: Class, hand: Hand, text: string, seen: Seen | undefined): void {
  const answer = one.acts.read(text);
  if (answer === undefined || seen === undefined) return;
  fold(one, hand);
  for (const act of answer.acts) {
    const meant = one.book.meant(act, seen);
    if (meant.kind === 'unknown') hand.miss(act.verb, meant.detail);
    else {
      hand.act(act.verb, meant.target, meant.amount, meant.detail);
      const partner = meant.partner === undefined ? '' : nameTold(hand.nameOf(meant.partner));
      hand.remember(doneText(act.verb, partner), 0, 'done');
    }
  }
  keepThoughts(hand, answer, seen);
}

/** What an answer means, item by item: following somebody is about the first item that is by them. */
function meantAtItems({ acts, book }: Class, hand: Hand, text: string, seen: Seen | undefined) {
  const answer = acts.read(text);
  if (answer === undefined || seen === undefined) return undefined;
  const itemCount = Math.min(seen.items.length, hand.items.length);
  const meant = answer.acts.flatMap((act): MeantAtItem[] => {
    const found = book.meant(act, seen);
    if (found.kind === 'unknown') return [];
    const { partner } = found;
    const isOnItem = book.verbs.some(({ name, target }) => name === act.verb && target === 'post');
    const byPartner = seen.items.findIndex(({ author }) => author === partner);
    return [{ verb: act.verb, item: isOnItem ? (act.item ?? 0) - 1 : partner === undefined ? -1 : byPartner }];
  });
  // What is about somebody of whom no item is shown is about none of the looks.
  return { acts: meant.filter(({ verb, item }) => item >= 0 || verb === 'post'), itemCount };
}

/** Counts what was done before this tick, once it is much. */
function fold({ plan }: Class, hand: Hand): void {
  const { fold: before, done } = hand.recollection();
  if (done.length >= plan.memory.foldCount) hand.remember(foldText(before, done), 0, 'fold');
}

function keepThoughts(hand: Hand, { note, importance, plan, beliefs = [] }: Answer, seen: Seen): void {
  hand.remember(note, importance);
  const before = hand.recollection().plan?.text ?? '';
  if (plan !== before) hand.remember(plan, 0, 'plan');
  for (const { agent, note: belief } of beliefs) {
    const partner = agentNamed(agent, seen);
    if (partner !== undefined && belief !== '')
      hand.remember(`${nameTold(hand.nameOf(partner))}\n${belief}`, 0, 'belief');
  }
}

function interviewPrompt(one: Class, hand: Hand, question: string): Prompt {
  const form = interviewForm(question, one.plan.textLengthMax);
  return laidOut(one, hand, one.briefs.interview, form, (tokensMax) => {
    const asked = questionBlock(question, Math.max(1, Math.floor(tokensMax / 2)));
    return `${notesBlock(one, hand, hand.recollection().notes, tokensMax - estimateTokens(asked) - 1)}\n${asked}`;
  });
}
