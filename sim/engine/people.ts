/**
 * A population from files: who is there and when they act, and who follows whom.
 *
 * Two tables: agents with, if known, how many acts each made in every hour of the day, and what they are; and ties. Wakings grow with the
 * acts that were recorded; interests are drawn by the agent's own key, because no file gives them.
 */
import { InputError, echo } from '../ground/errors.ts';
import { pow } from '../ground/detmath.ts';
import { drawInterests } from '../world/generate.ts';
import { oasisActivity, ratesOfActivity } from '../world/oasis-activity.ts';
import { keysOf } from '../world/population.ts';
import { readDocument } from '../scenario/document.ts';
import { validate } from '../scenario/problems.ts';
import { postsSchema } from '../scenario/schema-population.ts';
import { checkEdges } from '../scenario/table-edges.ts';
import { readTable } from '../scenario/table.ts';
import type { Population, TraitColumn } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Table } from '../scenario/table.ts';
import type { IntegerColumn, TableColumns } from '../scenario/table-columns.ts';
import type { Intervention } from './plan.ts';

const hourNames = Array.from({ length: 24 }, (_, hour) => `h${String(hour).padStart(2, '0')}`);
const hourColumns = Object.fromEntries(
  hourNames.map((hour): [string, IntegerColumn] => [hour, { type: 'integer', min: 0, optional: true }]),
);
const agentColumns: TableColumns = { agent: { type: 'text' }, ...hourColumns };

/** How the files that a scenario names are found: the real path of a file named at a field of the scenario. */
export type FileFinder = (relative: string, field: readonly (string | number)[]) => string;

interface Hours {
  readonly ids: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  /** Acts in each hour, 24 an agent. */
  readonly acts: Float64Array;
  readonly traits: readonly TraitColumn[];
}

function readAgents(path: string, attributes: readonly string[] = []): Hours {
  refuseNames(attributes);
  const declared = Object.fromEntries(attributes.map((name) => [name, { type: 'text' } as const]));
  const columns: TableColumns = { ...declared, ...agentColumns };
  const table = readTable(path, columns, { id: 'agent', undeclared: 'ignore' });
  const acts = new Float64Array(table.rowCount * 24);
  hourNames.forEach((hour, h) => {
    if (!table.present.has(hour)) return;
    const column = table.columns[hour] as Int32Array;
    for (let row = 0; row < table.rowCount; row++) acts[row * 24 + h] = column[row];
  });
  const texts: Readonly<Record<string, readonly string[] | ArrayLike<number>>> = table.columns;
  const traits = attributes.map((name) => traitOf(name, texts[name] as readonly string[], table));
  return { ids: texts['agent'] as readonly string[], rowOf: table.rowOf, acts, traits };
}

/** Columns that say something else, or are named twice. */
function refuseNames(attributes: readonly string[]): void {
  const bad = attributes.find((name, i) => Object.hasOwn(agentColumns, name) || attributes.indexOf(name) !== i);
  if (bad === undefined) return;
  throw new InputError({
    code: 'INPUT_DUPLICATE_ID',
    found: `population.attributes names ${echo(bad)}, which ${Object.hasOwn(agentColumns, bad) ? 'is no attribute' : 'stands there twice'}`,
    next: 'Name each column that says what agents are once.',
  });
}

const wordLengthMax = 64;

/** Whole numbers where all cells are, else words, numbered in the order of their characters, so that the order of rows does not show. */
function traitOf(name: string, cells: readonly string[], { file, line }: Pick<Table, 'file' | 'line'>): TraitColumn {
  if (cells.every((cell) => /^(?:0|-?[1-9]\d{0,8})$/.test(cell)))
    return { name, value: Int32Array.from(cells, Number) };
  const long = cells.findIndex((cell) => cell.length > wordLengthMax);
  if (long >= 0) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      place: { file, line: line[long] },
      found: `${name} has ${cells[long].length} characters, more than ${wordLengthMax}`,
      next: 'Attributes are words: shorten them, or leave the column out of population.attributes.',
    });
  }
  const labels = [...new Set(cells)].sort((a, b) => (a < b ? -1 : 1));
  const numberOf = new Map(labels.map((label, number) => [label, number]));
  return { name, labels, value: Int32Array.from(cells, (cell) => numberOf.get(cell) ?? 0) };
}

/** Shares of the day's hours, 24 a row of the file, with `smoothing` acts added to each hour. */
export function readHours(path: string, smoothing: number): Float64Array {
  return sharesOf(readAgents(path).acts, smoothing);
}

