/**
 * Where two states differ first, column by column, as snapshots hold them: whatever the registry of columns knows is compared.
 *
 * Agents are met in the order of ordinals, each with all its columns and then its ties; posts by id, pairs by agent, what waits for the
 * platform, boards, then the ledger, messages, texts and archetypes.
 * Addresses are left out and rows of agents are told as ids, so that neither the layout nor the capacity of tables shows.
 */
import { agentSpec, attributeSpec, exposureSpec, recentSpec } from '../world/agents.ts';
import { vectorSpec } from '../world/reader-vectors.ts';
import { accounts } from '../world/ledger.ts';
import { pairKinds, pairNames } from '../world/pairs.ts';
import { column } from '../ground/table.ts';
import { oldestLive, postSpec } from '../world/posts.ts';
import { absent, firstUnshared } from '../record/log-difference.ts';
import { ledgerEntries, messagesOf } from './ledger-entries.ts';
import type { Difference, DifferingValue } from '../record/log-difference.ts';
import type { ColumnSpecs } from '../ground/table.ts';
import type { PairKind } from '../world/pairs.ts';
import type { CanonicalEntry, CanonicalMessage } from './ledger-entries.ts';
import type { Snapshot } from './snapshot.ts';

/** A snapshot and what it takes to say what stands in it. */
export interface NamedState {
  readonly snapshot: Snapshot;
  readonly attributeNames: readonly string[];
  /** External id of an agent by its ordinal. */
  readonly nameOf: (ordinal: number) => string;
}

type Found = Pick<Difference, 'agent' | 'field' | 'first' | 'second'>;

/** Tables that are addressed by the rows of agents, in the order in which they are compared; quotas are no declared table. */
export const agentTables: readonly (readonly [string, ColumnSpecs])[] = [
  ['agents', agentSpec.columns],
  ['recents', recentSpec.columns],
  ['exposures', exposureSpec.columns],
  ['attributes', attributeSpec.columns],
  ['readers', vectorSpec('readers', 1).columns],
  ['quotas', { used: column('i32'), tick: column('i32') }],
];

/** The first difference. Columns of another shape, as another plan makes them, are left out. */
export function stateDifference(a: NamedState, b: NamedState): Found | undefined {
  return (
    agentDifference(a, b) ??
    postDifference(a, b) ??
    pairsDifference(a, b) ??
    listDifference(a, b, 'moderation') ??
    boardDifference(a, b) ??
    ledgerDifference(a, b) ??
    messageDifference(a, b) ??
    listDifference(a, b, 'texts') ??
    archetypeDifference(a, b)
  );
}

/** A state with the rows of its agents by ordinal. */
interface Rows {
  readonly columns: Snapshot['columns'];
  readonly ordinalOfRow: ArrayLike<number>;
  readonly rowOfOrdinal: Int32Array;
}

function rowsOf({ snapshot: { columns } }: NamedState): Rows {
  const ordinalOfRow = columns['agents.ordinal'];
  const rowOfOrdinal = new Int32Array(ordinalOfRow.length);
  for (let row = 0; row < ordinalOfRow.length; row++) rowOfOrdinal[ordinalOfRow[row]] = row;
  return { columns, ordinalOfRow, rowOfOrdinal };
}

function agentDifference(a: NamedState, b: NamedState): Found | undefined {
  const [mine, theirs] = [rowsOf(a), rowsOf(b)];
  // The last row of the agents' own table is the platform's.
  const count = mine.rowOfOrdinal.length - 1;
  const compared = agentTables.flatMap(([table, specs]) => {
    const rows = table === 'agents' ? count + 1 : count;
    // A table that holds nothing of agents (attributes, quotas) has one cell all the same.
    return comparedColumns(table, specs, mine, theirs).map((one) => ({
      ...one,
      width: Math.floor(one.first.length / rows),
    }));
  });
  for (const name of invariantColumns(a, b).filter((one) => mine.columns[one].length === count)) {
    compared.push({ name, isAgent: false, first: mine.columns[name], second: theirs.columns[name], width: 1 });
  }
  for (let ordinal = 0; ordinal < count; ordinal++) {
    for (const { name, first, second, width } of compared) {
      const [from, to] = [mine.rowOfOrdinal[ordinal] * width, theirs.rowOfOrdinal[ordinal] * width];
      for (let k = 0; k < width; k++) {
        if (Object.is(first[from + k], second[to + k])) continue;
        const field = name === 'attributes.value' ? `attributes.${a.attributeNames[k]}` : cellName(name, width, k);
        return { agent: a.nameOf(ordinal), field, first: first[from + k], second: second[to + k] };
      }
    }
    const tie = tieDifference(a, mine, theirs, ordinal);
    if (tie !== undefined) return { agent: a.nameOf(ordinal), ...tie };
  }
  return undefined;
}

