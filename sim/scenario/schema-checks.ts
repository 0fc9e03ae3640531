/**
 * What fields of a scenario must be to one another: sums, names that stand once, things that need others.
 *
 * Pure; one function a rule, each giving what is wrong with its place and the next step.
 */
import { plantFlaws } from './schema-plant-checks.ts';
import type { Flaw } from './schema-plant-checks.ts';
import type { PlantData } from './schema-plants.ts';

interface Shared {
  readonly share: number;
}

interface Opinion {
  readonly attribute: string;
  readonly least: number;
  readonly most: number;
}

interface Embedding {
  readonly dimensions?: number | undefined;
  readonly readers?: { readonly vectorLength: number } | undefined;
}

/** The fields that hang together: a part of the form of a scenario. */
interface Checked {
  readonly policies: readonly (Shared & {
    readonly rules?: { readonly opinion?: Opinion | undefined } | undefined;
  })[];
  readonly feed: {
    readonly blend?: readonly Shared[] | undefined;
    readonly candidates?: string | undefined;
    readonly embedding?: 'lexical' | Embedding | undefined;
  };
  readonly failures?: readonly { readonly mode?: 'quit' | 'random' | undefined }[] | undefined;
  readonly judge?: unknown;
  readonly plants?: readonly PlantData[] | undefined;
  readonly ticks: number;
  readonly sources?:
    | {
        readonly count: number;
        readonly pairAppeals?: unknown;
        readonly moderation?: { readonly does: string } | undefined;
      }
    | undefined;
  readonly conduct: { readonly moderators: readonly string[] };
  readonly verbs: readonly string[];
  readonly population: {
    readonly kind: string;
    readonly prominent?: unknown;
    readonly graph?: { readonly kind: string } | undefined;
  };
  readonly attributes: readonly { readonly name: string }[];
  readonly invariants?: readonly { readonly code: string }[] | undefined;
}

/** All that is wrong with how fields of a scenario fit together. */
export function flawsOf(scenario: Checked): Flaw[] {
  return [
    ...sumFlaws(scenario.policies, ['policies']),
    ...verbFlaws(scenario),
    ...opinionFlaws(scenario),
    ...sourceFlaws(scenario),
    ...plantFlaws(scenario),
    ...sumFlaws(scenario.feed.blend, ['feed', 'blend']),
    ...readerFlaws(scenario.feed),
    ...doubleFlaws(
      scenario.attributes.map(({ name }) => name),
      'attribute',
      ['attributes', 'name'],
      'another name',
    ),
    ...doubleFlaws(
      (scenario.invariants ?? []).map(({ code }) => code),
      'invariant',
      ['invariants', 'code'],
      'another code',
    ),
    ...doubleFlaws(
      (scenario.plants ?? []).map(({ name }) => name),
      'plant',
      ['plants', 'name'],
      'another name',
    ),
  ];
}

function sumFlaws(parts: readonly Shared[] | undefined, path: readonly string[]): Flaw[] {
  if (parts === undefined) return [];
  const sum = parts.reduce((total, one) => total + one.share, 0);
  if (Math.abs(sum - 1) <= 1e-9) return [];
  const message = `shares must add up to 1, they add up to ${sum}`;
  return [{ input: parts, path, message, code: 'INPUT_SUM', next: 'Change the shares so that they add up to 1.' }];
}

/** Readers as vectors have the length that is asked for, and are not looked up in the index of topics. */
function readerFlaws({ candidates, embedding }: Checked['feed']): Flaw[] {
  const readers = typeof embedding === 'object' ? embedding.readers : undefined;
  if (readers === undefined || typeof embedding !== 'object') return [];
  const common = { input: readers, code: 'INPUT_COMBINATION' as const };
  const path = ['feed', 'embedding', 'readers'];
  const flaws: Flaw[] = [];
  if (embedding.dimensions !== undefined && embedding.dimensions !== readers.vectorLength) {
    const message = `is ${readers.vectorLength}, and vectors of ${embedding.dimensions} are asked for`;
    flaws.push({ ...common, path: [...path, 'vectorLength'], message, next: 'Write the same number for both.' });
  }
  if (candidates === 'index') {
    const message = 'has no part in candidates: index, which looks up topics';
    flaws.push({
      ...common,
      path,
      message,
      next: 'Write candidates: boards, or candidates: exact for all live posts.',
    });
  }
  return flaws;
}

