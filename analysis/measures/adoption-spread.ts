/**
 * Adoption beside exposure: risk sets for the placebos, and rows for P(k).
 *
 * Reads histories (`adoption-history.ts`). Everyone is at risk of each content from its first adoption on, until it adopts it. Two
 * readings of an exposure stand side by side, and the data choose between them:
 *
 *     at exposure      each adopter who becomes visible gives one chance, at the next tick
 *     while exposed    each adopter who is visible gives one chance at every tick
 *
 * In the first, adoptions follow exposures at once; it is chosen where a tick right after an exposure brings adoption three times as
 * often as a later one. Without ticks only the second can be told.
 * Rows are columns: recorded looks are millions, and an object or a text for each would take gigabytes.
 * Invariant: events of the risk sets are the adoptions that are no seeds. Oracles: R coxph, `test/data/adoption.json`; loops over pairs
 * of texts in `test/analysis/measures/adoption-history.test.ts`.
 */
import type { ExposureRows } from '../estimators/exposure-curve.ts';
import type { RiskLevels } from '../estimators/risk-levels.ts';
import { spreadContents } from './adoption-history.ts';
import type { AdoptionColumns, History, LookColumns } from './adoption-history.ts';

/** Levels from here on are one: counts by level stay few where hubs adopt. */
const pooledLevel = 60;

// ---- Risk sets ----

/** Kinds of agents within which adoptions are dealt out: given, or made for each content. */
export interface Kinds {
  readonly count: number;
  /** The kind of every agent; the array is written over at the next content. */
  readonly of: (history: History) => Int32Array;
  /** Agents of each kind. */
  readonly sizesOf: (history: History) => ArrayLike<number>;
}

/** The strata of the columns, the same for all contents. */
export function strataKinds({ stratum, stratumCount }: AdoptionColumns): Kinds {
  const sizes = new Int32Array(stratumCount);
  for (const one of stratum) sizes[one]++;
  return { count: stratumCount, of: () => stratum, sizesOf: () => sizes };
}

/**
 * Adopters that are alike: as many other contents adopted, of all that spread, as many contacts that adopt this one at any time. Quick adopters have quick
 * contacts, so that times follow one another even among adopters who never saw one another. Both counts fall into fifths of
 * the adopters of a content; those who do not adopt are one kind.
 */
export function alikeKinds(columns: AdoptionColumns): Kinds {
  const { agent: adopters, content } = columns.adoptions;
  const adoptedCount = new Int32Array(columns.agentCount);
  const spreads = spreadContents(columns);
  for (let row = 0; row < adopters.length; row++) adoptedCount[adopters[row]] += spreads[content[row]];
  const kind = new Int32Array(columns.agentCount);
  const count = 1 + fifths * fifths;
  let written: readonly number[] = [];
  const of = ({ adopter, contacts }: History): Int32Array => {
    for (const agent of written) kind[agent] = 0;
    const activity = rankParts(adopter.map((agent) => adoptedCount[agent]));
    const company = rankParts(contacts);
    adopter.forEach((agent, k) => (kind[agent] = 1 + activity[k] * fifths + company[k]));
    written = adopter;
    return kind;
  };
  const sizesOf = (history: History): Int32Array => {
    const sizes = new Int32Array(count);
    of(history);
    for (const agent of history.adopter) sizes[kind[agent]]++;
    sizes[0] = columns.agentCount - history.adopter.length;
    return sizes;
  };
  return { count, of, sizesOf };
}

const fifths = 5;

/** Which fifth of the values each belongs to; equal values share one. */
function rankParts(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const partOf = new Map<number, number>();
  sorted.forEach((value, rank) => {
    if (!partOf.has(value)) partOf.set(value, Math.floor((fifths * rank) / sorted.length));
  });
  return values.map((value) => partOf.get(value) ?? 0);
}

