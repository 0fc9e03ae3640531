/**
 * A recorded population as OASIS would have it in its database: rows of its tables, in the order in which they come about.
 *
 * Reads the log, tick by tick, and the population; hands rows to a sink and keeps what later rows refer to. What an undoing takes out, and
 * what is known only at the end (counters, words of quoted posts, answers), comes from `finish`.
 * Departures, none of which a script of OASIS meets as an error:
 * - The trace begins with what is there before the first tick: a `sign_up` an agent, a `follow` a tie, products, groups. So the tables
 *   follow from the trace alone, which is what OASIS's own trace lacks.
 * - Every row of the trace has in `info` more than OASIS writes: `post_id`, `followee_id` and the like, and `intent`, the name by which
 *   `why` knows it; so no two rows are equal, which OASIS's key over all four columns would refuse.
 * - A vote that turns round is one row (`like_post` with `undone_dislike_id`). Acts of the platform itself have no user. What was granted
 *   in part is left out.
 * - `rec` stays empty: it holds what a recommender would show next, which no log says.
 * Memory: see `oasis-contents.ts` and `post-texts.ts`; some 60 bytes for each like, dislike, mute and membership that stands.
 * Oracle: an object replay of the trace table (`test/sim/record/oasis-tables.test.ts`).
 */
import { reactionBits } from '../world/pairs.ts';
import { outcomes } from '../exchange/reasons.ts';
import { isReaction, nextReaction } from '../exchange/reactions.ts';
import { makesPost, verbs } from '../exchange/verbs.ts';
import { TieTable } from './database-effects.ts';
import { sqlText } from './database-rows.ts';
import { createDetailCursor } from './detail-cursor.ts';
import { plansOf } from './manifest.ts';
import { oasisAction, oasisVerbs } from './oasis-actions.ts';
import { oasisClock } from './oasis-clock.ts';
import { OasisContents } from './oasis-contents.ts';
import { OasisCircles } from './oasis-circles.ts';
import { PairNumbers } from './pair-numbers.ts';
import { oasisUsers } from './oasis-people.ts';
import { otherInfo, seenBy } from './oasis-info.ts';
import { PostTexts } from './post-texts.ts';
import { dataSetOf } from './data-set-reader.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { TickRecord } from './chunk.ts';
import type { Manifest } from './manifest.ts';
import type { OasisAct, OasisInfo, OasisSink } from './oasis-act.ts';
import type { OasisClock } from './oasis-clock.ts';
import type { OasisContent } from './oasis-contents.ts';
import type { OasisUser } from './oasis-people.ts';
import type { OasisTable } from './oasis-schema.ts';
import type { Records } from './reader.ts';

interface PlanOfOasis {
  readonly grounds?: GroundsPlan;
  readonly conduct?: { readonly compat?: 'oasis' };
}

/** How much of a log OASIS's tables have no place for. */
export interface OasisLosses {
  readonly nestedReplies: number;
  readonly commentShares: number;
  readonly commentReports: number;
  /** Granted intents of verbs that OASIS does not have; the trace names them. */
  readonly otherActs: number;
  /** Intents that were granted in part, which the trace leaves out. */
  readonly partialActs: number;
}

export class OasisTables {
  readonly #records: Records;
  readonly #sink: OasisSink;
  readonly #clock: OasisClock;
  readonly #texts: PostTexts;
  readonly #contents = new OasisContents();
  readonly #circles: OasisCircles;
  readonly #ties: TieTable;
  readonly #likes = new PairNumbers();
  readonly #dislikes = new PairNumbers();
  readonly #mutes = new PairNumbers();
  readonly #gone: Partial<Record<OasisTable, number[]>> = {};
  readonly #given: Partial<Record<OasisTable, number>> = {};
  readonly #userOf: (agent: number) => OasisUser;
  readonly #followers: Int32Array;
  readonly #followees: Int32Array;
  readonly #handles = new Map<number, string>();
  readonly #products: GroundsPlan['products'];
  readonly #sales: number[];
  readonly #reportsStayOnReposts: boolean;
  /** Of each agent that was asked and has not answered: the row of the trace, and what it says. */
  readonly #questions = new Map<number, { readonly traceRow: number; readonly info: OasisInfo }>();
  readonly #answered: { readonly traceRow: number; readonly info: OasisInfo }[] = [];
  #traceCount = 0;
  #commentReports = 0;
  #otherActs = 0;
  #partialActs = 0;

