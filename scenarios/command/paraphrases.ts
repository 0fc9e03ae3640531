/**
 * Wordings of one prompt that are meant to say the same: what a study or a sweep crosses its worlds with, so that a finding is not one about a wording.
 *
 * Reads a list (of a study file, or a file of its own) and scenarios; gives each wording as settings of the fields that hold a scenario's words (goals, situation,
 * rules of a judge) and nothing else, so that wordings differ in words alone. Order: as listed; the first is the one that figures name first.
 * Invariant: what is sealed holds the words and the SHA-256 of every fixed part of a prompt that they lead to.
 */
import { z } from 'zod';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { promptTemplates } from '../../sim/engine/prompt-templates.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { readDocument } from '../../sim/scenario/document.ts';
import { loadScenario } from '../load.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { PromptTemplate } from '../../sim/engine/prompt-templates.ts';
import type { Document } from '../../sim/scenario/document.ts';

/** A wording: `path=words` as for `--set`. */
export const paraphraseForm = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  set: z.array(z.string().min(1)).min(1).max(32),
});
export type Paraphrase = z.infer<typeof paraphraseForm>;

/** A list of wordings: of one nothing can be learnt about wordings. */
export const paraphrasesForm = z.array(paraphraseForm).min(2).max(64);

/** Fields that hold words of a prompt. */
const wordingPath = /^(?:policies\[\d+\]\.(?:model\.goals|archetypes\.(?:situation|model\.goals))|judge\.rules)=/;

/** What is wrong with a list: names that are there twice, words that are equal, fields that are no words, or others than the first wording sets. */
export function paraphraseFlaws(paraphrases: readonly Paraphrase[]): Omit<Problem, 'place'>[] {
  const names = paraphrases.map(({ name }) => name);
  const words = paraphrases.map(({ set }) => JSON.stringify(set));
  const fields = paraphrases.map(({ set }) =>
    set
      .map((one) => one.slice(0, one.indexOf('=')))
      .sort()
      .join(', '),
  );
  return paraphrases.flatMap(({ name, set }, at): Omit<Problem, 'place'>[] => {
    const problem = (code: Problem['code'], found: string, next: string): Omit<Problem, 'place'>[] => [
      { code, found, next },
    ];
    const other = set.find((one) => !wordingPath.test(one));
    if (names.indexOf(name) < at)
      return problem('INPUT_DUPLICATE_ID', `two paraphrases are called ${echo(name)}`, 'Rename one.');
    if (other !== undefined) {
      const next =
        'Set policies[i].model.goals, policies[i].archetypes.situation, policies[i].archetypes.model.goals or judge.rules.';
      return problem(
        'INPUT_COMBINATION',
        `paraphrase ${echo(name)} sets ${echo(other)}, which is no wording of a prompt`,
        next,
      );
    }
    if (words.indexOf(words[at]) < at) {
      const next = 'Leave one out, or word it otherwise.';
      return problem(
        'INPUT_COMBINATION',
        `paraphrase ${echo(name)} says what ${echo(names[words.indexOf(words[at])])} says`,
        next,
      );
    }
    if (fields[at] === fields[0]) return [];
    return problem(
      'INPUT_COMBINATION',
      `paraphrase ${echo(name)} words ${fields[at]}, the first one ${fields[0]}`,
      'Word the same fields in each.',
    );
  });
}

/** Reads a file that is a list of wordings. */
export function readParaphrases(file: string): Paraphrase[] {
  const document = readDocument(file);
  const parsed = paraphrasesForm.safeParse(document.value);
  const problems: Omit<Problem, 'place'>[] = parsed.success
    ? paraphraseFlaws(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({
        code: 'INPUT_TYPE',
        found: `${path.join('.') || 'the file'}: ${message}`,
        next: 'Write a list of {name, set: [path=words]}, two or more.',
      }));
  if (problems.length > 0) throw new InputError(problems.map((one): Problem => ({ place: { file }, ...one })));
  return parsed.data ?? [];
}

/** A fixed part of a prompt, with the arm or cell and the wording in which it stands. */
export interface PromptRecord extends PromptTemplate {
  readonly arm: string;
  /** Empty where nothing is paraphrased. */
  readonly paraphrase: string;
}

/** A fixed part of a prompt as a plan holds it: without its text. */
export type PromptHash = Omit<PromptRecord, 'text'>;

/** A record without its text. */
export function hashOnly({ arm, paraphrase, asker, part, sha256 }: PromptRecord): PromptHash {
  return { arm, paraphrase, asker, part, sha256 };
}

/** Which scenario an arm or a cell is. */
export interface PromptedArm {
  readonly name: string;
  readonly scenario: string;
  readonly set: readonly string[];
  readonly allowCode: boolean;
}

/** Fixed parts of prompts of all arms in all wordings. Loads each, so that a wording that no scenario can have is told before the first world. */
export async function promptsOf(
  arms: readonly PromptedArm[],
  paraphrases: readonly Paraphrase[] | undefined,
  models: Document | undefined,
): Promise<PromptRecord[]> {
  const records: PromptRecord[] = [];
  for (const { name: arm, scenario, set, allowCode } of arms) {
    for (const paraphrase of paraphrases ?? [undefined]) {
      const loaded = await loadScenario(scenario, {
        ...{ set: [...set, ...(paraphrase?.set ?? [])], allowCode },
        ...(models === undefined ? {} : { models }),
      });
      const code = await loadOwnCode(loaded.module);
      const templates = promptTemplates(loaded.data, code);
      records.push(...templates.map((one) => ({ arm, paraphrase: paraphrase?.name ?? '', ...one })));
    }
  }
  return records;
}
