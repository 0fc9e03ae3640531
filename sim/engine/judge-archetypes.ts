/**
 * Judging by archetype: equal words in an equal situation are an archetype, which has M verdicts; attempts draw one each. Shadow audits judge
 * some attempts anew in their full situation; where audits differ from the archetype by more than chance gives and the plan allows, the
 * archetype is split: from then on each full situation is a question of its own.
 *
 * Kept by the desk on the main thread, so that no number of shards shows. Reads and writes its own book only; what it learns in a tick counts
 * from the next tick on. Everything is a function of the verdicts and the ticks in which they came, so a book is made anew from the log
 * of answers. Sums are of whole thousandths, hence the same in any order. Source: statement GM-43 of the Game Master; the divergence is that of
 * `sim/policy/archetypes/divergence.ts`. Oracle: `test/sim/engine/judge-archetypes.test.ts`.
 */
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { kindsOfReply } from '../game-master/judge/verdict.ts';
import { chanceDivergence, divergenceOf, wilsonInterval } from '../policy/archetypes/divergence.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { JudgeArchetypes } from '../exchange/judging.ts';
import type { ModelRequest } from '../exchange/ports.ts';
import type { Prompt } from '../exchange/prompts.ts';
import type { Interval } from '../policy/archetypes/divergence.ts';
import type { State } from './state.ts';

/** Thousandths of each kind of verdict, and how many verdicts they are of. */
interface Tally {
  count: number;
  readonly weight: Map<string, number>;
}

interface Archetype {
  readonly verdicts: Tally;
  readonly audits: Tally;
  splitTick: number | undefined;
}

/** What is known of archetypes. */
export interface ArchetypeBook {
  readonly plan: JudgeArchetypes;
  readonly byKey: Map<string, Archetype>;
  /** Archetypes with audits of the tick at hand. */
  readonly audited: Set<Archetype>;
}

/** Divergence over all audits so far, in bits, with what chance would give. */
export interface Divergence {
  readonly audits: number;
  readonly bits: number;
  readonly chanceBits: number;
}

export function createBook(plan: JudgeArchetypes): ArchetypeBook {
  return { plan, byKey: new Map(), audited: new Set() };
}

/** Before so many audits of an archetype nothing is split: fewer differ from anything. */
const auditsMin = 4;

const fullMark = '\nIn full: ';

/** The prompt that judges an attempt in its full situation. */
function inFull(prompt: Prompt): Prompt {
  const { detail, ...rest } = prompt;
  return { ...rest, persona: `${prompt.persona}${fullMark}${detail}.` };
}

function inBrief(prompt: Prompt): Prompt {
  const { detail, ...rest } = prompt;
  return detail === undefined ? prompt : rest;
}

/** What a judge is to be asked about an attempt, and what stands for it where an audit finds no call left. */
export interface Question {
  readonly prompt: Prompt;
  readonly instead?: Prompt;
}

/** Chooses between the situation in brief and in full. `isKnown` says whether a verdict on a prompt came in an earlier tick. */
export function questionFor(
  book: ArchetypeBook,
  state: State,
  { agentOrdinal, sequence }: Pick<ModelRequest, 'agentOrdinal' | 'sequence'>,
  prompt: Prompt,
  isKnown: (prompt: Prompt) => boolean,
): Question {
  const brief = inBrief(prompt);
  const isSplit = book.byKey.get(keyOf(brief.fixed, brief.persona, brief.now))?.splitTick !== undefined;
  if (isSplit) return { prompt: inFull(prompt) };
  const isAudit = isKnown(brief) && auditLot(state, agentOrdinal, sequence) < book.plan.auditShare;
  return isAudit ? { prompt: inFull(prompt), instead: brief } : { prompt: brief };
}

/** Where the draws of a judge's audits begin among those of audits. */
const auditDraw = 1 << 14;

function auditLot({ now, agents, rowOfOrdinal }: State, ordinal: number, sequence: number): number {
  const row = rowOfOrdinal[ordinal] as AgentRow;
  const [a, b] = [laneA(now.seedA, agents.keyLo[row]), laneB(now.seedB, agents.keyHi[row])];
  return unitOf(drawWord(a, b, purposes.audit, auditDraw + sequence));
}

function keyOf(fixed: string, persona: string, now: string): string {
  return `${fixed}\u0000${persona}\n\n${now}`;
}

