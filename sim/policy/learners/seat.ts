/**
 * A seat in a game as a policy of an agent: it plays what its group has learned, or asks a model that is told of the game in words.
 *
 * What a group has learned is a function of the run's seed, the group's key, the rules and the settings. It is worked out when the group first
 * acts, in each shard that holds one of its members, and kept until another seed is run: a run that goes on from a checkpoint learns the same
 * again. While it is played nothing more is learned. Before the first act of a group its last act of learning stands for the period before.
 * An imposed act takes the place of what a seat would do in one tick; it is the study's hand, and the learner does not know of it.
 */
import { randomStream, streamPurposes } from '../../ground/philox.ts';
import { tabulate } from '../games/rules.ts';
import { actCodes, actsBefore, placeOf, situationNow } from './groups.ts';
import { learnTogether } from './q-learning.ts';
import type { Key } from '../../ground/keys.ts';
import type { GameRules, GameTables, Feeling } from '../games/rules.ts';
import type { Hand, OwnPolicy } from '../own.ts';
import type { Learned, LearningSettings } from './q-learning.ts';
import type { Place } from './groups.ts';

/** Who plays, and how it was learned. */
export interface Player {
  readonly rules: GameRules;
  /** Without it acts are drawn evenly in every period. */
  readonly learning?: LearningSettings;
  readonly feeling?: Feeling;
  /** What one seat of each group is made to do in one tick; undefined leaves it to itself. */
  readonly imposed?: Imposition;
}

/** An act that a seat is made to do. */
export interface Imposition {
  readonly tick: number;
  readonly seat: number;
  act(before: readonly number[]): number;
}

/** What a group learns: the readable form of what seats look up, and what a study calls to see it. */
export function learnedBy(tables: GameTables, learning: LearningSettings, seed: number, key: Key): Learned {
  return learnTogether(tables, learning, randomStream(seed, streamPurposes.learning, key.lo, key.hi));
}

/** The policy of a player. */
export function playingSeat({ learning, ...player }: Player): OwnPolicy {
  return learning === undefined ? drawnSeat(player.rules) : learnedSeat({ ...player, learning });
}

/** The policy of seats that draw their acts. */
function drawnSeat(rules: GameRules): OwnPolicy {
  return {
    decide(hand) {
      const place = placeOf(hand.state, hand.agent, rules.actions.length);
      if (place === undefined) return;
      const names = rules.actions[place.seat];
      hand.act(names[Math.floor(hand.draw(0) * names.length)]);
    },
  };
}

/** The policy of seats that have learned. */
function learnedSeat({ rules, learning, feeling, imposed }: Player & Required<Pick<Player, 'learning'>>): OwnPolicy {
  const codes = actCodes(rules);
  const book = strategyBook(rules, learning, feeling);
  return {
    decide(hand) {
      const { state } = hand;
      const place = placeOf(state, hand.agent, rules.actions.length);
      if (place === undefined) return;
      const learned = book(state.now.seed, place.key);
      const before = actsBefore(state, place, codes) ?? Array.from(learned.actions);
      const { seat } = place;
      const isMade = imposed?.seat === seat && imposed.tick === state.now.tick;
      const seen = rules.observe(seat, before, situationNow(state, place, rules.situationShares));
      hand.act(rules.actions[seat][isMade ? imposed.act(before) : learned.strategies[seat][seen]]);
    },
  };
}

function strategyBook(rules: GameRules, learning: LearningSettings, feeling: Feeling | undefined) {
  let tables: GameTables | undefined;
  let seedNow: number | undefined;
  const known = new Map<string, Learned>();
  return (seed: number, key: Key): Learned => {
    if (seed !== seedNow) known.clear();
    seedNow = seed;
    const name = `${key.hi} ${key.lo}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    tables ??= tabulate(rules, feeling);
    const learned = learnedBy(tables, learning, seed, key);
    known.set(name, learned);
    return learned;
  };
}

const replyTokensMost = 60;

/** The policy of seats that ask a model. A call that failed, or a choice that is none, leaves the act of before standing. */
export function spokenSeat(rules: GameRules, isWarned: boolean): OwnPolicy {
  const codes = actCodes(rules);
  const namesOf = (hand: Hand): readonly string[] => {
    const place = placeOf(hand.state, hand.agent, rules.actions.length);
    return place === undefined ? [] : rules.actions[place.seat];
  };
  return {
    ask(hand) {
      const place = placeOf(hand.state, hand.agent, rules.actions.length);
      if (place === undefined) return;
      const { seat } = place;
      hand.say({
        fixed: `${rules.words.rules}\nAnswer with one of the choices that you are given, and with nothing else.`,
        persona: isWarned ? `${rules.words.seat(seat)}\n${rules.words.warning}` : rules.words.seat(seat),
        now: seenInWords(rules, hand, place, actsBefore(hand.state, place, codes)),
        form: { name: 'choice', schema: choiceSchema(rules.actions[seat]) },
        tokensMax: replyTokensMost,
        sample: sampleOf(hand.state.now.seed, place.group),
      });
    },
    isUsable: (text) => choiceIn(text) !== undefined,
    settle(hand, _answer, reply) {
      if (reply?.status !== 'answered') return;
      const choice = choiceIn(reply.text);
      if (choice !== undefined && namesOf(hand).includes(choice)) hand.act(choice);
    },
  };
}

/** Equal prompts of one tick are one call: groups and worlds that are in the same place are asked apart, or they would be one replicate. */
function sampleOf(seed: number, group: number): number {
  return (Math.imul(seed, 4096) + group) & 0x3fffffff;
}

function seenInWords(rules: GameRules, { state }: Hand, place: Place, before: number[] | undefined): string {
  const { seat } = place;
  const situation = situationNow(state, place, rules.situationShares);
  const choices = rules.actions[seat].join(', ');
  return `${rules.words.sees(seat, before, situation)}\nYour choices: ${choices}.`;
}

function choiceSchema(names: readonly string[]) {
  const properties = { choice: { type: 'string', enum: names } };
  return { type: 'object', properties, required: ['choice'], additionalProperties: false };
}

function choiceIn(text: string): string | undefined {
  try {
    const { choice } = JSON.parse(text) as { choice?: unknown };
    return typeof choice === 'string' ? choice : undefined;
  } catch {
    return undefined;
  }
}
