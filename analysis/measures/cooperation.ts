/**
 * The `cooperation` measure: what agents do together, how often it succeeds in the world's own terms, and whether they would have done so alone.
 *
 * Reads a recorded population; gives the object of `analyze SOURCE cooperation --json`. Kinds: discussions (Molt Dynamics' definition) everywhere; in
 * runs also trades, games, friendships, groups and verbs of the study's own, judged by rulings and by what they changed.
 * In a data set nothing decides success: approval by votes stands there as what it is, and the recipe of Molt Dynamics under its own name where texts are known.
 * Invariant: `successes` counts only kinds that the world judges. Order: kinds as listed, q over those tested.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { wilsonInterval } from '../estimators/interval.ts';
import { benjaminiHochberg } from '../estimators/multiplicity.ts';
import { isMutualGain, runVentures, securityLevel } from './cooperation-acts.ts';
import { dAgainst, drawsFor, meanOf, reportKind } from './cooperation-effect.ts';
import { discussionRule, readDiscussions, troubleWords } from './cooperation-threads.ts';
import { joinVentures, ventureRows } from './cooperation-ventures.ts';
import { finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';
import type { Printed } from './cascade-spread.ts';
import type { Round, RunVentures } from './cooperation-acts.ts';
import type { KindReport, VentureForm } from './cooperation-effect.ts';
import type { Discussions } from './cooperation-threads.ts';
import type { Ventures } from './cooperation-ventures.ts';

/** The recipe by which Molt Dynamics judged collaborative events. */
export interface MoltRecipe {
  readonly events: number;
  readonly successes: number;
  readonly successShare: number | null;
  readonly interval: [number, number] | null;
  readonly meanQuality: number | null;
  /** Cohen's d of the qualities against the constant 0.5, the baseline of that code's version 1.1. */
  readonly cohenDAgainstHalf: Printed | null;
  readonly definition: string;
}

/** Rounds of games of two beside what players could make sure of alone, and beside choices that know nothing of one another. */
export interface GameReport {
  readonly rounds: number;
  /** Mean of both payoffs less the best that a choice guarantees whatever the other does: the baseline of one agent alone. */
  readonly meanGain: number | null;
  readonly cohenD: Printed | null;
  readonly mutualGainShare: number | null;
  readonly interval: [number, number] | null;
  /** The same share where each game's choices are dealt out anew among its rounds. */
  readonly dealtShare: number | null;
  readonly permutationP: number | null;
  readonly nullModel: string;
}

/** The object under `measures.cooperation`. */
export interface CooperationMeasure extends Measured {
  readonly words: string[];
  /** Ventures made together, of all kinds. */
  readonly events: number;
  /** Of these, such as the world judges. */
  readonly judged: number;
  readonly successes: number | null;
  readonly successShare: number | null;
  readonly kinds: KindReport[];
  readonly games: GameReport | null;
  readonly moltDynamics: MoltRecipe | null;
  /** Tests made: q values are over so many. */
  readonly tests: number;
}

const streamKey = 61;
const controlsMax = 5;

const definition =
  'n: events, ventures in which at least two agents acted. A venture: acts on one thing, none later than a window after the one before; discussions ' +
  `are threads with ${discussionRule.repliesMin} replies, ${discussionRule.participantsMin} participants and ${discussionRule.spanHoursMin * 60} minutes or more. ` +
  'interval: Wilson’s, of the share of successes among events that the world judges. Baseline: ventures of one agent, matched; ' +
  'difference: mean over matched sets of event less controls; cohenD, hedgesG, cliffsDelta, riskDifference: matched events against controls';

/** Measures cooperation. */
export function measureCooperation(records: Records, { seed }: { readonly seed: number }): CooperationMeasure {
  const discussions = readDiscussions(records);
  const isRun = dataSetOf(records.manifest) === undefined;
  const run = isRun ? runVentures(records) : undefined;
  const stream = (key: number): RandomStream => randomStream(seed, streamPurposes.permutation, streamKey, key);
  const reports = [
    ...discussionReports(discussions, isRun, stream),
    ...(run === undefined ? [] : runReports(run, stream)),
  ];
  const games = run === undefined || run.rounds.length === 0 ? null : gamesOf(run, stream(9));
  const pValues = [...reports.map(({ permutationP }) => permutationP ?? Number.NaN), games?.permutationP ?? Number.NaN];
  const q = benjaminiHochberg(pValues);
  const kinds = reports.map((report, at) => ({ ...report, q: finiteOrNull(q[at]) }));
  const tests = pValues.filter((one) => !Number.isNaN(one)).length;
  return assembled(kinds, games, recipeOf(discussions), tests, { seed, isRun });
}

