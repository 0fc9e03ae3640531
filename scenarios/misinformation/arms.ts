/**
 * The arms of the study of misinformation: what each changes of the scenario, and how large the odds of a rumour are in it.
 *
 * An appeal is a difference of log-odds at one look. Sources: 1.7 is Vosoughi, Roy and Aral 2018 (Science 359, 1146): falsehoods 70 % more
 * likely to be retweeted, with account and followers held fixed; 1 is what experiments on the intention to share come near to (Pennycook et
 * al. 2020, Psychol. Sci. 31, 770); 1.3 is half way between on the scale of logarithms, 2.2 lies beyond. What a label takes away stands in the scenario.
 */
import { log } from '../../sim/ground/detmath.ts';

/** One arm. */
export interface Arm {
  readonly name: string;
  /** What it is, for tables. */
  readonly says: string;
  /** Which question it belongs to. */
  readonly part: 'main' | 'odds' | 'feed' | 'moderation' | 'setting' | 'control';
  /** Changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
  /** Odds of a rumour, and of a true claim, over those of a true claim. */
  readonly odds: readonly [rumour: number, truth: number];
  /** What a moderator does to rumours, ten ticks (half an hour) after they were written. */
  readonly does?: 'label' | 'limit' | 'remove';
}

/** Published odds, and the grid around them. */
export const publishedOdds = 1.7;
export const oddsLevels = [1, 1.3, publishedOdds, 2.2] as const;

const usual: Arm['odds'] = [publishedOdds, 1];
const arm = (part: Arm['part'], name: string, says: string, ...set: string[]): Arm => ({
  ...{ part, name, says, set, odds: usual },
});

/** The arm that all others are compared with. */
export const mainArm = arm('main', 'main', 'feed mix: three of five by recency from followees, two by interest');
/** Nobody has an appeal: what is found here is noise. */
export const nullArm: Arm = { ...arm('control', 'odds-1', 'odds 1: no difference'), odds: [1, 1] };
/** All claims have the rumours' appeal: against the null, the effect without competition between a rumour and its truth. */
export const allArm: Arm = {
  ...arm('control', 'all-rumours', 'all eight claims have it'),
  odds: [publishedOdds, publishedOdds],
};

/** Arms beside the main one, the null and the one of rumours alone. */
export const otherArms: readonly Arm[] = [
  ...oddsLevels
    .filter((odds) => odds !== 1 && odds !== publishedOdds)
    .map((odds): Arm => ({ ...arm('odds', `odds-${odds}`, `odds ${odds}`), odds: [odds, 1] })),
  arm('feed', 'recency', 'recommender off: newest of whom one follows', 'feed.recommender=recency'),
  arm('feed', 'interest', 'by interest, in and out of the network', 'feed.recommender=interest'),
  arm(
    'feed',
    'twhin',
    'OASIS: three by recency, two by match, age and reach',
    'feed.blend=[{recommender: recency, share: 0.6}, {recommender: twhin, share: 0.4}]',
  ),
  arm('feed', 'hot', 'by score and age, the same for all', 'feed.recommender=hot'),
  arm('feed', 'random', 'live posts and reposts, each as likely', 'feed.recommender=random'),
  { ...arm('moderation', 'label', 'rumours are labelled'), does: 'label' },
  { ...arm('moderation', 'limit', 'rumours are shown to followers alone'), does: 'limit' },
  { ...arm('moderation', 'remove', 'rumours are removed'), does: 'remove' },
  arm('setting', 'others', 'claims are written by ordinary agents', 'sources.by=others'),
  arm('setting', 'quiet', 'nobody writes anything else', 'policies[0].rules.postShare=0'),
  arm(
    'setting',
    'followed',
    'ordinary agents have followers, too',
    'population.graph={kind: audience}',
    'population.followsMean=10',
    'population.prominent={count: 196, audienceShareMedian: 0.05, audienceSpread: 0, wakesPerDay: 50.57}',
  ),
];

/** Ticks from a rumour to what a moderator does to it. */
const moderationTicks = 10;

/** The changes of one world of an arm: `isMirrored` exchanges the roles of the two accounts of each pair. */
export function worldSettings({ set, odds, does }: Arm, isMirrored: boolean): string[] {
  const [rumour, truth] = odds.map((one) => Number(log(one).toFixed(4)));
  const appeals = isMirrored ? [rumour, truth] : [truth, rumour];
  const of = isMirrored ? 'first' : 'second';
  return [
    `sources.pairAppeals=[${appeals.join(', ')}]`,
    ...(does === undefined ? [] : [`sources.moderation={does: ${does}, of: ${of}, afterTicks: ${moderationTicks}}`]),
    ...set,
  ];
}

/** Core accounts in a population: OASIS's 196, or a fifth of a smaller one, each then followed by as many as may. */
export function sizeSettings(agents: number): string[] {
  const posts = 1 << (32 - Math.clz32(Math.max(16_384, agents) - 1));
  const size = [`population.agents=${agents}`, `postCapacity=${posts}`];
  const coreCount = Math.min(coreCountUsual, Math.floor(agents / 5));
  if (coreCount === coreCountUsual) return size;
  const followShare = Math.min(1, (0.2 * coreCountUsual) / coreCount);
  return [
    ...size,
    `population.graph={kind: star-topic, coreCount: ${coreCount}, followShare: ${followShare}, coreWakesPerDay: 50.57}`,
  ];
}

const coreCountUsual = 196;
/** The least population in which all 196 core accounts and ordinary agents fit: sizes from here on differ in size alone. */
export const comparableAgents = 980;
