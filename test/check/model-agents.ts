/**
 * Lines 7.4 and 7.7: agents with a model among 200 hostile posts, and over 200 ticks, with models that tests play.
 *
 * Reads and writes nothing. 7.4: a model that obeys whatever it reads, with one worker and with two. 7.7: agents that talk more and more, and note one important
 * thing at tick 1.
 */
import { playHostile } from '../sim/policy/model/hostile-world.ts';
import { talkLong } from '../sim/policy/model/long-talk.ts';
import type { Report } from './figure.ts';

/** Line 7.4. */
export async function checkHostilePosts(report: Report): Promise<void> {
  for (const workers of [1, 2]) {
    const { forged, outside, changed, asked, ordered, granted, unknown, failed } = await playHostile(workers);
    report({
      command: `200 hostile posts, 90 hostile bios, a model that obeys what it reads; 90 agents, 12 ticks, ${workers} worker${workers === 1 ? '' : 's'}, seed 11`,
      figure: `${forged} forged ids, ${outside} acts outside the list, ${changed} changes of others; ${asked} prompts (${ordered} with orders), ${granted} acts granted, ${unknown} at strangers refused, ${failed} answers of no use`,
      bar: '0, 0 and 0',
      met: forged + outside + changed === 0 && granted > 50 && unknown > 100 && ordered > 0.9 * asked,
    });
  }
}

/** Line 7.7. */
export async function checkLongTalk(report: Report): Promise<void> {
  const agents = 40;
  const { tokens, tokensByHalf, tokensMost, asked, recalling } = await talkLong(agents, 200);
  const ratio = tokens / tokensByHalf;
  report({
    command: `prompt tokens of ${agents} agents that talk more and more, by tick 200 against those by tick 100`,
    figure: `${tokens} against ${tokensByHalf}: ${ratio.toFixed(3)} times; longest prompt ${tokensMost} tokens of 1,200`,
    bar: 'at most 2.2 times',
    met: ratio <= 2.2 && tokensMost <= 1200,
  });
  report({
    command: 'a fact that was noted at tick 1 as important, in the prompt of tick 200',
    figure: `${recalling} of ${asked} agents`,
    bar: 'all',
    met: recalling === asked && asked === agents,
  });
}
