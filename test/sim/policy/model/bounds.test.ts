/**
 * Growth of what agents are told: over 200 ticks prompts stay below their bound, cost what they cost, and what matters is not forgotten.
 */
import { describe, expect, it } from 'vitest';
import { act, acts, playerOf, thinkingWorld, tokensOf } from './players.ts';
import { talkLong, talker } from './long-talk.ts';

describe('prompts over 200 ticks', () => {
  it('tokens by tick 200 are at most 2.2 times those by tick 100, none is above its bound, and a fact of tick 1 is recalled', async () => {
    const { tokens, tokensByHalf, tokensMost, asked, recalling } = await talkLong(6, 200);
    expect(tokens / tokensByHalf).toBeLessThanOrEqual(2.2);
    expect(tokensMost).toBeLessThanOrEqual(1200);
    expect([asked, recalling]).toEqual([6, 6]);
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
