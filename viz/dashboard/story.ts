/**
 * An agent's story up to a tick, and a cascade in full: what a dashboard shows of one of them.
 *
 * Reads ticks of the log again, newest first, until enough acts and items are found; gives way to others after each slice, so that a story of a
 * long run does not hold up those who watch it. Texts go out as texts: nothing here makes markup.
 */
import { outcomeName, outcomes, reasonName, reasons, ruleName } from '../../sim/exchange/reasons.ts';
import { sources } from '../../sim/exchange/tables.ts';
import { familyOf, firstOwnVerb, makesPost, verbs } from '../../sim/exchange/verbs.ts';
import { actOf, rowsOfAgent } from '../../sim/record/agent-reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { firstAfter } from './watch.ts';
import type { LogFollower } from '../../sim/record/live-log-reader.ts';
import type { LoggedAct } from '../../sim/record/agent-reader.ts';
import type { ActRow, CascadeMessage, CascadeRow, FeedRow, StoryMessage } from './messages.ts';
import type { Groups, Shown } from './shown.ts';

const actsShown = 40;
const itemsShown = 30;
const membersShown = 40;
/** Ticks that are read before others get their turn. */
const sliceTicks = 8;
const textLengthMax = 600;

const verbNames = new Map<number, string>(Object.entries(verbs).map(([name, number]) => [number, name]));
const sourceNames = new Map<number, string>(Object.entries(sources).map(([name, number]) => [number, name]));

/** What a verb is called: own verbs have numbers in the order of their names. */
function verbName(verb: number, ownVerbs: readonly string[]): string {
  return verbNames.get(verb) ?? ownVerbs[verb - firstOwnVerb] ?? `verb ${verb}`;
}

/** Tells an agent's story up to a tick, that tick included. */
export async function tellStory(
  follower: LogFollower,
  ordinal: number,
  tick: number,
  view: { readonly shown: Shown; readonly groups: Groups },
): Promise<StoryMessage> {
  const { population, manifest } = follower.records;
  const acts: LoggedAct[] = [];
  const items: Omit<FeedRow, 'author' | 'text'>[] = [];
  const tally = { granted: 0, refused: 0 };
  for (let one = tick; one >= 0; one--) {
    const record = follower.record(one);
    const rows = rowsOfAgent(record, ordinal);
    for (let row = rows.to - 1; row >= rows.from; row--) {
      tally[record.outcome[row] === outcomes.refused ? 'refused' : 'granted']++;
      if (acts.length < actsShown) acts.push(actOf(record, row));
    }
    const { agent, post, position, source } = record.seen;
    const from = items.length;
    for (let k = 0; k < agent.length && from < itemsShown; k++) {
      if (agent[k] !== ordinal) continue;
      items.push({ tick: one, position: position[k] + 1, source: sourceNames.get(source[k]) ?? '', post: post[k] });
    }
    if ((tick - one) % sliceTicks === sliceTicks - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const { posts } = follower;
  const { groups, shown } = view;
  return {
    id: externalId(population.ids, ordinal),
    node: shown.nodeOf[ordinal] ?? -1,
    tick,
    facts: [
      [groups.kind, groups.names[groups.of[ordinal]]],
      ['followers at the start', String(shown.followers[ordinal])],
      ['follows at the start', String(population.followOffset[ordinal + 1] - population.followOffset[ordinal])],
      ['wakes a day', population.wakesPerDay[ordinal].toFixed(1)],
      ...(population.traits ?? []).map(({ name, labels, value }): [string, string] => [
        name,
        labels === undefined ? String(value[ordinal]) : labels[value[ordinal]],
      ]),
    ],
    acts: acts.map((act) => actRow(follower, ordinal, act, manifest.ownVerbs ?? [])),
    feed: items.slice(0, itemsShown).map((item) => ({
      ...item,
      author: externalId(population.ids, posts.author[item.post]),
      text: follower.textOf(item.post).slice(0, textLengthMax),
    })),
    feedNote: items.length > 0 ? '' : feedNote(manifest.exposureSampleShare),
    ...tally,
  };
}

function feedNote(share: number): string {
  const kept = `The feeds of ${Number((share * 100).toPrecision(3))} % of the agents are recorded`;
  return share >= 1
    ? 'It was shown nothing so far.'
    : `${kept}; this one is not among them, or was shown nothing so far.`;
}

function actRow(follower: LogFollower, ordinal: number, act: LoggedAct, ownVerbs: readonly string[]): ActRow {
  const { tick, sequence, verb, outcome, reason, rule, result } = act;
  const { ids } = follower.records.population;
  const code = reasonName(reason);
  const isMade = outcome === outcomes.granted && makesPost(verb) && result > 0;
  const said = isMade ? follower.textOf(result) : (act.detail?.text ?? '');
  return {
    ...{ tick, intent: `${tick}:${externalId(ids, ordinal)}:${sequence}`, verb: verbName(verb, ownVerbs) },
    target: targetWords(follower, act),
    ...{ outcome: outcomeName(outcome), reason: code, rule: ruleName(rule) },
    valid: outcome === outcomes.refused ? reasons[code].valid : '',
    text: said.slice(0, textLengthMax),
  };
}

function targetWords(follower: LogFollower, { verb, target }: LoggedAct): string {
  const { population } = follower.records;
  const family = familyOf(verb);
  if (family === 'tie' || family === 'bond' || family === 'ban') return externalId(population.ids, target);
  const isOfPost = family === 'content' || family === 'reaction' || family === 'standing';
  if (!isOfPost || target < 1 || verb === verbs.post || target > follower.posts.count) return '';
  return `post ${target} of ${externalId(population.ids, follower.posts.author[target])}`;
}

/** A cascade after a tick. */
export function tellCascade(follower: LogFollower, row: CascadeRow, tick: number, shown: Shown): CascadeMessage {
  const { posts, records } = follower;
  const { ids } = records.population;
  const end = firstAfter(posts.tick, posts.count, tick);
  const growth: number[] = [];
  const depthOf = new Map<number, number>([[row.root, 0]]);
  const widths: number[] = [];
  const nodes = new Set<number>();
  const members: CascadeMessage['members'][number][] = [];
  let size = 0;
  for (let id = row.root; id <= end; id++) {
    if (posts.root[id] !== row.root) continue;
    size++;
    while (growth.length < posts.tick[id] - row.tick) growth.push(growth.at(-1) ?? 0);
    growth[posts.tick[id] - row.tick] = size;
    const depth = id === row.root ? 0 : (depthOf.get(posts.parent[id]) ?? 0) + 1;
    depthOf.set(id, depth);
    widths[depth] = (widths[depth] ?? 0) + 1;
    const node = shown.nodeOf[posts.author[id]] ?? -1;
    if (node >= 0) nodes.add(node);
    if (id === row.root || members.length >= membersShown) continue;
    members.push({
      agent: externalId(ids, posts.author[id]),
      tick: posts.tick[id],
      verb: verbNames.get(posts.kind[id]) ?? '',
      of: externalId(ids, posts.author[posts.parent[id]]),
    });
  }
  while (growth.length <= tick - row.tick) growth.push(growth.at(-1) ?? 0);
  return {
    ...{ ...row, size, growth, nodes: [...nodes], members },
    text: follower.textOf(row.root).slice(0, textLengthMax),
    depth: Math.max(0, widths.length - 1),
    breadth: widths.reduce((most, one) => Math.max(most, one), 0),
  };
}