  constructor(records: Records, sink: OasisSink) {
    const { manifest, population } = records;
    const plans = plansOf(manifest as Manifest<PlanOfOasis>);
    const { grounds } = plans[0].plan;
    this.#records = records;
    this.#sink = sink;
    this.#userOf = oasisUsers(records);
    this.#clock = oasisClock(manifest);
    this.#texts = new PostTexts(records);
    this.#ties = new TieTable(population);
    this.#followers = new Int32Array(population.count);
    this.#followees = new Int32Array(population.count);
    this.#products = grounds?.products ?? [];
    this.#sales = this.#products.map(() => 0);
    this.#circles = new OasisCircles(grounds?.groups ?? [], population, sink);
    this.#reportsStayOnReposts = plans.some(({ plan }) => plan.conduct?.compat === 'oasis');
  }

  get losses(): OasisLosses {
    const { nestedReplies, commentShares } = this.#contents;
    const [commentReports, otherActs] = [this.#commentReports, this.#otherActs];
    return { nestedReplies, commentShares, commentReports, otherActs, partialActs: this.#partialActs };
  }

  /** What is there before the first tick. Rows may be taken from the sink at each step. */
  *begin(): Generator<void, void, undefined> {
    const { count, followOffset, followee } = this.#records.population;
    const time = this.#clock(0, 0);
    for (let agent = 0; agent < count; agent++) {
      const { name, user_name, bio } = this.#userOf(agent);
      this.#trace(agent, time, 'sign_up', { name, user_name, bio });
      yield;
    }
    for (let agent = 0; agent < count; agent++) {
      for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++) {
        this.#follow(agent, followee[tie], tie + 1, time);
        this.#trace(agent, time, 'follow', { follow_id: tie + 1, followee_id: followee[tie] });
        yield;
      }
    }
    for (const [number, { name }] of this.#products.entries()) {
      this.#trace(count, time, 'sign_up_product', { product_id: number, product_name: name });
    }
    for (const { agent, action, info } of this.#circles.begin(time)) {
      this.#trace(agent, time, action, info);
      yield;
    }
  }

  /** One tick. Groups that it makes come first: others may have joined them in the same tick. */
  *take(record: TickRecord): Generator<void, void, undefined> {
    const acts = this.#actsOf(record);
    this.#circles.number(record);
    const makers = new Set(this.#circles.makers(record));
    for (const row of makers) {
      this.#act(acts(row));
      yield;
    }
    for (let row = 0; row < record.intentCount; row++) {
      if (record.outcome[row] === outcomes.partial) this.#partialActs++;
      if (record.outcome[row] !== outcomes.granted || makers.has(row)) continue;
      this.#act(acts(row));
      yield;
    }
    this.#ties.drain();
  }

  /** Rows that are whole at the end only: users, products, members. */
  *rest(): Generator<void, void, undefined> {
    const { count } = this.#records.population;
    const time = this.#clock(0, 0);
    for (let agent = 0; agent < count; agent++) {
      const { name, user_name, bio } = this.#userOf(agent);
      const names = `${sqlText(this.#handles.get(agent) ?? user_name)},${sqlText(name)},${sqlText(bio)}`;
      this.#sink.add('user', `${agent},${agent},${names},${time},${this.#followees[agent]},${this.#followers[agent]}`);
      yield;
    }
    for (const [number, { name }] of this.#products.entries())
      this.#sink.add('product', `${number},${sqlText(name)},${this.#sales[number]}`);
    yield* this.#circles.rest();
  }

  /** Statements that bring the tables to how things stand at the end; all rows are in by then. */
  *finish(): Generator<string, void, undefined> {
    for (const [table, rows] of Object.entries(this.#gone)) {
      for (const some of batches(rows)) yield `DELETE FROM "${table}" WHERE rowid IN (${some.join(',')});`;
    }
    const update = (table: string, set: string, match: string, values: readonly string[]): string =>
      `UPDATE ${table} SET ${set} FROM (VALUES ${values.join(',')}) AS given WHERE ${match} = given.column1;`;
    const rates = 'num_likes = given.column2, num_dislikes = given.column3';
    const shares = 'num_shares = given.column4, num_reports = given.column5';
    for (const some of batches(this.#contents.counted('post')))
      yield update('post', `${rates}, ${shares}`, 'post.post_id', some);
    for (const some of batches(this.#contents.counted('comment')))
      yield update('comment', rates, 'comment.comment_id', some);
    const words = '(SELECT content FROM post AS original WHERE original.post_id = given.column2)';
    for (const some of batches(this.#contents.quoted()))
      yield update('post', `content = ${words}`, 'post.post_id', some);
    const answers = this.#answered.map(({ traceRow, info }) => `(${traceRow},${sqlText(JSON.stringify(info))})`);
    for (const some of batches(answers)) yield update('trace', 'info = given.column2', 'trace.rowid', some);
  }

  #actsOf(record: TickRecord): (row: number) => OasisAct {
    const { tick, actor, verb, target, amount, sequence } = record;
    const isDataSet = dataSetOf(this.#records.manifest) !== undefined;
    const details = createDetailCursor(record);
    return (row) => ({
      ...{ record, row, actor: actor[row], verb: verb[row], target: target[row], amount: amount[row] },
      ...details(row),
      // In a data set the amount is the time within the tick.
      time: this.#clock(tick, isDataSet ? amount[row] : 0),
      intent: `${tick}:#${actor[row]}:${sequence[row]}`,
    });
  }

  #act(act: OasisAct): void {
    const { verb } = act;
    if (!oasisVerbs.has(verb)) this.#otherActs++;
    if (makesPost(verb)) this.#make(act);
    else if (verb === verbs.report) this.#report(act);
    else if (isReaction(verb)) this.#react(act);
    else if (verb === verbs.follow || verb === verbs.unfollow) this.#tie(act);
    else if (verb === verbs.mute || verb === verbs.unmute) this.#mute(act);
    else if (verb === verbs.interview || verb === verbs.answer) this.#interview(act);
    else this.#note(act, this.#circles.take(act) ?? this.#infoOf(act));
  }

  /** Writes an act's row of the trace. */
  #note({ actor, time, intent, verb }: OasisAct, info: OasisInfo, about: OasisContent['table'] = 'post'): void {
    const action = oasisAction(verb, about, this.#records.manifest.ownVerbs);
    this.#trace(actor, time, action, { ...info, intent });
  }

  #trace(actor: number, time: string, action: string, info: OasisInfo): void {
    const user = actor < this.#records.population.count ? String(actor) : 'NULL';
    this.#traceCount++;
    this.#sink.add('trace', `${user},${time},${sqlText(action)},${sqlText(JSON.stringify(info))}`);
  }

  #next(table: OasisTable): number {
    const number = (this.#given[table] ?? 0) + 1;
    this.#given[table] = number;
    return number;
  }

  #remove(table: OasisTable, row: number): void {
    (this.#gone[table] ??= []).push(row);
  }

  #make(act: OasisAct): void {
    const { record, row, actor, verb, time, argument } = act;
    const { number, post, given, about } = this.#contents.make(record, row);
    const said = this.#texts.take(record, row, about, act.text);
    // A repost shows another's words; what was said beside it has no place in OASIS.
    const content = verb === verbs.repost ? '' : said;
    if (verb === verbs.reply) {
      this.#sink.add('comment', `${number},${post},${actor},${sqlText(content)},${time},0,0`);
      const parent = this.#contents.of(about);
      const answered = parent.table === 'comment' ? { parent_comment_id: parent.number } : {};
      this.#note(act, { content, comment_id: number, post_id: post, ...answered });
      return;
    }
    const words = verb === verbs.quote ? `'',${sqlText(content)}` : `${sqlText(content)},NULL`;
    this.#sink.add('post', `${number},${actor},${post === 0 ? 'NULL' : post},${words},${time},0,0,0,0`);
    const shared = given === undefined ? {} : namedIn(given, verb === verbs.quote ? 'quoted' : 'reposted', post);
    if (verb === verbs.post)
      this.#note(act, { content, post_id: number, ...(argument >= 0 ? { community: argument } : {}) });
    else if (verb === verbs.repost)
      this.#note(act, { ...shared, new_post_id: number, ...(said === '' ? {} : { remark: said }) });
    else this.#note(act, { ...shared, new_post_id: number, quote_content: content });
  }

  /** Likes, dislikes, their undoing, and votes, which may do two of these at once. */
  #react(act: OasisAct): void {
    const { actor, verb, target, time } = act;
    const content = this.#contents.contentOf(target);
    const about = this.#contents.of(content);
    const prefix = about.table === 'comment' ? 'comment_' : '';
    const info: Record<string, unknown> = { [`${about.table}_id`]: about.number };
    const before =
      (this.#likes.get(actor, content) > 0 ? reactionBits.like : 0) |
      (this.#dislikes.get(actor, content) > 0 ? reactionBits.dislike : 0);
    const after = nextReaction(verb, before);
    const isTurned =
      ((before ^ after) & (reactionBits.like | reactionBits.dislike)) === (reactionBits.like | reactionBits.dislike);
    let done = verb;
    for (const name of ['like', 'dislike'] as const) {
      const bit = reactionBits[name];
      if ((before & bit) === (after & bit)) continue;
      const table = `${prefix}${name}` as const;
      const numbers = name === 'like' ? this.#likes : this.#dislikes;
      const isOn = (after & bit) !== 0;
      const id = isOn ? this.#next(table) : numbers.take(actor, content);
      if (isOn) {
        numbers.set(actor, content, id);
        this.#sink.add(table, `${id},${actor},${about.number},${time}`);
      } else this.#remove(table, id);
      this.#contents.count(content, `${name}s`, isOn ? 1 : -1);
      const isMain = isOn || !isTurned;
      info[isMain ? `${table}_id` : `undone_${table}_id`] = id;
      if (isMain) done = name === 'like' ? (isOn ? verbs.like : verbs.unlike) : isOn ? verbs.dislike : verbs.undislike;
    }
    const isVote = verb === verbs.upvote || verb === verbs.downvote;
    this.#note({ ...act, verb: isVote ? done : verb }, info, about.table);
  }

  /** OASIS reports posts alone. In runs that do as it does, a report stays on the repost that was named. */
  #report(act: OasisAct): void {
    const { actor, target, text, time } = act;
    const content = this.#reportsStayOnReposts ? target : this.#contents.contentOf(target);
    const about = this.#contents.of(content);
    if (about.table === 'comment') {
      this.#commentReports++;
      this.#note(act, { comment_id: about.number, report_reason: text }, 'comment');
      return;
    }
    const id = this.#next('report');
    this.#contents.count(content, 'reports', 1);
    this.#sink.add('report', `${id},${actor},${about.number},${sqlText(text)},${time}`);
    this.#note(act, { post_id: about.number, report_id: id, report_reason: text });
  }

  #follow(follower: number, followee: number, row: number, time: string): void {
    this.#sink.add('follow', `${row},${follower},${followee},${time}`);
    this.#followees[follower]++;
    this.#followers[followee]++;
  }

  /** Rows of ties are those of `TieTable`: 1, 2, … at the start, then in the order of the log. */
  #tie(act: OasisAct): void {
    const { record, row, actor, target, verb, time } = act;
    const tie = this.#ties.take(record, row);
    if (tie > 0 && verb === verbs.follow) this.#follow(actor, target, tie, time);
    else if (tie > 0) {
      this.#remove('follow', tie);
      this.#followees[actor]--;
      this.#followers[target]--;
    }
    this.#note(act, { follow_id: tie, followee_id: target });
  }

  #mute(act: OasisAct): void {
    const { actor, target, verb, time } = act;
    const id = verb === verbs.mute ? this.#next('mute') : this.#mutes.take(actor, target);
    if (verb === verbs.mute) {
      this.#mutes.set(actor, target, id);
      this.#sink.add('mute', `${id},${actor},${target},${time}`);
    } else this.#remove('mute', id);
    this.#note(act, { mutee_id: target, mute_id: id });
  }

  /** A question has its answer in its own row, once there is one; the answer has a row too. */
  #interview(act: OasisAct): void {
    const { actor, verb, text, intent } = act;
    if (verb === verbs.interview) {
      const info = { prompt: text, interview_id: intent, intent };
      this.#note(act, info);
      this.#questions.set(actor, { traceRow: this.#traceCount, info });
      return;
    }
    const question = this.#questions.get(actor);
    this.#questions.delete(actor);
    this.#note(act, { response: text, interview_id: question?.info['interview_id'] ?? null });
    if (question === undefined) return;
    this.#answered.push({ traceRow: question.traceRow, info: { ...question.info, response: text } });
  }

  /** What an act of no table of its own says. */
  #infoOf(act: OasisAct): OasisInfo {
    const { verb, actor, target, amount, text, record } = act;
    switch (verb) {
      case verbs.nothing:
        return {};
      case verbs.search:
      case verbs.searchAgents:
        return { query: text };
      case verbs.trend:
        return { posts: null };
      case verbs.refresh:
        return { posts: seenBy(record, actor, this.#contents) };
      case verbs.buy:
        this.#sales[target] += amount;
        return { product_name: this.#products[target]?.name ?? null, product_id: target, purchase_num: amount };
      case verbs.claimHandle:
        this.#handles.set(actor, text);
        return { user_name: text };
      default:
        return otherInfo(act, this.#contents);
    }
  }
}

/** The row that a share named, and for a comment the post that it is attributed to. */
function namedIn(given: OasisContent, what: 'quoted' | 'reposted', post: number): OasisInfo {
  return given.table === 'post'
    ? { [`${what}_id`]: given.number, original_post_id: post }
    : { [`${what}_id`]: post, original_post_id: post, comment_id: given.number };
}

/** Rows of one statement. */
const statementRows = 5000;

function* batches<Item>(items: Iterable<Item>): Generator<Item[], void, undefined> {
  let some: Item[] = [];
  for (const item of items) {
    some.push(item);
    if (some.length < statementRows) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
