/**
 * What a scenario makes agents do, from names to numbers: repeated acts one by one, things by their place in the scenario.
 *
 * Order: that of the scenario. Throws on names of nothing and on acts that lack what their verb acts on.
 */
import { InputError } from '../ground/errors.ts';
import { encodeSurvey } from '../exchange/surveys.ts';
import { verbTable } from '../exchange/verbs.ts';
import { placeOf } from './grounds.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { BuiltInVerb, TargetKind } from '../exchange/verbs.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Intervention } from './plan.ts';

type SurveyData = NonNullable<InterventionData['survey']>;
type InterventionData = ScenarioData['interventions'][number];

const builtIn = new Map(verbTable().map((verb) => [verb.name, verb]));

/** The interventions of a scenario as a plan holds them. */
export function interventionsOf(
  { interventions, ticks }: Pick<ScenarioData, 'interventions' | 'ticks'>,
  grounds: GroundsPlan | undefined,
): Intervention[] {
  return interventions.flatMap((one, i) => {
    const { everyTicks, times, ...act } = one;
    const path = `interventions[${i}]`;
    const first = withNumbers(act, grounds, path);
    if (everyTicks === undefined && times !== undefined) return refuseTimes(path);
    if (everyTicks === undefined) return [first];
    const most = Math.ceil((ticks - act.tick) / everyTicks);
    const count = Math.max(1, Math.min(times ?? most, most));
    return Array.from({ length: count }, (_, k) => ({ ...first, tick: act.tick + k * everyTicks }));
  });
}

function refuseTimes(path: string): never {
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `${path} has times without everyTicks`,
    next: 'Say after how many ticks it is done again.',
  });
}

/** Verbs that mean nothing without what they are about. */
const needsAbout: Readonly<Partial<Record<InterventionData['verb'], string>>> = {
  ...{ give: 'a good', trade: 'a good', play: 'a choice', appoint: 'a community', dismiss: 'a community' },
};

/** Fields that have become numbers under other names. */
const resolved: readonly string[] = ['about', 'post', 'survey'];

function withNumbers(
  act: Omit<InterventionData, 'everyTicks' | 'times'>,
  grounds: GroundsPlan | undefined,
  path: string,
): Intervention {
  const { item, about } = act;
  const kind = builtIn.get(act.verb)?.target ?? 'none';
  const numbers = {
    item: itemOf(act, kind, grounds, path),
    // In a game the amount says which.
    ...(act.verb === 'play' ? { amount: gameOf(item, grounds, path) } : {}),
    argument: about === undefined ? undefined : argumentOf(act.verb, about, item, grounds, `${path}.about`),
    ...(act.survey === undefined ? {} : { text: surveyText(act, act.survey, path) }),
  };
  const lacking = needsAbout[act.verb];
  if (about === undefined && lacking !== undefined) lacks(path, act.verb, `about: ${lacking}`);
  const all = Object.entries({ ...act, ...numbers }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all.filter(([name]) => !resolved.includes(name))) as unknown as Intervention;
}

/** A typed question as the text of its interview. */
function surveyText({ verb, text }: Pick<InterventionData, 'verb' | 'text'>, survey: SurveyData, path: string): string {
  const isRange = !('least' in survey) || survey.least < survey.most;
  if (verb !== 'interview' || text !== undefined || !isRange) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: isRange
        ? `${path} has a survey and ${verb === 'interview' ? 'a text' : `the verb ${verb}`}`
        : `${path}.survey has no numbers from ${survey.least} to ${survey.most}`,
      next: isRange ? 'Ask by verb: interview and survey alone.' : 'Write least below most.',
    });
  }
  const { question } = survey;
  if ('options' in survey) return encodeSurvey({ form: 'choice', question, options: survey.options });
  if ('least' in survey) return encodeSurvey({ form: 'number', question, least: survey.least, most: survey.most });
  return encodeSurvey({ form: 'text', question, lengthMax: survey.lengthMax });
}

function itemOf(
  { verb, target, item, post }: Omit<InterventionData, 'everyTicks' | 'times'>,
  kind: TargetKind,
  grounds: GroundsPlan | undefined,
  path: string,
): number | undefined {
  if (kind === 'none') return undefined;
  if (kind === 'agent') return target === undefined ? lacks(path, verb, 'target: an agent') : undefined;
  if (kind === 'post') return post ?? lacks(path, verb, 'post: a number');
  if (item === undefined) return lacks(path, verb, `item: a ${kind}`);
  const lists = {
    ...{ group: grounds?.groups, community: grounds?.communities, product: grounds?.products, good: grounds?.goods },
    ...{ place: grounds?.places, game: grounds?.games },
  };
  return placeOf(lists[kind] ?? [], item, `${path}.item`, kind);
}

function gameOf(item: string | undefined, grounds: GroundsPlan | undefined, path: string): number {
  return item === undefined
    ? lacks(path, 'play', 'item: a game')
    : placeOf(grounds?.games ?? [], item, `${path}.item`, 'game');
}

function lacks(path: string, verb: string, what: string): never {
  throw new InputError({
    code: 'INPUT_REQUIRED',
    found: `${path}: ${verb} lacks ${what}`,
    next: 'Say what it acts on.',
  });
}

function argumentOf(
  verb: BuiltInVerb,
  about: string,
  item: string | undefined,
  grounds: GroundsPlan | undefined,
  path: string,
): number {
  if (verb === 'play') {
    const game = grounds?.games.find(({ name }) => name === item);
    const choices = (game?.choices ?? []).map((name) => ({ name }));
    return placeOf(choices, about, path, 'choice');
  }
  if (verb === 'post' || verb === 'appoint' || verb === 'dismiss')
    return placeOf(grounds?.communities ?? [], about, path, 'community');
  return placeOf(grounds?.goods ?? [], about, path, 'good');
}
