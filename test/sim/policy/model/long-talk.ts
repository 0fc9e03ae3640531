/**
 * Agents that talk ever more over many ticks, and note one important thing at tick 1: how what they are told grows, and whether they recall it.
 */
import { act, acts, playerOf, thinkingWorld, tokensOf } from './players.ts';
import type { Player } from './players.ts';

const fact = 'The red key lies under the third bridge.';

/** Talks in every tick, longer and longer, and notes one fact at tick 1. */
export function talker(): Player {
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

/** What agents were told over some ticks. */
export interface LongTalk {
  /** Estimated tokens of all prompts of ticks below `ticks`, and below half of it. */
  readonly tokens: number;
  readonly tokensByHalf: number;
  /** Of the longest prompt. */
  readonly tokensMost: number;
  /** Agents asked at tick `ticks`, and those of them whose prompt holds what they noted at tick 1. */
  readonly asked: number;
  readonly recalling: number;
}

/** Lets agents talk up to a tick. */
export async function talkLong(agents: number, ticks: number): Promise<LongTalk> {
  const player = talker();
  const world = thinkingWorld(player, { agents, plan: { ticks: ticks + 1 } });
  for (let tick = 0; tick <= ticks; tick++) await world.step();
  const sumBy = (end: number): number =>
    player.asked.filter(({ tick }) => tick < end).reduce((sum, request) => sum + tokensOf(request), 0);
  const last = player.asked.filter(({ tick }) => tick === ticks);
  return {
    tokens: sumBy(ticks),
    tokensByHalf: sumBy(ticks / 2),
    tokensMost: player.asked.map(tokensOf).reduce((most, one) => Math.max(most, one), 0),
    asked: last.length,
    recalling: last.filter(({ prompt }) => prompt?.now.includes(fact) === true).length,
  };
}
