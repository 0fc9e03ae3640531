/**
 * A judge of runs under invariants: it reads facts out of records and out of the state before each tick, by name, and asks the
 * definition of the logic whether whole traces satisfy the formulas. It shares the syntax tree with the engine, and no table or slot.
 */
import { firstInvariantRule } from '../../../sim/exchange/invariants.ts';
import { outcomes, reasonNumber } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { parseInvariant } from '../../../sim/game-master/invariant/parse.ts';
import { openWorld } from '../worlds.ts';
import { holds } from './invariant-oracle.ts';
import type { InvariantPlan } from '../../../sim/exchange/invariants.ts';
import type { AtomExpression } from '../../../sim/game-master/invariant/atom.ts';
import type { ParsedInvariant } from '../../../sim/game-master/invariant/parse.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { OpenWorld, WorldOrder } from '../worlds.ts';

/** What the judge found. `wrongly` counts refusals of acts that would have broken nothing, or not the invariant named. */
export interface Judgement {
  readonly granted: number;
  /** Refusals by each invariant. */
  readonly refused: readonly number[];
  readonly wrongly: number;
  /** Traces of granted acts that do not satisfy the formula, by invariant. */
  readonly broken: readonly number[];
}

/** Runs a world to its end and judges it. Formulas of kind safety only, or `wrongly` counts what only the end can tell. */
export async function judgeRun(
  order: WorldOrder & { readonly plan: NonNullable<WorldOrder['plan']> },
): Promise<Judgement> {
  const world = openWorld(order);
  const judge = createJudge(order.plan.invariants ?? []);
  for (let tick = 0; tick < order.plan.ticks; tick++) {
    const before = numbersOf(world);
    judge.read(await world.step(), before);
  }
  return judge.end();
}

type Numbers = Readonly<Record<string, Int32Array>>;

/** What the agents' numbers are, by ordinal. */
function numbersOf({ state }: OpenWorld): Numbers {
  const { agents, rowOfOrdinal, sizes } = state;
  const byOrdinal = (column: unknown): Int32Array =>
    Int32Array.from(
      { length: sizes.agentCount },
      (_, ordinal) => (column as Int32Array)[rowOfOrdinal[ordinal] as AgentRow],
    );
  return {
    ...{ karma: byOrdinal(agents.karma), followers: byOrdinal(agents.followerCount) },
    ...{ followees: byOrdinal(agents.followeeCount), posts: byOrdinal(agents.postCount) },
  };
}

interface Act {
  readonly actor: number;
  readonly verb: string;
  readonly target: number | undefined;
  readonly numbers: Numbers;
}

function isTrue(atom: AtomExpression, act: Act): boolean {
  if (atom.kind === 'is') return act.target === act.actor;
  if (atom.kind === 'fact') return act.target === act.actor && atom.name === 'target is self';
  if (atom.subject === 'verb') return atom.value === act.verb;
  const [who, name] = atom.subject.split('.');
  const agent = who === 'actor' ? act.actor : act.target;
  if (agent === undefined || name === undefined) return false;
  const value = act.numbers[name][agent];
  return atom.kind === 'equals' ? value === atom.value : value >= atom.value;
}

const verbNames = new Map<number, string>(Object.entries(verbs).map(([name, number]) => [number, name]));
const onContent = new Set([
  'reply',
  'repost',
  'quote',
  'like',
  'unlike',
  'dislike',
  'undislike',
  'upvote',
  'downvote',
  'report',
]);
const onAgent = new Set(['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock', 'ban', 'unban']);

function createJudge(invariants: readonly InvariantPlan[]) {
  const parsed = invariants.map(({ formula, code }) => parseInvariant(formula, { file: code }));
  const traces = invariants.map(() => new Map<number, number[]>());
  const authors: number[] = [];
  const origins: number[] = [];
  const refused = invariants.map(() => 0);
  let granted = 0;
  let wrongly = 0;
  const traceOf = (k: number, actor: number): number[] => {
    const key = invariants[k].scope === 'world' ? 0 : actor;
    const trace = traces[k].get(key) ?? [];
    traces[k].set(key, trace);
    return trace;
  };
  const breaks = (k: number, act: Act): boolean =>
    !holds(parsed[k].formula, [...traceOf(k, act.actor), letter(parsed[k], act)]);
  const judgeAct = (act: Act, record: TickRecord, i: number): void => {
    if (record.outcome[i] === outcomes.granted) {
      granted++;
      parsed.forEach((one, k) => traceOf(k, act.actor).push(letter(one, act)));
    } else if (record.reason[i] === reasonNumber.INVARIANT_BROKEN) {
      const k = record.rule[i] - firstInvariantRule;
      refused[k]++;
      if (parsed.findIndex((_, other) => breaks(other, act)) !== k) wrongly++;
    }
  };
  return {
    read(record: TickRecord, numbers: Numbers): void {
      for (let i = 0; i < record.intentCount; i++) {
        const verb = verbNames.get(record.verb[i]) ?? '';
        const [actor, aim] = [record.actor[i], record.target[i]];
        const target = onContent.has(verb)
          ? authors[origins[aim]]
          : onAgent.has(verb)
            ? aim
            : verb === 'post'
              ? undefined
              : authors[aim];
        judgeAct({ actor, verb, target, numbers }, record, i);
      }
      for (let i = 0; i < record.intentCount; i++) {
        if (record.outcome[i] !== outcomes.granted || !(record.verb[i] >= verbs.post && record.verb[i] <= verbs.quote))
          continue;
        authors[record.result[i]] = record.actor[i];
        origins[record.result[i]] = record.verb[i] === verbs.repost ? origins[record.target[i]] : record.result[i];
      }
    },
    end(): Judgement {
      const broken = parsed.map(
        ({ formula }, k) => [...traces[k].values()].filter((trace) => !holds(formula, trace)).length,
      );
      return { granted, refused, wrongly, broken };
    },
  };
}

function letter({ atoms }: ParsedInvariant, act: Act): number {
  return atoms.reduce((sum, atom, bit) => (isTrue(atom, act) ? sum | (1 << bit) : sum), 0);
}
