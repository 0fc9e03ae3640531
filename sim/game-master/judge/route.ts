/**
 * Free words on their way to a ruling: route, ask, settle. Attempts of the verb `try` are read by the grammar, or laid before the judge.
 *
 * An attempt that is read as a verb becomes that verb, in its own place and under its own number, and passes the gates as if its agent had
 * used the verb; what no verb does keeps its judgement in its detail until its turn comes in `resolve.ts`. Nothing here rules, and nothing
 * here writes but the shard's own intents, details, requests and notes.
 * Ladder where the judge gives nothing that can be used: the verb that stands nearest in the words, else JUDGE_UNAVAILABLE (GM-40, GM-44). What
 * the judge has no time for is put off: it is noted, and made again in the next tick, until the plan's patience ends.
 * Order: that of the shard's intents. Oracle: `test/sim/game-master/judge/route.test.ts`.
 */
import { drawWord, laneA, laneB, purposes, unitOf } from '../../ground/random.ts';
import { memoryKinds } from '../../world/memories.ts';
import { agentOf } from '../../world/people.ts';
import { textOf } from '../../world/texts.ts';
import { readers, writeDetail } from '../../exchange/details.ts';
import { writeNote } from '../../exchange/notes.ts';
import { encodePrompt, failureName } from '../../exchange/prompts.ts';
import { reasonNumber, rules } from '../../exchange/reasons.ts';
import { openRequest, writePrompt } from '../../exchange/requests.ts';
import { counts, firstReattemptSequence, intentsPerAgentMax } from '../../exchange/tables.ts';
import { verbs } from '../../exchange/verbs.ts';
import { sceneAt } from '../scenes.ts';
import { readLoosely, readWords } from './grammar.ts';
import { briefOf, judgePurpose, questionOf } from './question.ts';
import { readVerdict } from './verdict.ts';
import { foldName } from '../../world/naming.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { DetailRow, IntentRow, RequestRow, ShardTables } from '../../exchange/tables.ts';
import type { JudgePlan } from '../../exchange/judging.ts';
import type { Reason } from '../../exchange/reasons.ts';
import type { StateView } from '../../exchange/view.ts';
import type { RuleBook } from '../rule-book.ts';
import type { Names, ReadAct } from './grammar.ts';

/** What routing needs beside the rule book. One a shard. */
export interface Bench {
  /** Undefined where nobody judges. */
  readonly judge: JudgePlan | undefined;
  readonly brief: string;
}

/** The bench of a run. */
export function createBench(book: RuleBook, judge: JudgePlan | undefined): Bench {
  return { judge, brief: judge === undefined ? '' : briefOf(book, judge) };
}

/** Reads the shard's attempts in free words, and lays before the judge what the grammar does not know. */
export function routeAttempts(state: StateView, book: RuleBook, tables: ShardTables, bench: Bench): void {
  const { intents, count } = tables;
  const names = namesIn(state, book);
  const end = count[counts.intents];
  for (let row = 0 as IntentRow; row < end; row++) {
    if (intents.verb[row] !== verbs.try || !mayBeRead(state, book, tables, row)) continue;
    const words = wordsOf(tables, row);
    const read = readWords(words, names);
    if (read !== undefined) rewrite(tables, row, read, readers.grammar);
    else if (bench.judge === undefined) judged(tables, row, 'JUDGE_UNAVAILABLE', readers.nobody);
    else ask(state, book, tables, row, bench.judge, bench.brief, words);
  }
}

/** Whether an attempt will pass the gates that cost nothing: no judge is asked for what is refused anyway. */
function mayBeRead(state: StateView, book: RuleBook, tables: ShardTables, row: IntentRow): boolean {
  const { intents, details, texts } = tables;
  const actor = intents.actor[row] as AgentRow;
  const detail = intents.detail[row];
  if (detail === 0 || details.text[(detail - 1) as DetailRow] === 0 || book.allowed[verbs.try] === 0) return false;
  if (texts.words[details.text[(detail - 1) as DetailRow]] > book.textBytesMax) return false;
  if (intents.sequence[row] === intentsPerAgentMax - 1 || state.agents.bannedUntil[actor] > state.now.tick)
    return false;
  const scene = sceneAt(book.scenes, state.now.tick);
  return scene === undefined || scene.flags[verbs.try] === 1;
}

function wordsOf({ intents, details, texts }: ShardTables, row: IntentRow): string {
  return textOf(texts, details.text[(intents.detail[row] - 1) as DetailRow]);
}

function ask(
  state: StateView,
  book: RuleBook,
  tables: ShardTables,
  row: IntentRow,
  judge: JudgePlan,
  brief: string,
  words: string,
): void {
  const { intents } = tables;
  const actor = intents.actor[row] as AgentRow;
  const prompt = encodePrompt(questionOf(state, book, judge, brief, { actor, sequence: intents.sequence[row] }, words));
  // How often it was put off is its question: who waited longer is asked first.
  const asking = { agent: actor, at: row, sequence: intents.sequence[row], question: [triesOf(tables, row)] };
  writePrompt(tables, openRequest(tables, asking), judgePurpose, prompt);
}

