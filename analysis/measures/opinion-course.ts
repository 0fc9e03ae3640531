/**
 * What agents hold in the course of a recorded run: an attribute of the population, and what they leant to since.
 *
 * Reads the population's attribute and the log's granted acts of `lean`. Order: ticks ascending; `before` a tick sees what held when its agents decided.
 * Invariant: in a run in which nobody leans, the end is the start. Oracle: the state's own attributes after a run, in the test.
 */
import { InputError, echo } from '../../sim/ground/errors.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { TraitColumn } from '../../sim/world/population.ts';

/** One tick as the reader gives it. */
export type TickRecord = ReturnType<Records['ticks']> extends IterableIterator<infer One> ? One : never;

/** What agents hold where no attribute is named. */
export const opinionName = 'opinion';

/** Opinions at the start and at the end, one an agent. */
export interface OpinionCourse {
  readonly name: string;
  /** Words of the values, where they are no numbers. */
  readonly labels: readonly string[] | undefined;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** How often anybody leant to another value. */
  readonly leaningCount: number;
  /** Ends of the scale that the scenario gives, if it does. */
  readonly range: readonly [number, number] | undefined;
}

/** Whether a recorded population says what its agents think. */
export function hasOpinions({ population }: Records): boolean {
  return population.traits?.some(({ name }) => name === opinionName) ?? false;
}

/** Follows an attribute through the log. `before` is called with each tick and what agents held before it; it must not keep it. */
export function followOpinions(
  records: Records,
  attribute = opinionName,
  before?: (record: TickRecord, held: Int32Array) => void,
): OpinionCourse {
  const trait = traitOf(records, attribute);
  const plan = records.manifest.plan as PlanOfOpinions;
  const number = (plan.attributes ?? []).findIndex(({ from }) => from === attribute);
  const held = Int32Array.from(trait.value);
  let leaningCount = 0;
  if (number >= 0 || before !== undefined) {
    for (const record of records.ticks()) {
      before?.(record, held);
      if (number >= 0) leaningCount += lean(record, number, held);
    }
  }
  const moved = (plan.policies ?? []).find(
    (one) => one.parameters?.opinion?.attribute === plan.attributes?.[number]?.name,
  );
  const { least, most } = moved?.parameters?.opinion ?? {};
  return {
    ...{ name: attribute, labels: trait.labels, start: Int32Array.from(trait.value), end: held, leaningCount },
    range: least === undefined || most === undefined ? undefined : [least, most],
  };
}

interface PlanOfOpinions {
  readonly attributes?: readonly { readonly name: string; readonly from?: string }[];
  readonly policies?: readonly {
    readonly parameters?: {
      readonly opinion?: { readonly attribute: string; readonly least: number; readonly most: number };
    };
  }[];
}

function lean({ intentCount, verb, outcome, target, actor, amount }: TickRecord, attribute: number, held: Int32Array) {
  let count = 0;
  for (let i = 0; i < intentCount; i++) {
    if (verb[i] !== verbs.lean || outcome[i] !== outcomes.granted || target[i] !== attribute) continue;
    held[actor[i]] = amount[i];
    count++;
  }
  return count;
}

function traitOf({ population }: Records, attribute: string): TraitColumn {
  const { traits = [] } = population;
  const trait = traits.find(({ name }) => name === attribute);
  if (trait !== undefined) return trait;
  const known = traits.map(({ name }) => name);
  throw new InputError({
    code: 'INPUT_DANGLING_REF',
    found: `agents have no attribute ${echo(attribute)}`,
    next:
      known.length === 0
        ? 'Declare it under population.attributes of the scenario.'
        : `Pass --attribute with one of ${known.join(', ')}.`,
  });
}
