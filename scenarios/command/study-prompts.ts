/**
 * What a study's supplement says of language models: which fixed parts of prompts were sent, in which wording, which model answered in each world, and how far findings rest on wordings.
 *
 * Writes `prompts.csv` and `.parquet` with the texts beside them as `prompts/SHA-256.txt`; `models.csv` and `.parquet`, a row a world with the digest of its run; `paraphrases.csv` and
 * `.parquet`, a row a hypothesis and wording. Order: arms, seeds, wordings. Invariant: the hash of a text is the one that was registered before the first world.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../sim/record/store.ts';
import { askedCells, askedColumns, writeTable } from './sweep-tables.ts';
import type { Finding } from './study-analysis.ts';
import type { Registration } from './study-file.ts';
import type { PromptRecord } from './paraphrases.ts';
import type { Replicate } from './replicate-store.ts';

/** Worlds of a study by arm; wordings of one seed side by side. */
export type StudyReplicates = Readonly<Record<string, readonly Replicate[]>>;

/** Writes the tables. Returns their files, below the directory. */
export function writePromptTables(
  directory: string,
  registration: Registration,
  prompts: readonly PromptRecord[],
  worlds: StudyReplicates,
  findings: readonly Finding[],
): string[] {
  if (prompts.length === 0 && registration.models.length === 0) return [];
  const text = (name: string) => ({ name, type: 'text' as const });
  const tables = [
    ...writeTable(directory, 'prompts', {
      columns: ['arm', 'paraphrase', 'asker', 'part', 'sha256'].map(text),
      rows: prompts.map(({ arm, paraphrase, asker, part, sha256 }) => [arm, paraphrase, asker, part, sha256]),
    }),
    ...writeTable(directory, 'models', {
      columns: [text('arm'), { name: 'seed', type: 'integer' }, text('paraphrase'), ...askedColumns],
      rows: registration.arms.flatMap(({ name }) =>
        worlds[name].flatMap(({ asked }, at) =>
          asked === undefined ? [] : [[name, ...placeIn(registration, at), ...askedCells(asked)]],
        ),
      ),
    }),
    ...(registration.paraphrases === undefined ? [] : writeWordings(directory, findings)),
  ];
  return [...tables.map((file) => file.slice(directory.length + 1)), ...writeTexts(directory, prompts)];
}

/** Seed and wording of a world by its place; no wording where nothing is paraphrased. */
export function placeIn({ seed, paraphrases }: Registration, at: number): [number, string] {
  if (paraphrases === undefined) return [seed + at, ''];
  return [seed + Math.floor(at / paraphrases.length), paraphrases[at % paraphrases.length].name];
}

function writeTexts(directory: string, prompts: readonly PromptRecord[]): string[] {
  if (prompts.length > 0) mkdirSync(join(directory, 'prompts'), { recursive: true, mode: 0o700 });
  const texts = new Map(prompts.map(({ sha256, text }) => [`prompts/${sha256}.txt`, text]));
  for (const [file, text] of texts) writeWhole(join(directory, file), text);
  return [...texts.keys()].sort();
}

function writeWordings(directory: string, findings: readonly Finding[]): string[] {
  const rows = findings.flatMap(({ id, measure, wording }) =>
    (wording?.each ?? []).map(({ name, difference, without }) => [id, measure, name, difference, without]),
  );
  return writeTable(directory, 'paraphrases', {
    columns: [
      ...['id', 'measure', 'paraphrase'].map((name) => ({ name, type: 'text' as const })),
      ...['difference', 'differenceWithout'].map((name) => ({ name, type: 'number' as const })),
    ],
    rows,
  });
}
