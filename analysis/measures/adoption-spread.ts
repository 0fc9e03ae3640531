/**
 * Adoption beside inferred exposure: risk sets for the placebos, rows for P(k), and start-stop rows for Cox's models.
 *
 * Reads histories (`adoption-history.ts`). Everyone is at risk of each content from its first adoption on, until it adopts it. Two
 * readings of an exposure stand side by side, and the data choose between them:
 *
 *     at exposure      each adopter who becomes visible gives one chance, at the next tick
 *     while exposed    each adopter who is visible gives one chance at every tick
 *
 * In the first, adoptions follow exposures at once; it is chosen where a tick right after an exposure brings adoption three times as
 * often as a later one. Without ticks only the second can be told.
 * Invariant: events of the risk sets and of the start-stop rows are the adoptions that are no seeds.
 * Oracles: R coxph on the start-stop rows, `test/data/adoption.json`; a person-by-person walk in the test.
 */
import type { Covariate } from '../estimators/cox.ts';
import type { ExposureRows } from '../estimators/exposure-response.ts';
import type { RiskLevels } from '../estimators/risk-levels.ts';
import type { SurvivalColumns } from '../estimators/risk-sets.ts';
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
 * Adopters that are alike: as many other contents adopted, as many contacts that adopt this one at any time. Quick adopters have quick
 * contacts, so that times follow one another even among adopters who never saw one another. Both counts fall into fifths of
 * the adopters of a content; those who do not adopt are one kind.
 */
