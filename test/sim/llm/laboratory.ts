/**
 * What tests of the model client share: a stand-in server, a pool on it, a journal in memory, requests.
 */
import { z } from 'zod';
import { answerForm } from '../../../sim/llm/answer-form.ts';
import { checkModelSettings } from '../../../sim/llm/settings.ts';
import { createLeapingClock } from './leaping-clock.ts';
import { createModelClient } from '../../../sim/llm/client.ts';
import { createModelPool } from '../../../sim/llm/pool.ts';
import { canonicalOfRecorded } from '../../../sim/llm/journal.ts';
import { keyText } from '../../../sim/llm/request.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import type { AnswerRecord, BatchRecord, FindRecorded, Journal, Reservation } from '../../../sim/llm/journal.ts';
import type { LiveClient, RunOfClient } from '../../../sim/llm/client.ts';
import type { Misbehaviour, StandIn, StandInOptions } from '../../../sim/llm/stand-in/server.ts';
import type { ModelPool } from '../../../sim/llm/pool.ts';
import type { ModelRequest } from '../../../sim/llm/request.ts';
import type { ModelSettingsInput } from '../../../sim/llm/settings.ts';
import type { Outcome } from '../../../sim/llm/outcome.ts';

/** An act as agents with a model choose one. */
export const actForm = answerForm(
  'act',
  z.strictObject({
    verb: z.enum(['post', 'like', 'rest']),
    target: z.enum(['post-1', 'post-2']).nullable(),
    weight: z.int().min(0).max(9),
    text: z.string().max(200),
  }),
);

/** A journal in memory that also finds what it holds. */
export interface MemoryJournal extends Journal {
  readonly reservations: Reservation[];
  readonly records: AnswerRecord[];
  readonly batches: BatchRecord[];
  /** `reserve` and `commit` in the order in which they ended. */
  readonly events: string[];
  readonly find: FindRecorded;
}

export function createMemoryJournal(): MemoryJournal {
  const reservations: Reservation[] = [];
  const records: AnswerRecord[] = [];
  const batches: BatchRecord[] = [];
  const events: string[] = [];
  return {
    reservations,
    batches,
    records,
    events,
    reserve: async (some) => {
      await Promise.resolve();
      reservations.push(...some);
      events.push(`reserve ${some.length}`);
    },
    submitted: async (batch) => {
      await Promise.resolve();
      batches.push(batch);
      events.push(`batch ${batch.id}`);
    },
    commit: async (record) => {
      await Promise.resolve();
      records.push(record);
      events.push(`commit ${record.outcome.key.agent}`);
    },
    find: (key) => {
      const record = records.find(({ outcome }) => keyText(outcome.key) === keyText(key));
      if (record === undefined) return undefined;
      const held = reservations.find((one) => keyText(one.key) === keyText(key));
      return held === undefined ? { record } : { record, canonical: canonicalOfRecorded(held.prompt, held.model) };
    },
  };
}

/** Everything a test needs, and what closes it. */
export interface Laboratory {
  readonly server: StandIn;
  readonly pool: ModelPool;
  readonly journal: MemoryJournal;
  readonly client: LiveClient;
  readonly clock: ReturnType<typeof createLeapingClock>;
  readonly notes: string[];
  close(): Promise<void>;
}

export interface LaboratoryOptions extends StandInOptions {
  readonly settings?: Partial<ModelSettingsInput>;
  readonly endpoint?: Partial<ModelSettingsInput['endpoints'][number]>;
  readonly run?: Partial<RunOfClient>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Settings of one endpoint that serves the stand-in's model. */
export function settingsFor(url: string, { settings, endpoint }: LaboratoryOptions = {}): ModelSettingsInput {
  return {
    endpoints: [{ name: 'one', url, models: [standInModel], concurrencyStart: 64, ...endpoint }],
    classes: { main: [{ model: standInModel }] },
    ...settings,
  };
}

/** Starts a stand-in and a client on it. */
export async function openLaboratory(options: LaboratoryOptions = {}): Promise<Laboratory> {
  const server = await startStandIn(options);
  const clock = createLeapingClock();
  const settings = checkModelSettings(settingsFor(server.url, options));
  const pool = createModelPool(settings, { clock, environment: options.environment ?? {} });
  const journal = createMemoryJournal();
  const notes: string[] = [];
  const client = createModelClient(pool, { seed: 7, journal, note: (text) => notes.push(text), ...options.run });
  const close = async (): Promise<void> => {
    pool.close();
    await server.close();
  };
  return { server, pool, journal, client, clock, notes, close };
}

/** Runs a test in a laboratory and closes it. */
export async function inLaboratory<Result>(
  options: LaboratoryOptions,
  run: (laboratory: Laboratory) => Promise<Result>,
): Promise<Result> {
  const laboratory = await openLaboratory(options);
  try {
    return await run(laboratory);
  } finally {
    await laboratory.close();
  }
}

/** An external id whose order is that of its number. */
export function agentName(number: number): string {
  return `agent-${String(number).padStart(6, '0')}`;
}

/** A request that differs from all others. */
export function requestOf(number: number, parts: Partial<ModelRequest> = {}, tick = 1): ModelRequest {
  return {
    key: { tick, agent: agentName(number), purpose: 'act', attempt: 0 },
    messages: [
      { role: 'system', text: 'You are an agent on a platform. Choose one act.' },
      { role: 'user', text: `You are agent ${number}. It is tick ${tick}.` },
    ],
    maxTokens: 60,
    temperature: 0,
    modelClass: 'main',
    ...parts,
  };
}

/** Several requests in canonical order. */
export function requestsOf(count: number, parts: Partial<ModelRequest> = {}, tick = 1): ModelRequest[] {
  return Array.from({ length: count }, (_, i) => requestOf(i, parts, tick));
}

/** The outcome of one request against a server that misbehaves so. */
export async function outcomeUnder(
  misbehaves: readonly Misbehaviour[],
  parts: Partial<ModelRequest> = {},
  options: LaboratoryOptions = {},
): Promise<{ outcome: Outcome; served: number; leaptMs: number; laboratory: Laboratory }> {
  return inLaboratory({ misbehaves, ...options }, async (laboratory) => {
    const { outcomes } = await laboratory.client.answerAll([requestOf(1, parts)]);
    return {
      outcome: outcomes[0],
      served: laboratory.server.counts.requests,
      leaptMs: laboratory.clock.leaptMs(),
      laboratory,
    };
  });
}