/** Risk sets of all contents, at every moment at which someone adopted. */
export function riskLevelsOf({ agentCount }: AdoptionColumns, histories: Iterable<History>, kinds: Kinds): RiskLevels {
  const table = emptyLevels();
  const width = pooledLevel + 1;
  const levelOf = new Int32Array(agentCount);
  const willAdopt = new Uint8Array(agentCount);
  for (const history of histories) {
    const kind = kinds.of(history);
    const counts = { atRisk: new Int32Array(kinds.count * width), adopters: new Int32Array(kinds.count * width) };
    const cellOf = (agent: number): number => kind[agent] * width + levelOf[agent];
    const sizes = kinds.sizesOf(history);
    for (let one = 0; one < kinds.count; one++) counts.atRisk[one * width] = sizes[one];
    for (const agent of history.adopter) {
      willAdopt[agent] = 1;
      counts.adopters[cellOf(agent)]++;
    }
    walk(history, {
      adopt: (from, to) => {
        const cells = history.adopter.slice(from, to).map(cellOf);
        // Nobody is at risk before the first adoption, and seeds are brought from outside.
        const isEvent = cells.map((_, k) => !history.isSeed[from + k] && from > 0);
        for (const [k, cell] of cells.entries()) if (!isEvent[k]) take(counts, cell);
        const events = cells.filter((_, k) => isEvent[k]);
        if (events.length > 0) emit(table, counts, events, width, history.content);
        for (const cell of events) take(counts, cell);
      },
      expose: (row) => {
        const agent = history.exposed[row];
        const isAdopter = willAdopt[agent] === 1;
        const cell = cellOf(agent);
        counts.atRisk[cell]--;
        if (isAdopter) counts.adopters[cell]--;
        levelOf[agent] = Math.min(pooledLevel, levelOf[agent] + history.size[row]);
        counts.atRisk[cellOf(agent)]++;
        if (isAdopter) counts.adopters[cellOf(agent)]++;
      },
    });
    for (const agent of history.exposed) levelOf[agent] = 0;
    for (const agent of history.adopter) willAdopt[agent] = 0;
  }
  return table;
}

function emptyLevels(): Growing {
  return { setStart: [0], stratum: [], level: [], atRisk: [], adopters: [], events: [], content: [] };
}

interface Counts {
  readonly atRisk: Int32Array;
  readonly adopters: Int32Array;
}

function take({ atRisk, adopters }: Counts, cell: number): void {
  atRisk[cell]--;
  adopters[cell]--;
}

type Growing = { readonly [Name in keyof Required<RiskLevels>]: number[] };

function emit(
  table: Growing,
  { atRisk, adopters }: Counts,
  happened: readonly number[],
  width: number,
  content: number,
): void {
  const events = new Map<number, number>();
  for (const cell of happened) events.set(cell, (events.get(cell) ?? 0) + 1);
  for (let cell = 0; cell < atRisk.length; cell++) {
    if (atRisk[cell] === 0) continue;
    table.stratum.push(Math.floor(cell / width));
    table.level.push(cell % width);
    table.atRisk.push(atRisk[cell]);
    table.adopters.push(adopters[cell]);
    table.events.push(events.get(cell) ?? 0);
  }
  table.setStart.push(table.level.length);
  table.content.push(content);
}

interface Visitor {
  /** Adopters [from, to) of one time. */
  readonly adopt: (from: number, to: number) => void;
  readonly expose: (row: number) => void;
}

/** Both lists in the order of time, adoptions before exposures. */
function walk(history: History, visitor: Visitor): void {
  const { adoptionTime, exposureTime } = history;
  let row = 0;
  for (let from = 0; from < adoptionTime.length;) {
    let to = from;
    while (to < adoptionTime.length && adoptionTime[to] === adoptionTime[from]) to++;
    for (; row < exposureTime.length && exposureTime[row] < adoptionTime[from]; row++) visitor.expose(row);
    visitor.adopt(from, to);
    from = to;
  }
  for (; row < exposureTime.length; row++) visitor.expose(row);
}

// ---- Rows for P(k) ----

/** Which reading of exposure the rows follow. */
export type Clock = 'at exposure' | 'while exposed' | 'recorded';

/** Rows, and what chose between the two readings: adoptions and ticks right after an exposure, and later ones. */
export interface SpreadRows {
  readonly clock: Clock;
  readonly rows: ExposureRows & RowColumns;
  readonly fresh: { readonly adopted: number; readonly ticks: number };
  readonly stale: { readonly adopted: number; readonly ticks: number };
}

/** How much oftener a tick right after an exposure must bring adoption. */
const promptRatio = 3;

/** One row a trial or a stretch of them. */
interface RowColumns<Values extends ArrayLike<number> = ArrayLike<number>> {
  readonly agent: Values;
  readonly content: Values;
  readonly level: Values;
  readonly chances: Values;
  readonly trials: Values;
  readonly adopted: Values;
  /** At which the last trial ended. */
  readonly time: Values;
}

type GrowingRows = RowColumns<number[]>;

function noRows(): GrowingRows {
  return { agent: [], content: [], level: [], chances: [], trials: [], adopted: [], time: [] };
}

