/**
 * Line 9.3.herd: votes per look off at strength 0 and above it, up and down beside the control, at 10^2, 10^3 and 10^4 agents; what the feed makes of it apart.
 *
 * The unit is the seed, 1 to 30; intervals are 95 %, Student's over seeds.
 */
import { cpus } from 'node:os';
import { describeHerd, runHerdStudy } from '../../scenarios/herd-effect/study.ts';
import { say } from './figure.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Report } from './figure.ts';

const sizes = [100, 1000, 10_000];
const [seeds, none, some] = [30, 0, 0.4];

/** Runs the check. */
export async function checkHerd(report: Report): Promise<void> {
  for (const agents of sizes) {
    const cells = await runHerdStudy({ agents, strengths: [none, some], seeds, workers: cpus().length });
    say(describeHerd(cells));
    for (const { feed, strength, up, down } of cells) {
      for (const [arm, { herding, amplificationByFeed }] of [['up', up] as const, ['down', down] as const]) {
        const place = `${agents} agents, feed ${feed}, strength ${strength}, ${arm} less control, by post`;
        const [low, high] = herding.post.interval;
        const isOff = arm === 'up' ? low > 0 : high < 0;
        const met = strength === none ? low <= 0 && high >= 0 : isOff;
        const bar = strength === none ? 'interval holds 0' : `interval ${arm === 'up' ? 'above' : 'below'} 0`;
        report({ command: `${place}: votes per look`, figure: shown(herding.post), bar, met });
        report({ command: `${place}: votes per post`, figure: shown(amplificationByFeed.post), bar: 'stated apart' });
      }
    }
  }
}

function shown({ value, interval }: Estimate): string {
  return `${value.toFixed(4)}, 95 % ${interval.map((end) => end.toFixed(4)).join(' to ')}`;
}