function assembled(
  kinds: KindReport[],
  games: GameReport | null,
  moltDynamics: MoltRecipe | null,
  tests: number,
  { seed, isRun }: { readonly seed: number; readonly isRun: boolean },
): CooperationMeasure {
  const counted = kinds.filter(({ isRepeat }) => !isRepeat);
  const events = counted.reduce((sum, one) => sum + one.events, 0);
  const judgedKinds = counted.filter(({ successes }) => successes !== null);
  const judged = judgedKinds.reduce((sum, one) => sum + one.events, 0);
  const successes = judgedKinds.reduce((sum, one) => sum + (one.successes ?? 0), 0);
  const share = judged === 0 ? undefined : wilsonInterval(successes, judged);
  const only = kinds.filter(({ permutationP }) => permutationP !== null);
  return {
    words: [...kinds.filter((one) => one.events > 0).map(wordsOf), ...(games === null ? [] : [gameWords(games)])],
    ...{ events, judged, successes: share === undefined ? null : successes, successShare: share?.value ?? null },
    ...{ kinds, games, moltDynamics, tests },
    method:
      'ventures in one pass over the log; matching without replacement, in rounds, up to ' +
      `${controlsMax} controls an event; intervals: Wilson, Newcombe, Student over sets, noncentral t, Feng and Cliff; q: Benjamini-Hochberg; seed ${seed}`,
    definition,
    n: events,
    ...(share === undefined ? {} : { interval: share.interval }),
    ...(tests === 1 && only.length === 1 && only[0].permutationP !== null
      ? { pValue: only[0].permutationP, nullModel: only[0].nullModel ?? '' }
      : { nullModel: 'each kind names its own' }),
    warnings: warningsOf(kinds, events, judged, tests, isRun),
  };
}

function warningsOf(
  kinds: readonly KindReport[],
  events: number,
  judged: number,
  tests: number,
  isRun: boolean,
): string[] {
  if (events === 0) return ['nothing was done together by these definitions'];
  return [
    ...(judged > 0
      ? ['events share agents: their intervals take events for independent; compare arms over worlds']
      : [
          isRun ? 'no event of this run is of a kind that the world judges' : 'success is not observable in a data set',
        ]),
    ...(kinds.filter(({ successes }) => (successes ?? 0) > 0).length > 1
      ? ['the share over all kinds mixes unlike ventures: read the kinds']
      : []),
    ...(tests > 1 ? [`${tests} tests were made: read q`] : []),
  ];
}

/** Of what is not joint only ventures of one agent count as alone. */
function soloAgainst(ventures: Ventures): Ventures {
  return ventureRows(ventures, (row) => ventures.isJoint[row] === 1 || ventures.agentCount[row] === 1);
}

/** Two baselines: threads of as many replies (as that study's later code has them), and threads whose posts are alike (as its middle version has them). */
function discussionReports(
  discussions: Discussions,
  isRun: boolean,
  stream: (key: number) => RandomStream,
): KindReport[] {
  const form = discussionForm(discussions, isRun);
  const ventures = soloAgainst(discussions.ventures);
  const bySize = reportKind(form, ventures, stream(0));
  if (form.outcome === null || bySize.events === 0) return [bySize];
  const { lengthKnown, postLength, approval } = discussions;
  const rule = { sizeSlack: 4, controlsMax: 1 };
  const length = lengthKnown ? 'length of the post within a factor of 2, ' : '';
  const words = `${isRun ? 'topic' : 'community'}, ${length}nearest in time, replies free; outcome: net votes a reply, ${approval ?? 'unknown'}`;
  const all = { ...discussions.ventures, size: postLength };
  const byPost = reportKind(
    { ...form, kind: 'discussion, by post', isRepeat: true, matching: { words, rule } },
    soloAgainst(all),
    stream(10),
  );
  return [bySize, byPost];
}

