/**
 * Communities: who subscribes, who moderates, what is pinned; and handles, by which agents are known.
 *
 * A community has one owner, who made it and appoints and dismisses moderators; owner, moderators and moderators of the platform pin posts
 * that stand in it. Names of communities and handles are unique among their kind: of two claims in a tick the first in rank has it.
 * Reads the draft of the ledger and posts at the start of the tick; drafts entries and texts.
 * Invariant: `communitySize` is how many are subscribed; a community has at most `pinsMax` pins. Whoever is no role-holder moderates
 * nothing, whatever it says (GM-32). Oracle: `test/sim/game-master/ranked/communities.test.ts` replays the rules on objects.
 * Source of the verbs: the platform Moltbook, 2026 (owner, moderators, three pins, names without regard to case).
 */
import { itemKinds } from '../../world/ledger.ts';
import { isName } from '../../world/naming.ts';
import { isLive, isTakenAway, postRow } from '../../world/posts.ts';
import { pinsMax } from '../../exchange/grounds.ts';
import { rules } from '../../exchange/reasons.ts';
import { grant, refuse } from '../rulings.ts';
import { bearerOf, giveName, takeName } from './names.ts';
import type { Reason } from '../../exchange/reasons.ts';
import type { RankedAct, RankedRules, Settlement } from './settlement.ts';

export const communityRules: RankedRules = {
  /** `result` is the community's number. */
  createCommunity(settlement, act) {
    const { ledger } = settlement;
    const { actor, intents, row, text } = act;
    if (isUnfit(settlement, act, 'communityByName')) return;
    const community = ledger.get('itemCount', itemKinds.community);
    ledger.set('itemCount', itemKinds.community, 0, community + 1);
    giveName(settlement, 'communityByName', text, community);
    ledger.set('communityOwner', community, 0, actor + 1);
    setSubscribed(settlement, actor, community, true);
    grant(intents, row, community);
  },
  subscribe(settlement, act) {
    toggleSubscription(settlement, act, true);
  },
  /** An owner that unsubscribes stays the owner. */
  unsubscribe(settlement, act) {
    toggleSubscription(settlement, act, false);
  },
  pin(settlement, act) {
    const { ledger } = settlement;
    const { target, intents, row } = act;
    const community = communityToModerate(settlement, act);
    if (community === undefined) return;
    if (placeOfPin(settlement, community, target) >= 0) {
      refuse(intents, row, 'ALREADY_PINNED', rules.onceOnly);
      return;
    }
    const place = freePlace(settlement, community);
    if (place < 0) {
      refuse(intents, row, 'PINS_FULL', rules.limit);
      return;
    }
    ledger.set('pinned', community, place, target);
    grant(intents, row, 0);
  },
  unpin(settlement, act) {
    const { target, intents, row } = act;
    const community = communityToModerate(settlement, act);
    if (community === undefined) return;
    const place = placeOfPin(settlement, community, target);
    if (place < 0) {
      refuse(intents, row, 'NOT_PINNED', rules.onceOnly);
      return;
    }
    settlement.ledger.set('pinned', community, place, 0);
    grant(intents, row, 0);
  },
  /** The argument is the community. */
  appoint(settlement, act) {
    setRole(settlement, act, 1, 'ALREADY_APPOINTED');
  },
  dismiss(settlement, act) {
    setRole(settlement, act, 0, 'NOT_APPOINTED');
  },
  /** Frees the handle that the agent had. Its own one may be claimed in another case. */
  claimHandle(settlement, act) {
    const { actor, intents, row, text } = act;
    if (isUnfit(settlement, act, 'handleHolder')) return;
    takeName(settlement, 'handleHolder', actor);
    giveName(settlement, 'handleHolder', text, actor);
    grant(intents, row, 0);
  },
};

/** Refuses a name that is none or that another bears. Returns whether it did. */
function isUnfit(settlement: Settlement, act: RankedAct, index: 'communityByName' | 'handleHolder'): boolean {
  const { actor, intents, row, text } = act;
  if (!isName(text)) {
    refuse(intents, row, 'TEXT_INVALID', rules.wellFormed);
    return true;
  }
  const bearer = bearerOf(settlement, index, text);
  if (bearer < 0 || (index === 'handleHolder' && bearer === actor)) return false;
  refuse(intents, row, 'NAME_TAKEN', rules.name);
  return true;
}

function toggleSubscription(settlement: Settlement, { actor, target, intents, row }: RankedAct, wanted: boolean): void {
  if (!isCommunity(settlement, target)) {
    refuse(intents, row, 'TARGET_UNKNOWN', rules.targetExists);
    return;
  }
  if ((settlement.ledger.get('subscription', actor, target) !== 0) === wanted) {
    refuse(intents, row, wanted ? 'ALREADY_MEMBER' : 'NOT_MEMBER', rules.membership);
    return;
  }
  setSubscribed(settlement, actor, target, wanted);
  grant(intents, row, 0);
}

function setSubscribed({ ledger }: Settlement, agent: number, community: number, isSubscribed: boolean): void {
  ledger.set('subscription', agent, community, isSubscribed ? 1 : 0);
  ledger.add('communitySize', community, 0, isSubscribed ? 1 : -1);
}

function isCommunity({ ledger }: Settlement, community: number): boolean {
  return community >= 0 && community < ledger.get('itemCount', itemKinds.community);
}

/** The community that a post stands in, if the actor may moderate it; else refuses. */
function communityToModerate(settlement: Settlement, act: RankedAct): number | undefined {
  const { state, ledger, book } = settlement;
  const { actor, target, intents, row } = act;
  const community = state.posts.community[postRow(state.posts, target)] - 1;
  if (community < 0) {
    refuse(intents, row, 'TARGET_UNKNOWN', rules.targetExists);
    return undefined;
  }
  const isOwner = ledger.get('communityOwner', community) === actor + 1;
  const mayModerate = isOwner || ledger.get('communityRole', actor, community) !== 0 || book.conduct.isModerator(actor);
  if (mayModerate) return community;
  refuse(intents, row, 'NOT_MODERATOR', rules.role);
  return undefined;
}

function placeOfPin({ ledger }: Settlement, community: number, post: number): number {
  for (let place = 0; place < pinsMax; place++) if (ledger.get('pinned', community, place) === post) return place;
  return -1;
}

/** The first place without a pin, or whose post was taken away or left the window: nobody could unpin that any more. */
function freePlace({ ledger, state }: Settlement, community: number): number {
  const { posts, now } = state;
  for (let place = 0; place < pinsMax; place++) {
    const post = ledger.get('pinned', community, place);
    if (!isLive(now, post) || isTakenAway(posts, now, postRow(posts, post))) return place;
  }
  return -1;
}

/** Makes an agent a moderator of the community, or no longer one. Only its owner may. */
function setRole(settlement: Settlement, act: RankedAct, role: 0 | 1, standing: Reason): void {
  const { ledger } = settlement;
  const { actor, target, argument, intents, row } = act;
  if (!isCommunity(settlement, argument)) {
    refuse(intents, row, 'ARGUMENT_INVALID', rules.targetExists);
    return;
  }
  if (ledger.get('communityOwner', argument) !== actor + 1) {
    refuse(intents, row, 'NOT_OWNER', rules.owner);
    return;
  }
  if (ledger.get('communityRole', target, argument) === role) {
    refuse(intents, row, standing, rules.role);
    return;
  }
  ledger.set('communityRole', target, argument, role);
  grant(intents, row, 0);
}