/** Columns with the states of invariants that both have: a cell for each agent, or one for the run. */
function invariantColumns(a: NamedState, b: NamedState): string[] {
  const [mine, theirs] = [a, b].map(({ snapshot }) => snapshot.columns);
  return Object.keys(mine).filter(
    (name) =>
      name.startsWith('invariants.') && Object.hasOwn(theirs, name) && mine[name].length === theirs[name].length,
  );
}

interface ComparedColumn {
  readonly name: string;
  readonly isAgent: boolean;
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
}

function comparedColumns(table: string, specs: ColumnSpecs, a: Rows, b: Rows): ComparedColumn[] {
  return Object.entries(specs).flatMap(([column, { meaning }]) => {
    const name = `${table}.${column}`;
    const [first, second] = [a, b].map(({ columns }) => columns[name] as ArrayLike<number> | undefined);
    if (meaning === 'address' || first === undefined || second === undefined) return [];
    return table !== 'posts' && first.length !== second.length
      ? []
      : [{ name, isAgent: meaning === 'agentRow', first, second }];
  });
}

function cellName(name: string, width: number, k: number): string {
  return width === 1 ? name : `${name}[${k}]`;
}

function tieDifference(named: NamedState, a: Rows, b: Rows, ordinal: number): Omit<Found, 'agent'> | undefined {
  const differing = firstUnshared(followeesOf(a, ordinal), followeesOf(b, ordinal));
  if (differing === undefined) return undefined;
  const name = (isThere: boolean): string => (isThere ? named.nameOf(differing.value) : absent);
  return { field: 'ties.followee', first: name(differing.isInFirst), second: name(!differing.isInFirst) };
}

function followeesOf({ columns, ordinalOfRow, rowOfOrdinal }: Rows, ordinal: number): Int32Array {
  const offset = columns['ties.offset'];
  const followee = columns['ties.followee'] as Int32Array;
  const row = rowOfOrdinal[ordinal];
  return followee
    .slice(offset[row], offset[row + 1])
    .map((one) => ordinalOfRow[one])
    .sort();
}

/** Live posts of both. A post that one alone has shows in the ids that are given next. */
function postDifference(a: NamedState, b: NamedState): Found | undefined {
  const [mine, theirs] = [rowsOf(a), rowsOf(b)];
  const compared = [
    ...comparedColumns('posts', postSpec.columns, mine, theirs),
    ...comparedColumns('postVectors', vectorSpec('postVectors', 1).columns, mine, theirs),
  ];
  const [own, other] = [windowOf(a), windowOf(b)];
  for (let id = Math.max(own.oldest, other.oldest); id < Math.min(own.next, other.next); id++) {
    for (const { name, isAgent, first, second } of compared) {
      const width = first.length / own.capacity;
      for (let k = 0; k < width; k++) {
        const one = first[(id & (own.capacity - 1)) * width + k];
        const two = second[(id & (other.capacity - 1)) * width + k];
        const [x, y] = isAgent ? [mine.ordinalOfRow[one], theirs.ordinalOfRow[two]] : [one, two];
        if (Object.is(x, y)) continue;
        const author = mine.ordinalOfRow[mine.columns['posts.author'][id & (own.capacity - 1)]];
        const value = (cell: number): DifferingValue => (isAgent ? a.nameOf(cell) : cell);
        const field = `${cellName(name, width, k)} of post ${id}`;
        return { agent: a.nameOf(author), field, first: value(x), second: value(y) };
      }
    }
  }
  if (own.next === other.next) return undefined;
  return { field: 'next post', first: own.next, second: other.next };
}

function windowOf({ snapshot }: NamedState): { oldest: number; next: number; capacity: number } {
  const capacity = snapshot.columns['posts.tick'].length;
  return { oldest: oldestLive({ rowCapacity: capacity }, snapshot.nextPost), next: snapshot.nextPost, capacity };
}

