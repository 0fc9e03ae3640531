/**
 * `why RUN tick:agent:sequence`: what an agent attempted, what became of it and why; without a sequence, all of that agent in that tick.
 *
 * Reads the log alone, and a study's module for what its verbs are. Nothing is computed again but the lottery.
 */
import { InputError } from '../../sim/ground/errors.ts';
import { explain } from '../../sim/engine/explain.ts';
import { Names, verbsOf } from '../../sim/engine/names.ts';
import { planAt } from '../../sim/engine/agent-state.ts';
import { actOf } from '../../sim/record/agent-reader.ts';
import { parseIntentName, readIntentTick } from '../../sim/record/intent-reader.ts';
import { refuseChanged } from '../../sim/record/manifest.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { appealScale } from '../../sim/world/posts.ts';
import { note, printResult } from './output.ts';
import {
  actLine,
  actWords,
  agentWords,
  causeWords,
  counted,
  named,
  postWords,
  ruleWords,
  rulingWords,
  table,
  targetWords,
  timeOf,
  timeWords,
  validWords,
} from './words.ts';
import type { Effect } from '../../sim/exchange/verbs.ts';
import type { Contest, CounterChange, Explanation } from '../../sim/engine/explain.ts';
import type { NamedAct } from '../../sim/engine/names.ts';
import type { IntentName, IntentTick } from '../../sim/record/intent-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { SimulatedTime } from './words.ts';

/** Runs the command. Returns its exit status. */
export async function whyCommand(run: string, intent: string, flags: { json?: boolean }): Promise<number> {
  const records = openRecords(run);
  const { manifest, population } = records;
  refuseChanged(run, manifest);
  const name = parseIntentName(records, intent);
  const found = readIntentTick(records, name);
  const book = await verbsOf(manifest);
  if (book.missing !== undefined) note(`${book.missing}: targets of its verbs are shown as numbers`);
  const names = new Names(population, book, found.posts);
  const rows = Array.from({ length: found.rows.to - found.rows.from }, (_, i) => found.rows.from + i);
  const all = rows.map((row) => names.act(name.ordinal, actOf(found.record, row)));
  const chosen = rows.filter((row) => name.sequence === undefined || found.record.sequence[row] === name.sequence);
  if (chosen.length === 0) throw missing(records, name, found, all, names);
  const { startHour = 0 } = planAt(manifest, name.tick);
  const time = timeOf(name.tick, { tickSeconds: manifest.tickSeconds, startHour });
  if (name.sequence === undefined) {
    const agent = names.agent(name.ordinal);
    const { chain } = found;
    printResult(flags.json === true, { run, agent, tick: name.tick, time, intents: all, chain }, () =>
      [
        `${agentWords(agent)} attempted ${counted(all.length, 'act')} in tick ${name.tick} (${timeWords(time)})`,
        ...all.map(actLine),
      ].join('\n'),
    );
    return 0;
  }
  const explanation = explain(records, book, found, chosen[0]);
  printResult(flags.json === true, { run, time, ...explanation, words: sentence(explanation) }, () =>
    describe(explanation, time),
  );
  return 0;
}

const listedMax = 12;

/** Names what there is instead: the agent's intents of that tick, or the nearest ticks in which it acted. */
function missing(
  records: Records,
  name: IntentName,
  { actedNear }: IntentTick,
  all: readonly NamedAct[],
  names: Names,
): InputError {
  const agent = agentWords(names.agent(name.ordinal));
  if (all.length > 0) {
    const more = all.length > listedMax ? `; and ${all.length - listedMax} more` : '';
    return new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `${agent} has no intent ${String(name.sequence)} in tick ${name.tick}`,
      next: `Its intents of that tick: ${all.slice(0, listedMax).map(actLine).join('; ')}${more}.`,
    });
  }
  const near = actedNear.map(String).join(', ');
  return new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    found: `${agent} attempted nothing in tick ${name.tick}`,
    next:
      near === ''
        ? `It attempted nothing in any of the ${records.head.ticks} recorded ticks.`
        : `The nearest ticks in which it did: ${near}.`,
  });
}

/** The whole in one sentence. */
function sentence(one: Explanation): string {
  const who = agentWords(one.agent);
  const tried =
    one.by === 'scenario' ? `the scenario made ${who}` : `${one.by === 'agent' ? who : 'the platform'} tried to`;
  return `In tick ${one.tick} ${tried} ${actWords(one)}. It was ${one.outcome}: ${causeWords(one.reason)}.`;
}

