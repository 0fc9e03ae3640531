/**
 * What a fork does to its parent's world, as ready-made forms: a shock, a wave of bans, bots, a treatment of some agents, a feed.
 *
 * Pure, but for a file of interventions, which is read. A form becomes settings and interventions of the scenario, so nothing acts past the Game
 * Master, and a ban by somebody who may not ban is refused there. Agents are drawn without replacement from the run's own seed and the place of the form.
 * Invariant: the same run, tick and forms give the same interventions. Forms: `shock:agent=ID,text=…,appeal=2`; `ban-wave:by=ID,share=0.05,hours=24`;
 * `bots:share=0.01,every=4,text=…,appeal=1`; `treat:share=0.5,verb=rest,amount=3`
 * (`by=post` acts on posts, `by=community` and `by=world` make all of their agents act); `feed:recommender=random`; or a YAML or JSON file with a list.
 */
import { InputError, echo } from '../../sim/ground/errors.ts';
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { readDocument } from '../../sim/scenario/document.ts';
import { unitKinds } from './treatment.ts';
import type { Assignment, Dealing } from './treatment.ts';

/** The run that a form is for. */
export interface FormContext {
  readonly at: number;
  readonly seed: number;
  readonly agents: number;
  readonly idOf: (agent: number) => string;
  /** Deals units of the parent's world to a treatment. */
  readonly assign: (dealing: Dealing) => Assignment;
}

/** What a form comes to. */
export interface Intervening {
  readonly set: readonly string[];
  readonly interventions: readonly object[];
  /** External ids of agents that were drawn. */
  readonly drawn: readonly string[];
  /** Of a treatment: who was dealt what. */
  readonly assignment?: Assignment;
}

const fields: Readonly<Record<string, { readonly must: readonly string[]; readonly may: readonly string[] }>> = {
  shock: { must: ['agent'], may: ['text', 'appeal'] },
  'ban-wave': { must: ['by', 'share'], may: ['hours'] },
  bots: { must: ['share', 'every'], may: ['text', 'appeal'] },
  treat: { must: ['share', 'verb'], may: ['by', 'of', 'agent', 'amount', 'text', 'target', 'item'] },
  feed: { must: ['recommender'], may: ['length', 'outOfNetworkShare'] },
};

/** Reads one `--intervene`; `place` is its number among them. */
export function interveneOf(text: string, context: FormContext, place: number): Intervening {
  if (/\.(ya?ml|json)$/.test(text)) return { set: [], interventions: listIn(text), drawn: [] };
  const colon = text.indexOf(':');
  const form = colon < 0 ? text : text.slice(0, colon);
  const known = Object.hasOwn(fields, form) ? fields[form] : refuse(text, `${echo(form)} is not a form`);
  const given = Object.fromEntries(
    (colon < 0 ? [] : text.slice(colon + 1).split(',')).map((part): [string, string] => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
    }),
  );
  const names = Object.keys(given);
  const lost = known.must.find((name) => !names.includes(name));
  if (lost !== undefined) refuse(text, `${form} lacks ${lost}`);
  const odd = names.find((name) => ![...known.must, ...known.may].includes(name));
  if (odd !== undefined) refuse(text, `${form} has no ${echo(odd)}`);
  return formed(form, given, context, place);
}

function formed(form: string, given: Record<string, string>, context: FormContext, place: number): Intervening {
  if (form === 'treat') return treated(given, context, place);
  const { at: tick } = context;
  const { share, by, hours = '24', every, agent, recommender, ...rest } = given;
  if (form === 'feed') {
    const set = Object.entries({ recommender, ...rest }).map(([name, value]) => `feed.${name}=${value}`);
    return { set, interventions: [], drawn: [] };
  }
  const more = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      ['appeal', 'amount'].includes(name) ? numberOf(value, form) : value,
    ]),
  );
  if (form === 'shock') return { set: [], interventions: [{ tick, agent, verb: 'post', ...more }], drawn: [] };
  const drawn = draw(numberOf(share, form), context, place, form);
  const interventions = drawn
    .filter((id) => id !== by)
    .map((id) => {
      if (form === 'ban-wave') return { tick, agent: by, verb: 'ban', target: id, amount: numberOf(hours, form) };
      return { tick, everyTicks: numberOf(every, form), agent: id, verb: 'post', ...more };
    });
  return { set: [], interventions, drawn };
}

/** A treatment, dealt by agent, post, community or world. Posts are acted on by `agent`, or each by an agent that is drawn for it. */
function treated(given: Record<string, string>, context: FormContext, place: number): Intervening {
  const { share, verb, by = 'agent', of, agent, ...rest } = given;
  const kind = unitKinds.find((one) => one === by);
  if (kind === undefined) refuse('treat', `by=${by} is none of ${unitKinds.join(', ')}`);
  const shareNumber = numberOf(share, 'treat');
  if (!(shareNumber > 0 && shareNumber <= 1)) refuse('treat', `share must lie in (0, 1], got ${share}`);
  if (of !== undefined && kind !== 'community') refuse('treat', 'of= is of by=community');
  if (agent !== undefined && kind !== 'post') refuse('treat', 'agent= is of by=post: whoever acts on the posts');
  const form = `treat:${Object.entries(given)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')}`;
  const dealing = { form, by: kind, share: shareNumber, at: context.at, place, ...(of === undefined ? {} : { of }) };
  const assignment = context.assign(dealing);
  const units = assignment.units.filter(({ isTreated }) => isTreated);
  const more = { ...rest, ...(rest.amount === undefined ? {} : { amount: numberOf(rest.amount, 'treat') }) };
  const members = units.flatMap((unit) => unit.members);
  const actors = kind === 'post' && agent === undefined ? drawActors(members.length, context, place) : [];
  const interventions = members.map((member, at) =>
    kind === 'post'
      ? { tick: context.at, agent: agent ?? actors[at], verb, post: member, ...more }
      : { tick: context.at, agent: context.idOf(member), verb, ...more },
  );
  return { set: [], interventions, drawn: units.map(({ name }) => name), assignment };
}

/** Agents for posts: each once before any twice. */
function drawActors(count: number, { seed, agents, idOf }: FormContext, place: number): string[] {
  const order = Array.from({ length: agents }, (_, agent) => agent);
  shuffle(order, randomStream(seed, streamPurposes.design, 2000 + place));
  return Array.from({ length: count }, (_, at) => idOf(order[at % agents]));
}

function draw(share: number, { seed, agents, idOf }: FormContext, place: number, form: string): string[] {
  if (!(share > 0 && share <= 1)) refuse(form, `share must lie in (0, 1], got ${share}`);
  const order = Array.from({ length: agents }, (_, agent) => agent);
  shuffle(order, randomStream(seed, streamPurposes.design, 1000 + place));
  const chosen = order.slice(0, Math.max(1, Math.round(share * agents))).sort((a, b) => a - b);
  return chosen.map(idOf);
}

function numberOf(text: string, form: string): number {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : refuse(form, `${echo(text)} is not a number`);
}

function listIn(file: string): object[] {
  const { value } = readDocument(file);
  if (Array.isArray(value)) return value as object[];
  return refuse(file, 'the file is not a list of interventions');
}

function refuse(text: string, found: string): never {
  throw new InputError({
    code: 'INPUT_USAGE',
    place: { file: '--intervene' },
    found: `${echo(text)}: ${found}`,
    next: 'Forms: shock, ban-wave, bots, treat, feed, or a file with a list of interventions.',
  });
}