/** How often an attempt was put off: a first attempt never was. */
function triesOf({ intents }: ShardTables, row: IntentRow): number {
  return intents.sequence[row] >= firstReattemptSequence ? Math.max(1, intents.amount[row]) : 0;
}

/** Turns the judge's replies into verbs and judgements. */
export function settleVerdicts(state: StateView, book: RuleBook, tables: ShardTables, bench: Bench): void {
  const { requests, count } = tables;
  if (bench.judge === undefined) return;
  const names = namesIn(state, book);
  for (let request = 0 as RequestRow; request < count[counts.requests]; request++) {
    if (requests.purpose[request] === judgePurpose) settleVerdict(state, tables, request, bench.judge, names);
  }
}

/** Statuses of requests, as `sim/engine/ask.ts` writes them. */
const answered = 1;
const answeredBefore = 3;

function settleVerdict(
  state: StateView,
  tables: ShardTables,
  request: RequestRow,
  judge: JudgePlan,
  names: Names,
): void {
  const { requests, intents } = tables;
  const row = requests.percept[request] as IntentRow;
  const words = wordsOf(tables, row);
  const status = requests.status[request];
  if (status !== answered && status !== answeredBefore) {
    const tries = triesOf(tables, row);
    const isPutOff = failureName(requests.failure[request]) === 'DEFERRED' && tries < judge.deferTicksMax;
    if (isPutOff) putOff(tables, row, tries + 1, words);
    else fallBack(tables, row, words, names);
    return;
  }
  const reader = status === answeredBefore ? readers.cache : readers.judge;
  const verdict = readVerdict(textOf(tables.texts, requests.reply[request]), words, names);
  if (verdict.kind === 'unusable') fallBack(tables, row, words, names);
  else if (verdict.kind === 'verb') rewrite(tables, row, verdict.act, reader);
  else {
    const comesAbout = lotOf(state, intents.actor[row] as AgentRow, intents.sequence[row]) < verdict.succeedsShare;
    judged(tables, row, comesAbout ? 'OK' : verdict.reason, reader);
  }
}

/** The agent's own draw: equal verdicts are shared, luck is not. */
function lotOf({ now, agents }: StateView, actor: AgentRow, sequence: number): number {
  const [a, b] = [laneA(now.seedA, agents.keyLo[actor]), laneB(now.seedB, agents.keyHi[actor])];
  return unitOf(drawWord(a, b, purposes.judge, sequence));
}

function putOff(tables: ShardTables, row: IntentRow, tries: number, words: string): void {
  writeNote(tables, tables.intents.actor[row], words, tries, memoryKinds.attempt);
  judged(tables, row, 'JUDGE_BUSY', readers.nobody);
}

/** Nobody judges: the verb that stands nearest in the words, or nothing. */
function fallBack(tables: ShardTables, row: IntentRow, words: string, names: Names): void {
  const near = readLoosely(words, names);
  if (near === undefined) judged(tables, row, 'JUDGE_UNAVAILABLE', readers.fallback);
  else rewrite(tables, row, near, readers.fallback);
}

/** Makes an attempt the one that it was read as. Its number and its actor stay. */
function rewrite(tables: ShardTables, row: IntentRow, { verb, target, amount, detail }: ReadAct, reader: number): void {
  const { intents, details } = tables;
  intents.verb[row] = verb;
  intents.target[row] = target;
  intents.amount[row] = amount;
  intents.reason[row] = 0;
  // What was said stays where the verb says nothing itself, so that the log holds it.
  if (detail !== undefined) intents.detail[row] = writeDetail(tables, detail);
  details.readBy[(intents.detail[row] - 1) as DetailRow] = reader;
}

/** Keeps the judgement of what no verb does until its turn. */
function judged({ intents, details }: ShardTables, row: IntentRow, reason: Reason, reader: number): void {
  const detail = (intents.detail[row] - 1) as DetailRow;
  details.readBy[detail] = reader;
  details.judgement[detail] = reasonNumber[reason];
}

/** Which rule stands behind a judgement. */
export function ruleOfReader(reader: number): number {
  return reader === readers.cache ? rules.judgeCache : reader === readers.judge ? rules.judge : rules.fallback;
}

/** Names as attempts use them, folded by case as names of communities are. */
function namesIn(state: StateView, { grounds }: RuleBook): Names {
  const place = (list: readonly { readonly name: string }[] = []) => {
    const byName = new Map(list.map(({ name }, number) => [foldName(name), number]));
    return (name: string): number => byName.get(foldName(name)) ?? byName.get(foldName(name).replace(/s$/, '')) ?? -1;
  };
  return {
    agent: (name) => agentOf(state, name),
    good: place(grounds?.goods),
    product: place(grounds?.products),
    place: place(grounds?.places),
    community: place(grounds?.communities),
  };
}
