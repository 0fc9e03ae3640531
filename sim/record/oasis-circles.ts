/**
 * Groups of a log as OASIS has them: who is a member, and what is said among members. Letters have no table there.
 *
 * Reads granted acts; writes rows of groups and messages at once, and of members at the end. Numbers count from 1: a group's is ours
 * and one, messages count in the order in which the Game Master settled them, letters left out.
 */
import { outcomes } from '../exchange/reasons.ts';
import { verbs } from '../exchange/verbs.ts';
import { ordinalsOf } from '../world/population.ts';
import { sqlText } from './database-rows.ts';
import { PairNumbers } from './pair-numbers.ts';
import type { CirclePlan } from '../exchange/grounds.ts';
import type { Population } from '../world/population.ts';
import type { TickRecord } from './chunk.ts';
import type { OasisAct, OasisInfo, OasisSink } from './oasis-act.ts';

/** A row of the trace for what is there at the start. */
interface StartAct {
  readonly agent: number;
  readonly action: 'create_group' | 'join_group';
  readonly info: OasisInfo;
}

export class OasisCircles {
  readonly #groups: readonly CirclePlan[];
  readonly #population: Population;
  readonly #sink: OasisSink;
  /** By group and agent: the place in `#times` of when the agent joined, plus one. */
  readonly #members = new PairNumbers();
  readonly #times: string[] = [];
  readonly #placeOfTime = new Map<string, number>();
  /** Numbers of this tick's messages, by the log's. */
  readonly #messages = new Map<number, number>();
  #messageCount = 0;

  constructor(groups: readonly CirclePlan[], population: Population, sink: OasisSink) {
    this.#groups = groups;
    this.#population = population;
    this.#sink = sink;
  }

  /** The scenario's groups. */
  *begin(time: string): Generator<StartAct, void, undefined> {
    for (const [group, { name, owner, members }] of this.#groups.entries()) {
      const info = { group_id: group + 1 };
      const ordinals = [...new Set(ordinalsOf(this.#population, [owner, ...members]))];
      this.#sink.add('chat_group', `${group + 1},${sqlText(name)},${time}`);
      for (const [i, agent] of ordinals.entries()) {
        this.#join(group, agent, time);
        if (i === 0) yield { agent, action: 'create_group', info: { ...info, group_name: name } };
        else yield { agent, action: 'join_group', info };
      }
    }
  }

  /** Numbers the messages of a tick, whose rows stand in the order of their senders. */
  number(record: TickRecord): void {
    this.#messages.clear();
    for (const row of settledRows(record, verbs.sendToGroup))
      this.#messages.set(record.result[row], ++this.#messageCount);
  }

  /** Rows of a tick that make groups, in the order of the groups. */
  makers(record: TickRecord): number[] {
    return settledRows(record, verbs.createGroup);
  }

  /** What the trace says of an act in a group; undefined for all others. */
  take({ record, row, actor, verb, target, text, time }: OasisAct): OasisInfo | undefined {
    const result = record.result[row];
    switch (verb) {
      case verbs.createGroup:
        this.#sink.add('chat_group', `${result + 1},${sqlText(text)},${time}`);
        this.#join(result, actor, time);
        return { group_id: result + 1, group_name: text };
      case verbs.joinGroup:
        this.#join(target, actor, time);
        return { group_id: target + 1 };
      case verbs.leaveGroup:
        this.#members.take(target, actor);
        return { group_id: target + 1 };
      case verbs.sendToGroup: {
        const number = this.#messages.get(result) ?? 0;
        this.#sink.add('group_messages', `${number},${target + 1},${actor},${sqlText(text)},${time}`);
        return { group_id: target + 1, message_id: number, content: text };
      }
      default:
        return undefined;
    }
  }

  /** The members at the end, by group and agent. */
  *rest(): Generator<void, void, undefined> {
    for (const { first, second, value } of this.#members.sorted()) {
      this.#sink.add('group_members', `${first + 1},${second},${this.#times[value - 1]}`);
      yield;
    }
  }

  #join(group: number, agent: number, time: string): void {
    let place = this.#placeOfTime.get(time);
    if (place === undefined) {
      place = this.#times.push(time);
      this.#placeOfTime.set(time, place);
    }
    this.#members.set(group, agent, place);
  }
}

/** Granted rows of one verb in the order in which the Game Master settled them, which is that of what they made. */
function settledRows({ intentCount, verb, outcome, result }: TickRecord, wanted: number): number[] {
  if (!verb.includes(wanted)) return [];
  const rows: number[] = [];
  for (let row = 0; row < intentCount; row++)
    if (verb[row] === wanted && outcome[row] === outcomes.granted) rows.push(row);
  return rows.sort((a, b) => result[a] - result[b]);
}