function push(rows: GrowingRows, row: { readonly [Name in keyof RowColumns]: number }): void {
  rows.agent.push(row.agent);
  rows.content.push(row.content);
  rows.level.push(row.level);
  rows.chances.push(row.chances);
  rows.trials.push(row.trials);
  rows.adopted.push(row.adopted);
  rows.time.push(row.time);
}

/** Rows of all exposed agents. */
export function exposureRowsOf(columns: AdoptionColumns, histories: Iterable<History>): SpreadRows {
  const { hasTicks, endTime } = columns;
  const [prompt, standing] = [noRows(), noRows()];
  const fresh = { adopted: 0, ticks: 0 };
  const stale = { adopted: 0, ticks: 0 };
  for (const history of histories) {
    for (const { agent, from, to, level, size, adopted } of stretchesOf(columns, history)) {
      if (!(from < endTime)) continue;
      const trials = Math.max(1, Math.ceil(to - from));
      const isPrompt = adopted === 1 && trials === 1;
      const row = { agent, content: history.content, level };
      push(prompt, { ...row, chances: size, trials: 1, adopted: isPrompt ? 1 : 0, time: from + 1 });
      push(standing, { ...row, chances: level, trials, adopted, time: to });
      fresh.ticks++;
      stale.ticks += trials - 1;
      if (isPrompt) fresh.adopted++;
      else stale.adopted += adopted;
    }
  }
  const isAtExposure =
    hasTicks && fresh.adopted / fresh.ticks > promptRatio * (stale.adopted / Math.max(1, stale.ticks));
  const chosen = isAtExposure ? prompt : standing;
  return {
    clock: isAtExposure ? 'at exposure' : 'while exposed',
    rows: groupedRows(columns, chosen),
    fresh,
    stale,
  };
}

/** The rows with the groups within which they are compared: content and stratum. */
function groupedRows({ stratum, stratumCount }: AdoptionColumns, rows: RowColumns): SpreadRows['rows'] {
  const count = rows.agent.length;
  const group = new Float64Array(count);
  for (let row = 0; row < count; row++) group[row] = rows.content[row] * stratumCount + stratum[rows.agent[row]];
  return { ...rows, count, group, cluster: rows.agent };
}

/** Time (from, to] that an agent spends at one level of exposure, which began with `size` adopters at once. */
export interface Stretch {
  readonly agent: number;
  readonly from: number;
  readonly to: number;
  readonly level: number;
  readonly size: number;
  readonly adopted: 0 | 1;
}

/** Stretches of the exposed, agent by agent in the order of first exposure. */
export function* stretchesOf({ endTime }: AdoptionColumns, history: History): IterableIterator<Stretch> {
  const adoptedAt = new Map(history.adopter.map((agent, k) => [agent, history.adoptionTime[k]]));
  const rowsOf = new Map<number, number[]>();
  history.exposed.forEach((agent, row) => {
    const rows = rowsOf.get(agent);
    if (rows === undefined) rowsOf.set(agent, [row]);
    else rows.push(row);
  });
  for (const [agent, rows] of rowsOf) {
    const end = adoptedAt.get(agent) ?? endTime;
    let level = 0;
    for (const [k, row] of rows.entries()) {
      level += history.size[row];
      const isLast = k + 1 === rows.length;
      const to = isLast ? end : history.exposureTime[rows[k + 1]];
      const adopted = isLast && adoptedAt.has(agent) ? 1 : 0;
      yield { agent, from: history.exposureTime[row], to, level, size: history.size[row], adopted };
    }
  }
}

/** Rows of recorded exposures: one a look, at which the agent adopts or does not. */
export function lookRowsOf(columns: AdoptionColumns, looks: LookColumns): SpreadRows {
  const level = lookLevels(columns.agentCount, looks);
  const kept = placesOf(level);
  const ones = new Uint8Array(kept.length).fill(1);
  const rows: RowColumns = {
    agent: kept.map((look) => looks.agent[look]),
    content: kept.map((look) => looks.content[look]),
    level: kept.map((look) => level[look]),
    ...{ chances: ones, trials: ones },
    adopted: Uint8Array.from(kept, (look) => looks.adopted[look]),
    time: Float64Array.from(kept, (look) => looks.time[look]),
  };
  const fresh = { adopted: 0, ticks: kept.length };
  for (const look of kept) fresh.adopted += looks.adopted[look];
  return { clock: 'recorded', rows: groupedRows(columns, rows), fresh, stale: { adopted: 0, ticks: 0 } };
}

