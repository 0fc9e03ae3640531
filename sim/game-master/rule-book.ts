/**
 * The rule book of a run: verbs by number, which of them the scenario allows, its conduct, grounds and scenes.
 */
import { canTakePostsAway } from '../exchange/verbs.ts';
import { scenesOf } from './scenes.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { Verb } from '../exchange/verbs.ts';
import type { Conduct } from './conduct.ts';
import type { Scene } from './scenes.ts';

/** The rule book of a run: verbs by number, and which of them the scenario allows. */
export interface RuleBook {
  readonly verbs: readonly (Verb | undefined)[];
  readonly allowed: Uint8Array;
  readonly hasExclusive: boolean;
  /** Whether a verb of this scenario takes posts away. */
  readonly hasPrecedence: boolean;
  /** Whether verbs of this scenario are settled in rank. */
  readonly hasRanked: boolean;
  readonly conduct: Conduct;
  readonly grounds: GroundsPlan | undefined;
  /** The scenes of the scenario, with their verbs by number. */
  readonly scenes: readonly Scene[];
  /** Longest text, in bytes. */
  readonly textBytesMax: number;
  /** Policies that the scenario can give to an agent. */
  readonly policyCount: number;
}

/** What a rule book is made of beside its verbs. */
export interface RuleBookParts {
  readonly conduct: Conduct;
  readonly grounds: GroundsPlan | undefined;
  readonly textBytesMax: number;
  /** 1 where nothing is said. */
  readonly policyCount?: number;
}

/** Builds the rule book. `allowed` lists names of verbs. */
export function createRuleBook(table: readonly Verb[], allowed: readonly string[], parts: RuleBookParts): RuleBook {
  const { conduct, grounds } = parts;
  const { verbs: byNumber, allowed: flags } = allowedVerbs(table, allowed);
  const inUse = table.filter(({ number }) => flags[number] === 1);
  return {
    verbs: byNumber,
    allowed: flags,
    hasExclusive: inUse.some(({ conflict }) => conflict === 'exclusive'),
    hasPrecedence: canTakePostsAway(allowed, conduct.moderation),
    hasRanked: grounds !== undefined || inUse.some(({ family }) => family === 'ranked'),
    scenes: scenesOf(grounds, table),
    policyCount: 1,
    ...parts,
  };
}

/** Verbs by number, and which of them a scenario allows: those it lists, its own, and doing nothing. */
export function allowedVerbs(table: readonly Verb[], allowed: readonly string[]): Pick<RuleBook, 'verbs' | 'allowed'> {
  const byNumber: (Verb | undefined)[] = new Array<Verb | undefined>(256).fill(undefined);
  const flags = new Uint8Array(256);
  for (const verb of table) {
    byNumber[verb.number] = verb;
    flags[verb.number] = allowed.includes(verb.name) || verb.own !== undefined || verb.name === 'nothing' ? 1 : 0;
  }
  return { verbs: byNumber, allowed: flags };
}
