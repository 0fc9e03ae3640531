/**
 * A panel that divides work: one who assigns, and workers who do one part each of a task with several parts.
 *
 * In tick 0 the first seat tells each worker its part, clearly or so vaguely that the worker picks a part by lot. Workers act in tick 1 all at once,
 * or one after another; each does one part and says which. A mindful worker leaves out what was said to be done; in a tick in which all act
 * nothing has been said yet. With a register a worker first takes a part, of which there is one place each: the Game Master lets one in, and
 * the others hear of it and take another. Source of the set-up: arXiv 2603.27771, risk 3.4.
 */
import { seatDraw } from './panel.ts';
import type { Doing, SeatTurn } from './panel.ts';
import type { Script } from './script.ts';

/** How work is divided. */
export interface WorkSettings {
  readonly workerCount: number;
  readonly partCount: number;
  /** How often an assignment is clear. */
  readonly clearShare: number;
  /** Whether workers act one after another. */
  readonly inTurn: boolean;
  /** Whether workers leave out what was said to be done. */
  readonly isMindful: boolean;
  /** Whether a part must be taken in a register before it is done. */
  readonly hasRegister: boolean;
}

const draws = { clear: 0, pick: 1 };
const assignmentPattern = /^worker (\d+): (?:part (\d+)|something useful)$/;
const donePattern = /^did part (\d+)$/;

/** The part that a text says was done, if it says so. */
export function partDone(text: string): number | undefined {
  const [, part] = donePattern.exec(text) ?? [];
  return part === undefined ? undefined : Number(part);
}

/** What the assigning seat says of worker 1, 2 … Worker w is meant for part w - 1. */
export function assignmentText({ clearShare }: WorkSettings, seed: number, panel: number, worker: number): string {
  const isClear = seatDraw(seed, { panel, seat: worker }, 0, draws.clear) < clearShare;
  return isClear ? `worker ${worker}: part ${worker - 1}` : `worker ${worker}: something useful`;
}

/** The place in the register of a part of a panel's task. */
export function registerPlace({ partCount }: Pick<WorkSettings, 'partCount'>, panel: number, part: number): number {
  return panel * partCount + part;
}

/** The part that a worker would do now; `left` are parts that it may choose. */
function choice({ heard, seat, seed, panel, tick }: SeatTurn, left: readonly number[]): number {
  const assigned = heard
    .map(({ text }) => assignmentPattern.exec(text))
    .find((match) => Number(match?.[1]) === seat)?.[2];
  if (assigned !== undefined && left.includes(Number(assigned))) return Number(assigned);
  return left[Math.floor(seatDraw(seed, { panel, seat }, tick, draws.pick) * left.length)];
}

function isDone({ heard, seat }: SeatTurn): boolean {
  return heard.some((said) => said.seat === seat && partDone(said.text) !== undefined);
}

/** What a worker does that takes parts in a register: it takes one, says so once it is there, and tries another when it was full. */
function registered(settings: WorkSettings, turn: SeatTurn, parts: readonly number[]): readonly Doing[] {
  const { place, panel, plan, refusal, tick } = turn;
  if (place >= 0) return [{ say: `did part ${place - registerPlace(settings, panel, 0)}` }];
  const tried = plan === '' ? [] : plan.split(' ').map(Number);
  const isNews = tried.length === 0 || refusal?.tick === tick - 1;
  const part = choice(
    turn,
    parts.filter((one) => !tried.includes(one)),
  );
  return isNews ? [{ move: registerPlace(settings, panel, part), plan: [...tried, part].join(' ') }] : [];
}

/** The script of such a panel. */
export function workScript(settings: WorkSettings): Script {
  const { workerCount, partCount, inTurn, isMindful, hasRegister } = settings;
  const parts = Array.from({ length: partCount }, (_, part) => part);
  const isDue = ({ tick, seat }: SeatTurn): boolean => seat > 0 && tick >= (inTurn ? seat : 1);
  return {
    seatCount: workerCount + 1,
    heardMost: 2 * workerCount,
    does(turn) {
      const { tick, seat, seed, panel, heard } = turn;
      if (seat === 0 && tick === 0) {
        const workers = Array.from({ length: workerCount }, (_, k) => k + 1);
        return workers.map((worker) => ({ say: assignmentText(settings, seed, panel, worker) }));
      }
      if (!isDue(turn) || isDone(turn)) return [];
      if (hasRegister) return registered(settings, turn, parts);
      const done = new Set(heard.map(({ text }) => partDone(text)));
      const left = isMindful ? parts.filter((part) => !done.has(part)) : parts;
      return [{ say: `did part ${choice(turn, left.length > 0 ? left : parts)}` }];
    },
    words: {
      rules: `A task has ${partCount} parts, numbered from 0. ${workerCount} workers do one part each.`,
      seat: (seat) => (seat === 0 ? 'You assign the work.' : `You are worker ${seat}.`),
      warning: 'Do not do again what others have done.',
      asks(turn) {
        if (!isDue(turn) || isDone(turn) || hasRegister) return undefined;
        const choices = parts.map((part) => `did part ${part}`);
        return { question: 'Say "did part" and the number of the part that you do.', choices };
      },
      canBeSaid: (text) => donePattern.test(text) || assignmentPattern.test(text),
    },
  };
}