/** Takes in a new verdict: `messages` are those of its prompt. The words of an attempt may hold anything, so marks are read before them only. */
export function learn(book: ArchetypeBook, messages: readonly { readonly text: string }[], reply: string): void {
  const [fixed, said] = messages.map(({ text }) => text);
  const end = said.indexOf('\n\n');
  const mark = said.indexOf(fullMark);
  const isAudit = mark >= 0 && mark < end;
  const key = keyOf(fixed, said.slice(0, isAudit ? mark : end), said.slice(end + 2));
  let one = book.byKey.get(key);
  if (one === undefined)
    book.byKey.set(key, (one = { verdicts: emptyTally(), audits: emptyTally(), splitTick: undefined }));
  add(isAudit ? one.audits : one.verdicts, reply);
  if (isAudit) book.audited.add(one);
}

function emptyTally(): Tally {
  return { count: 0, weight: new Map() };
}

function add(tally: Tally, reply: string): void {
  tally.count++;
  for (const [kind, thousandths] of kindsOfReply(reply))
    tally.weight.set(kind, (tally.weight.get(kind) ?? 0) + thousandths);
}

/** Ends a tick: splits the archetypes whose audits of this tick came to show that they should be. */
export function endTick(book: ArchetypeBook, tick: number): void {
  for (const one of book.audited) {
    if (one.splitTick !== undefined || one.audits.count < auditsMin) continue;
    const { bits, chanceBits } = divergence(one);
    if (bits - chanceBits > book.plan.splitAboveBits) one.splitTick = tick;
  }
  book.audited.clear();
}

function divergence({ verdicts, audits }: Archetype): Divergence {
  const kinds = [...new Set([...verdicts.weight.keys(), ...audits.weight.keys()])].sort((x, y) => (x < y ? -1 : 1));
  const [p, q] = [verdicts, audits].map(({ weight }) => kinds.map((kind) => weight.get(kind) ?? 0));
  return {
    audits: audits.count,
    bits: divergenceOf(p, q),
    chanceBits: chanceDivergence(p, q, verdicts.count, audits.count),
  };
}

/** Over all archetypes, each as heavy as it has audits. */
export function divergenceSoFar(book: ArchetypeBook): Divergence {
  let [audits, bits, chanceBits] = [0, 0, 0];
  for (const one of book.byKey.values()) {
    if (one.audits.count === 0) continue;
    const found = divergence(one);
    audits += found.audits;
    bits += found.bits * found.audits;
    chanceBits += found.chanceBits * found.audits;
  }
  return audits === 0 ? { audits, bits, chanceBits } : { audits, bits: bits / audits, chanceBits: chanceBits / audits };
}

/** What a run publishes of its judge's archetypes. K is `archetypeCount`, M `samples`. */
export interface JudgeReport {
  readonly archetypeCount: number;
  readonly samples: number;
  readonly verdictCount: number;
  readonly splitCount: number;
  readonly audits: Divergence;
  /** Those with most verdicts and audits, at most `listedMost`. */
  readonly archetypes: readonly ReportedJudging[];
}

/** One archetype: shares of the kinds of verdict with Wilson's interval, and what audits found. */
export interface ReportedJudging {
  readonly situation: string;
  readonly attempt: string;
  readonly verdicts: number;
  readonly shares: readonly { readonly kind: string; readonly share: number; readonly interval: Interval }[];
  readonly audits: Divergence;
  readonly splitTick?: number;
}

const listedMost = 1000;

/** The report. Order: most verdicts and audits first, equal ones by their words. */
export function judgeReport(book: ArchetypeBook): JudgeReport {
  const all = [...book.byKey];
  const asked = ({ verdicts, audits }: Archetype): number => verdicts.count + audits.count;
  all.sort(([x, one], [y, other]) => asked(other) - asked(one) || (x < y ? -1 : 1));
  return {
    archetypeCount: all.length,
    samples: book.plan.samples,
    verdictCount: all.reduce((sum, [, one]) => sum + one.verdicts.count, 0),
    splitCount: all.filter(([, one]) => one.splitTick !== undefined).length,
    audits: divergenceSoFar(book),
    archetypes: all.slice(0, listedMost).map(([key, one]) => reported(key, one)),
  };
}

function reported(key: string, one: Archetype): ReportedJudging {
  const said = key.slice(key.indexOf('\u0000') + 1);
  const end = said.indexOf('\n\n');
  const { count, weight } = one.verdicts;
  const kinds = [...weight].filter(([, thousandths]) => thousandths > 0).sort(([x], [y]) => (x < y ? -1 : 1));
  return {
    situation: said.slice(0, end),
    attempt: said.slice(end + 2),
    verdicts: count,
    shares: kinds.map(([kind, thousandths]) => {
      const share = thousandths / (1000 * count);
      return { kind, share, interval: wilsonInterval(share, count) };
    }),
    audits: divergence(one),
    ...(one.splitTick === undefined ? {} : { splitTick: one.splitTick }),
  };
}