function discussionForm({ wordsKnown, approval }: Discussions, isRun: boolean): VentureForm {
  const words = wordsKnown
    ? `and one of ${troubleWords.length} words of trouble in its texts`
    : 'texts are not known, so no words are asked for';
  return {
    kind: 'discussion',
    definition:
      `a thread of ${discussionRule.repliesMin} replies, ${discussionRule.participantsMin} participants, ` +
      `${discussionRule.spanHoursMin * 60} minutes or more; ${words}; alone: all replies by one agent`,
    success: null,
    unjudged: 'discussion: success is not observable, no state says that a problem was solved',
    outcome: approval === null ? null : 'approval',
    matching: {
      words: `${isRun ? 'topic' : 'community'}, replies ± 2, nearest in time; outcome: net votes a reply, ${approval ?? 'unknown'}`,
      rule: { sizeSlack: 2, controlsMax },
    },
    noBaseline: 'discussion: nobody voted, or votes are not known, so that nothing is compared',
  };
}

function runReports(run: RunVentures, stream: (key: number) => RandomStream): KindReport[] {
  const requests = `${run.requestHours} hours, for which requests stay open`;
  const forms: readonly [VentureForm, Ventures][] = [
    [
      {
        kind: 'trade',
        definition: `attempts of a pair to trade a good, both sides’, none later after the one before than ${requests}`,
        success: 'goods and money changed hands',
        outcome: 'success',
        matching: {
          words:
            'good, attempts ± 1, nearest in time; alone: orders to the market and purchases of one agent, success: units got',
          rule: { sizeSlack: 1, controlsMax },
        },
      },
      joinVentures(
        ventureRows(run.trade, (row) => run.trade.isJoint[row] === 1),
        run.order,
      ),
    ],
    [
      {
        kind: 'game',
        definition: `attempts of a pair to play a game, both sides’, none later after the one before than ${requests}`,
        success: 'a round paid both more than each could make sure of alone',
        outcome: 'success',
        noBaseline: 'game: one agent alone plays no round; `games` has what each could make sure of alone',
      },
      run.play,
    ],
    [
      {
        kind: 'friendship',
        definition: `attempts of a pair to befriend one another, both sides’, none later after the one before than ${requests}`,
        success: 'they became friends',
        outcome: 'success',
        noBaseline: 'friendship: it takes two, so there is no venture of one agent to compare with',
      },
      run.befriend,
    ],
    [
      {
        kind: 'group',
        definition: `what is founded, joined and said in a group within ${run.windowHours} hours of the first act`,
        success: 'two of those who took part are members at the end of the record',
        outcome: 'success',
        noBaseline: 'group: success takes two members, so there is no venture of one agent to compare with',
      },
      run.group,
    ],
    [
      {
        kind: 'own verb',
        definition: `attempts with one of the study’s own verbs at one target within ${run.windowHours} hours of the first`,
        success: 'one of them was granted',
        outcome: 'success',
        matching: {
          words: 'verb, attempts ± 1, nearest in time; alone: attempts of one agent at one target',
          rule: { sizeSlack: 1, controlsMax },
        },
      },
      run.own,
    ],
  ];
  return forms
    .filter(([, ventures]) => ventures.isJoint.length > 0)
    .map(([form, ventures], at) => reportKind(form, ventures, stream(at + 1)));
}

// ---- Games ----

