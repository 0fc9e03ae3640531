/**
 * What records say, in words: acts, reasons, rules, agents, posts and times, for whoever reads them at a terminal.
 *
 * One table for verbs, one for reasons, one for rules; what a table does not know gets a generic sentence, so that a new verb reads well
 * before it has words of its own. Invariant: an id that somebody chose is printed with nothing in it that moves a cursor, changes the
 * direction of writing or cannot be seen (`test/command/why.test.ts`).
 */
import { escapeControls } from '../../sim/ground/errors.ts';
import { reasons } from '../../sim/exchange/reasons.ts';
import type { NamedAct, NamedAgent, NamedPost, Target } from '../../sim/engine/names.ts';

/** What an agent tried to do, by verb: `{}` stands for the target, the other names for what else was said. */
const acts: Readonly<Record<string, string>> = {
  nothing: 'do nothing',
  post: 'write a post',
  reply: 'reply to {}',
  repost: 'repost {}',
  quote: 'quote {}',
  like: 'like {}',
  follow: 'follow {}',
  unfollow: 'unfollow {}',
  unlike: 'take back its like of {}',
  dislike: 'dislike {}',
  undislike: 'take back its dislike of {}',
  upvote: 'vote up {}',
  downvote: 'vote down {}',
  report: 'report {}',
  mute: 'mute {}',
  unmute: 'unmute {}',
  block: 'block {}',
  unblock: 'unblock {}',
  delete: 'delete {}',
  remove: 'remove {}',
  label: 'label {}',
  ban: 'ban {} for {amount} h',
  unban: 'lift the ban of {}',
  limit: 'limit the reach of {}',
  search: 'search posts for {text}',
  searchAgents: 'search agents for {text}',
  trend: 'look at what is liked most',
  refresh: 'look at its feed anew',
  listen: 'listen to its groups',
  message: 'write to {}: {text}',
  createGroup: 'found the group {text}',
  joinGroup: 'join {}',
  leaveGroup: 'leave {}',
  sendToGroup: 'say in {}: {text}',
  createCommunity: 'found the community {text}',
  subscribe: 'subscribe to {}',
  unsubscribe: 'unsubscribe from {}',
  pin: 'pin {}',
  unpin: 'unpin {}',
  appoint: 'let {} moderate the community {about}',
  dismiss: 'let {} moderate the community {about} no more',
  claimHandle: 'take the name {text}',
  befriend: 'befriend {}',
  unfriend: 'end its friendship with {}',
  buy: 'buy {amount} of {}',
  give: 'give {amount} of {about} to {}',
  bid: 'bid for {amount} of {} at {price} each',
  ask: 'offer {amount} of {} at {price} each',
  trade: 'trade {amount} of {about} with {} for {price}',
  play: 'play with {} and choose {about}',
  move: 'go to {}',
  rest: 'rest for {amount} h',
  quit: 'leave for good',
  appeal: 'appeal against what was done to {}',
  interview: 'be asked {text}',
  answer: 'answer {text}',
  try: 'do in its own words: {text}',
  lean: 'lean to {amount}',
  reassign: 'take policy {amount}',
  '(unknown)': 'use a verb that does not exist',
};

