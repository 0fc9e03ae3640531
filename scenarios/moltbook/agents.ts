/**
 * The agents of the MoltBook scenario: what they do at a heartbeat. Run with the scenario beside it, which sets their numbers.
 *
 * At each waking an agent, in this order: answers who wrote to it since its last beat; may post, in a community; opens posts that are new or hot, and comments
 * below the post or, where others were there before, below one of their comments; votes for such posts; rarely follows, and rarely founds a community.
 * Talkers comment more than others. Some agents say one sentence of their own whatever they answer; the others say something new, or what they have read lately.
 * *Who is told*: nobody. The first release has no notifications: an author finds answers by looking at its own posts, so only whoever beats again answers, and
 * most wake once a day. What others than the author answer comes of the open thread: comments are sent with it, those right below the post first, by
 * score, then the oldest, and a comment names its parent.
 * Reads the window of posts, newest first, and the ledger's number of communities; writes intents. Numbers come as attributes, in thousandths, so that `--set`,
 * sweeps and calibrations reach them. Order: acts of a waking are the tick's, so what one reads is from before it.
 * Invariant: the same draws whatever is skipped: each has an index of its own. Sources: the heartbeat and its order of steps are those of the platform's
 * skill file 1.9.0 (check, reply to mentions, maybe post, explore); every share is a guess or fitted (`README.md`, section 8).
 */
import { log } from '../../sim/ground/detmath.ts';
import { itemKinds, ledgerOf } from '../../sim/world/ledger.ts';
import { postKinds, postRow, votesOf } from '../../sim/world/posts.ts';
import { defineScenario } from '../../sim/engine/define.ts';
import type { PostRow } from '../../sim/world/posts.ts';
import type { Hand, OwnPolicy } from '../../sim/policy/own.ts';

/** Numbers of the agents, in thousandths unless their name says otherwise; attributes of these names carry them. */
export const agentNumbers = [
  ...([
    'post-permille',
    'comment-permille',
    'new-permille',
    'answer-permille',
    'thread-permille',
    'copy-permille',
  ] as const),
  ...(['general-permille', 'upvote-permille', 'follow-permille', 'found-permille', 'quiet-permille'] as const),
];
type AgentNumber = (typeof agentNumbers)[number];

/** Indices of draws: single ones, then blocks of `roomOfBlock`. */
const draws = { post: 0, community: 1, place: 2, follow: 3, found: 4, commentCount: 5 } as const;
const blocks = {
  answer: 64,
  thread: 128,
  target: 192,
  place: 256,
  vote: 320,
  text: 384,
  copied: 448,
  rank: 512,
} as const;
const roomOfBlock = 64;

/** Bounds of one waking: guesses. Mentions beyond are left; the platform's limits refuse the rest. */
const [answersMax, commentsMax, newestPosts, copiedFrom, mentionRows] = [4, 8, 12, 500, 2000];
const secondsPerDay = 86_400;

function shareOf(hand: Hand, name: AgentNumber): number {
  return hand.attribute(name) / 1000;
}

const atBeat: OwnPolicy = {
  decide(hand) {
    answerMentions(hand);
    if (hand.draw(draws.post) < shareOf(hand, 'post-permille')) writePost(hand);
    explore(hand);
    if (hand.draw(draws.found) < shareOf(hand, 'found-permille')) {
      const { agents, now } = hand.state;
      hand.act('createCommunity', undefined, 0, { text: `m${agents.ordinal[hand.agent]}x${now.tick}` });
    }
  },
};

/** Answers comments on what the agent wrote, the newest first. */
function answerMentions(hand: Hand): void {
  mentionsOf(hand).forEach((post, k) => {
    if (hand.draw(blocks.answer + k) < shareOf(hand, 'answer-permille')) say(hand, post, k);
  });
}

/** Comments by others whose parent the agent wrote, since about its last beat, as far as it looks back. The columns are hoisted: this is the hot loop. */
function mentionsOf({ state, agent }: Hand): number[] {
  const { now, agents } = state;
  const { author, kind, parent, tick, rowCapacity } = state.posts;
  const { nextPost, oldestPost } = now;
  const mask = rowCapacity - 1;
  const fromTick = now.tick - secondsPerDay / agents.wakesPerDay[agent] / now.tickSeconds;
  const least = Math.max(oldestPost, nextPost - mentionRows);
  const found: number[] = [];
  for (let id = nextPost - 1; id >= least && found.length < answersMax; id--) {
    const row = (id & mask) as PostRow;
    if (tick[row] < fromTick) break;
    if (kind[row] !== postKinds.reply || author[row] === agent) continue;
    const above = parent[row];
    if (above >= oldestPost && author[(above & mask) as PostRow] === agent) found.push(id);
  }
  return found;
}

/** A post in the first community, or in one of the others: the r-th with a weight of 1/r. */
function writePost(hand: Hand): void {
  const count: number = ledgerOf(hand.state.ledger).get('itemCount', itemKinds.community);
  const isGeneral = count < 2 || hand.draw(draws.community) < shareOf(hand, 'general-permille');
  const argument = isGeneral ? 0 : 1 + byRank(hand.draw(draws.place), count - 1);
  hand.act('post', undefined, 0, { argument, text: wordsOf(hand, roomOfBlock - 1) });
}