function pairsDifference(a: NamedState, b: NamedState): Found | undefined {
  for (const name of pairNames) {
    const found = pairDifference(a, b, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Pairs of one kind, in the order of ordinals and objects. */
function pairDifference(a: NamedState, b: NamedState, name: PairKind): Found | undefined {
  const [mine, theirs] = [pairsOf(a, name), pairsOf(b, name)];
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const [one, two] = [mine.at(i), theirs.at(i)];
    const order = one === undefined ? 1 : two === undefined ? -1 : one.ordinal - two.ordinal || one.object - two.object;
    if (order === 0 && one?.value === two?.value) continue;
    const named = order <= 0 ? one : two;
    if (named === undefined) return undefined;
    const first = order <= 0 ? (one?.value ?? absent) : absent;
    const second = order >= 0 ? (two?.value ?? absent) : absent;
    const object = pairKinds[name].object === 'agent' ? a.nameOf(named.object) : String(named.object);
    return { agent: a.nameOf(named.ordinal), field: `${name} of ${pairKinds[name].object} ${object}`, first, second };
  }
  return undefined;
}

function pairsOf(named: NamedState, name: PairKind): { ordinal: number; object: number; value: number }[] {
  const words = named.snapshot.columns[`pairs.${name}`];
  const { ordinalOfRow } = rowsOf(named);
  const isAgent = pairKinds[name].object === 'agent';
  const found = Array.from({ length: words.length / 3 }, (_, i) => ({
    ordinal: ordinalOfRow[words[i * 3]],
    object: isAgent ? ordinalOfRow[words[i * 3 + 1]] : words[i * 3 + 1],
    value: words[i * 3 + 2],
  }));
  return found.sort((x, y) => x.ordinal - y.ordinal || x.object - y.object);
}

/** Entries of the ledger, in the order of accounts, subjects and objects. */
function ledgerDifference(a: NamedState, b: NamedState): Found | undefined {
  const [mine, theirs] = [a, b].map(({ snapshot }) => ledgerEntries(snapshot));
  const place = ({ account, subject, object }: CanonicalEntry): [number, number, number] => [
    ...([accounts[account].number, subject, object] as const),
  ];
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const [one, two] = [mine.at(i), theirs.at(i)];
    const order = one === undefined ? 1 : two === undefined ? -1 : compareWords(place(one), place(two));
    if (order === 0 && one?.value === two?.value && one?.text === two?.text) continue;
    const named = order <= 0 ? one : two;
    if (named === undefined) return undefined;
    const isOfAgent = accounts[named.account].subject === 'agent';
    return {
      ...(isOfAgent ? { agent: a.nameOf(named.subject) } : {}),
      field: `ledger.${named.account}${isOfAgent ? '' : ` of ${named.subject}`} ${objectName(a, named)}`.trimEnd(),
      first: order <= 0 ? valueOf(one) : absent,
      second: order >= 0 ? valueOf(two) : absent,
    };
  }
  return undefined;
}

function compareWords(x: readonly number[], y: readonly number[]): number {
  const k = x.findIndex((word, i) => word !== y[i]);
  return k < 0 ? 0 : x[k] - y[k];
}

function objectName(named: NamedState, { account, object }: CanonicalEntry): string {
  const kind = accounts[account].object;
  if (kind === 'none') return '';
  return kind === 'agent' ? named.nameOf(object) : `${kind} ${object}`;
}

function valueOf(entry: CanonicalEntry | undefined): DifferingValue {
  return entry === undefined ? absent : (entry.text ?? entry.value);
}

function messageDifference(a: NamedState, b: NamedState): Found | undefined {
  const [mine, theirs] = [a, b].map(({ snapshot }) => messagesOf(snapshot));
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const [one, two] = [mine.at(i), theirs.at(i)];
    if (one?.id !== two?.id) return { field: 'messages', first: one?.id ?? absent, second: two?.id ?? absent };
    for (const [name, cell] of Object.entries(one ?? {})) {
      const other = two?.[name as keyof CanonicalMessage] ?? absent;
      if (cell !== other) return { field: `messages.${name} of message ${one?.id ?? 0}`, first: cell, second: other };
    }
  }
  return undefined;
}

/** What is known of archetypes, column by column. */
function archetypeDifference(a: NamedState, b: NamedState): Found | undefined {
  const names = [a, b].flatMap(({ snapshot }) => Object.keys(snapshot.columns));
  for (const name of new Set(names.filter((one) => one.startsWith('archetypes.')))) {
    const found = listDifference(a, b, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A list that must be the same, word by word. */
function listDifference(a: NamedState, b: NamedState, name: string): Found | undefined {
  const [first, second] = [a, b].map(({ snapshot }) =>
    Array.from((snapshot.columns as Partial<Snapshot['columns']>)[name] ?? []),
  );
  const place = Array.from({ length: Math.max(first.length, second.length) }, (_, k) => k).find(
    (k) => first[k] !== second[k],
  );
  if (place === undefined) return undefined;
  return { field: `${name}[${place}]`, first: first[place] ?? absent, second: second[place] ?? absent };
}

function boardDifference(a: NamedState, b: NamedState): Found | undefined {
  const ofTheRun = invariantColumns(a, b).filter((one) => a.snapshot.columns[one].length === 1);
  for (const name of ['boards.post', 'boards.score', ...ofTheRun]) {
    const [first, second] = [a.snapshot.columns[name], b.snapshot.columns[name]];
    const place = first.findIndex((cell, k) => !Object.is(cell, second[k]));
    if (place >= 0) return { field: `${name}[${place}]`, first: first[place], second: second[place] };
  }
  return undefined;
}