function describe(one: Explanation, time: SimulatedTime): string {
  const rows: [string, string][] = [
    ['intent', named(one.intent)],
    ['when', `tick ${one.tick}: ${timeWords(time)}`],
    [
      'who',
      `${agentWords(one.agent)} (#${one.agent.ordinal})${one.by === 'scenario' ? ', made to by the scenario' : ''}`,
    ],
    ['attempt', `${actWords(one)}${appealWords(one)}`],
    ['ruling', `${rulingWords(one)}: ${causeWords(one.reason)}`],
  ];
  if (one.reason !== 'OK') rows.push(['valid', validWords(one.reason)]);
  rows.push([
    'rule',
    `${named(one.rule)} (${one.ruleNumber}): ${gateWords(one)}; decided by ${one.resolver}, ${versionWords(one)}`,
  ]);
  if (one.endTick !== undefined) {
    rows.push(['until', `tick ${one.endTick}${one.outcome === 'granted' ? '' : ': from then on it may try again'}`]);
  }
  if (one.contest !== undefined) rows.push(...contestRows(one.contest));
  rows.push(...effectRows(one));
  if (one.seen !== undefined) rows.push(['seen', `at place ${one.seen.position} of its feed, from ${one.seen.source}`]);
  const { answered, failed } = one.modelAnswers;
  if (answered + failed > 0) rows.push(['model', `${answered} answers and ${failed} failures in this tick`]);
  rows.push(['also', one.others.length === 0 ? 'nothing else in this tick' : actLine(one.others[0])]);
  for (const other of one.others.slice(1)) rows.push(['', actLine(other)]);
  rows.push(['input', one.inputHash], ...chainRows(one));
  return table(rows);
}

function gateWords({ rule, moderation, invariant }: Explanation): string {
  if (invariant?.code === rule)
    return `an invariant of ${invariant.scope === 'actor' ? 'each actor' : 'the whole run'}: ${invariant.formula}`;
  if (moderation?.id !== rule) return ruleWords(rule);
  const { does, reports, version } = moderation;
  return `the platform’s own rule, version ${version}: ${does} after ${counted(reports, 'report')}`;
}

function versionWords({ ruleVersion }: Explanation): string {
  const own = ruleVersion.ownCode === null ? '' : `, own code ${ruleVersion.ownCode.slice(0, 12)}`;
  return `engine ${ruleVersion.engine}${own}`;
}

const contendersShown = 10;

function contestRows(contest: Contest): [string, string][] {
  const places = contest.places === undefined ? 'an unknown number of places' : counted(contest.places, 'place');
  const rows: [string, string][] = [
    ['contest', `${counted(contest.contenderCount, 'attempt')} for ${places}`],
    [
      '',
      `rank ${contest.rank} of ${contest.contenderCount}, draw ${contest.draw.toFixed(6)}; the least is served first`,
    ],
  ];
  contest.order.slice(0, contendersShown).forEach(({ agent, sequence, draw, granted }, i) => {
    const what = granted ? 'granted' : 'lost';
    rows.push(['', `${i + 1}. ${draw.toFixed(6)} ${agentWords(agent)}, attempt ${sequence}: ${what}`]);
  });
  const more = contest.order.length - contendersShown;
  if (more > 0) rows.push(['', `and ${more} more`]);
  return rows;
}

function effectRows(one: Explanation): [string, string][] {
  const made = one.made === undefined ? [] : [`made ${postWords(one.made)}`];
  const effects = [...made, ...one.counters.map(counterWords), ...one.operations.map((each) => effectWords(each, one))];
  const none = one.outcome === 'granted' ? 'none that the log shows' : `none: it was ${one.outcome}`;
  const what = effects.length > 0 ? effects : [none];
  return what.map((text, i) => [i === 0 ? 'effects' : '', text]);
}

function counterWords({ of, name, before, after }: CounterChange): string {
  return `${name} of the ${of === 'post' ? 'content' : 'agent'} aimed at: ${before} before the tick, ${after} after it`;
}

function effectWords(effect: Effect, one: Explanation): string {
  const whose = effect.op === 'addToTarget' ? aimOf(one) : agentWords(one.agent);
  if (effect.op === 'setActor') return `set ${named(effect.attribute)} of ${whose} to ${effect.value}`;
  return `added ${effect.amount} to ${named(effect.attribute)} of ${whose}`;
}

/** An operation on the target of a post touches the post's author. */
function aimOf({ target, agent }: Explanation): string {
  if (target.kind !== 'post') return target.kind === 'none' ? agentWords(agent) : targetWords(target);
  return target.post.author === undefined ? 'its author' : agentWords(target.post.author);
}

function chainRows({ chain }: Explanation): [string, string][] {
  const { from, to } = chain.bytes;
  return [
    ['chain', `link ${chain.number} of ${chain.verifiedCount}, bytes ${from} to ${to} of events.log`],
    ['', chain.link],
    ['', `verified: every link from the first to the head was computed again and fits`],
  ];
}

/** Of a post that the scenario made somebody write: what it adds to its readers' log-odds, where that was given. */
function appealWords({ by, verb, amount }: Explanation): string {
  if (by !== 'scenario' || verb !== 'post' || amount === 0) return '';
  return `, with an appeal of ${(amount / appealScale).toFixed(2)} logits`;
}
