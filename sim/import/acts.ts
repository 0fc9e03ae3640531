/**
 * A list of acts as a data set: targets become posts, acts become likes, reposts or replies on them.
 *
 * Reads rows of a list of acts. A target is a post of its owner, placed at the first act on it, since the list does not say when it came to be; where
 * no owner is told, one agent that stands for all of them holds the posts: `unknownOwner`. An act with words is a reply, others are
 * what their kind says, and a like where it says nothing. Acts that stand twice are kept: a measure says what it does with them.
 * Order: posts first, in the order in which the list names them, then acts in its order. Oracle: `test/sim/import/act-list.test.ts`.
 */
import { echo } from '../ground/errors.ts';
import { verbs } from '../exchange/verbs.ts';
import { RowTally } from './gathered.ts';
import { nameOfSource } from './source-file.ts';
import type { DataTableParts } from '../record/data-table.ts';
import type { ActRows } from './act-list.ts';
import type { Gathered } from './gathered.ts';

/** Who holds targets whose owner is not told. It acts on nothing. */
export const unknownOwner = '(owner not told)';

/** Kinds of acts as files call them. */
const verbOfKind: Readonly<Record<string, number>> = {
  ...{ like: verbs.like, upvote: verbs.like, vote: verbs.like, favorite: verbs.like, favourite: verbs.like },
  ...{ dislike: verbs.dislike, downvote: verbs.dislike },
  ...{ share: verbs.repost, repost: verbs.repost, retweet: verbs.repost, boost: verbs.repost },
  ...{ reply: verbs.reply, comment: verbs.reply, answer: verbs.reply },
};

/** Brings acts into the form of a data set. */
export function gatherActs(path: string, rows: ActRows): Gathered {
  const { agents, targets, count } = rows;
  const noted = new RowTally();
  const owner = ownersOf(rows, noted);
  const isOwned = owner.every((one) => one >= 0);
  const timeMs = new Float64Array(targets.length + count);
  timeMs.fill(Infinity, 0, targets.length);
  for (let row = 0; row < count; row++) {
    const target = rows.target[row];
    timeMs[targets.length + row] = rows.timeMs[row];
    timeMs[target] = Math.min(timeMs[target], rows.timeMs[row]);
  }
  const verb = new Uint8Array(targets.length + count).fill(verbs.post, 0, targets.length);
  verb.set(verbsOf(rows, noted), targets.length);
  return {
    ...{ importer: 'acts', name: nameOfSource(path), layer: 'reply' },
    ids: isOwned ? agents : [...agents, unknownOwner],
    ties: { from: new Int32Array(0), to: new Int32Array(0) },
    acts: {
      count: targets.length + count,
      verb,
      actor: Int32Array.from([...owner.map((one) => (one < 0 ? agents.length : one)), ...rows.agent]),
      target: Int32Array.from([...new Int32Array(targets.length).fill(-1), ...rows.target]),
      timeMs,
    },
    tables: tablesOf(rows),
    files: [path],
    dropped: [],
    noted: noted.listed(),
  };
}

/** The owner of each target: the first that a row names, -1 for none. */
function ownersOf({ targets, count, target, owner, agents, placeOf }: ActRows, noted: RowTally): Int32Array {
  const owners = new Int32Array(targets.length).fill(-1);
  for (let row = 0; row < count && owner !== undefined; row++) {
    const [one, known] = [owner[row], owners[target[row]]];
    if (known < 0) owners[target[row]] = one;
    else if (one >= 0 && one !== known) {
      noted.add(
        'target with a second owner: the first is kept',
        () => placeOf(row),
        () => `${echo(targets[target[row]])} of ${echo(agents[one])}`,
      );
    }
  }
  return owners;
}

function verbsOf({ count, kind, kinds, text, placeOf }: ActRows, noted: RowTally): Uint8Array {
  const verbOf = kinds.map((name) => verbOfKind[name.toLowerCase()]);
  return Uint8Array.from({ length: count }, (_, row) => {
    if (text !== undefined && text[row] !== '') return verbs.reply;
    const one = kind?.[row] ?? -1;
    if (one < 0) return verbs.like;
    const known = verbOf[one] as number | undefined;
    if (known !== undefined) return known;
    noted.add(
      `act of a kind that is not known: kept as a like; known are ${Object.keys(verbOfKind).join(', ')}`,
      () => placeOf(row),
      () => echo(kinds[one]),
    );
    return verbs.like;
  });
}

/** Rows of the table of posts are targets, then acts; the rows of acts that make no post fall away when it is written. */
function tablesOf({ targets, count, target, text, community, communities, placeOf }: ActRows): DataTableParts[] {
  const rowCount = targets.length + count;
  const lineOf = (row: number): string => `row ${placeOf(row).line ?? row + 1}`;
  const texts = text === undefined ? {} : { content: [...targets.map(() => ''), ...text] };
  const posts = { id: [...targets, ...Array.from({ length: count }, (_, row) => lineOf(row))], ...texts };
  if (community === undefined) return [{ name: 'posts', rows: 'posts', rowCount, columns: posts }];
  const first = new Int32Array(rowCount).fill(-1);
  for (let row = 0; row < count; row++) if (first[target[row]] < 0) first[target[row]] = community[row];
  first.set(community, targets.length);
  return [
    { name: 'posts', rows: 'posts', rowCount, columns: { ...posts, community: first } },
    { name: 'communities', rows: 'communities', rowCount: communities.length, columns: { name: communities } },
  ];
}
