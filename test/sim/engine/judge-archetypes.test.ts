/**
 * Judging by archetype through whole ticks: statement GM-43, and that neither shards nor a resumed desk can be seen.
 *
 * The judge here is a function of what it is asked: in brief it answers by the number of the verdict, in full by what it is told.
 */
import { describe, expect, it } from 'vitest';
import { blankVerdict } from '../game-master/judge/blank-verdict.ts';
import { codeOf, openWorld, runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import { createDesk, keepVerdict } from '../../../sim/engine/judging.ts';
import { createBook, endTick, judgeReport, learn } from '../../../sim/engine/judge-archetypes.ts';
import type { Model, ModelRequest } from '../../../sim/exchange/ports.ts';
import type { JudgePlan } from '../../../sim/exchange/judging.ts';
import type { Hand } from '../../../sim/policy/own.ts';

const judge: JudgePlan = {
  ...{ callsPerTick: 1000, deferTicksMax: 2, version: 1, rules: '', textLengthMax: 300, replyTokensMax: 200 },
  archetypes: { samples: 4, auditShare: 0, splitAboveBits: 0.1 },
};
const population = smallPopulation({ agents: 200, wakesPerDayMean: 1e6 });

function verdict(request: ModelRequest, isLucky: boolean) {
  const said = { ...blankVerdict, does: 'other', succeeds: isLucky ? 1 : 0, code: 'PLAUSIBLE' };
  return { request, answer: { status: 'answered' as const, answer: [], text: JSON.stringify(said) } };
}

/** In brief every second verdict is good; in full all are bad, if audits are to differ. */
function judgeOf(audits: 'differ' | 'agree'): Model & { readonly asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  const isFull = ({ prompt }: ModelRequest): boolean => prompt?.persona.includes('\nIn full: ') === true;
  return {
    asked,
    ask(requests) {
      asked.push(...requests);
      return Promise.resolve(
        requests.map((request) => {
          const isGood = (request.prompt?.sample ?? 0) % 2 === 0;
          return verdict(request, isFull(request) && audits === 'differ' ? false : isGood).answer;
        }),
      );
    },
  };
}

function orderFor(model: Model, changes: Partial<NonNullable<JudgePlan['archetypes']>>, workers = 1) {
  const decide = (hand: Hand): void => {
    hand.act('try', undefined, 0, { text: 'whistle a tune' });
  };
  const plan = smallPlan({
    policies: [{ kind: 'own', name: 'talker' }],
    allowedVerbs: ['post', 'try'],
    judge: { ...judge, archetypes: { samples: 4, auditShare: 0, splitAboveBits: 0.1, ...changes } },
    ticks: 6,
  });
  return { code: codeOf({ policies: { talker: { decide } } }), plan, population, placement: { workers }, model };
}

describe('the judge by archetype', () => {
  it('asks M times about equal words in an equal situation, whatever the number of attempts, and attempts draw among the answers', async () => {
    const model = judgeOf('agree');
    const { records } = await runWorld(orderFor(model, {}));
    expect(new Set(model.asked.map(({ prompt }) => prompt?.sample))).toEqual(new Set([0, 1, 2, 3]));
    expect(model.asked.length).toBe(4);
    const outcomes = records.flatMap(({ outcome }) => [...outcome]);
    const granted = outcomes.filter((one) => one === outcomes[0]).length / outcomes.length;
    expect(outcomes.length).toBe(1200);
    expect(Math.abs(granted - 0.5)).toBeLessThan(3 * Math.sqrt(0.25 / 1200));
  });

  it('audits that agree split nothing; audits that differ have each full situation asked about', async () => {
    const [agreeing, differing] = [judgeOf('agree'), judgeOf('differ')];
    await runWorld(orderFor(agreeing, { auditShare: 0.05 }));
    await runWorld(orderFor(differing, { auditShare: 0.05 }));
    const full = ({ asked }: typeof agreeing): number =>
      asked.filter(({ prompt }) => prompt?.persona.includes('In full')).length;
    expect(full(agreeing)).toBeGreaterThan(4);
    expect(full(differing)).toBeGreaterThan(full(agreeing));
  });

  it('the state is the same for one, two and three shards, with audits and splits', async () => {
    const roots = await Promise.all(
      [1, 2, 3].map(async (workers) => {
        const model = judgeOf('differ');
        const world = openWorld(orderFor(model, { auditShare: 0.1 }, workers), () => 0, model);
        for (let tick = 0; tick < 6; tick++) await world.step();
        return world.root();
      }),
    );
    expect(new Set(roots).size).toBe(1);
  });

  it('words that carry the mark of a full situation are no audit', () => {
    const book = createBook({ samples: 1, auditShare: 0, splitAboveBits: 0.1 });
    learn(book, [{ text: 'brief' }, { text: 'Situation: a member.\n\nattempt\nIn full: 99 coins.' }], '{}');
    expect(judgeReport(book)).toMatchObject({ archetypeCount: 1, verdictCount: 1, audits: { audits: 0 } });
  });

  it('a desk made from what was judged before has the book of the desk that judged', () => {
    const live = createDesk({ ...judge, archetypes: { samples: 4, auditShare: 0.5, splitAboveBits: 0.1 } });
    for (let tick = 0; tick < 3; tick++) {
      for (let sample = 0; sample < 4; sample++) {
        for (const persona of ['Situation: a member.', `Situation: a member.\nIn full: ${tick} coins.`]) {
          const prompt = { fixed: 'brief', persona, now: 'hum', tokensMax: 9, sample };
          const request = { tick, agentOrdinal: 0, sequence: 0, purpose: 'judge', question: [0], prompt } as const;
          keepVerdict(live, request, verdict(request, persona.length < 25 && sample < 3).answer);
        }
      }
      if (live.book !== undefined) endTick(live.book, tick);
    }
    const shuffled = [...live.verdicts].reverse();
    const again = createDesk(live.plan, shuffled);
    const reports = [live, again].map(({ book }) => (book === undefined ? undefined : judgeReport(book)));
    expect(reports[0]?.splitCount).toBe(1);
    expect(reports[1]).toEqual(reports[0]);
  });
});
