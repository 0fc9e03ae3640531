/**
 * What each post of a recorded population says: its own words where somebody wrote them, else those in which a rule's post is rendered.
 *
 * Reads the log in its order, and nothing of a state: topic and appeal of a rule-driven post are drawn again from its author and tick.
 * Of a data set it reads the table of posts, if that holds texts. Memory: 12 bytes a post.
 * Invariant: the text of a post depends on nothing that follows it in the log.
 * Oracle: the state's own columns after a run (`test/sim/record/post-texts.test.ts`).
 */
import { laneA, laneB, seedWords, tickSeedA, tickSeedB } from '../ground/random.ts';
import { firstInterventionSequence } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { topicCount } from '../world/agents.ts';
import { externalId } from '../world/population.ts';
import { drawAppeal, drawTopic } from '../world/post-topic.ts';
import { postKinds, topicOf } from '../world/posts.ts';
import { topicOfText } from '../world/text-topic.ts';
import { ruleText, stanceOf, stances } from '../world/wording.ts';
import { embeddedPart } from '../llm/embedding-book.ts';
import { readAnswers } from './answers.ts';
import { topicOfRecord } from './embedded-topics.ts';
import { dataSetOf, readDataTable } from './data-set-reader.ts';
import { plansOf } from './manifest.ts';
import type { EmbeddingBook } from '../llm/embedding-book.ts';
import type { EmbeddingOrder } from '../llm/request.ts';
import type { Stance } from '../world/wording.ts';
import type { TickRecord } from './chunk.ts';
import type { TextColumn } from './data-set-reader.ts';
import type { Manifest } from './manifest.ts';
import type { Records } from './reader.ts';

/** What a plan says of posts. */
interface PlanOfPosts {
  readonly seed: number;
  readonly topicFocusShare: number;
  readonly appealSpread: number;
  readonly feed?: { readonly embedding?: 'lexical' | EmbeddingOrder };
  readonly interventions: readonly { readonly tick: number; readonly agent: string; readonly appeal?: number }[];
}

const kinds: Readonly<Record<number, number>> = {
  [verbs.post]: postKinds.post,
  [verbs.reply]: postKinds.reply,
  [verbs.repost]: postKinds.repost,
  [verbs.quote]: postKinds.quote,
};

/** Texts of posts, in the order in which the log makes them. */
export class PostTexts {
  readonly #records: Records;
  readonly #plans: ReturnType<typeof plansOf<PlanOfPosts>>;
  readonly #stored: { readonly title?: TextColumn; readonly content?: TextColumn } | undefined;
  #embeddings: EmbeddingBook | undefined;
  readonly #vector = new Float64Array(topicCount);
  #topics = new Int8Array(1024 * topicCount);
  #appeals = new Int32Array(1024);
  #givenAppeals: ReadonlyMap<string, boolean> | undefined;

  constructor(records: Records) {
    this.#records = records;
    const { manifest } = records;
    this.#plans = plansOf(manifest as Manifest<PlanOfPosts>);
    if (dataSetOf(manifest) !== undefined) this.#stored = storedTexts(records);
  }

