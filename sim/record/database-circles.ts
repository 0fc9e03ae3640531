/**
 * What the granted intents of a log say of groups: which there are, who was a member when, and what was said in them and in letters.
 *
 * Reads tick records in their order; tells what is new and what ended since it was last asked. Members have rows 1, 2, …: those of the
 * start in the order of the scenario, then in the order of the log. Memory: some 60 bytes a membership that holds.
 * Oracle: counting over the ticks with objects (`test/sim/record/database-details.test.ts`).
 */
import { verbs } from '../exchange/verbs.ts';
import { ordinalsOf } from '../world/population.ts';
import { PairNumbers } from './pair-numbers.ts';
import { plansOf } from './manifest.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { TickRecord } from './chunk.ts';
import type { Manifest } from './manifest.ts';
import type { Records } from './reader.ts';

/** A group. `tick` is undefined for one that is there from the start. */
export interface Group {
  readonly number: number;
  readonly name: string;
  readonly owner: number;
  readonly tick: number | undefined;
}

/** A membership that began; `joined` is undefined for one of the start. */
export interface Membership {
  readonly group: number;
  readonly agent: number;
  readonly joined: number | undefined;
}

/** A letter, or a message to a group. */
export interface Message {
  readonly id: number;
  readonly tick: number;
  readonly sender: number;
  readonly receiver: number | undefined;
  readonly group: number | undefined;
  readonly text: string;
}

/** What is new since the last call, and what ended, which may be new itself. */
export interface CircleChanges {
  readonly groups: readonly Group[];
  readonly members: readonly Membership[];
  readonly messages: readonly Message[];
  readonly ended: readonly { readonly row: number; readonly tick: number }[];
}

export class CircleTable {
  /** Rows of the memberships that hold, by group and agent. */
  readonly #rows = new PairNumbers();
  #groups: Group[] = [];
  #members: Membership[] = [];
  #messages: Message[] = [];
  #ended: { readonly row: number; readonly tick: number }[] = [];
  /** Memberships that were handed out. */
  #drained = 0;

  constructor({ manifest, population }: Records) {
    const [{ plan }] = plansOf(manifest as Manifest<{ readonly grounds?: GroundsPlan }>);
    for (const [number, { name, owner, members }] of (plan.grounds?.groups ?? []).entries()) {
      const ordinals = [...new Set(ordinalsOf(population, [owner, ...members]))];
      this.#groups.push({ number, name, owner: ordinals[0], tick: undefined });
      for (const agent of ordinals) this.#join(number, agent, undefined);
    }
  }

  /** A granted intent with its text. One that concerns no group and is no letter is passed over. */
  take({ tick, actor, verb, target, result }: TickRecord, i: number, text: string): void {
    switch (verb[i]) {
      case verbs.createGroup:
        this.#groups.push({ number: result[i], name: text, owner: actor[i], tick });
        this.#join(result[i], actor[i], tick);
        break;
      case verbs.joinGroup:
        this.#join(target[i], actor[i], tick);
        break;
      case verbs.leaveGroup:
        this.#leave(target[i], actor[i], tick);
        break;
      case verbs.sendToGroup:
        this.#messages.push({ id: result[i], tick, sender: actor[i], receiver: undefined, group: target[i], text });
        break;
      case verbs.message:
        this.#messages.push({ id: result[i], tick, sender: actor[i], receiver: target[i], group: undefined, text });
        break;
    }
  }

  drain(): CircleChanges {
    const changes = { groups: this.#groups, members: this.#members, messages: this.#messages, ended: this.#ended };
    this.#drained += this.#members.length;
    [this.#groups, this.#members, this.#messages, this.#ended] = [[], [], [], []];
    return changes;
  }

  #join(group: number, agent: number, joined: number | undefined): void {
    const count = this.#members.push({ group, agent, joined });
    this.#rows.set(group, agent, this.#drained + count);
  }

  #leave(group: number, agent: number, tick: number): void {
    const row = this.#rows.take(group, agent);
    if (row > 0) this.#ended.push({ row, tick });
  }
}