export function alikeKinds(columns: AdoptionColumns, histories: readonly History[]): Kinds {
  const adoptedCount = new Int32Array(columns.agentCount);
  for (const { adopter } of histories) for (const agent of adopter) adoptedCount[agent]++;
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
  const table = {
    ...{ setStart: [0], stratum: [] as number[], level: [] as number[] },
    ...{ atRisk: [] as number[], adopters: [] as number[], events: [] as number[] },
  };
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
        if (events.length > 0) emit(table, counts, events, width);
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

interface Counts {
  readonly atRisk: Int32Array;
  readonly adopters: Int32Array;
}

function take({ atRisk, adopters }: Counts, cell: number): void {
  atRisk[cell]--;
  adopters[cell]--;
}

type Growing = { readonly [Name in keyof RiskLevels]: number[] };

function emit(table: Growing, { atRisk, adopters }: Counts, happened: readonly number[], width: number): void {
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

interface RowColumns {
  readonly agent: number[];
  readonly content: number[];
  readonly level: number[];
  readonly chances: number[];
  readonly trials: number[];
  readonly adopted: number[];
  /** At which the last trial ended. */
  readonly time: number[];
}

function noRows(): RowColumns {
  return { agent: [], content: [], level: [], chances: [], trials: [], adopted: [], time: [] };
}

function push(rows: RowColumns, row: { readonly [Name in keyof RowColumns]: number }): void {
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
  return {
    ...rows,
    count: rows.agent.length,
    group: rows.agent.map((agent, row) => rows.content[row] * stratumCount + stratum[agent]),
    cluster: rows.agent,
  };
}

/** Time (from, to] that an agent spends at one level of exposure, which began with `size` adopters at once. */
interface Stretch {
  readonly agent: number;
  readonly from: number;
  readonly to: number;
  readonly level: number;
  readonly size: number;
  readonly adopted: 0 | 1;
}

/** Stretches of the exposed, agent by agent in the order of first exposure. */
function* stretchesOf({ endTime }: AdoptionColumns, history: History): IterableIterator<Stretch> {
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
  const rows = noRows();
  const seen = new Map<number, number>();
  let adoptedCount = 0;
  for (let look = 0; look < looks.agent.length; look++) {
    const { agent, content, time, adopted } = looks;
    const pair = content[look] * columns.agentCount + agent[look];
    const level = (seen.get(pair) ?? 0) + 1;
    // Whoever adopted looks again at what it knows: nothing is at risk any more.
    if (level === Number.POSITIVE_INFINITY) continue;
    seen.set(pair, adopted[look] === 1 ? Number.POSITIVE_INFINITY : level);
    adoptedCount += adopted[look];
    const row = { agent: agent[look], content: content[look], time: time[look], adopted: adopted[look] };
    push(rows, { ...row, level, chances: 1, trials: 1 });
  }
  const none = { adopted: 0, ticks: 0 };
  const fresh = { adopted: adoptedCount, ticks: rows.agent.length };
  return { clock: 'recorded', rows: groupedRows(columns, rows), fresh, stale: none };
}

/** The rows as risk sets, one a content: what is dealt out are adoptions over chances. Contents that nobody adopted say nothing. */
export function responseLevelsOf({ rows }: SpreadRows, stratumCount: number): RiskLevels {
  const adopters = new Set<string>();
  const pairOf = (row: number): string => `${rows.content[row]} ${rows.agent[row]}`;
  const adopted = new Set<number>();
  for (let row = 0; row < rows.count; row++) {
    if (rows.adopted[row] === 0) continue;
    adopters.add(pairOf(row));
    adopted.add(rows.content[row]);
  }
  const cells = new Map<
    string,
    [set: number, stratum: number, level: number, atRisk: number, adopters: number, events: number]
  >();
  for (let row = 0; row < rows.count; row++) {
    const [content, level] = [rows.content[row], rows.level[row]];
    if (!adopted.has(content)) continue;
    const key = `${rows.group[row]} ${level}`;
    const cell = cells.get(key) ?? [content, rows.group[row] % stratumCount, level, 0, 0, 0];
    const chances = rows.trials[row] * rows.chances[row];
    cell[3] += chances;
    if (adopters.has(pairOf(row))) cell[4] += chances;
    cell[5] += rows.adopted[row];
    cells.set(key, cell);
  }
  const sorted = [...cells.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const setStart = sorted.flatMap((cell, at) => (at === 0 || cell[0] !== sorted[at - 1][0] ? [at] : []));
  return {
    setStart: [...setStart, sorted.length],
    stratum: sorted.map((cell) => cell[1]),
    level: sorted.map((cell) => cell[2]),
    atRisk: sorted.map((cell) => cell[3]),
    adopters: sorted.map((cell) => cell[4]),
    events: sorted.map((cell) => cell[5]),
  };
}

// ---- Start-stop rows ----

/** Rows for `fitCox`, with exposure as a count that grows, or as the count at each one's end. */
export interface StartStop {
  readonly columns: SurvivalColumns;
  /** Exposures so far. */
  readonly exposure: readonly number[];
  readonly agent: readonly number[];
}

/** Who stands in the rows: agents for whom `isKept` is 1. */
export function startStopOf(columns: AdoptionColumns, histories: Iterable<History>, isKept: Uint8Array): StartStop {
  const rows = emptyStartStop();
  for (const history of histories) {
    const seeds = new Set(history.adopter.filter((_, k) => history.isSeed[k]));
    const adoptedAt = new Map(history.adopter.map((agent, k) => [agent, history.adoptionTime[k]]));
    const firstExposure = new Map<number, number>();
    history.exposed.forEach((agent, row) => {
      if (!firstExposure.has(agent)) firstExposure.set(agent, history.exposureTime[row]);
    });
    const add = (agent: number, start: number, stop: number, event: number, exposure: number): void => {
      if (start < stop) pushStartStop(rows, history.content, agent, start, stop, event, exposure);
    };
    for (let agent = 0; agent < columns.agentCount; agent++) {
      if (isKept[agent] === 0 || seeds.has(agent)) continue;
      const end = adoptedAt.get(agent) ?? columns.endTime;
      const first = firstExposure.get(agent) ?? end;
      add(agent, history.start, first, first === end && adoptedAt.has(agent) ? 1 : 0, 0);
    }
    for (const { agent, from, to, level, adopted } of stretchesOf(columns, history)) {
      if (isKept[agent] === 1 && !seeds.has(agent)) add(agent, from, to, adopted, level);
    }
  }
  return rows;
}

type GrowingStartStop = {
  readonly columns: { readonly [Name in keyof Required<SurvivalColumns>]: number[] };
  readonly exposure: number[];
  readonly agent: number[];
};

function emptyStartStop(): GrowingStartStop {
  return { columns: { start: [], stop: [], event: [], stratum: [] }, exposure: [], agent: [] };
}

function pushStartStop(
  { columns, exposure, agent }: GrowingStartStop,
  content: number,
  who: number,
  start: number,
  stop: number,
  event: number,
  level: number,
): void {
  columns.start.push(start);
  columns.stop.push(stop);
  columns.event.push(event);
  columns.stratum.push(content);
  exposure.push(level);
  agent.push(who);
}

/** One row a person and content: the exposure that it ended with, as if it had had that from the start. */
export function finalCountOf(rows: StartStop): StartStop {
  const last = new Map<string, { start: number; row: number }>();
  const { start, stop, event, stratum } = rows.columns as GrowingStartStop['columns'];
  rows.agent.forEach((agent, row) => {
    const key = `${stratum[row]} ${agent}`;
    const known = last.get(key);
    if (known === undefined) last.set(key, { start: start[row], row });
    else {
      known.start = Math.min(known.start, start[row]);
      if (stop[row] > stop[known.row]) known.row = row;
    }
  });
  const final = emptyStartStop();
  for (const { start: from, row } of last.values()) {
    pushStartStop(final, stratum[row], rows.agent[row], from, stop[row], event[row], rows.exposure[row]);
  }
  return final;
}

/** Rows of recorded looks: each is at risk at the moment of the look alone, beside the others who looked then; moments without adoption say nothing. */
export function lookStartStopOf({ rows }: SpreadRows, levelMax = Infinity): StartStop {
  const found = emptyStartStop();
  const momentOf = (row: number): string => `${rows.content[row]} ${rows.time[row]}`;
  const moments = new Set<string>();
  rows.adopted.forEach((adopted, row) => {
    if (adopted === 1 && rows.level[row] <= levelMax) moments.add(momentOf(row));
  });
  rows.agent.forEach((agent, row) => {
    if (rows.level[row] > levelMax || !moments.has(momentOf(row))) return;
    const time = rows.time[row];
    pushStartStop(found, rows.content[row], agent, time - 0.5, time, rows.adopted[row], rows.level[row]);
  });
  return found;
}

/** Forms of exposure as covariates. */
export const exposureForms = {
  linear: (exposure: readonly number[]): Covariate[] => [{ name: 'exposures', values: exposure }],
  quadratic: (exposure: readonly number[]): Covariate[] => [
    { name: 'exposures', values: exposure },
    { name: 'exposures squared', values: exposure.map((one) => one * one) },
  ],
  logarithmic: (exposure: readonly number[]): Covariate[] => [
    { name: 'log2(1 + exposures)', values: exposure.map((one) => Math.log2(1 + one)) },
  ],
} as const;
