/**
 * The ODD+D description of an arm out of its scenario: what the file says in the protocol's order, with every parameter, unit, range and source.
 *
 * Pure. What the scenario does not say is not made up: where a heading has no field, the text says how the engine does it, or that nothing is said.
 * Source of the headings: Müller and others, "Describing human decisions in agent-based models: ODD + D", Environ. Model. Softw. 48, 2013.
 */
import { parametersIn } from './scenarios.ts';
import type { ScenarioData } from '../../sim/scenario/schema.ts';

/** The description as Markdown. */
export function overviewOf(
  arm: string,
  data: ScenarioData,
  source: { readonly name: string; readonly sha256: string },
): string {
  const { population, ticks, tickSeconds, startHour, seed, policies, feed, verbs, interventions, sources, failures } =
    data;
  const hours = (ticks * tickSeconds) / 3600;
  const kinds = policies.map((policy) => {
    const kind =
      policy.own !== undefined
        ? `own code (${policy.own})`
        : policy.model !== undefined
          ? 'language model'
          : policy.archetypes !== undefined
            ? 'archetypes'
            : 'rules';
    return `${kind}, share ${policy.share}`;
  });
  const recommender = typeof feed.recommender === 'string' ? feed.recommender : `own code (${feed.recommender.own})`;
  const parameters = parametersIn(data).map(
    ({ path, value, unit, range, source: from, description }) =>
      `| ${[path, JSON.stringify(value), unit, range, from, description].map(cell).join(' | ')} |`,
  );
  return [
    `# ${arm}: overview, design concepts, details and decisions (ODD+D)`,
    '',
    `Made of ${source.name}, SHA-256 ${source.sha256}.`,
    '',
    '## Overview',
    '',
    `**Purpose.** ${data.description ?? 'The scenario does not say.'}`,
    '',
    `**Entities, state variables, scales.** Agents (${population.kind}), posts, directed ties. ${ticks} ticks of ${tickSeconds} s, ${Number(hours.toPrecision(6))} hours from hour ${startHour} of the day.`,
    '',
    `**Process overview and scheduling.** In each tick: who is awake is drawn; each of them is shown a feed; each decides; every act gets one ruling; granted acts change the world, for all at once. What competes is ordered by a keyed lottery.`,
    '',
    '## Design concepts',
    '',
    `**Individual decision making.** ${kinds.join('; ')}. Acts that are allowed: ${verbs.join(', ')}.`,
    '',
    `**Sensing.** A feed of ${feed.length} items by ${feed.blend === undefined ? recommender : 'a blend of recommenders'}, what an agent was shown before, and refusals with their reasons.`,
    '',
    `**Interaction.** By posts that are shown, ties that are made and cut, and acts on one another.`,
    '',
    `**Heterogeneity.** ${data.population.kind === 'generated' ? 'Activity, interests and ties are drawn for each agent.' : 'Agents are read from files.'}`,
    '',
    `**Stochasticity.** Every draw is a function of seed, tick, agent and purpose; the seed of the first world is ${seed}, or what the study says.`,
    '',
    `**Learning, individual prediction, collectives.** The scenario says nothing of them.`,
    '',
    '## Details',
    '',
    `**Initialisation.** The population of the scenario; ${sources === undefined ? 'no posts by prominent accounts are planned' : `${sources.count} posts by prominent accounts from tick ${sources.firstTick} on`}.`,
    '',
    `**Input and interventions.** ${interventions.length} interventions${failures === undefined ? '' : `, ${failures.length} failures`}.`,
    '',
    '**Submodels.** Every parameter:',
    '',
    '| field | value | unit | range | source | what |',
    '|---|---|---|---|---|---|',
    ...parameters,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
