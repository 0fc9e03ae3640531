/**
 * Asking for archetypes: one shard, on behalf of the run, puts one prompt a (group, context, sample), so that calls depend on neither the
 * population nor the shards; and reading what came back.
 *
 * Asks as the platform, whose ordinal comes after the last agent's; the words of a request are (policy, group, context, sample). A prompt
 * says what the members have in common, fenced because such words may come from files, the context, and what holds for all.
 * An answer is one act out of a closed list, or whole weights of all of them; anything else counts for nothing.
 * Order: groups, contexts, samples. Oracle: `test/sim/engine/archetypes.test.ts`.
 */
import { z } from 'zod';
import { fence, fenceRule } from '../../llm/fence.ts';
import { answerWeight, choicesMax } from '../../world/archetypes.ts';
import { callPurposes, encodePrompt } from '../../exchange/prompts.ts';
import { openRequest, replyTo, writePrompt } from '../../exchange/requests.ts';
import { counts, requestWords } from '../../exchange/tables.ts';
import { readerOf } from '../model/answer.ts';
import { choiceBook } from './contexts.ts';
import { standingArchetypes } from './set.ts';
import type { ReplyForm } from '../../exchange/prompts.ts';
import type { RequestRow, ShardTables } from '../../exchange/tables.ts';
import type { StateView } from '../../exchange/view.ts';
import type { Context } from './contexts.ts';
import type { ArchetypeSet } from './set.ts';
import type { ArchetypePlan } from './settings.ts';

/** Whether a policy asks at a tick. */
export function asksAt({ plan }: ArchetypeSet, tick: number): boolean {
  return tick % plan.everyTicks === 0;
}

/** Last sequence number that eight bits hold: requests from there on keep their order by their rows. */
const sequenceMax = 255;

/** Opens the requests of one policy. */
export function askArchetypes(set: ArchetypeSet, state: StateView, tables: ShardTables): void {
  const { plan, grouping, book } = set;
  const nextUseTicks = ticksToSameHour(plan.everyTicks, state);
  let asked = 0;
  for (const node of standingArchetypes(set, state.archetypes)) {
    const persona = personaOf(set, node);
    book.contexts.forEach((context, place) => {
      const { form, brief } = formOf(set, context);
      const now = `It is ${Math.floor(state.now.hourOfDay)} o'clock, and ${context.words}.`;
      const steps = { stepsAhead: 0, nextUseTicks };
      const prompt = { fixed: brief, persona, now, form, tokensMax: plan.replyTokensMax, ...steps };
      for (let sample = 0; sample < plan.samples; sample++) {
        const question = [grouping.policy, node, place, sample];
        const sequence = Math.min(sequenceMax, asked++);
        const row = openRequest(tables, { agent: state.sizes.agentCount, at: 0, sequence, question });
        const { temperature, modelClass } = plan;
        writePrompt(tables, row, callPurposes.archetype, encodePrompt({ ...prompt, temperature, modelClass, sample }));
      }
    });
  }
}

/** Days that are looked ahead. */
const daysAhead = 7;

/** When a policy asks again in the same hour of a day, which is all that changes in its prompts; a week where it never does. */
export function ticksToSameHour(everyTicks: number, { now }: Pick<StateView, 'now'>): number {
  const hour = Math.floor(now.hourOfDay);
  const ticksMost = Math.ceil((daysAhead * 86_400) / now.tickSeconds);
  for (let ticks = everyTicks; ticks < ticksMost; ticks += everyTicks) {
    if (Math.floor((now.hourOfDay + (ticks * now.tickSeconds) / 3600) % 24) === hour) return ticks;
  }
  return ticksMost;
}

function personaOf({ grouping }: ArchetypeSet, node: number): string {
  const { values } = grouping.nodes[node];
  const text = values.map(([attribute, value]) => `${attribute.replaceAll('-', ' ')}: ${value}`).join('\n');
  return fence({
    text: text === '' ? 'anybody' : text,
    label: 'who they are',
    lengthMax: 4000,
    place: `archetype ${node}`,
  });
}

