/**
 * Scores of posts by their votes and their age, in the forms that Reddit and Moltbook use.
 *
 * Votes are likes and shares less dislikes where one number is asked for. Pure. Sources: the published code of Reddit (hot) and of
 * Moltbook (rising, controversial), as described by those who read it.
 */
import { log } from '../ground/detmath.ts';

const secondsPerDecade = 45000;
const ln10 = 2.302585092994046;

/** log10 of the votes' size with their sign, plus one for each 12.5 hours that the post is younger. */
export function hotScore(votes: number, tick: number, tickSeconds: number): number {
  const size = Math.abs(votes);
  const order = size <= 1 ? 0 : log(size) / ln10;
  return (votes < 0 ? -order : order) + (tick * tickSeconds) / secondsPerDecade;
}

/** (votes + 1) / (hours + 2)^1.5: falls while nobody votes. */
export function risingScore(votes: number, ageHours: number): number {
  const age = ageHours + 2;
  return (votes + 1) / (age * Math.sqrt(age));
}

/** All votes, less as one side outweighs the other: (u + d) (1 - |u - d| / max(u + d, 1)). */
export function controversialScore(ups: number, downs: number): number {
  const all = ups + downs;
  return all * (1 - Math.abs(ups - downs) / Math.max(all, 1));
}
