/**
 * Runs under random caps against a server with faults, and what that server counted: shared by a test and a check.
 */
import { createModelClient } from '../../../sim/llm/client.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import { actForm, createMemoryJournal, inLaboratory, requestsOf } from './laboratory.ts';

/** A price for what the stand-in serves. */
export const price = {
  ...{ model: standInModel, inputPerMillion: 0.5, outputPerMillion: 2 },
  ...{ currency: 'EUR', asOf: '2026-11-30', source: 'made up for this test' },
};

/** What runs under caps came to. */
export interface SpendUnderCaps {
  readonly rounds: number;
  /** Runs that their cap stopped. */
  readonly stopped: number;
  /** Runs of which the server counted more than their cap, or more than they booked themselves. */
  readonly over: number;
  /** The most that the server counted as a share of a cap. */
  readonly most: number;
}

/** Runs of up to seven ticks, each with a cap on calls, tokens or money in turn, under a third of faults of several kinds. */
export async function spendUnderCaps(rounds: number): Promise<SpendUnderCaps> {
  const faults = ['status', 'bad-json', 'wrong-shape', 'reset', 'usage-missing', 'reset-mid-body'];
  const misbehaves = faults.map((fault) => ({ fault, share: 0.05 }));
  const stream = randomStream(39, streamPurposes.sample);
  return inLaboratory({ misbehaves, settings: { prices: [price] } }, async ({ pool, server }) => {
    let [stopped, over, most] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const caps = [
        { calls: stream.below(60) },
        { tokens: stream.below(20_000) },
        { money: stream.below(20_000) / 1e6 },
      ][round % 3];
      const before = { ...server.counts };
      const client = createModelClient(pool, { seed: round, caps, journal: createMemoryJournal() });
      for (let tick = 1, isOver = false; tick < 8 && !isOver; tick++) {
        const { stop } = await client.answerAll(requestsOf(1 + stream.below(8), { form: actForm }, tick));
        isOver = stop !== undefined;
        if (isOver) stopped++;
      }
      const promptTokens = server.counts.promptTokens - before.promptTokens;
      const completionTokens = server.counts.completionTokens - before.completionTokens;
      const money = (promptTokens * price.inputPerMillion + completionTokens * price.outputPerMillion) / 1e6;
      const counted = {
        calls: server.counts.requests - before.requests,
        tokens: promptTokens + completionTokens,
        money,
      };
      const [[name, cap]] = Object.entries(caps) as [['calls' | 'tokens' | 'money', number]];
      if (counted[name] > cap || client.spent().tokens < counted.tokens) over++;
      if (cap > 0) most = Math.max(most, counted[name] / cap);
    }
    return { rounds, stopped, over, most };
  });
}
