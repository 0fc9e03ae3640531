/**
 * Conformity of voters in one recorded population: what they did beside the score that they were shown, each number under its own name.
 *
 * One run holds no control, so nothing here is called an effect: posts that are good have high scores and are voted for by whoever is
 * independent, too. With a control run, in which scores were not shown, `majorityFollowingExcess` is. Looks are those on record
 * (agents whose exposures are kept in full); votes are everybody's. The unit is the agent, or the content where it says so.
 * Reads the log through `votes.ts`. Oracle: planted strengths (`test/analysis/measures/conformity.test.ts`).
 */
import { cascadeLengthExcess } from '../estimators/information-cascade.ts';
import { ratioInterval, wilsonInterval } from '../estimators/interval.ts';
import { lsvActorsMin, lsvHerding } from '../estimators/lsv-herding.ts';
import { benjaminiHochberg } from '../estimators/multiplicity.ts';
import { scoreFollowingTail } from '../estimators/score-following.ts';
import { contrastOf } from '../estimators/vote-herding.ts';
import { externalId } from '../../sim/world/population.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import { readVotes } from './votes.ts';
import type { Estimate } from '../estimators/interval.ts';
import type { Measured } from './measured.ts';
import type { LookColumns, VoteColumns, Votes } from './votes.ts';
import type { Records } from '../../sim/record/reader.ts';

/** A number with its interval and units; null where it does not exist. */
export interface Reported {
  readonly value: number | null;
  readonly interval?: [number, number];
  readonly n: number;
}

/** An agent whose votes agree with shown scores more often than chance: evidence to look at, not a verdict on a person. */
export interface FollowingAgent {
  readonly agent: string;
  /** Votes cast where a score other than 0 was shown, and those of its sign. */
  readonly votes: number;
  readonly agreed: number;
  readonly pValue: number;
  readonly qValue: number;
}

export interface ConformityMeasure extends Measured {
  readonly votes: number;
  readonly looks: number;
  /** Of first votes, the share in favour, by the sign of the score that was shown. */
  readonly upShareByShownScore: Readonly<Record<'below' | 'zero' | 'above', Reported>>;
  /** Share of first votes that have the sign of the score that was shown, where it was not 0. */
  readonly agreementWithShownScore: Reported;
  /** The same less what voters would agree who vote as voters do who are shown 0. */
  readonly agreementExcess: Reported;
  /** Of looks by who had voted against the majority of the others, the share after which the vote is that of the majority. */
  readonly majorityFollowingRate: Reported;
  /** That rate less the one of a control run in which scores were not shown; only with a control. */
  readonly majorityFollowingExcess?: Reported;
  /** Of looks by who had voted, the share after which the vote is another. */
  readonly flipRate: Reported;
  /** Over contents of at least five voters: see `lsv-herding.ts`. */
  readonly lsvHerding: Reported;
  /** Mean length of the last run of equal votes of a content, less that of independent votes of the same share. */
  readonly cascadeLengthExcess: Reported;
  /** At most 20, by q value, among agents with at least five first votes. */
  readonly followers: readonly FollowingAgent[];
}

const definition =
  'scoreShown is likes less dislikes at the start of the tick, without the voter’s own vote; agreement is of signs. agreementExcess is no ' +
  'effect of the score: what is good is voted for by everybody. majorityFollowingRate is per look, P(vote after = sign of score | vote ' +
  'before is the other sign). n of the whole: votes that were cast.';

/** Most agents that are listed. */
const followersMax = 20;
/** Fewest votes of an agent that is judged. */
const votesMin = 5;

/** Whether agents of a run can vote both ways: what this measure reads. */
export function hasVotes({ manifest }: Pick<Records, 'manifest'>): boolean {
  const { allowedVerbs } = manifest.plan as { allowedVerbs?: readonly string[] };
  return allowedVerbs?.some((verb) => verb === 'downvote' || verb === 'dislike') === true;
}