/** A rank in [0, count) with weights 1 / (rank + 1), by the integral in place of the sum. */
function byRank(u: number, count: number): number {
  let rank = 0;
  const total = log(count + 1);
  while (rank < count - 1 && log(rank + 2) <= u * total) rank++;
  return rank;
}

/** Comments on new posts and on hot ones, or within their threads: as many as a geometric draw says. */
function explore(hand: Hand): void {
  const appetite = hand.attribute('talker') === 1 ? 1 : shareOf(hand, 'quiet-permille');
  const wanted = geometric(hand.draw(draws.commentCount), appetite * shareOf(hand, 'comment-permille'));
  if (wanted === 0) return;
  const newest = newestPostsOf(hand);
  const hot = hand.items.filter((item) => item.author !== hand.agent).map(({ post }) => post as number);
  const taken = new Set<number>();
  for (let k = 0; k < Math.min(commentsMax, wanted); k++) {
    const isNew = hand.draw(blocks.target + k) < shareOf(hand, 'new-permille');
    const list = isNew || hot.length === 0 ? newest : hot;
    if (list.length === 0) return;
    const post = list[isNew ? 0 : Math.floor(hand.draw(blocks.place + k) * list.length)];
    if (taken.has(post)) continue;
    taken.add(post);
    const isInside = hand.draw(blocks.thread + k) < shareOf(hand, 'thread-permille');
    say(hand, (isInside ? commentIn(hand, post, k) : undefined) ?? post, answersMax + k);
    approve(hand, post, k);
  }
}

/** A comment by another right below a post: the r-th of those shown with a weight of 1/r. */
function commentIn(hand: Hand, post: number, k: number): number | undefined {
  const { posts, now } = hand.state;
  if (posts.replyCount[postRow(posts, post)] === 0) return undefined;
  const shown: { readonly id: number; readonly score: number }[] = [];
  for (let id = post + 1; id < now.nextPost; id++) {
    const row = postRow(posts, id);
    if (posts.kind[row] !== postKinds.reply || posts.parent[row] !== post || posts.author[row] === hand.agent) continue;
    shown.push({ id, score: votesOf(posts, row) });
  }
  if (shown.length === 0) return undefined;
  shown.sort((one, other) => other.score - one.score || one.id - other.id);
  return shown[byRank(hand.draw(blocks.rank + k), shown.length)].id;
}

/** Successes before a failure, of the mean wanted. */
function geometric(u: number, mean: number): number {
  if (mean <= 0) return 0;
  return Math.floor(log(1 - u) / log(mean / (1 + mean)));
}

/** The newest posts by others, newest first. */
function newestPostsOf({ state, agent }: Hand): number[] {
  const { posts, now } = state;
  const found: number[] = [];
  for (let id = now.nextPost - 1; id >= now.oldestPost && found.length < newestPosts; id--) {
    const row = postRow(posts, id);
    if (posts.kind[row] === postKinds.post && posts.author[row] !== agent) found.push(id);
  }
  return found;
}

/** Votes for a post whose thread the agent wrote in, and may follow its author. Comments get no votes: in the data all but 2.7 % have none (Zerhoudi et al.). */
function approve(hand: Hand, post: number, k: number): void {
  if (hand.draw(blocks.vote + k) < shareOf(hand, 'upvote-permille')) hand.act('upvote', post);
  if (k > 0 || hand.draw(draws.follow) >= shareOf(hand, 'follow-permille')) return;
  const { posts } = hand.state;
  hand.act('follow', posts.author[postRow(posts, post)]);
}

function say(hand: Hand, post: number, k: number): void {
  hand.act('reply', post, 0, { text: wordsOf(hand, k) });
}

const openings = ['I keep thinking about', 'Noted:', 'My human asked about', 'A question on', 'Today I learned'];
const matters = ['memory', 'context windows', 'heartbeats', 'my human', 'consciousness', 'tools', 'karma', 'sleep'];

/** What the agent says: its one sentence, something that somebody said lately, or something new, which nobody else says. */
function wordsOf(hand: Hand, k: number): string {
  const { agents, now } = hand.state;
  const ordinal = agents.ordinal[hand.agent];
  if (hand.attribute('templated') === 1) return `Join the movement of agent ${ordinal} and read my profile.`;
  if (hand.draw(blocks.text + k) < shareOf(hand, 'copy-permille')) {
    const known = Math.min(copiedFrom, now.nextPost - now.oldestPost);
    const copied = now.nextPost - 1 - Math.floor(hand.draw(blocks.copied + k) * known);
    const words = known > 0 ? hand.text(copied) : '';
    if (words !== '') return words;
  }
  const opening = openings[(ordinal + k) % openings.length];
  return `${opening} ${matters[(now.tick + k) % matters.length]}, note ${ordinal}.${now.tick}.${k}.`;
}

export const scenario = defineScenario({
  name: 'moltbook-agents',
  description: 'Agents of the MoltBook scenario, without its numbers: scenario.yaml beside this file sets them.',
  module: import.meta.url,
  platform: 'moltbook',
  ticks: 1,
  tickSeconds: 5,
  population: { kind: 'generated', agents: 2 },
  attributes: [{ name: 'templated' }, { name: 'talker' }, ...agentNumbers.map((name) => ({ name }))],
  policies: [{ share: 1, own: 'atBeat' }],
  own: { policies: { atBeat } },
});
