/**
 * What asking models would cost, before anything is asked: for dry runs.
 *
 * The first ticks are simulated with nobody answering, and what would have been asked is priced at what it may be expected to cost and at
 * the worst that all attempts can. An estimate: agents that get answers act, remember and ask more than those that do not.
 */
import { addSpend, noSpend } from '../llm/budget.ts';
import { embeddedPart, embeddingPurpose, embeddingRequests } from '../llm/embedding-book.ts';
import { planRequests } from '../llm/plan.ts';
import { compareKeys } from '../llm/request.ts';
import { sideTexts } from '../world/meaning.ts';
import { toClient } from './models.ts';
import { simulate } from './simulate.ts';
import type { Spend } from '../llm/budget.ts';
import type { ModelAnswer } from '../exchange/ports.ts';
import type { ModelsOrder } from './models.ts';
import type { Compiled } from './compile.ts';
import type { OwnCode } from './plan.ts';

/** What the ticks that were looked at, and the whole run at their rate, would cost. */
export interface ModelCosts {
  readonly ticksLookedAt: number;
  readonly calls: number;
  /** Prompts and half the longest replies. */
  readonly tokens: number;
  readonly money: number;
  /** With every attempt at its bound. */
  readonly worst: { readonly calls: number; readonly tokens: number; readonly money: number };
  readonly currency?: string;
  /** Models without a price, which money leaves out. */
  readonly unpriced: readonly string[];
}

/** Ticks that are looked at. */
const ticksLookedAtMost = 12;

/** Estimates a run. */
export async function estimateCosts(compiled: Compiled, code: OwnCode, { settings }: ModelsOrder): Promise<ModelCosts> {
  const { plan, population } = compiled;
  const ticks = Math.min(plan.ticks, ticksLookedAtMost);
  const asking = { plan, ids: population.ids };
  let calls = 0;
  let [expected, worst]: [Spend, Spend] = [noSpend, noSpend];
  let currency: string | undefined;
  const unpriced = new Set<string>();
  const embedded = new Set<string>();
  await simulate({
    ...{ plan: { ...plan, ticks }, population, code, sampleShare: 0, unchained: true },
    placement: { workers: 1, layout: 'degree', mergeTicks: 24 },
    model: {
      ask(requests) {
        const { embedding } = plan.feed;
        const isOfVector = (purpose: string): boolean => typeof embedding === 'object' && purpose === embeddingPurpose;
        const asked = requests.flatMap((one) => (isOfVector(one.purpose) ? [] : (toClient(asking, one) ?? [])));
        const texts = requests
          .filter(({ purpose }) => isOfVector(purpose))
          .map(({ prompt }) => embeddedPart(prompt?.now ?? ''));
        if (typeof embedding === 'object' && texts.length > 0) {
          const fresh = [...new Set([...sideTexts().map(embeddedPart), ...texts])].filter(
            (text) => !embedded.has(text),
          );
          for (const text of fresh) embedded.add(text);
          asked.push(...embeddingRequests(requests[0].tick, embedding, fresh));
        }
        asked.sort((x, y) => compareKeys(x.key, y.key));
        const planned = planRequests(settings, plan.seed, asked);
        calls += planned.calls;
        expected = addSpend(expected, planned.expected);
        worst = addSpend(worst, planned.worst);
        ({ currency } = planned);
        for (const model of planned.unpriced) unpriced.add(model);
        return Promise.resolve(requests.map((): ModelAnswer => ({ status: 'failed', failure: 'ABSENT' })));
      },
    },
  });
  const whole = plan.ticks / ticks;
  return {
    ...{ ticksLookedAt: ticks, calls: calls * whole, tokens: expected.tokens * whole },
    money: (expected.costNanos * whole) / 1e9,
    worst: { calls: worst.calls * whole, tokens: worst.tokens * whole, money: (worst.costNanos * whole) / 1e9 },
    ...(currency === undefined ? {} : { currency }),
    unpriced: [...unpriced],
  };
}
