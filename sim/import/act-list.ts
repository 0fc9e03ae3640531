/**
 * Lists of acts as text: who acted on what, and when; if the file has them also in what way, with which words, whose the target was and where.
 *
 * A row an act, separated as edge lists are, plain or gzipped. Agents and targets are names of two kinds: an agent and a target of one name are
 * not the same thing. Ids are kept as they are written. Errors: those of a table, all of one pass, each with its line.
 * Oracle: `test/sim/import/act-list.test.ts`.
 */
import { readTableFrom } from '../scenario/table.ts';
import { openSource } from '../scenario/table-source.ts';
import { withoutComments } from './edge-bytes.ts';
import { byteCountMax, shapeOf } from './list-shape.ts';
import type { Place } from '../ground/errors.ts';
import type { TableColumn, TableColumns } from '../scenario/table-columns.ts';
import type { ListForm, ListOptions } from './list-shape.ts';

/** Acts as they stand in a file, a row each. Agents, owners, targets, kinds and communities are places in their lists of names. */
export interface ActRows {
  readonly count: number;
  readonly agents: readonly string[];
  readonly targets: readonly string[];
  readonly agent: Int32Array;
  readonly target: Int32Array;
  /** Milliseconds since 1970. */
  readonly timeMs: Float64Array;
  readonly kinds: readonly string[];
  readonly kind?: Int32Array;
  readonly communities: readonly string[];
  readonly community?: Int32Array;
  readonly text?: readonly string[];
  /** Whose the target is, among `agents`; -1 where a row does not say. */
  readonly owner?: Int32Array;
  readonly placeOf: (row: number) => Place;
}

const agentNames = ['agent', 'agent_id', 'user', 'user_id', 'account', 'account_id', 'actor', 'source', 'src', 'from'];
const targetNames = ['target', 'target_id', 'post', 'post_id', 'item', 'item_id', 'object', 'url', 'dst', 'to'];

const acts: ListForm = {
  noun: 'act',
  names: {
    agent: agentNames,
    target: targetNames,
    time: ['time', 'timestamp', 'created_at', 'date', 'datetime', 't', 'unixts'],
    kind: ['kind', 'action', 'verb', 'type'],
    text: ['text', 'content', 'body', 'message'],
    owner: ['owner', 'target_author', 'author', 'author_id'],
    community: ['community', 'submolt', 'subreddit', 'group', 'channel'],
  },
  required: ['agent', 'target', 'time'],
  example: 'agent,target,time',
  isPlainPairs: false,
};

const rowCountMax = 1_000_000_000;
/** 40,000 code points of four bytes each, and room. */
const fieldByteCountMax = 256 * 1024;

/** Reads a list of acts. */
export function readActList(path: string, options: ListOptions = {}): ActRows {
  const { nameOf, header, delimiter, joinsBlanks } = shapeOf(path, options, acts);
  const numbers = { agent: numbering(), target: numbering(), kind: numbering(), community: numbering() };
  const source = openSource(path, byteCountMax);
  try {
    const columns = Object.fromEntries(
      Object.entries(nameOf).map(([role, name]) => [name, columnOf(role, { ...numbers, owner: numbers.agent })]),
    );
    const table = readTableFrom(withoutComments(source, joinsBlanks), columns as TableColumns, {
      ...{ delimiter, undeclared: 'ignore', byteCountMax, rowCountMax, fieldByteCountMax },
      ...(header === undefined ? {} : { header }),
    });
    const column = (role: string) => table.columns[nameOf[role]];
    const given = (role: string, as: string) => (role in nameOf ? { [as]: column(role) } : {});
    return {
      count: table.rowCount,
      agents: [...numbers.agent.keys()],
      targets: [...numbers.target.keys()],
      kinds: [...numbers.kind.keys()],
      communities: [...numbers.community.keys()],
      agent: column('agent') as Int32Array,
      target: column('target') as Int32Array,
      timeMs: column('time') as Float64Array,
      ...given('kind', 'kind'),
      ...given('community', 'community'),
      ...given('text', 'text'),
      ...given('owner', 'owner'),
      placeOf: (row) => ({ file: table.file, line: table.line[row] }),
    };
  } finally {
    source.close();
  }
}

function numbering(): Map<string, number> {
  return new Map();
}

function columnOf(role: string, numbers: Readonly<Record<string, Map<string, number>>>): TableColumn {
  if (role === 'time') return { type: 'time' };
  if (role === 'text') return { type: 'text', empty: '' };
  const numberOf = numbers[role];
  return role === 'agent' || role === 'target'
    ? { type: 'numbered', numberOf }
    : { type: 'numbered', numberOf, empty: -1 };
}
