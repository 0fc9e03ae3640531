/**
 * Growth of what agents are told: over 200 ticks prompts stay below their bound, cost what they cost, and what matters is not forgotten.
 */
import { describe, expect, it } from 'vitest';
import { act, acts, playerOf, thinkingWorld, tokensOf } from './players.ts';
import type { Player } from './players.ts';

const fact = 'The red key lies under the third bridge.';

/** Talks in every tick, longer and longer, and notes one fact at tick 1. */
function talker(): Player {
  return playerOf(({ tick, agentOrdinal }) =>
    acts(
      [
        act('post', { text: `${'on and on about rents, trams and taxes '.repeat(1 + (tick % 7))} ${tick}` }),
        act('like', { item: 1 + (agentOrdinal % 3) }),
      ],
      {
        note:
          tick === 1
            ? fact
            : `At tick ${tick} they went on about rents, trams and taxes, ${'again '.repeat(tick % 20)}`,
        importance: tick === 1 ? 10 : tick % 4,
        plan: `say more about taxes at tick ${tick + 1}`,
      },
    ),
  );
}

describe('prompts over 200 ticks', () => {
  it('tokens by tick 200 are at most 2.2 times those by tick 100, none is above its bound, and a fact of tick 1 is recalled', async () => {
    const player = talker();
    const world = thinkingWorld(player, { agents: 6, plan: { ticks: 201 } });
    for (let tick = 0; tick <= 200; tick++) await world.step();
    const sumBy = (last: number): number =>
      player.asked.filter(({ tick }) => tick < last).reduce((sum, request) => sum + tokensOf(request), 0);
    expect(sumBy(200) / sumBy(100)).toBeLessThanOrEqual(2.2);
    expect(Math.max(...player.asked.map(tokensOf))).toBeLessThanOrEqual(1200);
    const last = player.asked.filter(({ tick }) => tick === 200);
    expect(last).toHaveLength(6);
    for (const { prompt } of last) expect(prompt?.now).toContain(fact);
  });

  it('a narrow bound, long words and other scripts: whole blocks are left out, and the bound holds', async () => {
    for (const promptTokensMax of [700, 800, 1500]) {
      const player = playerOf(({ tick }) =>
        acts(
          [
            act('post', {
              text: ['鉄道と税金について話し合う。', '🚋🚋🚋 ', 'Straßenbahnfahrgeldautomat', '12345678901234567890'][
                tick % 4
              ].repeat(9),
            }),
          ],
          {
            note: '覚えておくこと'.repeat(20),
            importance: 5,
          },
        ),
      );
      const world = thinkingWorld(player, { agents: 5, plan: { ticks: 20 }, model: { promptTokensMax } });
      for (let tick = 0; tick < 20; tick++) await world.step();
      expect(Math.max(...player.asked.map(tokensOf))).toBeLessThanOrEqual(promptTokensMax);
    }
  });

  it('a bound without room for what is new is bad input', () => {
    expect(() => thinkingWorld(talker(), { model: { promptTokensMax: 500 } })).toThrow(/promptTokensMax/);
  });
});
