/**
 * Where agents are, when they are busy, and that they leave; appeals.
 *
 * Reads the draft of the ledger, and of a post that is appealed for how it stands at the start of the tick; drafts entries and revisions
 * of standings. Seats of a place are an exclusive k of n: who comes first in rank has one, and who leaves frees one for those after it.
 * What an agent does in a tick in which it set out, went to rest or left is refused from that act on, in rank; from the next tick on the
 * gates see to it (`sim/game-master/gates.ts`).
 * Invariant: `occupancy` of a place is how many agents have it as theirs, and never above its capacity.
 * Oracle: `test/sim/game-master/ranked/two-sided-oracle.ts` replays the rules on objects. Source of appeals: GM-33.
 */
import { postRow, standings } from '../../world/posts.ts';
import { firstModerationRule } from '../../exchange/moderation.ts';
import { rules } from '../../exchange/reasons.ts';
import { grant, refuse } from '../rulings.ts';
import type { ModerationRule } from '../../exchange/moderation.ts';
import type { RankedAct, RankedRules, Settlement } from './settlement.ts';

/** Longest rest, ten years: as long as the longest ban. */
const restHoursMax = 87_600;

export const placeRules: RankedRules = {
  /** `result` is the first tick at which the agent is free at its new place. */
  move(settlement, act) {
    const { ledger, state } = settlement;
    const { actor, target, intents, row } = act;
    const { capacity, travelTicks } = placeAt(settlement, target);
    if (ledger.get('place', actor) === target + 1) {
      refuse(intents, row, 'ALREADY_HERE', rules.presence);
      return;
    }
    if (capacity >= 0 && ledger.get('occupancy', target) >= capacity) {
      refuse(intents, row, 'PLACE_FULL', rules.exclusivePlaces);
      return;
    }
    leavePlace(settlement, actor);
    ledger.set('place', actor, 0, target + 1);
    ledger.add('occupancy', target, 0, 1);
    const freeAt = state.now.tick + 1 + travelTicks;
    if (travelTicks > 0) ledger.set('busyUntil', actor, 0, freeAt);
    grant(intents, row, freeAt);
  },
  /** `amount` is in hours; `result` the first tick at which the agent is free again. */
  rest(settlement, act) {
    const { ledger, state } = settlement;
    const { actor, amount, intents, row } = act;
    if (amount < 1 || amount > restHoursMax) {
      refuse(intents, row, 'AMOUNT_RANGE', rules.amount);
      return;
    }
    const freeAt = state.now.tick + 1 + Math.ceil((amount * 3600) / state.now.tickSeconds);
    ledger.set('busyUntil', actor, 0, freeAt);
    grant(intents, row, freeAt);
  },
  quit(settlement, act) {
    const { actor, intents, row } = act;
    leavePlace(settlement, actor);
    settlement.ledger.set('leftAt', actor, 0, settlement.state.now.tick + 1);
    grant(intents, row, 0);
  },
  appeal: ruleAppeal,
};

function placeAt({ book }: Settlement, place: number): { readonly capacity: number; readonly travelTicks: number } {
  return book.grounds?.places[place] ?? { capacity: -1, travelTicks: 0 };
}

function leavePlace({ ledger }: Settlement, actor: number): void {
  const place = ledger.get('place', actor) - 1;
  if (place < 0) return;
  ledger.add('occupancy', place, 0, -1);
  ledger.set('place', actor, 0, 0);
}

/** What can be appealed against: a bit of a post's standing, and what a rule of moderation that sets it does. */
const measures = [
  { bit: standings.removed, does: 'remove' },
  { bit: standings.limited, does: 'limit' },
  { bit: standings.labelled, does: 'label' },
] as const;

/**
 * An author appeals, once a post, against all that stands against the post. Each measure is resolved again by the rules of moderation in
 * force: it stands if one of them still applies to the post's reports, and if none does such a thing, since then it was a moderator's
 * own judgement. If any stands, the appeal is denied; else all are lifted.
 * `result` of a denied appeal is the number of the rule that applies again, of the weightiest measure, or 0 for a moderator's judgement:
 * it is the number that the first ruling names as its rule.
 */
function ruleAppeal(settlement: Settlement, act: RankedAct): void {
  const { ledger, state, book } = settlement;
  const { actor, target, intents, row } = act;
  const post = postRow(state.posts, target);
  const isAuthor = state.posts.author[post] === actor;
  if (isAuthor && ledger.get('appealed', actor, target) !== 0) {
    refuse(intents, row, 'ALREADY_APPEALED', rules.appeal);
    return;
  }
  const standing = state.posts.standing[post];
  const against = measures.filter(({ bit }) => (standing & bit) !== 0);
  if (!isAuthor || against.length === 0) {
    refuse(intents, row, 'NOTHING_TO_APPEAL', rules.appeal);
    return;
  }
  ledger.set('appealed', actor, target, 1);
  const { moderation } = book.conduct;
  const verdicts = against.map(({ does }) => ruleInForce(moderation, does, state.posts.reportCount[post]));
  const denied = verdicts.find((verdict) => verdict !== undefined);
  if (denied !== undefined) {
    refuse(intents, row, 'APPEAL_DENIED', rules.appeal, denied);
    return;
  }
  const lifted = against.reduce((bits, { bit }) => bits | bit, 0);
  settlement.revisions.push({ post: target, lifted });
  grant(intents, row, 0);
}

/** The number of the rule by which a measure stands, 0 where it stands as a moderator's own, undefined where it does not. */
function ruleInForce(
  moderation: readonly ModerationRule[],
  does: ModerationRule['does'],
  reportCount: number,
): number | undefined {
  if (moderation.every((rule) => rule.does !== does)) return 0;
  const place = moderation.findIndex((rule) => rule.does === does && reportCount >= rule.reports);
  return place < 0 ? undefined : firstModerationRule + place;
}
