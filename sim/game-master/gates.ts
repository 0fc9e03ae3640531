/**
 * Gates between an actor's quotas and what its verb asks: the present scene, whether the actor is free, whether what must be said is
 * said, and whether what a ranked verb names exists.
 *
 * Reads the state at the start of the tick. In runs without scenes, ranked verbs and texts each intent costs one comparison.
 * Order: scene, availability, text, target; the first that stands in the way is the reason.
 */
import { itemKinds, ledgerOf } from '../world/ledger.ts';
import { isLive, isTakenAway, postRow } from '../world/posts.ts';
import { rules } from '../exchange/reasons.ts';
import { firstInterventionSequence } from '../exchange/tables.ts';
import { isRanked, verbs } from '../exchange/verbs.ts';
import { isBlocked, missingPost } from './rule-posts.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { DetailRow, IntentRow, Intents, ShardTables } from '../exchange/tables.ts';
import type { Reason } from '../exchange/reasons.ts';
import type { StateView } from '../exchange/view.ts';
import type { RuleBook } from './rule-book.ts';
import type { Scene } from './scenes.ts';

/** What stands in an intent's way. `result` is the tick from which on it does not, or 0. */
export interface Hindrance {
  readonly reason: Reason;
  readonly rule: number;
  readonly result: number;
}

/** The first thing that stands in the way of an intent, if any does. */
export function hindranceOf(
  state: StateView,
  book: RuleBook,
  tables: ShardTables,
  row: IntentRow,
  scene: Scene | undefined,
): Hindrance | undefined {
  const { intents } = tables;
  if (scene === undefined && !book.hasRanked && intents.detail[row] === 0) return undefined;
  const verb = intents.verb[row];
  if (verb === verbs.nothing) return undefined;
  return (
    offScene(state, intents, row, scene) ??
    (book.hasRanked ? unavailable(state, intents, row) : undefined) ??
    unsaid(book, tables, row) ??
    (isRanked(verb) || verb === verbs.post ? missingTarget(state, book, tables, row) : undefined)
  );
}

function hindrance(reason: Reason, rule: number, result = 0): Hindrance {
  return { reason, rule, result };
}

function offScene(state: StateView, intents: Intents, row: IntentRow, scene: Scene | undefined): Hindrance | undefined {
  if (scene === undefined) return undefined;
  const verb = intents.verb[row];
  if (scene.flags[verb] === 0) return hindrance('NOT_IN_SCENE', rules.scene, scene.untilTick);
  if (scene.place < 0 || verb === verbs.move) return undefined;
  const place = ledgerOf(state.ledger).get('place', intents.actor[row]) - 1;
  return place === scene.place ? undefined : hindrance('NOT_PRESENT', rules.presence);
}

function unavailable({ ledger, now }: StateView, intents: Intents, row: IntentRow): Hindrance | undefined {
  const entries = ledgerOf(ledger);
  const actor = intents.actor[row];
  if (entries.get('leftAt', actor) > 0) return hindrance('LEFT', rules.availability);
  const until = entries.get('busyUntil', actor);
  return until > now.tick ? hindrance('BUSY', rules.availability, until) : undefined;
}

const wantsText = new Set<number>([
  ...[verbs.search, verbs.searchAgents, verbs.message, verbs.createGroup, verbs.sendToGroup, verbs.createCommunity],
  ...[verbs.claimHandle, verbs.interview, verbs.answer, verbs.try],
]);

function unsaid(book: RuleBook, { intents, details, texts }: ShardTables, row: IntentRow): Hindrance | undefined {
  const detail = intents.detail[row];
  const text = detail === 0 ? 0 : details.text[(detail - 1) as DetailRow];
  if (text === 0) return wantsText.has(intents.verb[row]) ? hindrance('TEXT_MISSING', rules.wellFormed) : undefined;
  return texts.words[text] > book.textBytesMax ? hindrance('TEXT_TOO_LONG', rules.wellFormed) : undefined;
}

function missingTarget(
  state: StateView,
  book: RuleBook,
  { intents, details }: ShardTables,
  row: IntentRow,
): Hindrance | undefined {
  const verb = intents.verb[row];
  const target = intents.target[row];
  if (verb === verbs.interview && intents.sequence[row] < firstInterventionSequence)
    return hindrance('SCENARIO_ONLY', rules.role);
  if (verb === verbs.post) {
    const community = intents.detail[row] === 0 ? -1 : details.argument[(intents.detail[row] - 1) as DetailRow];
    const isThere = community < ledgerOf(state.ledger).get('itemCount', itemKinds.community);
    return community < -1 || !isThere ? hindrance('TARGET_UNKNOWN', rules.targetExists) : undefined;
  }
  switch (book.verbs[verb]?.target) {
    case 'agent':
      if (target < 0 || target >= state.sizes.agentCount) return hindrance('AGENT_UNKNOWN', rules.targetExists);
      if (target === intents.actor[row]) return hindrance('SELF_TARGET', rules.ownRelation);
      return isApart(state, verb, intents.actor[row], target) ? hindrance('BLOCKED', rules.visible) : undefined;
    case 'post':
      return missingFrom(state, target, verb === verbs.appeal);
    case 'product':
      return outside(target, book.grounds?.products.length);
    case 'good':
      return outside(target, book.grounds?.goods.length);
    case 'place':
      return outside(target, book.grounds?.places.length);
    default:
      // Groups and communities may be made in this very tick: their rules look.
      return undefined;
  }
}

const reachOut = new Set<number>([verbs.message, verbs.befriend, verbs.trade, verbs.play]);

/** Whether a block stands between two of whom one turns to the other. Asked here and not in rank: an agent's bonds are its shard's. */
function isApart(state: StateView, verb: number, actor: number, target: number): boolean {
  return reachOut.has(verb) && isBlocked(state, actor as AgentRow, target);
}

function missingFrom(state: StateView, post: number, mayBeGone: boolean): Hindrance | undefined {
  if (!isLive(state.now, post)) return hindrance(missingPost(state, post), rules.targetExists);
  if (mayBeGone || !isTakenAway(state.posts, state.now, postRow(state.posts, post))) return undefined;
  return hindrance('POST_REMOVED', rules.visible);
}

function outside(target: number, count = 0): Hindrance | undefined {
  return target >= 0 && target < count ? undefined : hindrance('TARGET_UNKNOWN', rules.targetExists);
}
