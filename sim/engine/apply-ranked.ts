/**
 * Part of apply: what the tick's ranked verbs drafted, and texts of new posts.
 *
 * One shard writes, after all others have applied what is theirs: entries of the ledger, texts in the order of their references,
 * messages; then the texts of posts in the order of their ids, so that references are the same for any number of shards.
 */
import { ledgerOf, writeEntry } from '../world/ledger.ts';
import { appendText, bytesOf } from '../world/texts.ts';
import { postKinds, postRow } from '../world/posts.ts';
import { outcomes } from '../exchange/reasons.ts';
import { counts } from '../exchange/tables.ts';
import { makesPost } from '../exchange/verbs.ts';
import { checkDraft } from './conservation.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { Draft, DraftMessage } from '../game-master/ranked/settlement.ts';
import type { MessageRow } from '../world/messages.ts';
import type { DetailRow, IntentRow, ShardTables } from '../exchange/tables.ts';
import type { Shard } from './shard.ts';
import type { State } from './state.ts';

/** Writes the draft of the tick and the texts of its posts. Called on the first shard only. */
export function applyRanked(shard: Shard): void {
  const { state, draft, plan } = shard;
  if (draft !== undefined) {
    if (plan.grounds !== undefined) checkConserved(shard, draft, plan.grounds);
    applyDraft(state, draft);
  }
  shard.draft = undefined;
  if (shard.all.some(({ count }) => count[counts.written] > 0)) keepPostTexts(shard);
  if (shard.all.some(({ count }) => count[counts.placed] > 0)) chainCommunities(shard);
}

/** Hangs the tick's posts in communities, replies apart, before those that were newest, in the order of their ids. */
function chainCommunities({ state, madeCount }: Shard): void {
  const { posts, ledger, now } = state;
  const entries = ledgerOf(ledger);
  for (let id = now.nextPost; id < now.nextPost + madeCount; id++) {
    const row = postRow(posts, id);
    if (posts.community[row] === 0 || posts.kind[row] === postKinds.reply) continue;
    const community = posts.community[row] - 1;
    posts.communityBefore[row] = entries.get('communityLatest', community);
    writeEntry(ledger, { account: 'communityLatest', subject: community, object: 0, value: id });
  }
}

/** What a tick moves must add up to nothing, good by good, before it is written. */
function checkConserved({ state, plan }: Shard, { entries }: Draft, { goods }: GroundsPlan): void {
  checkDraft(entries, ledgerOf(state.ledger), goods, { seed: plan.seed, tick: state.now.tick });
}

function applyDraft(state: State, { entries, texts, messages, revisions }: Draft): void {
  for (const entry of entries) writeEntry(state.ledger, entry);
  for (const bytes of texts) appendText(state.texts, bytes);
  for (const message of messages) writeMessage(state, message);
  for (const { post, lifted } of revisions) state.posts.standing[postRow(state.posts, post)] &= ~lifted;
}

function writeMessage({ messages, now }: State, message: DraftMessage): void {
  const row = (message.id & (messages.rowCapacity - 1)) as MessageRow;
  messages.id[row] = message.id;
  messages.sender[row] = message.sender;
  messages.receiver[row] = message.receiver;
  messages.group[row] = message.group;
  messages.tick[row] = now.tick;
  messages.text[row] = message.text;
  messages.previous[row] = message.previous;
}

interface Written {
  readonly post: number;
  readonly tables: ShardTables;
  readonly text: number;
}

function keepPostTexts({ state, all }: Shard): void {
  const written = all.flatMap((tables) => writtenPosts(tables));
  written.sort((x, y) => x.post - y.post);
  for (const { post, tables, text } of written) {
    state.posts.text[postRow(state.posts, post)] = appendText(state.texts, bytesOf(tables.texts, text));
  }
}

/** The granted posts of one shard that carry a text. */
function writtenPosts(tables: ShardTables): Written[] {
  const { intents, details, count } = tables;
  const found: Written[] = [];
  if (count[counts.written] === 0) return found;
  for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
    const detail = intents.detail[row];
    if (detail === 0 || !makesPost(intents.verb[row]) || intents.outcome[row] !== outcomes.granted) continue;
    const text = details.text[(detail - 1) as DetailRow];
    if (text !== 0) found.push({ post: intents.result[row], tables, text });
  }
  return found;
}
