/**
 * The invariants of a scenario from door to door: formulas are checked where they are written, and what became of them is told at the end.
 *
 * Reads scenario data, or the states of monitors between two ticks; writes nothing.
 * Invariant: an invariant that passed `checkInvariants` compiles in every shard.
 */
import { InputError } from '../ground/errors.ts';
import { verbTable } from '../exchange/verbs.ts';
import { tallyVerdicts } from '../game-master/invariant/enforce.ts';
import { vocabularyOf } from '../game-master/invariant/facts.ts';
import { compileInvariant, verdicts } from '../game-master/invariant/monitor.ts';
import type { Place, Problem } from '../ground/errors.ts';
import type { OwnVerb } from '../exchange/verbs.ts';
import type { InvariantReport } from '../record/manifest.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Shard } from './shard.ts';

/** Refuses formulas that are none, with every problem found. `placeOf` gives where the formula of a number begins. */
export function checkInvariants(
  data: Pick<ScenarioData, 'invariants' | 'attributes'>,
  ownVerbs: Readonly<Record<string, OwnVerb>>,
  placeOf: (index: number) => Place,
): void {
  const vocabulary = vocabularyOf(
    verbTable(ownVerbs).map(({ name }) => name),
    data.attributes.map(({ name }) => name),
  );
  const problems: Problem[] = [];
  data.invariants?.forEach(({ formula }, index) => {
    try {
      compileInvariant(formula, placeOf(index), vocabulary);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  });
  if (problems.length > 0) throw new InputError(problems);
}

/**
 * What became of each invariant. After the last tick its traces have ended, so that it holds or fails; before it, only what no later
 * act can change is decided. Undefined where the scenario has none.
 */
export function reportInvariants(
  { enforcer, plan }: Pick<Shard, 'enforcer' | 'plan'>,
  hasEnded: boolean,
): InvariantReport[] | undefined {
  if (enforcer === undefined) return undefined;
  const { monitors, states } = enforcer.columns;
  return plan.invariants?.map(({ code, formula, scope }, k) => {
    const tally = tallyVerdicts(monitors[k], states[k]);
    const open = tally[verdicts.holdsSoFar] + tally[verdicts.failsSoFar];
    return {
      ...{ code, formula, scope, kind: monitors[k].kind },
      holds: tally[verdicts.heldForEver] + (hasEnded ? tally[verdicts.holdsSoFar] : 0),
      fails: tally[verdicts.brokenForEver] + (hasEnded ? tally[verdicts.failsSoFar] : 0),
      undecided: hasEnded ? 0 : open,
    };
  });
}