function sharesOf(acts: Float64Array, smoothing: number): Float64Array {
  const shares = new Float64Array(acts.length);
  for (let row = 0; row < acts.length; row += 24) {
    let total = 0;
    for (let hour = 0; hour < 24; hour++) total += acts[row + hour] + smoothing;
    for (let hour = 0; hour < 24; hour++) {
      shares[row + hour] = total > 0 ? (acts[row + hour] + smoothing) / total : 1 / 24;
    }
  }
  return shares;
}

type FilesPopulation = Extract<ScenarioData['population'], { kind: 'files' }>;

/** Reads agents and ties. Self-follows and doubles are refused with their lines. */
export function readPeople(population: FilesPopulation, seed: number, find: FileFinder): Population {
  const agents = readAgents(find(population.agents, ['population', 'agents']), population.attributes);
  const count = agents.ids.length;
  refuseMany(count, population.agents);
  const columns = { follower: { type: 'text' }, followee: { type: 'text' } } as const;
  const table = readTable(find(population.follows, ['population', 'follows']), columns, { rowCountMin: 0 });
  const edges = checkEdges(table, { from: 'follower', to: 'followee', rowOf: agents.rowOf });
  const ids = { list: agents.ids };
  const keys = keysOf(ids, count);
  const totals = Float64Array.from({ length: count }, (_, row) =>
    agents.acts.subarray(row * 24, row * 24 + 24).reduce((sum, one) => sum + one, 0),
  );
  const { activity } = population;
  const rates =
    activity === undefined
      ? {
          profileShares: sharesOf(agents.acts, population.hourSmoothing),
          wakesPerDay: wakesByActs(totals, population.wakesPerDayMean, population.activityExponent),
        }
      : ratesOfActivity(oasisActivity(agents.acts), activity.stepSeconds);
  return {
    ...{ count, ids, ...keys },
    interest: drawInterests(seed, keys, population.focusShare),
    profile: Uint16Array.from({ length: count }, (_, row) => row),
    ...rates,
    policy: new Uint8Array(count),
    ...rowsOf(count, edges.from, edges.to),
    ...(agents.traits.length === 0 ? {} : { traits: agents.traits }),
  };
}

/** Posts that are there from the start, in the order of their file: acts of their authors at tick 0. */
export function readPosts({ posts }: FilesPopulation, { ids }: Population, find: FileFinder): Intervention[] {
  if (posts === undefined) return [];
  const document = readDocument(find(posts, ['population', 'posts']));
  const known = new Set('list' in ids ? ids.list : []);
  const written = validate(postsSchema, document);
  const unknown = written.findIndex(({ agent }) => !known.has(agent));
  if (unknown < 0) return written.map(({ agent, text }) => ({ tick: 0, agent, verb: 'post', text }));
  throw new InputError({
    code: 'INPUT_DANGLING_REF',
    place: document.place([unknown, 'agent'], 'value'),
    found: `${echo(written[unknown].agent)} is not among the agents`,
    next: 'Name an agent of the population.',
  });
}

/** Wakings a day that grow with recorded acts: mean x (1 + acts)^exponent, scaled to the mean. */
export function wakesByActs(acts: Float64Array, mean: number, exponent: number): Float32Array {
  const raw = acts.map((count) => pow(1 + count, exponent));
  // Summed in ascending order, so that the order of rows in a file does not reach the last bit.
  const total = raw.toSorted().reduce((sum, one) => sum + one, 0);
  return Float32Array.from(raw, (one) => (one * mean * acts.length) / total);
}

const profileCountMax = 65_536;

/** Each agent of a file has a profile of its own, numbered in sixteen bits. */
function refuseMany(count: number, file: string): void {
  if (count <= profileCountMax) return;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    place: { file },
    found: `the file has ${count} agents, populations from files have at most ${profileCountMax}`,
    next: 'Take a sample of the agents, or generate the population.',
  });
}

/** Ties between numbered agents as compressed rows, each in the order given. */
export function rowsOf(count: number, from: Int32Array, to: Int32Array): Pick<Population, 'followOffset' | 'followee'> {
  const followOffset = new Int32Array(count + 1);
  for (const agent of from) followOffset[agent + 1]++;
  for (let agent = 0; agent < count; agent++) followOffset[agent + 1] += followOffset[agent];
  const next = followOffset.slice();
  const followee = new Int32Array(from.length);
  from.forEach((agent, i) => (followee[next[agent]++] = to[i]));
  return { followOffset, followee };
}