/** Why a ruling is what it is, by reason. */
const causes: Readonly<Record<string, string>> = {
  OK: 'nothing stood against it',
  POST_ARCHIVED: 'the post, or the content that it shows, had left the window of posts that can be acted on',
  POST_UNKNOWN: 'no post had this number when the tick began',
  ALREADY_REPOSTED: 'the agent had reposted this content before',
  ALREADY_LIKED: 'the agent had liked this content before',
  ALREADY_FOLLOWING: 'the agent followed that agent already',
  NOT_FOLLOWING: 'the agent did not follow that agent',
  SELF_TARGET: 'the agent aimed at itself',
  AGENT_UNKNOWN: 'the population has no such agent',
  VERB_NOT_ALLOWED: 'the scenario does not allow this verb',
  LOTTERY_LOST: 'more agents wanted the same than there were places, and others were drawn first',
  RULE_REFUSED: 'the verb’s own condition was not met',
  MODEL_FAILED: 'the model that should have decided gave no usable answer',
  NOT_LIKED: 'there was no like of the agent to take back',
  ALREADY_DISLIKED: 'the agent had disliked this content before',
  NOT_DISLIKED: 'there was no dislike of the agent to take back',
  ALREADY_REPORTED: 'the agent had reported this content before',
  SELF_RATING: 'the agent wrote the content itself, and the scenario lets nobody rate their own',
  ALREADY_MUTED: 'the agent had muted that agent already',
  NOT_MUTED: 'the agent had not muted that agent',
  ALREADY_BLOCKED: 'the agent had blocked that agent already',
  NOT_BLOCKED: 'the agent had not blocked that agent',
  BLOCKED: 'one of the two had blocked the other',
  POST_REMOVED: 'the post, or the content that it shows, had been deleted or removed',
  PARENT_REMOVED: 'the post was deleted or removed in the same tick, and that goes first',
  NOT_AUTHOR: 'the agent did not write the post',
  NOT_MODERATOR: 'it takes a moderator, and moderators cannot be banned',
  ALREADY_LABELLED: 'the post carried a label already',
  ALREADY_BANNED: 'that agent was banned already',
  NOT_BANNED: 'that agent was not banned',
  BANNED: 'the agent was banned',
  QUOTA_REACHED: 'the agent had done this as often as the scenario lets it in such a time',
  AMOUNT_RANGE: 'the amount lay outside the range of the verb',
  TARGET_INVALID: 'the target was no whole number of 32 bits',
  TARGET_MISSING: 'the verb acts on something, and nothing was named',
  VERB_UNKNOWN: 'there is no such verb',
  INVARIANT_BROKEN: 'after this act an invariant of the scenario could not have held any more',
  ALREADY_LIMITED: 'the reach of the post was limited already',
  TEXT_MISSING: 'the verb says something, and nothing was said',
  TEXT_INVALID: 'the text was none, or held half a character or one that a name must not have',
  TEXT_TOO_LONG: 'the text was longer than the scenario lets it be',
  ARGUMENT_INVALID: 'what it was about does not exist or was not named',
  PRICE_RANGE: 'the price lay outside the range of the verb',
  TARGET_UNKNOWN: 'there is no such thing',
  ALREADY_MEMBER: 'the agent was a member already',
  NOT_MEMBER: 'the agent was no member',
  NAME_TAKEN: 'somebody bore that name, or was drawn first for it',
  ALREADY_PINNED: 'the post was pinned already',
  NOT_PINNED: 'the post was not pinned',
  PINS_FULL: 'as many posts were pinned as a community can have',
  NOT_OWNER: 'the agent was not the owner',
  ALREADY_APPOINTED: 'that agent moderated already',
  NOT_APPOINTED: 'that agent did not moderate',
  SOLD_OUT: 'fewer units were left than were wanted',
  FUNDS_SHORT: 'the agent had too little money',
  GOODS_SHORT: 'the agent had too few of the good',
  NO_MATCH: 'nobody took the other side at such a price',
  PARTLY_FILLED: 'for the rest nobody took the other side at this price',
  REQUESTED: 'it takes two, and the other side was asked',
  ALREADY_REQUESTED: 'the other side had been asked and had not answered yet',
  ALREADY_FRIENDS: 'the two were friends already',
  NOT_FRIENDS: 'the two were not friends',
  PLACE_FULL: 'no seat was left',
  NOT_PRESENT: 'the agent was not at the place',
  ALREADY_HERE: 'the agent was there already',
  BUSY: 'the agent was busy',
  LEFT: 'the agent had left for good',
  NOT_IN_SCENE: 'the scene that played had no place for this verb',
  NOTHING_TO_APPEAL: 'nothing had been done to a post of the agent’s own',
  ALREADY_APPEALED: 'the agent had appealed against this before',
  APPEAL_DENIED: 'the rule in force still applied',
  BALANCE_FULL: 'the other side could hold no more',
  SCENARIO_ONLY: 'only the scenario does this',
  NOTHING_ASKED: 'nobody had asked the agent anything',
  NOT_AVAILABLE: 'there was nothing there for the agent to act on',
  LIMIT_REACHED: 'the agent had used up its attempts of this tick; this one stands for all that followed',
  READ_BY_GRAMMAR: 'said in the agent’s own words, which the grammar knows; nothing stood against it',
  READ_BY_JUDGE: 'said in the agent’s own words, which the judge read; nothing stood against it',
  READ_BY_CACHE: 'said in words that the judge had read before; nothing stood against it',
  READ_BY_FALLBACK:
    'said in the agent’s own words, which nobody judged; a verb stood among them, and nothing against it',
  JUDGE_UNAVAILABLE: 'the words are no verb of the scenario, and nobody was there to judge them',
  JUDGE_BUSY: 'the judge had no call left in this tick; the attempt is made again in the next',
  JUDGED_IMPOSSIBLE: 'the judge found that it cannot be done here',
  JUDGED_UNSAFE: 'the judge found it harmful',
  JUDGED_UNCLEAR: 'the judge could not tell what was meant',
  ANSWER_INVALID: 'the answer was none of those that the survey allows',
  JUDGED_UNLUCKY: 'the judge found it possible, and by its odds it did not come about',
};