  /** Whether texts can be told: always of a run; of a data set where its source had some, or no post at all. */
  get areKnown(): boolean {
    if (dataSetOf(this.#records.manifest) === undefined || this.#records.manifest.counts.posts === 0) return true;
    return this.#stored?.title !== undefined || this.#stored?.content !== undefined;
  }

  /**
   * The text of the post that a granted intent makes; empty for a repost. `content` is the content behind what it is about, 0 for an
   * original post; `own` are the words that the intent carries, if any. Every granted post must be handed in, in the order of the log.
   */
  take(record: TickRecord, i: number, content: number, own: string): string {
    const id = record.result[i];
    if (dataSetOf(this.#records.manifest) !== undefined) return own === '' ? this.#storedText(id) : own;
    if (id >= this.#appeals.length) this.#grow(id);
    if (record.verb[i] === verbs.post) this.#draw(record, i, id, own);
    else {
      this.#topics.copyWithin(id * topicCount, content * topicCount, (content + 1) * topicCount);
      this.#appeals[id] = this.#appeals[content];
    }
    return own === '' ? this.#rendered(record, i, id) : own;
  }

  #storedText(id: number): string {
    const [title, content] = [this.#stored?.title?.at(id - 1) ?? '', this.#stored?.content?.at(id - 1) ?? ''];
    return title === '' || content === '' ? title + content : `${title}\n\n${content}`;
  }

  /** Numbered by its id, as `sim/policy/reading.ts` renders it for those who read it in the run. */
  #rendered(record: TickRecord, i: number, id: number): string {
    const { keyLo, keyHi } = this.#records.population;
    const actor = record.actor[i];
    return ruleText({
      ...{ authorKeyLo: keyLo[actor], authorKeyHi: keyHi[actor], tick: record.tick, sequence: id },
      ...{ kind: kinds[record.verb[i]], topicBoard: record.topic[i], appeal: this.#appeals[id] },
      stance: this.#stanceOf(actor, id, record.topic[i]),
    });
  }

  /** By the author's interests; neutral where the log has another topic than is drawn, as one that was written by hand may. */
  #stanceOf(actor: number, id: number, board: number): Stance {
    const { interest } = this.#records.population;
    if (topicOf(this.#topics, id * topicCount) !== board) return stances.neutral;
    let dot = 0;
    for (let k = 0; k < topicCount; k++) dot += interest[actor * topicCount + k] * this.#topics[id * topicCount + k];
    return stanceOf(dot);
  }

  #draw(record: TickRecord, i: number, id: number, own: string): void {
    const { tick } = record;
    const plan = (this.#plans.find(({ until }) => tick < until) ?? this.#plans[0]).plan;
    const { keyLo, keyHi, interest } = this.#records.population;
    const [actor, sequence] = [record.actor[i], record.sequence[i]];
    const { lo, hi } = seedWords(plan.seed);
    const lanes = { a: laneA(tickSeedA(lo, hi, tick), keyLo[actor]), b: laneB(tickSeedB(lo, hi, tick), keyHi[actor]) };
    const start = actor * topicCount;
    const isOfText = own !== '' && this.#writeTopic(tick, own, plan.feed?.embedding);
    if (!isOfText)
      drawTopic({ ...lanes, sequence, start, interest, topicFocusShare: plan.topicFocusShare }, this.#vector);
    this.#topics.set(this.#vector, id * topicCount);
    const isGiven = sequence >= firstInterventionSequence && this.#isAppealGiven(tick, actor, sequence);
    this.#appeals[id] = isGiven ? record.amount[i] : drawAppeal({ ...lanes, sequence }, plan.appealSpread);
  }

  /** Writes the topic of a post's own text, as the run did; false where it was drawn. */
  #writeTopic(tick: number, own: string, embedding: 'lexical' | EmbeddingOrder | undefined): boolean {
    if (embedding === undefined) return false;
    if (embedding === 'lexical') return topicOfText(own, this.#vector);
    this.#embeddings ??= readAnswers(this.#records.directory).embeddings;
    const found = topicOfRecord(this.#embeddings, tick, embedding, embeddedPart(own));
    if (found.failure !== undefined) return topicOfText(own, this.#vector);
    found.topic?.forEach((one, k) => (this.#vector[k] = one));
    return found.topic !== undefined;
  }

  /** Whether the scenario gave a post of its own an appeal: acts of one agent and tick are numbered in the order of the scenario. */
  #isAppealGiven(tick: number, actor: number, sequence: number): boolean {
    this.#givenAppeals ??= givenAppeals(this.#plans);
    const { ids } = this.#records.population;
    return this.#givenAppeals.get(`${tick} ${sequence} ${externalId(ids, actor)}`) ?? false;
  }

  #grow(id: number): void {
    const length = Math.max(id + 1, this.#appeals.length * 2);
    const [topics, appeals] = [new Int8Array(length * topicCount), new Int32Array(length)];
    topics.set(this.#topics);
    appeals.set(this.#appeals);
    this.#topics = topics;
    this.#appeals = appeals;
  }
}

function givenAppeals(plans: ReturnType<typeof plansOf<PlanOfPosts>>): ReadonlyMap<string, boolean> {
  const given = new Map<string, boolean>();
  let from = 0;
  for (const { plan, until } of plans) {
    const numbers = new Map<string, number>();
    for (const { tick, agent, appeal } of plan.interventions) {
      const sequence = numbers.get(`${tick} ${agent}`) ?? firstInterventionSequence;
      numbers.set(`${tick} ${agent}`, sequence + 1);
      if (tick >= from && tick < until) given.set(`${tick} ${sequence} ${agent}`, appeal !== undefined);
    }
    from = until;
  }
  return given;
}

function storedTexts(records: Records): { title?: TextColumn; content?: TextColumn } {
  const table = readDataTable(records, 'posts');
  const [title, content] = [table?.texts('title'), table?.texts('content')];
  return { ...(title === undefined ? {} : { title }), ...(content === undefined ? {} : { content }) };
}
