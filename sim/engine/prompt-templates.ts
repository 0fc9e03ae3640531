/**
 * What a scenario asks models, as far as it is known before the first tick: the fixed part of every kind of prompt, and its SHA-256.
 *
 * Reads a scenario; asks nobody, makes no population. The rest of a prompt (who the agent is, what it sees) is in `answers.log`, one entry a call. Prompts that own code words itself are
 * known by the hash of its module alone. Order: policies, then the judge. Invariant: the text is the one that is sent, since the same functions write it.
 * Oracle: prompts that a server got begin with it (`test/command/model-sweep.test.ts`).
 */
import { briefOf } from '../game-master/judge/question.ts';
import { allowedVerbs } from '../game-master/rule-book.ts';
import { hexOf } from '../ground/digest.ts';
import { archetypeBriefs } from '../policy/archetypes/asking.ts';
import { modelBriefs } from '../policy/model/policy.ts';
import { sha256 } from '../record/genesis.ts';
import { verbTable } from '../exchange/verbs.ts';
import { groundsPlan } from './grounds.ts';
import { policyPlans } from './policies.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { OwnCode } from './plan.ts';

/** The fixed part of one kind of prompt. */
export interface PromptTemplate {
  /** Who asks: `policies[0]` or `judge`. */
  readonly asker: string;
  /** What is asked: acting, reflecting, interview, archetype, judge. */
  readonly part: string;
  readonly sha256: string;
  readonly text: string;
}

/** All templates of a scenario. `code` holds the study's own verbs. */
export function promptTemplates(
  scenario: ScenarioData,
  code: Pick<OwnCode, 'verbs'> = { verbs: {} },
): PromptTemplate[] {
  const table = verbTable(code.verbs);
  const { verbs: allowed, judge } = scenario;
  const grounds = groundsPlan(scenario.grounds);
  const world = { table, allowed, grounds };
  const found = policyPlans(scenario).flatMap((policy, at): [string, string, string][] => {
    const asker = `policies[${at}]`;
    const briefs = (model: Parameters<typeof modelBriefs>[0]): [string, string, string][] =>
      Object.entries(modelBriefs(model, world)).map(([part, text]) => [asker, part, text]);
    if (policy.kind === 'model') return briefs(policy.model);
    if (policy.kind !== 'archetypes') return [];
    const asked = archetypeBriefs(policy.archetypes).map((text): [string, string, string] => [
      asker,
      'archetype',
      text,
    ]);
    return [...asked, ...briefs(policy.archetypes.model)];
  });
  if (judge !== undefined) {
    const { version, rules, callsPerTick, deferTicksMax, textLengthMax, replyTokensMax } = judge;
    const plan = { version, rules, callsPerTick, deferTicksMax, textLengthMax, replyTokensMax };
    found.push(['judge', 'judge', briefOf({ ...allowedVerbs(table, allowed), grounds }, plan)]);
  }
  return found.map(([asker, part, text]) => ({ asker, part, sha256: hexOf(sha256(Buffer.from(text))), text }));
}