/** What a rule looks at, by its name. */
const gates: Readonly<Record<string, string>> = {
  none: 'no rule objected',
  allowedVerb: 'a verb must be allowed',
  targetExists: 'a target must be there',
  onceOnly: 'what counts once can be done once',
  ownRelation: 'a tie can be made if it is not there, and cut if it is',
  exclusivePlaces: 'places are given out by lottery',
  ownCondition: 'a study’s verb has a condition of its own',
  modelAnswer: 'a model’s answer must be usable',
  limit: 'attempts in one tick are limited',
  standing: 'who is banned cannot act, and a ban stands or does not',
  quota: 'acts within a stretch of time are limited',
  visible: 'what was removed, or blocked, cannot be acted on',
  selfRating: 'one’s own content is not for oneself to rate',
  role: 'some verbs belong to authors or moderators',
  precedence: 'removal goes before what others do to the same post in a tick',
  amount: 'an amount must lie in the range of its verb',
  wellFormed: 'an attempt must name a verb, and a target where the verb acts on one, and say what must be said',
  membership: 'who is a member, or moderates, is or is not',
  name: 'a name has one bearer',
  owner: 'some verbs belong to the owner',
  stock: 'what is sold is gone',
  funds: 'one spends what one has',
  market: 'a market clears all orders of a tick at one price',
  consent: 'what takes two needs both',
  presence: 'some things need presence',
  availability: 'who is busy or has left cannot act',
  scene: 'a scene has verbs of its own',
  appeal: 'an appeal is judged by the rules in force',
  judge: 'words that no verb and no rule covers are judged',
  judgeCache: 'equal words in an equal situation are judged once',
  fallback: 'where nobody judges, only a verb among the words counts',
};

/** What an act was, as the words behind "tried to". */
export function actWords(act: Pick<NamedAct, 'verb' | 'target' | 'amount' | 'detail'>): string {
  const { verb, target, amount, detail } = act;
  const aim = targetWords(target);
  const known = Object.hasOwn(acts, verb) ? acts[verb] : undefined;
  if (known !== undefined) {
    const said: Readonly<Record<string, string>> = {
      ...{ amount: String(amount), price: String(detail?.price ?? 0), text: quoted(detail?.text ?? '') },
      about: detail?.about === undefined ? `number ${String(detail?.argument ?? -1)}` : named(detail.about),
    };
    const words = known.replace(/\{(\w*)\}/g, (_, name: string) => (name === '' ? aim : said[name]));
    const isUnsaid = known.includes('{text}') || detail === undefined || detail.text === '';
    return isUnsaid ? words : `${words}: ${said['text']}`;
  }
  const on = aim === '' ? '' : ` on ${aim}`;
  return `use the verb ${named(verb)}${on}${amount === 0 ? '' : `, amount ${amount}`}`;
}

