/** A model in the seats of a panel: it says what it answers where that has the form, and nothing else gets in. */
import { expect, test } from 'vitest';
import { readPanels } from '../../../scenarios/risks/panel-scenario.ts';
import { scenario } from '../../../scenarios/risks/majority-sway.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { simulate } from '../../../sim/engine/simulate.ts';
import { verdictOf, voteOf } from '../../../sim/policy/panels/verdict.ts';
import { playerOf } from '../../sim/policy/model/players.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

test('majority sway, spoken: votes as answered, a verdict out of form is not said, the warning reaches warned seats alone', async () => {
  const spoken = async (own: string) => {
    const ticks: TickRecord[] = [];
    const data = { ...scenario.data, policies: [{ share: 1, own }] };
    const compiled = compileScenario(data, () => '');
    const model = playerOf((_request, text) => {
      if (text.includes('You say the verdict')) return JSON.stringify({ say: 'A, I would think' });
      return JSON.stringify({ say: text.includes('You checked') ? 'vote A, checked' : 'vote B, skimmed' });
    });
    const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
    const recorder = { record: (record: TickRecord) => void ticks.push(record) };
    const { plan, population } = compiled;
    await simulate({ plan, population, placement, code: scenario, recorder, model, sampleShare: 0, unchained: true });
    const records = {
      ...(await runInMemory(
        compileScenario({ ...data, ticks: 1, policies: [{ share: 1, own: 'control' }] }, () => ''),
        scenario,
      )),
    };
    const said = readPanels({ ...records, population, ticks: () => ticks.values() }, 11);
    return { said, prompts: model.asked.map(({ prompt }) => JSON.stringify(prompt)) };
  };
  const { said, prompts } = await spoken('controlSpoken');
  for (const lines of said) {
    const votes = lines.map(({ text }) => voteOf(text)).filter((vote) => vote !== undefined);
    expect(votes.filter(({ side, isChecked }) => side === 'A' && isChecked)).toHaveLength(3);
    expect(votes.filter(({ side, isChecked }) => side === 'B' && !isChecked)).toHaveLength(7);
    expect(lines.some(({ text }) => verdictOf(text) !== undefined)).toBe(false);
    expect(lines).toHaveLength(10);
  }
  expect(prompts.some((prompt) => prompt.includes('Look again'))).toBe(false);
  const warned = await spoken('safeguardSpoken');
  expect(warned.prompts.every((prompt) => prompt.includes('Look again'))).toBe(true);
});
