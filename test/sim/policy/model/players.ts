/**
 * Models that tests play: functions of what is asked, so that what they say does not hang on when or by which shard it is asked.
 */
import { promptText } from '../../../../sim/exchange/prompts.ts';
import { estimateTokens } from '../../../../sim/llm/tokens.ts';
import { livelyRules, openWorld, smallPlan, smallPopulation } from '../../worlds.ts';
import type { Model, ModelRequest } from '../../../../sim/exchange/ports.ts';
import type { ModelPlan } from '../../../../sim/policy/model/settings.ts';
import type { OpenWorld } from '../../worlds.ts';
import type { Plan } from '../../../../sim/engine/plan.ts';

/** A plan of agents that think in words. */
export function modelPlan(changes: Partial<ModelPlan> = {}): ModelPlan {
  return {
    ...{ goals: 'Find out who is right.', actsMax: 3, itemsMax: 6, letterCount: 3, followeeCount: 3 },
    ...{ promptTokensMax: 1200, textTokensMax: 40, replyTokensMax: 300, textLengthMax: 300, temperature: 1 },
    modelClass: 'default',
    memory: {
      ...{ recalledCount: 6, decayShare: 0.99, recencyWeight: 0.5, relevanceWeight: 3, importanceWeight: 2 },
      foldCount: 8,
    },
    fallback: livelyRules,
    ...changes,
  };
}

/** One act with all fields that the test's verbs need. */
export function act(verb: string, fields: Record<string, unknown> = {}): object {
  return { verb, item: 0, agent: '', text: '', ...fields };
}

/** An answer in the form of acts. */
export function acts(list: readonly object[], more: Record<string, unknown> = {}): string {
  return JSON.stringify({ acts: list, note: '', importance: 0, plan: '', ...more });
}

/** A model that keeps what it was asked. Undefined: it fails. */
export interface Player extends Model {
  readonly asked: ModelRequest[];
}

export function playerOf(say: (request: ModelRequest, text: string) => string | undefined): Player {
  const asked: ModelRequest[] = [];
  return {
    asked,
    ask(requests) {
      asked.push(...requests);
      return Promise.resolve(
        requests.map((request) => {
          const text = say(request, request.prompt === undefined ? '' : promptText(request.prompt));
          return text === undefined
            ? ({ status: 'failed', failure: 'TIMEOUT' } as const)
            : ({ status: 'answered', answer: [], text } as const);
        }),
      );
    },
  };
}

/** Estimated tokens of what was asked. */
export function tokensOf({ prompt }: ModelRequest): number {
  return prompt === undefined ? 0 : estimateTokens(promptText(prompt));
}

export const modelVerbs = ['post', 'reply', 'repost', 'like', 'follow', 'message'] as const;

/** What a world of thinking agents is made of. */
export interface ThinkingOptions {
  readonly agents?: number;
  readonly plan?: Partial<Plan>;
  readonly model?: Partial<ModelPlan>;
  readonly workers?: number;
  readonly wakesPerDay?: number;
}

export function thinkingOrder({ agents = 12, workers = 1, wakesPerDay = 1e6, ...options }: ThinkingOptions = {}) {
  const plan = smallPlan({
    policies: [{ kind: 'model', model: modelPlan(options.model) }],
    allowedVerbs: [...modelVerbs],
    ticks: 300,
    ...options.plan,
  });
  return { plan, population: smallPopulation({ agents, wakesPerDayMean: wakesPerDay }), placement: { workers } };
}

/** A world of agents that all think in words and wake in every tick. */
export function thinkingWorld(model: Model, options: ThinkingOptions = {}): OpenWorld {
  return openWorld(thinkingOrder(options), (count) => count - 1, model);
}