/** Those of the rows whose level is at most this. */
export function upToLevel({ rows, ...rest }: SpreadRows, levelMax: number): SpreadRows {
  const isKept = Int32Array.from({ length: rows.count }, (_, row) => (rows.level[row] <= levelMax ? 1 : 0));
  const kept = placesOf(isKept);
  const column = (values: ArrayLike<number>): Float64Array => Float64Array.from(kept, (row) => values[row]);
  const agent = column(rows.agent);
  const { content, level, chances, trials, adopted, time, group } = rows;
  return {
    ...rest,
    rows: {
      ...{ count: kept.length, agent, cluster: agent, content: column(content), level: column(level) },
      ...{ chances: column(chances), trials: column(trials), adopted: column(adopted) },
      ...{ time: column(time), group: column(group) },
    },
  };
}

/** Places at which the column is not 0. */
function placesOf(column: Int32Array): Int32Array {
  const places = new Int32Array(column.length);
  let end = 0;
  for (let place = 0; place < column.length; place++) if (column[place] !== 0) places[end++] = place;
  return places.slice(0, end);
}

/** Which look of its agent at its content each one is, from 1 on; 0 after adoption, when nothing is at risk any more. Agent by agent. */
function lookLevels(agentCount: number, { agent, content, adopted }: LookColumns): Int32Array {
  const start = new Int32Array(agentCount + 1);
  for (const one of agent) start[one + 1]++;
  for (let one = 0; one < agentCount; one++) start[one + 1] += start[one];
  const next = start.slice();
  const order = new Int32Array(agent.length);
  for (let look = 0; look < agent.length; look++) order[next[agent[look]]++] = look;
  const level = new Int32Array(agent.length);
  const seen = new Map<number, number>();
  for (let one = 0; one < agentCount; one++) {
    seen.clear();
    for (let place = start[one]; place < start[one + 1]; place++) {
      const look = order[place];
      const before = seen.get(content[look]) ?? 0;
      if (before < 0) continue;
      level[look] = before + 1;
      seen.set(content[look], adopted[look] === 1 ? -1 : before + 1);
    }
  }
  return level;
}

/**
 * The rows as risk sets, one a content: what is dealt out are adoptions over chances. Contents that nobody adopted say nothing; of the
 * others those that are 1 in `isWanted`, all by default.
 */
export function responseLevelsOf({ rows }: SpreadRows, stratumCount: number, isWanted?: Uint8Array): RiskLevels {
  const { agent, content, level, group, adopted } = rows;
  const pooled = (row: number): number => Math.min(pooledLevel, level[row]);
  const cellOf = (row: number): number => group[row] * cellsOfGroup + pooled(row);
  const adoptedContents = new Set<number>();
  const adopters = new Set<number>();
  const pairOf = (row: number): number => content[row] * agentsMax + agent[row];
  for (let row = 0; row < rows.count; row++) {
    if (adopted[row] === 0 || isWanted?.[content[row]] === 0) continue;
    adoptedContents.add(content[row]);
    adopters.add(pairOf(row));
  }
  const used: number[] = [];
  for (let row = 0; row < rows.count; row++) if (adoptedContents.has(content[row])) used.push(row);
  const order = Int32Array.from(used).sort((a, b) => cellOf(a) - cellOf(b) || a - b);
  const table = { ...emptyLevels(), setStart: [] as number[] };
  for (let place = 0; place < order.length;) {
    const first = order[place];
    const cell = { atRisk: 0, adopters: 0, events: 0 };
    for (; place < order.length && cellOf(order[place]) === cellOf(first); place++) {
      const row = order[place];
      const chances = rows.trials[row] * rows.chances[row];
      cell.atRisk += chances;
      if (adopters.has(pairOf(row))) cell.adopters += chances;
      cell.events += adopted[row];
    }
    if (table.content.at(-1) !== content[first]) {
      table.setStart.push(table.level.length);
      table.content.push(content[first]);
    }
    table.stratum.push(group[first] % stratumCount);
    table.level.push(pooled(first));
    table.atRisk.push(cell.atRisk);
    table.adopters.push(cell.adopters);
    table.events.push(cell.events);
  }
  table.setStart.push(table.level.length);
  return table;
}

/** Above all levels and all agents: keys of cells and pairs stay exact, below 2^53. */
const cellsOfGroup = 64;
const agentsMax = 2 ** 28;