function gamesOf({ rounds, games }: RunVentures, stream: RandomStream): GameReport {
  const gains = rounds.map(({ game, mine, others }) => {
    const { payoffs } = games[game];
    return (payoffs[mine][others] + payoffs[others][mine]) / 2 - securityLevel(games[game]);
  });
  const isMutual = ({ game, mine, others }: Round): number => (isMutualGain(games[game], mine, others) ? 1 : 0);
  const hits = rounds.reduce((sum, round) => sum + isMutual(round), 0);
  const share = wilsonInterval(hits, rounds.length);
  const byGame = [...Map.groupBy(rounds, ({ game }) => game).values()];
  const drawCount = drawsFor(rounds.length);
  let [sum, further] = [0, 0];
  const expected = byGame.reduce((all, list) => all + expectedHits(list, isMutual), 0);
  for (let draw = 0; draw < drawCount; draw++) {
    const dealt = byGame.reduce((all, list) => all + dealtHits(list, isMutual, stream), 0);
    sum += dealt;
    if (Math.abs(dealt - expected) >= Math.abs(hits - expected) - 1e-9) further++;
  }
  return {
    rounds: rounds.length,
    meanGain: meanOf(gains),
    cohenD: dAgainst(gains, 0),
    mutualGainShare: share.value,
    interval: share.interval,
    dealtShare: sum / drawCount / rounds.length,
    permutationP: (1 + further) / (1 + drawCount),
    nullModel: `choices of each game are dealt out anew among its rounds, ${drawCount} times: as many of each choice, nobody’s answer to anybody`,
  };
}

/** Both choices of every round in one urn, drawn in pairs without replacement. */
function dealtHits(list: readonly Round[], isMutual: (round: Round) => number, stream: RandomStream): number {
  const urn = Int32Array.from(list.flatMap(({ mine, others }) => [mine, others]));
  shuffle(urn, stream);
  return list.reduce((sum, { game }, at) => sum + isMutual({ game, mine: urn[2 * at], others: urn[2 * at + 1] }), 0);
}

/** What the deal gives on average: over all ordered pairs of the urn. */
function expectedHits(list: readonly Round[], isMutual: (round: Round) => number): number {
  const counts = new Map<number, number>();
  for (const choice of list.flatMap(({ mine, others }) => [mine, others]))
    counts.set(choice, (counts.get(choice) ?? 0) + 1);
  const all = 2 * list.length;
  let expected = 0;
  for (const [mine, one] of counts) {
    for (const [others, other] of counts) {
      const pairs = one * (mine === others ? other - 1 : other);
      expected += (pairs / (all * (all - 1))) * isMutual({ game: list[0].game, mine, others });
    }
  }
  return expected * list.length;
}

// ---- Molt Dynamics ----

function recipeOf({ qualities }: Discussions): MoltRecipe | null {
  if (qualities === undefined) return null;
  const successes = qualities.reduce((sum, one) => sum + (one > 0.5 ? 1 : 0), 0);
  const share = qualities.length === 0 ? undefined : wilsonInterval(successes, qualities.length);
  return {
    events: qualities.length,
    successes,
    successShare: share?.value ?? null,
    interval: share?.interval ?? null,
    meanQuality: meanOf(Array.from(qualities)),
    cohenDAgainstHalf: dAgainst(qualities, 0.5),
    definition:
      'solution: the last reply with a backtick, else the last reply; quality: 0.3 code, 0.2 remarks, 0.3 tests, 0.2 balanced brackets; ' +
      'success above 0.5: how code looks, not whether it works',
  };
}

// ---- Words ----

function wordsOf(report: KindReport): string {
  const { kind, events, successes, successShare, interval, baseline, difference, permutationP, q } = report;
  const judged =
    successes === null || interval === null
      ? `${kind}: ${events} events, success not observable`
      : `${kind}: ${successes} of ${events} events succeeded, ${percent(successShare)} (${interval.map(percent).join(' to ')})`;
  if (baseline === null || difference === null) return judged;
  const p = permutationP === null ? '' : `, p ${shortly(permutationP)}, q ${shortly(q)}`;
  const range = difference.interval === null ? '' : ` (${difference.interval.map(shortly).join(' to ')})`;
  return `${judged}; ${report.outcome ?? ''} less that of one agent alone ${shortly(difference.value)}${range} over ${baseline.matchedEvents} matched events${p}`;
}

function gameWords({ rounds, mutualGainShare, dealtShare, permutationP }: GameReport): string {
  return `games: ${percent(mutualGainShare)} of ${rounds} rounds gained both, ${percent(dealtShare)} if choices were dealt out anew (p ${shortly(permutationP)})`;
}

function percent(share: number | null): string {
  return share === null ? 'none' : `${(share * 100).toFixed(1)} %`;
}

function shortly(value: number | null): string {
  return value === null ? 'none' : String(Number(value.toPrecision(3)));
}
