/**
 * What OASIS calls the acts of a log, in its table `trace`.
 *
 * Acts that OASIS has keep its names; a reaction is named for what it is about, a post or a comment. Acts that it does not have (blocks,
 * letters, moderation, communities, markets, games) stand under names of our own in the same form, so that the trace holds every granted
 * intent; a script that looks for OASIS's names passes them over. Listening is an action there that leaves no trace; here it leaves one.
 * Source: camel-ai/oasis, package 0.2.5, types of action.
 */
import { firstOwnVerb, verbs } from '../exchange/verbs.ts';
import type { BuiltInVerb } from '../exchange/verbs.ts';

/** Names that differ from a verb's own name in snake case. `#`: post or comment. */
const named: Readonly<Partial<Record<BuiltInVerb, string>>> = {
  ...{ nothing: 'do_nothing', post: 'create_post', reply: 'create_comment', quote: 'quote_post' },
  ...{ like: 'like_#', unlike: 'unlike_#', dislike: 'dislike_#', undislike: 'undo_dislike_#', report: 'report_#' },
  ...{ search: 'search_posts', searchAgents: 'search_user', listen: 'listen_from_group', buy: 'purchase_product' },
};

const byNumber: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(verbs).map(([name, number]) => [number, named[name as BuiltInVerb] ?? snakeCase(name)]),
);

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The name of an act. `about` is what a reaction is about; own verbs keep their names. */
export function oasisAction(verb: number, about: 'post' | 'comment', ownVerbs: readonly string[]): string {
  if (verb >= firstOwnVerb) return ownVerbs[verb - firstOwnVerb] ?? `verb_${verb}`;
  return (byNumber[verb] ?? `verb_${verb}`).replace('#', about);
}

/** Verbs of OASIS that leave a row in no table, or in a table of their own. All others of ours have no table there. */
export const oasisVerbs: ReadonlySet<number> = new Set<number>([
  ...[verbs.nothing, verbs.post, verbs.reply, verbs.repost, verbs.quote, verbs.follow, verbs.unfollow],
  ...[verbs.like, verbs.unlike, verbs.dislike, verbs.undislike, verbs.upvote, verbs.downvote, verbs.report],
  ...[verbs.mute, verbs.unmute, verbs.search, verbs.searchAgents, verbs.trend, verbs.refresh, verbs.listen],
  ...[
    verbs.createGroup,
    verbs.joinGroup,
    verbs.leaveGroup,
    verbs.sendToGroup,
    verbs.buy,
    verbs.interview,
    verbs.answer,
  ],
]);