/** What needs a verb that the scenario does not allow. */
function verbFlaws({ failures, judge, verbs }: Checked): Flaw[] {
  const code = 'INPUT_COMBINATION' as const;
  const flaws: Flaw[] = [];
  if (failures?.some(({ mode }) => mode === 'random') === true && !verbs.includes('reassign')) {
    const message = 'makes agents answer at random, and reassign is not among the verbs';
    flaws.push({ input: failures, path: ['failures'], message, code, next: 'Add reassign to verbs.' });
  }
  if (failures?.some(({ mode }) => mode !== 'random') === true && !verbs.includes('quit')) {
    const message = 'makes agents quit, which is not among the verbs';
    flaws.push({ input: failures, path: ['failures'], message, code, next: 'Add quit to verbs.' });
  }
  if (judge !== undefined && !verbs.includes('try')) {
    const message = 'has nothing to judge: the verb try is not among the verbs';
    flaws.push({ input: judge, path: ['judge'], message, code, next: 'Add try to verbs, or drop judge.' });
  }
  return flaws;
}

/** What agents hold must be declared, have a range, and may change only where the verb is allowed. */
function opinionFlaws({ policies, attributes, verbs }: Checked): Flaw[] {
  return policies.flatMap(({ rules }, i): Flaw[] => {
    const opinion = rules?.opinion;
    if (opinion === undefined) return [];
    const path = ['policies', i, 'rules', 'opinion'];
    const flaws: Flaw[] = [];
    if (!verbs.includes('lean')) {
      const message = 'makes agents lean, which is not among the verbs';
      flaws.push({ input: opinion, path, message, code: 'INPUT_COMBINATION', next: 'Add lean to verbs.' });
    }
    if (!attributes.some(({ name }) => name === opinion.attribute)) {
      const message = `names ${opinion.attribute}, which is not declared`;
      const next = 'Declare it under attributes, from an attribute of the population if it is one.';
      flaws.push({ input: opinion, path: [...path, 'attribute'], message, code: 'INPUT_DANGLING_REF', next });
    }
    if (opinion.least >= opinion.most) {
      const message = `has no values from ${opinion.least} to ${opinion.most}`;
      flaws.push({ input: opinion, path, message, code: 'INPUT_COMBINATION', next: 'Write least below most.' });
    }
    return flaws;
  });
}

/** Core agents of a star-and-topic graph are prominent, too. */
function sourceFlaws({ sources, population, conduct, verbs }: Checked): Flaw[] {
  if (sources === undefined) return [];
  const hasProminent =
    population.kind === 'generated' && (population.prominent !== undefined || population.graph?.kind === 'star-topic');
  const flaws: Flaw[] = [];
  const add = (path: readonly string[], message: string, code: Flaw['code'], next: string): void => {
    flaws.push({ input: sources, path: ['sources', ...path], message, code, next });
  };
  const { moderation, pairAppeals, count } = sources;
  if (!hasProminent) {
    const next = 'Add population.prominent, or use interventions.';
    add([], 'the population has no prominent accounts', 'INPUT_DANGLING_REF', next);
  }
  if (pairAppeals !== undefined && count % 2 === 1) {
    add(['count'], `is ${count}, and posts come in pairs`, 'INPUT_COMBINATION', 'Write an even number.');
  }
  if (moderation === undefined) return flaws;
  if (pairAppeals === undefined) {
    add(['moderation'], 'acts on posts of pairs, and there are none', 'INPUT_COMBINATION', 'Add pairAppeals.');
  }
  if (conduct.moderators.length === 0) {
    add(['moderation'], 'has no moderator to act', 'INPUT_COMBINATION', 'Name one in conduct.moderators.');
  }
  if (!verbs.includes(moderation.does)) {
    const message = `needs ${moderation.does}, which is not among the verbs`;
    add(['moderation', 'does'], message, 'INPUT_COMBINATION', `Add ${moderation.does} to verbs.`);
  }
  return flaws;
}

/** Names that stand twice in a list; the place is that of the second. */
function doubleFlaws(
  names: readonly string[],
  what: string,
  [list, field]: readonly [list: string, field: string],
  other: string,
): Flaw[] {
  return names.flatMap((name, i) => {
    if (names.indexOf(name) === i) return [];
    const message = `the ${what} ${name} is declared twice`;
    return [
      { input: name, path: [list, i, field], message, code: 'INPUT_DUPLICATE_ID' as const, next: `Give it ${other}.` },
    ];
  });
}
