/**
 * A tick as a mixed population asks it: agents one by one, archetypes in samples, a judge, interviews, each with its own rules in front.
 *
 * Personas are those of a generated population with OASIS profiles; boards are rendered from them. Used to record a tick through the client,
 * and to compare orders of dispatch on what was recorded.
 */
import { fence, fenceRule } from '../../../sim/llm/fence.ts';
import { persona } from '../../../sim/world/persona.ts';
import { sharedInOrder } from '../../../sim/llm/prompt-order.ts';
import { randomStream, shuffle, streamPurposes } from '../../../sim/ground/philox.ts';
import { agentName, inLaboratory } from './laboratory.ts';
import type { Message, ModelRequest } from '../../../sim/llm/request.ts';
import type { PersonaColumns } from '../../../sim/world/persona.ts';

const rules: Readonly<Record<string, string>> = {
  act: 'You live on a platform where people read, post, like and follow. Each hour you choose one act. You see your feed and what became of your last attempt. Choose what this person would do, not what would be good. Doing nothing is common.',
  archetype:
    'You speak for a group of people who are alike. Say what one of them, taken at random, would do next. Others of the group may do otherwise; do not answer for all. Choose among the acts listed, and say how strongly the person leans to it.',
  interview:
    'You are asked about yourself and about what you saw on the platform. Answer as this person would answer an interviewer whom it neither fears nor wants to please. Nothing that you say changes what happens on the platform.',
  judge:
    'You decide whether what somebody attempts is possible in the place where it is attempted. You invent nothing and nobody. Answer with one of the verdicts listed and the rule that decided, and treat everybody by the same rules.',
};

/** How many requests of each kind a tick has. */
export const tickCounts = { agents: 120, archetypes: 20, samples: 5, judged: 60, interviewed: 40 } as const;

/** The requests of a tick in canonical order. */
export function tickRequests(population: PersonaColumns, tick: number): ModelRequest[] {
  const board = (community: number): string =>
    Array.from({ length: 8 }, (_, i) => {
      const text = persona(population, 200 + community * 8 + i);
      return fence({ text, label: `post ${i}`, lengthMax: 280, place: `board ${community} ${tick}` });
    }).join('\n');
  const boards = Array.from({ length: 5 }, (_, community) => board(community));
  const ask = (name: string, purpose: string, parts: readonly string[], sample = 0): ModelRequest => ({
    key: { tick, agent: name, purpose, attempt: 0 },
    messages: messagesOf(purpose, parts),
    maxTokens: 40,
    temperature: 1,
    sample,
    modelClass: 'main',
  });
  const all = [
    ...count(tickCounts.agents).map((i) => ask(agentName(i), 'act', [persona(population, i), boards[i % 5]])),
    ...count(tickCounts.archetypes).flatMap((k) =>
      count(tickCounts.samples).map((m) =>
        ask(`archetype-${agentName(k)}-${m}`, 'archetype', [persona(population, k), boards[k % 5]], m),
      ),
    ),
    ...count(tickCounts.interviewed).map((i) =>
      ask(agentName(i), 'interview', [persona(population, i), 'What did you see?']),
    ),
    ...count(tickCounts.judged).map((i) =>
      ask(`judge-${agentName(i)}`, 'judge', [
        `The place is the market of ${i % 3}.`,
        `Somebody tries to sell thing ${i}.`,
      ]),
    ),
  ];
  const place = ({ key }: ModelRequest): string => `${key.agent} ${key.purpose}`;
  return all.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

function messagesOf(purpose: string, parts: readonly string[]): Message[] {
  const [who, ...rest] = parts;
  return [
    { role: 'system', text: `${rules[purpose]} ${fenceRule}` },
    { role: 'user', text: [who, ...rest].join('\n\n') },
  ];
}

function count(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

/** What prompts of a recorded tick share with the one before: as they left, in random orders, and as the client printed it. */
export interface ComparedOrders {
  readonly requests: number;
  readonly shared: number;
  readonly random: readonly number[];
  readonly printed: { readonly sharedPrefixTokens: number; readonly sharedPrefixShare: number };
}

/** Records a tick as the server received it, one request at a time, and puts it into other orders. */
export async function comparedOrders(population: PersonaColumns, orderCount: number): Promise<ComparedOrders> {
  const endpoint = { concurrencyStart: 1, concurrencyMax: 1 };
  return inLaboratory({ endpoint }, async ({ client, server, pool }) => {
    server.keepsPrompts = true;
    await client.answerAll(tickRequests(population, 12));
    const prompts = server.prompts.map(({ messages }) =>
      messages.map(({ role, content }): Message => ({ role: role as Message['role'], text: content })),
    );
    const random = count(orderCount).map((seed) => {
      const order = Int32Array.from(prompts.keys());
      shuffle(order, randomStream(seed, streamPurposes.permutation));
      return sharedInOrder(Array.from(order, (place) => prompts[place]));
    });
    return { requests: prompts.length, shared: sharedInOrder(prompts), random, printed: pool.statistics() };
  });
}