/** The choices of a context by name. */
function namesOf({ book }: ArchetypeSet, { choices }: Context): string[] {
  return choices.map((place) => book.choices[place]);
}

function formOf(set: ArchetypeSet, context: Context): { readonly form: ReplyForm; readonly brief: string } {
  return { form: readerFor(set, context).form, brief: briefOf(set.plan, namesOf(set, context)) };
}

/** The parts of its prompts that are the same for all archetypes and ticks, each once: contexts differ in their choices. */
export function archetypeBriefs(plan: ArchetypePlan): string[] {
  const book = choiceBook(plan);
  return [
    ...new Set(
      book.contexts.map(({ choices }) =>
        briefOf(
          plan,
          choices.map((place) => book.choices[place]),
        ),
      ),
    ),
  ];
}

function briefOf({ situation, reads }: ArchetypePlan, names: readonly string[]): string {
  const answer =
    reads === 'act'
      ? `Answer with what one of them, picked at random, does: act, one of ${names.join(', ')}.`
      : `Answer with whole numbers from 0 to 100, how many in a hundred of them would do each: ${names.join(', ')}.`;
  return [
    'You know the members of a simulated platform well. You are told what some of them have in common, and what is before them.',
    ...(situation === '' ? [] : [`What holds for all: ${situation}`]),
    fenceRule,
    answer,
  ].join('\n');
}

type Weights = Readonly<Record<string, number>>;

function readerFor(set: ArchetypeSet, context: Context) {
  const names = namesOf(set, context) as [string, ...string[]];
  if (set.plan.reads === 'act') {
    const act = readerOf('archetype-act', z.strictObject({ act: z.enum(names) }));
    return { form: act.form, read: (text: string): Weights | undefined => oneHot(act.read(text)?.act) };
  }
  const weight = z.int().min(0).max(100);
  const shape = z.strictObject(Object.fromEntries(names.map((name) => [name, weight])));
  return readerOf<Weights>('archetype-weights', shape);
}

function oneHot(act: string | undefined): Weights | undefined {
  return act === undefined ? undefined : { [act]: 1 };
}

/** What came back for one group in one context. */
export interface FreshCell {
  answered: number;
  readonly weight: Int32Array;
  readonly square: Float64Array;
}

/** Answers of a tick by row of the run's cells; only those that have any. */
export type FreshCells = ReadonlyMap<number, FreshCell>;

/** Reads the replies to one policy's requests, out of the tables of the shard that asked. */
export function readArchetypes(set: ArchetypeSet, asked: ShardTables): FreshCells {
  const { requests, count } = asked;
  const { grouping, book, firstCell } = set;
  const readers = book.contexts.map((context) => readerFor(set, context));
  const fresh = new Map<number, FreshCell>();
  for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
    if (requests.purpose[row] !== callPurposes.archetype) continue;
    const [policy, node, context] = requests.question.subarray(row * requestWords, row * requestWords + 3);
    if (policy !== grouping.policy) continue;
    const reply = replyTo(asked, row);
    const said = reply.status === 'answered' ? readers[context].read(reply.text) : undefined;
    const cell = firstCell + node * book.contexts.length + context;
    if (said !== undefined)
      addAnswer(
        fresh,
        cell,
        book.choices.map((name) => said[name] ?? 0),
      );
  }
  return fresh;
}

function addAnswer(fresh: Map<number, FreshCell>, cell: number, weights: readonly number[]): void {
  const sum = weights.reduce((total, one) => total + one, 0);
  if (sum === 0) return;
  let one = fresh.get(cell);
  if (one === undefined) {
    one = { answered: 0, weight: new Int32Array(choicesMax), square: new Float64Array(choicesMax) };
    fresh.set(cell, one);
  }
  one.answered++;
  weights.forEach((weight, choice) => {
    const share = Math.round((weight * answerWeight) / sum);
    one.weight[choice] += share;
    one.square[choice] += share * share;
  });
}
