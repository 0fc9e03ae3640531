/**
 * The part of a prompt that is new in a tick: what became of the last attempt, what comes to mind, who wrote, who asks, and the feed.
 *
 * Each part has a share of the tokens and takes whole blocks, the feed what is left. What others wrote stands in fences. What did
 * not fit was not told, and cannot be meant. Reads through the hand; writes nothing.
 * Order: from what changes least to the feed. Invariant: the text is never above its bound.
 * Oracle: `test/sim/policy/model/bounds.test.ts`.
 */
import { fence } from '../../llm/fence.ts';
import { foldName } from '../../world/naming.ts';
import { createBudget, cutToTokens } from './budget.ts';
import { actOfDone, foldSentence } from './folding.ts';
import { retrieve } from './retrieval.ts';
import { createSeenNames, nameTold } from './seen.ts';
import type { AgentRow, PostId } from '../../ground/ids.ts';
import type { Memory } from '../../world/memories.ts';
import type { Recollection } from '../../world/recall.ts';
import type { ReadMessage } from '../reading.ts';
import type { Hand, SeenItem } from '../own.ts';
import type { ActBook } from './act-book.ts';
import type { Budget } from './budget.ts';
import type { Seen, SeenNames } from './seen.ts';
import type { ModelPlan } from './settings.ts';
import type { ThingKind, Things } from './things.ts';

/** Shares of the tokens, part by part; together they leave the feed at least 0.3. */
const shares = {
  standing: 0.1,
  memories: 0.2,
  beliefs: 0.08,
  letters: 0.12,
  requests: 0.08,
  found: 0.1,
  circles: 0.05,
};
const peopleShare = 0.05;
const doneTold = 8;
const foundMax = 10;
const circlesMax = 12;

/** What is told, and what can be meant by it. */
export interface Observation {
  readonly text: string;
  readonly seen: Seen;
}

/** What it takes to lay out what is new. */
export interface Looking {
  readonly hand: Hand;
  readonly plan: ModelPlan;
  readonly book: ActBook;
  readonly things: Things;
  readonly recollection: Recollection;
}

/** One part of a prompt under way. */
interface Page extends Looking {
  readonly budget: Budget;
  readonly names: SeenNames;
  /** Makes fences differ from prompt to prompt. */
  readonly place: string;
}

/** Lays out what is new, in at most so many tokens. */
export function observe(looking: Looking, tokensMax: number): Observation {
  const { hand } = looking;
  const { tick, hourOfDay } = hand.state.now;
  const names = createSeenNames((agent) => hand.nameOf(agent), hand.agent);
  const page = { ...looking, budget: createBudget(tokensMax), names, place: `${hand.name} ${tick}` };
  const feed = feedBlocks(page);
  const letters = hand.letters(looking.plan.letterCount);
  page.budget.take([`Tick ${tick}, ${Math.floor(hourOfDay)} o'clock.`, ...standingLines(page)], shares.standing);
  tellMemories(page, [...feed, ...letters.map(({ text }) => text)].join('\n'));
  tellBeliefs(page, letters);
  tellLetters(page, letters);
  tellRequests(page);
  const things = tellCircles(page);
  const found = tellFound(page);
  tellPeople(page);
  const items = tellFeed(page, feed, found);
  return { text: page.budget.text, seen: { items, names: names.names, things } };
}

/** Texts of others in a fence. */
function quoted({ plan, place }: Page, text: string, label: string): string {
  return fence({ text: cutToTokens(text, plan.textTokensMax), label, lengthMax: 65_536, place });
}

function nameOf({ hand }: Page, agent: AgentRow): string {
  return nameTold(hand.nameOf(agent));
}

/** What became of the last attempt, and how one stands. */
function standingLines({ hand, book, recollection }: Page): string[] {
  const { refusal } = hand;
  // An old refusal is no news: what was noted since then says that the agent went on.
  const isNews = refusal !== undefined && refusal.tick >= recollection.latestTick;
  const lines = !isNews
    ? []
    : [
        `Your attempt at tick ${refusal.tick} was refused: ${refusal.reason}. Valid would be: ${refusal.valid}.${refusal.retryTick > 0 ? ` Possible again from tick ${refusal.retryTick}.` : ''}`,
      ];
  const goods = hand.state.sizes.initialUnits;
  if (book.kinds.has('good') && goods.length > 0) {
    lines.push(`You have, in the order of the goods: ${goods.map((_, good) => hand.balance(good)).join(', ')}.`);
  }
  const done = recollection.done.slice(-doneTold).map(({ tick, text }) => `${text} (tick ${tick})`);
  if (done.length > 0) lines.push(`You did lately: ${done.join(', ')}.`);
  const before = foldSentence(recollection.fold);
  return before === '' ? lines : [...lines, before];
}

function tellMemories(page: Page, situation: string): void {
  const { recollection, plan, budget } = page;
  const { plan: intention } = recollection;
  if (intention !== undefined && intention.text !== '')
    budget.take([quoted(page, intention.text, 'what you meant to do')], shares.standing);
  const recalled = retrieve(recollection.notes, situation, plan.memory);
  // What matters most is told first, so that it is there if the rest does not fit.
  const ranked = recalled.toSorted((x, y) => y.importance - x.importance || y.tick - x.tick);
  const blocks = ranked.map((memory) => memoryLine(memory, plan));
  if (blocks.length > 0) takeFenced(page, blocks, 'what you remember', shares.memories);
}

function memoryLine({ tick, importance, text }: Memory, { textTokensMax }: ModelPlan): string {
  return `tick ${tick}, importance ${importance}: ${cutToTokens(text.replaceAll('\n', ' '), textTokensMax)}`;
}

