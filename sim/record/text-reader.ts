/**
 * What somebody wrote in a recorded population: the texts of posts by their rows, as `readPosts` numbers them.
 *
 * Of a data set these are title and content of the source; of a run the words that own policies, models and interventions gave. Words
 * that rules are rendered in are left out: they say nothing of an agent (`post-texts.ts` has them for exports).
 * Reads the log once where it is a run. Memory: the texts of a run; those of a data set are decoded when asked for.
 */
import { outcomes } from '../exchange/reasons.ts';
import { makesPost } from '../exchange/verbs.ts';
import { detailText } from './chunk.ts';
import { dataSetOf, readDataTable } from './data-set-reader.ts';
import type { Records } from './reader.ts';

/** Texts by row of the post; the empty text where nobody wrote one. */
export interface WrittenTexts {
  at(row: number): string;
}

/** The texts; undefined where nobody wrote any, or the source of a data set has none. */
export function readWrittenTexts(records: Records): WrittenTexts | undefined {
  return dataSetOf(records.manifest) === undefined ? textsOfRun(records) : textsOfDataSet(records);
}

function textsOfDataSet(records: Records): WrittenTexts | undefined {
  const table = readDataTable(records, 'posts');
  const [titles, contents] = [table?.texts('title'), table?.texts('content')];
  if (titles === undefined && contents === undefined) return undefined;
  return {
    at(row) {
      const [title, content] = [titles?.at(row) ?? '', contents?.at(row) ?? ''];
      return title === '' || content === '' ? title + content : `${title}\n\n${content}`;
    },
  };
}

function textsOfRun(records: Records): WrittenTexts | undefined {
  const texts = new Map<number, string>();
  for (const record of records.ticks()) {
    const { details, verb, outcome, result } = record;
    for (let k = 0; k < details.row.length; k++) {
      const i = details.row[k];
      if (details.text[k] === 0 || outcome[i] !== outcomes.granted || !makesPost(verb[i]) || result[i] < 1) continue;
      texts.set(result[i] - 1, detailText(details, k));
    }
  }
  return texts.size === 0 ? undefined : { at: (row) => texts.get(row) ?? '' };
}
