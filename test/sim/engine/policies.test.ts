/**
 * Policies of a scenario in a plan: what is left out leaves no trace, and what cannot be is refused with its place.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import { surveyOf } from '../../../sim/exchange/surveys.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { refuseRegrouping } from '../../../sim/engine/policies.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import type { Compiled } from '../../../sim/engine/compile.ts';
import type { PolicyPlan } from '../../../sim/engine/plan.ts';
import type { ScenarioInput } from '../../../sim/scenario/schema.ts';

function compiled(policies: ScenarioInput['policies'], more: Partial<ScenarioInput> = {}): Compiled {
  const data = {
    ...{ version: 1, name: 'made', seed: 3, ticks: 10, policies },
    population: {
      ...{ kind: 'generated', agents: 60, idPrefix: 'a' },
      attributes: [{ name: 'town', values: ['here', 'there'], shares: [0.5, 0.5] }],
    },
    ...more,
  };
  return compileScenario(scenarioOf(documentOf(data, 'made')), () => '');
}

function codesOf(compile: () => unknown): string[] {
  try {
    compile();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ code, found }) => `${code} ${found}`);
    throw error;
  }
  return [];
}

describe('policies of agents that think', () => {
  it('a model and archetypes with all defaults become a plan with the scenario’s verbs, without what nobody said', () => {
    const { plan } = compiled([
      { share: 0.5, model: {} },
      { share: 0.5, archetypes: { acts: ['like', 'ban' as 'like', 'report'].slice(0, 1) as ['like'] } },
    ]);
    const [one, other] = plan.policies;
    if (one.kind !== 'model' || other.kind !== 'archetypes') throw new RangeError('wrong kinds');
    expect(one.model).not.toHaveProperty('reflection');
    expect(one.model.memory).toMatchObject({
      recencyWeight: 0.5,
      relevanceWeight: 3,
      importanceWeight: 2,
      decayShare: 0.99,
    });
    expect(other.archetypes).toMatchObject({ by: [{ trait: 'topic' }], acts: ['like'], samples: 20 });
    expect(JSON.stringify(compiled([{ share: 1 }]).plan.policies)).not.toContain('model');
  });

  it('refuses two kinds at once, traits that nobody has, and archetypes without a choice', () => {
    expect(codesOf(() => compiled([{ share: 1, model: {}, rules: {} }]))[0]).toMatch(
      /^INPUT_COMBINATION .*more than one/,
    );
    expect(
      codesOf(() =>
        compiled([{ share: 1, archetypes: { by: ['town', 'village'], splitBy: [{ trait: 'age', width: 10 }] } }]),
      ),
    ).toEqual([
      'INPUT_DANGLING_REF policies[0].archetypes.by names village, which no agent has',
      'INPUT_DANGLING_REF policies[0].archetypes.splitBy names age, which no agent has',
    ]);
    expect(codesOf(() => compiled([{ share: 1, archetypes: { acts: ['report'] } }]))[0]).toMatch(
      /^INPUT_COMBINATION .*acts holds nothing/,
    );
  });

  it('refuseRegrouping: a fork may ask more often, but not group otherwise', () => {
    const plans = (by: string[], samples: number): readonly PolicyPlan[] =>
      compiled([{ share: 1, archetypes: { by, samples } }]).plan.policies;
    expect(
      codesOf(() => {
        refuseRegrouping(plans(['town'], 5), plans(['town'], 9));
      }),
    ).toEqual([]);
    expect(
      codesOf(() => {
        refuseRegrouping(compiled([{ share: 1 }]).plan.policies, plans(['town'], 9));
      }),
    ).toEqual([]);
    expect(
      codesOf(() => {
        refuseRegrouping(plans(['town'], 5), plans(['topic'], 5));
      })[0],
    ).toMatch(/^INPUT_COMBINATION/);
  });
});

describe('surveys', () => {
  const interview = { tick: 2, agent: 'a1', verb: 'interview' as const };
  const verbs: ScenarioInput['verbs'] = ['post', 'interview', 'answer'];

  it('become the text of an interview, one form each', () => {
    const surveys = [
      { question: 'So?', options: ['yes', 'no'] },
      { question: 'How much?', least: 0, most: 10 },
      { question: 'Why?', lengthMax: 40 },
    ];
    const { plan } = compiled([{ share: 1 }], {
      verbs,
      interventions: surveys.map((survey) => ({ ...interview, survey })),
    });
    expect(plan.interventions.map(({ text }) => surveyOf(text ?? ''))).toEqual([
      { form: 'choice', question: 'So?', options: ['yes', 'no'] },
      { form: 'number', question: 'How much?', least: 0, most: 10 },
      { form: 'text', question: 'Why?', lengthMax: 40 },
    ]);
    expect(surveyOf('{"survey":1}')).toBeUndefined();
    expect(surveyOf('{"survey":')).toBeUndefined();
  });

  it('are refused beside a text, with another verb, and without a range', () => {
    const survey = { question: 'So?', options: ['yes', 'no'] };
    const cases = [
      { ...interview, survey, text: 'x' },
      { ...interview, verb: 'post' as const, survey },
      { ...interview, survey: { question: 'q', least: 3, most: 3 } },
    ];
    for (const one of cases)
      expect(codesOf(() => compiled([{ share: 1 }], { verbs, interventions: [one] }))[0]).toMatch(/^INPUT_COMBINATION/);
  });
});
