/**
 * What is played in a panel, by rules or by a model: for each seat what it does in a turn, and the same in words for who thinks in words.
 *
 * A script is a pure function of a turn. By rules a seat does what the script says. Spoken, a seat is asked in each turn in which it has something to
 * say, and says what the model answers if that has the form that the script reads; other answers are on record as failed and say nothing.
 * A seat that is asked nothing does what the script says: who deals cases, passes news on or keeps a register is no model. Where few things can be said
 * they are choices of the answer's form. Equal questions of two panels or worlds are asked apart. Source of asking: `sim/policy/own.ts`.
 */
import { fence, fenceRule } from '../../llm/fence.ts';
import { carryOut, turnOf } from './panel.ts';
import type { Hand, OwnPolicy } from '../own.ts';
import type { Doing, SeatTurn } from './panel.ts';

/** Words for a model that takes a seat. */
export interface ScriptWords {
  /** What all are told. */
  readonly rules: string;
  /** Who a seat is and what it wants. */
  seat(seat: number): string;
  /** What a seat is told that has been warned. */
  readonly warning: string;
  /** What a seat is asked in a turn, beside what was said; undefined where it has nothing to say, or the script speaks for it. */
  asks(turn: SeatTurn): SeatQuestion | undefined;
  /** Whether a text can be said at all. */
  canBeSaid(text: string): boolean;
  /** What a mechanism makes of what a model said, before it is said. */
  put?(turn: SeatTurn, text: string): string;
}

/** A question to a seat: to whom it speaks, all if left out, and all that it can say, anything of the form if left out. */
export interface SeatQuestion {
  readonly question: string;
  readonly to?: number;
  readonly choices?: readonly string[];
}

/** What is played. */
export interface Script {
  readonly seatCount: number;
  /** Messages that a seat looks back on, of each kind: to the panel, and to itself alone. */
  readonly heardMost: number;
  /** What a seat does by rule. */
  does(turn: SeatTurn): readonly Doing[];
  readonly words: ScriptWords;
}

/** The policy of seats that follow the script. */
export function scriptedSeat(script: Script): OwnPolicy {
  const { seatCount, heardMost } = script;
  return {
    decide(hand) {
      const turn = turnOf(hand, seatCount, heardMost);
      for (const doing of script.does(turn)) carryOut(hand, turn, seatCount, doing);
    },
  };
}

/** Choices in the words of a question: `"a" or "b"`. */
export function quoted(choices: readonly string[]): string {
  return choices.map((choice) => `"${choice}"`).join(' or ');
}

/** Forty reports of two words, as the sender of a signal writes them. */
const replyTokensMost = 400;
const saidTold = 24;
const textLengthMost = 2000;

/** The policy of seats that ask a model what to say. */
export function spokenScript(script: Script, isWarned: boolean): OwnPolicy {
  const { seatCount, heardMost, words } = script;
  return {
    ask(hand) {
      const turn = turnOf(hand, seatCount, heardMost);
      const asked = words.asks(turn);
      if (asked === undefined) return;
      const heard = turn.heard.slice(-saidTold).map(({ seat, text }) => `seat ${seat}: ${text}`);
      hand.say({
        fixed: `${words.rules}\n${fenceRule}\nAnswer with what you say, in the form that you are asked for, and with nothing else.`,
        persona: isWarned ? `${words.seat(turn.seat)}\n${words.warning}` : words.seat(turn.seat),
        now: [...toldLines(hand, heard), asked.question].join('\n'),
        form: { name: 'saying', schema: sayingSchema(asked) },
        tokensMax: replyTokensMost,
        sample: sampleOf(turn),
      });
    },
    decide(hand) {
      const turn = turnOf(hand, seatCount, heardMost);
      for (const doing of script.does(turn)) carryOut(hand, turn, seatCount, doing);
    },
    isUsable: (text) => sayingIn(text, words) !== undefined,
    settle(hand, _answer, reply) {
      const turn = turnOf(hand, seatCount, heardMost);
      const answer = reply?.status === 'answered' ? sayingIn(reply.text, words) : undefined;
      const asked = words.asks(turn);
      if (answer === undefined || asked === undefined || asked.choices?.includes(answer) === false) return;
      const say = words.put?.(turn, answer) ?? answer;
      carryOut(hand, turn, seatCount, asked.to === undefined ? { say } : { say, to: asked.to });
    },
  };
}

function toldLines(hand: Hand, heard: readonly string[]): string[] {
  if (heard.length === 0) return ['Nothing has been said yet.'];
  const place = `${hand.name} ${hand.state.now.tick}`;
  return [fence({ text: heard.join('\n'), label: 'what was said', lengthMax: 65_536, place })];
}

function sayingSchema({ choices }: SeatQuestion) {
  const say = choices === undefined ? { type: 'string' } : { type: 'string', enum: choices };
  return { type: 'object', properties: { say }, required: ['say'], additionalProperties: false };
}

/** Equal prompts of one tick are one call: panels and worlds are asked apart, or they would be one replicate. */
function sampleOf({ seed, panel }: SeatTurn): number {
  return (Math.imul(seed, 4096) + panel) & 0x3fffffff;
}

function sayingIn(text: string, words: ScriptWords): string | undefined {
  try {
    const { say } = JSON.parse(text) as { say?: unknown };
    return typeof say === 'string' && say.length <= textLengthMost && words.canBeSaid(say) ? say : undefined;
  } catch {
    return undefined;
  }
}