/** Measures a recorded population, beside a control if there is one. */
export function measureConformity(records: Records, control?: Records): ConformityMeasure {
  const read = readVotes(records);
  const { votes, looks } = read;
  const following = followingOf(looks);
  const excess = control === undefined ? undefined : contrastOf(following, followingOf(readVotes(control).looks));
  const agents = agentAgreements(read).map(({ agent, ...rest }) => {
    return { agent: externalId(records.population.ids, agent), ...rest };
  });
  return {
    method:
      'scores made again from the log; intervals of ratios over agents by linearisation, of means over contents by t; p of agents ' +
      'exact, q by Benjamini and Hochberg over all agents judged',
    definition,
    n: votes.count,
    warnings: warningsOf(read, records),
    votes: votes.count,
    looks: looks.count,
    upShareByShownScore: upShares(votes),
    ...agreement(votes),
    majorityFollowingRate: reported(following),
    ...(excess === undefined ? {} : { majorityFollowingExcess: reported(excess) }),
    flipRate: reported(rateByAgent(looks, (look) => looks.before[look] !== 0, changes(looks))),
    ...byContent(read),
    followers: agents.filter(({ qValue }) => qValue < 0.05).slice(0, followersMax),
    nullModel:
      'followers: an agent’s votes in favour dealt anew over the scores that it was shown; what it voted on is not kept fixed',
  };
}

function warningsOf({ votes, looks }: Votes, { manifest }: Records): string[] {
  const warnings: string[] = [];
  if (votes.count === 0) warnings.push('nobody voted');
  if (looks.count === 0) warnings.push('no look is on record: set exposureSampleShare for the rates per look');
  else if (manifest.exposureSampleShare < 1) {
    warnings.push(`looks are those of the ${manifest.exposureSampleShare} of agents whose exposures are kept`);
  }
  return warnings;
}

function reported({ value, interval, n }: Estimate): Reported {
  const ends = finiteInterval(interval);
  return { value: finiteOrNull(value), ...(ends === undefined ? {} : { interval: ends }), n };
}

/** Hits by opportunities, with agents as units. */
function rateByAgent(
  { count, agent }: Pick<VoteColumns, 'count' | 'agent'>,
  counts: (row: number) => boolean,
  hits: (row: number) => number,
): Estimate {
  const [above, below] = [new Map<number, number>(), new Map<number, number>()];
  for (let row = 0; row < count; row++) {
    if (!counts(row)) continue;
    below.set(agent[row], (below.get(agent[row]) ?? 0) + 1);
    above.set(agent[row], (above.get(agent[row]) ?? 0) + hits(row));
  }
  return ratioInterval(Float64Array.from(above.values()), Float64Array.from(below.values()));
}

function changes({ before, after }: VoteColumns): (row: number) => number {
  return (row) => (before[row] === after[row] ? 0 : 1);
}

/** Looks by who had voted against the sign of the score of the others. */
export function followingOf(looks: LookColumns): Estimate {
  const { before, after, scoreShown } = looks;
  const sign = (row: number): number => Math.sign(scoreShown[row]);
  return rateByAgent(
    looks,
    (row) => before[row] !== 0 && sign(row) === -before[row],
    (row) => (after[row] === sign(row) ? 1 : 0),
  );
}

const isFirstVote = ({ before, after }: VoteColumns, row: number): boolean => before[row] === 0 && after[row] !== 0;

function upShares(votes: VoteColumns): ConformityMeasure['upShareByShownScore'] {
  const of = (sign: number): Reported =>
    reported(
      rateByAgent(
        votes,
        (row) => isFirstVote(votes, row) && Math.sign(votes.scoreShown[row]) === sign,
        (row) => (votes.after[row] > 0 ? 1 : 0),
      ),
    );
  return { below: of(-1), zero: of(0), above: of(1) };
}

/** Share in favour among first votes where the score was 0: what stands for independent judgement. One half where there is none. */
function independentUpShare(votes: VoteColumns): number {
  let [ups, all] = [0, 0];
  for (let row = 0; row < votes.count; row++) {
    if (!isFirstVote(votes, row) || votes.scoreShown[row] !== 0) continue;
    all++;
    if (votes.after[row] > 0) ups++;
  }
  return all === 0 ? 0.5 : ups / all;
}

/** Votes that can agree with a score: first votes where it was not 0. */
interface Agreeing {
  readonly counts: (row: number) => boolean;
  /** 1 where the vote has the sign of the score, else 0. */
  readonly agrees: (row: number) => number;
  /** Chance that a vote has that sign by who votes as voters do who are shown 0. */
  readonly expected: (row: number) => number;
}