/** Puts as many lines as fit into one fence. */
function takeFenced(page: Page, lines: readonly string[], label: string, share: number): void {
  for (let count = lines.length; count > 0; count--) {
    const block = fence({ text: lines.slice(0, count).join('\n'), label, lengthMax: 65_536, place: page.place });
    if (page.budget.take([block], share) === 1) return;
  }
}

/** What one holds of those who wrote or ask: the newest note on each. */
function tellBeliefs(page: Page, letters: readonly ReadMessage[]): void {
  const { recollection } = page;
  if (recollection.beliefs.length === 0) return;
  const newest = new Map<string, string>();
  for (const { text } of recollection.beliefs) {
    const at = text.indexOf('\n');
    const partner = text.slice(0, at);
    if (!newest.has(partner)) newest.set(partner, text.slice(at + 1).replaceAll('\n', ' '));
  }
  const present = [...page.hand.items.map(({ author }) => author), ...letters.map(({ sender }) => sender)];
  const first = new Set(present.map((agent) => nameOf(page, agent)));
  const ordered = [...newest].sort(([x], [y]) => Number(first.has(y)) - Number(first.has(x)));
  takeFenced(
    page,
    ordered.map(([partner, text]) => `${partner}: ${text}`),
    'what you think of others',
    shares.beliefs,
  );
}

function tellLetters(page: Page, letters: readonly ReadMessage[]): void {
  const blocks = letters.map(({ sender, tick, text }) =>
    quoted(page, text, `letter by ${nameOf(page, sender)}, tick ${tick}`),
  );
  const taken = page.budget.take(blocks, shares.letters);
  page.names.tell(letters.slice(0, taken).map(({ sender }) => sender));
}

const twoSided = ['befriend', 'trade', 'play'];

function tellRequests(page: Page): void {
  const { book, hand, budget, names } = page;
  if (!twoSided.some((verb) => book.has(verb))) return;
  const requests = hand.requests();
  const lines = requests.map(
    ({ sender, verb, argument, amount, price, lapseTick }) =>
      `${nameOf(page, sender)} asks for ${verb}${argument < 0 ? '' : ` (${argument}, ${amount} at ${price})`}, until tick ${lapseTick}; the same act towards it, on fitting terms, accepts.`,
  );
  names.tell(requests.slice(0, budget.take(lines, shares.requests)).map(({ sender }) => sender));
}

/** Communities and groups that were made since the start. */
function tellCircles(page: Page): Things {
  const { book, hand, budget, things } = page;
  const more = new Map<ThingKind, ReadonlyMap<string, number>>(things);
  const tell = (
    kind: ThingKind,
    label: string,
    list: readonly { readonly number: number; readonly name: string }[],
  ): void => {
    const blocks = list.map(({ name }) => quoted(page, name, label));
    const told = list.slice(0, budget.take(blocks, shares.circles));
    more.set(
      kind,
      new Map([
        ...told.map(({ name, number }): [string, number] => [foldName(name), number]),
        ...(things.get(kind) ?? []),
      ]),
    );
  };
  const usesGroups = book.kinds.has('group');
  if (book.kinds.has('community') && book.has('createCommunity')) {
    const all = hand.communities().slice(-circlesMax);
    tell(
      'community',
      'name of a community',
      all.map(({ community, name }) => ({ number: community, name })),
    );
  }
  if (usesGroups) {
    const groups = hand.allGroups(circlesMax);
    tell(
      'group',
      'name of a group',
      groups.map(({ group, name }) => ({ number: group, name })),
    );
  }
  return more;
}

const searches = ['search', 'searchAgents', 'trend'];

/** What the last search finds, where it was made at the last waking: posts join the feed, agents are named. */
function tellFound(page: Page): readonly PostId[] {
  const { hand, recollection, budget, names } = page;
  const last = recollection.done.at(-1)?.tick;
  const hasSearched = recollection.done.some(
    ({ tick, text }) => tick === last && searches.includes(actOfDone(text).verb),
  );
  if (!hasSearched) return [];
  const { posts, agents } = hand.found(foundMax);
  const lines = agents.map((agent) => `Found: ${nameOf(page, agent)}.`);
  names.tell(agents.slice(0, budget.take(lines, shares.found)));
  return posts;
}

function tellPeople(page: Page): void {
  const { hand, plan, budget, names } = page;
  const followees = hand.followees(plan.followeeCount);
  const lines = followees.map((agent) => `You follow ${nameOf(page, agent)}.`);
  names.tell(followees.slice(0, budget.take(lines, peopleShare)));
}

/** Texts of the feed, cut. */
function feedBlocks({ hand, plan }: Looking): string[] {
  return hand.items.slice(0, plan.itemsMax).map(({ post }) => cutToTokens(hand.text(post), plan.textTokensMax));
}

/** The feed, and after it what was found: numbered from 1 on. */
function tellFeed(page: Page, texts: readonly string[], found: readonly PostId[]): SeenItem[] {
  const { hand, plan, budget, names } = page;
  const shown = hand.items.slice(0, plan.itemsMax);
  const known = new Set(shown.map(({ post }) => post));
  const more = found.filter((post) => !known.has(post)).map((post) => hand.itemOf(post));
  const items = [...shown, ...more];
  const blocks = items.map((item, k) => itemBlock(page, item, k + 1, texts[k] ?? hand.text(item.post)));
  const taken = items.slice(0, budget.take(blocks, 1));
  names.tell(taken.map(({ author }) => author));
  return taken;
}

function itemBlock(page: Page, item: SeenItem, number: number, text: string): string {
  const { author, likeCount, shareCount, isLabelled } = item;
  const label = `item [${number}] by ${nameOf(page, author)}, likes ${likeCount}, shares ${shareCount}${isLabelled ? ', labelled by moderators' : ''}`;
  return quoted(page, text, label);
}