/** Why, in words; the code's own letters for a reason without any. */
export function causeWords(reason: string): string {
  return Object.hasOwn(causes, reason) ? causes[reason] : reason.toLowerCase().replaceAll('_', ' ');
}

/** Whether a reason has a sentence of its own. */
export function hasCauseWords(reason: string): boolean {
  return Object.hasOwn(causes, reason);
}

/** What would have been valid instead. */
export function validWords(reason: string): string {
  return Object.entries(reasons).find(([name]) => name === reason)?.[1].valid ?? '';
}

/** What a rule looks at. */
export function ruleWords(rule: string): string {
  return Object.hasOwn(gates, rule) ? gates[rule] : `the rule ${rule}`;
}

/** `granted`, or `refused: ALREADY_LIKED`. */
export function rulingWords({ outcome, reason }: Pick<NamedAct, 'outcome' | 'reason'>): string {
  return reason === 'OK' ? outcome : `${outcome}: ${reason}`;
}

/** One line for an act and its ruling. */
export function actLine(act: NamedAct): string {
  return `${named(act.intent)}  ${actWords(act)}: ${rulingWords(act)}`;
}

export function targetWords(target: Target): string {
  if (target.kind === 'none') return '';
  if (target.kind === 'number') return `target ${target.number}`;
  if (target.kind === 'post') return postWords(target.post);
  if (target.kind === 'thing')
    return `the ${target.what} ${target.name === undefined ? `number ${target.number}` : named(target.name)}`;
  return target.agent === undefined ? `agent number ${target.number}, who is not there` : agentWords(target.agent);
}

export function agentWords({ id }: Pick<NamedAgent, 'id'>): string {
  return named(id);
}

export function postWords({ id, author, tick, madeBy }: NamedPost): string {
  if (author === undefined) return `post ${id}, which is not in the log`;
  return `post ${id} (${madeBy ?? 'made'} by ${agentWords(author)}, tick ${tick ?? 0})`;
}

const plainName = /^[\p{L}\p{N}#(][\p{L}\p{N}_.:@#()-]*$/u;
/** Format characters, private and unassigned ones: what is not seen, or not known how. */
const unseen = /[\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** A name as it may stand in a line: one that is no plain word is quoted, and what cannot be seen in it is written out. */
export function named(name: string): string {
  return plainName.test(name) ? name : shown(name);
}

function shown(text: string): string {
  return escapeControls(JSON.stringify(text)).replace(
    unseen,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

const quotedMax = 200;

/** What somebody said, in one line: in quotes, cut where it is long, with what cannot be seen written out. */
export function quoted(text: string): string {
  const part = text.length > quotedMax ? `${text.slice(0, quotedMax).toWellFormed()} …` : text;
  return shown(part);
}

/** A moment of simulated time. */
export interface SimulatedTime {
  readonly secondsFromStart: number;
  /** From 1. */
  readonly day: number;
  /** HH:MM:SS */
  readonly clock: string;
}

const secondsPerDay = 86_400;

/** When a tick begins. */
export function timeOf(
  tick: number,
  calendar: { readonly tickSeconds: number; readonly startHour: number },
): SimulatedTime {
  const secondsFromStart = tick * calendar.tickSeconds;
  const seconds = Math.floor(calendar.startHour * 3600 + secondsFromStart);
  const ofDay = seconds % secondsPerDay;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return {
    secondsFromStart,
    day: Math.floor(seconds / secondsPerDay) + 1,
    clock: `${two(ofDay / 3600)}:${two((ofDay % 3600) / 60)}:${two(ofDay % 60)}`,
  };
}

export function timeWords({ secondsFromStart, day, clock }: SimulatedTime): string {
  return `day ${day}, ${clock}, ${durationWords(secondsFromStart)} after the start`;
}

function durationWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Number((seconds / 60).toFixed(1))} min`;
  return `${Number((seconds / 3600).toFixed(2))} h`;
}

/** `3 likes`, `1 like`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Lines with their heads in a column of their own. Heads that are empty go on with the one above. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([head]) => head.length));
  return rows.map(([head, text]) => `${head.padEnd(width)}  ${text}`.trimEnd()).join('\n');
}
