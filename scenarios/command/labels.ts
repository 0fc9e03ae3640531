/**
 * Labels of agents from a file of the user's: who is known to belong to a ring, for `validity --truth`.
 *
 * Reads one agent a line, who are then all that belong to rings; or `agent,label` a line, where the label is a yes or no, or the name of a ring.
 * With labels only the agents that the file names are scored: of others nothing is known. A header is taken by its names (`agent`, `id`, `user`; `label`,
 * `ring`), and not asked for. An agent with names of two rings belongs to both; one that is labelled yes and no is refused.
 * Errors: those of a table, all of one pass, each with its line. Oracle: `test/command/labels.test.ts`.
 */
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import { withoutComments } from '../../sim/import/edge-bytes.ts';
import { shapeOf } from '../../sim/import/list-shape.ts';
import { readTableFrom } from '../../sim/scenario/table.ts';
import { openSource } from '../../sim/scenario/table-source.ts';
import type { ListForm } from '../../sim/import/list-shape.ts';
import type { TableColumns } from '../../sim/scenario/table-columns.ts';

/** Who belongs to rings. */
export interface Labels {
  /** Members of rings, by external ids. */
  readonly planted: ReadonlySet<string>;
  /** Who is known not to belong to one; undefined where everybody else is. */
  readonly clean?: ReadonlySet<string>;
  /** Rings by name, where the file tells them apart. */
  readonly groups: readonly (readonly string[])[];
}

const labels: ListForm = {
  noun: 'agent',
  names: {
    agent: ['agent', 'agent_id', 'id', 'user', 'user_id', 'account', 'account_id', 'name'],
    label: ['label', 'ring', 'group', 'truth', 'class', 'is_ring', 'planted'],
  },
  required: ['agent'],
  example: 'agent,label',
  isPlainPairs: false,
  headless: ['agent', 'label'],
};

const [no, yes] = [
  new Set([
    '',
    '0',
    'no',
    'n',
    'false',
    'f',
    'none',
    'clean',
    'benign',
    'normal',
    'genuine',
    'human',
    '-',
    '-1',
    'nan',
  ]),
  new Set(['1', 'yes', 'y', 'true', 't', 'ring', 'planted', 'colluder', 'fraud', 'bot', 'sybil']),
];

/** Reads labels. Throws INPUT_DUPLICATE_ID for an agent with two labels that exclude one another, INPUT_EMPTY where no agent is in a ring. */
export function readLabels(path: string): Labels {
  const { agent, label, placeOf, file } = readRows(path);
  if (label === undefined) return { planted: new Set(agent), groups: [] };
  const planted = new Set<string>();
  const clean = new Set<string>();
  const rings = new Map<string, Set<string>>();
  agent.forEach((one, row) => {
    const word = label[row].trim().toLowerCase();
    (no.has(word) ? clean : planted).add(one);
    if (planted.has(one) && clean.has(one)) {
      throw new InputError({
        code: 'INPUT_DUPLICATE_ID',
        place: placeOf(row),
        found: `agent ${echo(one)} is labelled as in a ring and as in none`,
        next: 'Keep one of the two rows.',
      });
    }
    if (no.has(word) || yes.has(word)) return;
    const name = label[row].trim();
    rings.set(name, (rings.get(name) ?? new Set()).add(one));
  });
  if (planted.size === 0) {
    throw new InputError({
      code: 'INPUT_EMPTY',
      place: { file },
      found: 'labels no agent as in a ring',
      next: 'Label them with 1, yes, or the name of their ring.',
    });
  }
  return { planted, ...(clean.size === 0 ? {} : { clean }), groups: [...rings.values()].map((one) => [...one]) };
}

function readRows(path: string) {
  const { nameOf, header, delimiter, joinsBlanks } = shapeOf(path, {}, labels);
  const source = openSource(path, byteCountMax);
  try {
    const columns = Object.fromEntries(Object.entries(nameOf).map(([role, name]) => [name, columnOf(role)]));
    const table = readTableFrom(withoutComments(source, joinsBlanks), columns as TableColumns, {
      ...{ delimiter, undeclared: 'ignore' },
      ...(header === undefined ? {} : { header }),
    });
    return {
      file: escapeControls(table.file),
      agent: table.columns[nameOf['agent']] as readonly string[],
      label: 'label' in nameOf ? (table.columns[nameOf['label']] as readonly string[]) : undefined,
      placeOf: (row: number) => ({ file: table.file, line: table.line[row] }),
    };
  } finally {
    source.close();
  }
}

const byteCountMax = 1024 * 1024 * 1024;

function columnOf(role: string) {
  return role === 'agent' ? ({ type: 'text' } as const) : ({ type: 'text', empty: '' } as const);
}