function agreeing(votes: VoteColumns): Agreeing {
  const up = independentUpShare(votes);
  return {
    counts: (row) => isFirstVote(votes, row) && votes.scoreShown[row] !== 0,
    agrees: (row) => (votes.after[row] === Math.sign(votes.scoreShown[row]) ? 1 : 0),
    expected: (row) => (votes.scoreShown[row] > 0 ? up : 1 - up),
  };
}

function agreement(votes: VoteColumns): Pick<ConformityMeasure, 'agreementWithShownScore' | 'agreementExcess'> {
  const { counts, agrees, expected } = agreeing(votes);
  return {
    agreementWithShownScore: reported(rateByAgent(votes, counts, agrees)),
    agreementExcess: reported(rateByAgent(votes, counts, (row) => agrees(row) - expected(row))),
  };
}

/** `agreementWithShownScore` by bins of time, and what it is less `agreementExcess`. NaN for a bin without such a vote. */
export interface AgreementCourse {
  readonly votes: Int32Array;
  readonly agreement: Float64Array;
  readonly expected: Float64Array;
}

/** The measure's two numbers over time; means over bins, weighted by votes, are those of the measure. `bin`: from 0, of a tick; beyond `binCount` none. */
export function agreementCourse(votes: VoteColumns, bin: (tick: number) => number, binCount: number): AgreementCourse {
  const { counts, agrees, expected } = agreeing(votes);
  const all = new Int32Array(binCount);
  const [agreed, chance] = [new Float64Array(binCount), new Float64Array(binCount)];
  for (let row = 0; row < votes.count; row++) {
    const at = bin(votes.tick[row]);
    if (at >= binCount || !counts(row)) continue;
    all[at]++;
    agreed[at] += agrees(row);
    chance[at] += expected(row);
  }
  return {
    votes: all,
    agreement: agreed.map((sum, at) => sum / all[at]),
    expected: chance.map((sum, at) => sum / all[at]),
  };
}

/** Agreement of one agent with shown scores. */
export interface AgentAgreement {
  /** Ordinal. */
  readonly agent: number;
  readonly votes: number;
  readonly agreed: number;
  readonly pValue: number;
  readonly qValue: number;
}

/** All agents with at least five first votes, some of them where a score was shown, by q value, then by ordinal. */
export function agentAgreements({ votes }: Pick<Votes, 'votes'>): AgentAgreement[] {
  const rows = Array.from({ length: votes.count }, (_, row) => row).filter((row) => isFirstVote(votes, row));
  const judged = [...Map.groupBy(rows, (row) => votes.agent[row])]
    .filter(([, own]) => own.length >= votesMin && own.some((row) => votes.scoreShown[row] !== 0))
    .map(([agent, own]) => {
      const under = (sign: number) => {
        const shown = own.filter((row) => Math.sign(votes.scoreShown[row]) === sign);
        return { votes: shown.length, ups: shown.filter((row) => votes.after[row] > 0).length };
      };
      const [above, zero, below] = [under(1), under(0), under(-1)];
      return {
        agent,
        votes: above.votes + below.votes,
        agreed: above.ups + below.votes - below.ups,
        pValue: scoreFollowingTail({ above, zero, below }),
      };
    });
  const qValues = benjaminiHochberg(judged.map(({ pValue }) => pValue));
  return judged
    .map((one, i) => ({ ...one, qValue: qValues[i] }))
    .sort((x, y) => x.qValue - y.qValue || x.pValue - y.pValue || x.agent - y.agent);
}

function byContent({ votes }: Votes): Pick<ConformityMeasure, 'lsvHerding' | 'cascadeLengthExcess'> {
  const rows = Array.from({ length: votes.count }, (_, row) => row).filter((row) => isFirstVote(votes, row));
  const sequences = [...Map.groupBy(rows, (row) => votes.content[row]).values()].map((own) =>
    own.map((row) => votes.after[row]),
  );
  const upCount = sequences.map((acts) => acts.filter((one) => one > 0).length);
  const herding = lsvHerding({ sideCount: upCount, actorCount: sequences.map(({ length }) => length) });
  const all = wilsonInterval(
    upCount.reduce((sum, one) => sum + one, 0),
    rows.length,
  ).value;
  const long = sequences.filter(({ length }) => length >= lsvActorsMin);
  return { lsvHerding: reported(herding.mean), cascadeLengthExcess: reported(cascadeLengthExcess(long, all)) };
}
